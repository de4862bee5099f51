// Taking over what was staged into the local store, and counting what it meant.
#pragma once

#include <scimkit/connector/import.hpp>
#include <scimkit/connector/lifecycle.hpp>

#include "spool.hpp"

#include <map>
#include <unordered_set>

namespace scimkit::connector
{

/// Ids as hashes: about forty bytes for each, however long they are.
using IdSet = std::unordered_set<std::size_t>;
std::size_t hash_of_id(std::string_view id);

void count(Run& run, std::string const& type, Change const& change);
void count_error(Run& run, std::string const& type, std::string detail);

/// All of the spool. `in_turn`: what came later of one id takes the place of what came
/// before; otherwise two of one id are an error. A resource that cannot be kept is an error of
/// the run; what is wrong with the spool or the store itself is a failure.
outcome<void> apply(Spool const& spool, Mirror& mirror, bool write, Run& run, Observer& observer, bool in_turn = false);

} // namespace scimkit::connector
