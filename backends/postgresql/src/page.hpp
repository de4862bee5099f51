// Page: the page of a query as it fills, by batches of candidates.
#pragma once

#include "kv/page_state.hpp"
#include "session.hpp"

#include <algorithm>

namespace scimkit::postgresql
{

class Page : public kv::PageState
{
public:
    Page(Session& session, Query const& query, bool paging, function_ref<bool(Resource&&)> sink);

    /// Takes the next candidates. False when nothing more is needed of this source. `before_page`: of how many at the
    /// front it is known that they lie before the position of the query, and only count.
    result<bool> take(std::vector<Resource>&& candidates, std::size_t before_page);

    /// Matches that the database has left out already.
    void skipped(std::uint64_t matches) noexcept { skip_ -= std::min(skip_, matches); }
    std::uint64_t to_skip() const noexcept { return skip_; }
    /// How many matches are wanted before the page is full, one more than the limit included.
    std::uint64_t room() const noexcept;

private:
    result<void> test(std::vector<Resource>& candidates, std::vector<bool>& matched);
    result<bool> deliver(std::vector<Resource>&& page);

    Session& session_;
    function_ref<bool(Resource&&)> sink_;
};

} // namespace scimkit::postgresql
