// Conditions by date, and those of a POST: If-Unmodified-Since, If-Modified-Since, and what has no tags yet.
#include "support/bulk.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(conditions_beside_tags)

namespace
{

struct Dated : ServiceFixture
{
    explicit Dated(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
    }

    std::string id = create("/Users", user("ada"));
    std::string target = "/Users/" + id;
};

std::vector<ServiceOptions> dated_services()
{
    return {{}, {.store = adapt_small_store(std::make_shared<Table>(true))}, {.tolerance = Tolerance::strict()}};
}

/// Each kind of write once; what it is answered with.
std::vector<int> write_each(Dated const& scim, Headers const& headers)
{
    return {scim.put(scim.target, user("ada", {{"title", "x"}}), headers).status,
            scim.patch(scim.target, patch_op("replace", "title", "x"), headers).status,
            scim.del(scim.target, headers).status};
}

} // namespace

BOOST_AUTO_TEST_CASE(no_write_is_done_of_what_has_changed_since_a_date, *label("7644-3.14-h"))
{
    for (auto const& options : dated_services())
    {
        Dated const scim{options}; // made on the first of January 2026
        auto const before = scim.get(scim.target).response.body;
        for (auto const* date :
             {"Wed, 31 Dec 2025 23:59:59 GMT", "Wednesday, 31-Dec-25 23:59:59 GMT", "Wed Dec 31 23:59:59 2025",
              "Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 31 Dec 1969 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"})
        {
            BOOST_TEST_CONTEXT(date)
            for (int const status : write_each(scim, {{"If-Unmodified-Since", date}}))
                BOOST_TEST(status == 412);
            BOOST_TEST(scim.get(scim.target, {{"If-Unmodified-Since", date}}).status == 412);
        }
        BOOST_TEST(scim.get(scim.target).response.body == before);
    }
}

BOOST_AUTO_TEST_CASE(a_write_of_what_has_not_changed_since_a_date_is_done)
{
    for (auto const& options : dated_services())
        for (auto const* date : {"Thu, 01 Jan 2026 00:01:00 GMT", "Thu Jan  1 00:01:00 2026", "Thu, 01 Jan 2026",
                                 "Thu, 32 Dec 2025 00:00:00 GMT", "Thu, 01 Jan 2026 25:00:00 GMT", "nonsense", "0"})
        {
            Dated const scim{options};
            BOOST_TEST_CONTEXT(date)
            for (int const status : write_each(scim, {{"If-Unmodified-Since", date}}))
                BOOST_TEST(status < 300);
        }
}

BOOST_AUTO_TEST_CASE(a_date_counts_only_without_the_tag_beside_it)
{
    Headers const old{{"If-Unmodified-Since", "Wed, 31 Dec 2025 23:59:59 GMT"}};
    Dated const scim;
    auto with_tag = old;
    with_tag.emplace_back("If-Match", "*");
    for (int const status : write_each(scim, with_tag))
        BOOST_TEST(status < 300);
    Dated const other;
    auto twice = old; // a list of dates is no date
    twice.push_back(twice.front());
    for (int const status : write_each(other, twice))
        BOOST_TEST(status < 300);
    Dated const third;
    Headers const later{{"If-Unmodified-Since", "Thu, 01 Jan 2037 00:00:00 GMT"}, {"If-Match", "W/\"999\""}};
    for (int const status : write_each(third, later))
        BOOST_TEST(status == 412);
}

BOOST_AUTO_TEST_CASE(a_get_of_what_has_not_changed_since_a_date_has_no_body)
{
    ServiceFixture const scim;
    auto const target = "/Groups/" + scim.create("/Groups", group("g"));
    Headers const later{{"If-Modified-Since", "Thu, 01 Jan 2026 00:01:00 GMT"}};
    BOOST_TEST(scim.get(target, later).status == 304);
    BOOST_TEST(scim.send("HEAD", target, {}, later).status == 304);
    BOOST_TEST(scim.get(target, {{"If-Modified-Since", "Wed, 31 Dec 2025 00:00:00 GMT"}}).status == 200);
    BOOST_TEST(scim.get(target, {{"If-Modified-Since", "nonsense"}}).status == 200);
    auto with_tag = later;
    with_tag.emplace_back("If-None-Match", "W/\"999\"");
    BOOST_TEST(scim.get(target, with_tag).status == 200);
    BOOST_TEST(scim.put(target, group("h"), later).status == 200); // it is a condition of GET alone
}

BOOST_AUTO_TEST_CASE(no_date_says_that_an_answer_with_groups_is_the_same)
{
    Dated const scim;
    Headers const later{{"If-Modified-Since", "Thu, 01 Jan 2037 00:00:00 GMT"}};
    scim.create("/Groups", group("g", {scim.id}));
    BOOST_TEST(scim.get(scim.target, later).size("/groups") == 1);
    BOOST_TEST(scim.get(scim.target + "?excludedAttributes=groups", later).status == 304);
}

BOOST_AUTO_TEST_CASE(no_post_is_done_whose_condition_does_not_hold, *label("7644-3.14-h") * label("7644-3.14-k"))
{
    ServiceFixture const scim{{.delta_query = true}};
    auto const ada = scim.create("/Users", user("ada"));
    json::object const search{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}};
    auto const job = bulk({bulk_on("DELETE", "/Users/" + ada)});
    std::string const tag = "W/\"1\"";
    for (auto const& [header, value] : {std::pair<std::string, std::string>{"If-Match", tag},
                                        {"If-Match", "nonsense"},
                                        {"If-None-Match", "nonsense"},
                                        {"If-None-Match", "*"}})
        BOOST_TEST_CONTEXT(header << ": " << value)
        {
            Headers const condition{{header, value}};
            bool const holds_without_a_list = header == "If-None-Match" && value == "*";
            BOOST_TEST(scim.post("/Users", user("bob"), condition).status == 412);
            for (auto const* at : {"/Users/.search", "/.search"})
                BOOST_TEST(scim.post(at, search, condition).status == (holds_without_a_list ? 200 : 412));
            if (!holds_without_a_list)
                BOOST_TEST(scim.post("/Bulk", job, condition).status == 412);
        }
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
    BOOST_TEST(scim.post("/Bulk", job, {{"If-Match", "*"}}).status == 412);
    BOOST_TEST(scim.post("/Users", user("bob"), {{"If-Match", "*"}, {"If-None-Match", tag}}).status == 201);
    BOOST_TEST(statuses(scim.post("/Bulk", job, {{"If-None-Match", "*"}})) == "204");
}

BOOST_AUTO_TEST_CASE(an_empty_version_in_a_bulk_is_none_that_there_is)
{
    ServiceFixture const scim;
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    auto const with_empty_version = [](json::object operation)
    {
        operation["version"] = "";
        return operation;
    };
    Reply const reply =
        scim.post("/Bulk", bulk({with_empty_version(bulk_on("PUT", target, user("bob"))),
                                 with_empty_version(bulk_on("PATCH", target, patch_op("replace", "title", "x"))),
                                 with_empty_version(bulk_on("DELETE", target))}));
    BOOST_TEST(statuses(reply) == "412 412 412");
    BOOST_TEST(scim.get(target).text("/meta/version") == "W/\"1\"");
}

BOOST_AUTO_TEST_SUITE_END()
