// `report`: over the local copies of all connections; no source is asked.
#include "report.hpp"

#include <scimkit/core/text.hpp>

#include "../shared/terminal_text.hpp"
#include "commands.hpp"
#include "lifecycle.hpp"
#include "mapping.hpp"
#include "run_state.hpp"

#include <algorithm>
#include <iostream>
#include <set>

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

std::string text_of(json::object const& body, std::string_view path)
{
    auto const* const value = find_path(body, path);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

/// What may tell that two accounts are of one person, as (attribute, value).
std::vector<std::pair<std::string, std::string>> marks_of(json::object const& body)
{
    std::vector<std::pair<std::string, std::string>> marks;
    auto const add = [&](char const* attribute, std::string const& value)
    {
        if (!value.empty())
            marks.emplace_back(attribute, scimkit::comparison_key(value, false));
    };
    add("userName", text_of(body, "userName"));
    add("externalId", text_of(body, "externalId"));
    add("employeeNumber", text_of(body, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"));
    if (auto const* const emails = body.if_contains("emails"); emails && emails->is_array())
        for (auto const& email : emails->get_array())
            if (email.is_object())
                add("email", text_of(email.get_object(), "value"));
    return marks;
}

class Finder
{
public:
    outcome<void> read(Settings const& settings, Connection const& connection)
    {
        auto const directory = settings.directory_of(connection);
        if (!directory)
            return directory.error();
        if (std::error_code ignored; !std::filesystem::exists(*directory / "mirror", ignored))
            return {};
        auto const mirror = Mirror::open(*directory);
        if (!mirror)
            return mirror.error();
        findings_.has_identities |= connection.authoritative;
        findings_.users[connection.name] = 0;
        return (*mirror)->for_each("User", {},
                                   [&](client::RemoteResource const& user) -> outcome<void>
                                   {
                                       take(connection, user);
                                       return {};
                                   });
    }

    Findings finish()
    {
        for (auto& [mark, accounts] : by_mark_)
            if (accounts.size() > 1)
                findings_.duplicates.push_back({mark.first, mark.second, accounts});
        if (findings_.has_identities)
            for (auto const& [account, marks] : candidates_)
                if (std::none_of(marks.begin(), marks.end(),
                                 [&](auto const& mark) { return identities_.contains(mark.second); }))
                    findings_.orphans.push_back(account);
        return std::move(findings_);
    }

private:
    void take(Connection const& connection, client::RemoteResource const& user)
    {
        auto const place = findings_.accounts.size();
        auto const* const groups = user.body.if_contains("groups");
        Account account{connection.name, user.id, text_of(user.body, "userName"), !is_inactive(user.body),
                        groups && groups->is_array() ? groups->get_array().size() : 0};
        if (!account.active && account.groups > 0)
            findings_.inactive_members.push_back(place);
        findings_.accounts.push_back(std::move(account));
        ++findings_.users[connection.name];
        auto marks = marks_of(user.body);
        marks.emplace_back("id", user.id); // an account may have the id of its identity as its externalId
        for (auto const& mark : marks)
        {
            if (connection.authoritative)
                identities_.insert(mark.second);
            if (mark.first == "id")
                continue;
            auto& accounts = by_mark_[mark];
            if (accounts.empty() || accounts.back() != place)
                accounts.push_back(place);
        }
        if (!connection.authoritative)
            candidates_.emplace_back(place, std::move(marks));
    }

    Findings findings_{};
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_mark_;
    std::set<std::string> identities_;
    std::vector<std::pair<std::size_t, std::vector<std::pair<std::string, std::string>>>> candidates_;
};

json::object json_of(Account const& account)
{
    return {{"connection", account.connection},
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
        rows.push_back({finding, attribute, value, account.connection, account.id, account.name,
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

} // namespace

outcome<Findings> find(Settings const& settings)
{
    Finder finder;
    for (auto const& connection : settings.connections)
        if (auto read = finder.read(settings, connection); !read)
            return read.error();
    return finder.finish();
}

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
