// Content negotiation as SCIM needs it (RFC 7644 section 3.8): two media types, and clients that send neither.
#include "headers.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <string>

namespace scimkit::service
{
namespace
{

/// A media range of an Accept header with its weight.
struct MediaRange
{
    std::string_view type;
    double quality = 1;
};

MediaRange parse_media_range(std::string_view text)
{
    MediaRange range{.type = take_before(text, ';')};
    while (!text.empty())
    {
        auto const parameter = take_before(text, ';');
        if (parameter.starts_with("q=") || parameter.starts_with("Q="))
        {
            auto const value = parameter.substr(2);
            if (std::from_chars(value.data(), value.data() + value.size(), range.quality).ec != std::errc{})
                range.quality = 0;
        }
    }
    return range;
}

/// How specific a range is about `type`: 0 does not cover it, 3 names it.
int specificity(std::string_view range, std::string_view type) noexcept
{
    if (equal_ascii_ignoring_case(range, type))
        return 3;
    if (equal_ascii_ignoring_case(range, "application/*"))
        return 2;
    return range == "*/*" ? 1 : 0;
}

double quality_of(std::vector<MediaRange> const& ranges, std::string_view type)
{
    int best = 0;
    double quality = 0;
    for (MediaRange const& range : ranges)
        if (int const found = specificity(range.type, type); found > best)
        {
            best = found;
            quality = range.quality;
        }
    return quality;
}

} // namespace

std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view take_before(std::string_view& text, char separator) noexcept
{
    auto const end = text.find(separator);
    auto const part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return trim(part);
}

std::string_view find_header(Request const& request, std::string_view name) noexcept
{
    for (Header const& header : request.headers)
        if (equal_ascii_ignoring_case(header.name, name))
            return header.value;
    return {};
}

result<void> check_content_type(Request const& request, bool lenient)
{
    auto value = find_header(request, "Content-Type");
    bool const absent = value.empty();
    auto const type = take_before(value, ';');
    if (equal_ascii_ignoring_case(type, scim_media_type))
        return {};
    if (lenient && (absent || equal_ascii_ignoring_case(type, json_media_type)))
        return {};
    bool const is_json = absent || equal_ascii_ignoring_case(type, json_media_type);
    return Error{ErrorCode::unsupported_media_type, "The body has to be of the media type application/scim+json."}
        .allowed_by(is_json ? "json-media-type=on" : "");
}

std::string_view choose_media_type(Request const& request, bool allow_json)
{
    if (!allow_json)
        return scim_media_type;
    std::vector<MediaRange> ranges;
    for (Header const& header : request.headers)
        if (equal_ascii_ignoring_case(header.name, "Accept"))
            for (auto list = header.value; !list.empty();)
                ranges.push_back(parse_media_range(take_before(list, ',')));
    return quality_of(ranges, json_media_type) > quality_of(ranges, scim_media_type) ? json_media_type
                                                                                     : scim_media_type;
}

ErrorBody error_body_for(Request const& request, ErrorExplanations explanations) noexcept
{
    if (explanations != ErrorExplanations::negotiated)
        return explanations == ErrorExplanations::always ? ErrorBody::explained : ErrorBody::plain;
    bool any = false;
    for (Header const& header : request.headers)
    {
        if (!equal_ascii_ignoring_case(header.name, "Accept"))
            continue;
        auto list = header.value;
        while (!list.empty())
        {
            auto range = take_before(list, ',');
            auto const type = take_before(range, ';');
            if (!equal_ascii_ignoring_case(type, scim_media_type) && type != "*/*")
                return ErrorBody::explained;
            any = true;
        }
    }
    return any ? ErrorBody::plain : ErrorBody::explained;
}

} // namespace scimkit::service
