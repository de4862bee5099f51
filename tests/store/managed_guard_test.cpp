// What SCIM does not manage it reads, and neither changes, removes nor takes over, whichever way a request comes in.
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/managed_guard.hpp>

#include "support/both_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(managed_guard)

namespace
{

constexpr auto account = "urn:example:Account";

std::shared_ptr<SchemaRegistry const> registry()
{
    Schema schema{.id = account, .name = "Account"};
    schema.attributes.push_back(
        {.name = "managed", .type = AttributeType::boolean, .mutability = Mutability::read_only});
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(std::move(schema))
        .extend("User", account)
        .extend("Group", account)
        .build()
        .value();
}

/// Accounts of somebody else in the store of SCIM.
struct House
{
    explicit House(ServiceOptions options)
        : open(with(options, options.store ? options.store : memory::make_store()))
        , scim(with(options,
                    std::make_shared<ManagedGuard>(open.store, managed_by("urn:example:Account:managed").value())))
    {
    }

    ServiceOptions with(ServiceOptions options, std::shared_ptr<ResourceStore> store) const
    {
        options.store = std::move(store);
        options.registry = types;
        options.environment = environment;
        return options;
    }

    std::string body(std::string const& path) const { return open.get(path).response.body; }

    std::shared_ptr<SchemaRegistry const> types = registry();
    std::shared_ptr<Environment> environment = std::make_shared<TickingEnvironment>();
    ServiceFixture open; ///< of the application: behind the guard
    ServiceFixture scim;
    std::string root = open.create("/Users", user("root"));
    std::string ada = scim.create("/Users", user("ada"));
    std::string admins = open.create("/Groups", group("admins", {root, ada}));
    std::string staff = scim.create("/Groups", group("staff", {ada}));
};

template <class Test>
void in_each_store(Test test)
{
    auto all = both_stores();
    for (std::size_t i = 0; i < all.size(); ++i)
        BOOST_TEST_CONTEXT("store " << i)
        {
            House const house{all[i]()};
            test(house);
        }
}

json::object remove_member(std::string const& id) { return patch_op("remove", "members[value eq \"" + id + "\"]"); }

} // namespace

BOOST_AUTO_TEST_CASE(check_14_no_request_changes_or_removes_what_scim_does_not_manage)
{
    in_each_store(
        [](House const& house)
        {
            auto const& scim = house.scim;
            for (std::string const& path : {"/Users/" + house.root, "/Groups/" + house.admins})
            {
                bool const is_user = path.starts_with("/Users");
                json::object const other = is_user ? user("taken") : group("taken");
                auto const before = house.body(path);
                std::vector<json::object> const patches{
                    patch_op("replace", is_user ? "active" : "displayName", is_user ? json::value(false) : "taken"),
                    patch_op("add", "", json::object{{is_user ? "title" : "displayName", "taken"}}),
                    patch_op("replace", "externalId", "mine"), patch_op("remove", is_user ? "userName" : "members"),
                    patch_op("add", "urn:example:Account:managed", true)};
                BOOST_TEST(scim.put(path, other).status == 403);
                for (auto const& patch : patches)
                {
                    BOOST_TEST(scim.patch(path, patch).status >= 400, ServiceFixture::text_of(patch));
                    BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_on("PATCH", path, patch)}))) >= "400");
                }
                auto const refused = scim.del(path);
                BOOST_TEST(refused.status == 403);
                BOOST_TEST(refused.detail().find("is not managed by SCIM") != std::string::npos);
                BOOST_TEST(statuses(scim.post("/Bulk", bulk({bulk_on("PUT", path, other), bulk_on("DELETE", path)}))) ==
                           "403 403");
                BOOST_TEST(house.body(path) == before);
                BOOST_TEST(scim.get(path).status == 200);
            }
        });
}

