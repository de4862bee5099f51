// PageCollector: makes a page of a stream of resources: leaves out what does not match, brings the rest into order,
// skips, limits and counts. What it keeps is bounded by skip + limit and in bytes, whatever comes in: keys, and as many
// resources as fit into a few megabytes; the others of the page are loaded again in the end.
#pragma once

#include <scimkit/store/run_query.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace scimkit
{

class PageCollector
{
public:
    using Sink = function_ref<result<bool>(Resource&&)>;

    struct Input
    {
        bool filtered = false; ///< only matches come in
        bool ordered = false;  ///< they come in the order that the query asks for
    };

    /// All outlive this. `sink` is given the page: as it comes in, where that is in order and forward, else by
    /// finish(). Error: invalid_cursor.
    static result<PageCollector> make(Query const& query, Input input, QueryBudget const& budget, Budget& work,
                                      Sink sink);

    /// The resources that come in lack something of what the page wants: load all of it in the end. Before offer().
    void load_all() noexcept { keeps_resources_ = false; }

    /// Whether resources go to the sink as they come, and nobody looks at their attributes.
    bool passes_on() const noexcept { return input_.filtered && streams() && !sorts_; }

    /// Takes the next resource. False when no more are needed. Errors: too_many, those of the budget and of `sink`.
    result<bool> offer(Resource&& resource);

    /// The rest of the page; call once. What was not kept is read by `transaction`, of the same snapshot.
    result<QuerySummary> finish(ReadTransaction& transaction);

    /// Up to so many bytes of resources are kept beside their keys.
    static constexpr std::size_t most_resource_bytes = 4 << 20;

private:
    struct Candidate
    {
        SortValue value; // without the text of a string, which nobody needs
        std::size_t source = 0;
        std::string id;
        std::unique_ptr<Resource> resource{}; // null: to be loaded

        Candidate(SortValue&& sort_value, std::size_t source_index, std::string own_id) noexcept;
        Candidate(Candidate&&) noexcept = default;
        /// Exchanges the two: a short string that is moved onto a long one leaves the memory of that in place, and then
        /// what bytes() tells would depend on where a candidate has been.
        Candidate& operator=(Candidate&& other) noexcept;

        std::size_t bytes() const noexcept;
    };

    PageCollector(Query const& query, Input input, QueryBudget const& budget, Budget& work, Sink sink);
    std::optional<std::size_t> source_of(Resource const& resource) const noexcept;
    int compare(SortValue const& value_a, std::size_t source_a, std::string_view id_a, SortValue const& value_b,
                std::size_t source_b, std::string_view id_b) const noexcept;
    bool before(Candidate const& a, Candidate const& b) const noexcept;
    /// Whether it lies on the side of the cursor where the page is.
    bool is_eligible(SortValue const& value, std::size_t source, std::string_view id) const noexcept;
    bool streams() const noexcept { return input_.ordered && !query_->backward; }
    bool wants_more() const noexcept;
    void add_cursors(QuerySummary& summary, Cursor first, Cursor last) const;
    result<bool> matches_filter(Query::Source const& source, Resource const& resource);
    result<bool> take(SortValue&& value, std::size_t source, Resource&& resource);
    Cursor cursor_at(std::size_t kept) const;
    result<void> keep(Candidate&& candidate, Resource&& resource);
    void keep_resource(Candidate& candidate, Resource&& resource);
    result<bool> give(ReadTransaction& transaction, Candidate& candidate);

    Query const* query_;
    QueryBudget const* budget_;
    Budget* work_;
    Sink sink_;
    Input input_;
    bool sorts_ = false;
    bool descending_ = false;
    std::uint64_t skip_ = 0;
    std::uint64_t room_ = 0; // candidates worth keeping
    std::uint64_t scanned_ = 0;
    std::uint64_t matches_ = 0;      // all of them
    std::uint64_t eligible_ = 0;     // those on the side of the cursor where the page is
    bool stopped_ = false;           // by the sink
    std::vector<Candidate> kept_{};  // a heap, the worst on top
    std::uint64_t kept_bytes_ = 0;   // of keys
    std::size_t resource_bytes_ = 0; // of resources beside them
    bool keeps_resources_ = true;    // as long as they are few
    std::optional<Cursor> first_{};  // of the page, where it streams
    std::optional<Cursor> last_{};
};

} // namespace scimkit
