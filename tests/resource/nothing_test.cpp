// What is left of a value when names that no schema has are passed over: something, or the request is refused. And what
// text may hold.

#include "resource/elements.hpp"
#include "user_bodies.hpp"

using namespace scimkit;
using namespace scimkit::test;

namespace
{

CanonicalOptions lenient()
{
    CanonicalOptions options;
    options.ignore_unknown_attributes = true;
    options.ignore_unknown_schemas = true;
    options.extension_without_schema = true;
    options.lax_formats = true;
    return options;
}

CanonicalOptions for_comparison()
{
    auto options = lenient();
    options.only_compared = true;
    return options;
}

bool is_refused_everywhere(std::string const& member, std::string_view attribute)
{
    auto const answer = canonical_user(member, lenient());
    auto const strict = canonical_user(member);
    return answer.starts_with("invalidValue: " + std::string{attribute}) && strict.starts_with("invalid");
}

std::string members(std::string_view array, CanonicalOptions const& options)
{
    auto const read = canonicalise_value(parse(array), ref(group(), "members"), options);
    return read ? json::serialize(*read) : refusal(read);
}

} // namespace

BOOST_AUTO_TEST_SUITE(nothing_becomes_nothing)

BOOST_AUTO_TEST_CASE(an_element_that_keeps_nothing_is_refused)
{
    for (auto const* const element :
         {"{}", R"({"mail":"x"})", R"({"value":null})", R"({"value":"","type":" "})", R"({"value":"\u00a0\u3000"})",
          R"({"emails":[{"value":"x"}]})", R"({"mail":"x","type":"work","primary":true})"})
    {
        BOOST_TEST(is_refused_everywhere(R"("emails":[{"value":"a"},)" + std::string{element} + "]", "emails[1]: "),
                   element);
    }
    BOOST_TEST(is_refused_everywhere(R"("addresses":[{"foo":1}])", "addresses[0]: "));
    BOOST_TEST(is_refused_everywhere(R"("addresses":[{"street":"x","type":"work"}])", "addresses[0]: "));
}

BOOST_AUTO_TEST_CASE(an_element_that_keeps_what_it_is_about_is_taken)
{
    BOOST_TEST(
        canonical_user(R"("emails":[{"value":"a","foo":1}],"addresses":[{"locality":"x","foo":1}])", lenient()) ==
        R"({"userName":"ada","emails":[{"value":"a"}],"addresses":[{"locality":"x"}]})");
    BOOST_TEST(canonical_user(R"("addresses":[{"type":"work","region":null}])", lenient()) ==
               R"({"userName":"ada","addresses":[{"type":"work"}]})");
}

BOOST_AUTO_TEST_CASE(a_complex_value_of_unknown_names_is_refused)
{
    BOOST_TEST(is_refused_everywhere(R"("name":{"foo":1})", "name: "));
    BOOST_TEST(is_refused_everywhere(R"("name":{"foo":1,"givenName":null})", "name: "));
    BOOST_TEST(canonical_user(R"("name":{"foo":1,"givenName":"Ada"})", lenient()) ==
               R"({"userName":"ada","name":{"givenName":"Ada"}})");
    BOOST_TEST(canonical_user(R"("name":{})", lenient()) == R"({"userName":"ada"})");
}

BOOST_AUTO_TEST_CASE(what_the_rfc_itself_has_ignored_is_ignored)
{
    BOOST_TEST(canonical_user('"' + std::string{enterprise} + R"(":{"manager":{"displayName":"Bob"}})", lenient()) ==
               R"({"userName":"ada"})");
    BOOST_TEST(canonical_user('"' + std::string{enterprise} + R"(":{"manager":{"managerId":"1","displayName":"Bob"}})",
                              lenient()) == R"({"userName":"ada"})",
               "a client is known that sends this");
    BOOST_TEST(is_refused_everywhere('"' + std::string{enterprise} + R"(":{"manager":{"managerId":"1"}})",
                                     std::string{enterprise} + ":manager: "));
}

