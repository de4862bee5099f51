// One sorted map behind one reader-writer lock. Writers change the map in place and keep an undo log; that makes
// commits free and reads plain look-ups without copies.
#include <scimkit/kv/engine.hpp>
#include <scimkit/kv/transaction_guard.hpp>
#include <scimkit/memory/memory_store.hpp>

#include "undo_log.hpp"

#include <atomic>
#include <cassert>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace scimkit::memory
{
namespace
{

constexpr std::size_t max_key_bytes = 511;
constexpr std::size_t max_value_bytes = std::size_t{1} << 31;

class MemoryCursor final : public kv::Cursor
{
public:
    MemoryCursor(Records const& records, std::uint64_t const& writes)
        : records_(records)
        , writes_(writes)
        , seen_writes_(writes)
        , at_(records.end())
    {
    }

    result<bool> seek(std::string_view key) override
    {
        seen_writes_ = writes_;
        at_ = records_.lower_bound(key);
        return at_ != records_.end();
    }

    result<bool> seek_before(std::string_view key) override
    {
        seen_writes_ = writes_;
        at_ = records_.lower_bound(key);
        return step_back();
    }

    result<bool> next() override
    {
        if (seen_writes_ != writes_)
            return stale();
        if (at_ == records_.end())
            return false;
        return ++at_ != records_.end();
    }

    result<bool> previous() override
    {
        if (seen_writes_ != writes_)
            return stale();
        if (at_ == records_.end())
            return false;
        return step_back();
    }

    std::string_view key() const override
    {
        assert(at_ != records_.end() && seen_writes_ == writes_);
        return at_->first;
    }

    std::string_view value() const override
    {
        assert(at_ != records_.end() && seen_writes_ == writes_);
        return at_->second;
    }

private:
    bool step_back()
    {
        if (at_ == records_.begin())
        {
            at_ = records_.end(); // stands nowhere
            return false;
        }
        --at_;
        return true;
    }

    // The entry may be gone; walking on from it would touch freed memory.
    static Error stale() { return {ErrorCode::internal, "A cursor was moved after a write without a new seek."}; }

    Records const& records_;
    std::uint64_t const& writes_;
    std::uint64_t seen_writes_;
    Records::const_iterator at_;
};

/// What reading and writing transactions share. `Interface` is kv::Reader or kv::Writer.
template <class Interface>
class Transaction : public Interface
{
public:
    explicit Transaction(Records const& records)
        : records_(records)
    {
    }

    result<std::optional<std::string_view>> get(std::string_view key) final
    {
        auto const found = records_.find(key);
        if (found == records_.end())
            return std::optional<std::string_view>{};
        return std::optional<std::string_view>{found->second};
    }

    result<std::unique_ptr<kv::Cursor>> cursor() final
    {
        return std::unique_ptr<kv::Cursor>{std::make_unique<MemoryCursor>(records_, writes_)};
    }

protected:
    std::uint64_t writes_ = 0;

private:
    Records const& records_;
};

using ReadTransaction = Transaction<kv::Reader>;

/// Those who wait until a transaction ends.
struct Waiting
{
    std::atomic<unsigned> readers{0};
    std::atomic<unsigned> writers{0};
};

class WriteTransaction final : public Transaction<kv::Writer>
{
public:
    WriteTransaction(Records& records, Waiting const& waiting)
        : Transaction(records)
        , log_(records)
        , waiting_(waiting)
    {
    }

    result<void> put(std::string_view key, std::string_view value) override
    {
        if (key.empty() || key.size() > max_key_bytes)
            return Error{ErrorCode::internal, "A key of " + std::to_string(key.size()) + " bytes cannot be stored."};
        if (value.size() > max_value_bytes)
            return Error{ErrorCode::internal, "A value of more than 2 GiB cannot be stored."};
        ++writes_;
        log_.put(key, value);
        return {};
    }

    result<bool> erase(std::string_view key) override
    {
        ++writes_;
        return log_.erase(key);
    }

    std::size_t others_waiting() const noexcept override
    {
        return std::size_t{waiting_.readers.load(std::memory_order_relaxed)} +
               waiting_.writers.load(std::memory_order_relaxed);
    }

    void commit() noexcept { log_.commit(); }

private:
    UndoLog log_;
    Waiting const& waiting_;
};

class MemoryEngine final : public kv::Engine
{
public:
    result<void> read(function_ref<result<void>(kv::Reader&)> body) override
    {
        kv::TransactionGuard const guard{*this};
        if (guard.nested())
            return kv::TransactionGuard::error();
        // A stream of overlapping readers would keep a plain reader-writer lock from writers for ever: while a
        // writer waits, new readers queue behind it.
        if (waiting_.writers.load(std::memory_order_relaxed) != 0)
            std::scoped_lock const turn{turnstile_};
        auto const lock = lock_for_reading();
        ReadTransaction transaction{records_};
        return body(transaction);
    }

    result<void> write(function_ref<result<void>(kv::Writer&)> body) override
    {
        kv::TransactionGuard const guard{*this};
        if (guard.nested())
            return kv::TransactionGuard::error();
        auto const lock = lock_for_writing();
        WriteTransaction transaction{records_, waiting_}; // rolls back unless committed
        auto outcome = body(transaction);
        if (outcome)
            transaction.commit();
        return outcome;
    }

    std::size_t max_key_size() const noexcept override { return max_key_bytes; }
    bool durable() const noexcept override { return false; }

private:
    std::shared_lock<std::shared_mutex> lock_for_reading()
    {
        std::shared_lock<std::shared_mutex> lock{records_mutex_, std::try_to_lock};
        if (lock)
            return lock;
        waiting_.readers.fetch_add(1, std::memory_order_relaxed);
        lock.lock();
        waiting_.readers.fetch_sub(1, std::memory_order_relaxed);
        return lock;
    }

    std::unique_lock<std::shared_mutex> lock_for_writing()
    {
        waiting_.writers.fetch_add(1, std::memory_order_relaxed);
        std::unique_lock<std::shared_mutex> lock{records_mutex_, std::defer_lock};
        {
            std::scoped_lock const turn{turnstile_};
            lock.lock();
        }
        waiting_.writers.fetch_sub(1, std::memory_order_relaxed);
        return lock;
    }

    Waiting waiting_{};
    std::mutex turnstile_;
    std::shared_mutex records_mutex_;
    Records records_;
};

} // namespace

std::unique_ptr<kv::Engine> make_engine() { return std::make_unique<MemoryEngine>(); }

} // namespace scimkit::memory
