// Rules for the elements of a multi-valued attribute after a PATCH operation.
#pragma once

#include "filter.hpp"
#include "values.hpp"

namespace scimkit::model
{

/// All but one of the elements that are primary cease to be.
void keep_one_primary(json::array& elements, std::size_t primary);

/// Throws Refusal if more than one of the elements is primary.
void check_one_primary(json::array const& elements);

/// The elements with what is immutable in those of the same `value` that were there, where they do not say otherwise.
json::value with_fixed(json::value elements, json::value const& before, Attribute const& attribute);

/// Whether an element that a remove lists says which one is meant.
bool names_one(json::value const& element, Attribute const& attribute);

/// What is computed from a `value` goes with it; the same value again says nothing new.
void forget_computed(json::object& item, json::value const& id);

/// Whether a remove that lists `given` means a stored element: its `value`, and its `type` where the list says one.
bool is_listed(json::value const& stored, json::value const& given, Attribute const& attribute);

/// Whether `value` is null in what a remove lists: what else is said would select too many.
bool says_no_value(json::value const& listed);

/// Elements in which nothing is left go, and so do simple values that are there twice. Null if none is left.
json::value pruned(json::array const& elements, Attribute const& attribute);

/// The element that the `eq` comparisons of a filter describe. False: it says more than that, or less.
bool describes(Filter const& filter, json::object& element);

/// Whether an element was in `stored`, with a `type` that the new one does not name, and is not in `now`.
bool comes_back(json::value const& element, Attribute const& attribute, json::value const& now,
                json::object const& stored);

} // namespace scimkit::model