BOOST_AUTO_TEST_CASE(a_reference_needs_its_id)
{
    for (auto const* const element :
         {R"({"display":"Ada"})", R"({"value":null,"display":"Ada"})", R"({"value":""})",
          R"({"value":"  ","type":"User"})", R"({"value":"\u200b1"})", R"({"value":"1\t"})"})
    {
        for (auto const& options : {CanonicalOptions{}, lenient(), for_comparison()})
        {
            BOOST_TEST(members('[' + std::string{element} + ']', options).starts_with("invalidValue: members[0]"),
                       element);
        }
    }
    // The URI may stand for the id, but not where elements are only compared: stored ones have none.
    constexpr auto by_uri = R"([{"$ref":"https://example.com/Users/1"}])";
    BOOST_TEST(members(by_uri, {}) == by_uri);
    BOOST_TEST(members(by_uri, for_comparison()).starts_with("invalidValue: members[0]"));
    BOOST_TEST(members(R"([{"value":"1","display":null,"$ref":null}])", {}) == R"([{"value":"1"}])");
    BOOST_TEST(canonical_user('"' + std::string{enterprise} + R"(":{"manager":{"value":" "}})", lenient()) ==
               "invalidValue: " + std::string{enterprise} +
                   ":manager.value: it is required and must not be empty or blank.");
}

BOOST_AUTO_TEST_CASE(ids_that_differ_in_letter_case_are_two)
{
    BOOST_TEST(members(R"([{"value":"a"},{"value":"A"},{"value":"a"}])", {}) == R"([{"value":"a"},{"value":"A"}])");
    BOOST_TEST(ref(group(), "members.value").leaf().case_exact);
    BOOST_TEST(ref(user(), "groups.value").leaf().case_exact);
    BOOST_TEST(ref(gadget(), "parts.value").leaf().case_exact);
}

