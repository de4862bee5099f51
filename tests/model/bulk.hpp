// Bulk (RFC 7644 section 3.7) as docs/embedding.md has it: operations one after the other, references in any order, and
// what refers to what fails, fails.
#pragma once

#include "expected.hpp"
#include "filter.hpp"
#include "sequence.hpp"

#include <functional>

namespace scimkit::model
{

struct BulkRules
{
    bool savepoints = true; ///< without them each operation is committed alone, and circles are refused
    bool atomic = false;
    Mode mode = Mode::tolerant;
    std::function<Expected(Step const&)> attempt{}; ///< carries out one operation as a request
    std::function<std::optional<Refusal>(Step const&)> faulty{};
};

/// Throws what the whole Bulk may be refused with, as std::vector<Refusal>; the world is then to be put back.
std::vector<Part> answer_bulk(World& world, json::value const& message, BulkRules const& rules);

/// Puts ids in place of bulkIds in the value of a target, by World::promised. Adds the operations that are meant to
/// `uses`. Throws Refusal.
void resolve_names(json::value& value, Target const& target, World const& world, std::vector<std::size_t>& uses);

/// The same in the filter of a path.
void resolve_names(Path& path, World const& world, std::vector<std::size_t>& uses);

/// The same in the body of a POST or PUT.
void resolve_names(json::value& body, Type const& type, World const& world, std::vector<std::size_t>& uses);

} // namespace scimkit::model
