// How far readers of the change logs are behind, as Prometheus and the page are told.
#include <scimkit/core/environment.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>

#include "samples/server/log_lag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace scimkit;
using std::chrono::seconds;

namespace
{

struct Fixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::shared_ptr<Attachment const> attachment = store->attach(registry).value();
    Instant now = system_environment()->now();
    std::vector<server::OwnReader> own{};

    void add(std::string_view tenant, std::string_view id, seconds age)
    {
        Resource user{.type = registry->find_resource_type("User"), .id = std::string{id}, .last_modified = now - age};
        user.attributes["userName"] = id;
        auto const insert = [&](WriteTransaction& transaction) -> result<void>
        {
            auto const version = transaction.insert(user, {});
            return version ? result<void>{} : result<void>{version.error()};
        };
        store->write(*attachment, tenant, {.now = now}, insert).value();
    }

    void acknowledge_all(std::string_view tenant, std::string_view reader)
    {
        auto& log = *store->change_log();
        log.acknowledge(tenant, {.now = now}, reader, log.extent(tenant, {}).value().end).value();
    }

    server::LogState look()
    {
        return server::look_at_logs(
                   *store, [&](std::string_view) { return own; }, now)
            .value();
    }

    /// "tenant reader changes seconds", one a line.
    std::string told(server::LogState const& state)
    {
        std::string all;
        for (auto const& each : state.readers)
            all += each.tenant + " " + each.reader + " " + std::to_string(each.changes) + " " +
                   std::to_string(each.behind.count()) + "\n";
        return all;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_log_lag, Fixture)

BOOST_AUTO_TEST_CASE(a_reader_lacks_what_it_has_not_acknowledged_since_the_oldest_of_it)
{
    add("a", "1", seconds{500});
    acknowledge_all("a", "crm");
    BOOST_TEST(told(look()) == "a crm 0 0\n");
    add("a", "2", seconds{90});
    add("a", "3", seconds{10});
    BOOST_TEST(told(look()) == "a crm 2 90\n");
    BOOST_TEST((look().readers.front().acknowledged == now));
    acknowledge_all("a", "crm");
    BOOST_TEST(told(look()) == "a crm 0 0\n");
}

BOOST_AUTO_TEST_CASE(one_of_the_server_lacks_everything_before_it_has_begun)
{
    add("a", "1", seconds{500});
    own = {{"audit", true}};
    BOOST_TEST(told(look()) == "a audit 1 500\n");
    BOOST_TEST(!look().readers.front().acknowledged.has_value());
}

BOOST_AUTO_TEST_CASE(one_that_follows_a_tenant_no_more_lacks_nothing)
{
    add("a", "1", seconds{500});
    store->change_log()->acknowledge("a", {.now = now}, "webhook", {}).value();
    own = {{"webhook", false}};
    BOOST_TEST(told(look()) == "");
    own.front().follows = true;
    BOOST_TEST(told(look()) == "a webhook 1 500\n");
}

BOOST_AUTO_TEST_CASE(each_tenant_is_looked_at_and_the_logs_have_a_size)
{
    BOOST_TEST(look().bytes == 0U);
    own = {{"audit", true}};
    add("a", "1", seconds{20});
    auto const one = look().bytes;
    BOOST_TEST(one > 0U);
    add("b", "1", seconds{30});
    add("b", "2", seconds{5});
    BOOST_TEST(look().bytes > one);
    BOOST_TEST(told(look()) == "a audit 1 20\nb audit 2 30\n");
    auto const of_b = server::look_at_log(
                          *store, "b", [&](std::string_view) { return own; }, now)
                          .value();
    BOOST_TEST(told(of_b) == "b audit 2 30\n");
}

BOOST_AUTO_TEST_CASE(what_was_trimmed_is_lacked_no_more)
{
    own = {{"audit", true}};
    add("a", "1", seconds{500});
    add("a", "2", seconds{10});
    store->change_log()->acknowledge("a", {.now = now}, "crm", {}).value();
    store->change_log()
        ->trim("a", {.now = now}, {.before = now - seconds{60}, .readers_since = Instant::max()})
        .value();
    BOOST_TEST(told(look()) == "a audit 1 10\na crm 1 10\n");
}

BOOST_AUTO_TEST_CASE(a_store_without_a_log_has_no_readers)
{
    store = memory::make_store({.change_log = false});
    attachment = store->attach(registry).value();
    own = {{"audit", true}};
    add("a", "1", seconds{20});
    BOOST_TEST(told(look()) == "");
}

BOOST_AUTO_TEST_CASE(two_readers_are_counted_in_one_reading_and_a_clock_that_was_set_back_gives_no_negative_age)
{
    own = {{"audit", true}};
    add("a", "1", seconds{40});
    acknowledge_all("a", "crm");
    add("a", "2", seconds{-100});
    BOOST_TEST(told(look()) == "a audit 2 40\na crm 1 0\n");
}

BOOST_AUTO_TEST_SUITE_END()
