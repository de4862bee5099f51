// The request log: what it keeps and for how long, what it leaves out, and that it never holds up whoever is served.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/forwarding_store.hpp>
#include <scimkit/store/run_query.hpp>

#include "samples/server/record_store.hpp"
#include "samples/server/request_log.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace scimkit;
using namespace std::chrono_literals;

namespace
{

/// Writes wait until they may go on.
struct HeldStore final : ForwardingStore
{
    using ForwardingStore::ForwardingStore;
    result<void> write(Attachment const& a, std::string_view t, CallContext const& c,
                       Body<WriteTransaction> body) override
    {
        {
            std::unique_lock lock{mutex};
            changed.wait(lock, [&] { return !held; });
            if (fails || fail_inserts.exchange(false))
                return Error{ErrorCode::unavailable, "storage is full"};
        }
        return ForwardingStore::write(a, t, c, body);
    }
    void set(bool hold, bool fail)
    {
        std::lock_guard const lock{mutex};
        held = hold;
        fails = fail;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool held = false;
    bool fails = false;
    std::atomic<bool> fail_inserts{false}; ///< the next write
};

struct Asked
{
    std::string method = "GET", target = "/scim/v2/Users", tenant = "acme", body{}, answer = "{}";
    int status = 200;
    std::string detail{};
};

struct Log
{
    std::shared_ptr<HeldStore> store = std::make_shared<HeldStore>(
        memory::make_store({.indexes = {"time", "tenant"}, .change_log = false, .name = "records"}));
    std::shared_ptr<SchemaRegistry const> records = SchemaRegistry::Builder{}
                                                        .load(std::filesystem::path{SCIMKIT_RECORD_SCHEMAS})
                                                        .add(server::request_record_type())
                                                        .build()
                                                        .value();
    std::shared_ptr<SchemaRegistry const> users = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::vector<std::string> said;
    std::mutex said_mutex;
    std::shared_ptr<server::RequestLog> log;

    void start(server::RequestLogOptions options = {})
    {
        options.log = [this](LogLevel, std::string_view line)
        {
            std::lock_guard const lock{said_mutex};
            said.emplace_back(line);
        };
        log = server::RequestLog::start(store, records, server::Redactor{*users, {}}, std::move(options)).value();
    }

    void take(Asked const& asked) const
    {
        http::AccessRecord const access{.peer = "192.0.2.7",
                                        .method = asked.method,
                                        .path = std::string_view{asked.target}.substr(0, asked.target.find('?')),
                                        .subject = "okta",
                                        .tenant = asked.tenant,
                                        .request_id = "id-1",
                                        .scim_type = asked.status == 400 ? "invalidValue" : "",
                                        .detail = asked.detail,
                                        .trace_id = {},
                                        .status = asked.status,
                                        .request_bytes = asked.body.size(),
                                        .response_bytes = asked.answer.size(),
                                        .duration = 460us};
        Request const request{
            .method = asked.method,
            .target = asked.target,
            .headers = {{"Authorization", "Bearer hunter2"}, {"Content-Type", "application/scim+json"}},
            .body = asked.body};
        Response response{.status = asked.status};
        if (asked.status == 400)
        {
            response.requirement = "7643-2.3.2"
                                   "-a";
            response.setting = "boolean-as-string=on";
        }
        response.headers.push_back({"Location", "/scim/v2/Users/1"});
        response.body = asked.answer;
        log->take({.access = access, .request = request, .response = response});
    }

