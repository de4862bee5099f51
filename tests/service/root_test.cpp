// Queries at the server root, over all types (RFC 7644 sections 3.4.2.1 and 3.4.3); OPTIONS and the version segment.
#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(root)

namespace
{

/// "ada Team bob": the names on a page.
std::string names(Reply const& reply)
{
    std::string text;
    for (int i = 0; i < reply.size("/Resources"); ++i)
    {
        std::string const at = "/Resources/" + std::to_string(i);
        auto const name = reply.has(at + "/userName") ? reply.text(at + "/userName") : reply.text(at + "/displayName");
        text += (i == 0 ? "" : " ") + name;
    }
    return reply.status == 200 ? text : std::to_string(reply.status) + " " + reply.scim_type();
}

json::object search(json::object more)
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"};
    return more;
}

/// Two users, two groups.
void fill(ServiceFixture const& scim)
{
    auto const ada = scim.create("/Users", user("ada", {{"displayName", "m"}, {"title", "x"}}));
    scim.create("/Users", user("bob", {{"title", "y"}}));
    auto const team = scim.create("/Groups", group("Team", {ada}));
    scim.create("/Groups", group("Alpha", {team}));
}

} // namespace

BOOST_AUTO_TEST_CASE(all_resources_of_all_types_are_found,
                     *label("7644-3.4.2.1-a") * label("7644-3.4.2.1-b") * label("7644-3.4.2.1-g"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            BOOST_TEST(names(scim.get("/")).empty());
            fill(scim);
            for (auto const* target : {"/", "", "/?count=10"})
            {
                Reply const reply = scim.get(target);
                BOOST_TEST(reply.number("/totalResults") == 4);
                BOOST_TEST(reply.size("/Resources") == 4);
            }
            Reply const searched = scim.post("/.search", search({}));
            BOOST_TEST(searched.number("/totalResults") == 4);
            BOOST_TEST(scim.send("HEAD", "/").status == 200);
        }
}