BOOST_AUTO_TEST_CASE(check_14_members_of_a_group_that_scim_does_not_manage_stay)
{
    in_each_store(
        [](House const& house)
        {
            auto const path = "/Groups/" + house.admins;
            auto const before = house.body(path);
            json::array const ada{json::object{{"value", house.ada}}};
            for (auto const& patch :
                 {patch_op("add", "members", json::array{json::object{{"value", house.staff}}}),
                  patch_op("replace", "members", ada), patch_op("remove", "members"), remove_member(house.root),
                  remove_member(house.ada), patch_op("add", "", json::object{{"members", ada}, {"displayName", "x"}}),
                  patch_op("replace", "", json::object{{"members", ada}})})
            {
                BOOST_TEST(house.scim.patch(path, patch).status == 403, ServiceFixture::text_of(patch));
                auto const in_bulk = house.scim.post("/Bulk", bulk({bulk_on("PATCH", path, patch)}));
                BOOST_TEST(statuses(in_bulk) == "403", ServiceFixture::text_of(patch));
            }
            BOOST_TEST(house.body(path) == before);
        });
}

BOOST_AUTO_TEST_CASE(what_scim_has_made_it_manages_and_what_is_not_its_own_may_be_a_member_of_it)
{
    in_each_store(
        [](House const& house)
        {
            auto const& scim = house.scim;
            auto const user_path = "/Users/" + house.ada;
            for (int i = 0; i < 2; ++i) // a PUT does not take the mark away
                BOOST_TEST(scim.put(user_path, user("ada", {{"title", std::to_string(i)}})).status == 200);
            BOOST_TEST(scim.patch(user_path, patch_op("replace", "active", false)).status < 300);
            auto const path = "/Groups/" + house.staff;
            BOOST_TEST(
                scim.patch(path, patch_op("add", "members", json::array{json::object{{"value", house.root}}})).status <
                300);
            BOOST_TEST(scim.get(path).size("/members") == 2);
            BOOST_TEST(scim.put(path, group("staff")).status == 200);
            BOOST_TEST(scim.del(path).status == 204);
            auto const made = scim.post("/Bulk", bulk({bulk_post("/Users", "a", user("eve")),
                                                       bulk_post("/Groups", "b", group("eves", {"bulkId:a"}))}));
            BOOST_TEST(statuses(made) == "201 201");
            BOOST_TEST(scim.del("/Users/" + made_id(made, 0)).status == 204);
        });
}

BOOST_AUTO_TEST_CASE(who_is_removed_leaves_unmanaged_groups_too_and_nobody_else_does)
{
    in_each_store(
        [](House const& house)
        {
            if (!house.open.store->traits().atomic)
            {
                BOOST_TEST(house.scim.del("/Users/" + house.ada).status == 403);
                BOOST_TEST(house.open.get("/Groups/" + house.admins).size("/members") == 2);
                return;
            }
            BOOST_TEST(house.scim.del("/Users/" + house.ada).status == 204);
            auto const admins = house.open.get("/Groups/" + house.admins);
            BOOST_TEST(admins.size("/members") == 1);
            BOOST_TEST(admins.text("/members/0/value") == house.root);

            auto const bob = house.scim.create("/Users", user("bob"));
            auto const eve = house.scim.create("/Users", user("eve"));
            auto const others = house.open.create("/Groups", group("others", {bob, eve}));
            auto const in_bulk = house.scim.post(
                "/Bulk",
                bulk({bulk_on("PATCH", "/Groups/" + others, remove_member(eve)), bulk_on("DELETE", "/Users/" + bob)}));
            BOOST_TEST(statuses(in_bulk) == "403 204");
            auto const left = house.open.get("/Groups/" + others);
            BOOST_TEST(left.size("/members") == 1);
            BOOST_TEST(left.text("/members/0/value") == eve);
        });
}

BOOST_AUTO_TEST_CASE(who_is_removed_from_very_many_groups_leaves_unmanaged_ones_too)
{
    in_each_store(
        [](House const& house)
        {
            if (!house.open.store->traits().atomic)
                return;
            for (int i = 0; i < 150; ++i)
                house.scim.create("/Groups", group("g" + std::to_string(i), {house.ada}));
            BOOST_TEST(house.scim.del("/Users/" + house.ada).status == 204);
            BOOST_TEST(house.open.get("/Groups/" + house.admins).size("/members") == 1);
            BOOST_TEST(house.open.get("/Groups?filter=members pr&count=0").number("/totalResults") == 1);
        });
}