    /// In the order of their ids.
    std::vector<json::object> all() const
    {
        log->flush();
        auto const attachment = store->attach(records).value();
        std::vector<json::object> found;
        auto const read = [&](ReadTransaction& transaction) -> result<void>
        {
            Query::Source const source{.type = attachment->registry().find_resource_type("RequestRecord")};
            auto page = run_query(transaction, {.sources = {&source, 1},
                                                .limit = std::numeric_limits<std::uint32_t>::max(),
                                                .total = TotalPolicy::none});
            if (!page)
                return page.error();
            for (auto& each : page->resources)
                found.push_back(std::move(each.attributes));
            return {};
        };
        BOOST_REQUIRE(store->read(*attachment, "default", {}, read));
        return found;
    }
};

std::string text(json::object const& record, std::string_view name)
{
    auto const* const value = record.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : "(none)";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(request_log, Log)

BOOST_AUTO_TEST_CASE(a_record_has_the_whole_request_and_answer_and_no_secret)
{
    start({.root_of = [](std::string_view) { return std::string{"/scim/v2"}; }});
    take({.method = "POST",
          .target = "/scim/v2/Users?attributes=id",
          .body = R"({"userName":"ada","password":"hunter2","active":"yes"})",
          .answer = R"({"status":"400"})",
          .status = 400,
          .detail = "'active' has to be true or false."});
    auto const found = all();
    BOOST_REQUIRE(found.size() == 1U);
    auto const& record = found.front();
    BOOST_TEST(text(record, "tenant") == "acme");
    BOOST_TEST(text(record, "subject") == "okta");
    BOOST_TEST(text(record, "peer") == "192.0.2.7");
    BOOST_TEST(text(record, "method") == "POST");
    BOOST_TEST(text(record, "path") == "/scim/v2/Users");
    BOOST_TEST(text(record, "query") == "attributes=id");
    BOOST_TEST(text(record, "root") == "/scim/v2");
    BOOST_TEST(record.at("status").as_int64() == 400);
    BOOST_TEST(record.at("refused").as_bool());
    BOOST_TEST(record.at("redacted").as_bool());
    BOOST_TEST(record.at("microseconds").as_int64() == 460);
    BOOST_TEST(text(record, "scimType") == "invalidValue");
    BOOST_TEST(text(record, "requirement") == "7643-2.3.2"
                                              "-a");
    BOOST_TEST(text(record, "reference") == "RFC 7643 section 2.3.2");
    BOOST_TEST(text(record, "setting") == "boolean-as-string=on");
    BOOST_TEST(text(record, "detail") == "'active' has to be true or false.");
    BOOST_TEST(text(record, "requestBody") == R"({"userName":"ada","password":"[redacted]","active":"yes"})");
    BOOST_TEST(text(record, "responseBody") == R"({"status":"400"})");
    std::string whole;
    write_json(whole, record);
    BOOST_TEST(whole.find("hunter2") == std::string::npos, whole);
    BOOST_TEST(whole.find("application/scim+json") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_long_or_no_json_is_not_kept_but_for_its_size)
{
    start({.max_body_bytes = 100});
    take({.method = "POST", .body = "grant_type=client_credentials&client_secret=hunter2", .status = 400});
    take({.method = "POST", .body = R"({"a":")" + std::string(200, 'x') + "\"}", .answer = std::string(101, ' ')});
    for (auto const& record : all())
    {
        BOOST_TEST(text(record, "requestBody") == "(none)");
        BOOST_TEST(record.at("requestBytes").as_int64() > 40);
    }
    BOOST_TEST(text(all()[1], "responseBody") == "(none)");
}

BOOST_AUTO_TEST_CASE(each_tenant_has_its_own_number_of_records_and_the_oldest_go_first)
{
    start({.kept = {.number = 3}});
    log->set_kept({{"globex", {.number = 1}}, {"initech", {.number = 0}}});
    for (int i = 0; i < 5; ++i)
        for (std::string const tenant : {"acme", "globex", "initech", ""})
            take({.target = "/scim/v2/Users/" + std::to_string(i), .tenant = tenant});
    std::map<std::string, std::vector<std::string>> paths;
    for (auto const& record : all())
        paths[text(record, "tenant")].push_back(text(record, "path").substr(15));
    std::vector<std::string> const newest{"2", "3", "4"};
    BOOST_TEST(paths["acme"] == newest);
    BOOST_TEST(paths["(none)"] == newest);
    BOOST_TEST(paths["globex"] == std::vector<std::string>{"4"});
    BOOST_TEST(!paths.contains("initech"));
}

BOOST_AUTO_TEST_CASE(what_is_there_at_the_start_counts_and_goes_with_its_age)
{
    start({.kept = {.number = 3}});
    for (int i = 0; i < 3; ++i)
        take({.target = "/" + std::to_string(i)});
    BOOST_TEST(all().size() == 3U);
    start({.kept = {.number = 2}});
    take({.target = "/3"});
    auto const found = all();
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(text(found[0], "path") == "/2"); // ids go on from those before
    BOOST_TEST(text(found[1], "path") == "/3");
}

BOOST_AUTO_TEST_CASE(a_record_goes_with_its_age)
{
    auto const at = parse_date_time("2026-11-27T01:00:00Z").value();
    auto made = server::RecordStore::create(store, records).value();
    BOOST_REQUIRE(made.add({{"acme", at, {}}, {"acme", at + 1h, {}}, {"globex", at, {}}}));
    auto const kept = [](std::string_view tenant)
    { return server::KeptRequests{.number = 10, .age = tenant == "acme" ? 2h : 0h}; };
    auto const left = [&](std::chrono::minutes later)
    {
        BOOST_REQUIRE(made.trim(at + later, kept));
        return all().size();
    };
    start({.kept = {.number = 10, .age = 0h}});
    BOOST_TEST(left(2h) == 3U);
    BOOST_TEST(left(121min) == 2U);
    BOOST_TEST(left(181min) == 1U);
    BOOST_TEST(left(std::chrono::days{1'000}) == 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_is_full_loses_the_oldest_of_whoever_has_most)
{
    auto const at = parse_date_time("2026-11-27T01:00:00Z").value();
    auto made = server::RecordStore::create(store, records).value();
    std::vector<server::RecordStore::Record> many;
    for (int i = 0; i < 20; ++i)
        many.push_back({i < 18 ? "acme" : "globex", at + std::chrono::seconds{i}, {{"path", std::to_string(i)}}});
    BOOST_REQUIRE(made.add(std::move(many)));
    store->fail_inserts = true;
    BOOST_TEST(!made.add({{"acme", at + 1h, {}}}));
    BOOST_TEST(made.add({{"acme", at + 1h, {}}}).has_value());
    start({.kept = {.number = 100, .age = 0h}});
    auto const found = all();
    BOOST_REQUIRE(found.size() == 19U);
    BOOST_TEST(text(found[0], "path") == "2");
}

BOOST_AUTO_TEST_CASE(a_flood_of_one_kind_hides_no_other_and_is_counted)
{
    start({.kept = {.number = 1'000}, .per_second = 1});
    for (int i = 0; i < 100; ++i)
    {
        take({.target = "/read"});
        take({.target = "/stranger", .tenant = "", .status = 401});
    }
    take({.target = "/refused", .status = 409});
    take({.target = "/other", .tenant = "globex"});
    std::multiset<std::string> paths;
    for (auto const& record : all())
        paths.insert(text(record, "path"));
    BOOST_TEST(paths.count("/read") >= 10U);
    BOOST_TEST(paths.count("/read") < 20U);
    BOOST_TEST(paths.count("/stranger") < 20U);
    BOOST_TEST(paths.count("/refused") == 1U);
    BOOST_TEST(paths.count("/other") == 1U);
    auto const counts = log->counts();
    BOOST_TEST(counts.written == paths.size());
    BOOST_TEST(counts.left_out == 202U - paths.size());
    BOOST_TEST(counts.dropped == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_that_hangs_holds_up_nobody_and_memory_is_bounded)
{
    store->set(true, false);
    start({.kept = {.number = 1'000'000}, .per_second = 100'000, .max_waiting_bytes = 100'000});
    auto const begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 5'000; ++i)
        take({.answer = std::string(1'000, ' ')});
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    auto const counts = log->counts();
    BOOST_TEST(counts.dropped > 4'000U);
    store->set(false, false);
    log->flush();
    BOOST_TEST(log->counts().written + log->counts().dropped == 5'000U);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_told_of_once_and_written_to_again)
{
    start();
    store->set(false, true);
    for (int i = 0; i < 3; ++i)
    {
        take({});
        log->flush();
    }
    BOOST_TEST(log->counts().dropped == 3U);
    store->set(false, false);
    take({});
    BOOST_TEST(all().size() == 1U);
    std::lock_guard const lock{said_mutex};
    BOOST_TEST(said == (std::vector<std::string>{"requests are not kept: storage is full", "requests are kept again"}));
}

BOOST_AUTO_TEST_CASE(what_watches_the_server_is_not_kept)
{
    start();
    for (std::string const target : {"/healthz", "/readyz?x", "/metrics"})
        take({.target = target, .tenant = ""});
    take({});
    BOOST_TEST(all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_waits_at_the_end_is_written)
{
    start();
    take({});
    log.reset();
    start();
    BOOST_TEST(all().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
