// LogReader: follows the change logs of a store on a thread of its own, and hands every change to a function: an audit,
// hooks, messages to others. At least once, in order within a tenant, across crashes.
//
//     auto reader = LogReader::start(store, {.name = "audit",
//                                            .handle = [](LogBatch& batch) -> result<void> { … },
//                                            .gap = [](LogGap const& gap) -> result<void> { … }});
//
// Its place is kept in the store under its name, and moves on when the function has returned: who is killed between a
// commit and that is told after the next start. What the function does has to bear being done twice; change_id() says
// whether it is the same change.
//
// It begins at the beginning of each log. Who must not hear of the past acknowledges its end, under the reader's name,
// before the first start (store/change_log.hpp).
//
// It holds up no writer and no other reader. A function that fails is called again with the same changes, after a pause
// that doubles; changes of other tenants go on meanwhile. A function that is slow, however, is called for one tenant
// after the other: a target that hangs for one tenant wants a reader of its own (LogReaderOptions::tenant).
//
// The log keeps what a named reader has not seen, for as long as LogTrim::readers_since says. One that came too late is
// told so, and goes on with what there is.
//
// Complexity: memory is one batch, which ends at 16 MiB of values; a look at a tenant in which nothing has happened is
// one call of the store.
#pragma once

#include <scimkit/core/environment.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace scimkit
{

/// Changes of one tenant, in order. It ends at LogReaderOptions::max_batch, or behind the change with which
/// max_batch_elements, or 16 MiB of changed values, are reached: so it is larger than that by one change at most.
///
/// Lifetimes: of the call.
struct LogBatch
{
    std::string_view tenant;
    std::span<LoggedChange const> changes; ///< at least one
    std::stop_token stop;                  ///< requested: return soon, with an error where something is left
    /// How many of the first ones are done, where an error follows: they are not handed over again. Success: all.
    std::size_t done = 0;
};

/// Changes that the reader is never told of. A value.
struct LogGap
{
    enum class Reason
    {
        trimmed, ///< they went from the log before the reader came; also what there was before a reader that is new
        replaced ///< the log is another one: the tenant was removed and made again, or the reader was forgotten
    };

    std::string tenant{};
    Reason reason = Reason::trimmed;
    LogPosition from{}; ///< the reader's place; of one that is new, the beginning
    LogPosition to{};   ///< it goes on behind this one; of a log that was replaced, the beginning
};

struct LogReaderOptions
{
    /// 1 to max_log_reader_bytes bytes. Two readers of one name take each other's changes away.
    std::string name{};
    /// Told of changes. Needed. Errors, and what it throws: called again, with what is not done.
    std::function<result<void>(LogBatch&)> handle{};
    /// Told of a gap, before the changes behind it, as if it were one of them. Empty: it goes on.
    std::function<result<void>(LogGap const&)> gap{};
    /// Told of each error of `handle`, `gap` or the store, and when it is tried again; without a tenant where the list
    /// of them could not be had. What was thrown is `internal`. Must not throw: that would end the program.
    std::function<void(std::string_view tenant, Error const& error, std::chrono::milliseconds again)> failed{};
    /// The only tenant that is followed. Empty: all that the store has, also those that come later.
    std::string tenant{};
    /// Which of them; empty: all. Called often, by the reader's thread, while the store lists its tenants: it must not
    /// use the store.
    std::function<bool(std::string_view tenant)> follows{};
    /// Changes of the framework's own types too (store/own_types.hpp).
    bool own_types = false;
    std::size_t max_batch = 100;             ///< changes that are read for one call of `handle`
    std::size_t max_batch_elements = 10'000; ///< elements of large attributes in one call, but for its last change
    std::chrono::milliseconds interval{500}; ///< between looks for changes and tenants; of one tenant it waits for them
    std::chrono::milliseconds gather{0}; ///< waited after the first change, so that one call and one commit do for many
    std::chrono::milliseconds first_pause{200};      ///< after an error; it doubles with each further one
    std::chrono::milliseconds longest_pause{60'000}; ///< after an error, however many there were
    /// Of CallContext::now. Null: the system's clock.
    std::shared_ptr<Environment> environment{};
};

/// Threading: made, stopped and destroyed by any one thread, none of its own functions; the functions are called on its
/// own one, in no transaction, one at a time. Lifetimes: shares ownership of the store.
class SCIMKIT_API LogReader
{
public:
    /// Begins at once, on a thread of its own. `store` is not null, and the one that the services have, or the one
    /// behind their guards.
    ///
    /// Errors: invalid_value (no name or a long one, no `handle`, a store without a change log, or without a list of
    /// tenants where none is named, a time or a number that is none), unavailable (no thread can be had).
    static result<std::unique_ptr<LogReader>> start(std::shared_ptr<ResourceStore> store, LogReaderOptions options);

    /// Asks for an end, and waits for the call that is under way, of a function or of the store (30 seconds at most,
    /// where the store heeds deadlines).
    ~LogReader();
    LogReader(LogReader const&) = delete;
    LogReader& operator=(LogReader const&) = delete;

    /// Asks for an end, and does not wait: LogBatch::stop is requested, and nothing further is handed over.
    /// Threading: any, also the functions of the reader.
    void request_stop() noexcept;

private:
    class Loop;
    explicit LogReader(std::unique_ptr<Loop> loop);
    std::unique_ptr<Loop> loop_;
};

/// The same for the same change, whoever reads it and however often; another one for every other change, also of a
/// tenant that was removed and made again: it goes by tenant, position, type, id, operation, version and time. 32
/// hexadecimal digits of a SHA-256. `log`: which of several logs it is from, if their tenants may have the same names.
///
/// Threading: any. Lifetimes: refers to nothing. Errors: none. Complexity: linear in these names; one hash.
SCIMKIT_API std::string change_id(LoggedChange const& change, std::string_view log = {});

} // namespace scimkit
