// What a delta query refuses, and to whom: tokens of others, requests that make no sense, what is not kept any more.
#include "support/delta.hpp"

#include <boost/test/unit_test.hpp>

#include <tuple>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(delta_refusals)

BOOST_AUTO_TEST_CASE(a_token_serves_its_type_and_tenant_only_and_one_of_the_root_all_types)
{
    ServiceFixture const scim{with_delta({})};
    auto const of_users = token(scim);
    BOOST_TEST(changes(scim, of_users).status == 200);
    BOOST_TEST(changes(scim, token(scim, "")).status == 200);
    BOOST_TEST(changes(scim, token(scim, ""), {}, "").status == 200);
    auto other_tenant = with_delta(scim.store);
    other_tenant.default_tenant = "other";
    other_tenant.cursor_key.emplace();
    auto one_tenant = with_delta(scim.store);
    one_tenant.cursor_key.emplace();
    ServiceFixture const other{std::move(other_tenant)};
    ServiceFixture const one{std::move(one_tenant)};
    std::string forged = of_users;
    forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
    for (auto const& [to, what, at] :
         {std::tuple{&scim, of_users, "/Groups"}, std::tuple{&scim, of_users, ""}, std::tuple{&scim, forged, "/Users"},
          std::tuple{&other, token(one), "/Users"}, std::tuple{&scim, std::string{"x"}, "/Users"},
          std::tuple{&scim, scim.get("/Users?cursor=&count=1").text("/nextCursor"), "/Users"}})
    {
        Reply const refused = changes(*to, what, {}, at);
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.scim_type() == "invalidValue");
        BOOST_TEST(refused.detail().starts_with("deltaToken: "));
    }
}

BOOST_AUTO_TEST_CASE(check_23_a_token_of_an_answer_serves_the_query_that_was_answered_and_no_other)
{
    ServiceFixture const scim{with_delta({})};
    auto const since = token(scim); // was given for no query, and serves each
    json::object const asked{{"filter", "active eq true"}, {"attributes", json::array{"userName", "active"}}};
    std::string const next = changes(scim, since, asked).text("/nextDeltaToken/value");
    json::object same = asked;
    same["filter"] = "ACTIVE eq true"; // in other words
    same["count"] = 7;
    BOOST_TEST(changes(scim, next, same).status == 200);
    for (json::object const& other :
         {json::object{}, json::object{{"filter", "active eq true"}},
          json::object{{"filter", "active eq false"}, {"attributes", asked.at("attributes")}},
          json::object{{"filter", "active eq true"}, {"attributes", json::array{"userName"}}},
          json::object{{"filter", "active eq true"}, {"excludedAttributes", json::array{"name"}}}})
    {
        Reply const refused = changes(scim, next, other);
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.scim_type() == "invalidValue");
        BOOST_TEST(refused.detail().starts_with("deltaToken: "));
    }
    std::string const of_all = changes(scim, since).text("/nextDeltaToken/value");
    BOOST_TEST(changes(scim, of_all).status == 200);
    BOOST_TEST(changes(scim, of_all, asked).status == 400);
    std::string const of_root = changes(scim, token(scim, ""), {}, "").text("/nextDeltaToken/value");
    BOOST_TEST(changes(scim, of_root, {}, "").status == 200);
    BOOST_TEST(changes(scim, of_root).status == 400);
}

BOOST_AUTO_TEST_CASE(whose_schemas_have_changed_is_told_to_begin_anew)
{
    auto const with_shoes = [](AttributeType type)
    {
        Schema const shoes{
            .id = "urn:example:shoes:1.0:User", .name = "Shoes", .attributes = {{.name = "size", .type = type}}};
        auto types = rfc7643_resource_types();
        types.front().extensions.push_back({.schema = shoes.id});
        SchemaRegistry::Builder builder;
        for (Schema const& schema : rfc7643_schemas())
            builder.add(schema);
        builder.add(shoes);
        for (ResourceTypeDefinition const& each : types)
            builder.add(each);
        return builder.build().value();
    };
    auto const options = [](std::shared_ptr<SchemaRegistry const> registry)
    {
        auto made = with_delta({});
        made.registry = std::move(registry);
        made.cursor_key.emplace();
        return made;
    };
    ServiceFixture const before{options(with_shoes(AttributeType::integer))};
    ServiceFixture const same{options(with_shoes(AttributeType::integer))};
    ServiceFixture const after{options(with_shoes(AttributeType::string))};
    BOOST_TEST(changes(same, token(before)).status == 200);
    BOOST_TEST(changes(after, token(before)).status == 400);
    BOOST_TEST(changes(after, token(before, "/Groups"), {}, "/Groups").status == 200);
    BOOST_TEST(changes(same, token(before, ""), {}, "/Groups").status == 200);
    BOOST_TEST(changes(after, token(before, ""), {}, "/Groups").status == 400, "the root's is about all types");
}

