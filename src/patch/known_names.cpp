// A name that no schema has may belong to somebody else, and is ignored where that is tolerated. One that goes on
// behind an attribute of ours belongs to nobody else: ignoring it would tell a client of a change that nobody made.
#include "known_names.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>

namespace scimkit
{
namespace
{

bool goes_on_behind(std::string_view name, Schema const& schema)
{
    auto const end = name.find_first_of(".[");
    return end != std::string_view::npos && schema.find_attribute(name.substr(0, end)) != nullptr;
}

bool goes_on_within(std::string_view name, Schema const& schema)
{
    auto const size = schema.id.size();
    return name.size() > size && (name[size] == ':' || name[size] == '.') &&
           equal_ascii_ignoring_case(name.substr(0, size), schema.id) && goes_on_behind(name.substr(size + 1), schema);
}

} // namespace

bool leads_into_known(std::string_view name, ResourceType const& type)
{
    return goes_on_behind(name, type.schema()) || goes_on_within(name, type.schema()) ||
           std::ranges::any_of(type.extensions(), [&](auto const& each) { return goes_on_within(name, *each.schema); });
}

} // namespace scimkit
