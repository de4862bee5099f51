// Each command is a request or two to the administration's SCIM service; whatever it can do, curl can do as well. A key
// is made here and shown here, once; the server gets to know it by its hash.
#include "admin_command.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/version.hpp>

#include "admin_client.hpp"
#include "admin_password.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

constexpr auto tenant_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Tenant";
constexpr auto client_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Client";
constexpr auto token_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Token";

struct AskedChange
{
    AdminAccess access;
    std::string name;
    std::string tenant;
    std::string expires;
    std::string type = "User";
    std::string public_keys;
    std::vector<std::string> types;
    std::optional<bool> atomic_bulk;
    bool adopt = false;
    bool is_sure = false; ///< asks nobody
    std::vector<std::string> scopes;
    std::string password_file; ///< of reset-password, which asks no server
    bool resets = false;
};

void print(std::string const& text) { write_in_time(STDOUT_FILENO, text + "\n", std::chrono::seconds{5}); }

json::array array_of(std::vector<std::string> const& texts)
{
    json::array array;
    for (std::string const& text : texts)
        array.emplace_back(text);
    return array;
}

std::string text_of(json::object const& object, std::string_view name, std::string otherwise = "-")
{
    auto const* const value = object.if_contains(name);
    if (!value)
        return otherwise;
    if (value->is_string())
        return std::string{value->get_string()};
    std::string text;
    scimkit::write_json(text, *value);
    return text;
}

result<json::array> list(AdminClient const& client, std::string const& path)
{
    auto found = client.send("GET", path);
    if (!found)
        return found.error();
    auto* const resources = found->if_contains("Resources");
    return resources && resources->is_array() ? std::move(resources->get_array()) : json::array{};
}

/// The one resource of that name.
result<json::object> find(AdminClient const& client, std::string const& endpoint, std::string const& name)
{
    std::string filter = "name eq ";
    scimkit::write_json_string(filter, name);
    auto found = list(client, endpoint + "?filter=" + percent_encoded(filter));
    if (!found)
        return found.error();
    if (found->empty() || !found->front().is_object())
        return Error{ErrorCode::not_found, "there is none of the name " + name};
    return std::move(found->front().get_object());
}

