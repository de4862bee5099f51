// Data that filters have something to find in: few values, beginnings and ends of each other, some absent; and filters
// of every operator over them.
#include "random_data.hpp"

#include <cstdlib>

namespace scimkit::conformance
{
namespace
{

// Some of them begin with others, some end with them, one has another in its middle.
constexpr char const* words[] = {
    "ada",  "Ada",          "adam", "bob",  "BOB",  "Zed", "",      "\xC3\xA9mile",    "a b",
    "adad", "ada@work.com", "da",   "nada", "dams", "DAM", "madam", "stra\xC3\x9F\x65"};
constexpr char const* kinds[] = {"work", "home", "other", "WORK"};
constexpr char const* numbers[] = {"-7", "0", "1", "2.5", "9007199254740993", "9007199254740992", "1e3"};
constexpr char const* dates[] = {"2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T01:00:03+01:00",
                                 "2026-01-01T00:00:05.5Z"};
constexpr char const* string_operators[] = {"eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};
constexpr char const* order_operators[] = {"eq", "ne", "gt", "ge", "lt", "le"};
constexpr char const* equal_operators[] = {"eq", "ne"};
constexpr char const* booleans[] = {"true", "false"};
constexpr char const* member_ids[] = {"m-1", "m-2", "m-3", "M-1", "m-4"};

std::string badge(std::string_view name) { return std::string{badge_uri} + ":" + std::string{name}; }

std::string literal_of(std::string_view text)
{
    std::string out;
    write_json_string(out, text);
    return out;
}

} // namespace

RandomData::RandomData(Fixture const& fixture, std::uint32_t part)
    : f_(fixture)
    , random_(fixture.seed + part)
{
}

Resource RandomData::user(std::size_t number)
{
    Resource user = f_.new_user("id-" + std::to_string(10'000 + number), pick(words) + "-" + std::to_string(number));
    user.created = at_second(static_cast<std::int64_t>(below(5)));
    user.last_modified = at_second(static_cast<std::int64_t>(below(8)));
    if (chance(70))
        user.attributes["displayName"] = pick(words);
    if (chance(40))
        user.attributes["externalId"] = pick(words);
    if (chance(80))
        user.attributes["active"] = chance(60);
    if (chance(50))
        user.attributes["title"] = pick(words);
    if (chance(50))
        user.attributes["name"] = {{"familyName", pick(words)}};
    json::array emails;
    for (std::size_t i = below(4); i > 0; --i)
    {
        json::object email;
        email["value"] = pick(words);
        if (chance(80))
            email["type"] = pick(kinds);
        if (emails.empty() && chance(30))
            email["primary"] = true;
        emails.emplace_back(std::move(email));
    }
    if (!emails.empty())
        user.attributes["emails"] = std::move(emails);
    json::object badge;
    if (chance(60))
        badge["level"] = chance(50) ? static_cast<std::int64_t>(below(4)) - 1
                                    : 9007199254740992 + static_cast<std::int64_t>(below(3));
    if (chance(40))
        badge["score"] = static_cast<double>(below(8)) / 2.0;
    if (chance(40))
        badge["issued"] = pick(dates);
    if (chance(40))
        badge["active"] = chance(50);
    if (chance(40))
    {
        json::array tags;
        for (std::size_t i = 1 + below(3); i > 0; --i)
            tags.emplace_back(pick(words));
        badge["tags"] = std::move(tags);
    }
    if (!badge.empty())
        user.attributes[badge_uri] = std::move(badge);
    return user;
}

Resource RandomData::group(std::size_t number)
{
    std::vector<std::string> values;
    for (char const* id : member_ids)
        if (chance(35))
            values.emplace_back(id);
    Resource group = f_.new_group("group-" + std::to_string(10'000 + number), pick(words), values);
    if (auto* members = group.attributes.if_contains("members"); members && chance(50))
        members->as_array()[0].as_object()["display"] = pick(words);
    group.created = at_second(static_cast<std::int64_t>(below(5)));
    return group;
}

std::vector<std::string> RandomData::single_tests()
{
    std::vector<std::string> tests;
    for (std::string const path : {"userName", "displayName", "externalId", "title", "emails.value", "emails.type"})
    {
        tests.push_back(path + " pr");
        for (char const* op : {"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
            for (char const* word : words)
                tests.push_back(path + " " + op + " " + literal_of(word));
    }
    return tests;
}

std::string RandomData::text_test(std::string const& path)
{
    if (chance(10))
        return path + " pr";
    if (chance(5))
        return path + (chance(50) ? " eq null" : " ne null");
    return path + " " + pick(string_operators) + " " + literal_of(pick(words));
}

std::string RandomData::combined(int depth, std::string (RandomData::*smaller)(int), std::string (RandomData::*leaf)())
{
    if (depth == 0 || chance(30))
        return (this->*leaf)();
    if (chance(20))
        return "not (" + (this->*smaller)(depth - 1) + ")";
    std::string text = "(" + (this->*smaller)(depth - 1) + ")";
    std::string const joint = chance(50) ? " and (" : " or (";
    for (std::size_t i = 1 + below(2); i > 0; --i)
        text += joint + (this->*smaller)(depth - 1) + ")";
    return text;
}

std::string RandomData::email_filter(int depth)
{
    if (depth > 0 && chance(50))
        return "(" + email_filter(depth - 1) + ")" + (chance(60) ? " and " : " or ") + "(" + email_filter(depth - 1) +
               ")";
    switch (below(4))
    {
    case 0:
        return "type " + pick(equal_operators) + " " + literal_of(pick(kinds));
    case 1:
        return "primary " + pick(equal_operators) + " " + pick(booleans);
    case 2:
        return "not (" + text_test("value") + ")";
    default:
        return text_test("value");
    }
}

std::string RandomData::user_term()
{
    switch (below(14))
    {
    case 0:
        return "userName " + pick(string_operators) + " " + literal_of(pick(words) + "-" + std::to_string(below(40)));
    case 1:
        return text_test("displayName");
    case 2:
        return text_test("externalId");
    case 3:
        return text_test("title");
    case 4:
        return text_test("emails.value");
    case 5:
        return "emails[" + email_filter(2) + "]";
    case 6:
        return "emails.primary " + pick(equal_operators) + " " + pick(booleans);
    case 7:
        return (chance(50) ? "active " : badge("active") + " ") + pick(equal_operators) + " " + pick(booleans);
    case 8:
        return "meta." + std::string{chance(50) ? "created " : "lastModified "} + pick(order_operators) + " " +
               literal_of(pick(dates));
    case 9:
        return badge("level") + " " + pick(order_operators) + " " + std::to_string(static_cast<std::int64_t>(below(3)));
    case 10:
        return badge("score") + " " + pick(order_operators) + " " + pick(numbers);
    case 11:
        return badge("issued") + " " + pick(order_operators) + " " + literal_of(pick(dates));
    case 12:
        return text_test(badge("tags"));
    default:
        return "id " + pick(string_operators) + " " + literal_of("id-" + std::to_string(10'000 + below(40)));
    }
}

std::string RandomData::group_term()
{
    switch (below(5))
    {
    case 0:
        return text_test("displayName");
    case 1:
        return "members[value " + pick(equal_operators) + " " + literal_of(pick(member_ids)) +
               (chance(40) ? " and " + text_test("display") : "") + "]";
    case 2:
        return chance(50) ? "members pr" : "members.display pr";
    default:
        return "members.value " + (chance(70) ? pick(equal_operators) : pick(order_operators)) + " " +
               literal_of(pick(member_ids));
    }
}

std::string RandomData::user_filter(int depth)
{
    return combined(depth, &RandomData::user_filter, &RandomData::user_term);
}

std::string RandomData::group_filter(int depth)
{
    return combined(depth, &RandomData::group_filter, &RandomData::group_term);
}

std::string RandomData::user_sort()
{
    static constexpr char const* paths[] = {
        "userName",     "displayName", "externalId",   "title",           "active", "meta.lastModified",
        "emails.value", "emails",      "meta.created", "name.familyName", "id"};
    return chance(20) ? badge(chance(50) ? "level" : "issued") : pick(paths);
}

} // namespace scimkit::conformance
