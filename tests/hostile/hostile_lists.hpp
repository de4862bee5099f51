// The lists of hostile_requests.cpp that are long: paths, queries, and operations of a PATCH, none of them good.
#pragma once

#include <span>

namespace hostile
{

std::span<char const* const> hostile_targets();
std::span<char const* const> hostile_queries();

/// Of a PATCH of a User, as JSON.
std::span<char const* const> hostile_operations();

} // namespace hostile
