// Streams of tokens that are polled (RFC 8936): what comes, until when, and how long one waits for it.
#include <scimkit/events/security_event.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <semaphore>
#include <stop_token>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

using Lines = std::vector<std::string>;

struct EventStreamsFixture : EventsFixture
{
    EventStreamOptions stream_options()
    {
        EventStreamOptions made{.store = store, .registry = scim.service.options().registry};
        made.about = [](std::string_view tenant)
        { return SecurityEventOptions{.issuer = "https://example.com", .audience = std::string{tenant}}; };
        made.sign = [](json::object const& claims) -> result<std::string>
        { return ServiceFixture::text_of(claims.at("sub_id").at("uri")); };
        made.problem = [this](std::string_view tenant, std::string_view what)
        { failures.add(std::string{tenant} + ":" + std::string{what}); };
        return made;
    }

    /// The subjects of the tokens that come, and their ids in `jtis`.
    Lines poll(EventStreams& streams, json::object request = {}, std::string_view tenant = "a")
    {
        auto const answer = streams.poll(tenant, request).value();
        Lines subjects;
        jtis = {};
        for (auto const& each : answer.at("sets").as_object())
        {
            jtis.emplace_back(each.key());
            std::string const text{each.value().as_string()};
            subjects.push_back(text.substr(text.rfind('/') + 1, text.size() - text.rfind('/') - 2));
        }
        more = answer.contains("moreAvailable");
        return subjects;
    }

    static json::object ack(Lines const& ids)
    {
        json::array all;
        for (std::string const& id : ids)
            all.emplace_back(id);
        return {{"ack", std::move(all)}};
    }

    Lines jtis;
    bool more = false;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_streams, EventStreamsFixture)

BOOST_AUTO_TEST_CASE(what_is_not_acknowledged_comes_again_and_what_is_does_not,
                     *boost::unit_test::label("8936-2.2-a") * boost::unit_test::label("8936-2.4-a"))
{
    for (auto const* const name : {"ada", "ben", "cleo"})
        scim.create("/Users", user(name));
    EventStreams streams{stream_options()};
    BOOST_TEST((poll(streams) == Lines{"id-1", "id-2", "id-3"}));
    auto const first = jtis;
    BOOST_TEST((poll(streams) == Lines{"id-1", "id-2", "id-3"}));
    BOOST_TEST((jtis == first));
    BOOST_TEST((poll(streams, ack({first[1]})) == Lines{"id-1", "id-3"}));
    BOOST_TEST((place("a", "events") == LogPosition{}));
    BOOST_TEST((poll(streams, ack({first[0]})) == Lines{"id-3"}));
    BOOST_TEST((place("a", "events") == changes()[1].position));
    EventStreams restarted{stream_options()};
    BOOST_TEST((poll(restarted) == Lines{"id-3"}));
    BOOST_TEST(poll(restarted, ack(jtis)).empty());
    BOOST_TEST((place("a", "events") == end("a")));
    scim.create("/Users", user("dora"));
    BOOST_TEST((poll(restarted) == Lines{"id-4"}));
}

BOOST_AUTO_TEST_CASE(an_answer_has_as_many_as_are_asked_for_and_says_whether_there_are_more,
                     *boost::unit_test::label("8936-2.2-b") * boost::unit_test::label("8936-2.3-a"))
{
    for (auto const* const name : {"ada", "ben", "cleo"})
        scim.create("/Users", user(name));
    auto options = stream_options();
    options.max_events = 2;
    EventStreams streams{options};
    BOOST_TEST((poll(streams, {{"maxEvents", 1}}) == Lines{"id-1"}));
    BOOST_TEST(more);
    BOOST_TEST((poll(streams, {{"maxEvents", 100}}) == Lines{"id-1", "id-2"}));
    BOOST_TEST(more);
    BOOST_TEST(poll(streams, {{"maxEvents", 0}}).empty());
    BOOST_TEST(more);
    BOOST_TEST(
        (poll(streams, ack(Lines{change_id(changes()[0], "a"), change_id(changes()[1], "a")})) == Lines{"id-3"}));
    BOOST_TEST(!more);
}

BOOST_AUTO_TEST_CASE(an_answer_has_a_largest_size)
{
    for (auto const* const name : {"ada", "ben", "cleo"})
        scim.create("/Users", user(name));
    auto options = stream_options();
    options.max_answer_bytes = 1;
    EventStreams streams{options};
    BOOST_TEST((poll(streams) == Lines{"id-1"}));
    BOOST_TEST(more);
    BOOST_TEST((poll(streams, ack(jtis)) == Lines{"id-2"}));
}

