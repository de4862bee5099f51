// U+0000 has no place in a directory: it ends text in C and in many databases. No way in lets it through; what a store
// is asked to look for may have it only where the store says that it can.
#include <scimkit/schema/registry.hpp>

#include "support/both_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(null_characters)

namespace
{

std::string const nul = std::string{"a\0b", 3};

json::object work_mail(std::string_view value)
{
    return {{"emails", json::array{json::object{{"type", "work"}, {"value", value}}}}};
}

/// A database that would end its text there.
struct WatchfulTable : Table
{
    bool has_seen_it = false;

    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        has_seen_it = has_seen_it || id.find('\0') != std::string_view::npos;
        return Table::get(tenant, type, id);
    }
    result<bool> find(std::string_view, AttributeRef const&, ResourceType const&, std::string_view value,
                      function_ref<bool(Resource&&)>) override
    {
        has_seen_it = has_seen_it || value.find('\0') != std::string_view::npos;
        return false;
    }
};

struct TableWithNull : Table
{
    bool null_characters() const override { return true; }
};

/// Without the backslashes that no target may have.
std::string encoded(std::string text)
{
    for (auto at = text.find('\\'); at != std::string::npos; at = text.find('\\', at))
        text.replace(at, 1, "%5C");
    return text;
}

void check_refused(Reply const& reply, std::string_view attribute, std::string_view way)
{
    BOOST_TEST(reply.status == 400, way << ": " << reply.response.body);
    BOOST_TEST(reply.scim_type() == "invalidValue", way << ": " << reply.response.body);
    BOOST_TEST(reply.detail().find(attribute) != std::string::npos, way << ": " << reply.detail());
    BOOST_TEST(reply.detail().find("control characters") != std::string::npos, way << ": " << reply.detail());
}

} // namespace

BOOST_AUTO_TEST_CASE(no_value_has_it_whatever_the_store_and_the_mode)
{
    for (Tolerance const& tolerance : {Tolerance{}, Tolerance::strict()})
        for (auto const& make : both_stores(tolerance))
        {
            ServiceFixture const scim{make()};
            auto const id = scim.create("/Users", user("ada", work_mail("a@example.com")));
            auto const target = "/Users/" + id;
            auto const enterprise = std::string{urn::enterprise_user};
            struct Way
            {
                std::string_view attribute;
                json::object members;
            };
            for (Way const& way :
                 {Way{"userName", {{"userName", nul}}}, Way{"externalId", {{"externalId", nul}}},
                  Way{"nickName", {{"nickName", nul}}}, Way{"password", {{"password", nul}}},
                  Way{"name.givenName", {{"name", {{"givenName", nul}}}}}, Way{"emails[0].value", work_mail(nul)},
                  Way{"profileUrl", {{"profileUrl", nul}}}, Way{"locale", {{"locale", nul}}}})
            {
                json::object body = user("bob", way.members);
                check_refused(scim.post("/Users", body), way.attribute, "POST");
                check_refused(scim.put(target, body), way.attribute, "PUT");
                check_refused(scim.patch(target, patch_op("add", "", way.members)), way.attribute, "PATCH add");
                check_refused(scim.patch(target, patch_op("replace", "", way.members)), way.attribute, "PATCH replace");
                for (auto const& [name, value] : way.members)
                    for (char const* op : {"add", "replace"})
                        check_refused(scim.patch(target, patch_op(op, name, value)), way.attribute, "PATCH path");
            }
            check_refused(scim.patch(target, patch_op("replace", "emails[type eq \"work\"].value", json::value(nul))),
                          "emails", "PATCH value path");
            check_refused(scim.patch(target, patch_op("replace", enterprise + ":department", json::value(nul))),
                          "department", "PATCH extension");
            check_refused(scim.post("/Groups", group("G", {nul})), "members", "POST members");
            BOOST_TEST(scim.get(target).text("/userName") == "ada");
        }
}

