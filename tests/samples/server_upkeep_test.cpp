// The sample server trims the change logs of its store.
#include <scimkit/core/environment.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "samples/server/upkeep.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>

using namespace scimkit;
using std::chrono::hours;

namespace
{

struct Fixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::shared_ptr<Attachment const> attachment = store->attach(registry).value();
    Instant now = system_environment()->now();

    void add(std::string_view tenant, std::string_view id, hours age)
    {
        Resource user{.type = registry->find_resource_type("User"), .id = std::string{id}, .last_modified = now - age};
        user.attributes["userName"] = id;
        store
            ->write(*attachment, tenant, {.now = now},
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        auto const version = transaction.insert(user, {});
                        return version ? result<void>{} : result<void>{version.error()};
                    })
            .value();
    }

    std::size_t count(std::string_view tenant)
    {
        std::size_t found = 0;
        auto& log = *store->change_log();
        auto const begin = log.extent(tenant, {}).value().begin;
        log.read(tenant, {}, begin, 100, [&](LoggedChange&&) { return ++found > 0; }).value();
        return found;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_upkeep, Fixture)

BOOST_AUTO_TEST_CASE(old_changes_go_in_all_tenants_and_young_ones_stay)
{
    add("a", "1", hours{50});
    add("a", "2", hours{10});
    add("b", "1", hours{30});
    BOOST_TEST(server::trim_change_logs(*store, now, hours{40}).value() == 1U);
    BOOST_TEST(count("a") == 1U);
    BOOST_TEST(count("b") == 1U);
    BOOST_TEST(server::trim_change_logs(*store, now, hours{20}).value() == 1U);
    BOOST_TEST(count("b") == 0U);
    store = memory::make_store({.change_log = false});
    BOOST_TEST(server::trim_change_logs(*store, now, hours{20}).value() == 0U);
}

BOOST_AUTO_TEST_CASE(who_is_told_to_stop_leaves_the_rest)
{
    add("a", "1", hours{50});
    std::stop_source source;
    source.request_stop();
    BOOST_TEST(server::trim_change_logs(*store, now, hours{20}, source.get_token()).value() == 0U);
    BOOST_TEST(count("a") == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_reader_needs_stays)
{
    add("a", "1", hours{50});
    add("a", "2", hours{50});
    store->change_log()->acknowledge("a", {.now = now}, "audit", LogPosition{1}).value();
    BOOST_TEST(server::trim_change_logs(*store, now, hours{1}).value() == 1U);
    BOOST_TEST(count("a") == 1U);
}

BOOST_AUTO_TEST_CASE(it_is_done_at_the_start_and_ends_at_once)
{
    add("a", "1", hours{50});
    std::atomic<bool> said{false};
    {
        server::Upkeep const upkeep{store, hours{1}, [&](LogLevel, std::string_view) { said = true; }};
        for (int i = 0; i < 1'000 && !said; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    BOOST_TEST(said);
    BOOST_TEST(count("a") == 0U);
}

BOOST_AUTO_TEST_CASE(zero_keeps_everything)
{
    add("a", "1", hours{50'000});
    {
        server::Upkeep const upkeep{store, hours{0}, [&](LogLevel, std::string_view) {}};
    }
    BOOST_TEST(count("a") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
