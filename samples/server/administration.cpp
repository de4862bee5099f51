// The administration is an ordinary service over resource types of its own. What makes it one is its observer, which
// puts what was stored into effect before the client is answered, and its hasher (key_hasher.hpp).
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/security/scopes.hpp>
#include <scimkit/service/committed_change.hpp>

#include "administered.hpp"
#include "administration_schemas.hpp"
#include "administration_state.hpp"
#include "checked_store.hpp"
#include "credentials.hpp"
#include "invalid.hpp"
#include "joined_store.hpp"
#include "key_hasher.hpp"
#include "last_uses.hpp"
#include "logging.hpp"
#include "request_log.hpp"
#include "secret_files.hpp"
#include "stores.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

result<std::vector<scimkit::KeyRecord>> read_own_keys(std::string const& file)
{
    auto const safe = check_permissions("--admin-token-file", file, true);
    if (!safe)
        return safe.error();
    if (*safe)
        log(scimkit::LogLevel::warning, **safe);
    auto keys = scimkit::read_key_file(file);
    if (!keys)
        return invalid("--admin-token-file " + file + ": " + keys.error().detail);
    for (auto& key : *keys)
        if (!key.principal.tenant.empty())
            return invalid("--admin-token-file " + file + ": an administrator has no tenant");
    for (auto& key : *keys)
        if (key.principal.scopes.empty())
            key.principal.scopes.emplace_back("scim");
    return keys;
}

/// The address of --admin. The way there is not encrypted, so it stays on this machine.
result<std::pair<std::string, std::uint16_t>> parse_address(std::string const& listen)
{
    auto const colon = listen.rfind(':');
    auto const host = listen.substr(0, colon);
    unsigned long port = 0;
    try
    {
        port = colon == std::string::npos ? 65'536 : std::stoul(listen.substr(colon + 1));
    }
    catch (std::exception const&)
    {
        port = 65'536;
    }
    if ((host != "127.0.0.1" && host != "[::1]") || port > 65'535)
        return invalid("--admin needs 127.0.0.1:PORT or [::1]:PORT; put a proxy with TLS in front to reach it from "
                       "elsewhere");
    return std::pair{host == "[::1]" ? std::string{"::1"} : host, static_cast<std::uint16_t>(port)};
}

/// Who may administer, and where browsers find the page.
result<void> check_access(Settings const& settings)
{
    if (settings.admin_token_file.empty() && settings.admin_password_file.empty())
        return invalid("--admin needs --admin-token-file or --admin-password-file: nobody could administer");
    auto const host = settings.admin_url.find("://") + 3;
    bool const is_origin = settings.admin_url.starts_with("https://") || settings.admin_url.starts_with("http://");
    if (!settings.admin_url.empty() &&
        (!is_origin || settings.admin_url.size() == host || settings.admin_url.find('/', host) != std::string::npos))
        return invalid("--admin-url needs a scheme and a host, and no path: https://admin.example.com");
    if (settings.admin_password_file.empty())
        return {};
    auto const safe = check_permissions("--admin-password-file", settings.admin_password_file, true);
    if (!safe)
        return safe.error();
    if (*safe)
        log(scimkit::LogLevel::warning, **safe);
    if (!std::ifstream{settings.admin_password_file})
        log(scimkit::LogLevel::warning, "--admin-password-file " + settings.admin_password_file +
                                            " cannot be read: until scimkit-server admin reset-password has made it, "
                                            "nobody logs in with a password");
    return {};
}

} // namespace

/// What files say, and what the administration says besides. Where both have one, the file's counts. A file that cannot
/// be read counts as it was, and a tenant that clashes with another is left out: a key that was revoked is refused
/// whatever else is wrong.
result<void> Administration::State::put_into_effect()
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
    auto const files = read_files();
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
    if (configuration.token_endpoint)
        if (auto taken = configuration.token_endpoint->exchange(std::move(read->clients)); !taken)
            return taken;
#endif
    std::lock_guard const key_lock{key_mutex};
    names_of_keys = std::move(names);
    return files;
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
                {ErrorCode::uniqueness, "Token " + key.principal.subject + ": its key is that of another one"});
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

/// Error: of the one that could not be read; what it said before stays.
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
        done = tenants.error();
    return done;
}

/// Those of the file, as it is now. Errors: of the file; then nothing has changed.
result<void> Administration::State::take_own_keys()
{
    std::vector<scimkit::KeyRecord> keys;
    if (!settings.admin_token_file.empty())
    {
        auto read = read_own_keys(settings.admin_token_file);
        if (!read)
            return read.error();
        keys = std::move(*read);
    }
    if (auto taken = own_keys->exchange(keys); !taken)
        return taken;
    std::lock_guard const lock{key_mutex};
    key_records = std::move(keys);
    return {};
}

