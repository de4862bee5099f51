// Tokens about changes as RFC 9967 has them.
#include <scimkit/core/text.hpp>
#include <scimkit/events/security_event.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string uri(std::string_view kind) { return "urn:ietf:params:scim:event:prov:" + std::string{kind}; }

struct SecurityEventFixture : EventsFixture
{
    json::object last(bool full = false) const
    {
        auto claims =
            security_event(changes().back(), scim.service.registry(),
                           {.issuer = "https://example.com", .audience = "https://example.com/a", .full = full});
        return std::move(claims).value();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(security_events, SecurityEventFixture)

BOOST_AUTO_TEST_CASE(a_token_has_the_claims_of_the_rfc_and_no_sub,
                     *boost::unit_test::label("9967-2-a") * boost::unit_test::label("9967-2.1-a") *
                         boost::unit_test::label("9967-2.1-c") * boost::unit_test::label("9967-2.1-d") *
                         boost::unit_test::label("9967-2.1-e") * boost::unit_test::label("9967-2.1-f") *
                         boost::unit_test::label("9967-2.1-h") * boost::unit_test::label("9967-2.2-b") *
                         boost::unit_test::label("9967-2.2-c") * boost::unit_test::label("9967-2.2-h") *
                         boost::unit_test::label("8417-2.2-a") * boost::unit_test::label("8417-2.2-b") *
                         boost::unit_test::label("8417-2.2-d") * boost::unit_test::label("8417-2.2-e") *
                         boost::unit_test::label("8417-2.2-h"))
{
    auto const id = scim.create("/Users", user("ada", {{"externalId", "x-1"}, {"password", "canary"}}));
    auto const claims = last();
    BOOST_TEST(claims.at("iss").as_string() == "https://example.com");
    BOOST_TEST(claims.at("aud").as_string() == "https://example.com/a");
    BOOST_TEST(claims.at("iat").as_int64() > 1'767'000'000);
    BOOST_TEST(!claims.contains("sub"));
    BOOST_TEST(!claims.contains("exp"));
    BOOST_TEST(claims.at("sub_id").at("format").as_string() == "scim");
    BOOST_TEST(claims.at("sub_id").at("uri").as_string() == "/Users/" + id);
    BOOST_TEST(claims.at("sub_id").at("externalId").as_string() == "x-1");
    BOOST_TEST(claims.at("sub_id").as_object().size() == 3U); // nothing that is not unique
    BOOST_TEST(claims.at("txn").as_string() == change_id(changes().back()));
    BOOST_TEST(claims.at("jti").as_string() != claims.at("txn").as_string());
    BOOST_TEST((last() == claims), "the same change makes the same token");
    auto const for_another = security_event(changes().back(), scim.service.registry(), {.audience = "another"}).value();
    BOOST_TEST(for_another.at("txn") == claims.at("txn"));
    BOOST_TEST(for_another.at("jti") != claims.at("jti"));
    scim.create("/Users", user("ben"));
    BOOST_TEST(!last().at("sub_id").as_object().contains("externalId"));
}

BOOST_AUTO_TEST_CASE(a_full_event_names_the_schemas_that_its_tenant_has_beside_those_of_others)
{
    Schema badge;
    badge.id = "urn:example:Badge";
    badge.name = "Badge";
    badge.attributes.push_back({.name = "number"});
    SchemaRegistry::Builder builder;
    builder.add_rfc7643();
    builder.add(badge);
    builder.extend("User", badge.id);
    auto const own = builder.build().value();
    LoggedChange const change{
        .tenant = "a",
        .resource_type = "User",
        .id = "1",
        .changed = {{.path = "userName", .value = "ada"}, {.path = "urn:example:Badge:number", .value = "7"}}};
    auto const schemas_with = [&](std::shared_ptr<SchemaRegistry const> registry)
    {
        auto const claims =
            security_event(change, scim.service.registry(), {.full = true, .registry = std::move(registry)});
        return ServiceFixture::text_of(claims->at("events").at(uri("create:full")).at("data").at("schemas"));
    };
    BOOST_TEST(schemas_with(own) == R"(["urn:ietf:params:scim:schemas:core:2.0:User","urn:example:Badge"])");
    BOOST_TEST(schemas_with(nullptr) == R"(["urn:ietf:params:scim:schemas:core:2.0:User"])");
}

BOOST_AUTO_TEST_CASE(notices_have_names_and_full_ones_have_data_and_never_both,
                     *boost::unit_test::label("9967-2.2-a") * boost::unit_test::label("9967-2.2-d") *
                         boost::unit_test::label("9967-2.2-e") * boost::unit_test::label("9967-2.2-f") *
                         boost::unit_test::label("9967-2.2-g") * boost::unit_test::label("9967-2.4-a") *
                         boost::unit_test::label("9967-2.4-b") * boost::unit_test::label("9967-2.4-c") *
                         boost::unit_test::label("9967-2.4-d") * boost::unit_test::label("9967-2.4-e") *
                         boost::unit_test::label("9967-2.4.1-a") * boost::unit_test::label("9967-2.4.1-b") *
                         boost::unit_test::label("9967-2.4.2-a"))
{
    auto const id = scim.create("/Users", user("ada", {{"title", "Head"},
                                                       {"password", "canary"},
                                                       {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                                                        {{"department", "Research"}}}}));
    auto const both = [&](std::string_view kind)
    {
        for (bool const full : {false, true})
        {
            auto const claims = last(full);
            auto const& payload =
                claims.at("events").at(uri(std::string{kind} + (full ? ":full" : ":notice"))).as_object();
            BOOST_TEST(payload.contains("data") == full);
            BOOST_TEST(payload.contains("attributes") == !full);
            BOOST_TEST(payload.at("version").as_string() == scim.get("/Users/" + id).text("/meta/version"));
            BOOST_TEST(ServiceFixture::text_of(claims).find("canary") == std::string::npos);
            BOOST_TEST(ServiceFixture::text_of(claims).find("fake$") == std::string::npos);
        }
    };
    both("create");
    auto const first = last();
    auto const& names = first.at("events").at(uri("create:notice")).at("attributes").as_array();
    for (auto const* const name :
         {"userName", "title", "password", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"})
        BOOST_TEST((std::ranges::find(names, json::value(name)) != names.end()), name);
    auto const created = last(true);
    auto const& data = created.at("events").at(uri("create:full")).at("data");
    BOOST_TEST(data.at("id").as_string() == id);
    BOOST_TEST(data.at("userName").as_string() == "ada");
    BOOST_TEST(data.at("schemas").as_array().size() == 2U);
    BOOST_TEST(!data.as_object().contains("password"));
    scim.patch("/Users/" + id, patch_op("replace", "title", "Chief"));
    both("patch");
    auto const updated = last(true);
    auto const& operation = updated.at("events").at(uri("patch:full")).at("data").at("Operations").at(0);
    BOOST_TEST(operation.at("op").as_string() == "replace");
    BOOST_TEST(operation.at("value").as_string() == "Chief");
    scim.patch("/Users/" + id, patch_op("remove", "title"));
    auto const removed = last(true);
    BOOST_TEST(removed.at("events").at(uri("patch:full")).at("data").at("Operations").at(0).at("op").as_string() ==
               "remove");
    scim.patch("/Users/" + id, patch_op("replace", "password", "canary-2"));
    BOOST_TEST(last(true).at("events").as_object().contains(uri("patch:notice")), "there is no value to tell");
}

BOOST_AUTO_TEST_CASE(activation_and_deletion_are_events_of_their_own,
                     *boost::unit_test::label("9967-2.1-i") * boost::unit_test::label("9967-2.4.4-a") *
                         boost::unit_test::label("9967-2.4.4-b") * boost::unit_test::label("9967-2.4.4-c") *
                         boost::unit_test::label("9967-2.4.5-a") * boost::unit_test::label("9967-2.4.6-a") *
                         boost::unit_test::label("8417-2.2-f"))
{
    auto const id = scim.create("/Users", user("ada", {{"active", true}}));
    BOOST_TEST(last().at("events").as_object().contains(uri("activate")));
    scim.patch("/Users/" + id, patch_op("replace", "active", false));
    BOOST_TEST(last().at("events").as_object().contains(uri("deactivate")));
    BOOST_TEST(last().at("events").as_object().contains(uri("patch:notice")));
    scim.patch("/Users/" + id, patch_op("replace", "active", true));
    scim.patch("/Users/" + id, patch_op("remove", "active"));
    BOOST_TEST(last().at("events").as_object().contains(uri("deactivate")));
    scim.del("/Users/" + id);
    auto const events = last().at("events").as_object();
    BOOST_TEST(events.size() == 1U);
    BOOST_TEST(events.at(uri("delete")).as_object().empty());
}

BOOST_AUTO_TEST_CASE(every_uri_that_comes_is_announced_and_lower_case,
                     *boost::unit_test::label("9967-2-b") * boost::unit_test::label("9967-2.1-b") *
                         boost::unit_test::label("9967-4-c") * boost::unit_test::label("9967-7.3-a") *
                         boost::unit_test::label("9967-7.4-a") * boost::unit_test::label("8417-2.2-g"))
{
    auto const id = scim.create("/Users", user("ada", {{"active", true}}));
    scim.create("/Groups", group("team", {id}));
    scim.patch("/Users/" + id, patch_op("replace", "active", false));
    scim.del("/Users/" + id);
    scim.put("/Groups/id-2", group("other"));
    std::set<std::string> const registered{uri("create:notice"), uri("create:full"), uri("patch:notice"),
                                           uri("patch:full"),    uri("put:notice"),  uri("put:full"),
                                           uri("delete"),        uri("activate"),    uri("deactivate")};
    for (bool const full : {false, true})
    {
        auto const announced = security_event_uris(full);
        for (LoggedChange const& change : changes())
        {
            auto const claims = security_event(change, scim.service.registry(), {.full = full}).value();
            for (auto const& event : claims.at("events").as_object())
            {
                std::string const name{event.key()};
                BOOST_TEST((std::ranges::find(announced, name) != announced.end()), name);
                BOOST_TEST(name == to_ascii_lower(name));
                BOOST_TEST(registered.contains(name), name);
                BOOST_TEST(!event.value().as_object().contains("sub_id"));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(events_are_announced_where_there_are_any_and_nowhere_else,
                     *boost::unit_test::label("9967-4-a") * boost::unit_test::label("9967-4-b") *
                         boost::unit_test::label("9967-7.2-a"))
{
    BOOST_TEST(!scim.get("/ServiceProviderConfig").has("/securityEvents"));
    auto made = options("a");
    made.security_events = security_event_uris(false);
    ServiceFixture const announcing{made};
    auto const config = announcing.get("/ServiceProviderConfig");
    BOOST_TEST(config.text("/securityEvents/asyncRequest") == "none");
    BOOST_TEST(config.size("/securityEvents/eventUris") == 7);
    auto const schema = announcing.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig");
    BOOST_TEST(schema.response.body.find("\"eventUris\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_would_rather_wait_is_answered_at_once_all_the_same,
                     *boost::unit_test::label("9967-2.5.1.1-d") * boost::unit_test::label("9967-4-e"))
{
    auto made = options("a");
    made.security_events = security_event_uris(false);
    ServiceFixture const announcing{made};
    Headers const rather{{"Prefer", "respond-async, wait=10"}};
    Reply const created = announcing.post("/Users", user("ada"), rather);
    BOOST_TEST(created.status == 201);
    Reply const replaced = announcing.put("/Users/" + created.id(), user("ada", {{"title", "x"}}), rather);
    BOOST_TEST(replaced.status == 200);
    for (Reply const& reply : {created, replaced, announcing.del("/Users/" + created.id(), rather)})
    {
        BOOST_TEST(reply.header("Preference-Applied") == "");
        BOOST_TEST(reply.header("Set-Txn") == "");
    }
}

BOOST_AUTO_TEST_CASE(a_change_of_many_members_is_a_notice, *boost::unit_test::label("9967-5-e"))
{
    LoggedChange change{.tenant = "a", .resource_type = "Group", .id = "g"};
    change.operation = LoggedChange::Operation::replaced;
    change.elements.push_back({.attribute = "members", .came = {}, .went = {"a\"b"}});
    auto const full = security_event(change, scim.service.registry(), {.full = true}).value();
    BOOST_TEST(full.at("events").at(uri("patch:full")).at("data").at("Operations").at(0).at("path").as_string() ==
               R"(members[value eq "a\"b"])");
    change.elements.front().went.resize(max_event_elements + 1, "m");
    auto const notice = security_event(change, scim.service.registry(), {.full = true}).value();
    BOOST_TEST(notice.at("events").at(uri("patch:notice")).at("attributes").at(0).as_string() == "members");
    change.resource_type = "Unknown";
    BOOST_TEST(!security_event(change, scim.service.registry(), {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_put_is_told_as_one_with_what_it_left_as_it_was, *boost::unit_test::label("9967-2.4.3-a") *
                                                                           boost::unit_test::label("9967-2.4-e") *
                                                                           boost::unit_test::label("9967-2.1-f"))
{
    json::object const body{{"title", "Head"}, {"password", "canary"}, {"externalId", "x-1"}};
    auto const id = scim.create("/Users", user("ada", body));
    auto changed = body;
    changed["title"] = "Chief";
    BOOST_REQUIRE(scim.put("/Users/" + id, user("ada", changed)).status == 200);
    auto const notice = last();
    BOOST_TEST(notice.at("events").as_object().size() == 1U);
    BOOST_TEST(notice.at("sub_id").at("externalId").as_string() == "x-1", "known, though it did not change");
    auto const& names = notice.at("events").at(uri("put:notice")).at("attributes").as_array();
    BOOST_TEST((std::ranges::find(names, json::value("title")) != names.end()));
    BOOST_TEST((std::ranges::find(names, json::value("userName")) == names.end()), "that has stayed");
    auto const full = last(true);
    auto const& payload = full.at("events").at(uri("put:full"));
    BOOST_TEST(payload.at("version").as_string() == scim.get("/Users/" + id).text("/meta/version"));
    auto const& data = payload.at("data").as_object();
    BOOST_TEST(data.at("title").as_string() == "Chief");
    BOOST_TEST(data.at("userName").as_string() == "ada");
    BOOST_TEST(data.at("externalId").as_string() == "x-1");
    BOOST_TEST(!data.contains("password"));
    auto const text = ServiceFixture::text_of(full);
    BOOST_TEST(text.find("canary") == std::string::npos);
    BOOST_TEST(text.find("fake$") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_put_of_what_may_be_large_is_told_by_names, *boost::unit_test::label("9967-5-e"))
{
    auto const id = scim.create("/Groups", group("team"));
    BOOST_REQUIRE(scim.put("/Groups/" + id, group("others")).status == 200);
    BOOST_TEST(last(true).at("events").as_object().contains(uri("put:notice")));
}

namespace
{

constexpr auto mark = "urn:example:Account:managed";

/// A change of a user of a type that has the mark.
struct Marked
{
    Marked()
    {
        Schema schema{.id = "urn:example:Account", .name = "Account"};
        schema.attributes.push_back(
            {.name = "managed", .type = AttributeType::boolean, .mutability = Mutability::read_only});
        SchemaRegistry::Builder builder;
        builder.add_rfc7643().add(std::move(schema)).extend("User", "urn:example:Account");
        registry = builder.build().value();
        change.operation = LoggedChange::Operation::replaced;
    }

    /// The one event; empty: there is no token.
    std::string event() const
    {
        auto const claims = security_event(change, *registry, {.feed = mark});
        return claims ? std::string{claims->at("events").as_object().begin()->key()} : std::string{};
    }

    std::shared_ptr<SchemaRegistry const> registry;
    LoggedChange change{.tenant = "a", .resource_type = "User", .id = "u"};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_joins_a_feed_or_leaves_it_is_told_so, Marked,
                        *boost::unit_test::label("9967-2.3.1-a") * boost::unit_test::label("9967-2.3.2-a"))
{
    change.changed = {{.path = "title", .value = "x"}, {.path = mark, .value = true}};
    BOOST_TEST(event() == "urn:ietf:params:scim:event:feed:add");
    change.changed.back().value = false;
    BOOST_TEST(event() == "urn:ietf:params:scim:event:feed:remove");
    change.changed.back().value = nullptr;
    BOOST_TEST(event() == "urn:ietf:params:scim:event:feed:remove");
    auto const uris = security_event_uris(false, false, true);
    BOOST_TEST((std::ranges::find(uris, event()) != uris.end()));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_in_a_feed_is_not_told, Marked, *boost::unit_test::label("9967-2.4.4-b"))
{
    change.changed = {{.path = "title", .value = "x"}};
    BOOST_TEST(event() == "");
    change.kept = {{.path = mark, .value = true}};
    BOOST_TEST(event() == uri("patch:notice"));
    change.operation = LoggedChange::Operation::removed;
    BOOST_TEST(event() == uri("delete"));
    change.kept.clear();
    BOOST_TEST(event() == "");
    change.operation = LoggedChange::Operation::created;
    BOOST_TEST(event() == "");
    change.changed.push_back({.path = mark, .value = true});
    BOOST_TEST(event() == uri("create:notice"));
    change.resource_type = "Group"; // a type without the mark is in it whole
    change.changed.clear();
    BOOST_TEST(event() == uri("create:notice"));
}

BOOST_AUTO_TEST_SUITE_END()
