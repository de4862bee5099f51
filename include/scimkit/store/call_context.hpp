// CallContext: what a store is told about a call beside its tenant: when it is made, by whom, and how long and how much
// work the answer is worth.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/core/date_time.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

namespace scimkit
{

/// What a store keeps for an operation from one of its transactions to the next, under its own address: a place that
/// the first was given, and the last is to have. It goes with the operation, whether it was used or not.
///
/// Threading: of the thread that carries the operation out. Lifetimes: within that of the stores that keep things in
/// it. Complexity: a look-up in a handful.
using OperationMemory = std::map<void const*, std::shared_ptr<void>>;

/// A store may ignore the deadline and the budget, at the price that one request of a client can keep it busy for as
/// long as it takes. The included ones look at both in every loop over stored data, and so does what is done on top of
/// a store (run_query.hpp). A call of a short answer may be answered although its time is over.
///
/// Threading: a value of the thread that calls; of what it points to, only the flag of a Budget is set by others.
/// Errors: of a deadline that has come: too_many, where the store was at work; unavailable or busy, where it waited for
/// somebody. Then nothing has changed. unknown_outcome, where a commit was under way.
/// Lifetimes: a view; what it points to outlives the call that it is given to.
struct CallContext
{
    /// The time of the call: what the store writes down for it, such as the time of a removal in the change log. The
    /// store takes none from a clock of its own, so that a test decides. Not said: 1970.
    Instant now{};
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    /// What every loop over stored data charges; it knows a deadline of its own. Null: nobody counts work.
    Budget* budget = nullptr;
    std::string_view actor{};    ///< the principal's subject, for the change log
    std::string_view trace_id{}; ///< for logs, and for the change log
    /// Of an operation that takes several transactions: what the first tries in a savepoint, and takes back, the last
    /// does. Null: each transaction is by itself.
    OperationMemory* operation = nullptr;

    /// Charges work to the budget, where there is one. Errors: those of the budget.
    result<void> charge(std::uint64_t work) const { return budget ? budget->charge(work) : result<void>{}; }
};

/// The budget of a call: the one that it brought, or one that knows its deadline only.
///
/// Lifetimes: within the call. Neither copied nor moved, since others hold a pointer to what it gives.
class CallBudget
{
public:
    explicit CallBudget(CallContext const& context) noexcept
        : own_(Budget::unlimited, context.deadline)
        , used_(context.budget ? context.budget : &own_)
    {
    }
    CallBudget(CallBudget const&) = delete;
    CallBudget& operator=(CallBudget const&) = delete;

    Budget& operator*() const noexcept { return *used_; }
    Budget* operator->() const noexcept { return used_; }

private:
    Budget own_;
    Budget* used_;
};

} // namespace scimkit
