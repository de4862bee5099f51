// Delta query (draft-sehgal-scim-delta-query-01): whoever follows it has what there is, at the cost of what has
// changed.
#include "support/delta.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(delta)

namespace
{

/// A client that keeps a copy of users and groups, by id.
struct Follower
{
    std::map<std::string, json::object> copy{};
    std::string token{};
    std::string filter{};
    int pages = 0;

    static json::array& list(json::object& resource, std::string_view name)
    {
        auto& value = resource[name];
        if (!value.is_array())
            value = json::array{};
        return value.get_array();
    }

    static void change(json::object& resource, json::object const& operation)
    {
        std::string_view const path = operation.at("path").as_string();
        if (path.starts_with("members["))
        {
            auto const value = path.substr(18, path.size() - 20); // members[value eq "…"]
            auto& members = list(resource, "members");
            auto const gone = std::ranges::remove_if(members, [&](json::value const& each)
                                                     { return each.at("value").as_string() == value; });
            members.erase(gone.begin(), gone.end());
        }
        else if (operation.at("op").as_string() == "remove")
            resource.erase(path);
        else if (operation.at("op").as_string() == "replace")
            resource[path] = operation.at("value");
        else
            for (json::value const& element : operation.at("value").as_array())
            {
                auto& members = list(resource, "members");
                auto const known = std::ranges::find_if(members, [&](json::value const& each)
                                                        { return each.at("value") == element.at("value"); });
                if (known != members.end())
                    members.erase(known);
                members.push_back(element);
            }
    }

    void take(json::object const& response)
    {
        std::string const id{response.at("changedResourceId").as_string()};
        std::string_view const type = response.at("changeType").as_string();
        if (type == "Delete")
            copy.erase(id);
        else if (auto const* data = response.if_contains("data"))
            copy[id] = data->as_object();
        else
        {
            BOOST_REQUIRE_MESSAGE(copy.contains(id), "operations on what was never told of");
            for (json::value const& operation : response.at("operations").as_array())
                change(copy[id], operation.as_object());
        }
    }

    void follow(ServiceFixture const& scim, std::uint64_t count)
    {
        json::object more{{"count", count}};
        if (!filter.empty())
            more["filter"] = filter;
        for (;; ++pages)
        {
            Reply const page = changes(scim, token, more, "");
            BOOST_REQUIRE_MESSAGE(page.status == 200, page.response.body);
            for (json::value const& response : page.body.at("Resources").as_array())
                take(response.as_object());
            if (!page.has("/nextCursor"))
            {
                token = page.text("/nextDeltaToken/value");
                return;
            }
            BOOST_TEST(!page.has("/nextDeltaToken"), "only on the last page");
            more["cursor"] = page.text("/nextCursor");
        }
    }
};

/// Without what is computed from other resources, and members in one order.
std::string comparable(json::object resource)
{
    resource.erase("groups");
    resource["meta"].as_object().erase("version");
    std::map<std::string, std::string> members;
    if (auto const* list = resource.if_contains("members"))
        for (json::value const& member : list->as_array())
            members[std::string{member.at("value").as_string()}] = ServiceFixture::text_of(member);
    resource.erase("members");
    std::map<std::string, std::string> texts;
    for (auto const& [name, value] : resource)
        texts[name] = ServiceFixture::text_of(value);
    for (auto const& [id, type] : members)
        texts["members " + id] = type;
    std::string text;
    for (auto const& [name, value] : texts)
        text += name + "=" + value + "\n";
    return text;
}

void expect_same(ServiceFixture const& scim, Follower const& follower)
{
    Reply const all = scim.get("/?count=1000" + (follower.filter.empty() ? "" : "&filter=" + follower.filter));
    for (json::value const& resource : all.body.at("Resources").as_array())
    {
        std::string const id{resource.at("id").as_string()};
        BOOST_REQUIRE_MESSAGE(follower.copy.contains(id), "not told of " + id);
        BOOST_TEST(comparable(follower.copy.at(id)) == comparable(resource.as_object()));
    }
    BOOST_TEST(follower.copy.size() == all.size("/Resources"));
}

struct Random
{
    std::mt19937 engine{seed(7644)};

