// What the request log keeps of a request: everything but secrets, and what an operator does not want.
#include <scimkit/schema/registry.hpp>
#include <scimkit/security/api_key.hpp>

#include "samples/server/redaction.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace scimkit;

namespace
{

constexpr std::string_view canary = "c4n4ry-Hunter2";
constexpr std::string_view gone = "[redacted]";

struct Redaction
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    server::Redactor redactor{*registry, {}};
    server::Redactor choosy{*registry,
                            {"phoneNumbers", "name.familyName", "urn:ietf:params:scim:schemas:core:2.0:User:title"}};
};

bool has(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Replaces %s by the canary.
std::string with_canary(std::string text)
{
    for (auto at = text.find("%s"); at != std::string::npos; at = text.find("%s"))
        text.replace(at, 2, canary);
    return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(redaction, Redaction)

BOOST_AUTO_TEST_CASE(security_check_19_a_password_is_in_no_body_that_is_kept_wherever_and_however_it_came)
{
    for (
        std::string const form : {
            R"({"userName":"a","password":"%s"})",
            R"({"userName":"a","PassWord":"%s"})",
            R"({"userName":"a","pass\u0077ord":"%s"})",
            R"({"userName":"a","password":["%s"]})",
            R"({"userName":"a","password":{"value":"%s"}})",
            R"({"urn:ietf:params:scim:schemas:core:2.0:User:password":"%s"})",
            R"({"urn:ietf:params:scim:schemas:core:2.0:User":{"password":"%s"}})",
            R"({"unknown":{"deep":[{"password":"%s"}]}})",
            R"({"Operations":[{"op":"replace","path":"password","value":"%s"}]})",
            R"({"Operations":[{"op":"Replace","path":" PASSWORD ","value":"%s"}]})",
            R"({"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"%s"}]})",
            R"({"Operations":[{"op":"add","Path":"password","Value":"%s"}]})",
            R"({"Operations":[{"op":"add","path":"title","Path":"password","value":"%s"}]})",
            R"({"Operations":[{"op":"add","path":"password","value":[{"value":"%s"}]}]})",
            R"({"Operations":[{"op":"add","value":{"password":"%s"}}]})",
            R"({"Operations":[{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:User:password":"%s"}}]})",
            R"({"Operations":[{"op":"add","value":"{\"password\":\"%s\"}"}]})",
            R"({"Operations":[{"op":"remove","path":"password[value eq \"%s\"]"}]})",
            R"({"Operations":[{"op":"remove","path":"emails[password eq \"%s\"].value"}]})",
            R"({"Operations":[{"op":"add","value":{"password[value eq \"%s\"]":"x"}}]})",
            R"({"Operations":[{"op":"add","value":{"password[type eq \"work\"].value":"%s"}}]})",
            R"({"Operations":[{"method":"POST","path":"/Users","bulkId":"1","data":{"password":"%s"}}]})",
            R"({"Operations":[{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"op":"add","path":"password","value":"%s"}]}}]})",
            R"({"Operations":[{"method":"POST","path":"/Users?password=%s","data":{}}]})",
            R"({"schemas":["password=%s"],"userName":"a"})",
            R"({"filter":"password eq \"%s\""})",
            R"({"filter":"password eq %s"})",
            R"x({"filter":"userName eq \"a\" and not (password sw \"%s\")"})x",
            R"({"filter":"\"%s\" eq password"})",
            R"({"filter":"%s eq password"})",
            R"({"filter":"password eq \"%s"})",
            R"({"filter":"password eq \"a\\\"%s\""})",
            R"({"filter":"urn:ietf:params:scim:schemas:core:2.0:User:password co \"%s\""})",
            R"({"sortBy":"password %s"})",
            R"(["password",{"password":"%s"}])",
            R"({"client_secret":"%s"})",
            R"({"access_token":"%s"})",
            R"({"assertion":"%s"})",
        })
    {
        auto const kept = redactor.request_body(with_canary(form));
        BOOST_REQUIRE_MESSAGE(kept, form);
        BOOST_TEST(!has(kept->text, canary), form << " is kept as " << kept->text);
        BOOST_TEST(kept->changed, form);
    }
}

