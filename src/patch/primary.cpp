// The primary one of a list: at most one element says so, and one that newly says so takes it from the others
// (RFC 7643 section 2.4, RFC 7644 section 3.5.2).
#include "edit.hpp"
#include "patcher.hpp"

#include <algorithm>

namespace scimkit
{

result<void> check_one_primary(json::array const& elements, AttributeRef const& attribute)
{
    if (std::count_if(elements.begin(), elements.end(), is_primary) > 1)
        return patch_fault(attribute, ErrorCode::invalid_value, "only one element can be primary")
            .against("7644-3.5.2-z");
    return {};
}

void clear_other_primaries(json::array& elements, std::size_t primary)
{
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (i != primary && is_primary(elements[i]))
            elements[i].get_object()["primary"] = false;
}

bool Patcher::sets_primary(AttributeRef const& target, Change const& change)
{
    auto const* primary = change.members ? change.members->if_contains("primary") : nullptr;
    bool const names_it = target.sub_attribute && target.sub_attribute->name == "primary";
    auto const& value = primary ? *primary : change.value;
    return (primary || names_it) && value.is_bool() && value.get_bool();
}

} // namespace scimkit
