// Long changes of a resource get through beside others of it, and dry runs leave the writer to those who write.
#include <scimkit/schema/registry.hpp>

#include "service/turns.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <semaphore>
#include <thread>
#include <vector>

namespace scimkit::test
{
namespace
{

using service::DryRuns;
using service::Turns;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct TurnsFixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& users = *registry->find_resource_type("User");
    ResourceType const& groups = *registry->find_resource_type("Group");
    Turns turns;

    static Clock::time_point in(milliseconds time) { return Clock::now() + time; }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(turns, TurnsFixture)

BOOST_AUTO_TEST_CASE(a_resource_that_is_taken_is_taken_in_its_tenant_and_of_its_type_alone)
{
    auto const turn = turns.take("a", users, "1", in(milliseconds{0}));
    BOOST_REQUIRE(turn);
    BOOST_TEST(turns.is_taken("a", users, "1"));
    BOOST_TEST(!turns.is_taken("b", users, "1"));
    BOOST_TEST(!turns.is_taken("a", groups, "1"));
    BOOST_TEST(!turns.is_taken("a", users, "11"));
}

BOOST_AUTO_TEST_CASE(who_comes_second_waits_until_the_first_is_gone_or_its_time_is_up)
{
    auto first = turns.take("a", users, "1", in(milliseconds{0}));
    BOOST_TEST(!turns.take("a", users, "1", in(milliseconds{5})));
    turns.wait("a", users, "1", in(milliseconds{5})); // returns
    std::jthread const end{[&first]
                           {
                               std::this_thread::sleep_for(milliseconds{5});
                               first = {};
                           }};
    BOOST_TEST(bool(turns.take("a", users, "1", in(milliseconds{10'000}))));
}

BOOST_AUTO_TEST_CASE(a_dry_run_waits_for_the_one_before_it_and_for_what_that_took)
{
    DryRuns runs;
    CallContext context;
    context.deadline = in(milliseconds{10'000});
    auto const run = [&](milliseconds time)
    {
        return runs.carry_out(context,
                              [&]() -> result<void>
                              {
                                  std::this_thread::sleep_for(time);
                                  return {};
                              });
    };
    BOOST_TEST(run(milliseconds{20}).has_value());
    auto const ended = Clock::now();
    BOOST_TEST(run(milliseconds{0}).has_value());
    BOOST_TEST((Clock::now() - ended >= milliseconds{60}));

    BOOST_TEST(run(milliseconds{700}).has_value());
    auto const refused = run(milliseconds{0}); // longer than anybody waits
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == ErrorCode::busy));
    BOOST_TEST(refused.error().retry_after.count() > 0);
}

BOOST_AUTO_TEST_CASE(one_dry_run_waits_and_others_are_told_to_come_again)
{
    DryRuns runs;
    std::binary_semaphore begun{0};
    std::binary_semaphore gate{0};
    auto first = std::async(std::launch::async,
                            [&]
                            {
                                return runs.carry_out(CallContext{},
                                                      [&]() -> result<void>
                                                      {
                                                          begun.release();
                                                          gate.acquire();
                                                          return {};
                                                      });
                            });
    begun.acquire();
    std::atomic<int> refused{0};
    auto const began = Clock::now();
    {
        std::vector<std::jthread> others;
        for (int i = 0; i < 6; ++i)
            others.emplace_back(
                [&]
                {
                    if (!runs.carry_out(CallContext{}, []() -> result<void> { return {}; }) && ++refused == 5)
                        refused.notify_all();
                });
        for (int seen = refused; seen < 5; seen = refused)
            refused.wait(seen);
        BOOST_TEST((Clock::now() - began < milliseconds{1'500}));
        gate.release();
    }
    BOOST_TEST(first.get().has_value());
}

BOOST_AUTO_TEST_CASE(long_changes_of_one_resource_all_get_through)
{
    ServiceFixture const scim{{.store = memory::make_store(), .limits = {.max_work_as_writer = 0}}}; // all are long
    auto const id = scim.create("/Users", user("ada"));
    constexpr int threads = 8;
    constexpr int changes = 10;
    std::atomic<int> done{0};
    {
        std::vector<std::jthread> clients;
        for (int thread = 0; thread < threads; ++thread)
            clients.emplace_back(
                [&, thread]
                {
                    for (int i = 0; i < changes; ++i)
                    {
                        json::object const email{
                            {"value", std::to_string(thread) + "-" + std::to_string(i) + "@x.org"}};
                        if (scim.patch("/Users/" + id, patch_op("add", "emails", json::array{email})).status == 200)
                            ++done;
                    }
                });
    }
    BOOST_TEST(done == threads * changes);
    BOOST_TEST(scim.get("/Users/" + id).body.at("emails").as_array().size() == std::size_t{threads * changes});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit::test
