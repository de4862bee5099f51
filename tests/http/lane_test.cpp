// The queue in front of worker threads: whose turn it is, and what does not fit.
#include "http/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

using namespace scimkit::http;

BOOST_AUTO_TEST_SUITE(http_lane)

namespace
{

class Call final : public Job
{
public:
    explicit Call(std::function<void(Call const&)> function)
        : function_(std::move(function))
    {
    }
    void run() noexcept override { function_(*this); }

private:
    std::function<void(Call const&)> function_;
};

std::shared_ptr<Job> call(std::function<void(Call const&)> function)
{
    return std::make_shared<Call>(std::move(function));
}

/// A lane of one thread, which is busy until let_go().
struct BusyLane
{
    explicit BusyLane(LaneOptions options)
        : lane(options)
    {
        BOOST_REQUIRE(lane.submit(99, call(
                                          [this](Call const&)
                                          {
                                              entered.set_value();
                                              gate.get_future().wait();
                                          })));
        entered.get_future().wait();
    }

    /// Lets the thread go on, and waits until what is in the queue of that client has been done.
    void let_go_and_finish(std::uint64_t client)
    {
        auto const last = std::make_shared<std::promise<void>>(); // it may outlive this function by a moment
        BOOST_REQUIRE(lane.submit(client, call([last](Call const&) { last->set_value(); })));
        gate.set_value();
        last->get_future().wait();
    }

    std::promise<void> entered;
    std::promise<void> gate;
    Lane lane;
};

} // namespace

BOOST_AUTO_TEST_CASE(one_client_does_not_have_all_threads_where_it_may_not)
{
    std::promise<void> gate;
    std::shared_future<void> const open = gate.get_future().share();
    std::promise<void> other_began;
    std::promise<void> second_began;
    Lane lane{{.threads = 2, .max_queued = 10, .max_per_client = 10, .max_running_per_client = 1}};
    BOOST_REQUIRE(lane.submit(1, call([open](Call const&) { open.wait(); })));
    BOOST_REQUIRE(lane.submit(1, call([&second_began](Call const&) { second_began.set_value(); })));
    BOOST_REQUIRE(lane.submit(2, call([&other_began](Call const&) { other_began.set_value(); })));
    other_began.get_future().wait(); // though it came last, and both of the first were there
    auto second = second_began.get_future();
    BOOST_TEST((second.wait_for(std::chrono::milliseconds{20}) == std::future_status::timeout));
    gate.set_value();
    second.wait();
}

BOOST_AUTO_TEST_CASE(whatever_a_client_may_not_run_at_once_is_done_later)
{
    constexpr int jobs = 300;
    std::array<std::atomic<int>, 2> running{};
    std::atomic<int> most{0};
    std::atomic<int> done{0};
    Lane lane{{.threads = 4, .max_queued = 1'000, .max_per_client = 1'000, .max_running_per_client = 3}};
    for (int i = 0; i < jobs; ++i)
        for (std::size_t client = 0; client < running.size(); ++client)
            BOOST_REQUIRE(lane.submit(client + 1, call(
                                                      [&, client](Call const&)
                                                      {
                                                          int const now = ++running[client];
                                                          for (int seen = most; seen < now;)
                                                              most.compare_exchange_weak(seen, now);
                                                          std::this_thread::yield();
                                                          --running[client];
                                                          ++done;
                                                          done.notify_all();
                                                      })));
    for (int seen = done; seen < 2 * jobs; seen = done)
        done.wait(seen);
    BOOST_TEST(most <= 3);
    lane.stop(); // none of them may use what is above any more
}

BOOST_AUTO_TEST_CASE(clients_take_turns_and_each_keeps_its_order)
{
    std::string order;
    {
        BusyLane busy{{.threads = 1, .max_queued = 100, .max_per_client = 100}};
        for (char const* const name : {"a1 ", "a2 ", "a3 ", "a4 "})
            BOOST_REQUIRE(busy.lane.submit(1, call([&order, name](Call const&) { order += name; })));
        for (char const* const name : {"b1 ", "b2 "})
            BOOST_REQUIRE(busy.lane.submit(2, call([&order, name](Call const&) { order += name; })));
        BOOST_REQUIRE(busy.lane.submit(3, call([&order](Call const&) { order += "c1 "; })));
        busy.gate.set_value();
        auto const last = std::make_shared<std::promise<void>>(); // the fourth of its client: it comes after all others
        for (int i = 0; i < 4; ++i)
            BOOST_REQUIRE(busy.lane.submit(4, call(
                                                  [last, i](Call const&)
                                                  {
                                                      if (i == 3)
                                                          last->set_value();
                                                  })));
        last->get_future().wait();
    }
    // a4 and the last of the fourth client are of one round.
    BOOST_TEST(order.substr(0, 18) == "a1 b1 c1 a2 b2 a3 ");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_in_all_and_for_each_client)
{
    int done = 0;
    auto const count = [&] { return call([&](Call const&) { ++done; }); };
    {
        BusyLane busy{{.threads = 1, .max_queued = 4, .max_per_client = 2}};
        BOOST_TEST(busy.lane.submit(1, count()));
        BOOST_TEST(busy.lane.submit(1, count()));
        BOOST_TEST(!busy.lane.submit(1, count()), "two of one client");
        BOOST_TEST(busy.lane.submit(2, count()));
        busy.lane.submit_own(count()); // no limit counts it, but it takes room
        BOOST_TEST(!busy.lane.submit(3, count()), "four in all");
        busy.gate.set_value();
        while (!busy.lane.submit(3, count())) // room comes back
            std::this_thread::yield();
        auto const last = std::make_shared<std::promise<void>>();
        while (!busy.lane.submit(3, call([last](Call const&) { last->set_value(); })))
            std::this_thread::yield();
        last->get_future().wait();
    }
    BOOST_TEST(done == 5);
}

