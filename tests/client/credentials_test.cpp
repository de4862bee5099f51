// Credentials: what is shown, when it is renewed, and that it never stands where others read it.
#include "scripted.hpp"

#include <thread>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_credentials_of)

namespace
{

std::string const user = R"({"id":"1","userName":"ada"})";

std::string authorization(HttpRequest const& request)
{
    for (auto const& header : request.headers)
        if (header.name == "Authorization")
            return header.value;
    return {};
}

/// A token endpoint that gives t1, t2, ... and a server that takes what `valid` says.
struct Provider
{
    int given = 0;
    std::string valid = "Bearer t1";
    std::string expires = "3600";
    std::vector<HttpRequest> asked;

    Scripted::Handler handler()
    {
        return [this](HttpRequest const& request) -> outcome<HttpResponse>
        {
            if (request.url != "https://login.example.com/token")
                return authorization(request) == valid ? answer(200, user) : answer(401, "");
            asked.push_back(request);
            return answer(200, R"({"access_token":"t)" + std::to_string(++given) +
                                   R"(","token_type":"bearer","expires_in":)" + expires + "}");
        };
    }
};

std::function<void(ClientOptions&)> with(std::shared_ptr<CredentialSource> credentials)
{
    return [credentials](ClientOptions& options) { options.credentials = credentials; };
}

