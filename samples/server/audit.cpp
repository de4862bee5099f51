// A record's id is made of its change, so that one that comes again, after a crash, is found to be there.
#include "audit.hpp"

#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "checked_store.hpp"
#include "invalid.hpp"
#include "rounds.hpp"
#include "upkeep.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace server
{

using scimkit::AuditRecord;
using scimkit::LoggedChange;
using scimkit::result;

namespace
{

constexpr auto type_name = "AuditRecord";
constexpr auto of_the_administration = "administration"; // the log of its own changes
constexpr std::chrono::hours trimmed_every{1};
constexpr std::uint64_t records_at_a_time = 500;

scimkit::Resource resource_of(AuditRecord const& record, scimkit::ResourceType const& type)
{
    scimkit::Resource resource{.type = &type, .id = record.id, .created = record.time, .last_modified = record.time};
    resource.attributes = to_json(record);
    return resource;
}

/// The records of a batch of the administration's own log; it has those of this log too.
std::vector<AuditRecord> own_records(scimkit::LogBatch const& batch)
{
    std::vector<AuditRecord> records;
    for (LoggedChange const& change : batch.changes)
        if (matters(change))
        {
            records.push_back(audit_record(change, of_the_administration));
            records.back().tenant.clear();
        }
    return records;
}

std::vector<AuditRecord> records_of(scimkit::LogBatch const& batch)
{
    std::vector<AuditRecord> records;
    for (LoggedChange const& change : batch.changes)
        records.push_back(audit_record(change));
    return records;
}

scimkit::LogReaderOptions reader_options(AuditStore const& kept, bool own, AuditLog::Log const& log)
{
    scimkit::LogReaderOptions options{.name = std::string{audit_reader}};
    options.handle = [kept, own](scimkit::LogBatch& batch)
    { return write_audit(kept, own ? own_records(batch) : records_of(batch)); };
    options.gap = [kept, own, log](scimkit::LogGap const& gap)
    {
        log(scimkit::LogLevel::error, "the audit log lacks changes of tenant " + gap.tenant +
                                          ": they had gone from the change log, or the tenant was made anew");
        auto record = audit_record(gap, scimkit::system_environment()->now(), own ? of_the_administration : "");
        if (own)
            record.tenant.clear();
        return write_audit(kept, {&record, 1});
    };
    options.failed = [log](std::string_view, scimkit::Error const& error, std::chrono::milliseconds again)
    {
        log(scimkit::LogLevel::error,
            "the audit log waits: " + error.detail + " Next attempt in " + std::to_string(again.count()) + " ms.");
    };
    options.gather = std::chrono::milliseconds{20};
    return options;
}

} // namespace

scimkit::ResourceTypeDefinition audit_type()
{
    return {.name = type_name,
            .endpoint = "/AuditRecords",
            .schema = "urn:scimkit:params:scim:schemas:admin:1.0:AuditRecord",
            .description = "Who did what to which resource when",
            .read_only = true};
}

result<void> write_audit(AuditStore const& kept, std::span<AuditRecord const> records)
{
    if (records.empty())
        return {};
    auto const* const type = kept.attachment->registry().find_resource_type(type_name);
    auto const rules = scimkit::UniqueKeyRules::make(kept.attachment->registry());
    if (!type || !rules)
        return invalid("the store has no audit records.");
    auto const write = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        for (AuditRecord const& record : records)
        {
            auto const there = transaction.get(*type, record.id, scimkit::wanted_nothing());
            if (!there)
                return there.error();
            if (*there)
                continue;
            auto resource = resource_of(record, *type);
            if (auto done = transaction.insert(resource, rules->facts_of(resource)); !done)
                return done.error();
        }
        return {};
    };
    return kept.store->write(*kept.attachment, kept.tenant, {.now = records.front().time, .actor = "scimkit-server"},
                             write);
}

result<std::uint64_t> forget_audit(AuditStore const& kept, scimkit::Instant from, std::stop_token const& stop)
{
    auto const* const type = kept.attachment->registry().find_resource_type(type_name);
    auto const time = type ? type->resolve({.name = "time"}) : std::nullopt;
    if (!time)
        return invalid("the store has no audit records.");
    std::uint64_t forgotten = 0;
    for (bool more = true; more && !stop.stop_requested();)
    {
        std::uint64_t gone = 0;
        auto const remove = [&](scimkit::WriteTransaction& transaction) -> result<void>
        {
            gone = 0;
            scimkit::Query::Source const source{.type = type, .sort = scimkit::SortOrder{.attribute = *time}};
            auto const oldest = scimkit::run_query(
                transaction,
                {.sources = {&source, 1}, .limit = records_at_a_time, .total = scimkit::TotalPolicy::none});
            if (!oldest)
                return oldest.error();
            for (auto const& record : oldest->resources)
            {
                if (record.created >= from) // the same as `time`
                    break;
                if (auto done = transaction.remove(*type, record.id, {}); !done)
                    return done;
                ++gone;
            }
            return {};
        };
        if (auto done =
                kept.store->write(*kept.attachment, kept.tenant, {.now = from, .actor = "scimkit-server"}, remove);
            !done)
            return done.error();
        forgotten += gone;
        more = gone == records_at_a_time;
    }
    return forgotten;
}

namespace
{

/// Takes away what is too old.
void tidy_up(AuditStore const& kept, AuditLog::Retention const& retention, AuditLog::Log const& log,
             std::stop_token const& stop)
{
    auto const now = scimkit::system_environment()->now();
    auto const gone =
        retention.records.count() > 0 ? forget_audit(kept, now - retention.records, stop) : result<std::uint64_t>{0U};
    if (!gone)
        log(scimkit::LogLevel::error, "old audit records were not removed: " + gone.error().detail);
    else if (*gone > 0)
        log(scimkit::LogLevel::info, "removed " + std::to_string(*gone) + " old audit records");
    auto const trimmed = retention.change_log.count() > 0
                             ? trim_change_logs(*kept.store, now, retention.change_log, stop)
                             : result<std::uint64_t>{0U};
    if (!trimmed)
        log(scimkit::LogLevel::error,
            "the change log of the administration was not trimmed: " + trimmed.error().detail);
}

} // namespace

result<std::unique_ptr<AuditLog>> AuditLog::start(std::shared_ptr<scimkit::ResourceStore> watched, AuditStore kept,
                                                  Retention retention, Log log)
{
    std::unique_ptr<AuditLog> made{new AuditLog};
    auto tenants = scimkit::LogReader::start(std::move(watched), reader_options(kept, false, log));
    if (!tenants)
        return tenants.error();
    made->tenants_ = std::move(*tenants);
    auto own_options = reader_options(kept, true, log);
    own_options.tenant = kept.tenant;
    auto own = scimkit::LogReader::start(kept.store, std::move(own_options));
    if (!own)
        return own.error();
    made->administration_ = std::move(*own);
    made->upkeep_ =
        std::jthread{[kept = std::move(kept), retention, log = std::move(log)](std::stop_token const& stop)
                     {
                         std::mutex mutex;
                         std::condition_variable_any stopped;
                         std::unique_lock lock{mutex};
                         do
                             one_round(log, [&] { tidy_up(kept, retention, log, stop); });
                         while (!stopped.wait_for(lock, stop, trimmed_every, [&] { return stop.stop_requested(); }));
                     }};
    return made;
}

} // namespace server
