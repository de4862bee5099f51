// What the account lifecycle profile of IPSIE asks of the protocol, rows 22 to 33, by services of its levels.
#include <scimkit/schema/registry.hpp>
#include <scimkit/service/committed_change.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(ipsie_profile)

namespace
{

void on_every_store(std::string_view profile, std::function<void(ServiceFixture const&)> const& test)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
    test(ServiceFixture{{.store = store.make(), .profile = find_profile(profile)}});
}

std::string refusal(std::string_view profile, std::function<void(ServiceOptions&)> const& change)
{
    ServiceOptions options{.base_url = "https://example.com/v2",
                           .store = memory::make_store(),
                           .authenticator = no_authentication("tester"),
                           .profile = find_profile(profile)};
    change(options);
    auto const service = Service::create(std::move(options));
    return service ? std::string{} : service.error().detail;
}

std::int64_t found(ServiceFixture const& scim, std::string const& target)
{
    return scim.get(target).number("/totalResults");
}

} // namespace

BOOST_AUTO_TEST_CASE(bulk_is_offered, *label("ipsie-23"))
{
    for (auto const* level : {"ipsie-al1", "ipsie-al2"})
    {
        on_every_store(level,
                       [](ServiceFixture const& scim)
                       {
                           BOOST_TEST(scim.get("/ServiceProviderConfig").find("/bulk/supported")->as_bool());
                           auto const reply = scim.post("/Bulk", bulk({bulk_post("/Users", "u", user("ada"))}));
                           BOOST_TEST(statuses(reply) == "201");
                       });
        BOOST_TEST(refusal(level, [](auto& options) { options.bulk = false; }) ==
                   "The profile " + std::string{level} + ", row 23: bulk has to be on.");
    }
}

BOOST_AUTO_TEST_CASE(one_patch_changes_several_attributes, *label("ipsie-24"))
{
    on_every_store("ipsie-al1",
                   [](ServiceFixture const& scim)
                   {
                       auto const path = "/Users/" + scim.create("/Users", user("ada"));
                       auto const replace = [](std::string_view name, std::string_view value) {
                           return json::object{{"op", "replace"}, {"path", name}, {"value", value}};
                       };
                       json::array operations{replace("displayName", "Ada"), replace("title", "Countess")};
                       BOOST_TEST(scim.patch(path, patch_op(std::move(operations))).status == 200);
                       BOOST_TEST(scim.get(path).text("/displayName") == "Ada");
                       BOOST_TEST(scim.get(path).text("/title") == "Countess");
                   });
    BOOST_TEST(refusal("ipsie-al1", [](auto& options) { options.patch = false; }) ==
               "The profile ipsie-al1, row 24: patch has to be on.");
}

BOOST_AUTO_TEST_CASE(a_patch_of_active_is_told_to_whoever_ends_sessions, *label("ipsie-26"))
{
    std::vector<bool> told;
    ServiceFixture const scim{{.profile = find_profile("ipsie-al1"),
                               .observer = [&](CommittedChange const& change)
                               {
                                   if (change.after)
                                       if (auto const* active = change.after->attributes.if_contains("active"))
                                           told.push_back(active->as_bool());
                               }}};
    auto const path = "/Users/" + scim.create("/Users", user("ada", {{"active", true}}));
    BOOST_TEST(scim.patch(path, patch_op("replace", "active", false)).status == 200);
    BOOST_TEST(!scim.get(path).find("/active")->as_bool());
    BOOST_TEST(scim.patch(path, patch_op("replace", "active", true)).status == 200);
    BOOST_TEST((told == std::vector{true, false, true}));
    BOOST_TEST(refusal("ipsie-al1",
                       [](auto& options) {
                           options.registry =
                               SchemaRegistry::Builder{}.add_rfc7643().leave_out("User", {"active"}).build().value();
                       }) == "The profile ipsie-al1, row 26: there has to be the attribute User.active.");
}

