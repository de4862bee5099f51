// The values of one attribute within a resource, one by one: what unique keys and index entries are made of.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/filter/values.hpp>
#include <scimkit/resource/resource.hpp>

namespace scimkit
{

/// Calls `sink` with every value of `attribute` that fits its type, in the order of the resource; duplicates come
/// twice. meta.created and meta.lastModified come from the resource's fields.
void for_each_value(Resource const& resource, AttributeRef const& attribute, function_ref<void(BoundLiteral&&)> sink);

/// What making keys of those values costs, in units of Budget: their bytes, more for text that has to be folded. To be
/// charged before for_each_value() is called.
std::uint64_t weight_of_values(Resource const& resource, AttributeRef const& attribute) noexcept;

/// True for meta.created and meta.lastModified, which every resource has, and which are not in `attributes`.
bool is_timestamp(AttributeRef const& attribute) noexcept;

/// The key by which unique values collide: the comparison key of a string, the shortest decimal text of a number.
std::string unique_key_of(BoundLiteral const& value);

} // namespace scimkit
