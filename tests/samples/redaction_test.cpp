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

BOOST_AUTO_TEST_CASE(security_check_19_what_is_called_as_secrets_are_is_not_kept_nor_what_stands_beside_such_a_name)
{
    for (std::string const form : {
             R"({"userPassword":"%s"})",
             R"({"unicodePwd":"%s"})",
             R"({"new_password":"%s"})",
             R"({"PASSPHRASE":"%s"})",
             R"({"client-secret":"%s"})",
             R"({"X-Api-Key":"%s"})",
             R"({"secretKey":"%s"})",
             R"({"urn:example:2.0:User":{"userpassword":"%s"}})",
             R"({"urn:example:2.0:User:sessionToken":["%s"]})",
             R"({"credentials":{"user":"%s"}})",
             R"({"Operations":[{"op":"add","path":"userPassword","value":"%s"}]})",
             R"({"Operations":[{"op":"add","path":"password","values":"%s"}]})",
             R"({"Operations":[{"op":"replace","path":"password","oldValue":"%s","value":"x"}]})",
             R"({"Operations":[{"op":"replace","path":"pass%77ord","value":"%s"}]})",
             R"({"Operations":[{"op":"replace","path":["password"],"value":"%s"}]})",
             R"({"Operations":[{"op":"replace","name":"password","value":"%s"}]})",
             R"({"Operations":[{"op":"replace","attribute":"Password","value":"%s"}]})",
             R"({"Operations":[{"method":"GET","path":"/Users?filter=%70assword+eq+%22%s%22"}]})",
             R"({"Operations":[{"method":"PATCH","path":"/Users/1/password","data":{"value":"%s"}}]})",
             R"({"filter":"%s:password eq \"x\""})",
             R"({"title":"Authorization: Bearer %s"})",
             R"([["password","%s"]])",
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
             "password[]=%s",
             "user%5Bpassword%5D=%s",
             "access%255Ftoken=%s",
             "q;password=%s",
             "newPassword=%s",
             "X-Api-Key=%s",
             "sortBy=password&filter=userName%20eq%20%22a%22%20or%20password%20sw%20%22%s%22",
         })
    {
        auto const kept = redactor.query(with_canary(form));
        BOOST_TEST(!has(kept.text, canary), form << " is kept as " << kept.text);
        BOOST_TEST(kept.changed, form);
    }
    for (std::string const form : {"/scim/v2/Users/password%20eq%20%22%s%22", "/scim/v2/Users/password=%s",
                                   "/scim/v2/Users/x@%s:password", "/scim/v2/Users/%70assword:%s"})
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
    for (std::string const name : {"User-Agent", "Via", "Accept", "Content-Type", "X-Request-Id", "Prefer"})
        BOOST_TEST(!has(redactor.header(name, "a; password=" + std::string{canary}).text, canary), name);
    BOOST_TEST(redactor.header("Host", "user:" + std::string{canary} + "@scim.example.com").text == gone);
    BOOST_TEST(redactor.header("WWW-Authenticate", "Bearer error=\"invalid_token\"").text ==
               "Bearer error=\"invalid_token\"");
    BOOST_TEST(redactor.header("Vary", "Authorization").text == "Authorization");
    BOOST_TEST(redactor.path("/scim/v2/Users/" + key).text == "/scim/v2/Users/scim_[redacted]");
    BOOST_TEST(!has(redactor.query("a=" + key).text, key));
    BOOST_TEST(!has(redactor.request_body(R"({"userName":")" + key + "\"}").value().text, key));
    BOOST_TEST(!has(redactor.answer_body(R"({"userName":")" + key + "\"}", false).value().text, key));
    BOOST_TEST(
        !has(redactor.answer_body(R"({"access_token":"x","token_type":"Bearer"})", false).value().text, "\"x\""));
    BOOST_TEST(!has(redactor.sentence("There is no " + key, false).text, key));
}

