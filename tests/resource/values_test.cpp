// Values against the types and formats of their attributes (RFC 7643 sections 2.3, 2.4, 4.1.1 and 4.1.2): whoever
// takes too much spoils the directory, whoever refuses too much locks clients out. And no refusal repeats the value,
// which may be private (RFC 7643 section 9.3).
#include "resource/canonical_parts.hpp"
#include "resource/user_bodies.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(canonical_values)

BOOST_AUTO_TEST_CASE(json_types_must_fit, *label("7643-2.3-c") * label("7644-3.3-s") * label("7643-2.3.2-a") *
                                              label("7643-2.3.8-a") * label("7643-2.4-a") * label("7643-4.1.1-r") *
                                              label("7643-4.1.2-u") * label("7643-4.3-b") * label("7643-4.3-c"))
{
    BOOST_TEST(canonical_user(R"("active":"true")") == "invalidValue: active: expected true or false, got a string.");
    BOOST_TEST(canonical_user(R"("active":1)") == "invalidValue: active: expected true or false, got a number.");
    BOOST_TEST(canonical_user(R"("displayName":5)") == "invalidValue: displayName: expected a string, got a number.");
    BOOST_TEST(canonical_user(R"("name":"x")") == "invalidValue: name: expected an object, got a string.");
    BOOST_TEST(canonical_user(R"("name":[])") == "invalidValue: name: expected an object, got an array.");
    BOOST_TEST(canonical_user(R"("emails":{"value":"x"})") ==
               "invalidValue: emails: expected an array, got an object.");
    BOOST_TEST(canonical_user(R"("roles":["Student"])") == "invalidValue: roles[0]: expected an object, got a string.");
    BOOST_TEST(canonical_user(R"("emails":[{"value":"x"},{"value":5}])") ==
               "invalidValue: emails[1].value: expected a string, got a number.");
    BOOST_TEST(test_attribute(R"("tags":["a",["b"]])") ==
               "invalidValue: " + std::string{test_extension} + ":tags[1]: expected a string, got an array.");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_attribute_and_never_the_value, *label("7643-9.3-a"))
{
    auto const refused = canonicalise(user_body(R"("emails":[{"primary":"confidential"}])"), user());
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().attribute == "emails.primary");
    BOOST_TEST(refused.error().detail.find("confidential") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(integers_have_no_fraction_and_no_exponent, *label("7643-2.3.4-a") * label("7643-2.3.4-b"))
{
    BOOST_TEST(test_attribute(R"("level":-7,"ratings":[0,3])") ==
               R"({"userName":"ada",")" + std::string{test_extension} + R"(":{"level":-7,"ratings":[0,3]}})");
    for (auto const* wrong : {"1.5", "1.0", "3e2", "99999999999999999999"})
    {
        BOOST_TEST(test_attribute(std::string{R"("level":)"} + wrong) ==
                       "invalidValue: " + std::string{test_extension} +
                           ":level: expected an integer of 64 bits, got a number with fraction or exponent.",
                   wrong);
    }
    BOOST_TEST(test_attribute(R"("level":"1")").ends_with("expected an integer of 64 bits, got a string."));
}

BOOST_AUTO_TEST_CASE(decimals_take_whole_numbers_too, *label("7643-2.3.3-a"))
{
    BOOST_TEST(test_attribute(R"("score":5)").starts_with("{"));
    BOOST_TEST(test_attribute(R"("score":-0.5)").starts_with("{"));
    BOOST_TEST(test_attribute(R"("score":"5.25")").ends_with(":score: expected a number, got a string."));
}

BOOST_AUTO_TEST_CASE(date_times_are_stored_as_sent,
                     *label("7643-2.3.5-a") * label("7643-2.3.5-b") * label("7643-2.3.5-d"))
{
    BOOST_TEST(test_attribute(R"("hiredAt":"2011-05-13T04:42:34+05:30")").find("2011-05-13T04:42:34+05:30") !=
               std::string::npos);
    for (auto const* wrong : {R"("yesterday")", R"("2008-01-23")", R"("2011-02-30T00:00:00Z")"})
    {
        BOOST_TEST(test_attribute(std::string{R"("hiredAt":)"} + wrong)
                       .ends_with(":hiredAt: expected a date and time such as 2026-11-22T08:15:30Z."),
                   wrong);
    }
    BOOST_TEST(test_attribute(R"("hiredAt":1201064182)").ends_with("expected a string, got a number."));
}

BOOST_AUTO_TEST_CASE(binary_is_base64, *label("7643-2.3.6-a") * label("7643-2.3.6-e"))
{
    auto const& certificate = *gadget().schema().find_attribute("certificate");
    BOOST_TEST(!!canonicalise_value(parse(R"("AQID")"), certificate, "certificate"));
    for (auto const* wrong : {R"("AQI_")", R"("A*")", R"("AQ\nID")", "[1,2]"})
    {
        BOOST_TEST(refusal(canonicalise_value(parse(wrong), certificate, "certificate"))
                       .starts_with("invalidValue: certificate: "),
                   wrong);
    }
}

BOOST_AUTO_TEST_CASE(required_strings_are_not_empty_or_blank, *label("7643-4.1.1-a") * label("7643-4.1.1-d"))
{
    for (auto const* blank : {R"("")", R"("   ")", R"(" \t\r\n")"})
    {
        auto const body = parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":)" +
                                std::string{blank} + "}");
        BOOST_TEST(canonical(body) == "invalidValue: userName: it is required and must not be empty or blank.");
    }
}

