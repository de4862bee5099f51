// Positions: how far from the beginning of an order some of its keys are, so that `startIndex=900001` is found without
// walking there. Kept in memory, learnt from walks, and moved by the commits that follow: what nobody asks for costs
// nothing, and nothing of it is stored. A snapshot is named by the last version that its tenant has given out; a reader
// whose snapshot is not known here walks, as the first one does.
//
// An order is a range of keys with a common prefix: records by id, or the entries of an index, whose values may descend
// while ids ascend among equal ones.
//
//   Threading    Any; a reader waits at most a millisecond for the one who tells of a commit that it sees already.
//   Complexity   find() is logarithmic; for an older snapshot it is so for each key that has moved since, of which
//                8,192 are known, and linear in the marks. So is a commit, for each of at most 32 orders of 4,096
//                marks.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::kv
{

class Positions
{
public:
    /// So many keys lie between marks, while the order has not many more than 400,000.
    static constexpr std::uint64_t step = 100;
    static constexpr std::uint64_t most_marks = 4'096; ///< of an order; they lie further apart where it is longer

    struct Order
    {
        std::string base; ///< begins with the tenant's prefix
        bool descending = false;
    };

    /// `position` keys of the order come before `key`, which need not be there.
    struct Mark
    {
        std::uint64_t position = 0;
        std::string key{};
        std::size_t group = 0; ///< so many bytes of it are common to keys among which ids ascend
    };

    /// What a reader sees.
    struct Snapshot
    {
        std::string_view tenant; ///< its prefix
        std::uint64_t revision = 0;
        std::uint64_t epoch = 0; ///< asked for before the snapshot was taken
    };

    struct Moved
    {
        std::string key;
        bool came = false;
    };

    /// What a transaction did, between two versions. `known` false: nobody wrote down what moved.
    struct Commit
    {
        std::uint64_t before = 0;
        std::uint64_t after = 0;
        bool known = false;
        std::vector<Moved> moved{};
    };

    std::uint64_t epoch() const noexcept { return epoch_; }
    /// Whether anybody has asked: before that no writer needs to write down what it moves.
    bool followed() const noexcept { return followed_; }

    /// The last mark that lies at `position` or before it.
    std::optional<Mark> find(Snapshot const& snapshot, Order const& order, std::uint64_t position);

    /// What a walk over the snapshot found, in its order.
    void learn(Snapshot const& snapshot, Order const& order, std::vector<Mark> marks);

    /// To be told of each commit once it is one, from any thread. Where memory ends, the marks of the tenant are
    /// forgotten: what is durable is no failure any more.
    void committed(std::string_view tenant, Commit commit) noexcept;

    /// While it lives keys move without a new version: nothing is known, and nothing learnt.
    class Suspension
    {
    public:
        explicit Suspension(Positions& positions)
            : positions_(positions)
        {
            positions_.suspend(1);
        }
        Suspension(Suspension const&) = delete;
        Suspension& operator=(Suspension const&) = delete;
        ~Suspension() { positions_.suspend(-1); }

    private:
        Positions& positions_;
    };

private:
    /// The marks of an order, at the revision of its tenant; in its order.
    struct Marks
    {
        Order order;
        std::vector<std::uint64_t> positions{}; // apart from their keys: each commit adds to many
        std::vector<Mark> places{};             // whose own positions nobody looks at
        std::uint64_t used = 0;
    };

    struct Tenant
    {
        std::uint64_t at = 0;
        std::vector<Marks> orders{};
        std::deque<Commit> history{}; // without gaps, the last one led to `at`
        std::size_t history_keys = 0;
        std::map<std::uint64_t, Commit> early{}; // told before those that they follow, by what they follow

        std::uint64_t oldest() const noexcept { return history.empty() ? at : history.front().before; }
    };

    /// How much the positions of marks change, each beside the one before it; modulo 2^64. One more than there are
    /// marks.
    using Shifts = std::vector<std::uint64_t>;

    /// Where the keys of a commit lie, by their number and not by that of the marks behind them.
    static void note(Marks const& marks, Shifts& shifts, Commit const& commit, bool back);
    static void shift(std::vector<std::uint64_t>& positions, Shifts const& shifts);
    static void move(Marks const& marks, std::vector<std::uint64_t>& positions, Commit const& commit);
    static void merge(Marks& marks, Marks const& learnt);
    static void start_again(Tenant& tenant, std::uint64_t revision);
    static void follow(Tenant& tenant, Commit commit);
    static void apply(Tenant& tenant, Commit commit);
    static void apply_early(Tenant& tenant);

    /// The caller holds mutex_.
    Tenant* known(Snapshot const& snapshot);
    Marks& marks_of(Tenant& tenant, Order const& order);
    void forget_oldest();
    void suspend(int by);

    std::atomic<std::uint64_t> epoch_{0};
    std::atomic<bool> followed_{false};
    std::mutex mutex_;
    std::condition_variable told_;
    std::map<std::string, Tenant, std::less<>> tenants_{};
    std::uint64_t uses_ = 0;
    int suspended_ = 0;
};

} // namespace scimkit::kv
