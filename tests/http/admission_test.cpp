// Who may send a body, and on which thread that is decided.
#include "becomes.hpp"
#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

constexpr std::string_view other_token = "another-token-of-the-tests";

/// Knows the token of the tests; waits while it is told to.
class SlowAuthenticator final : public Authenticator
{
public:
    explicit SlowAuthenticator(bool may_block)
        : may_block_(may_block)
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        std::unique_lock lock{mutex_};
        ++calls_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !holds_; });
        if (!credentials.authorization.ends_with(token))
            return Error{ErrorCode::unauthorized, "Who are you?"};
        return Principal{.subject = "tester"};
    }
    std::string challenge() const override { return "Slow"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }
    bool may_block() const noexcept override { return may_block_; }

    void hold(bool holds)
    {
        std::lock_guard const lock{mutex_};
        holds_ = holds;
        changed_.notify_all();
    }
    void wait_for(int calls)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return calls_ >= calls; });
    }
    int calls()
    {
        std::lock_guard const lock{mutex_};
        return calls_;
    }

private:
    bool const may_block_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool holds_ = false;
    int calls_ = 0;
};

/// Nobody may write.
class ReadOnly final : public Authoriser
{
public:
    explicit ReadOnly(bool may_block)
        : may_block_(may_block)
    {
    }
    result<void> authorise(Principal const&, Access const& access) override
    {
        if (access.operation == Access::Operation::create)
            return Error{ErrorCode::forbidden, "Not you."};
        return {};
    }
    bool may_block() const noexcept override { return may_block_; }

private:
    bool const may_block_;
};

