// What the results of asynchronous requests say of what they were about, where there is no answer to take it from.
#include <scimkit/store/forwarding_store.hpp>

#include "async_fixture.hpp"

#include <atomic>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

std::string const root = "https://example.com/v2";

/// "status location" of each operation; "-" where there is none.
std::vector<std::string> locations(Reply const& done)
{
    std::vector<std::string> all;
    for (int i = 0; i < done.size("/Operations"); ++i)
    {
        auto const at = "/Operations/" + std::to_string(i);
        all.push_back(done.text(at + "/status") + " " +
                      (done.has(at + "/location") ? done.text(at + "/location") : std::string{"-"}));
    }
    return all;
}

using Texts = std::vector<std::string>;

/// Is not there for one write.
struct ShortlyGone final : ForwardingStore
{
    explicit ShortlyGone(int number)
        : ForwardingStore(memory::make_store())
        , left(number)
    {
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        if (--left == 0)
            return Error{ErrorCode::unavailable, "The store is not there."};
        return ForwardingStore::write(attachment, tenant, context, body);
    }
    std::atomic<int> left;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(async_results, AsyncFixture)

BOOST_AUTO_TEST_CASE(every_result_but_that_of_a_failed_post_has_a_location, *label("9967-2.5.1.3-b"))
{
    auto const id = scim.create("/Users", user("ada"));
    auto const here = root + "/Users/" + id;
    auto const later_with = [](std::string const& tag)
    {
        auto headers = later();
        headers.emplace_back("If-Match", tag);
        return headers;
    };
    auto const patch = patch_op("replace", "title", "b");
    auto const ended = [&](Reply const& reply) { return locations(result_of(accepted(reply))); };
    BOOST_TEST((ended(scim.patch("/Users/" + id, patch, later_with("W/\"9999\""))) == Texts{"412 " + here}));
    BOOST_TEST((ended(scim.put("/Users/" + id, user("ada"), later_with("W/\"9999\""))) == Texts{"412 " + here}));
    BOOST_TEST((ended(scim.patch("/Users/" + id, patch, later())) == Texts{"200 " + here}));
    BOOST_TEST((ended(scim.post("/Users", user("ada"), later())) == Texts{"409 -"}));
    BOOST_TEST((ended(scim.del("/Users/" + id, later())) == Texts{"204 " + here}));
    BOOST_TEST((ended(scim.del("/Users/" + id, later())) == Texts{"404 " + here}));
    BOOST_TEST((ended(scim.del("/Users/a%20b", later())) == Texts{"404 " + root + "/Users/a%20b"}));
}

BOOST_AUTO_TEST_CASE(each_operation_of_a_bulk_that_is_refused_whole_says_what_it_was, *label("9967-2.5.1.2-a"))
{
    auto const ada = scim.create("/Users", user("ada"));
    auto message =
        bulk({bulk_post("/Users", "b", user("bob")), bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "x")),
              bulk_on("DELETE", "/Users/no%20body"), bulk_on("DELETE", "/Users/bulkId:b")});
    message["operations"] = message.at("Operations");
    message.erase("Operations");
    for (json::value& each : message["operations"].as_array())
    {
        json::object respelt;
        for (auto const& [name, value] : each.as_object())
            respelt[name == "method" ? "METHOD" : name == "bulkId" ? "bulkid" : std::string_view{name}] = value;
        each = std::move(respelt);
    }
    auto headers = later();
    headers.emplace_back("SCIM-Bulk-Atomic", "true");
    auto const done = result_of(accepted(scim.post("/Bulk", message, headers)));
    BOOST_TEST((locations(done) ==
                Texts{"404 -", "404 " + root + "/Users/" + ada, "404 " + root + "/Users/no%20body", "404 -"}));
    for (auto const& [at, method] : {std::pair{"0", "POST"}, {"1", "PATCH"}, {"2", "DELETE"}, {"3", "DELETE"}})
        BOOST_TEST(done.text("/Operations/" + std::string{at} + "/method") == method);
    BOOST_TEST(done.text("/Operations/0/bulkId") == "b");
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_between_two_commits_of_results_loses_none)
{
    constexpr int count = 450;
    json::array operations;
    for (int i = 0; i < count; ++i)
        operations.push_back(bulk_post("/Users", "b" + std::to_string(i), user(i < 3 ? "one" : std::to_string(i))));
    auto const message = bulk(std::move(operations), {{"failOnErrors", 2}});
    for (int const number : {4, 5}) // accepted, carried out, and the results in three
    {
        auto const store = std::make_shared<ShortlyGone>(number);
        AsyncFixture const other{store};
        auto const done = other.result_of(accepted(other.scim.post("/Bulk", message, later())));
        BOOST_TEST(done.size("/Operations") == count);
        BOOST_TEST(store->left < 0, "it was not there, and was asked again");
        BOOST_TEST(done.response.body.find("interrupted") == std::string::npos, number);
    }
}

BOOST_AUTO_TEST_CASE(indexes_of_a_store_are_no_hindrance)
{
    AsyncFixture const other{memory::make_store({.indexes = {"userName", "title"}})};
    BOOST_TEST(locations(other.result_of(accepted(other.scim.post("/Users", user("ada"), later())))).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
