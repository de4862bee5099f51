// Messages whose members are there twice in two spellings: nobody can tell which is meant, so nothing is done.
#include "support/bulk.hpp"
#include "support/delta.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(names_of_messages)

namespace
{

/// The message with each of its members once more, in capital letters: one message for each.
std::vector<json::object> doubled(json::object const& message)
{
    std::vector<json::object> all;
    for (auto const& member : message)
    {
        std::string name{member.key()};
        for (char& c : name)
            c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        all.push_back(message);
        all.back()[name] = member.value();
    }
    return all;
}

void expect_said_twice(Reply const& reply)
{
    BOOST_TEST(reply.status == 400, reply.response.body);
    BOOST_TEST(reply.scim_type() == "invalidSyntax");
    BOOST_TEST(reply.detail().find("the name is there twice") != std::string::npos, reply.detail());
}

} // namespace

BOOST_AUTO_TEST_CASE(no_message_has_a_member_twice, *label("7643-2.1-f"))
{
    ServiceFixture const scim{with_delta({})};
    auto const ada = scim.create("/Users", user("ada"));
    auto const before = scim.get("/Users").response.body;
    for (auto const& message : doubled(bulk({bulk_on("DELETE", "/Users/" + ada)}, {{"failOnErrors", 1}})))
        expect_said_twice(scim.post("/Bulk", message));
    json::object const search{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                              {"filter", "userName pr"},
                              {"count", 1},
                              {"attributes", json::array{"userName"}},
                              {"members of nobody", 1}};
    for (auto const& message : doubled(search))
        for (auto const* at : {"/Users/.search", "/.search"})
            expect_said_twice(scim.post(at, message));
    json::object const delta{
        {"schemas", json::array{delta_request_urn}}, {"deltaToken", token(scim)}, {"filter", "userName pr"}};
    for (auto const& message : doubled(delta))
        expect_said_twice(scim.post("/Users/.delta", message));
    for (auto const& message : doubled(patch_op("replace", "title", "x")))
        expect_said_twice(scim.patch("/Users/" + ada, message));
    BOOST_TEST(scim.get("/Users").response.body == before);
}

BOOST_AUTO_TEST_CASE(no_operation_has_a_member_twice, *label("7643-2.1-f"))
{
    ServiceFixture const scim;
    auto const ada = scim.create("/Users", user("ada"));
    auto const before = scim.get("/Users").response.body;
    for (auto const& operation : doubled(bulk_on("PUT", "/Users/" + ada, user("ada", {{"title", "x"}}), "W/\"1\"")))
    {
        Reply const reply = scim.post("/Bulk", bulk({operation}));
        BOOST_TEST(statuses(reply) == "400");
        BOOST_TEST(failure(reply, 0).starts_with("invalidSyntax: "), failure(reply, 0));
    }
    for (auto const& operation : doubled({{"op", "replace"}, {"path", "title"}, {"value", "x"}}))
        expect_said_twice(scim.patch("/Users/" + ada, patch_op(json::array{operation})));
    BOOST_TEST(scim.get("/Users").response.body == before);
}

BOOST_AUTO_TEST_SUITE_END()