BOOST_AUTO_TEST_CASE(security_check_19_a_password_is_in_no_target_that_is_kept_however_it_is_encoded)
{
    for (std::string const form : {
             "filter=password+eq+%22%s%22",
             "filter=password%20eq%20%22%s%22",
             "filter=%70assword%20eq%20%22%s%22",
             "filter=PASSWORD%20eq%20%s",
             "count=1&filter=%2570assword%2520eq%2520%2522%s%2522",
             "filter=%252570assword%252520eq%252520%252522%s%252522",
             "filter=%25252525252570assword%25252525252520eq%25252525252520%s",
             "password=%s",
             "token=%s",
             "access_token=%s&count=1",
             "password%20eq%20%22%s%22",
             "a=b&client_secret=%s",
             "sortBy=password&filter=userName%20eq%20%22a%22%20or%20password%20sw%20%22%s%22",
         })
    {
        auto const kept = redactor.query(with_canary(form));
        BOOST_TEST(!has(kept.text, canary), form << " is kept as " << kept.text);
        BOOST_TEST(kept.changed, form);
    }
    for (std::string const form : {"/scim/v2/Users/password%20eq%20%22%s%22", "/scim/v2/Users/password=%s"})
    {
        auto const kept = redactor.path(with_canary(form));
        BOOST_TEST(!has(kept.text, canary), form << " is kept as " << kept.text);
        BOOST_TEST(kept.text.starts_with("/scim/v2/Users/"), kept.text);
    }
}

BOOST_AUTO_TEST_CASE(security_check_19_keys_and_whatever_unknown_headers_have_are_not_kept)
{
    auto const key = new_api_key();
    for (std::string const name : {"Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
                                   "X-Api-Key", "X-Auth-Token", "X-CSRF-Token", "Anything"})
        BOOST_TEST(redactor.header(name, canary).text == gone, name);
    BOOST_TEST(redactor.header("User-Agent", "agent/1 " + key).text == "agent/1 scim_[redacted]");
    BOOST_TEST(redactor.header("Location", "https://a.example/Users?token=" + std::string{canary}).text ==
               "https://a.example/Users?token=[redacted]");
    BOOST_TEST(redactor.path("/scim/v2/Users/" + key).text == "/scim/v2/Users/scim_[redacted]");
    BOOST_TEST(!has(redactor.query("a=" + key).text, key));
    BOOST_TEST(!has(redactor.request_body(R"({"userName":")" + key + "\"}").value().text, key));
    BOOST_TEST(!has(redactor.answer_body(R"({"userName":")" + key + "\"}", false).value().text, key));
    BOOST_TEST(
        !has(redactor.answer_body(R"({"access_token":"x","token_type":"Bearer"})", false).value().text, "\"x\""));
    BOOST_TEST(!has(redactor.sentence("There is no " + key, false).text, key));
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_not_kept)
{
    for (std::string const body : {"", "{", "grant_type=client_credentials", R"({"a":1,"a":2})", "{\"a\":\"\xFF\"}"})
        BOOST_TEST(!redactor.request_body(body), body);
}

