// Commands about tenants and their accounts. They are apart from those about keys since they reach further: what ends
// provisioning tells first what it would do, and asks for the tenant's name.
#include <scimkit/core/date_time.hpp>

#include "admin_parts.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

using Asked = AskedOfAdmin;

constexpr auto tenant_schema = "urn:scimkit:params:scim:schemas:admin:1.0:Tenant";

result<void> release_deletions(AdminClient const& client, Asked const& asked)
{
    std::string filter = "tenant eq ";
    scimkit::write_json_string(filter, asked.name);
    auto const holds = list(client, "/DeletionHolds?filter=" + percent_encoded(filter));
    if (!holds)
        return holds.error();
    for (auto const& each : *holds)
        if (auto const* const hold = each.if_object())
            if (auto gone = client.send("DELETE", "/DeletionHolds/" + percent_encoded(words_of(*hold, "id"))); !gone)
                return gone.error();
    if (!holds->empty()) // otherwise what is to come is let through
        return {};
    auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    json::string const text{scimkit::format_date_time(now)};
    return set(client, "/Tenants", asked.name, "deletionsReleased", text);
}

/// What was said of its schemas, and of from where and how often its clients may come; null: as the server.
std::vector<std::pair<char const*, json::value>> said_of(Asked const& asked)
{
    std::vector<std::pair<char const*, json::value>> said;
    struct Texts
    {
        char const* attribute;
        std::optional<std::vector<std::string>> const& texts;
        char const* as_server;
    };
    for (auto const& [attribute, texts, as_server] :
         {Texts{"schemaFiles", asked.schemas, "none"}, Texts{"allowedAddresses", asked.addresses, "any"}})
        if (texts) // in parentheses: a value in braces would be an array of one
            said.emplace_back(attribute, *texts == std::vector<std::string>{as_server} ? json::value(nullptr)
                                                                                       : json::value(array_of(*texts)));
    for (auto const& [name, rate] :
         {std::pair{"rate", asked.rate}, std::pair{"ratePerCredential", asked.rate_per_credential}})
        if (rate)
            said.emplace_back(name, *rate == 0 ? json::value(nullptr) : json::value(*rate));
    return said;
}

result<void> change_tenant(AdminClient const& client, Asked const& asked)
{
    json::array operations;
    for (auto& [name, value] : said_of(asked))
        if (value.is_null())
            operations.push_back(json::object{{"op", "remove"}, {"path", name}});
        else
            operations.push_back(json::object{{"op", "replace"}, {"path", name}, {"value", std::move(value)}});
    if (operations.empty())
        return Error{ErrorCode::invalid_value, "nothing is said that should change."};
    return patch(client, "/Tenants", asked.name, std::move(operations));
}

result<void> create_tenant(AdminClient const& client, Asked const& asked)
{
    json::object tenant{{"schemas", json::array{tenant_schema}}, {"name", asked.name}};
    if (!asked.types.empty())
        tenant["types"] = array_of(asked.types);
    if (asked.atomic_bulk)
        tenant["atomicBulk"] = *asked.atomic_bulk;
    if (asked.adopt)
        tenant["adopt"] = true;
    for (auto& [name, value] : said_of(asked))
        if (!value.is_null())
            tenant[name] = std::move(value);
    auto const made = client.send("POST", "/Tenants", tenant);
    if (!made)
        return made.error();
    print("tenant " + asked.name);
    return {};
}

/// Goes on when the tenant's name was typed.
result<void> make_sure(Asked const& asked, std::string const& what, std::string const& done)
{
    if (asked.is_sure)
        return {};
    print(what + ". Type the name of the tenant:");
    std::string typed;
    return std::getline(std::cin, typed) && typed == asked.name
               ? result<void>{}
               : result<void>{Error{ErrorCode::invalid_value, "nothing was " + done + "."}};
}

/// Freezes it: that is taken back by enable-tenant, so nobody is asked.
result<void> disable_tenant(AdminClient const& client, Asked const& asked)
{
    if (!asked.dry_run)
        return set(client, "/Tenants", asked.name, "enabled", false);
    auto const there = client.send("POST", "/.remove-tenant", json::object{{"tenant", asked.name}});
    if (there)
        print("tenant " + asked.name + ": its clients would get 403; kept: resources " + words_of(*there, "resources") +
              ", keys " + words_of(*there, "keys") + ", clients " + words_of(*there, "clients"));
    return there ? result<void>{} : there.error();
}

/// As often as the server says that some are left.
result<void> convert_tenant(AdminClient const& client, Asked const& asked)
{
    auto told = client.send("POST", "/.convert-tenant", json::object{{"tenant", asked.name}});
    if (!told)
        return told.error();
    print("tenant " + asked.name + ": SCIM manages " + words_of(*told, "left"));
    if (asked.dry_run)
        return {};
    if (auto sure = make_sure(asked, "Its clients get 403, and SCIM manages none of these any more", "changed"); !sure)
        return sure;
    json::object const body{{"tenant", asked.name}, {"confirm", asked.name}};
    do
    {
        told = client.send("POST", "/.convert-tenant", body);
        if (!told)
            return told.error();
        print("taken from SCIM: " + words_of(*told, "converted") + ", left: " + words_of(*told, "left"));
    } while (words_of(*told, "left") != "nothing");
    return {};
}