BOOST_AUTO_TEST_CASE(check_13_an_account_that_scim_does_not_manage_is_adopted_by_no_request)
{
    in_each_store(
        [](House const& house)
        {
            auto const before = house.body("/Users/" + house.root);
            for (auto const* const name : {"root", "ROOT"})
            {
                auto const refused =
                    house.scim.post("/Users", user(name, {{"id", house.root}, {account, {{"managed", true}}}}));
                BOOST_TEST(refused.status == 409);
                BOOST_TEST(refused.scim_type() == "uniqueness");
                BOOST_TEST(refused.response.body.find(house.root) == std::string::npos);
                BOOST_TEST(house.scim.put("/Users/" + house.ada, user(name)).status == 409);
                BOOST_TEST(house.scim.patch("/Users/" + house.ada, patch_op("replace", "userName", name)).status ==
                           409);
            }
            BOOST_TEST(house.body("/Users/" + house.root) == before);
            // Handed over by the application, it is SCIM's.
            auto stored = house.open.stored("User", house.root).value();
            stored.attributes[account] = json::object{{"managed", true}};
            auto const facts = UniqueKeyRules::make(*house.types).value();
            std::vector<std::string> const changed{account};
            auto const attachment = house.open.attachment();
            BOOST_REQUIRE(house.open.store->write(*attachment, "default", {},
                                                  [&](WriteTransaction& transaction) -> result<void>
                                                  {
                                                      auto const done =
                                                          transaction.replace(stored, {}, facts.facts_of(stored),
                                                                              LargeAttributes::keep, changed);
                                                      return done ? result<void>{} : done.error();
                                                  }));
            BOOST_TEST(house.scim.patch("/Users/" + house.root, patch_op("replace", "title", "x")).status < 300);
        });
}

BOOST_AUTO_TEST_CASE(what_a_large_group_has_lost_is_found_in_one_pass_that_its_request_pays_for)
{
    constexpr std::size_t count = 20'000;
    House const house{ServiceOptions{}};
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i)
        ids.push_back("u" + std::to_string(i));
    Resource all{.type = house.types->find_resource_type("Group"), .id = "all"};
    all.attributes = group("all", ids);
    all.attributes.erase("schemas"); // a record has none
    house.open.store_directly(all);
    auto const facts = UniqueKeyRules::make(*house.types).value();
    auto const replaced = [&](std::uint64_t work)
    {
        Resource fewer = house.open.stored("Group", "all").value();
        fewer.attributes["members"].as_array().pop_back();
        Budget budget{work, Budget::Clock::time_point::max()};
        CallContext context;
        context.budget = &budget;
        auto const attachment = house.scim.attachment();
        return house.scim.store->write(*attachment, "default", context,
                                       [&](WriteTransaction& transaction) -> result<void>
                                       {
                                           auto const done = transaction.replace(fewer, {}, facts.facts_of(fewer),
                                                                                 LargeAttributes::as_given, {});
                                           return done ? result<void>{} : done.error();
                                       });
    };
    auto const refused = replaced(Budget::unlimited); // who has gone from it is there still
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().detail.find("is not managed by SCIM") != std::string::npos);
    auto const bounded = replaced(count * Budget::visit);
    BOOST_REQUIRE(!bounded);
    BOOST_TEST((bounded.error().code == ErrorCode::too_many));
    BOOST_TEST(house.open.get("/Groups/all").size("/members") == static_cast<int>(count));
}

// The editor of an application writes through a guard of its own, whose policy is the other way round.
BOOST_AUTO_TEST_CASE(what_scim_manages_the_editor_of_an_application_cannot_change, *label("ipsie-25"))
{
    in_each_store(
        [](House const& house)
        {
            auto managed = managed_by("urn:example:Account:managed").value();
            ManagedPolicy const local{.is_managed = [managed](std::string_view tenant, Resource const& stored)
                                      { return !managed.is_managed(tenant, stored); },
                                      .otherwise = "Change it where it comes from."};
            ServiceFixture const editor{house.with({}, std::make_shared<ManagedGuard>(house.open.store, local))};
            auto const before = house.body("/Users/" + house.ada) + house.body("/Groups/" + house.staff);
            auto const check = [](Reply const& reply)
            {
                BOOST_TEST(reply.status == 403);
                BOOST_TEST(reply.detail().find("Change it where it comes from.") != std::string::npos, reply.detail());
            };
            check(editor.patch("/Users/" + house.ada, patch_op("replace", "active", false)));
            check(editor.put("/Users/" + house.ada, user("ada", {{"title", "x"}})));
            check(editor.patch("/Groups/" + house.staff, remove_member(house.ada)));
            check(editor.del("/Groups/" + house.staff));
            if (house.open.store->traits().atomic) // others cannot give back the groups that she left before
            {
                check(editor.del("/Users/" + house.ada));
                BOOST_TEST(statuses(editor.post("/Bulk", bulk({bulk_on("DELETE", "/Users/" + house.ada)}))) == "403");
            }
            BOOST_TEST(house.body("/Users/" + house.ada) + house.body("/Groups/" + house.staff) == before);
            // Its own it edits, and SCIM goes on with what is its.
            BOOST_TEST(editor.patch("/Users/" + house.root, patch_op("replace", "title", "x")).status == 200);
            BOOST_TEST(house.scim.patch("/Users/" + house.ada, patch_op("replace", "title", "x")).status == 200);
        });
}

