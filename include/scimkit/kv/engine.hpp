// Engine: an ordered, transactional map from byte strings to byte strings. The plug-in point below KvStore: an
// engine of a few hundred lines gives a full ResourceStore (kv/store.hpp). Shipped: memory and LMDB.
//
// Keys compare as unsigned bytes, shorter before longer. Keys are 1 to max_key_size() bytes and values at most
// 2^31 bytes; KvStore keeps to that. tests/kv/engine_suite.hpp is what an engine has to fulfil, as tests.
//
// On every member, where it says nothing else:
//   Threading    An Engine is used by any number of threads at once; a Reader, a Writer and a Cursor by the one thread
//                that runs the body.
//   Lifetimes    Arguments are views and need to live during the call only. Views that come back point into the
//                database: they hold until the transaction writes or ends, those of a cursor until it moves too.
//   Errors       unavailable (read-only, disk full, closing), busy (try again; nothing was changed), too_many (more
//                changes than one transaction can hold), corrupt, internal. No exception of the engine's leaves it, but
//                for lack of memory.
//   Complexity   Of a key, logarithmic in their number; of a step, constant; both with the bytes that are moved.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/function_ref.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace scimkit::kv
{

/// Walks keys in order. After a move that failed, or found nothing, the cursor stands nowhere: seek again.
///
/// Lifetimes: destroyed before its transaction ends. After a write of the transaction it stands nowhere.
class SCIMKIT_API Cursor
{
public:
    virtual ~Cursor() = default;

    /// To the first key >= `key`; false when there is none.
    virtual result<bool> seek(std::string_view key) = 0;

    /// To the last key < `key`; false when there is none.
    virtual result<bool> seek_before(std::string_view key) = 0;

    /// To the key after this one; false when there is none. Requires that the cursor stands somewhere.
    virtual result<bool> next() = 0;

    /// To the key before this one; false when there is none. Requires that the cursor stands somewhere.
    virtual result<bool> previous() = 0;

    /// Where the cursor stands. Requires that the last move returned true. Errors: none. Complexity: constant.
    virtual std::string_view key() const = 0;
    virtual std::string_view value() const = 0;
};

/// One consistent snapshot, from the beginning of the body to its end, whatever is written meanwhile.
///
/// Lifetimes: within the body.
class SCIMKIT_API Reader
{
public:
    virtual ~Reader() = default;

    /// The value, or nothing.
    virtual result<std::optional<std::string_view>> get(std::string_view key) = 0;

    /// A cursor that stands nowhere yet. Any number of them may be open. Complexity: constant.
    virtual result<std::unique_ptr<Cursor>> cursor() = 0;
};

/// Sees its own writes. A put() or erase() that returned an error has changed nothing, or lets the whole transaction
/// fail.
class SCIMKIT_API Writer : public Reader
{
public:
    /// Inserts or overwrites. `key` and `value` are copied, and must not point into the database: what get() or a
    /// cursor gave is copied by the caller first.
    virtual result<void> put(std::string_view key, std::string_view value) = 0;

    /// False when the key was not there. `key` must not point into the database.
    virtual result<bool> erase(std::string_view key) = 0;

    /// How many wait until this transaction ends (WriteTransaction::others_waiting()). Default: none.
    /// Complexity: small; it is asked often.
    virtual std::size_t others_waiting() const noexcept { return 0; }
};

/// Readers never wait for a writer's disk. Each write sees all that were committed before it, as if they ran one after
/// the other; an engine that runs them at once lets one of two that conflict run again, or end in `busy`.
class SCIMKIT_API Engine
{
public:
    virtual ~Engine() = default;

    /// Runs `body` over a snapshot, before it returns. Returns what the body returned.
    ///
    /// Threading: the body runs on the calling thread. It must not call read() or write() of this engine: then they
    /// return `internal` (TransactionGuard) instead of waiting for ever.
    /// Errors: those of the body too. An exception of the body passes on.
    virtual result<void> read(function_ref<result<void>(Reader&)> body) = 0;

    /// Runs `body` in a write transaction; commits when it returns success, and returns only when the commit is
    /// durable (if durable()). On error everything the body wrote is rolled back. The engine may run the body
    /// again from the start (to grow its map, or to resolve a conflict), and may put several bodies into one
    /// commit: bodies have no side effects outside the transaction. An exception thrown by the body rolls back
    /// and passes on; it is nobody else's.
    ///
    /// Threading: a body may run on the thread of another call of write() that is under way, while its own caller
    /// waits. As read(), it opens no other transaction.
    /// Errors: those of the body too.
    virtual result<void> write(function_ref<result<void>(Writer&)> body) = 0;

    /// The same for somebody who waits until `deadline` at most for others that write. Errors: busy too, where the body
    /// has not begun until then. The default waits for as long as it takes.
    virtual result<void> write_before(std::chrono::steady_clock::time_point deadline,
                                      function_ref<result<void>(Writer&)> body);

    /// The longest key that put() takes, in bytes; at least 400, or make_store() refuses the engine. Never changes.
    virtual std::size_t max_key_size() const noexcept = 0;

    /// True if a returned write() survives a crash of process and machine. Never changes.
    virtual bool durable() const noexcept = 0;

    /// True if read() may wait for a writer, or for a network. Goes to StoreTraits::blocks. Never changes.
    virtual bool readers_wait() const noexcept { return true; }

    /// StoreMaintenance::copy_to(). Default: not_implemented.
    virtual result<void> copy_to(std::filesystem::path const& directory);

    /// Whether it can still do its work, or why not (ResourceStore::health). Default: it can.
    ///
    /// Threading: any thread, often; must not block. Complexity: constant.
    virtual result<void> health() const { return {}; }
};

} // namespace scimkit::kv