OAuthOptions oauth()
{
    OAuthOptions options;
    options.token_url = "https://login.example.com/token";
    options.client_id = "a client";
    options.secret = known("s&cret");
    options.scope = "scim read";
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_bearer_token_and_a_password_are_shown_as_the_rfcs_say)
{
    Scenario token{in_turn({answer(200, user)}), with(bearer(known("abc")))};
    BOOST_TEST(token.client.get("/Users", "1").has_value());
    BOOST_TEST(authorization(token.transport->requests.at(0)) == "Bearer abc");
    Scenario password{in_turn({answer(200, user)}), with(basic("Aladdin", known("open sesame")))};
    BOOST_TEST(password.client.get("/Users", "1").has_value());
    BOOST_TEST(authorization(password.transport->requests.at(0)) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_none_is_told_and_nothing_is_sent)
{
    for (auto const& secret : {known(""), known("a\nb"), known(std::string{"a\0b", 3}), Secret{}})
    {
        Scenario scenario{in_turn({answer(200, user)}), with(bearer(secret))};
        auto const read = scenario.client.get("/Users", "1");
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().kind == FailureKind::credentials));
        BOOST_TEST(scenario.transport->requests.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_made_is_made_each_time_and_its_error_is_the_failure)
{
    int made = 0;
    auto const secret = secret_of([&] { return result<std::string>{"t" + std::to_string(++made)}; });
    BOOST_TEST(*secret() == "t1");
    BOOST_TEST(*secret() == "t2");
    for (auto const& none : {secret_of(
                                 [] {
                                     return result<std::string>{Error{ErrorCode::invalid_value, "no key"}};
                                 }),
                             secret_of(std::function<result<std::string>()>{})})
    {
        auto const failure = none().error();
        BOOST_TEST((failure.kind == FailureKind::credentials));
        BOOST_TEST(!failure.error.detail.empty());
        BOOST_TEST(!failure.sent);
    }
}

BOOST_AUTO_TEST_CASE(a_secret_that_has_changed_is_taken_after_a_401)
{
    int asked = 0;
    auto const secret = [&]() -> outcome<std::string> { return "t" + std::to_string(++asked); };
    Scenario scenario{[](HttpRequest const& request)
                      { return authorization(request) == "Bearer t2" ? answer(200, user) : answer(401, ""); },
                      with(bearer(secret))};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(scenario.transport->requests.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_401_is_asked_twice_at_most_and_a_post_too)
{
    for (bool const post : {false, true})
    {
        Scenario scenario{in_turn({answer(401, "")}), with(bearer(known("wrong")))};
        auto const failure =
            post ? scenario.client.create("/Users", {}).error() : scenario.client.get("/Users", "1").error();
        BOOST_TEST((failure.error.code == ErrorCode::unauthorized));
        BOOST_TEST(scenario.transport->requests.size() == 2);
    }
    Scenario none{in_turn({answer(401, "")})};
    BOOST_TEST(!none.client.get("/Users", "1"));
    BOOST_TEST(none.transport->requests.size() == 1);
}

BOOST_AUTO_TEST_CASE(client_credentials_are_asked_for_once_and_kept)
{
    Provider provider;
    Scenario scenario{provider.handler(), with(client_credentials(oauth()))};
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_REQUIRE(provider.asked.size() == 1);
    BOOST_TEST(provider.asked[0].body == "grant_type=client_credentials&scope=scim%20read");
    BOOST_TEST(authorization(provider.asked[0]) == "Basic YSUyMGNsaWVudDpzJTI2Y3JldA=="); // a%20client:s%26cret
}

BOOST_AUTO_TEST_CASE(the_secret_may_go_in_the_form)
{
    Provider provider;
    auto options = oauth();
    options.secret_in_body = true;
    options.audience = "https://api.example.com";
    Scenario scenario{provider.handler(), with(client_credentials(options))};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(provider.asked.at(0).body ==
               "grant_type=client_credentials&scope=scim%20read&audience=https%3A%2F%2Fapi."
               "example.com&client_id=a%20client&client_secret=s%26cret");
    BOOST_TEST(authorization(provider.asked[0]) == "");
}

BOOST_AUTO_TEST_CASE(an_assertion_takes_the_place_of_the_secret)
{
    Provider provider;
    auto options = oauth();
    int signed_ones = 0;
    options.assertion = [&]() -> outcome<std::string> { return "head.claims." + std::to_string(++signed_ones); };
    Scenario scenario{provider.handler(), with(client_credentials(options))};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(provider.asked.at(0).body.ends_with("client_assertion=head.claims.1"));
    BOOST_TEST(provider.asked[0].body.find("s%26cret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_token_that_has_ended_is_renewed)
{
    Provider provider;
    provider.expires = "0";
    Scenario scenario{provider.handler(), with(client_credentials(oauth()))};
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    provider.valid = "Bearer t2";
    BOOST_TEST(scenario.client.get("/Users", "1").has_value());
    BOOST_TEST(provider.given == 2);
}

BOOST_AUTO_TEST_CASE(threads_share_one_token)
{
    Provider provider;
    Scenario scenario{provider.handler(), with(client_credentials(oauth()))};
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] { good += scenario.client.get("/Users", "1").has_value(); });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(good == 8);
    BOOST_TEST(provider.given == 1);
}

BOOST_AUTO_TEST_CASE(what_a_token_endpoint_gives_that_is_no_token_is_told_without_secrets)
{
    for (auto const& given :
         {answer(400, R"({"error":"invalid_client","error_description":"no\u0000pe"})"), answer(200, "<html>"),
          answer(200, "{}"), answer(200, R"({"access_token":7})"), answer(200, R"({"access_token":"a\r\nb"})"),
          answer(200, R"({"access_token":"a","token_type":"mac"})"), answer(200, std::string(300'000, '[')),
          answer(500, "")})
    {
        Scenario scenario{[&](HttpRequest const& request)
                          { return request.url.ends_with("/token") ? given : answer(200, user); },
                          with(client_credentials(oauth()))};
        auto const read = scenario.client.get("/Users", "1");
        BOOST_REQUIRE(!read);
        BOOST_TEST((read.error().kind == FailureKind::credentials));
        BOOST_TEST(read.error().error.detail.find("s&cret") == std::string::npos);
    }
    auto plain = oauth();
    plain.token_url = "http://login.example.com/token";
    Scenario scenario{in_turn({answer(200, user)}), with(client_credentials(plain))};
    BOOST_TEST((scenario.client.get("/Users", "1").error().kind == FailureKind::credentials));
    BOOST_TEST(scenario.transport->requests.empty());
}

BOOST_AUTO_TEST_CASE(what_a_server_repeats_of_them_is_shown_to_nobody)
{
    std::string const secret = "a-secret-of-the-tests";
    std::string const echo =
        R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"bad Bearer )" + secret +
        R"( in )" + secret + "\"}";
    Scenario scenario{in_turn({answer(400, echo), answer(302, "", {{"Location", "https://x.example/?" + secret}}),
                               answer(400, "<b>" + secret + "</b>", {}, "text/html")}),
                      with(bearer(known(secret)))};
    for (int i = 0; i < 3; ++i)
    {
        auto const failed = scenario.client.get("/Users", "1");
        BOOST_REQUIRE(!failed);
        BOOST_TEST(failed.error().error.detail.find(secret) == std::string::npos, failed.error().error.detail);
    }
}

BOOST_AUTO_TEST_SUITE_END()
