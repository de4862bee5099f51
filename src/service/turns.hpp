// Turns: whose turn it is to write, where the store's own order is not fair enough.
//
// A change that is worked out on a snapshot comes to nothing when somebody else changes the resource meanwhile. One
// that takes long would never get through beside short ones, so after its first failure it has the resource to itself:
// other writes of it wait. Dry runs hold the writer of a store like real writes, and nothing is smaller afterwards, so
// they come one after the other, with pauses.
#pragma once

#include <scimkit/store/store.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace scimkit::service
{

/// Threading: all functions from any thread. Whoever waits has no transaction open. What other processes do with the
/// store is not seen.
class Turns
{
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// A resource of one's own, until it goes. Empty: it was not to be had in time.
    class Turn
    {
    public:
        Turn() noexcept = default;
        Turn(Turns& owner, std::string key) noexcept
            : owner_(&owner)
            , key_(std::move(key))
        {
        }
        Turn(Turn&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr))
            , key_(std::move(other.key_))
        {
        }
        Turn& operator=(Turn&& other) noexcept
        {
            std::swap(owner_, other.owner_);
            std::swap(key_, other.key_);
            return *this;
        }
        ~Turn();

        explicit operator bool() const noexcept { return owner_ != nullptr; }

    private:
        Turns* owner_ = nullptr;
        std::string key_;
    };

    /// Waits until nobody has the resource, then has it.
    Turn take(std::string_view tenant, ResourceType const& type, std::string_view id, Deadline until);

    /// Whether somebody has the resource. Costs next to nothing while nobody has any.
    bool is_taken(std::string_view tenant, ResourceType const& type, std::string_view id);

    /// Waits until nobody has the resource, until `until` at most.
    void wait(std::string_view tenant, ResourceType const& type, std::string_view id, Deadline until);

private:
    void give_back(std::string const& key) noexcept;

    std::atomic<std::size_t> count_{0}; // of what is taken
    std::mutex mutex_;
    std::condition_variable given_back_;
    std::set<std::string, std::less<>> taken_;
};

/// Threading: all functions from any thread.
class DryRuns
{
public:
    /// Runs `run`, alone, when those before it have paid for the time that they held the writer. One waits for that, as
    /// it holds a thread; others are told to come again. Errors: busy; those of `run`.
    template <class Run>
    auto carry_out(CallContext const& context, Run const& run) -> decltype(run())
    {
        if (auto begun = begin(context); !begun)
            return std::move(begun).error();
        struct End
        {
            DryRuns& runs;
            std::chrono::steady_clock::time_point const began = std::chrono::steady_clock::now();
            ~End() { runs.end(began); }
        } const end{*this};
        return run();
    }

private:
    result<void> begin(CallContext const& context);
    void end(std::chrono::steady_clock::time_point began) noexcept;

    std::mutex mutex_;
    std::condition_variable ended_;
    bool running_ = false;
    bool somebody_waits_ = false;
    std::chrono::steady_clock::time_point next_{};
};

} // namespace scimkit::service
