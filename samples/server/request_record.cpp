// The copy is made while a client waits, so it is nothing but that. All the rest is done by whoever writes it down.
#include "request_record.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/text.hpp>

#include "redacted_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

namespace server
{

namespace json = scimkit::json;

namespace
{

constexpr std::size_t most_removed = 1'000; ///< texts that are looked for in an answer; then it is not kept

void add_text(json::object& attributes, std::string_view name, std::string_view text)
{
    if (!text.empty())
        attributes[name] = text;
}

/// "7644-3.5.2-e" stands in RFC 7644 section 3.5.2.
std::string reference_of(std::string_view requirement)
{
    auto const rfc = requirement.find('-');
    auto const letter = requirement.rfind('-');
    if (rfc == std::string_view::npos || letter == rfc)
        return {};
    return "RFC " + std::string{requirement.substr(0, rfc)} + " section " +
           std::string{requirement.substr(rfc + 1, letter - rfc - 1)};
}

json::array headers_of(std::vector<std::pair<std::string, std::string>> const& headers, Redactor const& redactor)
{
    json::array all;
    for (auto const& [name, value] : headers)
        all.push_back(json::object{{"name", name}, {"value", redactor.header(name, value).text}});
    return all;
}

void add_headers(json::object& attributes, std::string_view name,
                 std::vector<std::pair<std::string, std::string>> const& headers, Redactor const& redactor)
{
    if (!headers.empty())
        attributes[name] = headers_of(headers, redactor);
}

/// Not even copied.
bool is_credential(std::string_view name) noexcept
{
    return scimkit::equal_ascii_ignoring_case(name, "Authorization") ||
           scimkit::equal_ascii_ignoring_case(name, "Cookie") ||
           scimkit::equal_ascii_ignoring_case(name, "Proxy-Authorization");
}

std::size_t size_of(std::vector<std::pair<std::string, std::string>> const& headers) noexcept
{
    std::size_t bytes = 0;
    for (auto const& [name, value] : headers)
        bytes += name.size() + value.size() + 2 * sizeof(std::string);
    return bytes;
}

/// What is gone of a request. So much that nobody could look for all of it in a sentence: nothing.
std::optional<std::vector<std::string>> removed_of(std::initializer_list<Redacted const*> parts)
{
    std::vector<std::string> all;
    for (auto const* const part : parts)
        if (part)
            all.insert(all.end(), part->removed.begin(), part->removed.end());
    std::ranges::sort(all);
    auto const repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all.size() > most_removed ? std::nullopt : std::optional{std::move(all)};
}

} // namespace

std::size_t KeptExchange::bytes() const noexcept
{
    return sizeof *this + peer.size() + method.size() + target.size() + subject.size() + tenant.size() +
           request_id.size() + trace_id.size() + detail.size() + request_body.size() + response_body.size() +
           size_of(request_headers) + size_of(response_headers);
}

KeptExchange keep(scimkit::http::ExchangeRecord const& record, std::size_t max_body_bytes, scimkit::Instant at)
{
    auto const& [access, request, response] = record;
    KeptExchange kept;
    kept.peer = access.peer;
    kept.method = access.method;
    kept.target = request.target;
    kept.subject = access.subject;
    kept.tenant = access.tenant;
    kept.request_id = access.request_id;
    kept.trace_id = access.trace_id;
    kept.scim_type = access.scim_type;
    kept.detail = access.detail;
    kept.requirement = response.requirement;
    kept.setting = response.setting;
    kept.request_headers.reserve(request.headers.size());
    for (auto const& header : request.headers)
        kept.request_headers.emplace_back(header.name, is_credential(header.name) ? std::string_view{} : header.value);
    kept.response_headers.reserve(response.headers.size());
    for (auto const& header : response.headers)
        kept.response_headers.emplace_back(header.name, header.value);
    if (request.body.size() <= max_body_bytes)
        kept.request_body = request.body;
    if (response.body.size() <= max_body_bytes)
        kept.response_body = response.body;
    kept.request_bytes = access.request_bytes;
    kept.response_bytes = access.response_bytes;
    kept.status = access.status;
    kept.duration = access.duration;
    kept.at = at;
    return kept;
}

json::object record_of(KeptExchange const& exchange, std::string_view root, Redactor const& redactor)
{
    std::string_view const target = exchange.target;
    auto const mark = std::min(target.find('?'), target.size());
    auto const path = redactor.path(target.substr(0, mark));
    auto const query = mark < target.size() ? redactor.query(target.substr(mark + 1)) : Redacted{};
    auto const body = redactor.request_body(exchange.request_body);
    bool const changed = path.changed || query.changed || (body && body->changed);
    // What was not understood, or was too long, may be quoted all the same.
    bool const is_cautious = changed || (exchange.request_bytes > 0 && !body);
    auto const removed = removed_of({&path, &query, body ? &*body : nullptr});
    auto const answer = removed ? redactor.answer_body(exchange.response_body, is_cautious, *removed) : std::nullopt;

    json::object attributes;
    attributes["time"] = scimkit::format_date_time(exchange.at);
    add_text(attributes, "tenant", exchange.tenant);
    add_text(attributes, "subject", exchange.subject);
    add_text(attributes, "peer", exchange.peer);
    add_text(attributes, "method", exchange.method);
    add_text(attributes, "path", path.text);
    add_text(attributes, "query", query.text);
    add_text(attributes, "root", root);
    attributes["status"] = exchange.status;
    attributes["refused"] = exchange.status >= 400;
    add_text(attributes, "scimType", exchange.scim_type);
    if (removed)
        add_text(attributes, "detail", redactor.sentence(exchange.detail, is_cautious, *removed).text);
    add_text(attributes, "requirement", exchange.requirement);
    add_text(attributes, "reference", reference_of(exchange.requirement));
    add_text(attributes, "setting", exchange.setting);
    add_text(attributes, "requestId", without_keys(exchange.request_id));
    add_text(attributes, "traceId", without_keys(exchange.trace_id));
    attributes["microseconds"] = static_cast<std::int64_t>(exchange.duration.count());
    add_headers(attributes, "requestHeaders", exchange.request_headers, redactor);
    attributes["requestBytes"] = static_cast<std::int64_t>(exchange.request_bytes);
    if (body)
        add_text(attributes, "requestBody", body->text);
    add_headers(attributes, "responseHeaders", exchange.response_headers, redactor);
    attributes["responseBytes"] = static_cast<std::int64_t>(exchange.response_bytes);
    if (answer)
        add_text(attributes, "responseBody", answer->text);
    attributes["redacted"] = changed;
    return attributes;
}

} // namespace server