BOOST_AUTO_TEST_CASE(users_are_found_by_the_filters_of_level_1_and_names_are_free_again, *label("ipsie-27"))
{
    on_every_store(
        "ipsie-al1",
        [](ServiceFixture const& scim)
        {
            auto const id = scim.create(
                "/Users",
                user("ada", {{"externalId", "7"},
                             {"emails", json::array{json::object{{"value", "a@example.com"}, {"type", "work"}}}}}));
            BOOST_TEST(scim.get("/Users/" + id).status == 200);
            for (std::string const& filter : {std::string{"userName eq \"ada\""}, std::string{"externalId eq \"7\""},
                                              std::string{"emails[value eq \"a@example.com\"]"},
                                              std::string{"emails[type eq \"work\" and value eq \"a@example.com\"]"}})
                BOOST_TEST(found(scim, "/Users?filter=" + filter) == 1, filter);
            BOOST_TEST(scim.del("/Users/" + id).status == 204);
            BOOST_TEST(scim.post("/Users", user("ada")).status == 201);
        });
}

BOOST_AUTO_TEST_CASE(users_are_made_changed_and_listed_with_the_attributes_of_level_2, *label("ipsie-28"))
{
    on_every_store(
        "ipsie-al2",
        [](ServiceFixture const& scim)
        {
            auto const id =
                scim.create("/Users", user("ada", {{"displayName", "Ada"}, {"active", true}, {"externalId", "7"}}));
            BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "displayName", "Countess")).status == 200);
            Reply const list = scim.get("/Users");
            BOOST_REQUIRE(list.size("/Resources") == 1);
            BOOST_TEST(list.text("/Resources/0/displayName") == "Countess");
            BOOST_TEST(list.text("/Resources/0/userName") == "ada");
            BOOST_TEST(list.text("/Resources/0/externalId") == "7");
            BOOST_TEST(list.find("/Resources/0/active")->as_bool());
        });
}

BOOST_AUTO_TEST_CASE(passwords_are_unknown_on_every_way_in, *label("ipsie-29"))
{
    on_every_store(
        "ipsie-al2",
        [](ServiceFixture const& scim)
        {
            BOOST_TEST(!scim.get("/ServiceProviderConfig").find("/changePassword/supported")->as_bool());
            BOOST_TEST(scim.get("/Schemas").response.body.find("\"password\"") == std::string::npos);
            auto const id = scim.create("/Users", user("ada", {{"password", "t1meMa$heen"}})); // left out, as unknown
            BOOST_TEST(!scim.stored("User", id)->attributes.contains("password"));
            BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "password", "secret")).scim_type() ==
                       "invalidPath");
            BOOST_TEST(scim.get("/Users?filter=password pr").scim_type() == "invalidFilter");
        });
    auto const with_key = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .leave_out("User", {"password"})
                              .add(Schema{.id = "urn:example:key",
                                          .name = "Key",
                                          .attributes = {{.name = "secret", .mutability = Mutability::write_only}}})
                              .extend("User", "urn:example:key")
                              .build()
                              .value();
    BOOST_TEST(refusal("ipsie-al2", [&](auto& options) { options.registry = with_key; }) ==
               "The profile ipsie-al2, row 29: Key.secret is never returned, and there may be no credentials.");
    auto const without = registry_for(*find_profile("ipsie-al2"), with_key).value();
    BOOST_TEST(without->find_schema("urn:example:key") == nullptr); // nothing of it is left
    BOOST_TEST(refusal("ipsie-al2", [&](auto& options) { options.registry = without; }) == "");
}

