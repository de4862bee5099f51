// What goes wrong beyond the service, in stores and plug-ins: what the client is told, what the log, and what is tried
// again.
#include <scimkit/service/committed_change.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(trouble)

namespace
{

struct ThrowingAuthenticator : Authenticator
{
    result<Principal> authenticate(Credentials const& credentials) override
    {
        throw std::runtime_error{"cannot look up " + std::string{credentials.authorization}};
    }
    std::string challenge() const override { return "Bearer"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }
};

struct ThrowingHasher : PasswordHasher
{
    result<std::string> hash(std::string_view secret) override
    {
        throw std::runtime_error{"cannot hash " + std::string{secret}};
    }
    bool verify(std::string_view, std::string_view) override { return false; }
};

/// A store whose every transaction does as `answer` says, before anything of it runs.
struct TroubledStore : ForwardingStore
{
    TroubledStore()
        : ForwardingStore(memory::make_store())
    {
    }

    std::function<result<void>()> answer = [] { return result<void>{}; };
    mutable int calls = 0;

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        ++calls;
        auto const trouble = answer();
        return trouble ? ForwardingStore::read(attachment, tenant, context, body) : trouble;
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        ++calls;
        auto const trouble = answer();
        return trouble ? ForwardingStore::write(attachment, tenant, context, body) : trouble;
    }
};

struct Troubled
{
    std::shared_ptr<TroubledStore> store = std::make_shared<TroubledStore>();
    std::shared_ptr<std::vector<std::string>> logged = std::make_shared<std::vector<std::string>>();
    std::shared_ptr<std::vector<LogLevel>> levels = std::make_shared<std::vector<LogLevel>>();
    ServiceFixture scim{{.store = store,
                         .log = [logged = logged, levels = levels](LogLevel level, std::string_view message)
                         {
                             logged->emplace_back(message);
                             levels->push_back(level);
                         }}};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_plug_in_that_throws_is_a_fault_of_the_service, *label("7644-3.12-q") * label("7644-3.12-f"))
{
    Troubled const troubled;
    troubled.store->answer = []() -> result<void> { throw std::runtime_error{"table users is gone"}; };
    Reply const reply = troubled.scim.get("/Users");
    BOOST_TEST(reply.status == 500);
    BOOST_TEST(reply.text("/status") == "500");
    BOOST_TEST(reply.response.body.find("table") == std::string::npos);
    BOOST_REQUIRE(troubled.logged->size() == 1);
    BOOST_TEST(troubled.logged->front().find("table users is gone") != std::string::npos);
    troubled.store->answer = []() -> result<void> { throw 7; };
    BOOST_TEST(troubled.scim.get("/Users").status == 500);
}