BOOST_AUTO_TEST_CASE(security_check_19_a_name_within_a_text_is_found_however_it_is_escaped)
{
    for (std::string const data :
         {R"({"pass\u0077ord":"%s"})", R"({"password":"%s"})", R"([{"pass\\u0077ord":"%s"}])",
          R"({'pass\x77ord':'%s'})", R"({"urn:ietf:params:scim:schemas:core:2.0:User:pass\u0057ord":"%s"})",
          R"(pass\u0077ord=%s)", R"({"path":"p\u0061ssword","value":"%s"})", R"({"a":"{\"pass\\u0077ord\":\"%s\"}"})"})
    {
        json::object const bulk{
            {"Operations", json::array{json::object{{"method", "POST"}, {"data", with_canary(data)}}}}};
        std::string body;
        write_json(body, bulk);
        auto const kept = redactor.request_body(body).value();
        BOOST_TEST(!has(kept.text, canary), data << " is kept as " << kept.text);
        BOOST_TEST(kept.changed, data);
    }
}

BOOST_AUTO_TEST_CASE(security_check_19_what_a_request_loses_is_not_in_its_answer_as_it_was_stored)
{
    for (std::string const stored : {R"({"password":"%s"})", "password=%s", "my Password : %s",
                                     R"({'pass\u0077ord':'%s'})", R"([{"a":{"client_secret":"%s"}}])"})
    {
        std::string body;
        write_json(body, json::object{{"displayName", with_canary(stored)}});
        auto const kept = redactor.answer_body(body, false).value();
        BOOST_TEST(!has(kept.text, canary), stored << " is kept as " << kept.text);
    }
    for (std::string const stored : {"my password %s", R"(["password","%s"])", R"({"name":"password","value":"%s"})",
                                     "urn:ietf:params:scim:schemas:x:password:%s"})
    {
        std::string body;
        write_json(body, json::object{{"displayName", with_canary(stored)}});
        auto const asked = redactor.request_body(body).value();
        BOOST_TEST(!has(asked.text, canary), stored << " is kept as " << asked.text);
        auto const kept = redactor.answer_body(body, true, asked.removed).value();
        BOOST_TEST(!has(kept.text, canary), stored << " is answered as " << kept.text);
    }
    for (std::string const own :
         {"The password of the user, never returned.", "urn:ietf:params:scim:schemas:core:2.0:User"})
    {
        std::string body;
        write_json(body, json::object{{"description", own}});
        BOOST_TEST(has(redactor.answer_body(body, false).value().text, own), own);
    }
}

BOOST_AUTO_TEST_CASE(security_check_19_a_chosen_attribute_in_a_text_goes_by_the_path_beside_it)
{
    auto const core = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    server::Redactor const chosen{*core, {"name.familyName"}};
    auto const kept = chosen
                          .request_body(with_canary(
                              R"({"Operations":[{"op":"add","path":"name","value":"{\"familyName\":\"%s\"}"}]})"))
                          .value();
    BOOST_TEST(!has(kept.text, canary), kept.text);
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
             R"({"title":"Secretary","nickName":"Keyes","displayName":"100% Tokenisation"})",
             R"({"schemas":["urn:a"],"attributes":["userName","password"],"sortBy":"userName"})",
         })
    {
        auto const kept = redactor.request_body(body).value();
        BOOST_TEST(kept.text == body);
        BOOST_TEST(!kept.changed);
    }
    for (std::string const query :
         {"filter=userName%20eq%20%22ada%22&count=10", "attributes=userName,password", "a&&b=", ".deltaToken=abc", ""})
        BOOST_TEST(redactor.query(query).text == query);
    for (std::string const path :
         {"/scim/v2/Users", "/secret-santa/scim/v2/Users/1", "/oauth/token", "/", "", "/scim/v2/Users/"})
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

BOOST_AUTO_TEST_CASE(security_check_19_what_is_gone_of_a_request_is_gone_of_what_is_said_about_it)
{
    std::string const secret{canary};
    auto const path = redactor.path("/scim/v2/Users/password=" + secret);
    for (auto const& said :
         std::vector<std::string>{"There is no User with the id password=" + secret + ".",
                                  "There is no User with the id password=c4n4ry-H...", "No id is password=" + secret})
    {
        auto const kept = redactor.sentence(said, true, path.removed);
        BOOST_TEST(!has(kept.text, "c4n4ry"), kept.text);
        BOOST_TEST(kept.changed);
        auto const answer = redactor.answer_body(R"({"detail":")" + said + "\"}", true, path.removed).value();
        BOOST_TEST(!has(answer.text, "c4n4ry"), answer.text);
    }
    auto const encoded = redactor.path("/Users/pass%2577ord=" + secret);
    BOOST_TEST(!has(redactor.sentence("No id is pass%77ord=" + secret, true, encoded.removed).text, "c4n4ry"));
    for (std::string const query : {"password[]=%s", "token=%s", "filter=password+eq+%s"})
        BOOST_TEST(
            !has(redactor.sentence("Nobody knows " + secret + ".", true, redactor.query(with_canary(query)).removed)
                     .text,
                 "c4n4ry"),
            query);
    for (std::string const body :
         {R"({"password":"%s"})", R"({"password":[{"value":"%s"}]})",
          R"({"Operations":[{"path":"password","value":{"a":"%s"}}]})", R"({"filter":"password eq %s"})"})
        BOOST_TEST(!has(redactor
                            .sentence("Nobody knows " + secret + ".", true,
                                      redactor.request_body(with_canary(body)).value().removed)
                            .text,
                        "c4n4ry"),
                   body);
    BOOST_TEST(redactor.sentence("There is no User with the id 5.", true, path.removed).text ==
               "There is no User with the id 5.");
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
