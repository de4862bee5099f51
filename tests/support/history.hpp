// What several threads saw of one register, and whether any order of their operations explains it: linearisability
// (Herlihy and Wing), decided by the search of Wing and Gong with the memory of Lowe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace scimkit::test
{

/// One operation on the register. Each written value is there once in a history, so that a value says who wrote it.
struct Operation
{
    enum class Kind
    {
        read,    ///< saw `value`
        write,   ///< wrote `value`, whatever there was
        swap,    ///< wrote `value`, because there was `expected`
        refused, ///< wrote nothing, because there was something else than `expected`
    };

    Kind kind = Kind::read;
    int value = 0;
    int expected = 0;
    std::uint64_t begin = 0; ///< of one clock for all threads
    std::uint64_t end = 0;
};

class History
{
public:
    static constexpr std::size_t most = 64;

    /// `operations`: at most 64.
    History(std::vector<Operation> operations, int initial)
        : operations_(std::move(operations))
        , initial_(initial)
    {
    }

    /// Whether there is an order in which each operation stands between its begin and its end, and saw what the one
    /// before it left. Complexity: exponential in how many overlap, not in how many there are.
    bool is_linearisable() { return explain(0, initial_); }

private:
    bool explain(std::uint64_t done, int value)
    {
        if (done == whole())
            return true;
        if (!seen_.emplace(done, value).second)
            return false;
        std::uint64_t first_end = ~std::uint64_t{0};
        for (std::size_t i = 0; i < operations_.size(); ++i)
            if (!is_done(done, i))
                first_end = std::min(first_end, operations_[i].end);
        for (std::size_t i = 0; i < operations_.size(); ++i)
        {
            Operation const& each = operations_[i];
            // One that began after another had ended cannot come before it.
            if (is_done(done, i) || each.begin > first_end || !fits(each, value))
                continue;
            bool const writes = each.kind == Operation::Kind::write || each.kind == Operation::Kind::swap;
            if (explain(done | (std::uint64_t{1} << i), writes ? each.value : value))
                return true;
        }
        return false;
    }

    static bool fits(Operation const& each, int value) noexcept
    {
        switch (each.kind)
        {
        case Operation::Kind::read:
            return each.value == value;
        case Operation::Kind::swap:
            return each.expected == value;
        case Operation::Kind::refused:
            return each.expected != value;
        case Operation::Kind::write:
            break;
        }
        return true;
    }

    static bool is_done(std::uint64_t done, std::size_t i) noexcept { return (done >> i & 1U) != 0; }

    std::uint64_t whole() const noexcept
    {
        return operations_.size() == most ? ~std::uint64_t{0} : (std::uint64_t{1} << operations_.size()) - 1;
    }

    std::vector<Operation> operations_;
    int initial_;
    std::set<std::pair<std::uint64_t, int>> seen_{};
};

} // namespace scimkit::test
