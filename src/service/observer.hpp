// Telling ServiceOptions::observer of what has been committed.
#pragma once

#include "operation.hpp"

#include <set>

namespace scimkit::service
{

/// Adds the values that are only in `after`, and those that are only in `before`.
void note_difference(ElementsChanged& noted, std::set<std::string_view> const& before,
                     std::set<std::string_view> const& after);

/// Adds what an edit has done to that of the edits before it: one of each attribute. REQUIRES: no two of them are about
/// the same value (may_cancel_out() in patch_in_place.hpp).
void merge_elements(std::vector<ElementsChanged>& all, ElementsChanged more);

/// Which elements of large attributes came and went between two states of a resource; null: there is none.
std::vector<ElementsChanged> changed_elements(json::object const* before, json::object const* after,
                                              ResourceType const& type);

/// REQUIRES: an outcome with everything that is only there where Scope::observed. Whatever goes wrong is logged.
void tell_observer(Call const& call, Access::Operation operation, Outcome const& outcome) noexcept;

/// The same of groups that somebody has left who is there still.
void tell_left_groups(Call const& call, std::span<membership::LeftGroup const> groups) noexcept;

} // namespace scimkit::service