result<scimkit::ServiceOptions> Administration::State::service_options()
{
    auto registry =
        administration_registry({.clients = settings.token_endpoint, .requests = configuration.request_log != nullptr});
    if (!registry)
        return registry.error();
    auto opened = open_store(settings_of_administration(settings), configuration.purpose);
    if (!opened)
        return opened.error();
    unchecked = std::move(*opened);
    store =
        std::make_shared<CheckedStore>(unchecked, [this](WrittenRecords const& written) { return faults(written); });
    auto attached = store->attach(*registry);
    if (!attached)
        return attached.error();
    attachment = std::move(*attached);

    auto const host = options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]";
    scimkit::ServiceOptions service_options;
    auto const own = "http://" + host + ":" + std::to_string(options.port);
    service_options.base_url =
        (settings.admin_url.empty() ? own : settings.admin_url) + std::string{administration_root};
    service_options.store = store;
    if (configuration.request_log)
        service_options.store =
            std::make_shared<JoinedStore>(store, "RequestRecord", configuration.request_log->store());
    service_options.registry = std::move(*registry);
    service_options.authenticator = own_entrance;
    service_options.authoriser = scimkit::scope_authoriser();
    service_options.password_hasher = key_hasher(configuration.sealing);
    service_options.public_configuration = false;
    service_options.log = log;
    service_options.observer = [this](scimkit::CommittedChange const& change)
    {
        if (!matters(change.type.name()))
            return;
        if (auto done = put_into_effect(); !done)
            log(scimkit::LogLevel::error, "a change of the administration has no effect yet: " + done.error().detail);
    };
    return service_options;
}

Administration::Administration(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

Administration::~Administration()
{
    if (state_)
    {
        if (state_->configuration.holds)
            state_->configuration.holds->set({});
        state_->watch_holds(false);
        state_->audit.reset();
        state_->last_uses.reset(); // it writes once more, and all that it needs is still there
    }
}

result<std::unique_ptr<Administration>> Administration::create(Configuration& configuration, Settings const& settings,
                                                               Serving const& serving)
{
    auto const address = parse_address(settings.admin);
    if (!address)
        return address.error();
    if (auto checked = check_access(settings); !checked)
        return checked.error();
    std::unique_ptr<State> state{new State{.configuration = configuration, .settings = settings, .serving = serving}};
    state->options.address = address->first;
    state->options.port = address->second;
    state->options.io_threads = 1;
    state->options.worker_threads = 2;
    state->options.read_threads = 2;
    state->options.search_threads = 1;
    state->options.trusted_proxies = configuration.server.trusted_proxies;
    state->options.proxy_header = configuration.server.proxy_header;
    state->options.log = log;
    state->options.access_log = access_log();
    state->own_keys =
        scimkit::key_authenticator({}, {.realm = "scim-admin", .refused = [](std::string_view why) {
                                            log(scimkit::LogLevel::info, "administration: " + std::string{why});
                                        }});
    if (auto taken = state->take_own_keys(); !taken)
        return taken.error();
    if (auto allowed = state->allow_addresses(); !allowed)
        return allowed.error();
    auto options = state->service_options();
    if (!options)
        return options.error();
    auto service = scimkit::Service::create(std::move(*options));
    if (!service)
        return service.error();
    state->service.emplace(std::move(*service));
    state->options.pages = state->pages();
    if (auto done = state->put_into_effect(); !done)
        return done.error();
    if (configuration.holds)
        configuration.holds->set([own = state.get()](std::string const& tenant) { own->note_held(tenant); });
    state->watch_holds(true);
    return std::unique_ptr<Administration>{new Administration{std::move(state)}};
}

result<void> Administration::listen(scimkit::http::Server const& watched)
{
    state_->watched = &watched;
    auto server = scimkit::http::Server::start(state_->options, *state_->service);
    if (!server)
        return invalid("--admin: " + server.error().detail);
    state_->server = std::move(*server);
    state_->last_uses =
        std::make_unique<LastUses>(state_->store, state_->attachment, state_->configuration.tokens, log);
    auto audit = AuditLog::start(state_->configuration.service.store, {state_->unchecked, state_->attachment},
                                 {.records = std::chrono::days{state_->settings.audit_days},
                                  .change_log = std::chrono::days{state_->settings.change_log_days}},
                                 log);
    if (!audit)
        return invalid("the audit log: " + audit.error().detail);
    state_->audit = std::move(*audit);
    return {};
}

result<void> Administration::reload()
{
    if (auto taken = state_->take_own_keys(); !taken)
        return taken;
    return state_->put_into_effect();
}

} // namespace server
