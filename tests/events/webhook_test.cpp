// Messages of webhooks and their signatures, against the example of Standard Webhooks.
#include <scimkit/core/base64.hpp>
#include <scimkit/events/webhook.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

using Lines = std::vector<std::string>;

struct WebhookFixture : EventsFixture
{
    json::value last() const
    {
        auto const message = webhook_message(changes().back(), *lifecycle_rules());
        BOOST_TEST(message.id == "evt_" + change_id(changes().back()));
        return parse_json(message.body).value();
    }
};

std::string header(std::vector<ResponseHeader> const& headers, std::string_view name)
{
    for (auto const& each : headers)
        if (each.name == name)
            return each.value;
    return {};
}

std::string text_at(json::value const& body, std::string_view pointer)
{
    boost::system::error_code error;
    auto const* const found = body.find_pointer(pointer, error);
    return found && found->is_string() ? std::string{found->get_string()} : "(none)";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhooks, WebhookFixture)

BOOST_AUTO_TEST_CASE(a_signature_is_that_of_standard_webhooks)
{
    // The example of its libraries.
    auto const signer = WebhookSigner::make({"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}).value();
    WebhookMessage const message{.id = "msg_p5jXN8AQM9LWM0D4loKWxJek", .body = R"({"test": 2432232314})"};
    Instant const at{std::chrono::seconds{1'614'265'330}};
    auto const headers = signer.headers(message, at);
    BOOST_TEST(header(headers, "webhook-id") == message.id);
    BOOST_TEST(header(headers, "webhook-timestamp") == "1614265330");
    BOOST_TEST(header(headers, "webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

BOOST_AUTO_TEST_CASE(two_secrets_sign_while_they_are_exchanged)
{
    auto const old = new_webhook_secret();
    auto const fresh = new_webhook_secret();
    BOOST_TEST(old != fresh);
    WebhookMessage const message{.id = "evt_1", .body = "{}"};
    Instant const at{};
    auto const one = header(WebhookSigner::make({old}).value().headers(message, at), "webhook-signature");
    auto const other_one = header(WebhookSigner::make({fresh}).value().headers(message, at), "webhook-signature");
    auto const both = header(WebhookSigner::make({old, fresh}).value().headers(message, at), "webhook-signature");
    BOOST_TEST(both == one + " " + other_one);
}

BOOST_AUTO_TEST_CASE(the_signature_depends_on_id_time_and_body)
{
    auto const signer = WebhookSigner::make({new_webhook_secret()}).value();
    auto const sign = [&](std::string id, std::string body, int seconds)
    {
        return header(signer.headers({std::move(id), std::move(body)}, Instant{std::chrono::seconds{seconds}}),
                      "webhook-signature");
    };
    auto const one = sign("evt_1", "{}", 1);
    BOOST_TEST(one == sign("evt_1", "{}", 1));
    BOOST_TEST(one != sign("evt_2", "{}", 1));
    BOOST_TEST(one != sign("evt_1", "[]", 1));
    BOOST_TEST(one != sign("evt_1", "{}", 2));
}

BOOST_AUTO_TEST_CASE(secrets_that_are_none_are_refused_and_not_repeated)
{
    auto const canary = encode_base64("canary-that-is-too-short");
    for (auto const& secrets :
         {Lines{}, Lines{""}, Lines{"whsec_"}, Lines{"whsec_not base64 canary"}, Lines{canary},
          Lines{"whsec_" + encode_base64("canary")}, Lines{"whsec_" + encode_base64(std::string(65, 'c'))},
          Lines{new_webhook_secret(), "canary"}, Lines(5, new_webhook_secret())})
    {
        auto const made = WebhookSigner::make(secrets);
        BOOST_REQUIRE(made.has_error());
        BOOST_TEST(is_sentence(made.error().detail));
        BOOST_TEST(made.error().detail.find("canary") == std::string::npos);
        BOOST_TEST(made.error().detail.find(canary) == std::string::npos);
    }
    BOOST_TEST(WebhookSigner::make({"whsec_" + encode_base64(std::string(24, 'c'))}).has_value());
    BOOST_TEST(WebhookSigner::make({"whsec_" + encode_base64(std::string(64, 'c'))}).has_value());
}

BOOST_AUTO_TEST_CASE(a_message_has_names_and_ids_and_what_it_means)
{
    auto const id = scim.create("/Users", user("ada", {{"password", "canary"}, {"title", "canary"}}));
    auto body = last();
    BOOST_TEST(text_at(body, "/type") == "scim.user.created");
    BOOST_TEST(text_at(body, "/timestamp").starts_with("2026-01-01T"));
    BOOST_TEST(text_at(body, "/data/tenant") == "a");
    BOOST_TEST(text_at(body, "/data/id") == id);
    BOOST_TEST(text_at(body, "/data/actor") == "tester");
    BOOST_TEST(text_at(body, "/data/lifecycle/0/kind") == "joiner");
    BOOST_TEST(ServiceFixture::text_of(body).find("canary") == std::string::npos);
    scim.patch("/Users/" + id, patch_op("replace", "active", false));
    body = last();
    BOOST_TEST(text_at(body, "/type") == "scim.user.updated");
    BOOST_TEST(text_at(body, "/data/changed/0") == "active");
    BOOST_TEST(text_at(body, "/data/lifecycle/0/kind") == "leaver");
    scim.del("/Users/" + id);
    body = last();
    BOOST_TEST(text_at(body, "/type") == "scim.user.deleted");
    BOOST_TEST(text_at(body, "/data/userName") == "ada");
    BOOST_TEST(body.at("data").at("complete").as_bool());
}

BOOST_AUTO_TEST_CASE(a_message_about_members_has_a_bound)
{
    LoggedChange change{.tenant = "a", .resource_type = "Group", .id = "g"};
    change.elements.push_back({.attribute = "members", .came = {{{"value", "m"}}}, .went = {"left"}});
    auto const body_of = [&] { return parse_json(webhook_message(change, *lifecycle_rules()).body).value(); };
    BOOST_TEST(text_at(body_of(), "/data/elements/0/came/0") == "m");
    BOOST_TEST(text_at(body_of(), "/data/elements/0/went/0") == "left");
    BOOST_TEST(body_of().at("data").at("complete").as_bool());
    for (std::size_t i = 0; i < max_webhook_elements; ++i)
        change.elements.front().came.push_back({{"value", std::string(60, 'm')}});
    auto const body = body_of();
    BOOST_TEST(!body.at("data").at("complete").as_bool());
    BOOST_TEST(body.at("data").at("elements").at(0).at("came").as_array().size() == max_webhook_elements);
    BOOST_TEST(!body.at("data").as_object().contains("lifecycle"));
}

BOOST_AUTO_TEST_CASE(a_gap_is_a_message_of_its_own)
{
    LogGap const gap{.tenant = "a", .reason = LogGap::Reason::trimmed, .from = LogPosition{3}, .to = LogPosition{9}};
    auto const message = webhook_message(gap, Instant{});
    auto const body = parse_json(message.body).value();
    BOOST_TEST(text_at(body, "/type") == "scim.gap");
    BOOST_TEST(text_at(body, "/data/reason") == "trimmed");
    BOOST_TEST(body.at("data").at("to").as_int64() == 9);
    BOOST_TEST(message.id == webhook_message(gap, Instant{1h}).id);
    BOOST_TEST(message.id != webhook_message(LogGap{.tenant = "b", .to = LogPosition{9}}, Instant{}).id);
}

BOOST_AUTO_TEST_SUITE_END()
