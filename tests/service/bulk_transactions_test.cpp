// In how many commits a Bulk is carried out, and what is left where one of them fails.
#include <scimkit/service/committed_change.hpp>
#include <scimkit/store/fault_injection.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"
#include "support/commits.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(bulk_transactions)

namespace
{

json::array users(int count, std::string_view prefix = "user")
{
    json::array operations;
    for (int i = 0; i < count; ++i)
    {
        std::string const name = std::string{prefix} + std::to_string(i);
        operations.push_back(bulk_post("/Users", name, user(name)));
    }
    return operations;
}

Headers const atomic{{"SCIM-Bulk-Atomic", "true"}};

} // namespace

BOOST_AUTO_TEST_CASE(one_commit_is_enough_where_the_store_has_savepoints)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            auto const counted = std::make_shared<Commits>(store.make());
            ServiceOptions options{.store = counted};
            options.limits.max_bulk_time_as_writer = std::chrono::hours{1}; // the machine may be slow
            ServiceFixture const scim{options};
            json::array operations = users(20);
            operations.push_back(bulk_on("DELETE", "/Users/none"));
            operations.push_back(bulk_post("/Groups", "g", group("G", {"bulkId:user3"})));
            BOOST_TEST(scim.post("/Bulk", bulk(operations)).size("/Operations") == 22);
            BOOST_TEST(counted->count == (store.savepoints ? 1 : 21));
        }
}

BOOST_AUTO_TEST_CASE(a_transaction_ends_by_the_clock_too)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            auto const counted = std::make_shared<Commits>(store.make());
            ServiceOptions options{.store = counted};
            options.limits.max_bulk_time_as_writer = std::chrono::milliseconds{0};
            ServiceFixture const scim{options};
            Reply const reply = scim.post("/Bulk", bulk(users(5)));
            BOOST_TEST(reply.size("/Operations") == 5);
            BOOST_TEST(counted->count == 5);
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 5);
        }
}

BOOST_AUTO_TEST_CASE(what_is_too_long_for_one_transaction_goes_on_in_the_next)
{
    for (NamedStore const& store : all_stores())
        for (std::uint64_t const work : {std::uint64_t{0}, std::uint64_t{45'000}})
            BOOST_TEST_CONTEXT(store << " " << work)
            {
                auto const counted = std::make_shared<Commits>(store.make());
                ServiceOptions options{.store = counted};
                options.limits.max_bulk_work_as_writer = work;
                ServiceFixture const scim{options};
                auto const ada = scim.create("/Users", user("ada"));
                json::array operations = users(20);
                operations.push_back(bulk_on("PATCH", "/Users/" + ada, patch_op("add", "title", "x")));
                operations.push_back(bulk_on("PUT", "/Users/" + ada, user("eve")));
                operations.push_back(bulk_post("/Groups", "g", group("G", {"bulkId:user3", "bulkId:user19"})));
                operations.push_back(bulk_on("DELETE", "/Users/" + ada));
                counted->count = 0;
                Reply const reply = scim.post("/Bulk", bulk(operations));
                BOOST_TEST(reply.size("/Operations") == 24);
                BOOST_TEST(reply.text("/Operations/20/status") == "200");
                BOOST_TEST(reply.text("/Operations/21/status") == "200");
                BOOST_TEST(reply.text("/Operations/22/status") == "201");
                BOOST_TEST(reply.text("/Operations/23/status") == "204");
                BOOST_TEST(counted->count >= 5);
                BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 20);
            }
}

BOOST_AUTO_TEST_CASE(what_must_stand_together_and_is_too_long_is_refused)
{
    ServiceOptions options{.store = memory::make_store()}; // others charge other work
    options.limits.max_bulk_work_as_writer = 45'000;
    ServiceFixture const scim{options};
    json::array operations{bulk_post("/Users", "before", user("before"))};
    operations.push_back(bulk_post("/Groups", "g", group("G", {"bulkId:user9"})));
    for (json::value& each : users(10))
        operations.push_back(std::move(each));
    operations.push_back(bulk_post("/Users", "behind", user("behind")));
    Reply const reply = scim.post("/Bulk", bulk(operations));
    BOOST_TEST(statuses(reply) == "201 400 400 400 400 400 400 400 400 400 400 400 201");
    BOOST_TEST(failure(reply, 1).find("max_bulk_work_as_writer") != std::string::npos);
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 2);

    Reply const all = scim.post("/Bulk", bulk(users(20, "atomic")), atomic);
    BOOST_TEST(all.scim_type() == "tooMany");
    BOOST_TEST(all.detail().find("max_bulk_work_as_writer") != std::string::npos);
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 2);
}

