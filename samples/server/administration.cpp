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
            return invalid("--admin-token-file " + file + ": an administrator has no tenant.");
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
                       "elsewhere.");
    return std::pair{host == "[::1]" ? std::string{"::1"} : host, static_cast<std::uint16_t>(port)};
}

/// Who may administer, and where browsers find the page.
result<void> check_access(Settings const& settings)
{
    if (settings.admin_token_file.empty() && settings.admin_password_file.empty())
        return invalid("--admin needs --admin-token-file or --admin-password-file: nobody could administer.");
    auto const host = settings.admin_url.find("://") + 3;
    bool const is_origin = settings.admin_url.starts_with("https://") || settings.admin_url.starts_with("http://");
    if (!settings.admin_url.empty() &&
        (!is_origin || settings.admin_url.size() == host || settings.admin_url.find('/', host) != std::string::npos))
        return invalid("--admin-url needs a scheme and a host, and no path: \"https://admin.example.com\".");
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
        if (auto done = put_into_effect(); !done) // `kept_in_effect` tries again
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
        state_->kept_in_effect.reset();
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
    state->options.max_client_share = 100; // of a page all are one client
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
    if (auto done = state->take_anew(); !done)
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
    state_->kept_in_effect = std::make_unique<KeptInEffect>(
        state_->unchecked, "default",
        KeptInEffect::Effect{.put = [own = state_.get()] { return own->put_into_effect(); },
                             .reached = [own = state_.get()] { return own->reached(); }},
        log);
    return {};
}

result<void> Administration::reload()
{
    auto own = state_->take_own_keys(); // a file that is wrong keeps nothing of the others in effect
    return with_more(own, state_->take_anew());
}

} // namespace server
