// A log that cannot be kept must not keep a server from serving: what is damaged is put aside, and begun anew.
#include "request_log_settings.hpp"

#include <scimkit/memory/memory_store.hpp>

#include "administration_schemas.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "request_log.hpp"
#include "stores.hpp"
#include "tenant_root.hpp"
#ifdef SCIMKIT_SERVER_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif

#include <algorithm>
#include <filesystem>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

using Store = std::shared_ptr<scimkit::ResourceStore>;

scimkit::kv::StoreOptions store_options()
{
    return {.indexes = {"time", "tenant"}, .change_log = false, .name = "request log"};
}

#ifdef SCIMKIT_SERVER_LMDB
constexpr std::size_t max_log_bytes = std::size_t{1} << 30; // of the request log; then its oldest records go

result<Store> open(std::string const& directory)
{
    scimkit::lmdb::LmdbOptions options;
    options.max_map_bytes = max_log_bytes;
    options.fsync = false; // it can be lost
    return scimkit::lmdb::open_store(directory, options, store_options());
}

/// One that is damaged makes room for another.
result<Store> open_or_begin(std::string const& directory)
{
    auto opened = open(directory);
    if (opened || opened.error().code != scimkit::ErrorCode::corrupt)
        return opened;
    log(scimkit::LogLevel::warning, "the request log is begun anew: " + opened.error().detail);
    std::error_code failed;
    auto const aside = directory + ".damaged";
    std::filesystem::remove_all(aside, failed);
    std::filesystem::rename(directory, aside, failed);
    return failed ? opened : open(directory);
}
#endif

Store memory_store() { return scimkit::memory::make_store(store_options()); }

Store open_log([[maybe_unused]] Configuration const& made, [[maybe_unused]] Settings const& settings)
{
#ifdef SCIMKIT_SERVER_LMDB
    auto directory = settings.request_log_dir;
    if (auto const of_store = directory_of(settings.store); directory.empty() && of_store)
        directory = *of_store + "/requests";
    if (directory.empty() || made.purpose == Purpose::check)
        return memory_store();
    auto opened = open_or_begin(directory);
    if (opened)
        return std::move(*opened);
    log(scimkit::LogLevel::error, "requests are kept in memory alone: " + opened.error().detail);
#endif
    return memory_store();
}

/// A word that is none of an attribute would hide nothing. Where tenants may have schemas of their own, it may be one
/// of those, now or later on.
result<void> check_attributes(std::vector<std::string> const& names, scimkit::SchemaRegistry const& registry,
                              bool tenants_have_own)
{
    for (std::string const& name : names)
    {
        auto const path = scimkit::parse_attribute_path(name);
        if (!path)
            return invalid("--request-log-redact " + name + ": " + path.error().detail);
        bool const is_one = std::ranges::any_of(registry.resource_types(),
                                                [&](auto const& type) { return type->resolve(*path).has_value(); });
        auto const said = "--request-log-redact " + name + ": no resource type has such an attribute";
        if (!is_one && !tenants_have_own)
            return invalid(said);
        if (!is_one)
            log(scimkit::LogLevel::warning, said + ", unless a tenant's own schemas (--tenant-schemas) do");
    }
    return {};
}

std::function<std::string(std::string_view)> roots_of(Configuration const& made)
{
    if (!made.tenant_list)
        return {};
    return [list = made.tenant_list](std::string_view target)
    {
        auto const tenant = list->find({.method = "GET", .target = target});
        return tenant ? root_of(*tenant) : std::string{};
    };
}

} // namespace

result<void> keep_requests(Configuration& made, Settings const& settings)
{
    if (settings.admin.empty() || settings.request_log == 0)
        return {};
    if (auto checked = check_attributes(settings.request_log_redact, *made.service.registry, made.schemas != nullptr);
        !checked)
        return checked;
    if (!(settings.request_log_rate >= 0.001))
        return invalid("--request-log-rate needs 0.001 or more; --request-log 0 keeps none.");
    auto registry = request_record_registry();
    if (!registry)
        return registry.error();
    RequestLogOptions options{.kept = made.kept_otherwise, .root_of = roots_of(made), .log = log};
    options.per_second = settings.request_log_rate;
    auto started = RequestLog::start(open_log(made, settings), std::move(*registry),
                                     Redactor{*made.service.registry, settings.request_log_redact}, std::move(options));
    if (!started)
        return invalid("--request-log: " + started.error().detail);
    made.request_log = std::move(*started);
    made.kept->tell(made.request_log);
    made.server.exchange_log = [kept = made.request_log](auto const& record) { kept->take(record); };
#ifdef SCIMKIT_SERVER_METRICS
    if (made.metrics)
        made.metrics->watch_request_log(
            [kept = made.request_log]() -> Metrics::KeptCounts
            {
                auto const counts = kept->counts();
                return {.written = counts.written, .left_out = counts.left_out, .dropped = counts.dropped};
            });
#endif
    return {};
}

} // namespace server
