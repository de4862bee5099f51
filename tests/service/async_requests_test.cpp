// Requests that are accepted first and carried out later (RFC 9967 section 2.5.1, RFC 7240 section 4.1).
#include <scimkit/store/deletion_guard.hpp>
#include <scimkit/store/managed_guard.hpp>

#include "async_fixture.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <set>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

std::string only_status(Reply const& reply) { return reply.text("/Operations/0/status"); }

} // namespace

BOOST_FIXTURE_TEST_SUITE(async_requests, AsyncFixture)

BOOST_AUTO_TEST_CASE(a_write_that_need_not_be_waited_for_is_accepted_and_carried_out_later,
                     *label("9967-2.5.1.1-a") * label("9967-2.5.1.1-e") * label("9967-2.5.1.1-f") *
                         label("9967-2.5.1.1-g") * label("9967-2.5.1.1-h") * label("9967-2.5.1.3-a") *
                         label("9967-2.5.1.3-b") * label("9967-3-a") * label("9967-7.1-a"))
{
    close_gate();
    auto const txn = accepted(scim.post("/Users", user("ada"), later()));
    BOOST_TEST(users() == 0U);
    auto const waiting = scim.get("/Async/" + txn);
    BOOST_TEST(waiting.status == 202);
    BOOST_TEST(waiting.header("Set-Txn") == txn);
    BOOST_TEST(!waiting.header("Retry-After").empty());
    open_gate();
    auto const done = result_of(txn);
    BOOST_TEST(done.status == 200);
    BOOST_TEST(only_status(done) == "201");
    BOOST_TEST(done.text("/Operations/0/method") == "POST");
    auto const id = made_id(done, 0);
    auto const made = scim.get("/Users/" + id);
    BOOST_TEST(made.text("/userName") == "ada");
    BOOST_TEST(done.text("/Operations/0/version") == made.text("/meta/version"));
    BOOST_TEST((events() == std::vector<std::string>{txn + " 201 /Users/" + id}));
}

BOOST_AUTO_TEST_CASE(each_kind_of_write_ends_with_what_it_would_have_been_answered, *label("9967-2.5.1.1-j"))
{
    auto const id = scim.create("/Users", user("ada"));
    auto const put = result_of(accepted(scim.put("/Users/" + id, user("ada", {{"title", "a"}}), later())));
    BOOST_TEST(only_status(put) == "200");
    BOOST_TEST(put.text("/Operations/0/version") == scim.get("/Users/" + id).text("/meta/version"));
    auto const patched = result_of(accepted(scim.patch("/Users/" + id, patch_op("replace", "title", "b"), later())));
    BOOST_TEST(only_status(patched) == "200");
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "b");
    auto const same = result_of(accepted(scim.patch("/Users/" + id, patch_op("replace", "title", "b"), later())));
    BOOST_TEST(only_status(same) == "200");
    auto const gone = result_of(accepted(scim.del("/Users/" + id, later())));
    BOOST_TEST(only_status(gone) == "204");
    BOOST_TEST(!gone.has("/Operations/0/version"));
    BOOST_TEST(users() == 0U);
    auto const all = events();
    BOOST_REQUIRE(all.size() == 4U);
    for (std::string const& each : all)
        BOOST_TEST(each.ends_with("/Users/" + id));
}

