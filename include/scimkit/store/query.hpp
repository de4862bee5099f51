// Query: what a client asked of a resource collection, bound and typed (RFC 7644 section 3.4.2).
#pragma once

#include <scimkit/resource/resource.hpp>
#include <scimkit/store/cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace scimkit
{

/// A hint of what of a resource is needed. A superset may come back; only large attributes and `existence` make a
/// difference: the named ones must come with the resource, others should not be loaded.
struct Wanted
{
    /// Large attributes that are needed, of the types asked for. Views a caller's array.
    std::span<AttributeRef const> large_attributes{};

    /// Where the attributes of one resource that get() returns may be allocated; a store that ignores it is right
    /// too. What is allocated there is given back all at once, by the caller, when the resource is gone.
    json::storage_ptr memory{};

    /// Nothing but whether the resource is there: type and id are enough, whatever else comes is not looked at.
    bool existence = false;

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

/// Is it there?
inline Wanted wanted_nothing() { return {.existence = true}; }

struct SortOrder
{
    AttributeRef attribute;
    bool descending = false;
};

/// How far the matches are to be counted. A value; QuerySummary::total is the smaller of the matches and most().
class TotalPolicy
{
public:
    static TotalPolicy const none;  ///< nobody asked
    static TotalPolicy const exact; ///< all of them

    /// No further than `most`: a total of `most` means "that many or more". At least 1.
    static constexpr TotalPolicy at_most(std::uint64_t most) noexcept { return TotalPolicy{most}; }

    constexpr std::uint64_t most() const noexcept { return most_; }
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
    std::uint64_t skip = 0;  ///< matches to leave out at the beginning (startIndex - 1); not with a cursor
    std::uint64_t limit = 0; ///< resources to return at most
    /// The page begins behind this place.
    std::optional<Cursor> cursor{};
    /// The page ends before `cursor` instead, or at the end of all where there is none: the last matches before it, in
    /// the order of the query as always.
    bool backward = false;
    TotalPolicy total = TotalPolicy::exact;
    Wanted wanted{};
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

/// What a store does with one query.
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
