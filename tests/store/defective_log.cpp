// How each promise about the change log is broken.
#include "defective_store.hpp"

#include <algorithm>
#include <thread>

namespace scimkit::test
{
namespace
{

LoggedChange worsened(LoggedChange change, Defect defect)
{
    if (defect == Defect::log_has_no_values)
        for (LoggedChange::Value& value : change.changed)
            value = {std::move(value.path), nullptr, false};
    if (defect == Defect::log_tells_secrets)
        for (LoggedChange::Value& value : change.changed)
            if (!value.told)
                value = {std::move(value.path), "SECRET", true};
    if (defect == Defect::log_loses_what_went)
        for (LoggedChange::Elements& of : change.elements)
            of.went.clear();
    if (defect == Defect::log_has_no_names)
        change.removed = {};
    return change;
}

/// Of the changes as they should come, what a defective log makes of them.
void worsen(std::vector<LoggedChange>& all, Defect defect)
{
    if (defect == Defect::log_loses_a_change)
        std::erase_if(all, [](LoggedChange const& change) { return change.position.number() % 5 == 3; });
    if (defect == Defect::log_swaps_changes && all.size() > 1)
    {
        std::swap(all[0], all[1]);
        std::swap(all[0].position, all[1].position);
    }
    for (LoggedChange& change : all)
        change = worsened(std::move(change), defect);
}

} // namespace

result<LogExtent> DefectiveLogView::extent()
{
    auto found = ForwardingChangeLogView::extent();
    if (found && defect_ == Defect::log_tells_too_early)
        found->end = LogPosition{found->end.number() + transaction_.inserts()};
    return found;
}

result<void> DefectiveLogView::read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    if (auto const found = ForwardingChangeLogView::extent(); found && defect_ == Defect::log_is_silent)
        after = std::max(after, found->begin);
    std::vector<LoggedChange> all;
    auto read = ForwardingChangeLogView::read(
        after, limit, [&](LoggedChange&& change) { return all.push_back(std::move(change)), true; });
    worsen(all, defect_);
    for (LoggedChange& change : all)
        if (!sink(std::move(change)))
            break;
    return read;
}

result<void> DefectiveLog::read(std::string_view tenant, CallContext const& context, LogPosition after,
                                std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink)
{
    if (auto const found = extent(tenant, context); found && defect_ == Defect::log_is_silent)
        after = std::max(after, found->begin);
    if (defect_ == Defect::log_reads_elsewhere)
        after = LogPosition{after.number() + 1};
    return ForwardingChangeLog::read(tenant, context, after, limit, sink);
}

result<bool> DefectiveLog::wait(std::string_view tenant, CallContext const& context, LogPosition after,
                                std::stop_token stop)
{
    if (defect_ != Defect::log_sleeps)
        return ForwardingChangeLog::wait(tenant, context, after, std::move(stop));
    // Long enough to be noticed; no test wants to wait for the deadline itself.
    auto const end = std::min(context.deadline, std::chrono::steady_clock::now() + std::chrono::seconds{11});
    auto found = extent(tenant, {});
    while (found && after >= found->end && !stop.stop_requested() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    found = extent(tenant, {});
    return found ? result<bool>{after < found->end} : found.error();
}

result<void> DefectiveLog::acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                                       LogPosition position)
{
    if (defect_ == Defect::log_forgets_places)
        return {};
    return ForwardingChangeLog::acknowledge(tenant, context, reader, position);
}

result<LogTrimmed> DefectiveLog::trim(std::string_view tenant, CallContext const& context, LogTrim const& what)
{
    if (defect_ == Defect::log_is_never_trimmed)
        return LogTrimmed{};
    LogTrim asked = what;
    CallContext told = context;
    if (defect_ == Defect::log_trims_under_readers)
        asked.readers_since = Instant::max();
    if (defect_ == Defect::log_is_never_short)
        told.budget = nullptr;
    return ForwardingChangeLog::trim(tenant, told, asked);
}

} // namespace scimkit::test