result<void> set(AdminClient const& client, std::string const& endpoint, std::string const& name, char const* attribute,
                 json::value value)
{
    auto const found = find(client, endpoint, name);
    if (!found)
        return found.error();
    json::object const patch{
        {"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
        {"Operations", json::array{json::object{{"op", "replace"}, {"path", attribute}, {"value", std::move(value)}}}}};
    auto const done = client.send("PATCH", endpoint + "/" + percent_encoded(text_of(*found, "id")), patch);
    return done ? result<void>{} : done.error();
}

result<void> release_deletions(AdminClient const& client, AskedChange const& asked)
{
    std::string filter = "tenant eq ";
    scimkit::write_json_string(filter, asked.name);
    auto const holds = list(client, "/DeletionHolds?filter=" + percent_encoded(filter));
    if (!holds)
        return holds.error();
    for (auto const& each : *holds)
        if (auto const* const hold = each.if_object())
            if (auto gone = client.send("DELETE", "/DeletionHolds/" + percent_encoded(text_of(*hold, "id"))); !gone)
                return gone.error();
    if (!holds->empty()) // otherwise what is to come is let through
        return {};
    auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    json::string const text{scimkit::format_date_time(now)};
    return set(client, "/Tenants", asked.name, "deletionsReleased", text);
}

result<void> create_tenant(AdminClient const& client, AskedChange const& asked)
{
    json::object tenant{{"schemas", json::array{tenant_schema}}, {"name", asked.name}};
    if (!asked.types.empty())
        tenant["types"] = array_of(asked.types);
    if (asked.atomic_bulk)
        tenant["atomicBulk"] = *asked.atomic_bulk;
    if (asked.adopt)
        tenant["adopt"] = true;
    auto const made = client.send("POST", "/Tenants", tenant);
    if (!made)
        return made.error();
    print("tenant " + asked.name);
    return {};
}

/// Tells what would go, and goes on when its name was typed.
result<void> remove_tenant(AdminClient const& client, AskedChange const& asked)
{
    auto const there = client.send("POST", "/.remove-tenant", json::object{{"tenant", asked.name}});
    if (!there)
        return there.error();
    print("tenant " + asked.name + ": resources " + text_of(*there, "resources") + ", keys " + text_of(*there, "keys") +
          ", clients " + text_of(*there, "clients"));
    if (!asked.is_sure)
    {
        print("All of it goes for ever, but for audit records. Type the name of the tenant to remove it:");
        if (std::string typed; std::getline(std::cin, typed), typed != asked.name)
            return Error{ErrorCode::invalid_value, "nothing was removed"};
    }
    auto const gone =
        client.send("POST", "/.remove-tenant", json::object{{"tenant", asked.name}, {"confirm", asked.name}});
    if (!gone)
        return gone.error();
    print("removed: " + text_of(*gone, "resources"));
    return {};
}

result<void> list_tenants(AdminClient const& client, AskedChange const&)
{
    auto const tenants = list(client, "/Tenants?sortBy=name&count=1000");
    if (!tenants)
        return tenants.error();
    for (auto const& each : *tenants)
        if (auto const& tenant = each.as_object(); true)
            print(text_of(tenant, "name") + " enabled=" + text_of(tenant, "enabled", "true") +
                  " types=" + text_of(tenant, "types", "all"));
    return {};
}

result<void> issue_token(AdminClient const& client, AskedChange const& asked)
{
    auto key = scimkit::new_api_key();
    json::object token{{"schemas", json::array{token_schema}},
                       {"name", asked.name},
                       {"tenant", asked.tenant},
                       {"key", key},
                       {"scopes", array_of(asked.scopes.empty() ? std::vector<std::string>{"scim"} : asked.scopes)}};
    if (!asked.expires.empty())
        token["expires"] = asked.expires.size() == 10 ? asked.expires + "T00:00:00Z" : asked.expires;
    auto const made = client.send("POST", "/Tokens", token);
    if (!made)
        return made.error();
    print(key);
    return {};
}

result<void> list_tokens(AdminClient const& client, AskedChange const&)
{
    auto const tokens = list(client, "/Tokens?sortBy=name&count=1000");
    if (!tokens)
        return tokens.error();
    for (auto const& each : *tokens)
        if (auto const& token = each.as_object(); true)
            print(text_of(token, "name") + " tenant=" + text_of(token, "tenant") +
                  " scopes=" + text_of(token, "scopes", "all") + " expires=" + text_of(token, "expires", "never") +
                  " revoked=" + text_of(token, "revoked", "false") + " used=" + text_of(token, "lastUsed", "never"));
    return {};
}

/// With public keys it has no secret; else the secret is shown, this once.
result<void> create_client(AdminClient const& client, AskedChange const& asked)
{
    json::object made{{"schemas", json::array{client_schema}},
                      {"name", asked.name},
                      {"tenant", asked.tenant},
                      {"scopes", array_of(asked.scopes.empty() ? std::vector<std::string>{"scim"} : asked.scopes)}};
    std::string secret;
    if (asked.public_keys.empty())
        made["secret"] = secret = scimkit::new_api_key();
    else
    {
        std::ifstream file{asked.public_keys, std::ios::binary};
        std::string const text{std::istreambuf_iterator<char>{file}, {}};
        if (!file)
            return Error{ErrorCode::unavailable, asked.public_keys + " cannot be read"};
        made["publicKeys"] = text;
    }
    if (!asked.expires.empty())
        made["expires"] = asked.expires.size() == 10 ? asked.expires + "T00:00:00Z" : asked.expires;
    auto const done = client.send("POST", "/Clients", made);
    if (!done)
        return done.error();
    print(secret.empty() ? "client " + asked.name : secret);
    return {};
}

result<void> list_clients(AdminClient const& client, AskedChange const&)
{
    auto const clients = list(client, "/Clients?sortBy=name&count=1000");
    if (!clients)
        return clients.error();
    for (auto const& each : *clients)
        if (auto const& one = each.as_object(); true)
            print(text_of(one, "name") + " tenant=" + text_of(one, "tenant") + " scopes=" + text_of(one, "scopes") +
                  " expires=" + text_of(one, "expires", "never") + " revoked=" + text_of(one, "revoked", "false"));
    return {};
}

/// Beside the SCIM root, where the page is too.
result<void> set_managed(AskedChange const& asked, bool managed)
{
    auto access = asked.access;
    constexpr std::string_view scim = "/scim/v2";
    while (access.url.ends_with('/'))
        access.url.pop_back();
    if (access.url.ends_with(scim))
        access.url.erase(access.url.size() - scim.size());
    access.url += "/hand-over";
    auto const client = access.open();
    if (!client)
        return client.error();
    json::object const body{{"tenant", asked.tenant}, {"type", asked.type}, {"name", asked.name}, {"managed", managed}};
    auto const done = client->send("POST", "", body);
    return done ? result<void>{} : done.error();
}

/// Whoever may write the file may do so; sessions of the password before end with it.
int reset_password(std::string const& file)
{
    auto const password = AdminPassword::reset(file);
    if (password)
        print(*password);
    else
        complain("admin: " + password.error().detail);
    return password ? EXIT_SUCCESS : EXIT_FAILURE;
}

using AdminCommand = result<void> (*)(AdminClient const&, AskedChange const&);

int run(AdminCommand command, AskedChange const& asked)
{
    auto const client = asked.access.open();
    auto const done = client ? command(*client, asked) : result<void>{client.error()};
    if (!done)
        complain("admin: " + done.error().detail);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

CLI::App* add_command(CLI::App& app, AdminCommand& chosen, char const* name, char const* help, AdminCommand what)
{
    auto* const made = app.add_subcommand(name, help);
    made->callback([&chosen, what] { chosen = what; });
    return made;
}

void name(CLI::App* command, AskedChange& asked) { command->add_option("NAME", asked.name)->required(); }

void declare_clients(CLI::App& app, AskedChange& asked, AdminCommand& chosen)
{
    auto* const registered = add_command(app, chosen, "create-client",
                                         "Make an OAuth client and print its secret, this once", create_client);
    name(registered, asked);
    registered->add_option("--tenant", asked.tenant, "The tenant that its tokens open")->required();
    registered->add_option("--scopes", asked.scopes, "The most that its tokens are for; nothing: everything")
        ->delimiter(',');
    registered->add_option("--expires", asked.expires, "A time, or a day: its beginning in UTC");
    registered->add_option("--public-keys", asked.public_keys, "A JWK Set; it has no secret then")->type_name("FILE");
    add_command(app, chosen, "list-clients", "List the OAuth clients", list_clients);
    name(add_command(app, chosen, "revoke-client", "Give a client no more tokens, and end those that it has",
                     [](AdminClient const& client, AskedChange const& what)
                     { return set(client, "/Clients", what.name, "revoked", true); }),
         asked);
}

/// Declares the commands; the one that is given goes into `chosen`.
void declare(CLI::App& app, AskedChange& asked, AdminCommand& chosen)
{
    declare(app, asked.access);
    app.require_subcommand(1);
    auto const command = [&](char const* called, char const* help, AdminCommand what)
    { return add_command(app, chosen, called, help, what); };
    auto const named = [&](CLI::App* made) { name(made, asked); };
    auto* const create = command("create-tenant", "Make a tenant", create_tenant);
    named(create);
    create->add_option("--types", asked.types, "Resource types that it offers")->delimiter(',');
    create
        ->add_option("--atomic-bulk", asked.atomic_bulk,
                     "Whether its Bulks are all or nothing; nothing: as the server's")
        ->type_name("true|false");
    create->add_flag("--adopt", asked.adopt,
                     "Give it what the server still has of a tenant of that name: data, keys, clients");
    auto* const remove = command(
        "remove-tenant", "Remove a tenant with all that it has, and revoke its keys and clients", remove_tenant);
    named(remove);
    remove->add_flag("--yes", asked.is_sure, "Do not ask for its name");
    command("list-tenants", "List the tenants", list_tenants);
    named(command("enable-tenant", "Switch a tenant on",
                  [](AdminClient const& client, AskedChange const& what)
                  { return set(client, "/Tenants", what.name, "enabled", true); }));
    named(command("disable-tenant", "Switch a tenant off; its data is kept",
                  [](AdminClient const& client, AskedChange const& what)
                  { return set(client, "/Tenants", what.name, "enabled", false); }));
    named(command("release-deletions", "Let deletions through that --deletion-guard holds", release_deletions));
    auto* const issue = command("issue-token", "Make a key and print it, this once", issue_token);
    named(issue);
    issue->add_option("--tenant", asked.tenant, "The tenant that it opens")->required();
    issue->add_option("--scopes", asked.scopes, "What it is for, as users.read; nothing: everything")->delimiter(',');
    issue->add_option("--expires", asked.expires, "A time, or a day: its beginning in UTC");
    command("list-tokens", "List the tokens", list_tokens);
    declare_clients(app, asked, chosen);
    auto const account = [&](char const* called, char const* help, AdminCommand what)
    {
        auto* const made = command(called, help, what);
        named(made);
        made->add_option("--tenant", asked.tenant, "Whose account it is")->required();
        made->add_option("--type", asked.type, "Its resource type")->capture_default_str();
    };
    account("hand-over", "Let SCIM manage an account: its userName or displayName, or its id",
            [](AdminClient const&, AskedChange const& what) { return set_managed(what, true); });
    account("take-back", "Take an account from SCIM, which can read it only from then on",
            [](AdminClient const&, AskedChange const& what) { return set_managed(what, false); });
    auto* const reset = app.add_subcommand("reset-password", "Print a password for the page, good for one log in");
    reset->add_option("--password-file", asked.password_file, "That of --admin-password-file")
        ->type_name("FILE")
        ->required();
    reset->callback([&asked] { asked.resets = true; });
    named(command("revoke-token", "Refuse a token from now on",
                  [](AdminClient const& client, AskedChange const& what)
                  { return set(client, "/Tokens", what.name, "revoked", true); }));
}

} // namespace

int admin_command(int argc, char const* const* argv)
{
    CLI::App app{"Administers a running scimkit-server", "scimkit-server admin"};
    AskedChange asked;
    AdminCommand chosen = nullptr;
    declare(app, asked, chosen);
    try
    {
        app.parse(argc, argv);
    }
    catch (CLI::Success const& answer)
    {
        return app.exit(answer);
    }
    catch (CLI::ParseError const& error)
    {
        complain(std::string{"admin: "} + error.what());
        return 2;
    }
    return asked.resets ? reset_password(asked.password_file) : run(chosen, asked);
}

} // namespace server
