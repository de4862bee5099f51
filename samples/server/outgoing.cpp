// A target is trusted to be where its certificate says, and to say that it has got something; in nothing else.
#include "outgoing.hpp"

#include <scimkit/core/json.hpp>

#include "invalid.hpp"

#ifdef SCIMKIT_SERVER_CLIENT
#include <scimkit/client/transport.hpp>
#endif

#include <chrono>
#include <string_view>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// Plain HTTP never leaves this machine.
bool is_of_this_machine(std::string_view url)
{
    for (std::string_view const host : {"http://127.0.0.1", "http://[::1]", "http://localhost"})
        if (url.starts_with(host))
            if (auto const next = url.substr(host.size()); next.empty() || next.front() == '/' || next.front() == ':')
                return true;
    return false;
}

} // namespace

result<void> check_target(std::string const& where, std::string const& url)
{
    if (url.find_first_of(" \t\r\n@") != std::string::npos ||
        (!url.starts_with("https://") && !is_of_this_machine(url)))
        return invalid(where + ": the URL has to begin with https://, and has no blanks and no '@'.");
    return {};
}

#ifdef SCIMKIT_SERVER_CLIENT

namespace
{

constexpr std::chrono::milliseconds longest_post{10'000};    // to a target, from the look-up to the last byte
constexpr std::size_t max_outgoing_answer_bytes = 64 * 1024; // of a target; a longer answer is no delivery

/// Why a receiver of security event tokens refuses one (RFC 8935 section 2.4). Of what it says else nothing is told, as
/// it may say anything.
std::string reason_of(std::string_view body)
{
    auto const error = scimkit::parse_json(body);
    auto const* const said = error && error->is_object() ? error->get_object().if_contains("err") : nullptr;
    if (said && said->is_string())
        for (std::string_view const known : {"invalid_request", "invalid_key", "invalid_issuer", "invalid_audience",
                                             "authentication_failed", "access_denied"})
            if (said->get_string() == known)
                return ", " + std::string{known};
    return {};
}

} // namespace

result<Outgoing> Outgoing::create(std::string const& where, std::string url)
{
    if (auto checked = check_target(where, url); !checked)
        return std::move(checked).error();
    auto transport = scimkit::client::curl_transport({.proxy = ""});
    if (!transport)
        return invalid(where + ": " + describe(transport.error()));
    Outgoing made;
    made.url_ = std::move(url);
    made.transport_ = std::move(*transport);
    return made;
}

result<void> Outgoing::post(std::vector<scimkit::ResponseHeader> headers, std::string body) const
{
    scimkit::client::HttpRequest request{.method = "POST", .url = url_};
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.timeout = longest_post;
    request.max_response_bytes = max_outgoing_answer_bytes;
    auto const answer = transport_->send(request);
    if (!answer)
        return Error{ErrorCode::unavailable, describe(answer.error())};
    if (answer->status < 200 || answer->status > 299)
        return Error{ErrorCode::unavailable,
                     "the answer is " + std::to_string(answer->status) + reason_of(answer->body) + "."};
    return {};
}

#else

result<Outgoing> Outgoing::create(std::string const& where, std::string)
{
    return invalid(where + ": this server is built without libcurl.");
}

result<void> Outgoing::post(std::vector<scimkit::ResponseHeader>, std::string) const
{
    return Error{ErrorCode::not_implemented, "this server is built without libcurl."};
}

#endif
} // namespace server
