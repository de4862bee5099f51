// Rules for a resource as a whole, after every single value is in order: what is required is there (RFC 7643 section
// 2.2), one element at most is primary (section 2.4), and null, `[]` and what is absent are the same (section 2.5).
#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include "canonical.hpp"
#include "elements.hpp"
#include "place.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

bool is_assigned(json::value const* value) noexcept { return value && !value->is_null(); }

result<void> check_members(json::value const& value, Attribute const& attribute, Place const& place)
{
    auto const* object = value.if_object();
    if (!object)
        return {};
    for (auto const& sub : attribute.sub_attributes)
        if (sub.required && !is_assigned(object->if_contains(sub.name)))
            return place.sub_attribute(sub.name)
                .fault(ErrorCode::invalid_value, "it is required")
                .against("7644-3.3-o");
    return {};
}

result<void> check_value(json::value const& value, AttributeRef const& attribute)
{
    Place const place{attribute};
    auto const* elements = value.if_array();
    if (!elements)
        return check_members(value, *attribute.attribute, place);
    bool has_primary = false;
    auto const& subs = attribute.attribute->sub_attributes;
    bool const has_required = std::any_of(subs.begin(), subs.end(), [](Attribute const& sub) { return sub.required; });
    for (std::size_t i = 0; i < elements->size(); ++i)
    {
        if (is_primary((*elements)[i]) && std::exchange(has_primary, true))
        {
            return place.element(i)
                .sub_attribute("primary")
                .fault(ErrorCode::invalid_value, "another element is primary already")
                .against("7643-2.4-e");
        }
        if (has_required)
        {
            if (auto fine = check_members((*elements)[i], *attribute.attribute, place.element(i)); !fine)
                return fine;
        }
    }
    return {};
}

result<void> check_required(json::object const& members, Schema const& schema, bool in_extension)
{
    for (auto const& attribute : schema.attributes)
    {
        if (attribute.required && !is_assigned(members.if_contains(attribute.name)))
        {
            return Place(AttributeRef{&schema, &attribute, nullptr, in_extension})
                .fault(ErrorCode::invalid_value, "it is required")
                .against("7644-3.3-o");
        }
    }
    return {};
}

// `in_elements`: inside an array, where an absent `primary` is false.
bool same(json::value const& a, json::value const& b, bool in_elements);

bool is_nothing(json::key_value_pair const& member, bool in_elements) noexcept
{
    return member.value().is_null() ||
           (in_elements && member.key() == "primary" && member.value().is_bool() && !member.value().get_bool());
}

bool same_members(json::object const& a, json::object const& b, bool in_elements)
{
    std::size_t assigned = 0;
    for (auto const& member : a)
    {
        if (is_nothing(member, in_elements))
            continue;
        ++assigned;
        auto const* other = b.if_contains(member.key());
        if (!other || !same(member.value(), *other, in_elements))
            return false;
    }
    return static_cast<std::size_t>(std::count_if(b.begin(), b.end(),
                                                  [&](json::key_value_pair const& member)
                                                  { return !is_nothing(member, in_elements); })) == assigned;
}

bool same(json::value const& a, json::value const& b, bool in_elements)
{
    if (auto const* x = a.if_object())
    {
        auto const* y = b.if_object();
        return y && same_members(*x, *y, in_elements);
    }
    if (auto const* x = a.if_array())
    {
        auto const* y = b.if_array();
        return y && std::equal(x->begin(), x->end(), y->begin(), y->end(),
                               [](json::value const& p, json::value const& q) { return same(p, q, true); });
    }
    return equal_json(a, b);
}

} // namespace

result<void> check_resource(json::object const& attributes, ResourceType const& type)
{
    if (auto fine = check_required(attributes, type.schema(), false); !fine)
        return fine;
    for (auto const& [schema, required] : type.extensions())
    {
        auto const* data = attributes.if_contains(schema->id);
        auto const* members = data ? data->if_object() : nullptr;
        if (!members || std::all_of(members->begin(), members->end(),
                                    [](json::key_value_pair const& member) { return member.value().is_null(); }))
        {
            if (required)
            {
                return Error{.code = ErrorCode::invalid_value,
                             .detail = schema->id + ": the resource type requires this extension.",
                             .attribute = schema->id,
                             .requirement = "7644-3.3-o"};
            }
            continue;
        }
        if (auto fine = check_required(*members, *schema, true); !fine)
            return fine;
        for (auto const& [name, value] : *members)
        {
            auto const* attribute = value.is_structured() ? schema->find_attribute(name) : nullptr;
            if (attribute)
            {
                if (auto fine = check_value(value, {schema, attribute, nullptr, true}); !fine)
                    return fine;
            }
        }
    }
    for (auto const& [name, value] : attributes)
    {
        if (!value.is_structured())
            continue;
        if (auto const attribute = type.find_root_attribute(name))
        {
            if (auto fine = check_value(value, *attribute); !fine)
                return fine;
        }
    }
    return {};
}

bool same_state(json::object const& a, json::object const& b) { return same_members(a, b, false); }

bool same_state(json::value const& a, json::value const& b) { return same(a, b, false); }

} // namespace scimkit
