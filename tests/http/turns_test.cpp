// Nobody waits for a crowd: what many connections have at once is done one piece for each turn of an I/O thread's loop,
// and others come between.
#include "fixture.hpp"
#include "http/host.hpp"
#include "http/io_thread.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <future>
#include <linux/sockios.h>
#include <mutex>
#include <sys/ioctl.h>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(turns_of_the_loop)

namespace
{

/// Notes its turns.
class Guest final : public http::Connection
{
public:
    Guest(http::IoThread& home, std::string& events)
        : Connection(home)
        , events_(events)
    {
    }
    void start() override {}
    void deadline_passed() override {}
    void turn_has_come() override
    {
        events_ += 'g';
        if (std::exchange(again_, false))
            home_.take_turns(shared_from_this());
    }
    http::Standing standing() const noexcept override { return {}; }
    void collect() override {}
    void finish() override {}
    void close() override {}

private:
    std::string& events_;
    bool again_ = true;
};

/// Somebody with something to do in each turn of the loop, until `done`.
void come_between(http::IoThread& thread, std::string& events, std::size_t left, std::promise<void>& done)
{
    boost::asio::post(thread.executor(),
                      [&thread, &events, left, &done]
                      {
                          events += 'o';
                          if (left == 0)
                              done.set_value();
                          else
                              come_between(thread, events, left - 1, done);
                      });
}

/// A server with one I/O thread that can be stopped within an answer: nothing is read, accepted or answered then.
struct HeldServer
{
    explicit HeldServer(http::ServerOptions options = {})
        : running(
              [&]
              {
                  options.io_threads = 1;
                  options.access_log = [this](http::AccessRecord const& record) { note(record); };
                  return std::move(options);
              }())
    {
    }

    void note(http::AccessRecord const& record)
    {
        std::unique_lock lock{mutex};
        answered += record.subject.empty() ? 's' : 'k'; // a stranger, or somebody known
        if (record.path != "/healthz")                  // which is answered on the I/O thread
            return;
        held = true;
        changed.notify_all();
        changed.wait(lock, [&] { return !held; });
    }
    void wait_until_held()
    {
        std::unique_lock lock{mutex};
        changed.wait(lock, [&] { return held; });
    }
    void let_go()
    {
        std::lock_guard const lock{mutex};
        held = false;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool held = false;
    std::string answered;
    RunningServer running;
};

std::string const hold = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
std::string const by_nobody = "GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::size_t crowd = 100;

/// Until the kernel of the other side has all that was sent: on a busy machine it comes late, behind what was sent
/// later.
void wait_until_it_is_there(Client& client)
{
    auto const until = std::chrono::steady_clock::now() + 20s;
    int left = 1;
    while (left > 0 && std::chrono::steady_clock::now() < until)
    {
        BOOST_REQUIRE(::ioctl(client.socket().native_handle(), SIOCOUTQ, &left) == 0);
        std::this_thread::sleep_for(1ms);
    }
    BOOST_TEST(left == 0);
}

} // namespace

BOOST_AUTO_TEST_CASE(between_two_pieces_of_a_crowd_others_come)
{
    auto const service = make_service();
    http::Host host{{.io_threads = 1}, http::Served{service}};
    std::string events;
    std::promise<void> done;
    http::IoThread thread{host, 250ms, [] {}};
    boost::asio::post(thread.executor(),
                      [&]
                      {
                          for (std::size_t i = 0; i < crowd; ++i)
                              thread.take_turns(std::make_shared<Guest>(thread, events));
                          come_between(thread, events, 2 * crowd, done);
                      });
    thread.run();
    done.get_future().wait();
    thread.stop();
    BOOST_TEST(std::ranges::count(events, 'g') == 2 * crowd); // each came again
    BOOST_TEST((events.find("gg") == std::string::npos));
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_a_turn_has_one_place)
{
    auto const service = make_service();
    http::Host host{{.io_threads = 1}, http::Served{service}};
    std::string events;
    std::promise<void> done;
    http::IoThread thread{host, 250ms, [] {}};
    boost::asio::post(thread.executor(),
                      [&]
                      {
                          auto const guest = std::make_shared<Guest>(thread, events);
                          thread.take_turns(guest);
                          thread.take_turns(guest);
                          come_between(thread, events, 5, done);
                      });
    thread.run();
    done.get_future().wait();
    thread.stop();
    BOOST_TEST(std::ranges::count(events, 'g') == 2); // once, and once again as it wished
}

BOOST_AUTO_TEST_CASE(who_is_in_is_answered_before_a_crowd_at_the_door_is_let_in)
{
    HeldServer server;
    auto known = server.running.connect();
    known.send(get("/scim/v2/ServiceProviderConfig"));
    BOOST_TEST(known.receive().result_int() == 200);
    auto holder = server.running.connect();
    holder.send(hold);
    server.wait_until_held();
    server.answered.clear();
    std::deque<Client> newcomers;
    for (std::size_t i = 0; i < crowd; ++i)
    {
        newcomers.emplace_back(server.running.server->port());
        newcomers.back().send(by_nobody);
    }
    known.send(get("/scim/v2/ServiceProviderConfig"));
    wait_until_it_is_there(known);
    server.let_go();
    BOOST_TEST(known.receive().result_int() == 200);
    for (auto& newcomer : newcomers)
        BOOST_TEST(newcomer.receive().result_int() == 401);
    std::lock_guard const lock{server.mutex};
    // Which of those that are ready comes first is the kernel's choice, and on a busy machine more of the crowd are.
    BOOST_TEST(server.answered.find('k') < crowd - crowd / 10);
}

BOOST_AUTO_TEST_SUITE_END()
