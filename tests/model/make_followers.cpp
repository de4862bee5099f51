// Requests beside those of RFC 7644: memberships as resources, delta queries, and writes that nobody waits for.
#include <scimkit/core/text.hpp>

#include "generator.hpp"
#include "text.hpp"

#include <array>

namespace scimkit::model
{

std::string Generator::membership_filter(int depth)
{
    if (depth > 0 && choices_.one_in(3))
        return membership_filter(depth - 1) + (choices_.one_in(3) ? " or " : " and ") + membership_filter(depth - 1);
    if (depth > 0 && choices_.one_in(6))
        return "not (" + membership_filter(depth - 1) + ')';
    auto const& types = model_.world().types();
    bool const of_group = choices_.one_in(2);
    auto const id = any_id(*find_type(types, of_group || choices_.one_in(6) ? "Group" : "User"));
    static constexpr std::array comparisons{"eq", "eq", "eq", "eq", "ne", "co", "sw", "gt"};
    std::string const op = choices_.of(comparisons);
    if (choices_.one_in(12))
        return "id eq \"" + any_id(*find_type(types, "Group")) + '.' + id + '"';
    return (of_group ? "group.value " : "member.value ") + op + " \"" + id + '"';
}

/// Somebody joins, leaves or is looked for.
Step Generator::membership()
{
    auto const& types = model_.world().types();
    Type const& kind = *find_type(types, "GroupMembership");
    auto const group = any_id(*find_type(types, "Group"));
    auto const member = any_id(*find_type(types, choices_.one_in(5) ? "Group" : "User"));
    auto const way = choices_.below(9);
    if (way < 4)
    {
        json::object who{{"value", member}};
        if (with("claims") && choices_.one_in(6))
            who["type"] = choices_.one_in(2) ? "User" : "Group";
        json::object const body{{"schemas", json::array{json::value(kind.schema.uri)}},
                                {"group", json::object{{"value", group}}},
                                {"member", std::move(who)}};
        Step step{.method = "POST", .target = kind.endpoint, .body = serialised(body)};
        need_not_wait(step);
        return step;
    }
    Step step{.method = way < 6 ? "DELETE" : "GET", .target = kind.endpoint + '/' + group + '.' + member};
    // Mostly one that there is.
    if (auto const all = model_.world().memberships(kind); !all.empty() && !choices_.one_in(4))
        step.target = kind.endpoint + '/' +
                      std::next(all.begin(), static_cast<std::ptrdiff_t>(choices_.below(all.size())))->first;
    if (way < 6)
        need_not_wait(step);
    if (way < 7)
        return step;
    step.target = kind.endpoint + "?filter=" + membership_filter();
    if (choices_.one_in(3))
    {
        step.target += choices_.one_in(2) ? "&sortBy=member.value" : "&sortBy=group.value";
        step.target += choices_.one_in(3) ? "&sortOrder=descending" : "";
    }
    if (choices_.one_in(3))
        step.target += "&startIndex=" + std::to_string(choices_.below(4));
    if (choices_.one_in(3))
        step.target += "&count=" + std::to_string(choices_.below(4));
    return step;
}

Step Generator::token()
{
    tokens_.push_back({.name = 'T' + new_number(), .endpoint = choices_.one_in(2) ? "" : type().endpoint});
    return {.method = "GET", .target = tokens_.back().endpoint + "/.deltaToken", .id = tokens_.back().name};
}

/// Since any token, by pages of any size, and now and then of some only, or with a token of another type.
Step Generator::changes()
{
    Token const& since = choices_.of(tokens_);
    json::object body{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:delta:request"}},
                      {"deltaToken", "{token " + since.name + '}'}};
    Type const& chosen = type();
    std::string endpoint = since.endpoint;
    bool const of_one_type = choices_.one_in(4);
    if (of_one_type)
        endpoint = chosen.endpoint;
    if (of_one_type && choices_.one_in(2))
    {
        auto filter = filters_.filter(chosen);
        auto const folded = to_ascii_lower(filter); // names come in any letter case
        auto const has = [&](std::string_view name) { return folded.find(name) != std::string::npos; };
        if (!has("groups") && !has("$ref") && !has("location")) // what is computed is refused
            body["filter"] = std::move(filter);
    }
    if (choices_.one_in(2))
        body["count"] = static_cast<std::int64_t>(1 + choices_.below(4));
    return {.method = "POST", .target = endpoint + "/.delta", .body = serialised(body)};
}

void Generator::need_not_wait(Step& step)
{
    if (with("async") && choices_.one_in(12))
        step.headers.emplace_back("Prefer", "respond-async");
}

} // namespace scimkit::model
