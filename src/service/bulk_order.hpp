// In which order the operations of a Bulk are carried out, and which of them stand and fall together (RFC 7644 section
// 3.7.1). Chains of references may be as long as the Bulk: nothing here uses the stack for them.
#pragma once

#include "bulk_entry.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace scimkit::service
{

struct BulkOrder
{
    /// A part of the order that no reference leads out of to what comes later: once it is through, nothing that comes
    /// later can make it wrong. Most are one operation.
    struct Unit
    {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    std::vector<std::size_t> operations{}; ///< positions in the request, in the order of execution
    std::vector<Unit> units{};             ///< of places in `operations`
};

/// The order of the request, but for an operation on what a later one makes: that comes right behind it.
BulkOrder order_as_sent(std::span<BulkEntry const> entries);

/// What is referred to comes before what refers to it, for a store whose ids are known only once it has stored
/// something. Of operations that refer to one another in a circle, one has no place in it (RFC 7644 section 3.7.1):
/// it is refused with 409.
std::vector<std::size_t> order_by_references(std::span<BulkEntry> entries);

/// Who refers to each operation's resource.
std::vector<std::vector<std::size_t>> users_of(std::span<BulkEntry const> entries);

} // namespace scimkit::service