BOOST_AUTO_TEST_CASE(faults_of_the_store_are_told_in_general_words, *label("7644-3.12-f"))
{
    Troubled const troubled;
    for (auto const& [code, status] : {std::pair{ErrorCode::internal, 500}, std::pair{ErrorCode::corrupt, 500},
                                       std::pair{ErrorCode::unavailable, 503}})
    {
        troubled.store->answer = [code = code]() -> result<void> {
            return Error{code, "/var/lib/scim.mdb is broken"};
        };
        Reply const reply = troubled.scim.get("/Users");
        BOOST_TEST(reply.status == status);
        BOOST_TEST(reply.response.body.find("/var") == std::string::npos);
        BOOST_TEST(troubled.logged->back().find("/var/lib/scim.mdb") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(secrets_of_a_failing_plug_in_are_not_logged, *label("7644-7.4-e"))
{
    std::vector<std::string> logged;
    auto const log = [&](LogLevel, std::string_view message) { logged.emplace_back(message); };
    ServiceFixture const no_entry{{.authenticator = std::make_shared<ThrowingAuthenticator>(), .log = log}};
    BOOST_TEST(no_entry.get("/Users", {{"Authorization", "Bearer secret-token"}}).status == 500);
    ServiceFixture const no_hash{{.password_hasher = std::make_shared<ThrowingHasher>(), .log = log}};
    BOOST_TEST(no_hash.post("/Users", user("ada", {{"password", "secret-word"}})).status == 500);
    BOOST_REQUIRE(logged.size() == 2);
    for (std::string const& message : logged)
        BOOST_TEST(message.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_that_throws_does_not_fail_the_request)
{
    auto const store = std::make_shared<TroubledStore>();
    store->answer = []() -> result<void> {
        return Error{ErrorCode::internal, "x"};
    };
    ServiceFixture const scim{
        {.store = store, .log = [](LogLevel, std::string_view) { throw std::runtime_error{"disk full"}; }}};
    BOOST_TEST(scim.get("/Users").status == 500);
}

BOOST_AUTO_TEST_CASE(a_busy_store_is_tried_again)
{
    Troubled const troubled;
    troubled.store->calls = 0;
    int busy = 3;
    troubled.store->answer = [&]() -> result<void> {
        return busy-- > 0 ? result<void>{Error{ErrorCode::busy, ""}} : result<void>{};
    };
    BOOST_TEST(troubled.scim.post("/Users", user("ada")).status == 201);
    BOOST_TEST(troubled.store->calls == 4);
}

BOOST_AUTO_TEST_CASE(a_read_that_must_not_wait_tells_at_once_that_the_store_is_busy)
{
    Troubled const troubled;
    troubled.store->answer = []() -> result<void> {
        return Error{ErrorCode::busy, ""};
    };
    for (std::string_view const target : {"/v2/Users/nobody", "/v2/Users"})
    {
        troubled.store->calls = 0;
        auto const response = troubled.scim.service.handle({.method = "GET", .target = target, .work_limit = 200'000});
        BOOST_TEST(response.out_of_work, target);
        BOOST_TEST(troubled.store->calls == 1);
        BOOST_TEST(!troubled.scim.service.handle({.method = "GET", .target = target}).out_of_work);
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_stays_busy_is_a_503_with_retry_after)
{
    Troubled const troubled;
    troubled.store->answer = []() -> result<void> {
        return Error{ErrorCode::busy, ""};
    };
    Reply const reply = troubled.scim.get("/Users");
    BOOST_TEST(reply.status == 503);
    BOOST_TEST(reply.header("Retry-After") == "1");
    BOOST_TEST(troubled.store->calls > 1);
    BOOST_TEST(troubled.store->calls < 20);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_is_never_acknowledged_whatever_the_store_says)
{
    struct Failing : ForwardingStore
    {
        using ForwardingStore::ForwardingStore;
        ErrorCode code{};
        result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                           Body<WriteTransaction> body) override
        {
            return ForwardingStore::write(attachment, tenant, context,
                                          [&](WriteTransaction& transaction) -> result<void>
                                          {
                                              auto done = body(transaction);
                                              return done ? result<void>{Error{code, "Not committed."}} : done;
                                          });
        }
    };
    auto const store = std::make_shared<Failing>(memory::make_store());
    int told = 0;
    ServiceFixture const scim{{.store = store, .observer = [&told](CommittedChange const&) { ++told; }}};
    for (auto const code : {ErrorCode::conflict, ErrorCode::precondition_failed, ErrorCode::uniqueness,
                            ErrorCode::unavailable, ErrorCode::internal})
    {
        store->code = code;
        BOOST_TEST(scim.post("/Users", user("ada")).status >= 400);
        BOOST_TEST(told == 0);
    }
    BOOST_TEST(scim.get("/Users").body.at("totalResults") == json::value(0));
}

BOOST_AUTO_TEST_CASE(what_a_store_throws_after_the_commit_costs_the_answer_its_body_only)
{
    struct Throwing : ForwardingStore
    {
        using ForwardingStore::ForwardingStore;
        bool armed = false;
        bool written = false;
        result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                           Body<WriteTransaction> body) override
        {
            auto done = ForwardingStore::write(attachment, tenant, context, body);
            written = armed && done;
            return done;
        }
        result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                          Body<ReadTransaction> body) override
        {
            if (std::exchange(written, false))
                throw std::runtime_error("gone");
            return ForwardingStore::read(attachment, tenant, context, body);
        }
    };
    auto const store = std::make_shared<Throwing>(memory::make_store());
    ServiceFixture const scim{{.store = store}};
    auto const id = scim.create("/Users", user("ada"));
    store->armed = true;
    auto const reply = scim.patch("/Users/" + id, patch_op("replace", "title", "x"));
    BOOST_TEST(reply.status < 300);
    BOOST_TEST(reply.response.body.empty());
    store->armed = false;
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "x");
}

BOOST_AUTO_TEST_CASE(being_busy_is_a_warning_and_no_fault_in_the_log)
{
    Troubled const troubled;
    troubled.levels->clear();
    for (auto const code : {ErrorCode::busy, ErrorCode::unavailable})
    {
        troubled.store->answer = [&]() -> result<void> {
            return Error{code, ""};
        };
        BOOST_TEST(troubled.scim.get("/Users").status == 503);
    }
    BOOST_REQUIRE(troubled.levels->size() == 2U);
    BOOST_TEST((troubled.levels->front() == LogLevel::warning));
    BOOST_TEST((troubled.levels->back() == LogLevel::error));
}

BOOST_AUTO_TEST_CASE(a_lost_race_is_run_again_unless_the_client_named_a_version)
{
    Troubled const troubled;
    auto const id = troubled.scim.create("/Users", user("ada"));
    auto const tag = std::string{troubled.scim.get("/Users/" + id).header("ETag")};
    int lost = 2;
    troubled.store->answer = [&]() -> result<void> {
        return lost-- > 0 ? result<void>{Error{ErrorCode::precondition_failed, ""}} : result<void>{};
    };
    BOOST_TEST(troubled.scim.patch("/Users/" + id, patch_op("replace", "title", "a")).status == 200);
    lost = 2;
    BOOST_TEST(troubled.scim.patch("/Users/" + id, patch_op("replace", "title", "b"), {{"If-Match", "*"}}).status ==
               200);
    lost = 1;
    BOOST_TEST(troubled.scim.patch("/Users/" + id, patch_op("replace", "title", "c"), {{"If-Match", tag}}).status ==
               412);
    lost = 1'000;
    BOOST_TEST(troubled.scim.patch("/Users/" + id, patch_op("replace", "title", "d")).status == 503);
}

BOOST_AUTO_TEST_SUITE_END()
