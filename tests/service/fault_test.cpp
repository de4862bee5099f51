// What becomes of a write when the store fails in its middle: an error, and everything as it was. At every place, of
// every store that can take a write back.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/fault_injection.hpp>

#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(faults)

using test::NamedStore;
using test::Reply;
using test::ServiceFixture;

struct Sent
{
    std::string name;
    std::function<Reply(ServiceFixture const&)> send;
};

json::value patch_of(json::array operations)
{
    return {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:PatchOp"}}, {"Operations", std::move(operations)}};
}

json::value user(std::string_view name) { return {{"schemas", {urn::user}}, {"userName", name}}; }

constexpr std::uint64_t most_places = 400; ///< no request has so many operations

struct Scene
{
    explicit Scene(NamedStore const& of)
        : store(std::make_shared<FaultInjectingStore>(of.make()))
    {
    }

    std::shared_ptr<FaultInjectingStore> store;
    ServiceFixture scim{{.store = store}};
    std::string ada = scim.create("/Users", user("ada"));
    std::string bob = scim.create("/Users", user("bob"));
    std::string group =
        scim.create("/Groups", {{"schemas", {urn::group}}, {"displayName", "g"}, {"members", {{{"value", ada}}}}});

    std::string content() const
    {
        store->fail_at(0);
        return scim.get("/Users").response.body + scim.get("/Groups").response.body;
    }

    std::vector<Sent> requests() const
    {
        auto const patch = [](std::string target, json::array operations)
        {
            return [target = std::move(target), body = patch_of(std::move(operations))](ServiceFixture const& to)
            { return to.patch(target, body); };
        };
        json::array many;
        for (int i = 0; i < 40; ++i)
            many.emplace_back(json::object{
                {"op", "add"}, {"path", "emails"}, {"value", {{{"value", std::to_string(i) + "@example.com"}}}}});
        return {{"PATCH of a user", patch("/Users/" + ada, {{{"op", "replace"}, {"path", "title"}, {"value", "t"}}})},
                {"a long PATCH of a user", patch("/Users/" + ada, std::move(many))},
                {"PATCH of a unique attribute",
                 patch("/Users/" + ada, {{{"op", "replace"}, {"path", "userName"}, {"value", "eve"}}})},
                {"PATCH that adds a member",
                 patch("/Groups/" + group, {{{"op", "add"}, {"path", "members"}, {"value", {{{"value", bob}}}}}})},
                {"PATCH that removes a member",
                 patch("/Groups/" + group, {{{"op", "remove"}, {"path", "members[value eq \"" + ada + "\"]"}}})},
                {"PATCH that replaces the members",
                 patch("/Groups/" + group, {{{"op", "replace"}, {"path", "members"}, {"value", {{{"value", bob}}}}}})},
                {"PATCH of members and of the name",
                 patch("/Groups/" + group, {{{"op", "add"}, {"path", "members"}, {"value", {{{"value", bob}}}}},
                                            {{"op", "replace"}, {"path", "displayName"}, {"value", "h"}}})},
                {"PATCH that clears the members", patch("/Groups/" + group, {{{"op", "remove"}, {"path", "members"}}})},
                {"POST", [](ServiceFixture const& to) { return to.post("/Users", user("new")); }},
                {"POST of a group with members",
                 [this](ServiceFixture const& to)
                 {
                     return to.post("/Groups", {{"schemas", {urn::group}},
                                                {"displayName", "new"},
                                                {"members", {{{"value", ada}}, {{"value", bob}}}}});
                 }},
                {"PUT of a group without members",
                 [this](ServiceFixture const& to) {
                     return to.put("/Groups/" + group, {{"schemas", {urn::group}}, {"displayName", "h"}});
                 }},
                {"DELETE of a group", [this](ServiceFixture const& to) { return to.del("/Groups/" + group); }},
                {"PUT", [this](ServiceFixture const& to) { return to.put("/Users/" + ada, user("other")); }},
                {"DELETE of a user in a group", [this](ServiceFixture const& to) { return to.del("/Users/" + ada); }}};
    }
};

/// Calls `test` with each request and each store that can take a write back.
void with_each_request(std::function<void(NamedStore const&, std::size_t request)> const& test)
{
    for (NamedStore const& store : test::all_stores())
        for (std::size_t i = 0; store.atomic && i < Scene{store}.requests().size(); ++i)
            BOOST_TEST_CONTEXT(store)
    test(store, i);
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_at_any_place_before_its_commit_is_a_503_and_changes_nothing)
{
    with_each_request(
        [](NamedStore const& store, std::size_t i)
        {
            std::optional<Scene> scene{std::in_place, store};
            std::string const name = scene->requests()[i].name;
            std::string const before = scene->content();
            std::uint64_t place = 1;
            for (; place < most_places; ++place)
            {
                scene->store->fail_at(place);
                Reply const reply = scene->requests()[i].send(scene->scim);
                if (!scene->store->failed())
                {
                    BOOST_TEST(reply.status < 300, name);
                    BOOST_TEST(scene->content() != before, name);
                    break;
                }
                // What fails behind the commit costs the answer its body, and is no failure of the write.
                bool const committed = reply.status < 300;
                BOOST_TEST((committed || reply.status == 503),
                           name << ", operation " << place << ": " << reply.response.body);
                BOOST_TEST((!committed || reply.response.body.empty()), name << ", operation " << place);
                BOOST_REQUIRE_MESSAGE((scene->content() == before) != committed, name << ", operation " << place);
                if (committed)
                    scene.emplace(store);
            }
            BOOST_TEST(place > 2U, name << " has next to no operations");
            BOOST_TEST(place < most_places, name << " never ends");
        });
}

BOOST_AUTO_TEST_CASE(a_store_that_is_busy_once_is_asked_again)
{
    with_each_request(
        [](NamedStore const& store, std::size_t i)
        {
            for (std::uint64_t place = 1; place < most_places; ++place)
            {
                Scene const scene{store};
                Sent const request = scene.requests()[i];
                scene.store->fail_at(place, {ErrorCode::busy, "not now"});
                Reply const reply = request.send(scene.scim);
                BOOST_TEST(reply.status < 300, request.name << ", operation " << place << ": " << reply.response.body);
                if (!scene.store->failed())
                    break;
            }
        });
}

/// What is read in many ways: rows of resources, of groups around them, of members.
std::vector<Sent> reads_of(Scene const& scene)
{
    auto const get = [](std::string const& target) {
        return Sent{target, [target](ServiceFixture const& to) { return to.get(target); }};
    };
    return {get("/Users"),
            get("/Groups"),
            get("/Users/" + scene.ada),
            get("/Groups/" + scene.group),
            get("/Users?count=1&startIndex=2"),
            get("/Users?sortBy=title&sortOrder=descending"),
            get("/Users?filter=userName eq \"ada\""),
            get("/Users?filter=groups.value eq \"" + scene.group + "\""),
            get("/Groups?filter=members.value eq \"" + scene.ada + "\"")};
}

BOOST_AUTO_TEST_CASE(a_read_that_fails_halfway_is_a_503_without_what_came_before_it)
{
    for (NamedStore const& store : test::all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            Scene const scene{store};
            for (Sent const& read : reads_of(scene))
            {
                scene.store->fail_at(0);
                Reply const whole = read.send(scene.scim);
                BOOST_TEST(whole.status == 200, read.name << ": " << whole.response.body);
                std::uint64_t place = 1;
                for (bool failed = true; failed && place < most_places; ++place)
                {
                    scene.store->fail_at(place, {ErrorCode::busy, "not now"});
                    Reply const again = read.send(scene.scim);
                    BOOST_TEST(again.response.body == whole.response.body, read.name << ", operation " << place);
                    scene.store->fail_at(place);
                    Reply const reply = read.send(scene.scim);
                    failed = scene.store->failed();
                    BOOST_TEST(reply.status == (failed ? 503 : 200), read.name << ", operation " << place);
                    BOOST_TEST((!failed || reply.response.body.find("ada") == std::string::npos), read.name);
                }
                BOOST_TEST(place > 3U, read.name << " has next to no operations");
                BOOST_TEST(place < most_places, read.name << " never ends");
            }
        }
}

/// What is there of one that was created in a scene of its own, whose store is busy at one place; and whether it was.
std::pair<std::string, bool> created_at(NamedStore const& store, std::uint64_t place, std::string const& endpoint,
                                        json::value const& body)
{
    Scene const scene{store};
    scene.store->fail_at(place, {ErrorCode::busy, "not now"});
    Reply const reply = scene.scim.post(endpoint, body);
    bool const failed = scene.store->failed();
    BOOST_TEST(reply.status == 201, endpoint << ", operation " << place << ": " << reply.response.body);
    scene.store->fail_at(0);
    json::value stored = scene.scim.get(endpoint + "/" + reply.id()).body;
    BOOST_TEST(stored == reply.body, endpoint << ", operation " << place);
    stored.get_object().erase("meta"); // times and versions move on
    std::string text;
    write_json(text, stored);
    return {text, failed};
}

BOOST_AUTO_TEST_CASE(a_post_that_is_tried_again_stores_what_was_sent)
{
    // References are settled in each attempt anew: claims that do not hold, the same twice, ids that nobody has.
    json::array const members{{{"value", "id-2"}, {"type", "Group"}},
                              {{"value", "id-1"}, {"$ref", "https://elsewhere/Users/id-1"}},
                              {{"value", "id-2"}},
                              {{"value", "nobody"}, {"type", "User"}}};
    std::pair<std::string, json::value> const requests[]{
        {"/Groups", {{"schemas", {urn::group}}, {"displayName", "new"}, {"members", members}}},
        {"/Users",
         {{"schemas", {urn::user, urn::enterprise_user}},
          {"userName", "new"},
          {urn::enterprise_user, {{"manager", {{"value", "id-1"}, {"$ref", "https://elsewhere/Users/id-1"}}}}}}}};
    for (NamedStore const& store : test::all_stores())
        for (auto const& [endpoint, body] : requests)
        {
            if (!store.atomic)
                continue;
            auto const expected = created_at(store, 0, endpoint, body).first;
            std::uint64_t place = 1;
            for (; place < most_places; ++place)
            {
                auto const [stored, failed] = created_at(store, place, endpoint, body);
                BOOST_TEST(stored == expected, store << ", " << endpoint << ", operation " << place);
                if (!failed)
                    break;
            }
            BOOST_TEST(place > 2U, store << ", " << endpoint << " has next to no operations");
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
