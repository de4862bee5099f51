// Each call is a transaction of its own over the engine, without an attachment: who follows a log needs no registry.
#include "followed_log.hpp"

#include "../core/bytes.hpp"
#include "change_log.hpp"
#include "trim.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

/// How often commits are looked for that this store has not made.
constexpr std::chrono::milliseconds look_every{500};

result<void> check_reader(std::string_view reader)
{
    if (!reader.empty() && reader.size() <= max_log_reader_bytes)
        return {};
    return Error{ErrorCode::invalid_value,
                 "The name of a reader has 1 to " + std::to_string(max_log_reader_bytes) + " bytes."};
}

std::string encode_place(LogPosition position, Instant acknowledged)
{
    std::string bytes;
    put_varint(bytes, position.number());
    put_varint(bytes, zigzag(acknowledged.time_since_epoch().count()));
    return bytes;
}

/// Of a context: who and when, without an end.
CallContext unhurried(CallContext const& context)
{
    return {.now = context.now, .actor = context.actor, .trace_id = context.trace_id};
}

bool is_late(CallContext const& context) { return std::chrono::steady_clock::now() >= context.deadline; }

} // namespace

std::uint64_t CommitSignal::count() const
{
    std::scoped_lock const lock{mutex_};
    return count_;
}

void CommitSignal::notify()
{
    {
        std::scoped_lock const lock{mutex_};
        ++count_;
    }
    changed_.notify_all();
}

void CommitSignal::wait(std::uint64_t seen, std::chrono::steady_clock::time_point until, std::stop_token const& stop)
{
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, stop, until, [&] { return count_ != seen; });
}

result<void> FollowedLog::in_read(std::string_view tenant, CallContext const& context,
                                  function_ref<result<void>(Session&)> body)
{
    auto const keys = TenantKeys::make(tenant, engine_.max_key_size());
    if (!keys)
        return keys.error();
    return engine_.read(
        [&](Reader& reader)
        {
            Session session{nothing_, *keys, reader, context};
            return body(session);
        });
}

result<void> FollowedLog::in_write(std::string_view tenant, CallContext const& context,
                                   function_ref<result<void>(Session&)> body)
{
    auto const keys = TenantKeys::make(tenant, engine_.max_key_size());
    if (!keys)
        return keys.error();
    return engine_.write_before(context.deadline,
                                [&](Writer& writer)
                                {
                                    Session session{nothing_, *keys, writer, context};
                                    return body(session);
                                });
}

result<LogExtent> FollowedLog::extent(std::string_view tenant, CallContext const& context)
{
    result<LogExtent> found{LogExtent{}};
    auto const read = in_read(tenant, context,
                              [&](Session& session) -> result<void>
                              {
                                  found = log_extent(session);
                                  return {};
                              });
    return read ? found : read.error();
}

result<void> FollowedLog::read(std::string_view tenant, CallContext const& context, LogPosition after,
                               std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    return in_read(tenant, context, [&](Session& session) { return read_log(session, after, limit, sink); });
}

result<bool> FollowedLog::wait(std::string_view tenant, CallContext const& context, LogPosition after,
                               std::stop_token stop)
{
    for (;;)
    {
        auto const seen = commits_.count();
        auto const found = extent(tenant, unhurried(context));
        if (!found)
            return found.error();
        if (after < found->begin)
            return log_is_trimmed(found->begin);
        if (after < found->end)
            return true;
        if (stop.stop_requested() || is_late(context))
            return false;
        commits_.wait(seen, std::min(context.deadline, std::chrono::steady_clock::now() + look_every), stop);
    }
}

result<void> FollowedLog::acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                                      LogPosition position)
{
    if (auto named = check_reader(reader); !named)
        return named;
    return in_write(tenant, context,
                    [&](Session& session) -> result<void>
                    {
                        auto const found = log_extent(session);
                        if (!found)
                            return found.error();
                        if (position < found->begin)
                            return log_is_trimmed(found->begin);
                        if (position > found->end)
                            return Error{ErrorCode::invalid_value, "The change log has not reached position " +
                                                                       std::to_string(position.number()) + " yet."};
                        return session.access().put(session.keys().place(reader), encode_place(position, context.now));
                    });
}

result<std::optional<LogPosition>> FollowedLog::place(std::string_view tenant, CallContext const& context,
                                                      std::string_view reader)
{
    if (auto named = check_reader(reader); !named)
        return named.error();
    std::optional<LogPosition> found;
    auto const read = in_read(tenant, context,
                              [&](Session& session) -> result<void>
                              {
                                  auto const stored = session.access().get(session.keys().place(reader));
                                  if (!stored || !*stored)
                                      return stored ? result<void>{} : result<void>{stored.error()};
                                  std::string_view bytes = **stored;
                                  std::uint64_t position = 0;
                                  if (!take_varint(bytes, position))
                                      return Error{ErrorCode::corrupt, "The place of a reader cannot be read."};
                                  found = LogPosition{position};
                                  return {};
                              });
    if (!read)
        return read.error();
    return found;
}

result<void> FollowedLog::places(std::string_view tenant, CallContext const& context,
                                 function_ref<bool(LogPlace&&)> sink)
{
    return in_read(tenant, context, [&](Session& session) { return read_places(session, sink); });
}

result<bool> FollowedLog::forget(std::string_view tenant, CallContext const& context, std::string_view reader)
{
    if (auto named = check_reader(reader); !named)
        return named.error();
    bool was_there = false;
    auto const written = in_write(tenant, context,
                                  [&](Session& session) -> result<void>
                                  {
                                      auto const erased = session.access().erase(session.keys().place(reader));
                                      if (!erased)
                                          return erased.error();
                                      was_there = *erased;
                                      return {};
                                  });
    if (!written)
        return written.error();
    return was_there;
}

result<LogTrimmed> FollowedLog::trim(std::string_view tenant, CallContext const& context, LogTrim const& what)
{
    CallBudget const budget{context};
    auto const before = extent(tenant, unhurried(context));
    if (!before)
        return before.error();
    LogTrimmed trimmed{.begin = before->begin};
    for (bool done = false; !done;)
    {
        if (trimmed.more = !budget->spend(Budget::visit) || is_late(context); trimmed.more)
            break;
        TrimmedBatch batch;
        auto const written = in_write(tenant, context,
                                      [&](Session& session) -> result<void>
                                      {
                                          auto tried = trim_batch(session, what);
                                          if (!tried)
                                              return tried.error();
                                          batch = *tried;
                                          return {};
                                      });
        if (trimmed.more = !written && (budget->exhausted() || is_late(context)); trimmed.more)
            break;
        if (!written)
            return written.error();
        done = batch.done;
        trimmed.begin = batch.begin;
        trimmed.changes += batch.changes;
    }
    if (trimmed.changes > 0)
        commits_.notify(); // who waits behind what went is told
    return trimmed;
}

} // namespace scimkit::kv
