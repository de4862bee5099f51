// BulkRun: carries out the prepared operations of a Bulk, in as few commits as may be.
//
// Where the store has savepoints, operations go into one transaction, each under a savepoint, so that one that fails
// takes nothing with it. Nobody else can write meanwhile, so a transaction ends when it has worked for
// max_bulk_work_as_writer or max_bulk_time_as_writer (a tenth of that once others than Bulks wait), between two units
// (bulk_order.hpp), and the next one goes on. An operation that alone is more than that is carried out as a request of
// its own would be. Where the store has no savepoints, or ids of its own, each operation is a transaction.
#pragma once

#include "bulk_order.hpp"

#include <chrono>
#include <functional>
#include <unordered_map>

namespace scimkit::service
{

class BulkRun final : public membership::Promised
{
public:
    /// All outlive this. The entries are located and prepared.
    BulkRun(Call const& call, std::span<BulkEntry> entries, BulkReferences& references,
            std::optional<std::uint64_t> fail_on_errors);
    BulkRun(BulkRun const&) = delete;
    BulkRun& operator=(BulkRun const&) = delete;

    /// What became of each operation is in its entry. Error: nothing was done at all.
    result<void> run();
    /// All or nothing. Error: of the first operation that fails, in whose words it is named; nothing was done.
    result<void> run_atomic();

    ResourceType const* type_of(std::string_view id) const noexcept override;

private:
    using Unit = BulkOrder::Unit;

    /// How a part of the work has ended.
    enum class End
    {
        done,
        again,    ///< some of it has to be left out
        too_long, ///< for this transaction
        own_ids,  ///< the store has given another id to what others refer to
        failed    ///< so that the transaction fails
    };

    struct Told
    {
        std::size_t operation;
        Outcome outcome;
    };

    struct Mark ///< where a part began, to begin it again
    {
        std::uint64_t errors;
        std::size_t told;
        std::uint64_t told_bytes;
    };

    result<void> run_sections();
    result<void> write_section(std::size_t first);
    result<void> fill_section(WriteTransaction& transaction, std::size_t first);
    End run_unit(WriteTransaction& transaction, Unit unit);
    End run_pass(WriteTransaction& transaction, Unit unit, std::vector<bool>& doomed);
    End run_operation(WriteTransaction& transaction, std::size_t operation, bool doomed);
    End apply_guarded(WriteTransaction& transaction, BulkEntry& entry, std::size_t operation);
    End judge(BulkEntry& entry, Error error);
    bool doom(Unit unit, std::vector<bool>& doomed) const;
    void give_up(Unit unit, Error const& error);

    result<void> run_each();
    void run_alone(BulkEntry& entry, std::size_t operation);
    result<Outcome> carry_out_alone(BulkEntry& entry);

    result<void> apply_all(WriteTransaction& transaction);

    /// Of an asynchronous request: adds the results of what this transaction has done to it.
    result<void> settle(WriteTransaction& transaction);
    void note_settled(); ///< it is committed

    void keep(std::size_t operation, Outcome&& outcome);
    void tell_all();
    void fail(BulkEntry& entry, Error error);
    void count_errors(std::uint64_t more);
    void fail_rest(Error const& error);
    void begin_again(Unit unit, Mark const& mark);
    void begin_rest_again(std::size_t first, Mark const& mark);
    Mark mark() const noexcept { return {errors_, told_.size(), told_bytes_}; }
    result<void> check_time() const;
    std::optional<Error> broken_reference(std::size_t operation) const;
    std::uint64_t worked() const noexcept { return bulk_.context.budget->spent() - began_; }
    bool has_held_for_long(WriteTransaction const& transaction) const;
    std::uint64_t hold() const noexcept { return bulk_.state.options.limits.max_bulk_work_as_writer; }
    result<void> guarded(std::function<result<void>()> const& write);

    Call bulk_;
    std::span<BulkEntry> entries_;
    BulkReferences& references_;
    std::optional<std::uint64_t> fail_on_errors_;
    BulkOrder order_;
    std::vector<std::vector<std::size_t>> users_;
    std::unordered_map<std::string_view, std::size_t> made_; ///< by id, those that will be made

    // Of one transaction:
    std::uint64_t began_ = 0; ///< units of work before it
    std::chrono::steady_clock::time_point began_at_{};
    std::size_t ended_ = 0; ///< units of the order that are through
    bool too_long_ = false; ///< the first unit is
    bool own_ids_ = false;
    std::optional<Error> failure_{};
    std::vector<Told> told_{}; ///< for the observer, after the commit
    std::uint64_t told_bytes_ = 0;

    std::uint64_t errors_ = 0;
    std::uint64_t consequences_ = 0; ///< failed because of something later: they count once that has failed
    bool stopped_ = false;           ///< by failOnErrors
    bool any_committed_ = false;
};

} // namespace scimkit::service