BOOST_AUTO_TEST_CASE(a_refusal_that_only_the_store_knows_is_a_result_with_the_error,
                     *label("9967-2.5.1.3-c") * label("9967-2.5.1.3-d"))
{
    scim.create("/Users", user("ada"));
    auto const txn = accepted(scim.post("/Users", user("ada"), later()));
    auto const done = result_of(txn);
    BOOST_TEST(only_status(done) == "409");
    BOOST_TEST(done.text("/Operations/0/response/scimType") == "uniqueness");
    BOOST_TEST(done.text("/Operations/0/response/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error");
    BOOST_TEST(!done.has("/Operations/0/response/urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation"));
    BOOST_TEST((events() == std::vector<std::string>{txn + " 409 /Users"}));
    auto const missing = result_of(accepted(scim.del("/Users/nobody", later())));
    BOOST_TEST(only_status(missing) == "404");
    auto const id = scim.create("/Users", user("bob"));
    auto headers = later();
    headers.emplace_back("If-Match", "W/\"99999\"");
    BOOST_TEST(only_status(result_of(accepted(scim.del("/Users/" + id, headers)))) == "412");
    BOOST_TEST(users() == 2U);
}

BOOST_AUTO_TEST_CASE(what_can_be_refused_without_the_store_is_refused_at_once, *label("9967-2.5.1.1-i"))
{
    BOOST_TEST(scim.send("POST", "/Users", "{", later()).status == 400);
    BOOST_TEST(scim.post("/Users", {{"schemas", json::array{urn::user}}}, later()).status == 400);
    BOOST_TEST(scim.send("PATCH", "/Users/1", "[", later()).status == 400);
    BOOST_TEST(scim.post("/Bulk", {{"schemas", json::array{}}}, later()).status == 400);
    BOOST_TEST(scim.post("/Nothing", user("ada"), later()).status == 404);
    BOOST_TEST(scim.put("/Users", user("ada"), later()).status == 405);
    BOOST_TEST(scim.send("POST", "/Users", "x", {{"Prefer", "respond-async"}, {"Content-Type", "text/plain"}}).status ==
               415);
    BOOST_TEST(events().empty());
    LogExtent const extent = store->change_log()->extent("default", {}).value();
    BOOST_TEST((extent.end == LogPosition{}), "nothing was stored");
}

BOOST_AUTO_TEST_CASE(a_client_that_would_wait_gets_the_answer, *label("9967-2.5.1.1-b") * label("9967-2.5.1.1-c"))
{
    BOOST_TEST(scim.post("/Users", user("a"), {{"Prefer", "respond-async, wait=1"}}).status == 201);
    BOOST_TEST(scim.post("/Users", user("b"), {{"Prefer", "wait=\"x\"; y"}, {"Prefer", "return=minimal"}}).status ==
               201);
    BOOST_TEST(
        scim.post("/Users", user("c"), {{"Prefer", "Respond-Async; x=y, wait=0"}, {"Accept", "text/html"}}).status ==
        202);
    auto const message = bulk({bulk_post("/Users", "a", user("d"))});
    BOOST_TEST(scim.post("/Bulk", message, {{"Prefer", "respond-async, wait=30"}}).status == 200);
    BOOST_TEST(scim.post("/Bulk", message, {{"Prefer", "respond-async, wait=29"}}).status == 202);
    BOOST_TEST(scim.get("/Users", later()).status == 200);
    BOOST_TEST(scim.post("/Users/.search",
                         {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}}, later())
                   .status == 200);
}

BOOST_AUTO_TEST_CASE(a_result_is_for_whoever_sent_the_request_and_for_nobody_else, *label("9967-5-g"))
{
    close_gate();
    auto const txn = accepted(scim.post("/Users", user("ada"), later()));
    auto const ask = [&](std::string const& path, std::string subject, std::string issuer = {})
    {
        auto const target = "/v2/Async/" + path;
        Principal const asking{.subject = std::move(subject), .issuer = std::move(issuer)};
        return scim.service.handle({.method = "GET", .target = target, .principal = asking}).status;
    };
    BOOST_TEST(ask(txn, "somebody") == 404);
    BOOST_TEST(ask(txn, "tester", "https://issuer.example.com") == 404);
    BOOST_TEST(ask(txn, "tester") == 202);
    open_gate();
    BOOST_TEST(result_of(txn).status == 200);
    BOOST_TEST(ask(txn, "somebody") == 404);
    BOOST_TEST(ask(txn, "tester", "https://issuer.example.com") == 404);
    BOOST_TEST(ask(txn, "") == 404);
    BOOST_TEST(ask("nothing", "tester") == 404);
    BOOST_TEST(scim.del("/Async/" + txn).status == 405);
    BOOST_TEST(scim.get("/Async").status == 404);
}