BOOST_AUTO_TEST_CASE(what_is_only_compared_says_which_element_is_meant)
{
    auto const emails = [](std::string_view element)
    { return refusal(canonicalise_element(parse(element), ref(user(), "emails"), 0, for_comparison())); };
    BOOST_TEST(emails(R"({"type":"work"})") == "");
    BOOST_TEST(emails(R"({"value":"a"})") == "");
    for (auto const* const element : {R"({"primary":true})", R"({"value":null,"type":"work"})",
                                      R"({"mail":"a","type":"work"})", R"({"value":""})", "{}"})
    {
        BOOST_TEST(emails(element).starts_with("invalidValue: emails[0]: "), element);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(free_text_has_no_control_characters_but_line_breaks_and_tabs)
{
    for (auto const* const wrong : {"\\u0000", "a\\u0007", "\\u001b[31m", "\\u007f", "a\\u000bb"})
        BOOST_TEST(is_refused_everywhere(R"("title":")" + std::string{wrong} + '"', "title: "), wrong);
    BOOST_TEST(canonical_user(R"("addresses":[{"formatted":"1\r\n\tRome"}],"title":" \u0092\u200b")") ==
               "{\"userName\":\"ada\",\"addresses\":[{\"formatted\":\"1\\r\\n\\tRome\"}],\"title\":\" "
               "\xc2\x92\xe2\x80\x8b\"}");
}

BOOST_AUTO_TEST_CASE(unique_names_have_no_ends_of_blanks_and_nothing_invisible)
{
    auto const with = [](std::string const& name)
    {
        auto const attributes = canonicalise(
            parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name + "\"}"), user());
        return refusal(attributes);
    };
    for (auto const* const wrong : {"\\u0000",
                                    "a\\nb",
                                    "a\\tb",
                                    " a",
                                    "a ",
                                    "\\u00a0a",
                                    "a\\u3000",
                                    "a\\u0085b",
                                    "a\\u009bb",
                                    "a\\u200bb",
                                    "\\ufeffa",
                                    "a\\u202eb",
                                    "a\\u2066b",
                                    "a\\u2069",
                                    "a\\u200e",
                                    "a\\u00adb",
                                    "a\\u2060b",
                                    "\\udb40\\udc41a",
                                    "a\\u3164",
                                    "a\\u115fb",
                                    "\\u1160a",
                                    "a\\uffa0",
                                    "a\\u034fb",
                                    "a\\u17b4b",
                                    "a\\u17b5",
                                    "a\\u2800b",
                                    "a\\uffff",
                                    "a\\ufdd0",
                                    "\\ud83f\\udfffa",
                                    "\\udb43\\udfffa",
                                    "a\\ud834\\udd73b"})
    {
        BOOST_TEST(with(wrong).starts_with("invalidValue: userName: it must not"), wrong);
    }
    for (auto const* const right :
         {"ada", "Ada King", "Zo\\u00eb", "\\u0430da", "\\u0645\\u06cc\\u200c\\u062e", "\\u845b\\udb40\\udd00",
          "\\u2801", "\\ud83d\\ude00", "o'neil@example.com", "DOMAIN\\\\ada"})
    {
        BOOST_TEST(with(right) == "", right);
    }
}

BOOST_AUTO_TEST_CASE(a_string_has_a_largest_length)
{
    CanonicalOptions options;
    options.max_value_bytes = 8;
    BOOST_TEST(canonical_user(R"("title":"12345678")", options).starts_with("{"));
    BOOST_TEST(canonical_user(R"("title":"123456789")", options) ==
               "invalidValue: title: it is longer than the limit of 8 bytes.");
    BOOST_TEST(canonical_user(R"("title":"\u00e9\u00e9\u00e9\u00e9\u00e9")", options) ==
               "invalidValue: title: it is longer than the limit of 8 bytes.");
    BOOST_TEST(canonical_user(R"("emails":[{"value":"a"},{"value":"123456789"}])", options) ==
               "invalidValue: emails[1].value: it is longer than the limit of 8 bytes.");
    BOOST_TEST(canonical_user(R"("x509Certificates":[{"value":"QUJDREVGR0g="}])", options) ==
               "invalidValue: x509Certificates[0].value: it is longer than the limit of 8 bytes.");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(shapes)

// As many shapes as subsets of twelve sub-attributes: each would be a table of its own.
BOOST_AUTO_TEST_CASE(elements_of_many_shapes_cost_no_table_each)
{
    Attribute wide{.name = "wide", .type = AttributeType::complex, .multi_valued = true};
    for (char c = 'a'; c < 'a' + 12; ++c)
        wide.sub_attributes.push_back({.name = std::string(1, c)});
    json::array elements;
    for (unsigned shape = 1; shape < 4'096; ++shape)
    {
        json::object element;
        for (unsigned bit = 0; bit < 12; ++bit)
            if (shape >> bit & 1U)
                element[wide.sub_attributes[bit].name] = "x";
        elements.push_back(std::move(element));
    }
    auto twice = elements;
    twice.insert(twice.end(), elements.begin(), elements.end());
    auto const read = canonicalise_value(json::value(twice), wide, "wide");
    BOOST_REQUIRE(read);
    BOOST_TEST(json::serialize(*read) == json::serialize(elements));

    ElementIndex same{wide, ElementMatch::same};
    ElementIndex given{wide, ElementMatch::given};
    for (std::size_t i = 0; i < elements.size(); ++i)
    {
        BOOST_REQUIRE(same.find(elements, elements[i]) == i);
        BOOST_REQUIRE(given.find(elements, elements[i]).has_value());
    }
    BOOST_TEST(same.scanned() == 0U, "one table");
    BOOST_TEST(given.scanned() > 100 * elements.size(), "what it cannot avoid it tells");
}

BOOST_AUTO_TEST_CASE(a_repetition_is_the_same_in_every_sub_attribute_and_passes_its_mark_on)
{
    BOOST_TEST(canonical_user(R"("emails":[{"value":"a","type":"work"},{"value":"A","type":"WORK","primary":false},
                                           {"value":"a"},{"value":"a","type":"work","primary":true}])") ==
               R"({"userName":"ada","emails":[{"value":"a","type":"work","primary":true},{"value":"a"}]})");
}

BOOST_AUTO_TEST_SUITE_END()
