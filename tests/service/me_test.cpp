// /Me (RFC 7644 section 3.11): the caller's own resource, under every rule that holds for it elsewhere.
#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(me)

namespace
{

/// The fixture's principal is "tester".
ServiceOptions mapped(std::shared_ptr<ResourceStore> store = {})
{
    return {.store = std::move(store), .me = own_resource_by()};
}

} // namespace

BOOST_AUTO_TEST_CASE(it_is_the_resource_of_the_caller, *label("7644-3.11-c") * label("7644-3.11-d") *
                                                           label("7644-3.11-e") * label("7644-3.11-h") *
                                                           label("7644-3.4.1-d") * label("7644-3.2-c"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{mapped(store.make())};
            auto const id = scim.create("/Users", user("Tester", {{"title", "a"}}));
            scim.create("/Users", user("other"));
            std::string const location = "https://example.com/v2/Users/" + id;
            Reply const read = scim.get("/Me");
            BOOST_TEST(read.status == 200);
            BOOST_TEST(read.id() == id);
            BOOST_TEST(read.text("/meta/location") == location);
            BOOST_TEST(read.header("Location") == location);
            BOOST_TEST(read.header("Content-Location") == location);
            Reply const part = scim.get("/Me?attributes=userName");
            BOOST_TEST(!part.has("/title"));
            BOOST_TEST(part.header("Content-Location").empty());
            std::string const tag{read.header("ETag")};
            Reply const same = scim.get("/Me", {{"If-None-Match", tag}});
            BOOST_TEST(same.status == 304);
            BOOST_TEST(same.header("Location") == location);
            BOOST_TEST(scim.send("HEAD", "/Me").status == 200);
            BOOST_TEST(scim.patch("/Me", patch_op("replace", "title", "b"), {{"If-Match", tag}}).text("/title") == "b");
            Reply const stale = scim.patch("/Me", patch_op("replace", "title", "c"), {{"If-Match", tag}});
            BOOST_TEST(stale.status == 412);
            BOOST_TEST(stale.header("Location") == location);
            Reply const put = scim.put("/Me", user("tester", {{"title", "d"}}));
            BOOST_TEST(put.status == 200);
            BOOST_TEST(put.header("Location") == location);
            BOOST_TEST(scim.get("/Users/" + id).text("/title") == "d");
            Reply const gone = scim.del("/Me");
            BOOST_TEST(gone.status == 204);
            BOOST_TEST(gone.header("Location") == location);
            BOOST_TEST(scim.get("/Users/" + id).status == 404);
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
        }
}

BOOST_AUTO_TEST_CASE(whoever_has_no_resource_is_told_so_with_403, *label("7644-3.11-g"))
{
    using Answer = result<std::optional<OwnResource>>;
    auto const answering = [](std::optional<OwnResource> const& own)
    { return [=](Principal const&, std::string_view) { return Answer{own}; }; };
    std::pair<char const*, decltype(ServiceOptions::me)> const mappings[] = {
        {"by an attribute that no user has", own_resource_by()},
        {"to nothing", answering(std::nullopt)},
        {"to an id that is not there", answering(OwnResource{.type = "User", .id = "nobody"})}};
    for (auto const& [name, me] : mappings)
        for (std::string_view const method : {"GET", "HEAD", "PUT", "PATCH", "DELETE"})
            BOOST_TEST_CONTEXT(name << ", " << method)
            {
                ServiceFixture const scim{{.me = me}};
                scim.create("/Users", user("other"));
                json::value const body = method == "PATCH" ? patch_op("add", "title", "x") : user("tester");
                Reply const reply = scim.send(method, "/Me", ServiceFixture::text_of(body));
                BOOST_TEST(reply.status == 403);
                BOOST_TEST(reply.header("Location") == "");
                if (method != "HEAD")
                    BOOST_TEST(reply.detail().find("No resource here is the caller's own") == 0U, reply.detail());
                BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
            }
}

BOOST_AUTO_TEST_CASE(a_service_that_maps_nobody_has_no_me, *label("7644-3.11-a") * label("7644-3.11-g"))
{
    ServiceFixture const unmapped;
    BOOST_TEST(unmapped.get("/Me").status == 501);
    BOOST_TEST(unmapped.get("/Me/x").status == 404);
}

