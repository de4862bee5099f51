// What bodies get: kv::Reader and kv::Writer over one LMDB transaction.
#pragma once

#include <scimkit/kv/engine.hpp>

#include "write_queue.hpp"

#include <lmdb.h>

#include <cstdint>

namespace scimkit::lmdb
{

/// The get() and cursor() of both kinds of transaction. `Interface` is kv::Reader or kv::Writer.
template <class Interface>
class Transaction : public Interface
{
public:
    /// Borrows `handle`, which is begun and stays so while this object lives.
    Transaction(MDB_txn* handle, MDB_dbi database) noexcept
        : handle_(handle)
        , database_(database)
    {
    }

    result<std::optional<std::string_view>> get(std::string_view key) final;
    result<std::unique_ptr<kv::Cursor>> cursor() final;

protected:
    MDB_txn* handle_;
    MDB_dbi database_;
    std::uint64_t writes_ = 0; // lets cursors notice that they are stale
};

extern template class Transaction<kv::Reader>;
extern template class Transaction<kv::Writer>;

using ReadTransaction = Transaction<kv::Reader>;

/// Remembers the first failure: LMDB has given the transaction up then, whatever the body makes of it.
class WriteTransaction final : public Transaction<kv::Writer>
{
public:
    /// `queue`: where others wait for it; it outlives this. `before`: those who have something in the transaction that
    /// this one is inside of, and wait too. `measure_growth`: keep growth() up to date, which costs a look-up for every
    /// change.
    WriteTransaction(MDB_txn* handle, MDB_dbi database, std::size_t max_key_size, WriteQueue& queue, std::size_t before,
                     bool measure_growth) noexcept
        : Transaction(handle, database)
        , max_key_size_(max_key_size)
        , queue_(queue)
        , before_(before)
        , measure_growth_(measure_growth)
    {
    }

    result<void> put(std::string_view key, std::string_view value) override;
    result<bool> erase(std::string_view key) override;
    std::size_t others_waiting() const noexcept override { return queue_.waiting() + before_; }

    /// LMDB's number of the first failure, or 0.
    int failure() const noexcept { return failure_; }
    /// The function that failed first.
    char const* failed_call() const noexcept { return failed_call_; }
    /// Bytes of keys and values that the transaction adds, less those that it removes; 0 unless measured.
    std::int64_t growth() const noexcept { return growth_; }

private:
    result<std::int64_t> size_of_entry(std::string_view key);
    Error fail(int number, char const* call);

    std::size_t max_key_size_;
    WriteQueue& queue_;
    std::size_t before_;
    bool measure_growth_;
    int failure_ = 0;
    char const* failed_call_ = "";
    std::int64_t growth_ = 0;
};

} // namespace scimkit::lmdb
