// From resources of the administration to what the server does: all of it anew at each change, since what a key or a
// tenant means hangs on the others, and on files.
#include <scimkit/schema/resource_type.hpp>

#include "administered.hpp"
#include "administration_state.hpp"
#include "checked_store.hpp"
#include "credentials.hpp"
#include "invalid.hpp"
#include "logging.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

/// What files say, and what the administration says besides. Where both have one, the file's counts. A file that cannot
/// be read counts as it was, and a tenant that clashes with another is left out: a key that was revoked is refused
/// whatever else is wrong.
result<void> Administration::State::put_into_effect()
{
    result<void> files; // who asked for them is told; what was stored is in effect without them
    return put_into_effect(files);
}

result<void> Administration::State::take_anew()
{
    result<void> files;
    auto done = put_into_effect(files);
    return done ? files : done;
}

scimkit::LogPosition Administration::State::reached()
{
    std::lock_guard const lock{mutex};
    return in_effect;
}

result<void> Administration::State::put_into_effect(result<void>& files)
{
    std::lock_guard const lock{mutex};
    auto read = read_administered(*store, *attachment, "default", tenant_defaults(configuration));
    if (!read)
        return read.error();
    release_deletions(read->releases);
    hold_deletions(*read);
    configuration.kept->set_administered(std::move(read->kept));
    configuration.managed->set_administered(std::move(read->managed));
    configuration.access->set_administered(read->access);
    configuration.targets->set_administered(targets_of(*read));
    files = read_files();
    auto names = add_files(*read);
    // Where only a key has changed the tenants go on with the services that they have.
    bool const are_served = settings.tenants_file.empty() && served_tenants == read->of_tenants;
    if (!are_served)
        for (std::string& reason : configuration.tenant_list->exchange_sound(std::move(read->tenants)))
            read->problems.push_back({ErrorCode::invalid_value, std::move(reason)});
    served_tenants = read->of_tenants;
    configuration.targets->refresh();
    for (Error const& problem : read->problems)
        log(scimkit::LogLevel::error, "the administration has what means nothing: " + problem.detail);
    if (auto taken = configuration.tokens->exchange(std::move(read->keys)); !taken)
        return taken;
#ifdef SCIMKIT_SERVER_OAUTH
    StandingClients::ByName standing;
    for (auto const& client : read->clients)
        if (!client.revoked)
            standing.insert_or_assign(client.id, StandingClients::Client{client.tenant, client.scopes, client.expires});
    configuration.clients->exchange(std::move(standing));
    if (configuration.token_endpoint)
        if (auto taken = configuration.token_endpoint->exchange(std::move(read->clients)); !taken)
            return taken;
#endif
    in_effect = read->as_of;
    std::lock_guard const key_lock{key_mutex};
    names_of_keys = std::move(names);
    return {};
}

/// Notes what is wrong with them: then a tenant is served, and nobody is told of its changes.
AllTargets Administration::State::targets_of(Administered& read) const
{
    AllTargets all;
    for (auto& said : read.targets)
    {
        said.has_events = static_cast<bool>(configuration.event_token);
        if (auto added = add_targets(all, said, configuration.sealing); !added)
            read.problems.push_back({ErrorCode::invalid_value, "Tenant " + said.tenant + ": " + added.error().detail});
    }
    return all;
}

