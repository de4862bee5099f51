// FollowedLog: the change log for those who follow it: waiting for more, named readers and their places, trimming.
#pragma once

#include "change_log.hpp"
#include "kv/followed_log.hpp"
#include "pool.hpp"

namespace scimkit::postgresql
{

class FollowedLog final : public ChangeLog
{
public:
    /// Both outlive this.
    FollowedLog(Pool& pool, kv::CommitSignal& commits) noexcept
        : pool_(pool)
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
    /// One statement, whose first parameter is the tenant.
    result<Rows> run(std::string_view tenant, CallContext const& context, std::string_view sql,
                     function_ref<void(Params&)> add);
    result<LogBounds> bounds(std::string_view tenant, CallContext const& context);

    struct Batch
    {
        LogPosition last{}; ///< of those that may go
        std::uint64_t bytes = 0;
        bool ends = false; ///< nothing behind it may go
    };
    result<LogExtent> extent_to_trim(std::string_view tenant, CallContext const& context, LogTrim const& what);
    result<Batch> find_batch(std::string_view tenant, CallContext const& context, LogTrim const& what,
                             LogPosition begin, std::uint64_t left);

    Pool& pool_;
    kv::CommitSignal& commits_;
    kv::Catalog const nothing_{}; // names of types come from the database
};

} // namespace scimkit::postgresql
