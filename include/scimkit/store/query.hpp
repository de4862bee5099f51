// Query: what a client asked of a resource collection, bound and typed (RFC 7644 section 3.4.2).
#pragma once

#include <scimkit/resource/resource.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace scimkit
{

/// A hint of what of a resource is needed. A superset may come back; only large attributes make a difference:
/// the named ones must come with the resource, others should not be loaded.
struct Wanted
{
    /// Large attributes that are needed, of the types asked for. Views a caller's array.
    std::span<AttributeRef const> large_attributes{};

    /// Where the attributes of one resource that get() returns may be allocated; a store that ignores it is right
    /// too. What is allocated there is given back all at once, by the caller, when the resource is gone.
    json::storage_ptr memory{};

    bool wants(Attribute const& large) const noexcept
    {
        for (AttributeRef const& wanted : large_attributes)
            if (wanted.attribute == &large)
                return true;
        return false;
    }
};

/// Everything of that type, large attributes included.
inline Wanted wanted_all(ResourceType const& type) { return {.large_attributes = type.large_attributes()}; }

struct SortOrder
{
    AttributeRef attribute;
    bool descending = false;
};

enum class TotalPolicy
{
    none, ///< nobody asked
    exact
};

/// One page of the matches, of one or several resource types. Everything it points to outlives the call.
struct Query
{
    /// At least one; a filter per type, since attributes resolve per type. A null filter matches all.
    struct Source
    {
        ResourceType const* type = nullptr;
        BoundFilter const* filter = nullptr;
        std::optional<SortOrder> sort{};
    };

    std::span<Source const> sources;
    std::uint64_t skip = 0;             ///< matches to leave out at the beginning (startIndex - 1)
    std::uint64_t limit = 0;            ///< resources to return at most
    std::optional<std::string> after{}; ///< a position (ability `positions`); instead of skip
    TotalPolicy total = TotalPolicy::exact;
    Wanted wanted{};
};

/// Which parts of a query a store carries out itself; the framework does the rest, in this order. `page` without
/// `filter`, or without `sort` where one is asked for, would be wrong and is refused.
struct QueryCapability
{
    bool filter = false;
    bool sort = false;
    bool page = false;  ///< skip, limit, after
    bool total = false; ///< fills QuerySummary::total
};

/// What came out, beside the resources.
struct QuerySummary
{
    std::optional<std::uint64_t> total{}; ///< all matches, from the same snapshot as the page
    std::string next{};                   ///< position after the page; empty: this was the end, or no such ability
};

} // namespace scimkit