BOOST_AUTO_TEST_CASE(clients_see_nothing_of_how_requests_are_kept)
{
    close_gate();
    accepted(scim.post("/Users", user("ada"), later()));
    std::string const name{"ScimkitAsync"};
    for (auto const* const target : {"/ResourceTypes", "/Schemas", "/ServiceProviderConfig", "/?filter=id pr", "/"})
        BOOST_TEST(scim.get(target).response.body.find(name) == std::string::npos, target);
    BOOST_TEST(scim.get("/ScimkitAsyncRequests").status == 404);
    BOOST_TEST(scim.get("/ScimkitAsyncResults").status == 404);
    BOOST_TEST(scim.post("/ScimkitAsyncResults", json::object{}).status == 404);
    BOOST_TEST(scim.get("/").number("/totalResults") == 0);
    open_gate();
}

BOOST_AUTO_TEST_CASE(it_is_announced_where_it_is_on_and_not_heard_where_it_is_off,
                     *label("9967-2.5.1.1-d") * label("9967-4-e"))
{
    BOOST_TEST(scim.get("/ServiceProviderConfig").text("/securityEvents/asyncRequest") == "request");
    ServiceFixture const other;
    BOOST_TEST(!other.get("/ServiceProviderConfig").has("/securityEvents"));
    auto const reply = other.post("/Users", user("ada"), later());
    BOOST_TEST(reply.status == 201);
    BOOST_TEST(reply.header("Preference-Applied").empty());
    BOOST_TEST(other.get("/Async/x").status == 404);
    requests->stop();
    BOOST_TEST(scim.post("/Users", user("ada"), later()).status == 201, "nobody would carry it out");
}

BOOST_AUTO_TEST_CASE(requests_of_a_tenant_are_carried_out_in_the_order_in_which_they_came, *label("9967-3-b"))
{
    close_gate();
    auto const id = scim.create("/Users", user("ada"));
    std::vector<std::string> txns;
    txns.reserve(20);
    for (int i = 0; i < 20; ++i)
        txns.push_back(accepted(
            scim.patch("/Users/" + id, patch_op("replace", "title", json::value(std::to_string(i))), later())));
    BOOST_TEST((std::set<std::string>{txns.begin(), txns.end()}.size()) == txns.size());
    open_gate();
    result_of(txns.back());
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "19");
    auto const all = events();
    BOOST_REQUIRE(all.size() == txns.size());
    for (std::size_t i = 0; i < txns.size(); ++i)
        BOOST_TEST(all[i].starts_with(txns[i]));
}

BOOST_AUTO_TEST_CASE(a_bulk_has_a_result_and_an_event_for_each_operation,
                     *label("9967-2.5.1.2-a") * label("9967-2.5.1.2-b") * label("9967-2.5.1.2-c") *
                         label("9967-2.5.1.2-e"))
{
    scim.create("/Users", user("ada"));
    auto const message =
        bulk({bulk_post("/Groups", "g", group("team", {"bulkId:b"})), bulk_post("/Users", "a", user("ada")),
              bulk_post("/Users", "b", user("bob")), bulk_on("DELETE", "/Users/nobody")});
    auto const txn = accepted(scim.post("/Bulk", message, later()));
    auto const done = result_of(txn);
    BOOST_TEST(statuses(done) == "201 409 201 404");
    BOOST_TEST(done.text("/Operations/0/bulkId") == "g");
    BOOST_TEST(scim.get("/Groups/" + made_id(done, 0)).text("/members/0/value") == made_id(done, 2));
    auto all = events();
    std::ranges::sort(all);
    BOOST_TEST(
        (all == std::vector<std::string>{txn + ":0 201 /Groups/" + made_id(done, 0), txn + ":1 409 /Users",
                                         txn + ":2 201 /Users/" + made_id(done, 2), txn + ":3 404 /Users/nobody"}));
    BOOST_TEST(scim.get("/Async/" + txn + ":1").text("/Operations/0/response/scimType") == "uniqueness");
    BOOST_TEST(users() == 2U);
}

