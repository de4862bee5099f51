// Kept apart from the reading of values, which is the RFC's: here is what clients send beyond it.
#include "lenient.hpp"

namespace scimkit::model
{

json::value unwrapped(json::value value)
{
    auto const* array = value.if_array();
    if (!array || array->size() != 1)
        return value;
    json::value const& only = array->front();
    bool const says_nothing =
        only.is_null() || only.is_array() || only == json::value("") || (only.is_object() && only.get_object().empty());
    return says_nothing ? value : json::value(only);
}

bool says_true(json::value const& value)
{
    return value == json::value(true) || (value.is_string() && equal_names(value.get_string(), "true"));
}

bool says_cleared(json::value const& value, Attribute const& attribute)
{
    if (value == json::value(""))
        return true;
    auto const* members = value.if_object();
    if (!members || !attribute.sub("value"))
        return false;
    bool has_value = false;
    for (auto const& [name, member] : *members)
    {
        if (!member.is_null() && member != json::value(""))
            return false;
        has_value = has_value || (equal_names(name, "value") && member.is_string());
    }
    return has_value;
}

} // namespace scimkit::model
