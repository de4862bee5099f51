// Query: what a client asked of a resource collection, bound and typed (RFC 7644 section 3.4.2), and the words in which
// a store says what it does with one.
//
// Threading, lifetimes: all of these are values. A Query, and a Wanted, view what their maker holds (sources, filters,
// lists of attributes), which outlives the call that they are given to; what a store keeps beyond it, it copies.
// Errors: none here. Complexity: constant.
#pragma once

#include <scimkit/resource/resource.hpp>
#include <scimkit/store/cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace scimkit
{

struct BoundFilter;

/// Whether that attribute is one of `list`.
///
/// Complexity: linear in the list, which holds large attributes of a type: one or two.
inline bool is_among(std::span<AttributeRef const> list, Attribute const& large) noexcept
{
    for (AttributeRef const& each : list)
        if (each.attribute == &large)
            return true;
    return false;
}

/// What of a resource ReadTransaction::get() and get_many() are to bring. Of large attributes the named ones must come,
/// and others should not be loaded; whatever else a resource has comes always.
struct Wanted
{
    /// Large attributes of the type, or types, that are needed.
    std::span<AttributeRef const> large_attributes{};

    /// Where get() may allocate the attributes of the resource that it returns; a store that ignores it is right too.
    /// The caller gives back all of it at once, when the resource is gone. get_many() does not use it.
    json::storage_ptr memory{};

    /// The attributes may come as Resource::packed, of a transaction that gives_packed(); otherwise not to be set.
    bool packed = false;

    /// Nothing but whether the resource is there: type and id are enough, whatever else comes is not looked at.
    bool existence = false;

    /// Hints of what is asked next, for a store behind a network, which may find it out in the same step. What is asked
    /// is answered as ever, and whoever ignores them is right too.
    /// References to the resource (LargeAttributeReader::references_to()).
    bool references = false;
    /// In a transaction that reads, nothing but that: the read may run again where more is asked after all.
    bool last = false;
    /// Whether these resources are there. Of a type, or null; what is viewed lives as long as the call.
    ResourceType const* next_type = nullptr;
    std::span<std::string_view const> next_ids{};

    bool wants(Attribute const& large) const noexcept { return is_among(large_attributes, large); }
};

/// Everything of that type, large attributes included.
inline Wanted wanted_all(ResourceType const& type) { return {.large_attributes = type.large_attributes()}; }

/// Whether it is there, and nothing of it.
inline Wanted wanted_nothing() { return {.existence = true}; }

/// The order of a query (RFC 7644 section 3.4.2.3), as sort_value() and compare_sort_values() have it. Resources that
/// compare equal come in the ascending order of their ids in either direction, so that every query has one order.
struct SortOrder
{
    AttributeRef attribute; ///< of the source's type; leaf() is not complex
    bool descending = false;
};

/// How far the matches are to be counted. QuerySummary::total is the smaller of the matches and most().
class TotalPolicy
{
public:
    static TotalPolicy const none;  ///< nobody asked
    static TotalPolicy const exact; ///< all of them

    /// No further than `most`: a total of `most` means "that many or more". At least 1.
    static constexpr TotalPolicy at_most(std::uint64_t most) noexcept { return TotalPolicy{most}; }

    constexpr std::uint64_t most() const noexcept { return most_; } ///< 0: do not count
    constexpr bool counts() const noexcept { return most_ != 0; }
    /// What to tell of so many matches, as far as they were counted.
    constexpr std::uint64_t cut(std::uint64_t matches) const noexcept { return matches < most_ ? matches : most_; }

    friend constexpr bool operator==(TotalPolicy, TotalPolicy) noexcept = default;

private:
    constexpr explicit TotalPolicy(std::uint64_t most) noexcept
        : most_(most)
    {
    }

    std::uint64_t most_;
};

inline constexpr TotalPolicy TotalPolicy::none{0};
inline constexpr TotalPolicy TotalPolicy::exact{std::numeric_limits<std::uint64_t>::max()};

/// One page of the matches, of one or several resource types.
struct Query
{
    /// One resource type, with a filter and an order of its own, since attributes resolve per type.
    struct Source
    {
        ResourceType const* type = nullptr;  ///< not null; each type once
        BoundFilter const* filter = nullptr; ///< null: all resources of the type match
        /// Nothing: no order; or the type has no such attribute, and is sorted as others are that have no value. All
        /// sources of a query have the same direction.
        std::optional<SortOrder> sort{};
    };

    std::span<Source const> sources; ///< at least one
    std::uint64_t skip = 0;          ///< matches to leave out at the beginning (startIndex - 1); not with a cursor
    std::uint64_t limit = 0;         ///< resources to return at most; 0: none, the total alone
    /// The page begins behind this place.
    std::optional<Cursor> cursor{};
    /// The page ends before `cursor` instead, or at the end of all where there is none: the last matches before it, in
    /// the order of the query as always.
    bool backward = false;
    TotalPolicy total = TotalPolicy::exact;
    /// Large attributes that come with the resources, as Wanted has them.
    std::span<AttributeRef const> large_attributes{};
    /// As Wanted::packed.
    bool packed = false;
    /// Hints, as Wanted::references and Wanted::last.
    bool references = false;
    bool last = false;

    bool wants(Attribute const& large) const noexcept { return is_among(large_attributes, large); }
};

/// What a store carries out of a query itself. One word: each says all that the words before it say, so that no
/// combination can be wrong. The framework does the rest while the resources stream by.
enum class CarriesOut
{
    nothing,  ///< all resources of the sources come
    superset, ///< no match is missing; what comes besides is tested again by the framework
    matches,  ///< the matches and no others
    ordered,  ///< the matches in the order that the query asks for
    page      ///< skip, limit and cursor too, both directions: what comes is the answer, with QuerySummary's cursors
};

/// What a store does with one query: the answer of ReadTransaction::capability().
struct QueryCapability
{
    CarriesOut carries_out = CarriesOut::nothing;
    bool total = false; ///< fills QuerySummary::total, whatever it streams, and wherever the sink stops
};

/// What came out, beside the resources.
struct QuerySummary
{
    /// All matches, as far as Query::total wants them counted; from the same snapshot as the page.
    std::optional<std::uint64_t> total{};
    std::optional<Cursor> next{};     ///< the last resource of the page, if there are matches behind it
    std::optional<Cursor> previous{}; ///< the first resource of the page, if there may be matches before it
};

} // namespace scimkit
