// What PATCH is at the edge; its algorithm is tested in tests/patch and by tests/cases.
#include <scimkit/schema/registry.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(patching)

namespace
{

struct Patched : ServiceFixture
{
    std::string id = create("/Users", user("ada", {{"title", "Ms"}}));
    std::string target = "/Users/" + id;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_patched_user_comes_back_whole, Patched,
                        *label("7644-3.5.2-ad") * label("7643-3.1-r") * label("7643-3.1-t"))
{
    Reply const reply = patch(target, patch_op("replace", "title", "Dr"));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/title") == "Dr");
    BOOST_TEST(reply.text("/userName") == "ada");
    BOOST_TEST(reply.text("/meta/created") == "2026-01-01T00:00:00.000Z");
    BOOST_TEST(reply.text("/meta/lastModified") > reply.text("/meta/created"));
    BOOST_TEST(reply.response.body == get(target).response.body);
}

BOOST_FIXTURE_TEST_CASE(no_change_moves_nothing, Patched,
                        *label("7644-3.5.2.1-j") * label("7644-3.5.2.1-k") * label("7644-3.5.2-ai"))
{
    auto const before = get(target).response.body;
    Reply const reply = patch(target, patch_op("add", "title", "Ms"));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.response.body == before);
    BOOST_TEST(get(target).response.body == before);
}

BOOST_FIXTURE_TEST_CASE(a_patch_happens_wholly_or_not_at_all, Patched,
                        *label("7644-3.5.2-aa") * label("7644-3.5.2-ac") * label("7644-3.12-y"))
{
    auto const before = get(target).response.body;
    Reply const reply =
        patch(target, patch_op({json::object{{"op", "replace"}, {"path", "title"}, {"value", "Dr"}},
                                json::object{{"op", "remove"}, {"path", "emails[type eq \"work\"].nosuch"}}}));
    BOOST_TEST(reply.status == 400);
    BOOST_TEST(get(target).response.body == before);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_resource_cannot_be_patched, Patched, *label("7644-3.5.2-ag"))
{
    Reply const reply = patch("/Users/nope", patch_op("replace", "title", "Dr"));
    BOOST_TEST(reply.status == 404);
    BOOST_TEST(reply.text("/status") == "404");
}

BOOST_FIXTURE_TEST_CASE(a_patch_keeps_unique_values_unique, Patched, *label("7644-3.5.2-ah") * label("7644-3.12-u"))
{
    create("/Users", user("bob"));
    Reply const reply = patch(target, patch_op("replace", "userName", "BOB"));
    BOOST_TEST(reply.status == 409);
    BOOST_TEST(reply.scim_type() == "uniqueness");
    BOOST_TEST(get(target).text("/userName") == "ada");
}

BOOST_FIXTURE_TEST_CASE(a_patch_that_is_no_patch_is_refused, Patched,
                        *label("7644-3.5.2-b") * label("7644-3.5.2-c") * label("7644-3.12-w"))
{
    json::object const operation{{"op", "replace"}, {"path", "title"}, {"value", "x"}};
    BOOST_TEST(patch(target, {{"Operations", json::array{operation}}}).scim_type() == "invalidSyntax");
    BOOST_TEST(patch(target, patch_op(json::array{})).scim_type() == "invalidSyntax");
    BOOST_TEST(send("PATCH", target, "{").scim_type() == "invalidSyntax");
    BOOST_TEST(send("PATCH", target, "{}", {{"Content-Type", "application/json-patch+json"}}).status == 415);
}

BOOST_AUTO_TEST_CASE(too_many_operations_are_refused)
{
    ServiceFixture const scim{{.limits = {.max_patch_operations = 2}}};
    auto const id = scim.create("/Users", user("ada"));
    json::object const operation{{"op", "replace"}, {"path", "title"}, {"value", "x"}};
    BOOST_TEST(scim.patch("/Users/" + id, patch_op({operation, operation})).status == 200);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op({operation, operation, operation})).scim_type() == "tooMany");
}

