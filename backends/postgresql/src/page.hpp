// Page: the page of a query as it fills: what to skip, to deliver and to count, over all sources.
#pragma once

#include "session.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::postgresql
{

/// Takes the candidates of one source after the other, in the order of the query.
class Page
{
public:
    /// `paging` false: everything is delivered, whatever skip, limit and cursor say.
    Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink);

    /// Begins with a source. `exact`: candidates need no test. `counted`: its matches are in the total already.
    void begin_source(std::size_t source, bool exact, bool counted);

    /// Takes the next candidates. False when nothing more is needed of this source. `before_page`: of how many at the
    /// front it is known that they lie before the position of the query, and only count.
    result<bool> take(std::vector<Resource>&& candidates, std::size_t before_page);

    void add_to_total(std::uint64_t matches) noexcept { total_ += matches; }
    /// Matches that the database has left out already.
    void skipped(std::uint64_t matches) noexcept { skip_ -= std::min(skip_, matches); }

    /// Whether matches have to be counted still, and how many at most.
    bool counting() const noexcept { return total_ < most_; }
    std::uint64_t to_count() const noexcept { return most_ - total_; }
    /// True when no candidate of any source can change the page any more; counting may go on.
    bool full() const noexcept { return stopped_ || more_ || limit_ == 0; }
    bool stopped() const noexcept { return stopped_; }
    std::uint64_t to_skip() const noexcept { return skip_; }
    /// How many matches are wanted before the page is full, one more than the limit included.
    std::uint64_t room() const noexcept;

    QuerySummary summary() const;

private:
    result<void> test(std::vector<Resource>& candidates, std::vector<bool>& matched);
    result<bool> deliver(std::vector<Resource>&& page);
    result<scimkit::Cursor> cursor_of(Resource const& resource) const;
    bool wants_more() const noexcept { return !stopped_ && ((count_by_visits_ && counting()) || !full()); }

    Session& session_;
    Query const& query_;
    function_ref<bool(Resource&&)> sink_;
    bool paging_;
    std::uint64_t most_;
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
    std::optional<scimkit::Cursor> first_{}; // of the page, if something lies before it
    scimkit::Cursor last_{};
};

} // namespace scimkit::postgresql
