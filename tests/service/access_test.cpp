#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

namespace
{

constexpr auto token = "a-token-of-sixteen-bytes";

ServiceOptions with_token(Principal principal = {.subject = "idp"})
{
    return {.authenticator = bearer_authenticator({make_token_record(token, std::move(principal)).value()})};
}

Headers const good{{"Authorization", std::string{"Bearer "} + token}};

/// Records what it is asked, and refuses what `refuse` says.
struct Gate : Authoriser
{
    std::function<result<void>(Access const&)> refuse = [](Access const&) -> result<void> { return {}; };
    std::vector<std::string> asked;

    result<void> authorise(Principal const& principal, Access const& access) override
    {
        static constexpr std::string_view names[] = {"create", "read",   "query",   "replace",
                                                     "patch",  "remove", "discover"};
        asked.push_back(principal.subject + ' ' + std::string{names[static_cast<std::size_t>(access.operation)]} + ' ' +
                        (access.type ? access.type->name() : "-") + ' ' + std::string{access.id});
        return refuse(access);
    }
};

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

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(a_request_without_good_credentials_is_unauthorized, *label("7644-3.12-j") * label("7644-3.12-af"))
{
    ServiceFixture const scim{with_token()};
    for (Headers const& headers : {Headers{}, Headers{{"Authorization", "Bearer wrong"}},
                                   Headers{{"Authorization", "Basic eDp5"}}, Headers{{"Authorization", "nonsense"}}})
    {
        Reply const reply = scim.send("PATCH", "/Users/1", "{not json", headers);
        BOOST_TEST(reply.status == 401);
        BOOST_TEST(reply.text("/status") == "401");
        BOOST_TEST(reply.header("WWW-Authenticate").starts_with("Bearer"));
        BOOST_TEST(reply.response.subject.empty());
    }
    BOOST_TEST(scim.get("/Users", good).status == 200);
    BOOST_TEST(scim.get("/Users", good).response.subject == "idp");
}

BOOST_AUTO_TEST_CASE(who_is_unauthorized_learns_nothing_of_what_there_is)
{
    ServiceFixture const scim{with_token()};
    for (auto const* target : {"/Widgets", "/Users/1", "/Bulk", "/Users/%zz"})
        BOOST_TEST(scim.send_raw("GET", "/v2" + std::string{target}).status == 401, target);
}

BOOST_AUTO_TEST_CASE(two_authorization_headers_are_refused)
{
    ServiceFixture const scim{with_token()};
    Headers both = good;
    both.emplace_back("authorization", "Bearer other");
    BOOST_TEST(scim.get("/Users", both).status == 400);
}

BOOST_AUTO_TEST_CASE(an_application_may_have_authenticated_the_caller_itself)
{
    ServiceFixture const scim{with_token()};
    Response const response =
        scim.service.handle({.method = "GET", .target = "/v2/Users", .principal = Principal{.subject = "app"}});
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.subject == "app");
}

