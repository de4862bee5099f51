// Values that come to nothing, ids and sizes: on every way in, in strict and in default mode, in every store.
#include <scimkit/schema/registry.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(values)

namespace
{

constexpr std::string_view enterprise = urn::enterprise_user;

json::value parse(std::string_view text) { return parse_json(text).value(); }

/// Calls `test` with a service over each store, in strict and in default mode.
void with_each_service(std::function<void(ServiceFixture const&, bool strict)> const& test)
{
    for (NamedStore const& store : all_stores())
        for (bool const strict : {false, true})
            BOOST_TEST_CONTEXT(store << (strict ? ", strict" : ""))
            {
                ServiceOptions options{.store = store.make()};
                if (strict)
                    options.tolerance = Tolerance::strict();
                test(ServiceFixture{std::move(options)}, strict);
            }
}

/// An operation that needs all members, so that those beside it are not done in place.
json::value const looks_at_all = parse(R"({"op":"remove","path":"members[display eq \"nobody\"]"})");

std::string operation(std::string_view op, std::string_view path, std::string_view value)
{
    std::string text = R"({"op":")" + std::string{op} + '"';
    if (!path.empty())
        text += R"(,"path":")" + std::string{path} + '"';
    return text + ",\"value\":" + std::string{value} + "}";
}

/// The ways to send `value` for `attribute` to a resource that has it already: the answers.
std::vector<Reply> sent_in_every_way(ServiceFixture const& scim, std::string const& target, json::object const& whole,
                                     std::string_view attribute, std::string_view value)
{
    std::vector<Reply> replies;
    json::object body = whole;
    body[attribute] = parse(value);
    replies.push_back(scim.put(target, body));
    body.erase("externalId");
    std::string const collection = target.substr(0, target.rfind('/'));
    if (body.contains("userName"))
        body["userName"] = "another";
    replies.push_back(scim.post(collection, body));
    std::string const name{attribute};
    std::string const member = R"({")" + name + "\":" + std::string{value} + "}";
    for (std::string const& text : {operation("add", name, value), operation("replace", name, value),
                                    operation("add", "", member), operation("replace", "", member),
                                    operation("replace", "", "[" + member + "]"), operation("remove", name, value)})
    {
        json::value const sent = parse(text);
        replies.push_back(scim.patch(target, patch_op({sent})));
        if (body.contains("members"))
            replies.push_back(scim.patch(target, patch_op({sent, looks_at_all})));
    }
    return replies;
}

void check_all_refused(ServiceFixture const& scim, std::string const& target, json::object const& whole,
                       std::string_view attribute, std::string_view value)
{
    std::string const before = scim.get(target).response.body;
    BOOST_TEST_CONTEXT(attribute << " " << value)
    for (Reply const& reply : sent_in_every_way(scim, target, whole, attribute, value))
    {
        BOOST_TEST(reply.status == 400, reply.response.body);
        bool const named = reply.detail().find(attribute) != std::string::npos ||
                           reply.scim_type() == "invalidSyntax" || // an unknown name, which strict mode tells first
                           reply.detail().find("there is no path") != std::string::npos;
        BOOST_TEST(named, reply.detail());
    }
    BOOST_TEST(scim.get(target).response.body == before);
}

} // namespace

BOOST_AUTO_TEST_CASE(no_way_of_sending_nothing_empties_the_members_of_a_group)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object const whole = group("G", {"1", "2"});
            std::string const target = "/Groups/" + scim.create("/Groups", whole);
            for (auto const* value :
                 {R"([{"id":"1"}])", R"([{"value":"1"},{"id":"2"}])", R"({"members":[{"value":"1"}]})", "[{}]", "{}",
                  "[null]", R"([{"value":null}])", R"([{"value":""}])", R"([{"value":" "}])", R"([""])",
                  R"([{"display":"Ada"}])", R"([{"type":"User"}])", R"([{"value":"\u200b1"}])"})
                check_all_refused(scim, target, whole, "members", value);
            BOOST_TEST(scim.get(target).size("/members") == 2);
        });
}

