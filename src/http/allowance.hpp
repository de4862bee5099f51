// Allowance: bytes that all connections together may hold of one kind, and the share of it that one of them has taken.
//
// Threading: an Allowance from anywhere; a Share belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace scimkit::http
{

class Allowance
{
public:
    explicit Allowance(std::size_t limit) noexcept
        : limit_(limit)
    {
    }

    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
    bool is_scarce() const noexcept { return taken_.load(std::memory_order_relaxed) > limit_ / 2; }

    /// Whether shares of this client come to more than half of all.
    bool is_mostly_of(std::uint64_t client) noexcept
    {
        if (!is_scarce())
            return false;
        std::lock_guard const lock{mutex_};
        auto const held = by_client_.find(client);
        return held != by_client_.end() && held->second > limit_ / 2;
    }

    /// What one holder has taken; given back when it goes. The allowance must outlive it.
    class Share
    {
    public:
        explicit Share(Allowance& allowance) noexcept
            : allowance_(allowance)
        {
        }
        Share(Share const&) = delete;
        Share& operator=(Share const&) = delete;
        ~Share() { give_back(); }

        /// Takes more, if it has less than `size`, for this client. False: there is not as much left, or the client's
        /// shares would come to more than three quarters of all; nothing was taken. One share alone may be all of it.
        bool grow_to(std::size_t size, std::uint64_t client) noexcept
        {
            if (size <= size_)
                return true;
            client_ = size_ != 0 ? client_ : client;
            if (!allowance_.take(size - size_, size_, client_, false))
                return false;
            size_ = size;
            return true;
        }

        /// The same for what is there already and cannot be refused.
        void hold(std::size_t size, std::uint64_t client) noexcept
        {
            client_ = size_ != 0 ? client_ : client;
            allowance_.take(size, size_, client_, true);
            size_ += size;
        }

        void give_back() noexcept
        {
            if (size_ != 0)
                allowance_.give_back(size_, client_);
            size_ = 0;
        }

    private:
        Allowance& allowance_;
        std::size_t size_ = 0;
        std::uint64_t client_ = 0; ///< while it has something
    };

private:
    bool take(std::size_t size, std::size_t already, std::uint64_t client, bool must) noexcept
    {
        std::lock_guard const lock{mutex_};
        auto const taken = taken_.load(std::memory_order_relaxed);
        auto const of_client = by_client_.find(client);
        auto const held = of_client != by_client_.end() ? of_client->second : 0;
        auto const others = held > already ? held - already : 0;
        bool const fits = taken + size <= limit_ && (others == 0 || held + size <= limit_ - limit_ / 4);
        if (!fits && !must)
            return false;
        try
        {
            by_client_[client] += size;
        }
        catch (...) // no memory for the entry
        {
            if (!must)
                return false;
        }
        taken_.store(taken + size, std::memory_order_relaxed);
        return true;
    }

    void give_back(std::size_t size, std::uint64_t client) noexcept
    {
        std::lock_guard const lock{mutex_};
        taken_.fetch_sub(size, std::memory_order_relaxed);
        auto const held = by_client_.find(client);
        if (held == by_client_.end())
            return;
        if (held->second <= size)
            by_client_.erase(held);
        else
            held->second -= size;
    }

    std::size_t const limit_;
    std::atomic<std::size_t> taken_{0}; ///< changed under mutex_
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, std::size_t> by_client_; ///< bytes; under mutex_
};

} // namespace scimkit::http
