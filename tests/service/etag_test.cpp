// Versions of resources (RFC 7644 section 3.14). Finds the lost update: a write by whoever has not seen the last one;
// and versions that change although nothing did, which make every client read again.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(entity_tags)

namespace
{

struct Versioned : ServiceFixture
{
    std::string id = create("/Users", user("ada"));
    std::string target = "/Users/" + id;
    std::string first = tag();
    std::string second = (patch(target, patch_op("replace", "title", "Dr")), tag());

    std::string tag() const { return std::string{get(target).header("ETag")}; }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(every_change_has_its_version, Versioned, *label("7644-3.14-d") * label("7643-3.1-t"))
{
    BOOST_TEST(first != second);
    BOOST_TEST(second.starts_with("W/\""));
    Reply const put_reply = put(target, user("ada", {{"title", "Ms"}}));
    BOOST_TEST(put_reply.header("ETag") != second);
    BOOST_TEST(put_reply.header("ETag") == tag());
    BOOST_TEST(put_reply.text("/meta/lastModified") > put_reply.text("/meta/created"));
}

BOOST_FIXTURE_TEST_CASE(no_change_keeps_the_version, Versioned,
                        *label("7644-3.14-d") * label("7644-3.5.1-r") * label("7644-3.5.2-ai"))
{
    auto const before = get(target).response.body;
    BOOST_TEST(patch(target, patch_op("replace", "title", "Dr")).header("ETag") == second);
    BOOST_TEST(put(target, get(target).body).header("ETag") == second);
    BOOST_TEST(get(target).response.body == before);
}

BOOST_FIXTURE_TEST_CASE(the_shape_of_the_answer_does_not_change_the_version, Versioned, *label("7644-3.14-m"))
{
    BOOST_TEST(get(target + "?attributes=userName").header("ETag") == second);
}

BOOST_FIXTURE_TEST_CASE(a_version_that_the_client_has_is_not_sent_again, Versioned,
                        *label("7644-3.14-f") * label("7644-3.14-g"))
{
    for (std::string const& known : {second, std::string{"*"}, "\"x\" , " + second, second.substr(2)})
    {
        Reply const reply = get(target, {{"If-None-Match", known}});
        BOOST_TEST(reply.status == 304, known);
        BOOST_TEST(reply.response.body.empty());
        BOOST_TEST(reply.header("ETag") == second);
    }
    BOOST_TEST(get(target, {{"If-None-Match", first}}).status == 200);
    BOOST_TEST(get(target, {{"If-None-Match", "nonsense"}}).status == 200);
    BOOST_TEST(get("/Users/nope", {{"If-None-Match", "*"}}).status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_stale_version_is_not_written_over, Versioned,
                        *label("7644-3.14-h") * label("7644-3.12-n") * label("7644-3.12-o") * label("7644-3.6-g"))
{
    auto const before = get(target).response.body;
    Headers const stale{{"If-Match", first}};
    BOOST_TEST(put(target, user("eve"), stale).status == 412);
    BOOST_TEST(patch(target, patch_op("replace", "title", "x"), stale).status == 412);
    Reply const refused = del(target, stale);
    BOOST_TEST(refused.status == 412);
    BOOST_TEST(refused.text("/status") == "412");
    BOOST_TEST(get(target).response.body == before);
}

BOOST_FIXTURE_TEST_CASE(the_current_version_is_written, Versioned, *label("7644-3.14-i") * label("7644-3.14-j"))
{
    BOOST_TEST(patch(target, patch_op("replace", "title", "a"), {{"If-Match", tag()}}).status == 200);
    BOOST_TEST(patch(target, patch_op("replace", "title", "b"), {{"If-Match", tag().substr(2)}}).status == 200);
    BOOST_TEST(put(target, user("ada"), {{"If-Match", "\"a\", " + tag()}}).status == 200);
    BOOST_TEST(put(target, user("ada", {{"title", "c"}}), {{"If-Match", "*"}}).status == 200);
    BOOST_TEST(del(target, {{"If-Match", tag()}}).status == 204);
}

BOOST_FIXTURE_TEST_CASE(a_malformed_condition_never_writes, Versioned, *label("7644-3.14-k"))
{
    for (auto const* condition : {"2", "W/2", "\"2", "W/\"2\" W/\"3\"", "\"2\" x", ",", "w/\"2\""})
        BOOST_TEST(patch(target, patch_op("replace", "title", "x"), {{"If-Match", condition}}).status == 412,
                   condition);
    BOOST_TEST(tag() == second);
}

BOOST_FIXTURE_TEST_CASE(a_condition_on_an_unknown_resource_is_not_found, Versioned, *label("7644-3.14-o"))
{
    for (auto const* condition : {"*", "W/\"1\"", "nonsense"})
    {
        BOOST_TEST(put("/Users/nope", user("x"), {{"If-Match", condition}}).status == 404);
        BOOST_TEST(del("/Users/nope", {{"If-Match", condition}}).status == 404);
    }
}

BOOST_FIXTURE_TEST_CASE(of_parallel_writers_with_one_condition_one_wins, Versioned, *label("7644-3.14-l"))
{
    std::atomic<int> won{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i)
        writers.emplace_back(
            [&, i]
            {
                auto const status =
                    put(target, user("ada", {{"title", std::to_string(i)}}), {{"If-Match", second}}).status;
                ++(status == 200 ? won : lost);
                if (status != 200 && status != 412)
                    won += 100;
            });
    for (auto& writer : writers)
        writer.join();
    BOOST_TEST(won == 1);
    BOOST_TEST(lost == 3);
}

BOOST_AUTO_TEST_SUITE_END()