BOOST_AUTO_TEST_CASE(a_stream_shows_nothing_of_another_tenant_and_takes_no_acknowledgement_of_it)
{
    scim.create("/Users", user("ada"));
    other.create("/Users", user("ben"));
    EventStreams streams{stream_options()};
    BOOST_TEST((poll(streams, {}, "a") == Lines{"id-1"}));
    auto const of_a = jtis;
    BOOST_TEST((poll(streams, ack(of_a), "b") == Lines{"id-2"}));
    BOOST_TEST((poll(streams, {}, "a") == Lines{"id-1"}));
}

BOOST_AUTO_TEST_CASE(what_is_remembered_of_a_tenant_can_be_forgotten)
{
    for (auto const* const name : {"ada", "ben"})
        scim.create("/Users", user(name));
    EventStreams streams{stream_options()};
    poll(streams);
    BOOST_TEST((poll(streams, ack({jtis[1]})) == Lines{"id-1"})); // out of order: in memory
    streams.forget("b");
    BOOST_TEST((poll(streams) == Lines{"id-1"}));
    streams.forget("a");
    BOOST_TEST((poll(streams) == Lines{"id-1", "id-2"}));
}

BOOST_AUTO_TEST_CASE(what_a_receiver_could_not_take_is_told_and_not_sent_again)
{
    scim.create("/Users", user("ada"));
    EventStreams streams{stream_options()};
    poll(streams);
    BOOST_TEST(poll(streams, {{"setErrs", json::object{{jtis[0], json::object{{"err", "invalid_key"}}}}}}).empty());
    BOOST_TEST(failures.all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(of_thousands_of_tokens_that_a_receiver_could_not_take_ten_are_told_and_the_number_of_the_others)
{
    EventStreams streams{stream_options()};
    json::object refused;
    for (int i = 0; i < 5'000; ++i)
        refused["token-" + std::to_string(i)] = json::object{{"err", "invalid_key"}};
    poll(streams, {{"setErrs", std::move(refused)}});
    auto const told = failures.all();
    BOOST_REQUIRE_EQUAL(told.size(), 11U);
    BOOST_TEST(told.back().find(" 4990 ") != std::string::npos, told.back());
}

BOOST_AUTO_TEST_CASE(polls_of_one_tenant_wait_for_one_another_for_a_moment_and_hold_up_no_other)
{
    std::counting_semaphore<> entered{0};
    std::counting_semaphore<> gate{0};
    auto options = stream_options();
    options.about = [&, about = options.about](std::string_view tenant)
    {
        if (tenant == "a")
        {
            entered.release();
            gate.acquire();
        }
        return about(tenant);
    };
    EventStreams streams{options};
    auto const ask = [&] { return streams.poll("a", json::object{}); };
    auto first = std::async(std::launch::async, ask);
    entered.acquire();
    std::vector<std::future<result<json::object>>> others;
    for (int i = 0; i < 20; ++i)
        others.push_back(std::async(std::launch::async, ask));
    for (auto& each : others) // the first is still at work
    {
        auto const refused = each.get();
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == ErrorCode::busy));
        BOOST_TEST(refused.error().retry_after.count() > 0);
    }
    BOOST_TEST(streams.poll("b", json::object{}).has_value());
    gate.release();
    BOOST_TEST(first.get().has_value());
    gate.release();
    BOOST_TEST(ask().has_value());
}

BOOST_AUTO_TEST_CASE(a_poll_that_is_none_is_refused_and_garbage_takes_no_room, *boost::unit_test::label("8936-2.5.1-a"))
{
    scim.create("/Users", user("ada"));
    auto options = stream_options();
    options.max_acknowledged = 3;
    EventStreams streams{options};
    for (json::value const& request :
         {json::value{nullptr}, json::value(json::array{}), json::value{{"ack", "x"}}, json::value{{"ack", {1}}},
          json::value{{"maxEvents", -1}}, json::value{{"maxEvents", "1"}}, json::value{{"setErrs", {"x"}}},
          json::value{{"returnImmediately", 1}}})
    {
        auto const polled = streams.poll("a", request);
        BOOST_REQUIRE(polled.has_error());
        BOOST_TEST(is_sentence(polled.error().detail));
    }
    for (int i = 0; i < 20; ++i)
        BOOST_TEST((poll(streams, ack({std::string(31, 'x') + static_cast<char>('a' + i),
                                       std::string(100'000, 'y')})) == Lines{"id-1"}));
    BOOST_TEST(poll(streams, ack(jtis)).empty());
}

BOOST_AUTO_TEST_CASE(what_has_gone_from_the_log_is_told_and_the_stream_goes_on)
{
    scim.create("/Users", user("ada"));
    trim("a");
    scim.create("/Users", user("ben"));
    EventStreams streams{stream_options()};
    Lines const gap_and_more{"", "id-2"}; // its subject is the root
    BOOST_TEST((poll(streams) == gap_and_more));
    auto const first = jtis;
    BOOST_TEST((poll(streams) == gap_and_more));
    BOOST_TEST((jtis == first));
    BOOST_TEST(failures.all().size() == 1U);
    BOOST_TEST((poll(streams, {{"maxEvents", 1}}) == Lines{""}));
    BOOST_TEST(poll(streams, {{"maxEvents", 0}}).empty());
    BOOST_TEST(more, "a gap that is due");
    EventStreams restarted{stream_options()};
    BOOST_TEST((poll(restarted, ack({first[1]})) == Lines{""}), "until it is acknowledged");
    BOOST_TEST(poll(restarted, ack({first[0]})).empty());
    BOOST_TEST((poll(streams) == Lines{}));
    BOOST_REQUIRE(store->remove_tenant("a", {}).has_value());
    BOOST_TEST(poll(streams).empty());
    scim.create("/Users", user("cleo"));
    BOOST_TEST((poll(streams) == Lines{"id-3"}));
}

BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_signed_is_an_error_and_stays)
{
    scim.create("/Users", user("ada"));
    auto options = stream_options();
    options.sign = [](json::object const&) -> result<std::string> {
        return Error{ErrorCode::internal, "No key."};
    };
    EventStreams broken{options};
    BOOST_TEST(broken.poll("a", json::object{}).has_error());
    EventStreams streams{stream_options()};
    BOOST_TEST((poll(streams) == Lines{"id-1"}));
    options.sign = {};
    BOOST_CHECK_THROW(EventStreams{options}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_poll_waits_until_there_is_something, *boost::unit_test::label("8936-2.5-a"))
{
    EventStreams streams{stream_options()};
    EventWait const wait{.most = 20s};
    for (json::object const& request : {json::object{{"returnImmediately", true}}, json::object{{"maxEvents", 0}}})
        BOOST_TEST(streams.poll("a", request, wait).value().at("sets").as_object().empty());
    std::jthread const later{[&]
                             {
                                 std::this_thread::sleep_for(50ms);
                                 other.create("/Users", user("ben")); // nobody's business
                                 std::this_thread::sleep_for(50ms);
                                 scim.create("/Users", user("ada"));
                             }};
    auto const began = std::chrono::steady_clock::now();
    auto const answer = streams.poll("a", json::object{}, wait);
    BOOST_TEST(answer.value().at("sets").as_object().size() == 1U);
    BOOST_TEST((std::chrono::steady_clock::now() - began < 15s));
}

BOOST_AUTO_TEST_CASE(a_poll_that_has_waited_goes_on_when_another_one_is_at_work)
{
    std::atomic<bool> holds{false};
    std::counting_semaphore<> looked{0};
    std::counting_semaphore<> gate{0};
    auto options = stream_options();
    options.about = [&, about = options.about](std::string_view tenant)
    {
        bool const is_held = holds.exchange(false);
        looked.release();
        if (is_held)
            gate.acquire();
        return about(tenant);
    };
    EventStreams streams{options};
    auto const ask = [&](EventWait const& wait) { return streams.poll("a", json::object{}, wait); };
    auto waiting = std::async(std::launch::async, [&] { return ask({.most = 20s}); });
    looked.acquire();
    holds = true;
    auto other = std::async(std::launch::async, [&] { return ask({}); });
    looked.acquire();
    scim.create("/Users", user("ada"));
    std::this_thread::sleep_for(1200ms); // longer than a poll waits for its turn
    gate.release();
    BOOST_TEST(other.get().has_value());
    auto const answer = waiting.get();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->at("sets").as_object().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_poll_that_waits_ends_in_time_or_when_it_is_stopped_or_may_not_any_more)
{
    auto options = stream_options();
    options.max_waiting = 1;
    EventStreams streams{options};
    auto const asks = [&](EventWait const& wait) { return streams.poll("a", json::object{}, wait); };
    BOOST_TEST(asks({.most = 30ms}).value().at("sets").as_object().empty());
    auto const refused = asks({.most = 20s, .check = [] { return Error{ErrorCode::forbidden, "No more."}; }});
    BOOST_TEST((refused.error().code == ErrorCode::forbidden));
    std::stop_source stop;
    std::atomic<int> answered{0};
    std::atomic<int> well{0};
    auto const began = std::chrono::steady_clock::now();
    {
        auto const ask = [&]
        {
            well += asks({.most = 60s, .stop = stop.get_token()}).has_value() ? 1 : 0;
            ++answered;
            answered.notify_all();
        };
        std::jthread const one{ask}, other{ask};
        answered.wait(0); // one too many does not wait
        BOOST_TEST(answered == 1);
        stop.request_stop();
    }
    BOOST_TEST(well == 2);
    BOOST_TEST((std::chrono::steady_clock::now() - began < 15s));
}

BOOST_AUTO_TEST_SUITE_END()
