// Over copies; no source is asked. What tells that two accounts are of one person is a value that they share.
#include <scimkit/connector/lifecycle.hpp>
#include <scimkit/connector/report.hpp>
#include <scimkit/core/text.hpp>

#include "text_at.hpp"

#include <algorithm>
#include <set>

namespace scimkit::connector
{

namespace
{

/// What may tell that two accounts are of one person, as (attribute, value).
std::vector<std::pair<std::string, std::string>> marks_of(json::object const& body)
{
    std::vector<std::pair<std::string, std::string>> marks;
    auto const add = [&](char const* attribute, std::string const& value)
    {
        if (!value.empty())
            marks.emplace_back(attribute, comparison_key(value, false));
    };
    add("userName", text_at(body, "userName"));
    add("externalId", text_at(body, "externalId"));
    add("employeeNumber", text_at(body, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"));
    if (auto const* const emails = body.if_contains("emails"); emails && emails->is_array())
        for (auto const& email : emails->get_array())
            if (email.is_object())
                add("email", text_at(email.get_object(), "value"));
    return marks;
}

} // namespace

struct Finder::State
{
    outcome<void> read(std::string const& source, bool authoritative, Mirror const& mirror)
    {
        findings.has_identities |= authoritative;
        findings.users[source] = 0;
        return mirror.for_each("User", {},
                               [&](client::RemoteResource const& user) -> outcome<void>
                               {
                                   take(source, authoritative, user);
                                   return {};
                               });
    }

    Findings finish()
    {
        for (auto& [mark, accounts] : by_mark)
            if (accounts.size() > 1)
                findings.duplicates.push_back({mark.first, mark.second, accounts});
        if (findings.has_identities)
            for (auto const& [account, marks] : candidates)
                if (std::none_of(marks.begin(), marks.end(),
                                 [&](auto const& mark) { return identities.contains(mark.second); }))
                    findings.orphans.push_back(account);
        return std::move(findings);
    }

    void take(std::string const& source, bool authoritative, client::RemoteResource const& user)
    {
        auto const place = findings.accounts.size();
        auto const* const groups = user.body.if_contains("groups");
        Account account{source, user.id, text_at(user.body, "userName"), !is_inactive(user.body),
                        groups && groups->is_array() ? groups->get_array().size() : 0};
        if (!account.active && account.groups > 0)
            findings.inactive_members.push_back(place);
        findings.accounts.push_back(std::move(account));
        ++findings.users[source];
        auto marks = marks_of(user.body);
        marks.emplace_back("id", user.id); // an account may have the id of its identity as its externalId
        for (auto const& mark : marks)
        {
            if (authoritative)
                identities.insert(mark.second);
            if (mark.first == "id")
                continue;
            auto& accounts = by_mark[mark];
            if (accounts.empty() || accounts.back() != place)
                accounts.push_back(place);
        }
        if (!authoritative)
            candidates.emplace_back(place, std::move(marks));
    }

    Findings findings{};
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_mark;
    std::set<std::string> identities;
    std::vector<std::pair<std::size_t, std::vector<std::pair<std::string, std::string>>>> candidates;
};

Finder::Finder()
    : state_(std::make_unique<State>())
{
}

Finder::~Finder() = default;

outcome<void> Finder::read(std::string const& source, bool authoritative, Mirror const& mirror)
{
    return state_->read(source, authoritative, mirror);
}

Findings Finder::finish() { return state_->finish(); }

} // namespace scimkit::connector
