// One place decides what a condition means, so that no operation forgets one: RFC 9110 section 13.1.2 says that a
// method MUST NOT be performed where If-None-Match does not hold, for writes as much as for GET.
#include "precondition.hpp"

#include <scimkit/core/text.hpp>

#include "../core/http_date.hpp"
#include "headers.hpp"

namespace scimkit::service
{
namespace
{

std::optional<std::chrono::sys_seconds> date_in(Request const& request, std::string_view header)
{
    std::optional<std::chrono::sys_seconds> date;
    bool is_there = false;
    for (Header const& given : request.headers)
        if (equal_ascii_ignoring_case(given.name, header))
        {
            date = is_there ? std::nullopt : parse_http_date(trim(given.value));
            is_there = true;
        }
    return date;
}

/// What has no time of change has the beginning of time; then no date is a condition (RFC 9110 section 13.1.4).
bool has_changed_since(Instant last_modified, std::chrono::sys_seconds date) noexcept
{
    return last_modified != Instant{} && std::chrono::floor<std::chrono::seconds>(last_modified) > date;
}

Error unreadable(std::string_view header)
{
    return Error{ErrorCode::precondition_failed,
                 std::string{header} + " has to be * or a list of entity tags such as W/\"1\"."}
        .against("7644-3.14-k");
}

} // namespace

Preconditions::Preconditions(Request const& request)
    : if_match_(request, "If-Match")
    , if_none_match_(request, "If-None-Match")
    , if_unmodified_since_(date_in(request, "If-Unmodified-Since"))
    , if_modified_since_(date_in(request, "If-Modified-Since"))
{
}

result<void> Preconditions::check_read(Resource const& stored) const
{
    bool const by_date = !if_match_.present() && if_unmodified_since_;
    if (by_date && has_changed_since(stored.last_modified, *if_unmodified_since_))
        return Error{ErrorCode::precondition_failed, "The resource has changed since the date in If-Unmodified-Since."}
            .against("RFC 9110 section 13.1.4");
    if (!if_match_.present())
        return {};
    if (if_match_.malformed())
        return unreadable("If-Match");
    if (!if_match_.match_version(stored.version))
        return Error{ErrorCode::precondition_failed,
                     "The resource has changed: its version is not the one in If-Match."};
    return {};
}

result<void> Preconditions::check_write(Resource const& stored) const
{
    if (auto checked = check_read(stored); !checked)
        return checked;
    if (!if_none_match_.present())
        return {};
    if (if_none_match_.malformed())
        return unreadable("If-None-Match");
    if (if_none_match_.match_version(stored.version))
        return Error{ErrorCode::precondition_failed, "The resource is there in a version that If-None-Match excludes."}
            .against("RFC 9110 section 13.1.2");
    return {};
}

result<void> Preconditions::check_post(bool is_list) const
{
    for (auto const& [tags, header] : {std::pair{&if_match_, "If-Match"}, {&if_none_match_, "If-None-Match"}})
        if (tags->malformed())
            return unreadable(header);
    if (if_match_.present() && (if_match_.names_versions() || !is_list))
        return Error{ErrorCode::precondition_failed, "If-Match: nothing with an entity tag is at this endpoint."}
            .against("RFC 9110 section 13.1.1");
    if (is_list && if_none_match_.present() && !if_none_match_.names_versions())
        return Error{ErrorCode::precondition_failed,
                     "If-None-Match: * is about the endpoint, which is there; of what is to be made it says nothing."}
            .against("RFC 9110 section 13.1.2");
    return {};
}

bool Preconditions::not_modified(std::string_view tag) const noexcept
{
    return asks_if_modified() && if_none_match_.match_tag(tag);
}

bool Preconditions::not_modified_since(Instant last_modified) const noexcept
{
    return !if_none_match_.present() && if_modified_since_ && last_modified != Instant{} &&
           !has_changed_since(last_modified, *if_modified_since_);
}

} // namespace scimkit::service
