// PageCollector: makes a page of a stream of resources: leaves out what does not match, brings the rest into order,
// skips, limits and counts. What it keeps is bounded by skip + limit, whatever comes in.
#pragma once

#include <scimkit/store/run_query.hpp>

#include "position.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace scimkit
{

class PageCollector
{
public:
    struct Input
    {
        bool filtered = false; ///< only matches come in
        bool ordered = false;  ///< they come in the order that the query asks for
    };

    /// `query` and `budget` outlive this. Error: invalid_cursor.
    static result<PageCollector> make(Query const& query, Input input, QueryBudget const& budget);

    /// Takes the next resource. False when no more are needed. Error: too_many.
    result<bool> offer(Resource&& resource);

    /// The page; call once.
    Page finish();

private:
    struct Candidate
    {
        SortValue value;
        std::size_t source = 0;
        Resource resource;
    };

    PageCollector(Query const& query, Input input, QueryBudget const& budget);
    std::optional<std::size_t> source_of(Resource const& resource) const noexcept;
    int compare(SortValue const& value_a, std::size_t source_a, std::string_view id_a, SortValue const& value_b,
                std::size_t source_b, std::string_view id_b) const noexcept;
    bool before(Candidate const& a, Candidate const& b) const noexcept;
    bool wants_more() const noexcept;
    result<void> keep(Candidate&& candidate);

    Query const* query_;
    QueryBudget const* budget_;
    Input input_;
    bool sorts_ = false;
    bool descending_ = false;
    std::optional<Position> after_{};
    std::uint64_t skip_ = 0;
    std::uint64_t room_ = 0; // candidates worth keeping
    std::uint64_t scanned_ = 0;
    std::uint64_t matches_ = 0;     // all of them
    std::uint64_t eligible_ = 0;    // those after the position
    std::vector<Candidate> kept_{}; // ordered input: the page as it grows; otherwise a heap, the worst on top
};

} // namespace scimkit