BOOST_AUTO_TEST_CASE(strangers_have_an_eighth_for_each_and_half_in_all)
{
    BusyLane busy{{.threads = 1, .max_queued = 16, .max_per_client = 16}};
    std::vector<std::shared_ptr<Job>> jobs;
    auto const submit = [&](std::uint64_t client, Caller caller)
    {
        jobs.push_back(call([](Call const&) {}));
        return busy.lane.submit(client, jobs.back(), caller);
    };
    for (std::uint64_t stranger = 1; stranger <= 4; ++stranger)
    {
        BOOST_TEST(submit(stranger, Caller::stranger));
        BOOST_TEST(submit(stranger, Caller::stranger));
        BOOST_TEST(!submit(stranger, Caller::stranger), "three of one");
    }
    BOOST_TEST(!submit(5, Caller::stranger), "nine in all");
    jobs.front()->cancel(); // one who has gone makes room for one other
    BOOST_TEST(submit(5, Caller::stranger));
    BOOST_TEST(!submit(6, Caller::stranger));
    for (int i = 0; i < 7; ++i)
        BOOST_TEST(submit(77, Caller::known));
    busy.let_go_and_finish(77); // the sixteenth
    BOOST_TEST(submit(6, Caller::stranger));
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_is_neither_done_nor_in_the_way)
{
    int done = 0;
    BusyLane busy{{.threads = 1, .max_queued = 3, .max_per_client = 3}};
    std::weak_ptr<Job> watched;
    {
        auto const gone = call([&](Call const&) { done += 100; });
        watched = gone;
        BOOST_TEST(busy.lane.submit(1, gone));
        BOOST_TEST(busy.lane.submit(2, call([&](Call const&) { ++done; })));
        BOOST_TEST(busy.lane.submit(2, call([&](Call const&) { ++done; })));
        gone->cancel();
    }
    busy.let_go_and_finish(2); // a fourth: there is room since one of the three is dropped
    BOOST_TEST(watched.expired());
    BOOST_TEST(done == 2);
}

BOOST_AUTO_TEST_CASE(stopping_cancels_what_runs_and_drops_what_waits)
{
    std::promise<void> entered;
    bool ended = false;
    bool ran = false;
    std::weak_ptr<Job> waiting;
    {
        Lane lane{{.threads = 1, .max_queued = 9, .max_per_client = 9}};
        BOOST_REQUIRE(lane.submit(1, call(
                                         [&](Call const& self)
                                         {
                                             entered.set_value();
                                             while (!self.cancelled().load())
                                                 std::this_thread::yield();
                                             ended = true;
                                         })));
        entered.get_future().wait();
        auto const job = call([&](Call const&) { ran = true; });
        waiting = job;
        BOOST_REQUIRE(lane.submit(1, job));
        lane.stop();
        BOOST_TEST(ended);
        BOOST_TEST(!lane.submit(1, call([&](Call const&) { ran = true; })));
        lane.submit_own(call([&](Call const&) { ran = true; }));
    }
    BOOST_TEST(!ran);
    BOOST_TEST(waiting.expired());
}

#ifdef __linux__
BOOST_AUTO_TEST_CASE(a_lane_of_low_priority_yields_to_the_others)
{
    auto const niceness = [](Urgency urgency)
    {
        std::promise<int> found;
        Lane lane{{.threads = 1, .urgency = urgency, .max_queued = 1, .max_per_client = 1}};
        lane.submit(1, call([&](Call const&)
                            { found.set_value(getpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)))); }));
        return found.get_future().get();
    };
    BOOST_TEST(niceness(Urgency::last) > niceness(Urgency::later));
    BOOST_TEST(niceness(Urgency::later) > niceness(Urgency::soon));
    BOOST_TEST(niceness(Urgency::soon) == getpriority(PRIO_PROCESS, 0));
}
#endif

BOOST_AUTO_TEST_SUITE_END()
