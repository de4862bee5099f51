// What an Administration is made of; for the two files that it is made in.
#pragma once

#include <scimkit/store/store.hpp>

#include "administered.hpp"
#include "administration.hpp"
#include "audit.hpp"
#include "checked_store.hpp"
#include "kept_in_effect.hpp"
#include "last_uses.hpp"
#include "page.hpp"
#include "tenant_removal.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

struct Administration::State
{
    Configuration& configuration;
    Settings const& settings;
    Serving const& serving;
    std::shared_ptr<scimkit::ResourceStore> store{};
    std::shared_ptr<scimkit::ResourceStore> unchecked{}; ///< the same, for what the server writes itself
    std::shared_ptr<scimkit::Attachment const> attachment{};
    std::shared_ptr<scimkit::KeyAuthenticator> own_keys{};
    scimkit::AddressList allowed{};                         ///< to administer; empty: all
    std::shared_ptr<scimkit::Authenticator> own_entrance{}; ///< own_keys, for those who are allowed
    std::mutex mutex{};                                     ///< one at a time puts into effect
    std::optional<scimkit::Service> service{};
    std::atomic<scimkit::http::Server const*> watched{nullptr};
    std::mutex key_mutex{};                             ///< for the next two
    std::vector<scimkit::KeyRecord> key_records{};      ///< of own_keys, for sessions
    std::map<std::string, std::string> names_of_keys{}; ///< of the tokens that were made here, by digest
    scimkit::http::ServerOptions options{};

    std::mutex files_mutex{};                        ///< for the next two. Never held while a store is used
    std::vector<scimkit::KeyRecord> keys_of_files{}; ///< as they were read last, as are the tenants
    std::vector<scimkit::Tenant> tenants_of_files{};

    scimkit::LogPosition in_effect{};                   ///< up to which change of the store all is; under `mutex`
    std::optional<std::string> served_tenants{};        ///< Administered::of_tenants, as they are served
    std::map<std::string, scimkit::Instant> released{}; ///< that have been put into effect
    std::mutex held_mutex{};                            ///< for held
    std::set<std::string> held{};                       ///< tenants with a hold

    std::unique_ptr<TenantRemoval> removal{};

    bool is_of_settings(std::string_view tenant); ///< so that it needs no resource here
    /// Of TenantRemoval, for a POST with a body.
    using Verb = scimkit::Response (TenantRemoval::*)(std::string_view, scimkit::result<scimkit::json::object> const&,
                                                      scimkit::Principal const&) const;
    scimkit::http::ServerPage verb_page(std::string_view verb, Verb what);
    std::vector<scimkit::http::ServerPage> pages();
    scimkit::result<void> allow_addresses();
    /// Why a tenant of that name may not be made: what would be its own at once. Empty: there is nothing.
    std::optional<scimkit::Error> left_of(std::string const& tenant, std::size_t keys);
    /// Errors: what was stored has not all taken effect.
    scimkit::result<void> put_into_effect();
    scimkit::result<void> put_into_effect(scimkit::result<void>& files); ///< and what became of the files
    scimkit::result<void> take_anew();                                   ///< fails for the files too
    scimkit::LogPosition reached();
    void release_deletions(std::map<std::string, scimkit::Instant> const& releases);
    void hold_deletions(Administered const& read);
    void note_held(std::string const& tenant);
    std::size_t count_held();
    void watch_holds(bool are_watched);
    /// Gives the names of the keys that were made here, by digest.
    std::map<std::string, std::string> add_files(Administered& read);
    AllTargets targets_of(Administered& read) const;
    scimkit::result<std::vector<scimkit::Error>> faults(WrittenRecords const& written);
    scimkit::result<void> check(Granted const& granted, std::vector<scimkit::Tenant> const& tenants) const;
    scimkit::result<void> read_files();
    scimkit::result<void> take_own_keys();
    scimkit::result<scimkit::ServiceOptions> service_options();
    std::optional<scimkit::Principal> key(std::string_view sha256);
    scimkit::json::object status() const;
    scimkit::json::array uses();
    PageBackend page_backend();

    std::unique_ptr<LastUses> last_uses{};
    std::unique_ptr<AuditLog> audit{};
    std::unique_ptr<KeptInEffect> kept_in_effect{};
    std::unique_ptr<scimkit::http::Server> server{}; ///< last: it goes first, and nobody asks for what has gone
};

} // namespace server
