// Commands about keys and OAuth clients, and what all commands have in common: each is a request or two to the
// administration's SCIM service, and whatever it can do, curl can do as well. A key is made here and shown here, once;
// the server gets to know it by its hash.
#include "admin_command.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/version.hpp>

#include "admin_client.hpp"
#include "admin_parts.hpp"
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

using Asked = AskedOfAdmin;

constexpr auto client_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Client";
constexpr auto token_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Token";

result<void> issue_token(AdminClient const& client, Asked const& asked)
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

result<void> list_tokens(AdminClient const& client, Asked const&)
{
    auto const tokens = list(client, "/Tokens?sortBy=name");
    if (!tokens)
        return tokens.error();
    for (auto const& each : *tokens)
        if (auto const& token = each.as_object(); true)
            print(words_of(token, "name") + " tenant=" + words_of(token, "tenant") +
                  " scopes=" + words_of(token, "scopes", "all") + " expires=" + words_of(token, "expires", "never") +
                  " revoked=" + words_of(token, "revoked", "false") + " used=" + words_of(token, "lastUsed", "never"));
    return {};
}

/// With public keys it has no secret; else the secret is shown, this once.
result<void> create_client(AdminClient const& client, Asked const& asked)
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
            return Error{ErrorCode::unavailable, asked.public_keys + " cannot be read."};
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

result<void> list_clients(AdminClient const& client, Asked const&)
{
    auto const clients = list(client, "/Clients?sortBy=name");
    if (!clients)
        return clients.error();
    for (auto const& each : *clients)
        if (auto const& one = each.as_object(); true)
            print(words_of(one, "name") + " tenant=" + words_of(one, "tenant") + " scopes=" + words_of(one, "scopes") +
                  " expires=" + words_of(one, "expires", "never") + " revoked=" + words_of(one, "revoked", "false"));
    return {};
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

int run(AdminCommand command, Asked const& asked)
{
    auto const client = asked.access.open();
    auto const done = client ? command(*client, asked) : result<void>{client.error()};
    if (!done)
        complain("admin: " + done.error().detail);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

void declare_clients(CLI::App& app, Asked& asked, AdminCommand& chosen)
{
    auto* const registered = add_command(app, chosen, "create-client",
                                         "Make an OAuth client and print its secret, this once", create_client);
    declare_name(registered, asked);
    registered->add_option("--tenant", asked.tenant, "The tenant that its tokens open")->required();
    registered->add_option("--scopes", asked.scopes, "The most that its tokens are for; nothing: everything")
        ->delimiter(',');
    registered->add_option("--expires", asked.expires, "A time, or a day: its beginning in UTC");
    registered->add_option("--public-keys", asked.public_keys, "A JWK Set; it has no secret then")->type_name("FILE");
    add_command(app, chosen, "list-clients", "List the OAuth clients", list_clients);
    declare_name(add_command(app, chosen, "revoke-client", "Give a client no more tokens, and end those that it has",
                             [](AdminClient const& client, Asked const& what)
                             { return set(client, "/Clients", what.name, "revoked", true); }),
                 asked);
}

/// Declares the commands; the one that is given goes into `chosen`.
void declare(CLI::App& app, Asked& asked, AdminCommand& chosen)
{
    declare(app, asked.access);
    app.require_subcommand(1);
    auto const command = [&](char const* called, char const* help, AdminCommand what)
    { return add_command(app, chosen, called, help, what); };
    auto const named = [&](CLI::App* made) { declare_name(made, asked); };
    declare_tenants(app, asked, chosen);
    auto* const issue = command("issue-token", "Make a key and print it, this once", issue_token);
    named(issue);
    issue->add_option("--tenant", asked.tenant, "The tenant that it opens")->required();
    issue->add_option("--scopes", asked.scopes, "What it is for, as users.read; nothing: everything")->delimiter(',');
    issue->add_option("--expires", asked.expires, "A time, or a day: its beginning in UTC");
    command("list-tokens", "List the tokens", list_tokens);
    declare_clients(app, asked, chosen);
    auto* const reset =
        app.add_subcommand("reset-password", "Print a password for the page, good until another is chosen there");
    reset->add_option("--password-file", asked.password_file, "That of --admin-password-file")
        ->type_name("FILE")
        ->required();
    reset->callback([&asked] { asked.resets = true; });
    named(command("revoke-token", "Refuse a token from now on",
                  [](AdminClient const& client, Asked const& what)
                  { return set(client, "/Tokens", what.name, "revoked", true); }));
}

} // namespace

void print(std::string const& text) { write_in_time(STDOUT_FILENO, text + "\n", std::chrono::seconds{5}); }

json::array array_of(std::vector<std::string> const& texts)
{
    json::array array;
    for (std::string const& text : texts)
        array.emplace_back(text);
    return array;
}

std::string words_of(json::object const& object, std::string_view name, std::string otherwise)
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
    json::array all;
    auto const walked = client.for_each_page(path,
                                             [&](json::array const& page) -> result<void>
                                             {
                                                 all.insert(all.end(), page.begin(), page.end());
                                                 return {};
                                             });
    return walked ? result<json::array>{std::move(all)} : walked.error();
}

result<json::object> find(AdminClient const& client, std::string const& endpoint, std::string const& name)
{
    std::string filter = "name eq ";
    scimkit::write_json_string(filter, name);
    auto found = list(client, endpoint + "?filter=" + percent_encoded(filter));
    if (!found)
        return found.error();
    if (found->empty() || !found->front().is_object())
        return Error{ErrorCode::not_found, "there is none of the name " + name + "."};
    return std::move(found->front().get_object());
}

result<void> patch(AdminClient const& client, std::string const& endpoint, std::string const& name,
                   json::array operations)
{
    auto const found = find(client, endpoint, name);
    if (!found)
        return found.error();
    json::object const body{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
                            {"Operations", std::move(operations)}};
    auto const done = client.send("PATCH", endpoint + "/" + percent_encoded(words_of(*found, "id")), body);
    return done ? result<void>{} : done.error();
}

result<void> set(AdminClient const& client, std::string const& endpoint, std::string const& name, char const* attribute,
                 json::value value)
{
    json::array operations;
    operations.push_back(json::object{{"op", "replace"}, {"path", attribute}, {"value", std::move(value)}});
    return patch(client, endpoint, name, std::move(operations));
}

CLI::App* add_command(CLI::App& app, AdminCommand& chosen, char const* name, char const* help, AdminCommand what)
{
    auto* const made = app.add_subcommand(name, help);
    made->callback([&chosen, what] { chosen = what; });
    return made;
}

void declare_name(CLI::App* command, AskedOfAdmin& asked) { command->add_option("NAME", asked.name)->required(); }

int admin_command(int argc, char const* const* argv)
{
    CLI::App app{"Administers a running scimkit-server", "scimkit-server admin"};
    Asked asked;
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
