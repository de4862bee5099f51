// The standard notation of attributes (RFC 7644 section 3.10) taken apart, where URIs have dots and colons too: a cut
// at the wrong one names another attribute. What is no name may be a secret, and is not quoted back.
#include <scimkit/schema/resource_type.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(attribute_path)

BOOST_AUTO_TEST_CASE(standard_attribute_notation_is_taken_apart, *label("7644-3.10-a") * label("7643-2.1-c"))
{
    struct Expectation
    {
        std::string_view text;
        AttributePath path;
    };
    for (auto const& [text, path] : {
             Expectation{"userName", {.name = "userName"}},
             {"USERNAME", {.name = "USERNAME"}},
             {"name.familyName", {.name = "name", .sub_attribute = "familyName"}},
             {"members.$ref", {.name = "members", .sub_attribute = "$ref"}},
             {"MEMBERS.$REF", {.name = "MEMBERS", .sub_attribute = "$REF"}},
             {"a-b_c$1", {.name = "a-b_c$1"}},
             {"x509Certificates.value", {.name = "x509Certificates", .sub_attribute = "value"}},
             {"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
              {.uri = "urn:ietf:params:scim:schemas:core:2.0:User", .name = "name", .sub_attribute = "givenName"}},
             {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
              {.uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0", .name = "User"}},
             {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department",
              {.uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0",
              .name = "User",
              .sub_attribute = "department"}},
             {"urn:example:badge:1.0", {.uri = "urn:example:badge", .name = "1.0"}},
         })
    {
        auto const parsed = parse_attribute_path(text);
        BOOST_REQUIRE_MESSAGE(parsed, text);
        BOOST_CHECK_MESSAGE(*parsed == path, text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_attribute_name_is_an_invalid_path, *label("7643-2.1-c"))
{
    for (std::string_view const text : {"",
                                        " ",
                                        "1abc",
                                        "-x",
                                        "$ref",
                                        "_a",
                                        "a b",
                                        "a.b.c",
                                        "a.",
                                        ".a",
                                        "a..b",
                                        "a.1",
                                        "a.$x",
                                        "name.",
                                        ":userName",
                                        "urn:example:User:",
                                        "urn:example:User:1a",
                                        "größe",
                                        "a[b]",
                                        "userName ",
                                        "a,b",
                                        "2.0",
                                        "a.\"b\""})
    {
        BOOST_TEST_CONTEXT(text)
        {
            auto const parsed = parse_attribute_path(text);
            BOOST_REQUIRE(!parsed);
            BOOST_CHECK(parsed.error().code == ErrorCode::invalid_path);
            // Quoted as far as it could be a name: what follows may be a secret.
            auto const end =
                text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$.:");
            auto const quoted = std::string{text.substr(0, end)} + (end == std::string_view::npos ? "" : "...");
            BOOST_TEST(parsed.error().detail.starts_with('"' + quoted + "\" is not the name"), parsed.error().detail);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