BOOST_AUTO_TEST_CASE(no_way_of_sending_nothing_empties_the_attributes_of_a_user)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object whole = user("ada");
            whole["emails"] = parse(R"([{"value":"w@x","type":"work"},{"value":"h@x"}])");
            whole["addresses"] = parse(R"([{"locality":"Rome","type":"work"}])");
            std::string const target = "/Users/" + scim.create("/Users", whole);
            for (auto const* value :
                 {R"([{"mail":"x"}])", R"([{"mail":"x","type":"work"}])", R"({"emails":[{"value":"x"}]})",
                  R"([{"value":null,"type":null}])", R"([{"value":"","display":" "}])", "[{}]", "[[]]"})
                check_all_refused(scim, target, whole, "emails", value);
            check_all_refused(scim, target, whole, "addresses", R"([{"foo":1}])");
            check_all_refused(scim, target, whole, "addresses", R"([{"street":"x","type":"work","primary":true}])");
        });
}

BOOST_AUTO_TEST_CASE(a_complex_value_of_unknown_names_changes_nothing)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object whole = user("ada", {{"name", json::object{{"givenName", "Ada"}}}});
            whole["schemas"] = json::array{urn::user, enterprise};
            whole[enterprise] = parse(R"({"manager":{"value":"26"}})");
            std::string const target = "/Users/" + scim.create("/Users", whole);
            std::string const before = scim.get(target).response.body;
            std::vector<Reply> replies;
            json::object body = whole;
            body["name"] = parse(R"({"foo":1})");
            replies.push_back(scim.put(target, body));
            body = whole;
            body[enterprise] = parse(R"({"manager":{"managerId":"27"}})");
            replies.push_back(scim.put(target, body));
            for (auto const* op : {"add", "replace"})
            {
                replies.push_back(scim.patch(target, patch_op(op, "name", parse(R"({"foo":1})"))));
                replies.push_back(scim.patch(target, patch_op(op, "", parse(R"({"name":{"foo":1}})"))));
                std::string const manager = std::string{enterprise} + ":manager";
                replies.push_back(scim.patch(target, patch_op(op, manager, parse(R"({"managerId":"27"})"))));
                replies.push_back(
                    scim.patch(target, patch_op(op, "", json::object{{manager, parse(R"({"managerId":"27"})")}})));
                replies.push_back(
                    scim.patch(target, patch_op(op, enterprise, parse(R"({"manager":{"managerId":"27"}})"))));
            }
            for (Reply const& reply : replies)
                BOOST_TEST(reply.status == 400, reply.response.body);
            BOOST_TEST(scim.get(target).response.body == before);
        });
}

BOOST_AUTO_TEST_CASE(an_extension_of_unknown_names_does_not_erase_the_one_that_is_there)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object whole = user("ada");
            whole["schemas"] = json::array{urn::user, enterprise};
            whole[enterprise] = parse(R"({"department":"D","manager":{"value":"26"}})");
            std::string const target = "/Users/" + scim.create("/Users", whole);
            std::string const before = scim.get(target).response.body;
            json::value const all_lost = parse(R"({"dept":"E"})");
            std::vector<Reply> replies;
            json::object body = whole;
            body[enterprise] = all_lost;
            replies.push_back(scim.put(target, body));
            body["userName"] = "another";
            replies.push_back(scim.post("/Users", body));
            body = whole;
            body[urn::user] = parse(R"({"nickname2":"x"})");
            replies.push_back(scim.put(target, body));
            for (auto const* op : {"add", "replace"})
            {
                replies.push_back(scim.patch(target, patch_op(op, enterprise, all_lost)));
                replies.push_back(scim.patch(target, patch_op(op, "", json::object{{enterprise, all_lost}})));
            }
            for (Reply const& reply : replies)
                BOOST_TEST(reply.status == 400, reply.response.body);
            BOOST_TEST(scim.get(target).response.body == before);
        });
}

