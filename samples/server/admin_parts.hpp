// The commands of scimkit-server admin, file by file, and what they have in common.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/json.hpp>

#include "admin_client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// What was said on the command line.
struct AskedOfAdmin
{
    AdminAccess access;
    std::string name;
    std::string tenant;
    std::string expires;
    std::string type = "User";
    std::string public_keys;
    std::vector<std::string> types;
    std::optional<bool> atomic_bulk;
    std::optional<std::vector<std::string>> schemas;   ///< "none": as the server
    std::optional<std::vector<std::string>> addresses; ///< "any": of all
    std::optional<double> rate;                        ///< 0: as the server
    std::optional<double> rate_per_credential;
    bool adopt = false;
    bool is_sure = false; ///< asks nobody
    bool dry_run = false; ///< tells, and does nothing
    std::vector<std::string> scopes;
    std::string password_file; ///< of reset-password, which asks no server
    bool resets = false;
};

using AdminCommand = scimkit::result<void> (*)(AdminClient const&, AskedOfAdmin const&);

/// A subcommand; if it is given, `what` goes into `chosen`.
CLI::App* add_command(CLI::App& app, AdminCommand& chosen, char const* name, char const* help, AdminCommand what);
void declare_name(CLI::App* command, AskedOfAdmin& asked);

/// Tenants and accounts of theirs.
void declare_tenants(CLI::App& app, AskedOfAdmin& asked, AdminCommand& chosen);

/// On stdout.
void print(std::string const& text);
scimkit::json::array array_of(std::vector<std::string> const& texts);
std::string words_of(scimkit::json::object const& object, std::string_view name, std::string otherwise = "-");

/// What a query finds.
scimkit::result<scimkit::json::array> list(AdminClient const& client, std::string const& path);
/// The one resource of that name.
scimkit::result<scimkit::json::object> find(AdminClient const& client, std::string const& endpoint,
                                            std::string const& name);
/// By a PATCH of these operations.
scimkit::result<void> patch(AdminClient const& client, std::string const& endpoint, std::string const& name,
                            scimkit::json::array operations);
scimkit::result<void> set(AdminClient const& client, std::string const& endpoint, std::string const& name,
                          char const* attribute, scimkit::json::value value);

} // namespace server