BOOST_AUTO_TEST_CASE(everything_else_is_kept_as_it_came)
{
    for (std::string const body : {
             R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@b.example","active":true})",
             R"({"Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b.example"}]})",
             R"({"filter":"userName eq \"ada\" and active eq true"})",
             R"({"name":{"familyName":"Lovelace"},"phoneNumbers":[{"value":"1"}],"title":"Countess"})",
         })
    {
        auto const kept = redactor.request_body(body).value();
        BOOST_TEST(kept.text == body);
        BOOST_TEST(!kept.changed);
    }
    for (std::string const query :
         {"filter=userName%20eq%20%22ada%22&count=10", "attributes=userName,password", "a&&b=", ""})
        BOOST_TEST(redactor.query(query).text == query);
    for (std::string const path : {"/scim/v2/Users", "/oauth/token", "/", "", "/scim/v2/Users/"})
        BOOST_TEST(redactor.path(path).text == path);
    BOOST_TEST(redactor.header("Content-Type", "application/scim+json").text == "application/scim+json");
    BOOST_TEST(redactor.sentence("The value of 'userName' is in use by another resource.", false).text ==
               "The value of 'userName' is in use by another resource.");
    BOOST_TEST(has(redactor.request_body(R"({"filter":"userName eq \"a\" and password eq \"b\""})").value().text,
                   "userName eq"));
}

BOOST_AUTO_TEST_CASE(a_sentence_about_a_hidden_name_keeps_names_and_loses_what_it_quotes)
{
    BOOST_TEST(redactor.sentence("'password' cannot be compared with \"x y\".", false).text ==
               "'password' cannot be compared with \"[redacted]\".");
    BOOST_TEST(redactor.sentence("expected an operator instead of 'c4n4ry'", true).text ==
               "expected an operator instead of '[redacted]'");
    BOOST_TEST(redactor.sentence("the tenant's name", true).text == "the tenant's name");
    BOOST_TEST(redactor.sentence("\"password eq \"c4n4ry\"\" is not the name of an attribute", false).text ==
               "\"[redacted]\" is not the name of an attribute");
    BOOST_TEST(redactor.sentence("'userName' and 'password' differ from 'c4n4ry' and 'c5n5ry'", false).text ==
               "'userName' and 'password' differ from '[redacted]'");
    BOOST_TEST(redactor.sentence("an end is missing: \"c4n4ry", true).text == "an end is missing: \"[redacted]\"");
}

BOOST_AUTO_TEST_CASE(chosen_attributes_are_kept_nowhere_and_their_neighbours_are)
{
    for (
        std::string const form : {
            R"({"title":"%s"})",
            R"({"phoneNumbers":[{"value":"%s","type":"work"}]})",
            R"({"name":{"familyName":"%s","givenName":"Ada"}})",
            R"({"name.familyName":"%s"})",
            R"({"Operations":[{"op":"replace","path":"name.familyName","value":"%s"}]})",
            R"({"Operations":[{"op":"replace","path":"name","value":{"familyName":"%s"}}]})",
            R"({"Operations":[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:name","value":{"familyName":"%s"}}]})",
            R"({"Operations":[{"op":"replace","value":{"name.familyName":"%s"}}]})",
            R"({"Operations":[{"op":"replace","path":"phoneNumbers[type eq \"work\"].value","value":"%s"}]})",
            R"({"Operations":[{"op":"remove","path":"phoneNumbers[value eq \"%s\"]"}]})",
            R"({"Operations":[{"op":"add","value":{"phoneNumbers[type eq \"work\"].value":"%s"}}]})",
            R"({"filter":"name.familyName sw \"%s\""})",
            R"({"filter":"name[familyName eq \"%s\"]"})",
        })
    {
        auto const kept = choosy.request_body(with_canary(form)).value();
        BOOST_TEST(!has(kept.text, canary), form << " is kept as " << kept.text);
    }
    for (std::string const answer : {R"({"Resources":[{"title":"%s","name":{"familyName":"%s","givenName":"Ada"}}]})",
                                     R"({"Operations":[{"response":{"phoneNumbers":["%s"]}}]})"})
        BOOST_TEST(!has(choosy.answer_body(with_canary(answer), false).value().text, canary), answer);
    auto const kept =
        choosy.request_body(R"({"name":{"familyName":"x","givenName":"Ada"},"userName":"a"})").value().text;
    BOOST_TEST(kept == R"({"name":{"familyName":"[redacted]","givenName":"Ada"},"userName":"a"})");
}

BOOST_AUTO_TEST_SUITE_END()
