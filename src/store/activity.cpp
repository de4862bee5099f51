// Two questions and one ruling: the first knows what was before, the log only what became of it.
#include "activity.hpp"

#include <algorithm>
#include <string_view>

namespace scimkit
{
namespace
{

constexpr std::string_view active = "active";

bool says(json::object const& attributes, bool what)
{
    auto const* const value = attributes.if_contains(active);
    return value && *value == what;
}

} // namespace

bool deactivates(json::object const& before, json::object const& after)
{
    return (!says(before, false) && says(after, false)) || (says(before, true) && !says(after, true));
}

std::optional<bool> activity_of(LoggedChange const& change)
{
    auto const found = std::ranges::find(change.changed, active, &LoggedChange::Value::path);
    if (found == change.changed.end() || !found->told)
        return std::nullopt;
    return found->value.is_bool() && found->value.get_bool();
}

} // namespace scimkit