    std::size_t below(std::size_t limit) { return engine() % limit; }
};

/// One write of any kind, or a try of one.
void write_something(ServiceFixture const& scim, std::vector<std::string>& users, std::vector<std::string>& groups,
                     Random& random)
{
    auto const number = std::to_string(random.below(1'000'000));
    auto const any = [&](std::vector<std::string> const& of) { return of[random.below(of.size())]; };
    switch (random.below(8))
    {
    case 0:
    case 1:
        users.push_back(scim.create("/Users", user("u" + number + "-" + std::to_string(users.size()))));
        break;
    case 2:
        groups.push_back(scim.create("/Groups", group("g" + number, {any(users)})));
        break;
    case 3:
        scim.patch("/Users/" + any(users), patch_op("replace", "title", json::value(number)));
        break;
    case 4:
        scim.patch("/Users/" + any(users), patch_op("remove", "title"));
        break;
    case 5:
        scim.patch("/Groups/" + any(groups),
                   patch_op("add", "members", json::array{json::object{{"value", any(users)}}}));
        break;
    case 6:
        scim.patch("/Groups/" + any(groups), patch_op("remove", "members[value eq \"" + any(users) + "\"]"));
        break;
    default:
        if (random.below(3) == 0)
            scim.del(random.below(2) == 0 ? "/Users/" + any(users) : "/Groups/" + any(groups));
        else
            scim.patch("/Groups/" + any(groups), patch_op("replace", "displayName", json::value(number)));
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(what_was_created_updated_and_deleted_is_told_once_as_it_is_now)
{
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            auto const old = scim.create("/Users", user("old", {{"password", "secret"}}));
            auto const gone = scim.create("/Users", user("gone"));
            scim.create("/Users", user("untouched"));
            auto const since = token(scim);
            scim.patch("/Users/" + old, patch_op("replace", "title", "a"));
            scim.patch("/Users/" + old, patch_op("replace", "title", "b"));
            scim.del("/Users/" + gone);
            auto const fresh = scim.create("/Users", user("fresh", {{"password", "secret"}}));
            auto const brief = scim.create("/Users", user("came and went"));
            scim.del("/Users/" + brief);

            Reply const told = changes(scim, since);
            BOOST_TEST(told.status == 200);
            BOOST_TEST(told.number("/totalResults") == 4);
            BOOST_TEST(told.number("/itemsPerPage") == 4);
            BOOST_TEST(told.text("/Resources/0/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:delta:response");
            BOOST_TEST(told.text("/Resources/0/changedResourceId") == old);
            BOOST_TEST(told.text("/Resources/0/resourceType") == "User");
            BOOST_TEST(told.text("/Resources/0/changeType") == "Update");
            BOOST_TEST(told.text("/Resources/0/data/title") == "b");
            BOOST_TEST(told.text("/Resources/1/changedResourceId") == gone);
            BOOST_TEST(told.text("/Resources/1/changeType") == "Delete");
            BOOST_TEST(!told.has("/Resources/1/data"));
            BOOST_TEST(told.text("/Resources/2/changedResourceId") == fresh);
            BOOST_TEST(told.text("/Resources/2/changeType") == "Create");
            // Whoever was told of it before, and begins again at the same token, has it still.
            BOOST_TEST(told.text("/Resources/3/changedResourceId") == brief);
            BOOST_TEST(told.text("/Resources/3/changeType") == "Delete");
            BOOST_TEST(told.response.body.find("fake$") == std::string::npos);
            BOOST_TEST(told.has("/nextDeltaToken/expiry"));

            Reply const nothing = changes(scim, told.text("/nextDeltaToken/value"));
            BOOST_TEST(nothing.number("/totalResults") == 0);
            BOOST_TEST(nothing.size("/Resources") == 0);
            BOOST_TEST(changes(scim, since).response.body.size() > 200U, "a token may be used again");
        }
}

BOOST_AUTO_TEST_CASE(a_member_more_or_less_of_a_large_group_is_told_by_itself)
{
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            std::vector<std::string> ids;
            for (int i = 0; i < 40; ++i)
                ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const added = ids.back();
            ids.pop_back();
            auto const id = scim.create("/Groups", group("all", ids));
            auto const since = token(scim, "/Groups");
            scim.patch("/Groups/" + id, patch_op("add", "members", json::array{json::object{{"value", added}}}));
            scim.patch("/Groups/" + id, patch_op("remove", "members[value eq \"" + ids[3] + "\"]"));
            scim.patch("/Groups/" + id, patch_op("replace", "displayName", "most"));
            Reply const told = changes(scim, since, {}, "/Groups");
            BOOST_TEST(told.number("/totalResults") == 1);
            BOOST_TEST(!told.has("/Resources/0/data"));
            auto const operations = told.find("/Resources/0/operations")->as_array();
            std::string text = ServiceFixture::text_of(operations);
            BOOST_TEST(text.find(added) != std::string::npos);
            BOOST_TEST(text.find(R"("path":"members[value eq \")" + ids[3]) != std::string::npos);
            BOOST_TEST(text.find(R"({"op":"replace","path":"displayName","value":"most"})") != std::string::npos);
            BOOST_TEST(text.find(ids[5]) == std::string::npos, "of the others nothing is said");
            Reply const without = changes(scim, since, {{"excludedAttributes", json::array{"members"}}}, "/Groups");
            BOOST_TEST(without.response.body.find("members[") == std::string::npos);
            BOOST_TEST(without.response.body.find(added) == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_page_ends_before_it_holds_every_element_that_ever_came_and_went)
{
    ServiceFixture const scim{with_delta({})};
    auto const id = scim.create("/Groups", group("g"));
    Follower follower;
    follower.token = token(scim, "");
    follower.copy[id] = scim.get("/Groups/" + id).body.as_object();
    for (int round = 0; round < 12; ++round)
    {
        json::array members;
        for (int i = 0; i < 1'500; ++i)
            members.push_back(json::object{{"value", std::to_string(round) + "-" + std::to_string(i)}});
        BOOST_REQUIRE(scim.patch("/Groups/" + id, patch_op("replace", "members", std::move(members))).status < 300);
    }
    BOOST_TEST(changes(scim, follower.token, {{"count", 1}}, "").has("/nextCursor"));
    follower.follow(scim, 1);
    expect_same(scim, follower);
}

BOOST_AUTO_TEST_CASE(whoever_follows_has_what_there_is)
{
    Random random;
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            Follower all;
            Follower some{.filter = "title co \"5\" or displayName co \"5\""};
            all.token = some.token = token(scim, "");
            std::vector<std::string> users{scim.create("/Users", user("first"))};
            std::vector<std::string> groups{scim.create("/Groups", group("first", users))};
            for (int round = 0; round < 12; ++round)
            {
                for (int i = 0; i < 15; ++i)
                    write_something(scim, users, groups, random);
                for (Follower* follower : {&all, &some})
                {
                    follower->follow(scim, 1 + random.below(6));
                    expect_same(scim, *follower);
                }
            }
            BOOST_TEST(all.pages > 12);
        }
}

BOOST_AUTO_TEST_CASE(values_of_members_that_are_not_shown_are_not_told_by_their_removal)
{
    ServiceFixture const scim{with_delta({})};
    auto const ada = scim.create("/Users", user("ada"));
    auto const bob = scim.create("/Users", user("bob"));
    auto const red = scim.create("/Groups", group("Red", {ada}));
    auto const since = token(scim, "/Groups");
    scim.patch("/Groups/" + red, patch_op("remove", "members[value eq \"" + ada + "\"]"));
    scim.patch("/Groups/" + red, patch_op("add", "members", json::array{json::object{{"value", bob}}}));
    BOOST_TEST(changes(scim, since, {}, "/Groups").response.body.find(ada) != std::string::npos);
    for (json::object const& shape : {json::object{{"excludedAttributes", json::array{"members.value"}}},
                                      json::object{{"excludedAttributes", json::array{"members"}}},
                                      json::object{{"attributes", json::array{"members.type"}}},
                                      json::object{{"attributes", json::array{"displayName"}}}})
    {
        Reply const told = changes(scim, since, shape, "/Groups");
        BOOST_TEST(told.status == 200);
        BOOST_TEST(told.response.body.find(ada) == std::string::npos, told.response.body);
    }
}

BOOST_AUTO_TEST_SUITE_END()