BOOST_AUTO_TEST_CASE(nothing_is_created_there, *label("7644-3.11-f"))
{
    ServiceFixture const scim{mapped()};
    Reply const reply = scim.post("/Me", user("tester"));
    BOOST_TEST(reply.status == 501);
    BOOST_TEST(reply.detail().find("POST to the endpoint") != std::string::npos);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    Reply const wrong = scim.send("BREW", "/Me");
    BOOST_TEST(wrong.status == 405);
    BOOST_TEST(wrong.header("Allow") == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
}

BOOST_AUTO_TEST_CASE(the_application_may_map_by_anything)
{
    std::string seen;
    ServiceFixture const scim{
        {.me = [&](Principal const& principal, std::string_view tenant) -> result<std::optional<OwnResource>>
         {
             seen = principal.subject + "@" + std::string{tenant};
             return std::optional{OwnResource{.type = "Group", .id = "id-1"}};
         }}};
    BOOST_TEST(scim.get("/Me").status == 403);
    BOOST_TEST(seen == "tester@default");
    scim.create("/Groups", group("G"));
    BOOST_TEST(scim.get("/Me").text("/displayName") == "G");

    ServiceFixture const by_external_id{{.me = own_resource_by("externalId")}};
    auto const id = by_external_id.create("/Users", user("a", {{"externalId", "tester"}}));
    BOOST_TEST(by_external_id.get("/Me").id() == id);
    by_external_id.create("/Users", user("b", {{"externalId", "tester"}}));
    BOOST_TEST(by_external_id.get("/Me").status == 403);
}

BOOST_AUTO_TEST_CASE(faults_of_the_application_are_faults)
{
    auto const answering = [](result<std::optional<OwnResource>> answer)
    {
        ServiceFixture const scim{{.me = [=](Principal const&, std::string_view) { return answer; }}};
        return scim.get("/Me").status;
    };
    BOOST_TEST(answering(Error{ErrorCode::forbidden, "Not here."}) == 403);
    BOOST_TEST(answering(std::optional{OwnResource{.type = "Widget", .id = "1"}}) == 500);
    BOOST_TEST(answering(std::optional{OwnResource{.attribute = "nonsense", .value = "1"}}) == 500);
    BOOST_TEST(answering(std::optional{OwnResource{.attribute = "active", .value = "1"}}) == 500);
    ServiceFixture const throwing{{.me = [](Principal const&, std::string_view) -> result<std::optional<OwnResource>>
                                   { throw std::runtime_error{"x"}; }}};
    BOOST_TEST(throwing.get("/Me").status == 500);
}

BOOST_AUTO_TEST_CASE(the_authoriser_is_asked_for_the_resource)
{
    struct ReadOnly : Authoriser
    {
        result<void> authorise(Principal const&, Access const& access) override
        {
            asked = std::string{access.id};
            return access.operation == Access::Operation::read ? result<void>{}
                                                               : Error{ErrorCode::forbidden, "You may only read."};
        }
        std::string asked;
    };
    auto const authoriser = std::make_shared<ReadOnly>();
    ServiceOptions options = mapped();
    options.authoriser = authoriser;
    ServiceFixture const scim{options};
    ServiceFixture const maker{{.store = scim.store}};
    auto const id = maker.create("/Users", user("tester"));
    BOOST_TEST(scim.get("/Me").status == 200);
    BOOST_TEST(authoriser->asked == id);
    Reply const refused = scim.del("/Me");
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(scim.get("/Me").status == 200);

    Request request{.method = "GET", .target = "/v2/Me"};
    BOOST_TEST(!scim.service.admit(request).has_value()); // it never touches the store
}

BOOST_AUTO_TEST_CASE(another_tenants_namesake_is_somebody_else)
{
    ServiceOptions options = mapped();
    options.principals_span_tenants = true;
    ServiceFixture const scim{options};
    scim.create("/Users", user("tester"));
    Request const request{.method = "GET", .target = "/v2/Me", .tenant = "elsewhere"};
    BOOST_TEST(scim.service.handle(request).status == 403);
}

BOOST_AUTO_TEST_SUITE_END()