BOOST_AUTO_TEST_CASE(without_a_principal_nobody_comes_past_an_application_that_authenticates_in_front)
{
    ServiceFixture const scim{{.authenticator = principal_required({.challenge = "Bearer realm=\"shop\""})}};
    auto const handle = [&](std::string_view method, std::string_view target, std::optional<Principal> principal)
    {
        Request request{.method = method, .target = target, .headers = {{"Authorization", "Bearer of-the-front"}}};
        request.principal = std::move(principal);
        return scim.service.handle(request);
    };
    for (char const* target : {"/v2/Users", "/v2/Users/1", "/v2/Groups/1", "/v2/Schemas", "/v2/.search", "/v2/nothing"})
        for (char const* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
        {
            Response const refused = handle(method, target, {});
            BOOST_TEST(refused.status == 401, method << ' ' << target << ": " << refused.status);
            BOOST_TEST(refused.header("WWW-Authenticate") == "Bearer realm=\"shop\"");
        }
    Response const answered = handle("GET", "/v2/Users", Principal{.subject = "app"});
    BOOST_TEST(answered.status == 200);
    BOOST_TEST(answered.subject == "app");
    BOOST_TEST(handle("GET", "/v2/ServiceProviderConfig", {}).status == 401);
    BOOST_TEST(scim.get("/ServiceProviderConfig").status == 200); // public, for who offers no credentials
    Request not_read{.method = "POST", .target = "/v2/Users"};
    BOOST_TEST(scim.service.admit(not_read).has_value()); // refused, before its body is read
}

BOOST_AUTO_TEST_CASE(tenants_do_not_see_each_other, *label("7643-3.1-m"))
{
    auto const one = make_token_record("token-of-tenant-one", {.subject = "1", .tenant = "one"}).value();
    auto const two = make_token_record("token-of-tenant-two", {.subject = "2", .tenant = "two"}).value();
    ServiceFixture const scim{{.authenticator = bearer_authenticator({one, two})}};
    Headers const first{{"Authorization", "Bearer token-of-tenant-one"}};
    Headers const second{{"Authorization", "Bearer token-of-tenant-two"}};
    auto const id = scim.post("/Users", user("ada", {{"externalId", "701984"}}), first).id();
    BOOST_TEST(scim.get("/Users/" + id, first).status == 200);
    BOOST_TEST(scim.get("/Users/" + id, second).status == 404);
    BOOST_TEST(scim.get("/Users?filter=externalId eq \"701984\"", second).number("/totalResults") == 0);
    BOOST_TEST(scim.post("/Users", user("ada"), second).status == 201);
}

BOOST_AUTO_TEST_CASE(a_caller_cannot_leave_its_tenant)
{
    ServiceFixture const scim{with_token({.subject = "idp", .tenant = "one"})};
    std::string const authorization = std::string{"Bearer "} + token;
    auto const status_for = [&](std::string_view tenant)
    {
        return scim.service
            .handle({.method = "GET",
                     .target = "/v2/Users",
                     .headers = {{"Authorization", authorization}},
                     .tenant = tenant})
            .status;
    };
    BOOST_TEST(status_for("one") == 200);
    BOOST_TEST(status_for("") == 200);
    BOOST_TEST(status_for("two") == 403);
    auto spanning = with_token();
    spanning.principals_span_tenants = true;
    ServiceFixture const free{std::move(spanning)};
    BOOST_TEST(free.service
                   .handle({.method = "GET",
                            .target = "/v2/Users",
                            .headers = {{"Authorization", authorization}},
                            .tenant = std::string(65, 't')})
                   .status == 400);
}

BOOST_AUTO_TEST_CASE(the_authoriser_is_asked_about_every_operation, *label("7644-7.7-d"))
{
    auto const gate = std::make_shared<Gate>();
    ServiceFixture const scim{{.authoriser = gate}};
    auto const id = scim.create("/Users", user("ada"));
    scim.get("/Users/" + id);
    scim.get("/Users");
    scim.post("/Users/.search", json::object{});
    scim.put("/Users/" + id, user("ada"));
    scim.patch("/Users/" + id, patch_op("replace", "title", "x"));
    scim.del("/Users/" + id);
    scim.get("/Schemas");
    std::vector<std::string> const expected{
        "tester create User ",       "tester read User " + id,  "tester query User ",       "tester query User ",
        "tester replace User " + id, "tester patch User " + id, "tester remove User " + id, "tester discover - "};
    BOOST_TEST(gate->asked == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_authoriser_forbids_does_not_happen, *label("7644-3.12-k"))
{
    auto const gate = std::make_shared<Gate>();
    gate->refuse = [](Access const& access) -> result<void>
    {
        if (access.operation == Access::Operation::create)
            return Error{ErrorCode::forbidden, "Read only."};
        if (access.id == "hidden")
            return Error{ErrorCode::not_found, "There is no User with the id hidden."};
        return {};
    };
    ServiceFixture const scim{{.authoriser = gate}};
    Reply const refused = scim.post("/Users", user("ada"));
    BOOST_TEST(refused.status == 403);
    BOOST_TEST(refused.text("/status") == "403");
    BOOST_TEST(refused.detail() == "Read only.");
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(scim.get("/Users/hidden").status == 404);
}

BOOST_AUTO_TEST_CASE(what_is_public_needs_nobodys_leave, *label("7643-5-n"))
{
    auto const gate = std::make_shared<Gate>();
    gate->refuse = [](Access const&) -> result<void> {
        return Error{ErrorCode::forbidden, "No."};
    };
    auto options = with_token();
    options.authoriser = gate;
    ServiceFixture const scim{options};
    BOOST_TEST(scim.get("/ServiceProviderConfig").status == 200);
    BOOST_TEST(gate->asked.empty());
    BOOST_TEST(scim.get("/ServiceProviderConfig", good).status == 403);
}

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
                                              return done ? result<void>{Error{code, "not committed"}} : done;
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
