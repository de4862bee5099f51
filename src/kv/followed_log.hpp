// FollowedLog: the change log for those who follow it: waiting for more, named readers and their places, trimming.
#pragma once

#include <scimkit/export.hpp>
#include <scimkit/kv/engine.hpp>
#include <scimkit/store/change_log.hpp>

#include "session.hpp"

#include <condition_variable>
#include <mutex>

namespace scimkit::kv
{

/// Wakes those who wait for a commit. Threading: any number of threads.
class SCIMKIT_API CommitSignal
{
public:
    std::uint64_t count() const;
    void notify();

    /// Until the count is another one, the time has come, or a stop is requested.
    void wait(std::uint64_t seen, std::chrono::steady_clock::time_point until, std::stop_token const& stop);

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::uint64_t count_ = 0;
};

class FollowedLog final : public ChangeLog
{
public:
    /// Both outlive this.
    FollowedLog(Engine& engine, CommitSignal& commits) noexcept
        : engine_(engine)
        , commits_(commits)
    {
    }

    result<LogExtent> extent(std::string_view tenant, CallContext const& context) override;
    result<void> read(std::string_view tenant, CallContext const& context, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink) override;
    result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                      std::stop_token stop) override;
    result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                             LogPosition position) override;
    result<std::optional<LogPosition>> place(std::string_view tenant, CallContext const& context,
                                             std::string_view reader) override;
    result<void> places(std::string_view tenant, CallContext const& context,
                        function_ref<bool(LogPlace&&)> sink) override;
    result<bool> forget(std::string_view tenant, CallContext const& context, std::string_view reader) override;
    result<LogTrimmed> trim(std::string_view tenant, CallContext const& context, LogTrim const& what) override;

private:
    result<void> in_read(std::string_view tenant, CallContext const& context,
                         function_ref<result<void>(Session&)> body);
    result<void> in_write(std::string_view tenant, CallContext const& context,
                          function_ref<result<void>(Session&)> body);

    Engine& engine_;
    CommitSignal& commits_;
    Catalog const nothing_{}; // names of types come from the database
};

} // namespace scimkit::kv
