// Approach: the way to a page far from the beginning of an order: from the nearest place whose position is known, and
// with an eye on where the next reader may begin.
#pragma once

#include "page_state.hpp"
#include "positions.hpp"
#include "session.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace scimkit::kv
{

class Approach
{
public:
    /// For pages near the beginning, and where nothing is known of positions, it does nothing. Both outlive this.
    Approach(Session& session, PageState& page, Positions::Order order);

    /// Looks for where to begin. What lies before that is skipped then. Errors: those of the store.
    result<void> find();

    /// Where to begin; nothing: at the beginning.
    std::optional<Positions::Mark> const& start() const noexcept { return start_; }

    /// The walk stands at the next entry, which the page has not seen; `group` as in Positions::Mark.
    void pass(std::string_view key, std::size_t group)
    {
        if (far_ && page_.to_skip() > 0)
            note(key, group);
    }
    /// The same where the key does not say what comes before it.
    void pass()
    {
        if (far_ && page_.to_skip() > 0)
            ++position_;
    }

    /// The page is done: tells what was seen.
    void finish();

private:
    void note(std::string_view key, std::size_t group);

    Session& session_;
    PageState& page_;
    Positions::Order order_;
    bool far_;
    Positions::Snapshot snapshot_{};
    std::optional<Positions::Mark> start_{};
    std::uint64_t position_ = 0; // of the entry that comes next
    std::uint64_t distance_ = Positions::step;
    std::uint64_t next_ = Positions::step; // position to be noted
    std::vector<Positions::Mark> seen_{};
};

} // namespace scimkit::kv
