// Only readers take this way: a transaction that writes sees what no version names yet.
#include "approach.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::kv
{

Approach::Approach(Session& session, PageState& page, Positions::Order order)
    : session_(session)
    , page_(page)
    , order_(std::move(order))
    , far_(session.positions() && page.to_skip() > Positions::step)
{
}

result<void> Approach::find()
{
    if (!far_)
        return {};
    auto const revision = session_.stored_revision();
    if (!revision)
        return revision.error();
    snapshot_ = {session_.keys().prefix(), revision->number, session_.positions_epoch()};
    start_ = session_.positions()->find(snapshot_, order_, page_.to_skip());
    distance_ = std::max(distance_, page_.to_skip() / Positions::most_marks);
    position_ = start_ ? start_->position : 0;
    next_ = position_ + distance_;
    page_.skip(position_);
    return {};
}

void Approach::note(std::string_view key, std::size_t group)
{
    if (position_ >= next_)
    {
        seen_.push_back({position_, std::string{key}, group});
        next_ = position_ + distance_;
    }
    ++position_;
}

void Approach::finish()
{
    if (!seen_.empty())
        session_.positions()->learn(snapshot_, order_, std::move(seen_));
}

} // namespace scimkit::kv