std::string head_of_post(std::string_view with_token, std::string_view more_headers, std::size_t size = 100'000)
{
    return "POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{with_token} +
           "\r\nContent-Type: application/scim+json\r\n" + std::string{more_headers} +
           "Content-Length: " + std::to_string(size) + "\r\n\r\n";
}

struct Admission
{
    std::shared_ptr<SlowAuthenticator> authenticator = std::make_shared<SlowAuthenticator>(true);

    Service make(std::shared_ptr<Authoriser> authoriser = nullptr) const
    {
        return Service::create({.base_url = "https://example.com/scim/v2",
                                .store = memory::make_store(),
                                .authenticator = authenticator,
                                .authoriser = std::move(authoriser)})
            .value();
    }

    /// For an authenticator that may block and one that does not.
    template <class Test>
    void for_both(Test test)
    {
        for (bool const blocks : {true, false})
        {
            BOOST_TEST_CONTEXT("may block: " << blocks)
            {
                authenticator = std::make_shared<SlowAuthenticator>(blocks);
                test(blocks);
            }
        }
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_admission, Admission)

BOOST_AUTO_TEST_CASE(a_stranger_is_refused_before_the_body_comes)
{
    for_both(
        [&](bool)
        {
            RunningServer server{{}, make()};
            for (char const* const expect : {"", "Expect: 100-continue\r\n"})
            {
                auto client = server.connect();
                client.send(head_of_post("wrong", expect));
                auto const response = client.receive(); // a 100 Continue would be read here
                BOOST_TEST(response.result_int() == 401);
                BOOST_TEST(response["WWW-Authenticate"] == "Slow");
                BOOST_TEST(response["Connection"] == "close");
                BOOST_TEST(client.closed_by_server());
            }
            auto chunked = server.connect();
            chunked.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            BOOST_TEST(chunked.receive().result_int() == 401);
        });
}

BOOST_AUTO_TEST_CASE(a_refusal_reaches_whoever_sends_a_whole_body_before_reading)
{
    for_both(
        [&](bool)
        {
            RunningServer server{{}, make()};
            auto client = server.connect();
            std::string const body(900'000, ' '); // more than is thrown away at once
            client.send("POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + body);
            BOOST_TEST(client.receive().result_int() == 401);
            BOOST_TEST(client.closed_by_server());
        });
}

BOOST_AUTO_TEST_CASE(who_may_not_write_is_refused_before_the_body_comes)
{
    for_both(
        [&](bool blocks)
        {
            RunningServer server{{}, make(std::make_shared<ReadOnly>(blocks))};
            auto client = server.connect();
            client.send(head_of_post(token, {}));
            BOOST_TEST(client.receive().result_int() == 403);
            BOOST_TEST(client.closed_by_server());
        });
}

BOOST_AUTO_TEST_CASE(who_is_known_is_told_to_go_on_and_asked_once)
{
    for_both(
        [&](bool)
        {
            RunningServer server{{}, make()};
            auto client = server.connect();
            auto const body = user("patient");
            client.send(head_of_post(token, "Expect: 100-continue\r\n", body.size()));
            BOOST_TEST(client.receive().result_int() == 100);
            client.send(body);
            BOOST_TEST(client.receive().result_int() == 201);
            BOOST_TEST(authenticator->calls() == 1);

            // What was found for one request is not believed of the next.
            client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\n\r\n");
            BOOST_TEST(client.receive().result_int() == 401);
        });
}

BOOST_AUTO_TEST_CASE(a_body_that_comes_with_its_header_is_asked_for_once_where_asking_may_take_long)
{
    RunningServer server{{}, make()};
    auto client = server.connect();
    client.send(post("/scim/v2/Users", user("whole")));
    BOOST_TEST(client.receive().result_int() == 201);
    BOOST_TEST(authenticator->calls() == 1);
}

BOOST_AUTO_TEST_CASE(who_reads_for_longer_than_an_io_thread_may_is_asked_once)
{
    for_both(
        [&](bool)
        {
            RunningServer server{{.io_thread_work = 1, .short_read_work = 1}, make()};
            auto client = server.connect();
            client.send(get("/scim/v2/Users?filter=userName%20eq%20%22nobody%22"));
            BOOST_TEST(client.receive().result_int() == 200);
            BOOST_TEST(authenticator->calls() == 1);
            client.send(post("/scim/v2/Users", user("slow")));
            std::string const location{client.receive()["Location"]};
            BOOST_TEST(authenticator->calls() == 2);
            client.send(get(location.substr(location.find("/scim/v2"))));
            BOOST_TEST(client.receive().result_int() == 200);
            BOOST_TEST(authenticator->calls() == 3);

            client.send("GET /scim/v2/Users?count=1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\n\r\n");
            BOOST_TEST(client.receive().result_int() == 401);
            BOOST_TEST(authenticator->calls() == 4);
        });
}

BOOST_AUTO_TEST_CASE(an_authenticator_that_waits_holds_up_nobody_else)
{
    RunningServer server{{.io_threads = 1}, make()};
    authenticator->hold(true);
    auto whole = server.connect();
    whole.send(get("/scim/v2/Users/nobody"));
    auto half = server.connect();
    half.send(head_of_post("wrong", {}));
    authenticator->wait_for(2);
    auto other = server.connect();
    other.send(get("/healthz"));
    BOOST_TEST(other.receive().result_int() == 200);
    authenticator->hold(false);
    BOOST_TEST(whole.receive().result_int() == 404);
    BOOST_TEST(half.receive().result_int() == 401);
}

BOOST_AUTO_TEST_CASE(strangers_who_change_their_credentials_leave_room_for_those_who_are_known)
{
    RunningServer server{{.worker_threads = 1, .max_queued_requests = 16}, make()};
    auto const body = user("known");
    auto known = server.connect();
    known.send(head_of_post(token, "Expect: 100-continue\r\n", body.size()));
    BOOST_TEST(known.receive().result_int() == 100); // admitted
    authenticator->hold(true);
    auto first = server.connect();
    first.send(head_of_post("wrong", {}));
    authenticator->wait_for(2); // the only worker waits for it
    std::vector<std::unique_ptr<Client>> strangers;
    for (int i = 0; i < 20; ++i)
    {
        strangers.push_back(std::make_unique<Client>(server.server->port()));
        strangers.back()->send("DELETE /scim/v2/Users/1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                               std::to_string(i) + "\r\n\r\n");
    }
    // An eighth waits, whichever of them came first; the others are refused.
    while (strangers.size() > 2)
        for (auto stranger = strangers.begin(); strangers.size() > 2 && stranger != strangers.end();)
        {
            bool const waits = (*stranger)->silent_for(1ms);
            if (!waits)
                BOOST_TEST((*stranger)->receive().result_int() == 503);
            stranger = waits ? stranger + 1 : strangers.erase(stranger);
        }
    known.send(body);
    BOOST_TEST(known.silent_for(100ms)); // not refused
    authenticator->hold(false);
    BOOST_TEST(known.receive().result_int() == 201);
    for (auto const& stranger : strangers)
        BOOST_TEST(stranger->receive().result_int() == 401);
}

BOOST_AUTO_TEST_CASE(an_authoriser_that_may_block_keeps_reads_off_the_io_threads)
{
    auto const quick = std::make_shared<SlowAuthenticator>(false);
    authenticator = quick;
    BOOST_TEST(!make().admission_may_block());
    BOOST_TEST(!make(std::make_shared<ReadOnly>(false)).admission_may_block());
    BOOST_TEST(make(std::make_shared<ReadOnly>(true)).admission_may_block());
    authenticator = std::make_shared<SlowAuthenticator>(true);
    BOOST_TEST(make().admission_may_block());
    BOOST_TEST(make().reads_may_block());
}

BOOST_AUTO_TEST_CASE(bodies_beyond_what_all_may_hold_together_are_503)
{
    RunningServer server{{.max_buffered_bytes = 100'000}, make()};
    auto one = server.connect();
    auto other = server.connect();
    auto const holds = [&](std::size_t bytes)
    { BOOST_REQUIRE(becomes([&] { return server.server->statistics().buffered_bytes == bytes; })); };
    one.send(head_of_post(token, {}) + std::string(60'000, ' '));
    holds(60'000); // both at once might both be refused
    other.send(head_of_post(token, {}) + std::string(60'000, ' '));
    auto const response = other.receive();
    BOOST_TEST(response.result_int() == 503);
    BOOST_TEST(response["Retry-After"] == "1");
    holds(60'000); // the answer may be here before the server has put away what it refused
    one.send(std::string(40'000, ' '));
    BOOST_TEST(one.receive().result_int() == 400); // only blanks
}

BOOST_AUTO_TEST_CASE(the_bodies_of_one_client_leave_room_for_those_of_others)
{
    auto known = make_token_record(token, {.subject = "tester"});
    auto other = make_token_record(other_token, {.subject = "other"});
    RunningServer server{{.max_buffered_bytes = 400'000},
                         Service::create({.base_url = "https://example.com/scim/v2",
                                          .store = memory::make_store(),
                                          .authenticator = bearer_authenticator({*known, *other})})
                             .value()};
    std::deque<Client> greedy;
    for (std::size_t i = 0; i < 8; ++i)
    {
        greedy.emplace_back(server.server->port());
        greedy.back().send(head_of_post(token, {}) + std::string(90'000, ' '));
        // One after the other: what is refused holds its share for a moment.
        auto const held = std::min<std::size_t>(i + 1, 3) * 90'000;
        BOOST_REQUIRE(becomes(
            [&] {
                return server.server->statistics().buffered_bytes == held &&
                       (i < 3 || greedy.back().socket().available() > 0);
            }));
    }
    auto const refused = std::ranges::count_if(greedy, [](Client& client) { return !client.silent_for(50ms); });
    BOOST_TEST(refused == 5);
    auto modest = server.connect();
    modest.send(head_of_post(other_token, {}) + std::string(90'000, ' '));
    BOOST_TEST(modest.silent_for(100ms)); // not refused
    modest.send(std::string(10'000, ' '));
    BOOST_TEST(modest.receive().result_int() == 400); // only blanks
}

BOOST_AUTO_TEST_CASE(a_coding_or_an_expectation_that_nobody_knows_is_refused)
{
    RunningServer server{{}, make()};
    auto coded = server.connect();
    coded.send(post("/scim/v2/Users", user("coded"), "Content-Encoding: gzip\r\n"));
    auto const refusal = coded.receive();
    BOOST_TEST(refusal.result_int() == 415);
    BOOST_TEST(refusal["Accept-Encoding"] == "identity");
    BOOST_TEST(coded.closed_by_server());

    auto expecting = server.connect();
    expecting.send(post("/scim/v2/Users", user("expecting"), "Expect: wonders\r\n"));
    BOOST_TEST(expecting.receive().result_int() == 417);

    auto plain = server.connect();
    plain.send(post("/scim/v2/Users", user("plain"), "Content-Encoding: identity\r\n"));
    BOOST_TEST(plain.receive().result_int() == 201);
}

BOOST_AUTO_TEST_SUITE_END()
