// One place decides what a condition means, so that no operation forgets one: RFC 9110 section 13.1.2 says that a
// method MUST NOT be performed where If-None-Match does not hold, for writes as much as for GET.
#include "precondition.hpp"

namespace scimkit::service
{

Preconditions::Preconditions(Request const& request)
    : if_match_{request, "If-Match"}
    , if_none_match_{request, "If-None-Match"}
{
}

result<void> Preconditions::check_read(Version version) const
{
    if (!if_match_.present())
        return {};
    if (if_match_.malformed())
        return Error{ErrorCode::precondition_failed, "If-Match has to be * or a list of entity tags such as W/\"1\"."};
    if (!if_match_.match_version(version))
        return Error{ErrorCode::precondition_failed,
                     "The resource has changed: its version is not the one in If-Match."};
    return {};
}

result<void> Preconditions::check_write(Version version) const
{
    if (auto checked = check_read(version); !checked)
        return checked;
    if (!if_none_match_.present())
        return {};
    if (if_none_match_.malformed())
        return Error{ErrorCode::precondition_failed,
                     "If-None-Match has to be * or a list of entity tags such as W/\"1\"."};
    if (if_none_match_.match_version(version))
        return Error{ErrorCode::precondition_failed, "The resource is there in a version that If-None-Match excludes."};
    return {};
}

bool Preconditions::not_modified(std::string_view tag) const noexcept
{
    return asks_if_modified() && if_none_match_.match_tag(tag);
}

} // namespace scimkit::service