BOOST_AUTO_TEST_CASE(a_change_log_says_whether_what_changed_is_managed)
{
    House const house{ServiceOptions{}};
    auto const& scim = house.scim;
    auto const last = [&]
    {
        std::vector<LoggedChange> all;
        auto const keep = [&](LoggedChange&& one) { return all.push_back(std::move(one)), true; };
        house.open.store->change_log()->read("default", {}, {}, 1'000, keep).value();
        return all.back();
    };
    using Kept = std::vector<LoggedChange::Value>;
    LoggedChange::Value const is_managed{.path = "urn:example:Account:managed", .value = true};
    BOOST_TEST(scim.patch("/Users/" + house.ada, patch_op("replace", "title", "x")).status < 300);
    BOOST_TEST((last().kept == Kept{is_managed}));
    BOOST_TEST(!last().given_whole);
    BOOST_TEST(scim.put("/Users/" + house.ada, user("ada", {{"title", "y"}, {"password", "canary"}})).status == 200);
    auto const put = last();
    BOOST_TEST(put.given_whole);
    BOOST_TEST((std::ranges::find(put.kept, is_managed) != put.kept.end()));
    BOOST_TEST(std::ranges::count(put.kept, "userName", &LoggedChange::Value::path) == 1);
    BOOST_TEST(std::ranges::count(put.kept, "title", &LoggedChange::Value::path) == 0, "that has changed");
    BOOST_TEST(std::ranges::count(put.kept, "password", &LoggedChange::Value::path) == 0);
    BOOST_TEST(house.open.patch("/Users/" + house.root, patch_op("replace", "title", "x")).status < 300);
    BOOST_TEST(last().kept.empty());
    BOOST_TEST(scim.del("/Groups/" + house.staff).status == 204);
    BOOST_TEST((last().kept == Kept{is_managed}));
}

BOOST_AUTO_TEST_CASE(a_policy_may_go_by_tenant_and_a_mark_by_anything)
{
    std::vector<std::string> marked;
    auto const store = memory::make_store();
    std::shared_ptr<Environment> const environment = std::make_shared<TickingEnvironment>();
    ServiceFixture const open{{.store = store, .environment = environment}};
    ServiceFixture const scim{
        {.store = std::make_shared<ManagedGuard>(
             store, ManagedPolicy{.is_managed = [](std::string_view tenant, Resource const& stored)
                                  { return tenant == "default" && stored.attributes.contains("externalId"); },
                                  .mark = [&](std::string_view, Resource& created) { marked.push_back(created.id); }}),
         .environment = environment}};
    auto const mine = scim.create("/Users", user("mine", {{"externalId", "1"}}));
    auto const local = open.create("/Users", user("local", {{"title", "boss"}}));
    BOOST_TEST(marked == std::vector<std::string>{mine});
    BOOST_TEST(scim.del("/Users/" + local).status == 403);
    BOOST_TEST(scim.del("/Users/" + mine).status == 204);
    BOOST_TEST(scim.del("/Users/nobody").status == 404);
    BOOST_CHECK_THROW(ManagedGuard(store, {}), std::invalid_argument);
    BOOST_TEST((managed_by("not a name").error().code == ErrorCode::invalid_path));
}

BOOST_AUTO_TEST_SUITE_END()
