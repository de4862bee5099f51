// Budget: how much work one request may cause. Limits on inputs bound what comes in; a budget bounds what is done with
// it: bytes that are decoded, compared or answered, elements that are visited, and time. One Budget is made for a
// request and handed down to whatever loops over stored data; each loop charges what it looked at before it goes on.
//
//     for (auto const& element : elements)
//         if (!budget.spend(Budget::visit + size_of(element)))
//             return budget.error();
//
// Unit of work: one byte looked at, or about a nanosecond. What costs more is charged more (see the constants).
//
// Once a budget is used up it stays so: every spend() after the first refusal is refused. So a function that cannot
// fail (a filter's evaluation) may charge, answer anything, and leave it to its caller to look.
//
// Ownership: a value; neither copied nor moved while it is in use, since others hold a pointer to it.
// Threading: used by one thread at a time. Only the flag `cancelled` may be set from another.
// Complexity: spend() is a subtraction; once in `look_every` units it reads the clock and the flag, and lets other
// threads that wait for the core have it.
#pragma once

#include <scimkit/core/error.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace scimkit
{

class SCIMKIT_API Budget
{
public:
    using Clock = std::chrono::steady_clock;

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    /// What looking at one element, index entry or record costs, whatever its size.
    static constexpr std::uint64_t visit = 64;
    /// What bringing one byte beyond ASCII into comparable form costs.
    static constexpr std::uint64_t fold = 32;
    /// Work between two looks at the clock: well under a tenth of a millisecond.
    static constexpr std::uint64_t look_every = 64 * 1024;

    /// Refuses nothing.
    Budget() noexcept = default;

    /// `work` units until `deadline`, unless `*cancelled` (may be null; outlives the budget) becomes true before.
    Budget(std::uint64_t work, Clock::time_point deadline, std::atomic<bool> const* cancelled = nullptr) noexcept;

    Budget(Budget const&) = delete;
    Budget& operator=(Budget const&) = delete;

    /// Charges. False: there is no more to spend; the work must not be done.
    [[nodiscard]] bool spend(std::uint64_t work) noexcept
    {
        if (work <= until_look_)
        {
            until_look_ -= work;
            return true;
        }
        return look(work);
    }

    /// The same as a result. Errors: see error().
    result<void> charge(std::uint64_t work)
    {
        if (spend(work))
            return {};
        return error();
    }

    bool exhausted() const noexcept { return end_ != End::none; }

    /// Why it was refused. Errors: too_many (too much work, or too much time; the detail names which limit),
    /// unavailable (given up: the caller has gone, or the service stops).
    Error error() const;

    /// Units charged so far.
    std::uint64_t spent() const noexcept;

    /// A part of the work that may take so much of the budget and no more: for as long as this lives the budget ends
    /// there, and goes on afterwards as if that had not been, but for what was spent. Sections do not nest.
    class Section
    {
    public:
        /// `budget` may be null, then nothing is limited; it outlives this. `work` units from now on.
        Section(Budget* budget, std::uint64_t work) noexcept;
        Section(Section const&) = delete;
        Section& operator=(Section const&) = delete;
        ~Section();

        /// The work ended because of this section; the budget itself would have had more.
        bool exhausted() const noexcept;

    private:
        Budget* budget_;
        std::uint64_t outer_limit_ = unlimited;
    };

private:
    enum class End
    {
        none,
        work,
        time,
        cancelled
    };

    bool look(std::uint64_t work) noexcept;
    /// Units that were granted and not charged are granted anew.
    void set_limit(std::uint64_t limit) noexcept;

    std::uint64_t limit_ = unlimited;
    std::uint64_t looked_at_ = 0;  ///< units charged and granted up to the next look
    std::uint64_t until_look_ = 0; ///< of those, units not charged yet
    Clock::time_point deadline_ = Clock::time_point::max();
    std::atomic<bool> const* cancelled_ = nullptr;
    End end_ = End::none;
};

} // namespace scimkit
