// PageState: how far the page of a query has come, over all sources: what to skip, to deliver and to count, and between
// which cursors it lies. What a store does with candidates, one by one or in batches, stands on it.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/export.hpp>
#include <scimkit/store/query.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace scimkit::kv
{

/// Sees the candidates of one source after the other, in the order of the query.
class SCIMKIT_API PageState
{
public:
    /// `paging` false: everything is delivered, whatever skip, limit and cursor say. `query` outlives this.
    PageState(Query const& query, bool paging);

    /// Begins with a source. `exact`: candidates need no test. `counted`: its matches are known, and not counted as
    /// they are seen.
    void begin_source(std::size_t source, bool exact, bool counted);

    void add_to_total(std::uint64_t matches) noexcept { total_ += matches; }

    /// Whether matches have to be counted still, and how many at most.
    bool counting() const noexcept { return total_ < most_; }
    std::uint64_t to_count() const noexcept { return most_ - total_; }

    /// How many matches are passed over still before the page begins.
    std::uint64_t to_skip() const noexcept { return skip_; }
    /// Matches of which it is known without a look that they come before the page: at most to_skip().
    void skip(std::uint64_t matches) noexcept { skip_ -= matches; }

    /// True when no candidate of any source can change the page any more; counting may go on.
    bool full() const noexcept { return stopped_ || more_ || limit_ == 0; }
    bool stopped() const noexcept { return stopped_; }

    /// Whether what is given of this source may be packed: asked for, neither tested nor completed.
    bool packs() const noexcept { return query_.packed && exact_ && delivered_.empty(); }

    QuerySummary summary() const;

protected:
    bool wants_more() const noexcept { return !stopped_ && ((count_by_visits_ && counting()) || !full()); }

    /// Large attributes that a resource comes with, and that its test has not loaded.
    std::vector<AttributeRef> not_loaded() const;
    /// Large attributes that only the test needed.
    bool only_tested(AttributeRef const& large) const noexcept;

    /// Whether the page begins or ends with the next resource, in an order of values: they have to be there then.
    bool notes_value() const noexcept
    {
        return paging_ && query_.sources[source_].sort && (given_ == 0 || given_ + 1 == limit_);
    }

    /// Counts a resource that is about to be given, with all its attributes, and keeps its place if the page begins or
    /// ends with it. Errors: those of the budget.
    result<void> note_given(Resource const& resource, Budget& budget);

    Query const& query_;
    bool paging_;
    std::uint64_t most_; // to be counted
    std::uint64_t skip_ = 0;
    std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();

    std::size_t source_ = 0;
    bool exact_ = false;
    bool count_by_visits_ = false;
    std::vector<AttributeRef> tested_{};    // large attributes that the filter looks at
    std::vector<AttributeRef> delivered_{}; // large attributes that the resources come with

    std::uint64_t total_ = 0;
    std::uint64_t given_ = 0;
    bool more_ = false;
    bool stopped_ = false;

private:
    std::optional<scimkit::Cursor> first_{}; // of the page, if something lies before it
    scimkit::Cursor last_{};
};

/// The same query for its total alone.
SCIMKIT_API Query total_alone(Query const& query);

/// The source that a resource is of.
SCIMKIT_API std::size_t source_of(Query const& query, Resource const& resource);

/// The cursors of a page that ends before the query's, or at the end of all, as it is given, in order.
class SCIMKIT_API PageBack
{
public:
    /// `more`: there are matches before the page. `query` outlives this.
    PageBack(Query const& query, bool more)
        : query_(query)
        , more_(more)
    {
    }

    /// A resource that is about to be given. Whoever gives looks whether the budget is exhausted.
    void note(Resource const& resource, Budget& budget);

    void tell(QuerySummary& summary) &&;

private:
    Query const& query_;
    bool more_;
    std::optional<scimkit::Cursor> first_{};
    std::optional<scimkit::Cursor> last_{};
};

} // namespace scimkit::kv