BOOST_AUTO_TEST_CASE(a_page_has_at_most_a_thousand_users, *label("ipsie-30"))
{
    ServiceFixture const scim{{.profile = find_profile("ipsie-al2")}};
    BOOST_TEST(scim.get("/ServiceProviderConfig").number("/filter/maxResults") <= 1'000);
    BOOST_TEST(scim.get("/ServiceProviderConfig").find("/pagination/cursor")->as_bool());
    BOOST_TEST(refusal("ipsie-al2", [](auto& options) { options.limits.max_page_size = 1'001; }) ==
               "The profile ipsie-al2, row 30: max_page_size has to be at most 1000.");
}

BOOST_AUTO_TEST_CASE(groups_may_be_empty_and_are_found_by_name_id_and_member, *label("ipsie-31"))
{
    on_every_store("ipsie-al2",
                   [](ServiceFixture const& scim)
                   {
                       auto const ada = scim.create("/Users", user("ada"));
                       auto empty = group("Empty");
                       empty["externalId"] = "e";
                       scim.create("/Groups", empty);
                       scim.create("/Groups", group("Team", {ada}));
                       BOOST_TEST(found(scim, "/Groups?filter=displayName eq \"Empty\"") == 1);
                       BOOST_TEST(found(scim, "/Groups?filter=externalId eq \"e\"") == 1);
                       BOOST_TEST(found(scim, "/Groups?filter=members[value eq \"" + ada + "\"]") == 1);
                   });
}

BOOST_AUTO_TEST_CASE(fifty_members_come_and_go_in_one_patch, *label("ipsie-32"))
{
    on_every_store(
        "ipsie-al2",
        [](ServiceFixture const& scim)
        {
            auto const path = "/Groups/" + scim.create("/Groups", group("Team"));
            json::array add;
            json::array remove;
            for (int i = 0; i < 60; ++i)
            {
                auto const id = scim.create("/Users", user("u" + std::to_string(i)));
                add.push_back(json::object{
                    {"op", "add"}, {"path", "members"}, {"value", json::array{json::object{{"value", id}}}}});
                remove.push_back(json::object{{"op", "remove"}, {"path", "members[value eq \"" + id + "\"]"}});
            }
            BOOST_TEST(scim.patch(path, patch_op(std::move(add))).status == 204);
            BOOST_TEST(scim.get(path).size("/members") == 60);
            BOOST_TEST(!scim.get(path + "?excludedAttributes=members").has("/members"));
            BOOST_TEST(!scim.get("/Groups?excludedAttributes=members").has("/Resources/0/members"));
            BOOST_TEST(scim.patch(path, patch_op(std::move(remove))).status == 204);
            BOOST_TEST(!scim.get(path).has("/members"));
        });
    BOOST_TEST(refusal("ipsie-al2", [](auto& options) { options.limits.max_patch_operations = 49; }) ==
               "The profile ipsie-al2, row 32: max_patch_operations has to be at least 50.");
}

BOOST_AUTO_TEST_CASE(errors_say_nothing_of_the_inside_and_every_change_is_told, *label("ipsie-33"))
{
    std::vector<std::string> audit;
    ServiceFixture const scim{{.profile = find_profile("ipsie-al2"), .observer = [&](CommittedChange const& change) {
                                   audit.push_back(!change.before ? "create" : !change.after ? "delete" : "change");
                               }}};
    auto const path = "/Users/" + scim.create("/Users", user("ada"));
    scim.patch(path, patch_op("replace", "title", "Miss"));
    scim.del(path);
    BOOST_TEST((audit == std::vector<std::string>{"create", "change", "delete"}));
    Reply const error = scim.send("POST", "/Users", "{", {});
    BOOST_TEST(error.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error");
    for (auto const& [name, value] : error.body.as_object())
        BOOST_TEST((name == "schemas" || name == "status" || name == "scimType" || name == "detail" ||
                    name == "urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation"),
                   name);
}

BOOST_AUTO_TEST_CASE(a_level_does_not_change_what_is_tolerated)
{
    BOOST_TEST((find_profile("ipsie-al1")->tolerance == Tolerance{}));
    BOOST_TEST((find_profile("ipsie-al2")->tolerance == Tolerance{}));
}

BOOST_AUTO_TEST_SUITE_END()