BOOST_AUTO_TEST_CASE(an_attribute_that_a_type_lacks_has_no_value,
                     *label("7644-3.4.2.1-c") * label("7644-3.4.2.1-e") * label("7644-3.4.2.1-f"))
{
    struct Case
    {
        std::string filter;
        std::string found;
    };
    Case const cases[] = {
        {R"(meta.resourceType eq "Group")", "Alpha Team"},
        {R"(meta.resourceType eq "User" and title eq "y")", "bob"},
        {"userName pr", "ada bob"},
        {"not (userName pr)", "Alpha Team"},
        {R"(userName eq "ada" or displayName eq "team")", "ada Team"},
        {R"(displayName gt "b")", "ada Team"},
        {R"(nonsense eq "x")", ""},
        {"members pr", "Alpha Team"},
        {R"(groups.display eq "team")", "ada"},
        {R"(groups pr or displayName eq "Alpha")", "ada Alpha"},
        {R"(meta.location co "/Groups/")", "Alpha Team"},
        {R"(password eq "x")", "403 sensitive"},
        {R"(userName eq )", "400 invalidFilter"},
    };
    for (NamedStore const& store : all_stores())
        for (Case const& each : cases)
            BOOST_TEST_CONTEXT(store << " " << each.filter)
            {
                ServiceFixture const scim{{.store = store.make()}};
                fill(scim);
                auto const sorted = [](std::string text)
                {
                    std::vector<std::string> words;
                    std::istringstream in{text};
                    for (std::string word; in >> word;)
                        words.push_back(word);
                    std::ranges::sort(words);
                    return words;
                };
                BOOST_TEST(sorted(names(scim.get("/?filter=" + each.filter))) == sorted(each.found),
                           boost::test_tools::per_element());
                auto const expected = each.found.starts_with("403") ? std::string{"400 invalidFilter"} : each.found;
                BOOST_TEST(sorted(names(scim.post("/.search", search({{"filter", each.filter}})))) == sorted(expected),
                           boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(they_are_sorted_and_paged_together)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            fill(scim);
            BOOST_TEST(names(scim.get("/?sortBy=displayName")) == "Alpha ada Team bob");
            BOOST_TEST(names(scim.get("/?sortBy=displayName&sortOrder=descending")) == "bob Team ada Alpha");
            BOOST_TEST(names(scim.get("/?sortBy=userName&count=2")) == "ada bob");
            Reply const page = scim.get("/?sortBy=displayName&startIndex=2&count=2");
            BOOST_TEST(names(page) == "ada Team");
            BOOST_TEST(page.number("/totalResults") == 4);
            BOOST_TEST(page.number("/startIndex") == 2);
            BOOST_TEST(names(scim.get("/?sortBy=nonsense")) == "400 invalidValue");
            BOOST_TEST(names(scim.get("/?sortBy=password")) == "400 invalidValue");
            std::string walked;
            Reply reply = scim.get("/?sortBy=displayName&cursor=&count=1");
            for (int i = 0; i < 10; ++i)
            {
                walked += names(reply) + " ";
                if (!reply.has("/nextCursor"))
                    break;
                reply = scim.get("/?sortBy=displayName&count=1&cursor=" + reply.text("/nextCursor"));
            }
            BOOST_TEST(walked == "Alpha ada Team bob ");
            std::string by_id;
            reply = scim.get("/?cursor=&count=3");
            BOOST_TEST(reply.size("/Resources") == 3);
            BOOST_TEST(scim.get("/?count=3&cursor=" + reply.text("/nextCursor")).size("/Resources") == 1);
        }
}

BOOST_AUTO_TEST_CASE(each_type_is_shown_as_it_is_elsewhere)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            fill(scim);
            Reply const reply = scim.get("/?sortBy=displayName");
            for (int i = 0; i < 4; ++i)
            {
                auto const at = "/Resources/" + std::to_string(i);
                auto const location = reply.text(at + "/meta/location");
                Reply const alone = scim.get(location.substr(std::string{"https://example.com/v2"}.size()));
                BOOST_TEST(ServiceFixture::text_of(alone.body) == ServiceFixture::text_of(*reply.find(at)));
            }
            Reply const narrow = scim.get("/?sortBy=displayName&attributes=userName,members.value");
            BOOST_TEST(narrow.size("/Resources/0/members") == 1);
            BOOST_TEST(!narrow.has("/Resources/0/displayName"));
            BOOST_TEST(narrow.text("/Resources/1/userName") == "ada");
            BOOST_TEST(scim.get("/?excludedAttributes=members").response.body.find("\"members\"") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(types_that_the_caller_may_not_query_are_not_there)
{
    struct NoGroups : Authoriser
    {
        result<void> authorise(Principal const&, Access const& access) override
        {
            bool const refused = access.operation == Access::Operation::query &&
                                 (none || (access.type && access.type->name() == "Group"));
            return refused ? result<void>{Error{ErrorCode::forbidden, "Not here."}} : result<void>{};
        }
        bool none = false;
    };
    auto const authoriser = std::make_shared<NoGroups>();
    ServiceFixture const scim{{.authoriser = authoriser}};
    fill(scim);
    BOOST_TEST(names(scim.get("/")) == "ada bob");
    BOOST_TEST(scim.get("/").number("/totalResults") == 2);
    authoriser->none = true;
    BOOST_TEST(scim.get("/").status == 403);
    BOOST_TEST(scim.post("/.search", search({})).status == 403);
}

BOOST_AUTO_TEST_CASE(limits_hold_there_too)
{
    ServiceFixture const scim{{.store = adapt_small_store(std::make_shared<Table>(), {.max_scanned = 3})}};
    fill(scim);
    BOOST_TEST(names(scim.get("/?filter=title pr")) == "400 tooMany");
    BOOST_TEST(scim.post("/", search({})).status == 405);
    BOOST_TEST(scim.get("/.search").status == 405);
    BOOST_TEST(scim.send("DELETE", "/").header("Allow") == "GET, HEAD, OPTIONS");
}

BOOST_AUTO_TEST_CASE(options_tells_what_is_allowed)
{
    ServiceFixture const scim{{.me = own_resource_by()}};
    struct Case
    {
        char const* target;
        char const* allow;
    };
    for (Case const& each :
         {Case{"/Users", "GET, HEAD, POST, OPTIONS"}, Case{"/Users/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"},
          Case{"/Me", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"}, Case{"/Bulk", "POST, OPTIONS"},
          Case{"/", "GET, HEAD, OPTIONS"}, Case{"/.search", "POST, OPTIONS"}, Case{"/Schemas", "GET, HEAD, OPTIONS"}})
    {
        Reply const reply = scim.send("OPTIONS", each.target);
        BOOST_TEST(reply.status == 204, each.target);
        BOOST_TEST(reply.header("Allow") == each.allow, each.target);
        BOOST_TEST(reply.response.body.empty());
    }
    BOOST_TEST(scim.send("OPTIONS", "/Widgets").status == 404);
    ServiceFixture const without{{.bulk = false}};
    BOOST_TEST(without.send("OPTIONS", "/Bulk").status == 501);
}

BOOST_AUTO_TEST_CASE(a_version_segment_may_stand_before_every_endpoint, *label("7644-3.13-f"))
{
    ServiceFixture const scim{
        {.base_url = "https://example.com/scim", .path_prefix = "/scim", .version_segment = true}};
    Reply const created = scim.post("/v2/Users", user("ada"));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.header("Location") == "https://example.com/scim/Users/" + created.id());
    for (auto const* target : {"/v2/Users", "/v2/ServiceProviderConfig", "/v2/Schemas", "/v2", "/v2/", "/Users"})
        BOOST_TEST(scim.get(target).status == 200, target);
    BOOST_TEST(scim.get("/v2/Users/" + created.id()).id() == created.id());
    BOOST_TEST(scim.get("/v2/Me").status == 501);
    BOOST_TEST(scim.get("/v2/Bulk").status == 405);
    BOOST_TEST(scim.post("/v2/.search", search({})).status == 200);
    for (auto const* target : {"/v1/Users", "/v3/Users", "/v20"})
        BOOST_TEST(scim.get(target).scim_type() == "invalidVers", target);
    for (auto const* target : {"/v/Users", "/v2/v2/Users", "/V2/Users", "/vx/Users"})
        BOOST_TEST(scim.get(target).status == 404, target);
    ServiceFixture const without{{.base_url = "https://example.com/scim", .path_prefix = "/scim"}};
    BOOST_TEST(without.get("/v2/Users").status == 404);
}

/// Locations of two types have an order that no store knows; ids alone would come in another one.
BOOST_AUTO_TEST_CASE(locations_are_sorted_within_a_type_only)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            fill(scim);
            for (auto const* order : {"", "&sortOrder=descending"})
            {
                BOOST_TEST(names(scim.get("/?sortBy=meta.location" + std::string{order})) == "400 invalidValue");
                BOOST_TEST(scim.get("/Users?sortBy=meta.location" + std::string{order}).number("/totalResults") == 2);
            }
            BOOST_TEST(names(scim.post("/.search", search({{"sortBy", "meta.location"}}))) == "400 invalidValue");
            BOOST_TEST(names(scim.get("/?sortBy=meta.resourceType")) == "Team Alpha ada bob");
        }
}

BOOST_AUTO_TEST_SUITE_END()