BOOST_AUTO_TEST_CASE(operations_that_are_not_run_any_more_have_results_that_say_so, *label("9967-2.5.1.2-a"))
{
    auto const bad = bulk_on("DELETE", "/Users/nobody");
    auto const message = bulk({bad, bulk_post("/Users", "b", user("bob"))}, {{"failOnErrors", 1}});
    BOOST_TEST(statuses(result_of(accepted(scim.post("/Bulk", message, later())))) == "404 409");
    BOOST_TEST(users() == 0U);
    auto headers = later();
    headers.emplace_back("SCIM-Bulk-Atomic", "true");
    auto const atomic = bulk({bulk_post("/Users", "b", user("bob")), bad});
    auto const txn = accepted(scim.post("/Bulk", atomic, headers));
    auto const done = result_of(txn);
    BOOST_TEST(statuses(done) == "404 404");
    BOOST_TEST(done.text("/Operations/0/bulkId") == "b");
    BOOST_TEST(users() == 0U);
    BOOST_TEST(events().size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_busy_is_tried_again)
{
    requests->stop();
    int refused = 0;
    requests->start(
        [&](Request const& request)
        {
            if (++refused <= 2)
                return error_response({ErrorCode::busy, "Later."});
            return scim.service.handle(request);
        });
    auto const done = result_of(accepted(scim.post("/Users", user("ada"), later())));
    BOOST_TEST(only_status(done) == "201");
    requests->stop();
    BOOST_TEST(refused == 3);
}

BOOST_AUTO_TEST_CASE(guards_of_the_store_do_not_count_what_the_framework_keeps)
{
    auto const guard = std::make_shared<DeletionGuard>(memory::make_store(), DeletionLimits{.max_removals = 1});
    auto const managed = std::make_shared<ManagedGuard>(
        guard, ManagedPolicy{.is_managed = [](std::string_view, Resource const&) { return false; }});
    AsyncFixture other{managed};
    for (char const* const name : {"a", "b", "c"})
        BOOST_TEST(only_status(other.result_of(accepted(other.scim.post("/Users", user(name), later())))) == "201");
    BOOST_TEST(!guard->held("default"));
}

BOOST_AUTO_TEST_CASE(what_waits_is_bounded_for_each_tenant)
{
    AsyncFixture other{memory::make_store(), {}, {.max_pending = 3}};
    other.close_gate();
    std::vector<std::string> txns;
    for (char const* const name : {"a", "b", "c"})
        txns.push_back(accepted(other.scim.post("/Users", user(name), later())));
    BOOST_TEST(other.requests->waiting() == 3U);
    auto const refused = other.scim.post("/Users", user("d"), later());
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(!refused.header("Retry-After").empty());
    BOOST_TEST(refused.detail().find('3') != std::string::npos);
    BOOST_TEST(other.scim.post("/Users", user("d")).status == 201, "whoever waits goes on");
    other.open_gate();
    for (std::string const& txn : txns)
        BOOST_TEST(only_status(other.result_of(txn)) == "201");
    other.result_of(accepted(other.scim.post("/Users", user("e"), later())));
    other.requests->stop();
    BOOST_TEST(other.requests->waiting() == 0U);
    AsyncFixture small{memory::make_store(), {}, {.max_pending_bytes = 50}};
    BOOST_TEST(small.scim.post("/Users", user("d"), later()).status == 429);
}

BOOST_AUTO_TEST_CASE(what_is_long_holds_up_no_request_of_another_tenant)
{
    AsyncFixture house{memory::make_store(), {}, {.threads = 2}};
    ServiceOptions more = house.scim.service.options();
    more.default_tenant = "other";
    ServiceFixture const other{std::move(more)};
    house.requests->stop();
    std::latch is_held{1};
    std::latch may_go{1};
    house.requests->start(
        [&](Request const& request)
        {
            if (request.target.find("Users") == std::string_view::npos)
                return other.service.handle(request);
            is_held.count_down();
            may_go.wait();
            return house.scim.service.handle(request);
        });
    auto const held = accepted(house.scim.post("/Users", user("ada"), later()));
    auto const behind = accepted(house.scim.post("/Users", user("ada"), later()));
    is_held.wait();
    auto const quick = accepted(other.post("/Groups", group("team"), later()));
    for (int i = 0; i < 3'000 && other.get("/Async/" + quick).status == 202; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    BOOST_TEST(other.get("/Async/" + quick).status == 200);
    BOOST_TEST(house.scim.get("/Async/" + behind).status == 202, "those of a tenant keep their order");
    may_go.count_down();
    BOOST_TEST(only_status(house.result_of(held)) == "201");
    BOOST_TEST(only_status(house.result_of(behind)) == "409");
    house.requests->stop();
}

BOOST_AUTO_TEST_CASE(check_6_whoever_may_come_in_no_more_gets_nothing_done_either)
{
    std::atomic<int> asked{0};
    std::atomic<int> elsewhere{0};
    auto const check = [&](std::string_view tenant, Principal const&) -> result<void>
    {
        elsewhere += tenant == "default" ? 0 : 1;
        if (++asked == 1)
            return Error{ErrorCode::unavailable, "It is not known yet."};
        return Error{ErrorCode::forbidden, "The key was revoked."};
    };
    AsyncFixture other{memory::make_store(), {}, {.check = check}};
    auto const txn = accepted(other.scim.post("/Users", user("ada"), later()));
    BOOST_TEST(only_status(other.result_of(txn)) == "403");
    BOOST_TEST(asked == 2, "what is not known is asked again");
    BOOST_TEST(elsewhere == 0);
    BOOST_TEST(other.users() == 0U);
}

BOOST_AUTO_TEST_CASE(old_results_are_forgotten)
{
    std::vector<std::string> txns;
    for (char const* const name : {"a", "b", "c"})
        txns.push_back(accepted(scim.post("/Users", user(name), later())));
    result_of(txns.back());
    requests->stop();
    auto few = AsyncRequests::create({.store = store, .max_results = 1, .environment = environment}).value();
    few->start([&](Request const& request) { return scim.service.handle(request); });
    for (auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
         scim.get("/Async/" + txns[1]).status != 404 && std::chrono::steady_clock::now() < end;)
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    few->stop();
    BOOST_TEST(scim.get("/Async/" + txns[0]).status == 404);
    BOOST_TEST(scim.get("/Async/" + txns[1]).status == 404);
    BOOST_TEST(scim.get("/Async/" + txns[2]).status == 200);
    BOOST_TEST(users() == 3U);
    BOOST_TEST(events().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_result_can_be_had_as_a_security_event_token, *label("9967-2.5.1.1-h") * label("9967-2.5.1.3-b"))
{
    auto const token = [](std::string_view tenant, json::object claims) -> result<std::string>
    {
        claims["iss"] = tenant;
        return ServiceFixture::text_of(claims);
    };
    AsyncFixture other{memory::make_store(), {}, {.token = token}};
    auto const txn = accepted(other.scim.post("/Users", user("ada"), later()));
    auto const plain = other.result_of(txn);
    BOOST_TEST(plain.header("Content-Type") == "application/scim+json");
    auto const reply = other.scim.get("/Async/" + txn, {{"Accept", "application/secevent+jwt"}});
    BOOST_TEST(reply.header("Content-Type") == "application/secevent+jwt");
    BOOST_TEST(reply.text("/txn") == txn);
    BOOST_TEST(reply.text("/iss") == "default");
    BOOST_TEST(reply.text("/sub_id/uri") == "/Users/" + made_id(plain, 0));
    BOOST_TEST(reply.has("/events/urn:ietf:params:scim:event:misc:asyncresp/status"));
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused)
{
    BOOST_TEST(!AsyncRequests::create({}));
    BOOST_TEST(!AsyncRequests::create({.store = store, .max_pending = 0}));
    BOOST_TEST(!AsyncRequests::create({.store = store, .threads = 0}));
    BOOST_TEST(!AsyncRequests::create({.store = store, .threads = 65}));
    BOOST_TEST(!AsyncRequests::create({.store = store, .keep_results = std::chrono::seconds{0}}));
}

BOOST_AUTO_TEST_SUITE_END()
