// The administration is an ordinary service over resource types of its own. What makes it one is its observer, which
// puts what was stored into effect before the client is answered, and its hasher, which keeps keys as their digests.
#include "administration.hpp"

#include <scimkit/security/scopes.hpp>

#include "administered.hpp"
#include "credentials.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "secret_files.hpp"
#include "stores.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <schemas.hpp> // made by CMake
#include <set>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// Keys are random and long: a fast hash guards them, and is what they are looked up by. No other secrets are here.
class KeyHasher final : public scimkit::PasswordHasher
{
public:
    result<std::string> hash(std::string_view key) override
    {
        if (!scimkit::is_api_key(key))
            return invalid("A key has to be one as scimkit-server --new-token makes it.");
        auto const record = scimkit::make_key_record(key, {});
        return record ? result<std::string>{"sha256:" + record->sha256} : record.error();
    }
    bool verify(std::string_view stored, std::string_view key) override
    {
        auto const made = hash(key);
        return made && *made == stored;
    }
};

/// Beside the store of the resources, so that one backup has both, and no tenant is in its way.
Settings settings_of_store(Settings settings)
{
    if (settings.store.starts_with("lmdb:"))
        settings.store += "/admin";
    settings.postgresql_schema += "_admin";
    settings.indexes.clear();
    return settings;
}

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

} // namespace

struct Administration::State
{
    Configuration& configuration;
    Settings const& settings;
    std::shared_ptr<scimkit::ResourceStore> store{};
    std::shared_ptr<scimkit::Attachment const> attachment{};
    std::shared_ptr<scimkit::KeyAuthenticator> own_keys{};
    std::mutex mutex{}; ///< one at a time puts into effect
    std::optional<scimkit::Service> service{};
    scimkit::http::ServerOptions options{};
    std::unique_ptr<scimkit::http::Server> server{};

    std::vector<scimkit::KeyRecord> keys_of_files{}; ///< as they were read last, as are the tenants
    std::vector<scimkit::Tenant> tenants_of_files{};
    std::map<std::string, scimkit::Instant> released{}; ///< that have been put into effect

    result<void> put_into_effect();
    result<void> read_files();
    void release_deletions(std::vector<std::pair<std::string, scimkit::Instant>> const& releases);
    result<scimkit::ServiceOptions> service_options();
};

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
    auto const files = read_files();
    auto keys = keys_of_files;
    std::set<std::string> known_keys;
    for (auto const& key : keys)
        known_keys.insert(key.sha256);
    for (auto& key : read->keys)
        if (known_keys.insert(key.sha256).second)
            keys.push_back(std::move(key));
        else
            read->problems.push_back("Token " + key.principal.subject + ": its key is that of another one");

    auto tenants = tenants_of_files;
    auto const has = [&](std::string const& name)
    { return std::ranges::any_of(tenants_of_files, [&](auto const& tenant) { return tenant.name == name; }); };
    if (auto const& name = configuration.service.default_tenant; !has(name))
    {
        auto const own = std::ranges::find(read->tenants, name, &scimkit::Tenant::name);
        if (own == read->tenants.end())
            tenants.push_back({.name = name, .base_url = configuration.service.base_url});
        else // first, so that no other one takes its place
            std::rotate(read->tenants.begin(), own, own + 1);
    }
    for (auto& tenant : read->tenants)
        if (!has(tenant.name))
            tenants.push_back(std::move(tenant));
    for (std::string& reason : configuration.tenant_list->exchange_sound(std::move(tenants)))
        read->problems.push_back(std::move(reason));
    for (std::string const& problem : read->problems)
        log(scimkit::LogLevel::error, "the administration has what means nothing: " + problem);
    if (auto taken = configuration.tokens->exchange(std::move(keys)); !taken)
        return taken;
    return files;
}

/// Each release once: the resource keeps its time, and a tenant that is held later on stays so. A time to come would
/// switch the guard off.
void Administration::State::release_deletions(std::vector<std::pair<std::string, scimkit::Instant>> const& releases)
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
    if (auto keys = load_tokens(settings, *configuration.service.registry))
        keys_of_files = std::move(*keys);
    else
        done = keys.error();
    if (settings.tenants_file.empty())
        return done;
    if (auto tenants = load_tenants(configuration, settings))
        tenants_of_files = std::move(*tenants);
    else
        done = tenants.error();
    return done;
}

result<scimkit::ServiceOptions> Administration::State::service_options()
{
    auto parsed = scimkit::parse_json(administration_schemas);
    if (!parsed)
        return parsed.error();
    scimkit::SchemaRegistry::Builder builder;
    auto registry = builder.load(*parsed).build();
    if (!registry)
        return registry.error();
    auto opened = open_store(settings_of_store(settings), configuration.purpose);
    if (!opened)
        return opened.error();
    store = std::move(*opened);
    auto attached = store->attach(*registry);
    if (!attached)
        return attached.error();
    attachment = std::move(*attached);

    auto const host = options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]";
    scimkit::ServiceOptions service_options;
    service_options.base_url = "http://" + host + ":" + std::to_string(options.port) + "/admin/scim/v2";
    service_options.store = store;
    service_options.registry = std::move(*registry);
    service_options.authenticator = own_keys;
    service_options.authoriser = scimkit::scope_authoriser();
    service_options.password_hasher = std::make_shared<KeyHasher>();
    service_options.public_configuration = false;
    service_options.log = log;
    service_options.observer = [this](scimkit::CommittedChange const&)
    {
        if (auto done = put_into_effect(); !done)
            log(scimkit::LogLevel::error, "a change of the administration has no effect yet: " + done.error().detail);
    };
    return service_options;
}

Administration::Administration(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

Administration::~Administration() = default;

result<std::unique_ptr<Administration>> Administration::create(Configuration& configuration, Settings const& settings)
{
    auto const address = parse_address(settings.admin);
    if (!address)
        return address.error();
    if (settings.admin_token_file.empty())
        return invalid("--admin needs --admin-token-file: nobody could administer");
    auto keys = read_own_keys(settings.admin_token_file);
    if (!keys)
        return keys.error();

    std::unique_ptr<State> state{new State{.configuration = configuration, .settings = settings}};
    state->options.address = address->first;
    state->options.port = address->second;
    state->options.io_threads = 1;
    state->options.worker_threads = 2;
    state->options.search_threads = 1;
    state->options.log = log;
    state->options.access_log = access_log();
    state->own_keys = scimkit::key_authenticator(
        std::move(*keys), {.realm = "scim-admin", .refused = [](std::string_view why) {
                               log(scimkit::LogLevel::info, "administration: " + std::string{why});
                           }});
    auto options = state->service_options();
    if (!options)
        return options.error();
    auto service = scimkit::Service::create(std::move(*options));
    if (!service)
        return service.error();
    state->service.emplace(std::move(*service));
    if (auto done = state->put_into_effect(); !done)
        return done.error();
    return std::unique_ptr<Administration>{new Administration{std::move(state)}};
}

result<void> Administration::listen()
{
    auto server = scimkit::http::Server::start(state_->options, *state_->service);
    if (!server)
        return invalid("--admin: " + server.error().detail);
    state_->server = std::move(*server);
    return {};
}

result<void> Administration::reload()
{
    auto keys = read_own_keys(state_->settings.admin_token_file);
    if (!keys)
        return keys.error();
    if (auto taken = state_->own_keys->exchange(std::move(*keys)); !taken)
        return taken;
    return state_->put_into_effect();
}

} // namespace server
