// The slow half of Budget: the look at limit, clock and flag that comes once in many charges. It is where long work
// gives way to short: a thread that is woken may have to wait for the kernel's next tick (4 ms), ten times as long as a
// GET takes, unless whoever has the core lets it go. Within a write transaction it keeps it: a store with one writer
// would keep all others that write waiting meanwhile.
#include <scimkit/core/budget.hpp>

#include "urgency.hpp"

#include <algorithm>

namespace scimkit
{

Budget::Budget(std::uint64_t work, Clock::time_point deadline, std::atomic<bool> const* cancelled) noexcept
    : limit_(work)
    , deadline_(deadline)
    , cancelled_(cancelled)
{
}

bool Budget::look(std::uint64_t work) noexcept
{
    if (end_ != End::none)
        return false;
    std::uint64_t const charged = spent();
    if (work > limit_ - charged)
        end_ = End::work;
    else if (cancelled_ && cancelled_->load(std::memory_order_relaxed))
        end_ = End::cancelled;
    else if (deadline_ != Clock::time_point::max() && Clock::now() >= deadline_)
        end_ = End::time;
    if (end_ != End::none)
    {
        until_look_ = 0;
        looked_at_ = charged;
        return false;
    }
    give_way();
    std::uint64_t const left = limit_ - charged - work;
    until_look_ = std::min(look_every, left);
    looked_at_ = charged + work + until_look_;
    return true;
}

void Budget::set_limit(std::uint64_t limit) noexcept
{
    looked_at_ = spent();
    until_look_ = 0;
    limit_ = limit;
}

Budget::Section::Section(Budget* budget, std::uint64_t work) noexcept
    : budget_(budget)
{
    if (!budget_)
        return;
    outer_limit_ = budget_->limit_;
    auto const spent = budget_->spent();
    budget_->set_limit(work < outer_limit_ - spent ? spent + work : outer_limit_);
}

Budget::Section::~Section()
{
    if (!budget_)
        return;
    if (exhausted())
        budget_->end_ = End::none;
    budget_->set_limit(outer_limit_);
}

bool Budget::Section::exhausted() const noexcept
{
    return budget_ && budget_->end_ == End::work && budget_->limit_ < outer_limit_;
}

std::uint64_t Budget::spent() const noexcept { return looked_at_ - until_look_; }

Error Budget::error() const
{
    switch (end_)
    {
    case End::time:
        return {ErrorCode::too_many, "The request takes longer than the service works on one request."};
    case End::cancelled:
        return {ErrorCode::unavailable, "The request was given up."};
    case End::work:
    case End::none:
        break;
    }
    return {ErrorCode::too_many, "The request needs more work than the service does for one request (max_work is " +
                                     std::to_string(limit_) + ")."};
}

} // namespace scimkit