BOOST_AUTO_TEST_CASE(members_have_no_ids_with_it)
{
    for (auto const& make : both_stores())
    {
        ServiceFixture const scim{make()};
        auto const ada = scim.create("/Users", user("ada"));
        auto const target = "/Groups/" + scim.create("/Groups", group("G", {ada}));
        json::array const elements{json::object{{"value", nul}}};
        for (char const* op : {"add", "replace", "remove"})
        {
            check_refused(scim.patch(target, patch_op(op, "members", elements)), "members", op);
            if (op != std::string_view{"remove"})
                check_refused(scim.patch(target, patch_op(op, "", {{"members", elements}})), "members", op);
        }
        json::object changed = group("G");
        changed["members"] = elements;
        check_refused(scim.put(target, changed), "members", "PUT");
        json::array const by_uri{json::object{{"$ref", "https://example.com/v2/Users/a%00b"}}};
        BOOST_TEST(scim.patch(target, patch_op("add", "members", by_uri)).status == 400);
        BOOST_TEST(scim.get(target).size("/members") == 1);
    }
}

BOOST_AUTO_TEST_CASE(an_element_that_a_filter_describes_is_judged_as_one_that_was_sent)
{
    ServiceFixture const scim;
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    Reply const refused = scim.patch(target, patch_op("add", "emails[type eq \"a\\u0000b\"].value", "a@example.com"));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(!scim.get(target).has("/emails"));
}

BOOST_AUTO_TEST_CASE(no_id_in_a_target_has_it)
{
    for (auto const& make : both_stores())
    {
        ServiceFixture const scim{make()};
        scim.create("/Users", user("ada"));
        for (char const* method : {"GET", "PUT", "PATCH", "DELETE"})
            BOOST_TEST(scim.send_raw(method, "/v2/Users/a%00b", "{}").status == 400);
    }
}

BOOST_AUTO_TEST_CASE(a_filter_may_ask_for_it_where_the_store_can_look)
{
    auto const filters = {"userName eq \"a\\u0000b\"",          "userName ne \"a\\u0000b\"",
                          "not (emails[value sw \"\\u0000\"])", "name.givenName co \"\\u0000\" or active eq true",
                          "manager eq \"a\\u0000b\"",           "groups.value eq \"a\\u0000b\""};
    for (bool const can : {true, false})
    {
        auto const table = can ? std::make_shared<TableWithNull>() : std::make_shared<Table>();
        ServiceFixture const scim{{.store = adapt_small_store(table)}};
        auto const target = "/Users/" + scim.create("/Users", user("ada", work_mail("a@example.com")));
        for (std::string const filter : filters)
        {
            Reply const listed = scim.get("/Users?filter=" + encoded(filter));
            Reply const searched = scim.post(
                "/Users/.search",
                json::object{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}, {"filter", filter}});
            BOOST_TEST(listed.status == (can ? 200 : 400), filter << ": " << listed.response.body);
            BOOST_TEST(searched.status == listed.status, filter << ": " << searched.response.body);
            if (!can)
            {
                BOOST_TEST(listed.scim_type() == "invalidFilter");
                BOOST_TEST(listed.detail().find("U+0000") != std::string::npos);
            }
        }
        Reply const patched = scim.patch(target, patch_op("remove", "emails[value eq \"a\\u0000b\"]"));
        BOOST_TEST(patched.status == (can ? 200 : 400), patched.response.body);
        BOOST_TEST((can || patched.scim_type() == "invalidFilter"));
    }
    BOOST_TEST(ServiceFixture{}.get("/Users?filter=userName eq \"a%5Cu0000b\"").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(no_uri_of_a_filter_brings_it_to_a_store)
{
    auto const table = std::make_shared<WatchfulTable>();
    ServiceFixture const scim{{.store = adapt_small_store(table)}};
    auto const ada = scim.create("/Users", user("ada"));
    scim.create("/Groups", group("G", {ada}));
    for (std::string const filter :
         {"members.$ref eq \"https://example.com/v2/Users/a%2500b\"", "members[$ref eq \"../Users/a%2500b\"]",
          "meta.location eq \"https://example.com/v2/Groups/a%2500b\"", "id eq \"a\"",
          "members eq \"https://example.com/v2/Users/%2500\""})
    {
        Reply const reply = scim.get("/Groups?filter=" + filter);
        BOOST_TEST(reply.number("/totalResults") == 0, filter << ": " << reply.response.body);
    }
    BOOST_TEST(!table->has_seen_it);
}

BOOST_AUTO_TEST_SUITE_END()