BOOST_AUTO_TEST_CASE(a_remove_of_listed_values_never_empties_an_attribute)
{
    with_each_service(
        [](ServiceFixture const& scim, bool strict)
        {
            std::string const target = "/Groups/" + scim.create("/Groups", group("G", {"1", "2"}));
            Reply const reply = scim.patch(target, patch_op("remove", "members", parse(R"([{"value":"1"}])")));
            BOOST_TEST(reply.status == (strict ? 400 : 204));
            BOOST_TEST(scim.get(target).size("/members") == (strict ? 2 : 1));
            if (strict)
            {
                BOOST_TEST(reply.scim_type() == "invalidValue");
                BOOST_TEST(reply.detail().starts_with("Operations[0]: members: "), reply.detail());
            }
        });
}

BOOST_AUTO_TEST_CASE(a_remove_of_a_single_value_takes_nothing_but_what_its_value_says)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object body = user("ada");
            body["title"] = "y";
            body["name"] = parse(R"({"givenName":"Ada","familyName":"King"})");
            std::string const target = "/Users/" + scim.create("/Users", body);
            std::string const before = scim.get(target).response.body;
            for (auto const& [path, value] : {std::pair{"title", R"("x")"},
                                              {"name", R"({"middleName":"x"})"},
                                              {"name", R"({"givenName":"Ada"})"},
                                              {"name.givenName", R"("x")"},
                                              {"password", R"("x")"}})
                for (bool const in_bulk : {false, true})
                {
                    json::value const message = patch_op("remove", path, parse(value));
                    json::object const entry{{"method", "PATCH"}, {"path", target}, {"data", message}};
                    std::string_view const name{path};
                    if (in_bulk)
                        BOOST_TEST(scim.post("/Bulk", bulk({entry})).response.body.find("invalidValue") !=
                                       std::string::npos,
                                   name);
                    else
                        BOOST_TEST(scim.patch(target, message)
                                       .detail()
                                       .starts_with("Operations[0]: " + std::string{name} + ": "));
                    BOOST_TEST(scim.get(target).response.body == before, name);
                }
            BOOST_TEST(scim.patch(target, patch_op("remove", "title", "y")).status == 200);
            BOOST_TEST(scim.patch(target, patch_op("remove", "name", "")).status == 200);
            BOOST_TEST(!scim.get(target).has("/name"));
            BOOST_TEST(!scim.get(target).has("/title"));
        });
}

BOOST_AUTO_TEST_CASE(ids_are_exact_wherever_they_stand)
{
    with_each_service(
        [](ServiceFixture const& scim, bool strict)
        {
            std::string const id = scim.create("/Groups", group("G", {"abc", "x"}));
            std::string const target = "/Groups/" + id;
            auto const members = [&] { return scim.get(target).size("/members"); };
            auto const removal = parse(R"({"op":"remove","path":"members[value eq \"ABC\"]"})");
            for (json::array const& operations : {json::array{removal}, {removal, removal}, {removal, looks_at_all}})
                BOOST_TEST(scim.patch(target, patch_op(operations)).status == 204);
            if (!strict)
                for (json::array const& rest : {json::array{}, {looks_at_all}})
                {
                    json::array operations{parse(R"({"op":"remove","path":"members","value":[{"value":"ABC"}]})")};
                    operations.insert(operations.end(), rest.begin(), rest.end());
                    BOOST_TEST(scim.patch(target, patch_op(operations)).status == 204);
                }
            BOOST_TEST(members() == 2);
            BOOST_TEST(scim.patch(target, patch_op("add", "members", parse(R"([{"value":"abc"}])"))).status == 204);
            BOOST_TEST(members() == 2);
            BOOST_TEST(scim.patch(target, patch_op("add", "members", parse(R"([{"value":"ABC"}])"))).status == 204);
            BOOST_TEST(members() == 3);
            BOOST_TEST(scim.get("/Groups?filter=members.value eq \"Abc\"").number("/totalResults") == 0);
            BOOST_TEST(scim.get("/Groups?filter=members[value eq \"abc\"]").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Groups?filter=members eq \"X\"").number("/totalResults") == 0);
            BOOST_TEST(scim.get("/Groups?filter=members eq \"x\"").number("/totalResults") == 1);
        });
}

