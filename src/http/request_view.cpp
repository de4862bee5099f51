// What Beast lets through and a server must not: two meanings of one message (RFC 9112 sections 3.2 and 6.1) are how
// requests are smuggled past a proxy.
#include "request_view.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"

#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <initializer_list>

namespace scimkit::http
{

namespace beast = boost::beast;
using beast::http::field;

namespace
{

constexpr std::size_t longest_quick_query = 512; ///< more is work by itself

/// The origin form of a target (RFC 9112 section 3.2): servers must take the absolute form too.
std::string_view origin_form(std::string_view target)
{
    for (std::string_view scheme : {"http://", "https://"})
    {
        if (target.size() < scheme.size() || !equal_ascii_ignoring_case(target.substr(0, scheme.size()), scheme))
            continue;
        auto const path = target.find_first_of("/?", scheme.size());
        return path == std::string_view::npos ? std::string_view{"/"} : target.substr(path);
    }
    return target;
}

/// Whether a POST goes to one of these, however its last segment is spelt: the service decodes it, may take a slash
/// behind it, and may take any letter case. Where it does not, the answer is an error, and costs nothing anywhere.
bool posts_to(Request const& request, std::initializer_list<std::string_view> names) noexcept
{
    auto path = path_of(request.target);
    if (path.ends_with('/'))
        path.remove_suffix(1);
    auto const slash = path.rfind('/');
    if (request.method != "POST" || slash == std::string_view::npos)
        return false;
    auto const last = path.substr(slash + 1);
    return std::ranges::any_of(names, [&](std::string_view name) { return is_segment(last, name); });
}

/// Whether a filter, as it stands in a target, is `attribute eq "value"` and nothing else: what clients ask before they
/// create somebody, and what an index mostly answers.
bool is_equality(std::string_view filter) noexcept
{
    auto const takes = [&](std::initializer_list<std::string_view> spellings)
    {
        for (std::string_view const spelling : spellings)
            if (equal_ascii_ignoring_case(filter.substr(0, spelling.size()), spelling))
            {
                filter.remove_prefix(spelling.size());
                return true;
            }
        return false;
    };
    filter.remove_prefix(std::min(filter.find_first_of("%+"), filter.size()));
    if (!takes({"%20", "+"}) || !takes({"eq"}) || !takes({"%20", "+"}) || !takes({"%22", "\""}))
        return false;
    filter.remove_prefix(std::min({filter.find("%22"), filter.find('"'), filter.size()}));
    return takes({"%22", "\""}) && filter.empty();
}

/// Whether the query of a target leaves it at one record, or a few of a list.
bool asks_little(std::string_view query, bool of_a_list) noexcept
{
    bool is_found = !of_a_list;
    if (query.size() > longest_quick_query)
        return false;
    while (!query.empty())
    {
        auto const part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(part.size() + 1, query.size()));
        auto const name = part.substr(0, part.find('='));
        if (of_a_list && name == "filter")
            is_found = is_equality(part.substr(std::min(name.size() + 1, part.size())));
        else if (name != "attributes" && name != "excludedAttributes" &&
                 !(of_a_list && (name == "startIndex" || name == "count")))
            return false;
    }
    return is_found;
}

} // namespace

std::optional<Error> check_header(RequestHeader const& header)
{
    auto const hosts = header.count(field::host);
    if (hosts > 1 || (hosts == 0 && header.version() >= 11))
        return Error{ErrorCode::bad_request, "The request must have one Host header."};

    // Beast refuses Transfer-Encoding beside Content-Length, and Transfer-Encoding twice around "chunked".
    if (auto const coding = header.find(field::transfer_encoding); coding != header.end())
    {
        if (header.version() < 11)
            return Error{ErrorCode::bad_request, "HTTP/1.0 has no Transfer-Encoding."};
        if (header.count(field::transfer_encoding) != 1 || !equal_ascii_ignoring_case(coding->value(), "chunked"))
            return Error{ErrorCode::not_implemented, "The only Transfer-Encoding that is understood is chunked."};
    }
    for (auto const& line : header)
    {
        if (line.name() == field::content_encoding && !line.value().empty() &&
            !equal_ascii_ignoring_case(line.value(), "identity"))
            return Error{ErrorCode::unsupported_media_type, "A body must come without a Content-Encoding."};
        if (line.name() == field::expect && header.version() >= 11 &&
            !equal_ascii_ignoring_case(line.value(), "100-continue"))
            return Error{ErrorCode::expectation_failed, "The only expectation that is met is 100-continue."};
    }
    return std::nullopt;
}

bool expects_continue(RequestHeader const& header)
{
    auto const expect = header.find(field::expect);
    return header.version() >= 11 && expect != header.end() &&
           equal_ascii_ignoring_case(expect->value(), "100-continue");
}

void view_header(Request& request, RequestHeader const& header)
{
    request.method = header.method_string();
    request.target = origin_form(header.target());
    request.headers.clear();
    for (auto const& line : header)
        request.headers.push_back({line.name_string(), line.value()});
}

bool is_quick(Request const& request, SchemaRegistry const& registry) noexcept
{
    auto const path = path_of(request.target);
    if ((request.method != "GET" && request.method != "HEAD") || path.find('%') != std::string_view::npos)
        return false; // what a percent sign hides may be a list
    auto const query = request.target.substr(std::min(path.size() + 1, request.target.size()));
    auto const last = path.rfind('/');
    if (last == std::string_view::npos)
        return query.empty();
    if (last + 1 == path.size() || equal_ascii_ignoring_case(path.substr(last), "/Me"))
        return false; // of /Me the application is asked whose it is
    auto const* const listed = registry.find_endpoint(path.substr(last), true);
    auto const before = path.substr(0, last).rfind('/');
    auto const* const type = listed || before == std::string_view::npos
                                 ? listed
                                 : registry.find_endpoint(path.substr(before, last - before), true);
    return (!type || type->large_attributes().empty()) && asks_little(query, listed != nullptr);
}

bool is_read(Request const& request) noexcept
{
    if (request.method == "GET" || request.method == "HEAD")
        return true;
    return posts_to(request, {".search", ".delta"}); // RFC 7644 section 3.4.3; draft-sehgal-scim-delta-query-01
}

bool is_bulk(Request const& request) noexcept { return posts_to(request, {"Bulk"}); }

std::string_view path_of(std::string_view target) noexcept { return target.substr(0, target.find('?')); }

} // namespace scimkit::http
