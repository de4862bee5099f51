// ListWriter: the Resources of a ListResponse as they come (RFC 7644 section 3.4.2). Text is made of each at once, so
// that a page of large resources is never in memory as a whole but as text, and that is bounded.
#pragma once

#include "scope.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::service
{

/// What is shown of the resources of one type.
struct Listed
{
    TypePlan const* plan;
    Projection const* projection;
};

class ListWriter
{
public:
    /// All outlive this. `listed`: each type that may come.
    ListWriter(Scope const& scope, std::vector<Listed> listed, ReadTransaction& transaction);

    /// Errors: too_many (the answer gets larger than max_response_bytes, or the budget is used up), corrupt, those of
    /// the store.
    result<void> add(Resource&& resource);

    /// What was waiting is written. Errors: as add().
    result<void> finish() { return flush(); }

    /// The resources, with commas between them.
    std::string take_text() noexcept { return std::move(text_); }
    std::uint64_t count() const noexcept { return count_; }

private:
    result<void> flush();
    Listed const& listed_as(Resource const& resource) const noexcept;
    result<void> write(Resource& resource);

    Scope const& scope_;
    std::vector<Listed> listed_;
    ReadTransaction& transaction_;
    bool shows_groups_;
    std::deque<Resource> waiting_{}; // for their groups, which are looked up for many at once
    std::size_t waiting_bytes_ = 0;
    std::string text_{};
    std::uint64_t count_ = 0;
};

} // namespace scimkit::service