BOOST_AUTO_TEST_CASE(a_complex_attribute_compares_by_its_value_in_strict_mode_too)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            scim.create("/Users", user("ada", {{"emails", parse(R"([{"value":"ada@example.com"}])")}}));
            BOOST_TEST(scim.get("/Users?filter=emails co \"EXAMPLE.com\"").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Users?filter=emails co \"example.org\"").number("/totalResults") == 0);
            BOOST_TEST(scim.get("/Users?filter=name co \"a\"").scim_type() == "invalidFilter");
        });
}

BOOST_AUTO_TEST_CASE(core_attributes_may_stand_under_their_schemas_uri)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object body{{"schemas", json::array{urn::user}},
                              {urn::user, parse(R"({"userName":"ada","title":"Ms"})")}};
            Reply const created = scim.post("/Users", body);
            BOOST_REQUIRE(created.status == 201);
            BOOST_TEST(created.text("/title") == "Ms");
            std::string const target = "/Users/" + created.id();
            body[urn::user].as_object()["title"] = "Dr";
            BOOST_TEST(scim.put(target, body).text("/title") == "Dr");
            BOOST_TEST(
                scim.patch(target, patch_op("replace", "", json::object{{urn::user, parse(R"({"title":"Prof"})")}}))
                    .text("/title") == "Prof");
            body["title"] = "Ms";
            BOOST_TEST(scim.put(target, body).scim_type() == "invalidSyntax");
            BOOST_TEST(
                scim.put(target, json::object{{"schemas", json::array{urn::user}}, {urn::user, "ada"}}).scim_type() ==
                "invalidValue");
        });
}

BOOST_AUTO_TEST_CASE(the_refusal_of_a_secret_names_its_attribute)
{
    ServiceFixture const scim;
    Reply const created = scim.post("/Users", user("ada", {{"password", "too weak"}}));
    BOOST_TEST(created.status == 400);
    BOOST_TEST(created.detail() == "password: The password is too weak.");
    std::string const target = "/Users/" + scim.create("/Users", user("ada"));
    BOOST_TEST(scim.patch(target, patch_op("replace", "password", "too weak")).detail() ==
               "Operations[0]: password: The password is too weak.");
}

BOOST_AUTO_TEST_CASE(a_value_has_a_largest_length_on_every_way_in)
{
    ServiceOptions options;
    options.limits.max_value_bytes = 100;
    ServiceFixture const scim{std::move(options)};
    std::string const target = "/Users/" + scim.create("/Users", user("ada"));
    std::string const longest(100, 'a');
    std::string const longer(101, 'a');
    BOOST_TEST(scim.post("/Users", user("bob", {{"title", longest}})).status == 201);
    std::vector<Reply> replies;
    replies.push_back(scim.post("/Users", user("eve", {{"title", longer}})));
    replies.push_back(scim.put(target, user("ada", {{"title", longer}})));
    replies.push_back(scim.patch(target, patch_op("add", "title", json::value(longer))));
    replies.push_back(scim.patch(target, patch_op("replace", "", {{"title", longer}})));
    replies.push_back(scim.patch(target, patch_op("add", "emails[type eq \"title\"].value", json::value(longer))));
    for (Reply const& reply : replies)
    {
        BOOST_TEST(reply.scim_type() == "invalidValue", reply.response.body);
        BOOST_TEST(reply.detail().ends_with("longer than the limit of 100 bytes."), reply.detail());
    }
}

BOOST_AUTO_TEST_SUITE_END()
