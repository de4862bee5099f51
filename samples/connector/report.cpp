// `report`: over the local copies of all connections; no source is asked.
#include <scimkit/connector/run_state.hpp>

#include "../shared/terminal_text.hpp"
#include "commands.hpp"
#include "local_mirror.hpp"
#include "report_page.hpp"

#include <algorithm>
#include <iostream>

namespace connector
{

namespace json = scimkit::json;

namespace
{

json::object json_of(Account const& account)
{
    return {{"connection", account.source},
            {"id", account.id},
            {"userName", account.name},
            {"active", account.active},
            {"groups", account.groups}};
}

json::object json_of(Findings const& findings)
{
    auto const list = [&](std::vector<std::size_t> const& places)
    {
        json::array all;
        for (auto const place : places)
            all.emplace_back(json_of(findings.accounts[place]));
        return all;
    };
    json::array duplicates;
    for (auto const& duplicate : findings.duplicates)
        duplicates.emplace_back(json::object{
            {"attribute", duplicate.attribute}, {"value", duplicate.value}, {"accounts", list(duplicate.accounts)}});
    json::object users;
    for (auto const& [name, count] : findings.users)
        users[name] = count;
    return {{"ok", true},
            {"users", std::move(users)},
            {"hasIdentities", findings.has_identities},
            {"orphans", list(findings.orphans)},
            {"duplicates", std::move(duplicates)},
            {"inactiveMembers", list(findings.inactive_members)}};
}

/// finding, attribute, value, and an account: one row for each account.
std::vector<std::vector<std::string>> rows_of(Findings const& findings)
{
    std::vector<std::vector<std::string>> rows;
    auto const add =
        [&](std::string const& finding, std::string const& attribute, std::string const& value, std::size_t place)
    {
        auto const& account = findings.accounts[place];
        rows.push_back({finding, attribute, value, account.source, account.id, account.name,
                        account.active ? "active" : "inactive", std::to_string(account.groups)});
    };
    for (auto const place : findings.orphans)
        add("orphan", "", "", place);
    for (auto const& duplicate : findings.duplicates)
        for (auto const place : duplicate.accounts)
            add("duplicate", duplicate.attribute, duplicate.value, place);
    for (auto const place : findings.inactive_members)
        add("inactive member", "", "", place);
    return rows;
}

outcome<Findings> find(Settings const& settings)
{
    Finder finder;
    for (auto const& connection : settings.connections)
    {
        auto const directory = settings.directory_of(connection);
        if (!directory)
            return directory.error();
        if (!has_mirror(*directory))
            continue;
        auto const mirror = open_mirror(*directory);
        if (!mirror)
            return mirror.error();
        if (auto read = finder.read(connection.name, connection.authoritative, **mirror); !read)
            return read.error();
    }
    return finder.finish();
}

} // namespace

outcome<Exit> report(Settings const& settings, ReportOptions const& options, Output& output)
{
    auto const findings = find(settings);
    if (!findings)
        return findings.error();
    if (!options.html.empty())
        if (auto written = write_file(options.html, page_of(*findings)); !written)
            return written.error();
    std::vector<std::string> const head{"finding", "attribute", "value",  "connection",
                                        "id",      "userName",  "active", "groups"};
    auto const rows = rows_of(*findings);
    if (options.csv && !output.as_json())
    {
        auto const print = [](std::vector<std::string> const& row)
        {
            for (std::size_t i = 0; i < row.size(); ++i)
                std::cout << (i > 0 ? "," : "") << samples::terminal_text(csv_field(row[i]), true);
            std::cout << "\r\n";
        };
        print(head);
        std::for_each(rows.begin(), rows.end(), print);
        return Exit::good;
    }
    for (auto const& [name, count] : findings->users)
        output.say(name + ": " + std::to_string(count) + " users");
    output.say(std::to_string(findings->orphans.size()) + " orphans, " + std::to_string(findings->duplicates.size()) +
               " duplicates, " + std::to_string(findings->inactive_members.size()) + " inactive with memberships");
    if (!findings->has_identities)
        output.say("no connection is authoritative, so nothing is said of orphans");
    if (!rows.empty())
        output.table(head, rows);
    auto result = json_of(*findings);
    json::object runs;
    for (auto const& connection : settings.connections)
        if (auto const state = RunState::read(settings.data / connection.name))
            runs[connection.name] = state->history();
    result["history"] = std::move(runs);
    output.finish(result);
    return Exit::good;
}

} // namespace connector