BOOST_FIXTURE_TEST_CASE(a_patched_password_is_hashed_and_never_shown, Patched,
                        *label("7643-4.1.1-s") * label("7643-7-u") * label("7644-7.7-b"))
{
    auto const kept = [&] { return std::string{stored("User", id)->attributes.at("password").as_string()}; };
    BOOST_TEST(!patch(target, patch_op("replace", "password", "one")).has("/password"));
    BOOST_TEST(kept() == FakeHasher{}.hash("one").value());
    patch(target, patch_op("replace", "", {{"PassWord", "two"}}));
    BOOST_TEST(kept() == FakeHasher{}.hash("two").value());
    Reply const refused = patch(target, patch_op("replace", "password", "too weak"));
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(kept() == FakeHasher{}.hash("two").value());
}

BOOST_FIXTURE_TEST_CASE(a_removed_password_is_gone, Patched, *label("7643-4.1.1-zb"))
{
    patch(target, patch_op("replace", "password", "one"));
    BOOST_TEST(patch(target, patch_op("remove", "password")).status == 200);
    BOOST_TEST(!stored("User", id)->attributes.contains("password"));
}

BOOST_FIXTURE_TEST_CASE(memberships_cannot_be_changed_at_the_user, Patched,
                        *label("7643-4.1.2-p") * label("7644-3.5.2.2-j") * label("7644-3.12-v"))
{
    BOOST_TEST(patch(target, patch_op("add", "groups", {{{"value", "g"}}})).scim_type() == "mutability");
    BOOST_TEST(patch(target, patch_op("replace", "id", "x")).scim_type() == "mutability");
}

BOOST_FIXTURE_TEST_CASE(extension_attributes_by_name_bring_their_schema, Patched,
                        *label("7644-3.5.2-u") * label("7644-3.5.2-v"))
{
    std::string const uri{urn::enterprise_user};
    Reply const added = patch(target, patch_op("add", uri + ":employeeNumber", "1"));
    BOOST_TEST(added.size("/schemas") == 2);
    Reply const removed = patch(target, patch_op("remove", uri + ":employeeNumber"));
    BOOST_TEST(removed.size("/schemas") == 1);
}

BOOST_AUTO_TEST_CASE(attributes_on_request_come_back_when_patched, *label("7643-7-z"))
{
    auto const registry = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .add(Schema{.id = "urn:example:2.0:Badge",
                                          .name = "Badge",
                                          .attributes = {{.name = "color", .returned = Returned::on_request}}})
                              .extend("User", "urn:example:2.0:Badge")
                              .build()
                              .value();
    ServiceFixture const scim{{.registry = registry}};
    auto const id = scim.create("/Users", user("ada"));
    Reply const reply = scim.patch("/Users/" + id, patch_op("replace", "urn:example:2.0:Badge:color", "red"));
    BOOST_TEST(reply.body.at("urn:example:2.0:Badge").at("color").as_string() == "red");
    BOOST_TEST(!scim.get("/Users/" + id).body.as_object().contains("urn:example:2.0:Badge"));
}

BOOST_FIXTURE_TEST_CASE(parallel_patches_of_one_group_are_all_kept, Patched, *label("7644-3.5.2-ab"))
{
    auto const group_id = create("/Groups", group("g"));
    std::vector<std::thread> writers;
    std::atomic<int> failed{0};
    for (int writer = 0; writer < 4; ++writer)
        writers.emplace_back(
            [&, writer]
            {
                for (int n = 0; n < 25; ++n)
                {
                    auto const value = std::to_string(writer) + "-" + std::to_string(n);
                    if (patch("/Groups/" + group_id, patch_op("add", "members", {{{"value", value}}})).status != 204)
                        ++failed;
                }
            });
    for (auto& writer : writers)
        writer.join();
    BOOST_TEST(failed == 0);
    BOOST_TEST(get("/Groups/" + group_id).size("/members") == 100);
}

BOOST_AUTO_TEST_SUITE_END()