BOOST_AUTO_TEST_CASE(all_or_nothing_where_it_is_asked_for)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const ada = scim.create("/Users", user("ada"));
            json::array operations = users(3);
            operations.push_back(bulk_post("/Groups", "g", group("G", {"bulkId:user1", "bulkId:h"})));
            operations.push_back(bulk_post("/Groups", "h", group("H", {"bulkId:g"})));
            operations.push_back(bulk_on("DELETE", "/Users/" + ada));
            operations.push_back(bulk_post("/Users", "late", user("USER1")));
            Reply const refused = scim.post("/Bulk", bulk(operations), atomic);
            if (!store.atomic)
            {
                BOOST_TEST(refused.status == 501);
                continue;
            }
            BOOST_TEST(refused.status == 409);
            BOOST_TEST(refused.scim_type() == "uniqueness");
            BOOST_TEST(refused.detail().starts_with("Operations[6] (bulkId late): "), refused.detail());
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 1);
            BOOST_TEST(scim.get("/Groups?count=0").number("/totalResults") == 0);

            operations.pop_back();
            Reply const done = scim.post("/Bulk", bulk(operations), atomic);
            BOOST_TEST(statuses(done) == "201 201 201 201 201 204");
            BOOST_TEST(scim.get("/Groups/" + made_id(done, 3)).size("/members") == 2);
            Reply const dangling = scim.post(
                "/Bulk", bulk({bulk_post("/Users", "x", user("x")), bulk_on("DELETE", "/Users/bulkId:y")}), atomic);
            BOOST_TEST(dangling.status == 400);
            Reply const stale = scim.post("/Bulk",
                                          bulk({bulk_post("/Users", "x", user("x")),
                                                bulk_on("DELETE", "/Users/" + made_id(done, 0), {}, "W/\"77\"")}),
                                          atomic);
            BOOST_TEST(stale.status == 412);
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 3);
        }
}

BOOST_AUTO_TEST_CASE(the_service_may_make_every_bulk_atomic)
{
    ServiceFixture const scim{{.atomic_bulk = true}};
    json::array const operations{bulk_post("/Users", "a", user("ada")), bulk_on("DELETE", "/Users/none")};
    BOOST_TEST(scim.post("/Bulk", bulk(operations)).status == 404);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(statuses(scim.post("/Bulk", bulk(operations), {{"SCIM-Bulk-Atomic", "false"}})) == "201 404");
    BOOST_TEST(scim.post("/Bulk", bulk(operations), {{"SCIM-Bulk-Atomic", "maybe"}}).status == 400);
}

BOOST_AUTO_TEST_CASE(an_atomic_bulk_refers_to_nothing_that_a_store_names)
{
    class Serial : public Table
    {
    public:
        bool has_transactions() const override { return true; }
        result<void> begin() override { return {}; }
        void roll_back() noexcept override {}
    };
    ServiceFixture const scim{{.store = adapt_small_store(std::make_shared<Serial>())}};
    BOOST_TEST(statuses(scim.post("/Bulk", bulk(users(2)), atomic)) == "201 201");
    Reply const reply = scim.post(
        "/Bulk", bulk({bulk_post("/Users", "u", user("x")), bulk_post("/Groups", "g", group("G", {"bulkId:u"}))}),
        atomic);
    BOOST_TEST(reply.status == 501);
}

BOOST_AUTO_TEST_CASE(a_dry_run_answers_and_stores_nothing)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            int told = 0;
            ServiceOptions options{.store = store.make(), .dry_run_header = true};
            options.observer = [&](CommittedChange const&) { ++told; };
            ServiceFixture const scim{options};
            json::array operations = users(3);
            operations.push_back(bulk_post("/Groups", "g", group("G", {"bulkId:user1"})));
            operations.push_back(bulk_on("DELETE", "/Users/none"));
            Reply const reply = scim.post("/Bulk", bulk(operations), {{"SCIM-Dry-Run", "true"}});
            BOOST_TEST(statuses(reply).starts_with(store.savepoints ? "201 201 201 201 404" : "501"));
            operations.pop_back();
            Reply const whole =
                scim.post("/Bulk", bulk(operations), {{"SCIM-Dry-Run", "true"}, {"SCIM-Bulk-Atomic", "true"}});
            BOOST_TEST(statuses(whole).starts_with(store.atomic ? "201 201 201 201" : "501"));
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 0);
            BOOST_TEST(scim.get("/Groups?count=0").number("/totalResults") == 0);
            BOOST_TEST(told == 0);
        }
}