BOOST_AUTO_TEST_CASE(canonical_values_are_suggestions,
                     *label("7643-2.3.1-d") * label("7643-2.4-n") * label("7643-7-n") * label("7643-4.1.2-d"))
{
    BOOST_TEST(canonical_user(R"("emails":[{"value":"a","type":"alumni"}])").starts_with("{"));
}

BOOST_AUTO_TEST_CASE(an_element_is_stored_once, *label("7643-2.4-m") * label("7643-4.2-j") * label("7643-2.4-b"))
{
    BOOST_TEST(
        canonical_user(R"("emails":[{"value":"a@b","type":"work"},{"type":"WORK","value":"A@b"},{"value":"a@b"}])") ==
        R"({"userName":"ada","emails":[{"value":"a@b","type":"work"},{"value":"a@b"}]})");
    auto const members =
        canonicalise(parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G",
                  "members":[{"value":"1","display":"x"},{"value":"1"},{"value":"2"}]})"),
                     group());
    BOOST_TEST(json::serialize(members.value()) ==
               R"({"displayName":"G","members":[{"value":"1","display":"x"},{"value":"2"}]})");
}

BOOST_AUTO_TEST_CASE(the_same_value_may_come_with_another_type_and_once_with_each, *label("7643-2.4-l"))
{
    BOOST_TEST(
        canonical_user(
            R"("emails":[{"value":"a","type":"work"},{"value":"a","type":"home"},{"value":"a","type":"home","primary":true}])")
            .ends_with(R"([{"value":"a","type":"work"},{"value":"a","type":"home","primary":true}]})"));
}