/// Tells what would go, and goes on when its name was typed.
result<void> remove_tenant(AdminClient const& client, Asked const& asked)
{
    auto const there = client.send("POST", "/.remove-tenant", json::object{{"tenant", asked.name}});
    if (!there)
        return there.error();
    print("tenant " + asked.name + ": resources " + words_of(*there, "resources") + ", keys " +
          words_of(*there, "keys") + ", clients " + words_of(*there, "clients"));
    if (asked.dry_run)
        return {};
    if (auto sure = make_sure(asked, "All of it goes for ever, but for audit records", "removed"); !sure)
        return sure;
    auto const gone =
        client.send("POST", "/.remove-tenant", json::object{{"tenant", asked.name}, {"confirm", asked.name}});
    if (!gone)
        return gone.error();
    print("removed: " + words_of(*gone, "resources"));
    return {};
}

result<void> list_tenants(AdminClient const& client, Asked const&)
{
    auto const tenants = list(client, "/Tenants?sortBy=name");
    if (!tenants)
        return tenants.error();
    for (auto const& each : *tenants)
        if (auto const& tenant = each.as_object(); true)
            print(words_of(tenant, "name") + " enabled=" + words_of(tenant, "enabled", "true") +
                  " types=" + words_of(tenant, "types", "all") +
                  (tenant.contains("schemaFiles") ? " schemas=" + words_of(tenant, "schemaFiles") : ""));
    return {};
}

/// Beside the SCIM root, where the page is too.
result<void> set_managed(Asked const& asked, bool managed)
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

void declare_settings(CLI::App* command, Asked& asked)
{
    command
        ->add_option("--schemas", asked.schemas,
                     "Files of the server's --tenant-schemas that extend its resources; none: as the server")
        ->delimiter(',');
    command
        ->add_option("--allow-address", asked.addresses, "Addresses or ranges that its clients may come from; any: all")
        ->delimiter(',');
    command->add_option("--rate", asked.rate, "Requests a second of all its keys together; 0: as the server");
    command->add_option("--rate-per-credential", asked.rate_per_credential, "The same of each key");
}

} // namespace

void declare_tenants(CLI::App& app, Asked& asked, AdminCommand& chosen)
{
    auto const command = [&](char const* called, char const* help, AdminCommand what)
    { return add_command(app, chosen, called, help, what); };
    auto const named = [&](CLI::App* made) { declare_name(made, asked); };
    auto* const create = command("create-tenant", "Make a tenant", create_tenant);
    named(create);
    create->add_option("--types", asked.types, "Resource types that it offers")->delimiter(',');
    create
        ->add_option("--atomic-bulk", asked.atomic_bulk,
                     "Whether its Bulks are all or nothing; nothing: as the server's")
        ->type_name("true|false");
    create->add_flag("--adopt", asked.adopt,
                     "Give it what the server still has of a tenant of that name: data, keys, clients");
    declare_settings(create, asked);
    auto* const change =
        command("change-tenant", "Say its schemas, and from where and how often its clients may come", change_tenant);
    named(change);
    declare_settings(change, asked);
    auto* const remove = command(
        "remove-tenant", "Remove a tenant with all that it has, and revoke its keys and clients", remove_tenant);
    named(remove);
    remove->add_flag("--yes", asked.is_sure, "Do not ask for its name");
    command("list-tenants", "List the tenants", list_tenants);
    named(command("enable-tenant", "Switch a tenant on",
                  [](AdminClient const& client, Asked const& what)
                  { return set(client, "/Tenants", what.name, "enabled", true); }));
    auto* const disable = command("disable-tenant", "Switch a tenant off; its data is kept", disable_tenant);
    auto* const convert = command(
        "convert-tenant", "Switch a tenant off, and take its accounts from SCIM, which can read them only from then on",
        convert_tenant);
    convert->add_flag("--yes", asked.is_sure, "Do not ask for its name");
    for (auto* const each : {disable, convert})
        named(each);
    for (auto* const each : {disable, convert, remove})
        each->add_flag("--dry-run", asked.dry_run, "Tell what it would do, and do nothing");
    named(command("release-deletions", "Let deletions through that --deletion-guard holds", release_deletions));
    auto const account = [&](char const* called, char const* help, AdminCommand what)
    {
        auto* const made = command(called, help, what);
        named(made);
        made->add_option("--tenant", asked.tenant, "Whose account it is")->required();
        made->add_option("--type", asked.type, "Its resource type")->capture_default_str();
    };
    account("hand-over", "Let SCIM manage an account: its userName or displayName, or its id",
            [](AdminClient const&, Asked const& what) { return set_managed(what, true); });
    account("take-back", "Take an account from SCIM, which can read it only from then on",
            [](AdminClient const&, Asked const& what) { return set_managed(what, false); });
}

} // namespace server
