// Edits of one complex value and of the elements of one multi-valued attribute, with the rules for immutable and
// required sub-attributes (RFC 7644 section 3.5.2).
#pragma once

#include <scimkit/core/function_ref.hpp>

#include "../resource/elements.hpp"
#include "patch.hpp"
#include "work.hpp"

namespace scimkit
{

/// `name.givenName: REASON`
Error patch_fault(AttributeRef const& attribute, ErrorCode code, std::string_view reason);

/// `Operations[2]: DETAIL`
Error at_operation(Error error, std::size_t position);

/// `attribute` with this sub-attribute.
AttributeRef sub_attribute_ref(AttributeRef const& attribute, Attribute const& sub);

/// The operation's value for a multi-valued target: an array, or one element for an array of one. Canonical.
result<json::array> read_elements(PatchOperation const& operation, CanonicalOptions const& options);

/// The elements that a remove lists: only compared, so that they may be partial and say what is readOnly.
result<json::array> read_unwanted(PatchOperation const& operation, CanonicalOptions options);

/// What clients send beside the path of a single value that is to be removed, for want of anything to say: `""`, `[]`
/// and `{}`.
bool has_nothing_to_say(json::value const& value) noexcept;

/// No answer may tell what its value is.
bool is_never_returned(AttributeRef const& target) noexcept;

/// Sets a sub-attribute of an assigned complex value. `value` is canonical; null clears, but adding null does
/// nothing. Errors: mutability, too_many.
result<void> edit_member(json::object& complex, AttributeRef const& attribute, json::value const& value, PatchOp op,
                         Work& work);

/// Sets each of `members` (canonical, with nulls).
result<void> merge_members(json::object& complex, json::object const& members, AttributeRef const& attribute,
                           PatchOp op, Work& work);

/// Removes those of a multi-valued sub-attribute's elements that are `unwanted`. Errors: mutability, too_many.
result<void> remove_from_member(json::object& complex, AttributeRef const& attribute, json::array const& unwanted,
                                Work& work);

/// Error: invalid_value when more than one of the elements is primary.
result<void> check_one_primary(json::array const& elements, AttributeRef const& attribute);

/// Makes all elements but this one not primary.
void clear_other_primaries(json::array& elements, std::size_t primary);

/// Appends those of `incoming` (canonical) that are not there. An element that is there takes over `primary`.
/// `present` is the index of `elements`. Errors: invalid_value for several new primaries, too_many.
result<void> add_elements(json::array& elements, json::array incoming, AttributeRef const& attribute,
                          ElementIndex& present, Work& work);

/// Removes all elements that match one of `unwanted` (canonical), by its `value` and the `type` that it says, and that
/// `may_go`. False if one of `unwanted` took
/// nothing away. Error: too_many.
result<bool> remove_elements(json::array& elements, json::array const& unwanted, AttributeRef const& attribute,
                             Work& work, function_ref<bool(json::value const&)> may_go);
result<bool> remove_elements(json::array& elements, json::array const& unwanted, AttributeRef const& attribute,
                             Work& work);

/// Simple values that are there twice become one; complex values without members vanish.
void prune_elements(json::array& elements, Attribute const& attribute);

} // namespace scimkit