/// Puts what files say before what was read, and takes out what is of the same key or the same tenant.
std::map<std::string, std::string> Administration::State::add_files(Administered& read)
{
    std::unique_lock lock{files_mutex};
    auto keys = keys_of_files;
    auto tenants = tenants_of_files;
    lock.unlock();
    std::set<std::string> known_keys;
    std::map<std::string, std::string> names;
    for (auto const& key : keys)
        known_keys.insert(key.sha256);
    for (auto& key : read.keys)
        if (known_keys.insert(key.sha256).second)
        {
            names.emplace(key.sha256, key.principal.subject);
            keys.push_back(std::move(key));
        }
        else
            read.problems.push_back(
                {ErrorCode::uniqueness, "Token " + key.principal.subject + ": its key is that of another one."});
    read.keys = std::move(keys);

    std::set<std::string> of_files;
    for (auto const& tenant : tenants)
        of_files.insert(tenant.name);
    if (auto const& name = configuration.service.default_tenant; !of_files.contains(name))
    {
        auto const own = std::ranges::find(read.tenants, name, &scimkit::Tenant::name);
        if (own == read.tenants.end())
            tenants.push_back({.name = name, .base_url = configuration.service.base_url});
        else // first, so that no other one takes its place
            std::rotate(read.tenants.begin(), own, own + 1);
    }
    for (auto& tenant : read.tenants)
        if (!of_files.contains(tenant.name))
            tenants.push_back(std::move(tenant));
    read.tenants = std::move(tenants);
    return names;
}

/// What opens nothing: one finds out when it is made, and not by a 401 or 403.
result<void> Administration::State::check(Granted const& granted, std::vector<scimkit::Tenant> const& tenants) const
{
    auto const& name = granted.tenant.empty() ? configuration.service.default_tenant : granted.tenant;
    auto const tenant = std::ranges::find(tenants, name, &scimkit::Tenant::name);
    if (tenant == tenants.end())
        return Error{ErrorCode::invalid_value, "there is no tenant " + name + "."};
    return check_granted(granted.scopes, tenant->registry ? *tenant->registry : *configuration.service.registry);
}

/// What would mean nothing, or could not be served, if it were committed.
result<std::vector<Error>> Administration::State::faults(WrittenRecords const& written)
{
    auto read = read_administered(written.transaction, attachment->registry(), tenant_defaults(configuration));
    if (!read)
        return read.error();
    for (auto const& name : written.made) // a key of a file may be there before its tenant
        if (auto left = left_of(name, read->keys_of(name)))
            read->problems.push_back(std::move(*left));
    targets_of(*read);
    add_files(*read);
    std::vector<Error> first; // what was written says more than what became of it
    for (auto const& granted : written.granted)
        if (auto checked = check(granted, read->tenants); !checked)
            first.push_back({ErrorCode::invalid_value, granted.what + ": " + checked.error().detail});
    read->problems.insert(read->problems.begin(), first.begin(), first.end());
    for (auto const& tenant : read->tenants)
        if (written.tenants.contains(tenant.name))
            if (auto checked = serving.check(tenant); !checked)
                read->problems.push_back(std::move(checked).error());
    auto const list = scimkit::tenant_list({});
    if (!list)
        return list.error();
    for (std::string& reason : (*list)->exchange_sound(std::move(read->tenants)))
        read->problems.push_back({ErrorCode::invalid_value, std::move(reason)});
    return std::move(read->problems);
}

/// Each release once: the resource keeps its time, and a tenant that is held later on stays so. A time to come would
/// switch the guard off.
void Administration::State::release_deletions(std::map<std::string, scimkit::Instant> const& releases)
{
    if (!configuration.guard)
        return;
    auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    for (auto const& [tenant, at] : releases)
        if (auto& last = released[tenant]; last < at)
        {
            last = at;
            if (configuration.guard->release(tenant, std::min(at, now)))
                log(scimkit::LogLevel::info, "deletions are released: tenant " + tenant);
        }
}

/// Error: of those that could not be read; what they said before stays.
result<void> Administration::State::read_files()
{
    result<void> done;
    auto keys = load_tokens(settings, *configuration.service.registry);
    auto tenants = settings.tenants_file.empty() ? result<std::vector<scimkit::Tenant>>{tenants_of_files}
                                                 : load_tenants(configuration, settings);
    std::lock_guard const lock{files_mutex};
    if (keys)
        keys_of_files = std::move(*keys);
    else
        done = keys.error();
    if (tenants)
        tenants_of_files = std::move(*tenants);
    else
        done = with_more(done, tenants.error());
    return done;
}

} // namespace server
