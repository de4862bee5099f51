// Walks over bound filters, for whoever asks what one is about and not whether it matches. Recursion needs no limit: a
// filter is as deep as its text was allowed to be (FilterSyntax::max_depth).
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/filter/bind.hpp>

#include <span>

namespace scimkit
{

/// What a conjunction, a disjunction, a negation or a value path is made of; empty for a test.
std::span<BoundFilter const> operands_of(BoundFilter const& filter) noexcept;

/// Calls `visit` with each attribute that a filter tests; with that of a value path, then with those within it.
void for_each_attribute(BoundFilter const& filter, function_ref<void(AttributeRef const&)> visit);

/// Calls `visit` with each test of a filter that consists of `eq` comparisons joined by `and`, until one returns false.
/// False then, and for any other filter.
bool for_each_equality(BoundFilter const& filter, function_ref<bool(BoundComparison const&)> visit);

/// How many comparisons and presence tests a filter has.
std::size_t count_terms(BoundFilter const& filter) noexcept;

} // namespace scimkit
