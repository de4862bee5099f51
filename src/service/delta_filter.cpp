// The log has no values from before a change, so whether a resource matched then is not known. But what a filter does
// not look at cannot have changed that, and most changes are of such: who asks for one department is not told of all
// others.
#include "delta_filter.hpp"

#include <scimkit/schema/registry.hpp>

#include "../filter/visit.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

bool looks_at(BoundFilter const& filter, Attribute const* attribute)
{
    bool found = false;
    for_each_attribute(filter, [&](AttributeRef const& tested) { found = found || tested.attribute == attribute; });
    return found;
}

/// What may be another one with any change, and is named by none.
bool looks_at_what_is_not_named(BoundFilter const& filter)
{
    return looks_at(filter, common_schema().find_attribute("meta")) ||
           looks_at(filter, common_schema().find_attribute("schemas"));
}

} // namespace

bool may_decide(LoggedChange const& change, BoundFilter const& filter, ResourceType const& type)
{
    if (change.operation == LoggedChange::Operation::removed || looks_at_what_is_not_named(filter))
        return true;
    auto const is_tested = [&](std::string const& path)
    {
        auto const parsed = parse_attribute_path(path);
        auto const attribute = parsed ? type.resolve(*parsed) : std::nullopt;
        return attribute && looks_at(filter, attribute->attribute);
    };
    return std::ranges::any_of(change.changed, is_tested, &LoggedChange::Value::path) ||
           std::ranges::any_of(change.elements, is_tested, &LoggedChange::Elements::attribute);
}

} // namespace scimkit::service
