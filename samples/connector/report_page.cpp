// The report as one HTML file: no script, no other file, so that it can be sent to somebody.
#include "report_page.hpp"

#include "output.hpp"

#include <algorithm>

namespace connector
{

namespace
{

constexpr char const* head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Accounts</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1b2733 }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2.5rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #dfe5ea }
th { font-weight: 600; color: #51606d } .none { color: #51606d } text { font: 13px system-ui, sans-serif; fill: #1b2733 }
</style></head><body><h1>Accounts</h1>
)";

/// Horizontal bars, one for each name.
std::string bars(std::vector<std::pair<std::string, std::uint64_t>> const& values)
{
    std::uint64_t most = 1;
    for (auto const& [name, value] : values)
        most = std::max(most, value);
    std::string svg = "<svg role=\"img\" width=\"100%\" height=\"" + std::to_string(values.size() * 28 + 4) +
                      "\" viewBox=\"0 0 800 " + std::to_string(values.size() * 28 + 4) +
                      "\" preserveAspectRatio=\"xMinYMin meet\">";
    std::size_t y = 2;
    for (auto const& [name, value] : values)
    {
        svg += "<text x=\"0\" y=\"" + std::to_string(y + 16) + "\">" + html_text(name) + "</text><rect x=\"220\" y=\"" +
               std::to_string(y + 2) + "\" height=\"18\" rx=\"2\" fill=\"#3b7dd8\" width=\"" +
               std::to_string(1 + value * 480 / most) + "\"/><text x=\"" + std::to_string(228 + value * 480 / most) +
               "\" y=\"" + std::to_string(y + 16) + "\">" + std::to_string(value) + "</text>";
        y += 28;
    }
    return svg + "</svg>\n";
}

std::string cells(std::vector<std::string> const& texts, char const* tag)
{
    std::string row = "<tr>";
    for (auto const& text : texts)
        row += std::string{"<"} + tag + ">" + html_text(text) + "</" + tag + ">";
    return row + "</tr>\n";
}

std::string accounts(Findings const& findings, std::vector<std::size_t> const& places)
{
    if (places.empty())
        return "<p class=\"none\">None.</p>\n";
    std::string table = "<table>" + cells({"connection", "userName", "id", "active", "groups"}, "th");
    for (auto const place : places)
    {
        auto const& account = findings.accounts[place];
        table += cells(
            {account.source, account.name, account.id, account.active ? "yes" : "no", std::to_string(account.groups)},
            "td");
    }
    return table + "</table>\n";
}

std::string duplicates(Findings const& findings)
{
    if (findings.duplicates.empty())
        return "<p class=\"none\">None.</p>\n";
    std::string table = "<table>" + cells({"in common", "value", "accounts"}, "th");
    for (auto const& duplicate : findings.duplicates)
    {
        std::string who;
        for (auto const place : duplicate.accounts)
            who += (who.empty() ? "" : ", ") + findings.accounts[place].source + ": " + findings.accounts[place].name;
        table += cells({duplicate.attribute, duplicate.value, who}, "td");
    }
    return table + "</table>\n";
}

} // namespace

std::string page_of(Findings const& findings)
{
    std::vector<std::pair<std::string, std::uint64_t>> const found{
        {"orphans", findings.orphans.size()},
        {"duplicates", findings.duplicates.size()},
        {"inactive with memberships", findings.inactive_members.size()}};
    std::string page = head;
    page += "<h2>Users of each connection</h2>\n" + bars({findings.users.begin(), findings.users.end()});
    page += "<h2>Findings</h2>\n" + bars(found);
    page += "<h2>Orphans: accounts that belong to no identity</h2>\n";
    page += findings.has_identities
                ? accounts(findings, findings.orphans)
                : "<p class=\"none\">No connection is authoritative, so nothing is said of orphans.</p>\n";
    page += "<h2>Duplicates: accounts with a value in common</h2>\n" + duplicates(findings);
    page += "<h2>Inactive accounts that are members of groups</h2>\n" + accounts(findings, findings.inactive_members);
    return page + "</body></html>\n";
}

} // namespace connector
