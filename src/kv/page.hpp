// Page: the page of a query as it fills: what to skip, to deliver and to count, over all sources.
#pragma once

#include "session.hpp"

#include <limits>

namespace scimkit::kv
{

/// Takes the candidates of one source after the other, in the order of the query.
class Page
{
public:
    /// `paging` false: everything is delivered, whatever skip, limit and cursor say.
    Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink);

    /// Begins with a source. `exact`: candidates need no test. `counted`: its matches are known; visit() does not
    /// count.
    void begin_source(std::size_t source, bool exact, bool counted);

    /// Takes the next candidate; `record` if it is at hand. False when nothing more is needed of this source.
    /// `before_page`: it lies before the position of the query, and only counts.
    result<bool> visit(std::string_view id, std::optional<std::string_view> record, bool before_page);

    void add_to_total(std::uint64_t matches) noexcept { total_ += matches; }

    /// Whether matches have to be counted still.
    bool counting() const noexcept { return total_ < most_; }
    /// True when no candidate of any source can change the page any more; counting may go on.
    bool full() const noexcept { return stopped_ || more_ || limit_ == 0; }
    bool stopped() const noexcept { return stopped_; }

    QuerySummary summary() const;

private:
    result<std::optional<Resource>> match(std::string_view id, std::optional<std::string_view> record);
    result<Resource> load(std::string_view id, std::optional<std::string_view> record);
    result<void> deliver(Resource&& resource);
    result<scimkit::Cursor> cursor_of(Resource const& resource) const;
    bool wants_more() const noexcept;

    Session& session_;
    Query const& query_;
    function_ref<bool(Resource&&)> sink_;
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
    std::optional<scimkit::Cursor> first_{}; // of the page, if something lies before it
    scimkit::Cursor last_{};
};

} // namespace scimkit::kv