BOOST_AUTO_TEST_CASE(who_asks_for_none_gets_none_and_misses_none)
{
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            auto const since = token(scim);
            scim.create("/Users", user("a"));
            scim.create("/Users", user("b"));
            Reply const none = changes(scim, since, {{"count", 0}});
            BOOST_TEST(none.status == 200);
            BOOST_TEST(none.size("/Resources") == 0);
            BOOST_TEST(!none.has("/nextCursor"));
            BOOST_TEST(!none.has("/totalResults")); // nobody has looked
            BOOST_TEST(changes(scim, none.text("/nextDeltaToken/value")).size("/Resources") == 2);
        }
}

BOOST_AUTO_TEST_CASE(who_has_missed_what_is_not_kept_any_more_is_told_to_begin_anew)
{
    for (NamedStore const& store : stores_with_log())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{with_delta(store.make())};
            auto const since = token(scim);
            scim.create("/Users", user("a"));
            auto const later = token(scim);
            BOOST_REQUIRE(scim.store->change_log()
                              ->trim(scim.service.options().default_tenant, {}, {.before = Instant::max()})
                              .has_value());
            Reply const refused = changes(scim, since);
            BOOST_TEST(refused.status == 400);
            BOOST_TEST(refused.scim_type() == "invalidValue");
            BOOST_TEST(changes(scim, later).status == 200);
        }
    auto options = with_delta({});
    options.limits.delta_timeout = std::chrono::seconds{3};
    ServiceFixture const scim{std::move(options)};
    auto const since = token(scim);
    for (int i = 0; i < 4; ++i)
        scim.create("/Users", user("u" + std::to_string(i))); // each a second
    BOOST_TEST(changes(scim, since).status == 400);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_of_a_delta_is_refused_in_words)
{
    ServiceFixture const scim{with_delta({})};
    auto const since = token(scim);
    auto const expect = [&](json::object more, std::string_view scim_type)
    {
        Reply const refused = changes(scim, since, std::move(more));
        BOOST_TEST(refused.status == 400);
        BOOST_TEST(refused.scim_type() == scim_type, refused.response.body);
    };
    expect({{"startIndex", 1}}, "invalidValue");
    expect({{"sortBy", "userName"}}, "invalidValue");
    expect({{"deltaToken", 7}}, "invalidValue");
    expect({{"filter", "groups.value eq \"x\""}}, "invalidFilter");
    expect({{"filter", "password pr"}}, "invalidFilter");
    expect({{"cursor", "abc"}}, "invalidCursor");
    expect({{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}}, "invalidSyntax");
    BOOST_TEST(scim.send("PUT", "/Users/.delta", "{}").status == 405);
    BOOST_TEST(scim.post("/Users/.deltaToken", json::object{}).status == 405);
    for (int i = 0; i < 5; ++i)
        scim.create("/Users", user("u" + std::to_string(i)));
    Reply const first = changes(scim, since, {{"count", 2}});
    BOOST_TEST(!first.has("/totalResults"));
    std::string const cursor = first.text("/nextCursor");
    expect({{"cursor", cursor}, {"count", 3}}, "invalidCount");
    expect({{"cursor", cursor}, {"filter", "title pr"}}, "invalidCursor");
    BOOST_TEST(changes(scim, token(scim), {{"cursor", cursor}}).scim_type() == "invalidCursor");
    BOOST_TEST(changes(scim, since, {{"cursor", cursor}}).text("/Resources/0/data/userName") == "u2");
}

BOOST_AUTO_TEST_CASE(it_is_announced_where_it_is_on_and_a_store_without_a_log_cannot_have_it)
{
    ServiceFixture const on{with_delta({})};
    Reply const config = on.get("/ServiceProviderConfig");
    BOOST_TEST(config.find("/DeltaQuery/supported")->as_bool());
    BOOST_TEST(config.number("/DeltaQuery/deltaTokenExpiry") == 30 * 86'400);
    ServiceFixture const off;
    BOOST_TEST(!off.get("/ServiceProviderConfig").has("/DeltaQuery"));
    BOOST_TEST(off.get("/Users/.deltaToken").status == 404);
    BOOST_TEST(off.get("/.deltaToken").status == 404);
    auto const refused = Service::create({.base_url = "https://example.com/v2",
                                          .store = adapt_small_store(std::make_shared<JournalStore>()),
                                          .authenticator = no_authentication("tester"),
                                          .delta_query = true});
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().detail.find("keeps no change log") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_may_not_query_a_type_gets_neither_token_nor_changes)
{
    class OnlyUsers : public Authoriser
    {
        result<void> authorise(Principal const&, Access const& access) override
        {
            if (access.type && access.type->name() == "Group" && access.operation == Access::Operation::query)
                return Error{ErrorCode::forbidden, "Groups are not for you."};
            return {};
        }
    };
    auto options = with_delta({});
    options.authoriser = std::make_shared<OnlyUsers>();
    ServiceFixture const scim{std::move(options)};
    BOOST_TEST(scim.get("/Groups/.deltaToken").status == 403);
    auto const since = token(scim, "");
    scim.create("/Groups", group("g"));
    scim.create("/Users", user("u"));
    BOOST_TEST(changes(scim, since, {}, "/Groups").status == 403);
    BOOST_TEST(changes(scim, since, {}, "").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
