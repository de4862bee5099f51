// Allowance: bytes that all connections together may hold of one kind, and the share of it that one of them has taken.
//
// Threading: an Allowance from anywhere; a Share belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>

namespace scimkit::http
{

class Allowance
{
public:
    explicit Allowance(std::size_t limit) noexcept
        : limit_(limit)
    {
    }

    bool is_scarce() const noexcept { return taken_.load(std::memory_order_relaxed) > limit_ / 2; }

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

        /// Takes more, if it has less than `size`. False: there is not as much left, and nothing was taken.
        bool grow_to(std::size_t size) noexcept
        {
            if (size <= size_)
                return true;
            if (allowance_.taken_.fetch_add(size - size_, std::memory_order_relaxed) + (size - size_) >
                allowance_.limit_)
            {
                allowance_.taken_.fetch_sub(size - size_, std::memory_order_relaxed);
                return false;
            }
            size_ = size;
            return true;
        }

        /// The same for what is there already and cannot be refused.
        void hold(std::size_t size) noexcept
        {
            allowance_.taken_.fetch_add(size, std::memory_order_relaxed);
            size_ += size;
        }

        void give_back() noexcept
        {
            if (size_ != 0)
                allowance_.taken_.fetch_sub(size_, std::memory_order_relaxed);
            size_ = 0;
        }

    private:
        Allowance& allowance_;
        std::size_t size_ = 0;
    };

private:
    std::size_t const limit_;
    std::atomic<std::size_t> taken_{0};
};

} // namespace scimkit::http
