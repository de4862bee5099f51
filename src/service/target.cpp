// A target is decoded once and compared decoded, so that no spelling of a path or parameter (`%2e%2e`, `%00`, `//`)
// means one thing to a check and another to what follows.
#include "target.hpp"

#include "../core/eight_bytes.hpp"
#include "../core/percent_encoding.hpp"

#include <algorithm>
#include <array>

namespace scimkit::service
{
namespace
{

constexpr std::array<std::string_view, 8> known_parameters{"attributes", "excludedAttributes", "filter", "sortBy",
                                                           "sortOrder",  "startIndex",         "count",  "cursor"};

Error bad_target(std::string reason)
{
    return {ErrorCode::bad_request, "The request target " + std::move(reason) + "."};
}

result<std::string> decode(std::string_view text, bool plus_is_space)
{
    auto decoded = decode_percent(text, plus_is_space);
    return decoded ? std::move(decoded) : bad_target(std::move(decoded).error().detail).against("7644-1.2-a");
}

result<void> read_path(std::string_view path, TargetRules const& rules, Target& target)
{
    if (!path.starts_with(rules.prefix) || (path.size() > rules.prefix.size() && path[rules.prefix.size()] != '/'))
        return Error{ErrorCode::not_found, "There is nothing outside of the SCIM root."}.against("7644-3.2-k");
    path.remove_prefix(rules.prefix.size());
    if (!path.empty())
        path.remove_prefix(1);
    if (rules.lenient && path.size() > 1 && path.starts_with('/')) // a base URL with a slash at its end, and "/Users"
        path.remove_prefix(1);
    if (rules.lenient && path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    while (!path.empty())
    {
        auto const end = path.find('/');
        auto segment = decode(path.substr(0, end), false);
        if (!segment)
            return std::move(segment).error();
        if (segment->empty() || end == path.size() - 1)
            return Error{ErrorCode::not_found, "The request target has an empty path segment."}
                .against("7644-3.2-k")
                .allowed_by(rules.lenient ? "" : "lenient-targets=on");
        if (*segment == "." || *segment == "..")
            return bad_target("has a dot segment");
        if (has_control(*segment))
            return bad_target("has a control character in its path");
        target.segments.push_back(std::move(*segment));
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end + 1);
    }
    return {};
}

result<void> read_query(std::string_view query, TargetRules const& rules, Target& target)
{
    while (!query.empty())
    {
        auto const end = query.find('&');
        auto const pair = query.substr(0, end);
        bool const last = end == std::string_view::npos;
        query = last ? std::string_view{} : query.substr(end + 1);
        if (pair.empty() || (!last && query.empty() && !rules.lenient))
        {
            if (rules.lenient)
                continue;
            return bad_target("has an empty query parameter").allowed_by("lenient-targets=on");
        }
        auto const equals = pair.find('=');
        auto name = decode(pair.substr(0, equals), rules.plus_is_space);
        if (!name)
            return std::move(name).error();
        auto value = decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1),
                            rules.plus_is_space);
        if (!value)
            return std::move(value).error();
        if (std::ranges::find(known_parameters, *name) != known_parameters.end() && target.find(*name))
            return Error{ErrorCode::invalid_value, "The query parameter " + *name + " is given twice."};
        target.query.push_back({std::move(*name), std::move(*value)});
    }
    return {};
}

} // namespace

std::string const* Target::find(std::string_view name) const noexcept
{
    auto const found = std::ranges::find(query, name, &QueryParameter::name);
    return found == query.end() ? nullptr : &found->value;
}

result<Target> parse_target(std::string_view text, TargetRules const& rules)
{
    if (text.size() > rules.max_bytes)
        return Error{ErrorCode::uri_too_long,
                     "The request target is longer than " + std::to_string(rules.max_bytes) + " bytes."};
    if (!text.starts_with('/'))
        return bad_target("does not begin with a slash");
    if (text.find('#') != std::string_view::npos)
        return bad_target("has a fragment");
    if (text.find('\\') != std::string_view::npos)
        return bad_target("has a backslash");
    if (has_control(text))
        return bad_target("has a control character");

    Target target;
    target.segments.reserve(2); // of a type, and a name
    auto const mark = text.find('?');
    if (auto read = read_path(text.substr(0, mark), rules, target); !read)
        return std::move(read).error();
    if (mark != std::string_view::npos)
        if (auto read = read_query(text.substr(mark + 1), rules, target); !read)
            return std::move(read).error();
    return target;
}

} // namespace scimkit::service
