// Engine: an ordered, transactional map from byte strings to byte strings. The plug-in point below KvStore: an
// engine of a few hundred lines gives a full ResourceStore (kv/store.hpp). Shipped: memory and LMDB.
//
// Keys compare as unsigned bytes, shorter before longer. Keys are 1 to max_key_size() bytes and values at most
// 2^31 bytes; KvStore keeps to that.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/function_ref.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace scimkit::kv
{

/// Walks keys in order. Views stay valid until the cursor moves, the transaction writes, or ends.
/// After a failed move the cursor stands nowhere; seek again.
class SCIMKIT_API Cursor
{
public:
    virtual ~Cursor() = default;

    /// To the first key >= `key`; false when there is none.
    virtual result<bool> seek(std::string_view key) = 0;
    /// To the last key < `key`; false when there is none.
    virtual result<bool> seek_before(std::string_view key) = 0;
    virtual result<bool> next() = 0;
    virtual result<bool> previous() = 0;

    /// Only while the last move returned true.
    virtual std::string_view key() const = 0;
    virtual std::string_view value() const = 0;
};

/// One consistent snapshot. Belongs to the thread that runs the body.
class SCIMKIT_API Reader
{
public:
    virtual ~Reader() = default;

    /// The value, or nothing. The view is valid until the transaction writes or ends.
    virtual result<std::optional<std::string_view>> get(std::string_view key) = 0;

    /// A cursor that must be destroyed before the transaction ends.
    virtual result<std::unique_ptr<Cursor>> cursor() = 0;
};

/// Sees its own writes. Open cursors must be sought again after a write.
class SCIMKIT_API Writer : public Reader
{
public:
    /// Inserts or overwrites.
    virtual result<void> put(std::string_view key, std::string_view value) = 0;

    /// False when the key was not there.
    virtual result<bool> erase(std::string_view key) = 0;
};

/// Threading: read() and write() may be called from any number of threads at once. Readers never wait for a
/// writer's disk. Writers run one after the other; a body may run on the thread of another call of write() that is
/// under way, while its own caller waits.
///
/// Errors of the engine itself, besides those that bodies return: unavailable (read-only, disk full, closing),
/// busy (try again; nothing was changed), corrupt, internal. No exception of the engine's leaves it.
class SCIMKIT_API Engine
{
public:
    virtual ~Engine() = default;

    /// Runs `body` over a snapshot. Returns what the body returned. Bodies must not call read() or write().
    virtual result<void> read(function_ref<result<void>(Reader&)> body) = 0;

    /// Runs `body` in a write transaction; commits when it returns success, and returns only when the commit is
    /// durable (if durable()). On error everything the body wrote is rolled back. The engine may run the body
    /// again from the start (to grow its map, or to resolve a conflict), and may put several bodies into one
    /// commit: bodies have no side effects outside the transaction. An exception thrown by the body rolls back
    /// and passes on.
    virtual result<void> write(function_ref<result<void>(Writer&)> body) = 0;

    /// The longest key that put() takes, in bytes; at least 400, or make_store() refuses the engine.
    virtual std::size_t max_key_size() const noexcept = 0;

    /// True if a returned write() survives a crash of process and machine.
    virtual bool durable() const noexcept = 0;

    /// True if read() may wait for a writer, or for a network. Goes to StoreTraits::blocks.
    virtual bool readers_wait() const noexcept { return true; }

    /// Whether it can still do its work, or why not (ResourceStore::health). Must not block. Default: it can.
    virtual result<void> health() const { return {}; }
};

} // namespace scimkit::kv
