// A request that says two things at once is refused: whoever reads it elsewhere may have understood the other one.
#include "token_request.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/core/json.hpp>

#include "../security/authorization_header.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace scimkit::oauth
{
namespace
{

constexpr std::size_t max_parameters = 20; // of a token request; 400
constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// application/x-www-form-urlencoded (WHATWG URL): + is a blank.
std::optional<std::string> decode(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] != '%')
        {
            plain += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        unsigned char byte = 0;
        auto const digits = text.substr(i + 1, 2);
        auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || read.ec != std::errc{} || read.ptr != digits.data() + 2 || byte == 0)
            return std::nullopt;
        plain += static_cast<char>(byte);
        i += 2;
    }
    return plain;
}

std::string_view header_of(Request const& request, std::string_view name)
{
    for (auto const& header : request.headers)
        if (header.name.size() == name.size() &&
            std::ranges::equal(header.name, name, [](char a, char b) { return (a | 0x20) == (b | 0x20); }))
            return header.value;
    return {};
}

std::string value_of(Form const& form, std::string_view name)
{
    auto const found = form.find(name);
    return found == form.end() ? std::string{} : found->second;
}

/// RFC 6749 section 2.3.1: both parts are encoded as in a form before they are joined.
std::optional<Claimed> from_basic(std::string_view authorization)
{
    auto const encoded = detail::credentials_of(authorization, "Basic");
    auto const both = encoded ? decode_base64(*encoded) : result<std::string>{Error{}};
    if (!both)
        return std::nullopt;
    auto const colon = both->find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    auto id = decode(std::string_view{*both}.substr(0, colon));
    auto secret = decode(std::string_view{*both}.substr(colon + 1));
    if (!id || !secret || id->empty() || secret->empty())
        return std::nullopt;
    return Claimed{.client = std::move(*id), .secret = std::move(*secret)};
}

} // namespace

std::optional<Form> parse_form(std::string_view body)
{
    Form form;
    std::size_t parameters = 0;
    while (!body.empty())
    {
        auto const end = std::min(body.find('&'), body.size());
        auto const pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (pair.empty())
            continue;
        auto const equals = std::min(pair.find('='), pair.size());
        auto name = decode(pair.substr(0, equals));
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || ++parameters > max_parameters)
            return std::nullopt;
        if (!value->empty() && !form.emplace(std::move(*name), std::move(*value)).second)
            return std::nullopt;
    }
    return form;
}

Response refusal(int status, std::string_view error, std::string_view description)
{
    Response response{.status = status};
    write_json(response.body, json::object{{"error", error}, {"error_description", description}});
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
    response.detail = error;
    return response;
}

Response not_let_in()
{
    auto response = refusal(401, "invalid_client", "The client is not known, or its credentials are not good.");
    response.headers.push_back({"WWW-Authenticate", "Basic realm=\"token\""});
    return response;
}

std::optional<Claimed> claimed(Request const& request, Form const& form, Response& answer)
{
    auto const authorization = header_of(request, "Authorization");
    bool const in_body = form.contains("client_secret");
    bool const asserted = form.contains("client_assertion") || form.contains("client_assertion_type");
    auto id = value_of(form, "client_id");
    if (!authorization.empty() + in_body + asserted > 1)
    {
        answer = refusal(400, "invalid_request", "The client says in more than one way who it is.");
        return std::nullopt;
    }
    std::optional<Claimed> who;
    if (!authorization.empty())
    {
        who = from_basic(authorization);
        if (who && !id.empty() && id != who->client)
            who.reset();
    }
    else if (in_body && !id.empty())
        who = Claimed{.client = std::move(id), .secret = value_of(form, "client_secret")};
    else if (asserted && value_of(form, "client_assertion_type") == assertion_type && form.contains("client_assertion"))
        who = Claimed{.client = std::move(id), .assertion = value_of(form, "client_assertion")};
    if (!who)
        answer = not_let_in();
    return who;
}

} // namespace scimkit::oauth