BOOST_AUTO_TEST_CASE(a_dry_run_is_one_transaction_and_no_longer_than_one_may_be)
{
    ServiceOptions options{.dry_run_header = true};
    options.limits.max_bulk_work_as_writer = 45'000;
    ServiceFixture const scim{options};
    Reply const reply = scim.post("/Bulk", bulk(users(20)), {{"SCIM-Dry-Run", "true"}});
    BOOST_TEST(reply.scim_type() == "tooMany");
    BOOST_TEST(statuses(scim.post("/Bulk", bulk(users(2)), {{"SCIM-Dry-Run", "true"}})) == "201 201");
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(the_observer_is_told_of_what_was_committed_and_of_nothing_else)
{
    for (NamedStore const& store : all_stores())
        for (bool const all_at_once : {false, true})
            BOOST_TEST_CONTEXT(store << " " << all_at_once)
            {
                std::vector<std::string> told;
                ServiceOptions options{.store = store.make()};
                options.observer = [&](CommittedChange const& change)
                { told.push_back(change.type.name() + (change.before ? " was" : "") + (change.after ? " is" : "")); };
                ServiceFixture const scim{options};
                if (all_at_once && !store.atomic)
                    continue;
                json::array operations{bulk_post("/Groups", "g", group("G", {"bulkId:u"})),
                                       bulk_post("/Users", "u", user("ada"))};
                operations.push_back(bulk_on("PATCH", "/Users/bulkId:u", patch_op("add", "title", "x")));
                operations.push_back(bulk_on("PATCH", "/Users/bulkId:u", patch_op("add", "title", "x")));
                if (!all_at_once)
                {
                    operations.push_back(bulk_post("/Groups", "h", group("H", {"bulkId:v"})));
                    operations.push_back(bulk_post("/Users", "v", user("ADA")));
                }
                scim.post("/Bulk", bulk(operations), all_at_once ? atomic : Headers{});
                std::ranges::sort(told);
                BOOST_TEST(told == (std::vector<std::string>{"Group is", "User is", "User was is"}),
                           boost::test_tools::per_element());
            }
}

BOOST_AUTO_TEST_CASE(secrets_are_hashed_and_not_too_many)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceOptions options{.store = store.make()};
            options.limits.max_bulk_secrets = 4;
            ServiceFixture const scim{options};
            json::object const secret{{"password", "one"}};
            Reply const reply = scim.post(
                "/Bulk", bulk({bulk_post("/Users", "a", user("ada", secret)),
                               bulk_on("PATCH", "/Users/bulkId:a", patch_op("replace", "password", "two")),
                               bulk_post("/Users", "w", user("weak", {{"password", "too weak"}})),
                               bulk_on("PUT", "/Users/bulkId:a", user("ada", {{"password", "three"}})),
                               bulk_post("/Users", "b", user("bob", secret)), bulk_post("/Users", "c", user("cy"))}));
            BOOST_TEST(statuses(reply) == "201 200 400 200 400 201");
            BOOST_TEST(failure(reply, 4).find("max_bulk_secrets") != std::string::npos);
            auto const stored = scim.stored("User", made_id(reply, 0));
            BOOST_TEST(std::string{stored->attributes.at("password").get_string()} ==
                       FakeHasher{}.hash("three").value());
            BOOST_TEST(reply.response.body.find("fake$") == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_in_the_middle_leaves_whole_operations)
{
    for (NamedStore const& store : all_stores())
        for (bool const all_at_once : {false, true})
            BOOST_TEST_CONTEXT(store << " " << all_at_once)
            {
                if (!store.atomic)
                    continue;
                for (std::uint64_t place = 1; place < 200; ++place)
                {
                    auto const faulty = std::make_shared<FaultInjectingStore>(store.make());
                    ServiceFixture const scim{{.store = faulty}};
                    auto const team = scim.create("/Groups", group("Team"));
                    faulty->fail_at(place);
                    json::array operations = users(3);
                    operations.push_back(
                        bulk_on("PATCH", "/Groups/" + team,
                                patch_op("add", "members", json::array{json::object{{"value", "bulkId:user1"}}})));
                    Reply const reply = scim.post("/Bulk", bulk(operations), all_at_once ? atomic : Headers{});
                    bool const failed = faulty->failed();
                    faulty->fail_at(0);
                    auto const made = scim.get("/Users?count=0").number("/totalResults");
                    auto const members = std::max(scim.get("/Groups/" + team).size("/members"), 0);
                    if (!failed)
                    {
                        BOOST_TEST(statuses(reply) == "201 201 201 204");
                        break;
                    }
                    int done = 0;
                    for (int i = 0; i < reply.size("/Operations"); ++i)
                        done += reply.text("/Operations/" + std::to_string(i) + "/status")[0] == '2';
                    BOOST_TEST(made + members == done, place);
                    if (store.savepoints || all_at_once)
                        BOOST_TEST((made == 0 || made == 3));
                }
            }
}

BOOST_AUTO_TEST_CASE(what_refers_to_one_another_is_carried_out_as_one_wherever_the_store_fails)
{
    json::array const circle{bulk_post("/Groups", "a", group("A", {"bulkId:b"})),
                             bulk_post("/Groups", "b", group("B", {"bulkId:a"}))};
    for (NamedStore const& store : all_stores())
        for (auto const code : {ErrorCode::busy, ErrorCode::unavailable, ErrorCode::internal})
            BOOST_TEST_CONTEXT(store << " " << status_of(code))
            {
                if (!store.savepoints)
                    continue;
                std::uint64_t place = 1;
                for (bool failed = true; failed && place < 200; ++place)
                {
                    auto const faulty = std::make_shared<FaultInjectingStore>(store.make());
                    ServiceFixture const scim{{.store = faulty}};
                    faulty->fail_at(place, {code, "A fault that was asked for."});
                    Reply const reply = scim.post("/Bulk", bulk(circle));
                    failed = faulty->failed();
                    faulty->fail_at(0);
                    bool const done = reply.status == 200 && statuses(reply) == "201 201";
                    BOOST_TEST((done || (failed && code != ErrorCode::busy)), place << ": " << reply.response.body);
                    BOOST_TEST(scim.get("/Groups?count=0").number("/totalResults") == (done ? 2 : 0), place);
                }
                BOOST_TEST(place > 10U); // the savepoints are among them
                BOOST_TEST(place < 200U);
            }
}

BOOST_AUTO_TEST_CASE(a_thread_that_may_not_work_long_leaves_it_to_another)
{
    ServiceFixture const scim;
    std::string const text = ServiceFixture::text_of(bulk(users(2)));
    Request request{.method = "POST", .target = "/v2/Bulk", .body = text, .work_limit = 1'000'000};
    request.headers.push_back({"Content-Type", "application/scim+json"});
    Response const response = scim.service.handle(request);
    BOOST_TEST(response.out_of_work);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(a_bulk_that_runs_out_of_work_tells_what_it_has_done)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceOptions options{.store = store.make()};
            options.limits.max_work = 400'000;
            ServiceFixture const scim{options};
            Reply const reply = scim.post("/Bulk", bulk(users(200)));
            BOOST_REQUIRE_MESSAGE(reply.size("/Operations") == 200, statuses(reply));
            std::int64_t done = 0;
            for (int i = 0; i < 200; ++i)
                done += reply.text("/Operations/" + std::to_string(i) + "/status") == "201";
            BOOST_TEST(done > 0);
            BOOST_TEST(done < 200);
            BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == done);
        }
}

BOOST_AUTO_TEST_CASE(bulks_at_the_same_time_do_not_lose_each_others_work)
{
    ServiceFixture const scim;
    auto const team = scim.create("/Groups", group("Team"));
    auto const work = [&](std::string const& name)
    {
        for (int round = 0; round < 10; ++round)
        {
            auto const prefix = name + std::to_string(round) + "-";
            json::array operations = users(5, prefix);
            for (int i = 0; i < 5; ++i)
                operations.push_back(
                    bulk_on("PATCH", "/Groups/" + team,
                            patch_op("add", "members",
                                     json::array{json::object{{"value", "bulkId:" + prefix + std::to_string(i)}}})));
            Reply const reply = scim.post("/Bulk", bulk(operations));
            if (statuses(reply) != "201 201 201 201 201 204 204 204 204 204")
                throw std::runtime_error{statuses(reply)};
        }
    };
    std::thread other{[&] { work("a"); }};
    work("b");
    other.join();
    BOOST_TEST(scim.get("/Groups/" + team).size("/members") == 100);
}

BOOST_AUTO_TEST_SUITE_END()