BOOST_AUTO_TEST_CASE(many_equal_elements_cost_no_more_than_many_different_ones)
{
    json::array members;
    for (int i = 0; i < 60'000; ++i)
        members.push_back(json::object{{"value", std::to_string(i % 30'000)}});
    json::object const body{
        {"schemas", json::array{urn::group}}, {"displayName", "G"}, {"members", std::move(members)}};
    auto const attributes = canonicalise(body, group()).value();
    BOOST_TEST(attributes.at("members").as_array().size() == 30'000U);
}

BOOST_AUTO_TEST_CASE(one_value_can_be_checked_alone)
{
    auto const emails = ref(user(), "emails");
    BOOST_TEST(refusal(canonicalise_element(parse("5"), emails, 3)) ==
               "invalidValue: emails[3]: expected an object, got a number.");
    BOOST_TEST(refusal(canonicalise_value(parse("5"), ref(user(), "emails.value"))) ==
               "invalidValue: emails.value: expected a string, got a number.");
    BOOST_TEST(canonicalise_value(parse("null"), emails).value() == json::value{});
    BOOST_TEST(refusal(canonicalise_value(parse("5"), *emails.attribute, "x")) ==
               "invalidValue: x: expected an array, got a number.");
}

BOOST_AUTO_TEST_CASE(members_for_a_merge_keep_what_clears)
{
    auto const name = ref(user(), "name");
    BOOST_TEST(json::serialize(canonicalise_members(parse(R"({"givenName":null,"FamilyName":"K"})"), name).value()) ==
               R"({"givenName":null,"familyName":"K"})");
}

BOOST_AUTO_TEST_CASE(read_only_sub_attributes_can_be_refused)
{
    auto const manager = ref(user(), std::string{enterprise} + ":manager");
    CanonicalOptions options;
    options.refuse_read_only = true;
    BOOST_TEST(refusal(canonicalise_value(parse(R"({"displayName":"B"})"), manager, options)) ==
               "mutability: " + std::string{enterprise} + ":manager.displayName: it is readOnly.");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(formats)

namespace
{

struct Sample
{
    std::string member;
    std::vector<std::string> right;
    std::vector<std::string> wrong;
};

void check(Sample const& sample)
{
    CanonicalOptions lax;
    lax.lax_formats = true;
    auto const with = [&](std::string const& value)
    { return std::string{sample.member}.replace(sample.member.find('@'), 1, value); };
    for (auto const& right : sample.right)
        BOOST_TEST(canonical_user(with(right)).starts_with("{"), right);
    for (auto const& wrong : sample.wrong)
    {
        BOOST_TEST(canonical_user(with(wrong)).starts_with("invalidValue: "), wrong);
        BOOST_TEST(canonical_user(with(wrong), lax).starts_with("{"), wrong);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_locale_is_a_language_tag, *label("7643-4.1.1-o") * label("7643-2.3.1-c"))
{
    check({R"("locale":"@")",
           {"fr", "en-US", "es-419", "az-Arab", "x-pig-latin", "man-Nkoo-GN"},
           {"en US", "en-", "", "en_US", "*", "-en", "toolonglanguage", "1a"}});
}

BOOST_AUTO_TEST_CASE(a_preferred_language_is_a_header_value, *label("7643-4.1.1-n") * label("7643-err-6007"))
{
    check({R"("preferredLanguage":"@")",
           {"en-US", "da, en-gb;q=0.8, en;q=0.7", "*", "en;q=1.000", "de ; Q=0"},
           {"en_US", "Accept-Language: en", "en;q=2", "en;q=0.1234", "en;q=1.1", "en;x=1", "en,,de", "", "en;q="}});
}

BOOST_AUTO_TEST_CASE(a_time_zone_is_a_name_of_the_iana_database, *label("7643-4.1.1-q"))
{
    check({R"("timezone":"@")",
           {"America/Los_Angeles", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Zulu", "EST5EDT"},
           {"PST", "GMT-8:00", "Pacific Standard Time", "", "Europe/", "/Oslo", "utc"}});
}

BOOST_AUTO_TEST_CASE(a_reference_is_a_uri, *label("7643-2.3.7-a") * label("7643-4.1.1-k"))
{
    check({R"("profileUrl":"@")",
           {"https://e.com/x?y#z", "../Users/1", "urn:x:y", "Users/1", "a%20b", "?q"},
           {"http://exa mple", "not a url at all", "", "%zz", "a%2", "1http://x", ":x", "https://e.com/\\u00e9"}});
}

BOOST_AUTO_TEST_CASE(a_phone_number_may_be_written_in_many_ways, *label("7643-4.1.2-e") * label("7643-8.2-b"))
{
    check({R"("phoneNumbers":[{"value":"@","type":"work"}])",
           {"tel:+1-201-555-0123", "555-555-5555", "+1 (201) 555 0123"},
           {"none", "", "1\\n2"}});
}

BOOST_AUTO_TEST_CASE(a_country_has_two_letters, *label("7643-4.1.2-n"))
{
    check({R"("addresses":[{"country":"@","type":"work"}])", {"US", "se"}, {"USA", "us-x", "Sweden", "1A", ""}});
}

BOOST_AUTO_TEST_CASE(a_certificate_is_one_der_sequence, *label("7643-4.1.2-v") * label("7643-4.1.2-w"))
{
    check({R"("x509Certificates":[{"value":"@","type":"x"}])",
           {"MAMCAQE=" /* 30 03 .. */, "MIEDAgEB" /* 30 81 03 .. */},
           {"AQID", "MAMCAQEwAwIBAQ==" /* two */, "MAQCAQE=" /* too long */, "MIA=" /* no length */, "MA==", ""}});
    BOOST_TEST(
        canonical_user(R"("x509Certificates":[{"value":"A*"}])").ends_with("expected base64 (RFC 4648 section 4)."));
}

BOOST_AUTO_TEST_CASE(formats_of_names_are_the_core_users_only)
{
    CanonicalOptions const strict;
    Attribute const locale{.name = "locale"};
    BOOST_TEST(!!canonicalise_value(parse(R"("en US")"), locale, "locale", strict));
}

BOOST_AUTO_TEST_SUITE_END()
