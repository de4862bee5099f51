// The values that an attribute has in a resource, stored or computed, for evaluation and for sorting. Private to the
// room.
#pragma once

#include <scimkit/filter/evaluate.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace scimkit::detail
{

/// What `pr` asks (RFC 7644 table 3): not null, not empty, and for a complex value a sub-attribute that has one.
bool has_value(json::value const& value) noexcept;
inline bool has_value(std::string_view text) noexcept { return !text.empty(); }
inline bool has_value(Instant) noexcept { return true; }

/// True for id, meta and schemas: the view has them, not the attributes.
bool is_computed(AttributeRef const& attribute) noexcept;

/// The stored value of the whole attribute; null if there is none, or if it is JSON's null.
json::value const* find_stored(AttributeRef const& attribute, ResourceView const& resource) noexcept;

/// What an absent value counts as: a comparison takes an absent boolean `primary` for false (RFC 7643 section 2.4),
/// a question of presence does not.
enum class Absent
{
    is_nothing,
    primary_is_false
};

/// The value of a sub-attribute in one element, null if it has none.
json::value const* find_in_element(Attribute const& sub_attribute, json::value const& element, Absent absent) noexcept;

/// `meta` as an object and `schemas` as an array of text, for value paths.
json::value computed_value(AttributeRef const& attribute, ResourceView const& resource);

/// "W/\"5\"", or nothing for a resource without version.
std::string version_text(std::uint64_t version);

/// True for an extension in whose object something stands.
bool has_extension(ResourceType::Extension const& extension, ResourceView const& resource) noexcept;

/// Calls `visit` with each value of an attribute for which is_computed() holds, as std::string_view or Instant;
/// stops and returns true when it does.
template <class Visit>
bool visit_computed(AttributeRef const& attribute, ResourceView const& resource, Visit const& visit)
{
    std::string_view const name = attribute.leaf().name;
    if (name == "id")
        return visit(resource.id);
    if (name == "schemas")
    {
        auto const extensions = resource.type.extensions();
        return visit(std::string_view{resource.type.schema().id}) ||
               std::any_of(extensions.begin(), extensions.end(),
                           [&](ResourceType::Extension const& extension) {
                               return has_extension(extension, resource) &&
                                      visit(std::string_view{extension.schema->id});
                           });
    }
    if (name == "created")
        return visit(resource.created);
    if (name == "lastModified")
        return visit(resource.last_modified);
    if (name == "version")
        return resource.version != 0 && visit(std::string_view{version_text(resource.version)});
    if (name == "location")
        return !resource.location.empty() && visit(resource.location);
    return visit(std::string_view{resource.type.name()}); // meta.resourceType, and meta itself, which is never empty
}

/// Calls `visit` with each value, none of them null, that an attribute or its sub-attribute has in `value`, the
/// value of the whole attribute; stops and returns true when it does. Before each element, also one that has no value,
/// `step` is asked whether to go on.
template <class Step, class Visit>
bool visit_stored(AttributeRef const& attribute, json::value const& value, Absent absent, Step const& step,
                  Visit const& visit)
{
    auto const each = [&step](json::value const& values, auto const& visit_one)
    {
        auto const visit_next = [&](json::value const& next) { return !step() || visit_one(next); };
        auto const* const array = values.if_array();
        return array ? std::any_of(array->begin(), array->end(), visit_next) : visit_next(values);
    };
    auto const visit_leaf = [&visit](json::value const& leaf) { return !leaf.is_null() && visit(leaf); };
    if (!attribute.sub_attribute)
        return each(value, visit_leaf);
    return each(value,
                [&](json::value const& element)
                {
                    json::value const* const leaf = find_in_element(*attribute.sub_attribute, element, absent);
                    return leaf && each(*leaf, visit_leaf);
                });
}

} // namespace scimkit::detail
