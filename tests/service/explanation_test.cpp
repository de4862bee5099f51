// What an error body tells an administrator: which requirement was not obeyed, and which setting would have let the
// request pass; and that it does.
#include <scimkit/memory/memory_store.hpp>

#include "requirement_rows.hpp"
#include "service/explanation.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(explanation)

namespace
{

std::string const uri{"urn:scimkit:params:scim:api:messages:2.0:ErrorExplanation"};
std::string const enterprise_uri{urn::enterprise_user};

/// A request that strict mode refuses. `{id}` is a user with two mails, `{group}` a group.
struct Case
{
    std::string_view setting;
    std::string_view method;
    std::string target;
    std::string body;
    Headers headers{};
};

std::string patch_with(std::string const& operations)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations + "]}";
}

std::string user_with(std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"grace",)" + more + "}";
}

std::string search_with(std::string const& more)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],)" + more + "}";
}

std::vector<Case> cases_of_patch()
{
    return {
        {"op-letter-case=on", "PATCH", "/Users/{id}", patch_with(R"({"op":"Add","path":"title","value":"x"})")},
        {"boolean-as-string=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","path":"active","value":"False"})")},
        {"create-on-no-match=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","path":"emails[type eq \"other\"].value","value":"o@example.com"})")},
        {"dotted-keys=on", "PATCH", "/Users/{id}", patch_with(R"({"op":"replace","value":{"name.givenName":"Ada"}})")},
        {"remove-by-value=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"remove","path":"emails","value":[{"value":"a@example.com"}]})")},
        {"remove-absent=on", "PATCH", "/Users/{id}", patch_with(R"({"op":"remove","path":"nickName"})")},
        {"string-for-complex=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","path":")" + enterprise_uri + R"(:manager","value":"26"})")},
        {"array-for-single=on", "PATCH", "/Users/{id}", patch_with(R"({"op":"add","value":[{"title":"x"}]})")},
        {"empty-string-clears-complex=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","path":")" + enterprise_uri + R"(:manager","value":""})")},
        {"unprefixed-extension-attribute=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"add","path":"department","value":"D"})")},
        {"ignore-readonly-echo=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","value":{"id":"{id}","title":"x"}})")},
        {"filter-blanks=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"remove","path":"emails[ type eq \"work\" ]"})")},
        {"unquoted-path-values=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"remove","path":"emails[type eq work]"})")},
        {"dot-after-schema-uri=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"add","path":")" + enterprise_uri + R"(.department","value":"D"})")},
        {"pathless-operations=on", "PATCH", "/Users/{id}", patch_with(R"({"op":"add","value":{"title":"x"}})")},
        {"filtered-elements=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"remove","path":"emails[type eq \"work\"]"})")},
        {"several-matches=on", "PATCH", "/Users/{id}",
         patch_with(R"({"op":"replace","path":"emails[value co \"example\"].display","value":"x"})")},
    };
}

std::vector<Case> other_cases()
{
    return {
        {"boolean-as-string=on", "POST", "/Users", user_with(R"("active":"True")")},
        {"boolean-as-string=on", "GET", R"(/Users?filter=active eq "true")", ""},
        {"array-for-single=on", "POST", "/Users", user_with(R"("title":["Countess"])")},
        {"object-for-multi=on", "POST", "/Users", user_with(R"("emails":{"value":"g@example.com"})")},
        {"ignore-unknown-attributes=on", "POST", "/Users", user_with(R"("favourite":"x")")},
        {"ignore-unknown-attributes=on", "POST", "/Users", user_with(R"("name":{"givenName":"G","favourite":"x"})")},
        {"ignore-unknown-schemas=on", "POST", "/Users",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:x:y"],"userName":"grace"})"},
        {"extension-without-schema=on", "POST", "/Users", user_with("\"" + enterprise_uri + R"(":{"department":"D"})")},
        {"missing-schemas=on", "POST", "/Users", R"({"userName":"grace"})"},
        {"legacy-schema-uris=on", "POST", "/Users",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:scim:schemas:core:1.0"],"userName":"grace"})"},
        {"unprefixed-extension-attribute=on", "GET", R"(/Users?filter=department eq "D")", ""},
        {"filter-sub-attribute-after-value-path=on", "GET",
         R"(/Users?filter=emails[type eq "work"].value eq "a@example.com")", ""},
        {"complex-compares-by-value=on", "GET", R"(/Users?filter=emails co "example")", ""},
        {"several-primaries=on", "POST", "/Users",
         user_with(R"("emails":[{"value":"a@x","primary":true},{"value":"b@x","primary":true}])")},
        {"several-primaries=on", "PUT", "/Users/{id}",
         user_with(R"("emails":[{"value":"a@x","primary":true},{"value":"b@x","primary":true}])")},
        {"lax-formats=on", "POST", "/Users", user_with(R"("timezone":"somewhere")")},
        {"json-media-type=on", "POST", "/Users", user_with(R"("title":"x")"), {{"Content-Type", "application/json"}}},
        {"lenient-targets=on", "GET", "/Users/", ""},
        {"lenient-targets=on", "GET", "/Users?count=1&", ""},
        {"plus-is-space=on", "GET", R"(/Users?filter=userName+eq+"ada")", ""},
        {"filter-blanks=on", "GET", R"(/Users?filter=userName  eq "ada")", ""},
        {"contradicting-references=on", "POST", "/Groups",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g",)"
         R"("members":[{"value":"{id}","type":"Group"}]})"},
        {"search-strings=on", "POST", "/Users/.search", search_with(R"("count":"1")")},
        {"search-strings=on", "POST", "/Users/.search", search_with(R"("attributes":"userName")")},
        {"unquoted-filter-values=on", "GET", "/Users?filter=userName eq ada", ""},
        {"undefined-at-root=on", "GET", R"(/?filter=favourite eq "x")", ""},
        {"any-case-endpoints=on", "GET", "/users", ""},
        {"any-case-endpoints=on", "GET", "/schemas", ""},
        {"unique-group-names=off", "POST", "/Groups",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"There"})"},
        {"unique-external-ids=off", "POST", "/Users", user_with(R"("externalId":"e1")")},
        {"unknown-members=keep", "POST", "/Groups",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g",)"
         R"("members":[{"value":"nobody"}]})"},
    };
}

std::vector<Case> cases()
{
    auto all = cases_of_patch();
    auto const others = other_cases();
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

std::pair<std::string, std::string> split(std::string_view setting)
{
    auto const equals = setting.find('=');
    return {std::string{setting.substr(0, equals)}, std::string{setting.substr(equals + 1)}};
}

/// Strict, but what the setting is about the other way round than it says.
Tolerance without(std::string_view setting)
{
    auto const [name, value] = split(setting);
    auto tolerance = Tolerance::strict();
    tolerance.set(name, value == "keep" ? "reject" : value == "off" ? "on" : "off").value();
    return tolerance;
}

Tolerance with(std::string_view setting)
{
    auto const [name, value] = split(setting);
    auto tolerance = Tolerance::strict();
    tolerance.set(name, value).value();
    return tolerance;
}

std::string filled(std::string text, std::string const& id)
{
    for (auto at = text.find("{id}"); at != std::string::npos; at = text.find("{id}"))
        text.replace(at, 4, id);
    return text;
}

/// The answer of a service of its own, which has a user and a group.
Reply answer(Case const& asked, Tolerance const& tolerance)
{
    ServiceFixture const scim{{.tolerance = tolerance}};
    auto const mail = [](std::string_view value, std::string_view type) {
        return json::object{{"value", value}, {"type", type}};
    };
    auto const id = scim.create(
        "/Users", user("ada", {{"externalId", "e1"},
                               {"title", "Countess"},
                               {"emails", json::array{mail("a@example.com", "work"), mail("b@example.com", "home")}}}));
    scim.create("/Groups", group("there"));
    return scim.send(asked.method, filled(asked.target, id), filled(asked.body, id), asked.headers);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_refusal_names_the_setting_that_lets_the_request_pass)
{
    for (Case const& each : cases())
        BOOST_TEST_CONTEXT(each.setting << ": " << each.method << ' ' << each.target << ' ' << each.body)
        {
            Reply const refused = answer(each, without(each.setting));
            BOOST_TEST(refused.status >= 400);
            BOOST_TEST(refused.text("/" + uri + "/setting") == each.setting);
            BOOST_TEST(refused.response.setting == each.setting);
            BOOST_TEST(refused.has("/" + uri + "/requirement"));
            Reply const passed = answer(each, with(each.setting));
            BOOST_TEST_CONTEXT(passed.response.body)
            BOOST_TEST(passed.status < 300);
        }
}

BOOST_AUTO_TEST_CASE(every_switch_that_lets_something_pass_is_named_by_a_refusal)
{
    // These change what is answered or stored, and refuse nothing in any position; the last three need a service of
    // their own, in the tests below and in those of authentication.
    std::set<std::string_view> named{"patch-returns-resource",       "empty-members",       "replace-merges",
                                     "empty-list-for-missing-types", "ignore-unkept-paths", "basic-authentication"};
    for (Case const& each : cases())
        named.insert(each.setting.substr(0, each.setting.find('=')));
    for (ToleranceSwitch const& each : tolerance_switches())
        BOOST_TEST(named.contains(each.name), each.name);
}

BOOST_AUTO_TEST_CASE(a_missing_resource_type_names_the_switch_for_empty_lists)
{
    auto const registry =
        SchemaRegistry::Builder{}
            .add(rfc7643_schemas().front())
            .add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
            .build()
            .value();
    ServiceFixture const scim{{.registry = registry}};
    BOOST_TEST(scim.get("/Groups").text("/" + uri + "/setting") == "empty-list-for-missing-types=on");
    Tolerance wide;
    wide.empty_list_for_missing_types = true;
    BOOST_TEST((ServiceFixture{{.registry = registry, .tolerance = wide}}.get("/Groups").status) == 200);
}

BOOST_AUTO_TEST_CASE(a_second_primary_in_a_patch_is_an_error_in_every_mode_and_names_no_setting)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    Reply const refused = scim.send(
        "PATCH", "/Users/" + id,
        patch_with(
            R"({"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]})"));
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.has("/" + uri + "/requirement"));
    BOOST_TEST(!refused.has("/" + uri + "/setting"));
}

// Each schema of a message has to begin with "urn:ietf:params:scim:api:" (RFC 7644 section 3.1); some clients look.
BOOST_AUTO_TEST_CASE(an_explanation_is_no_schema_of_the_error_and_tells_attribute_and_place)
{
    ServiceFixture const scim;
    Reply const refused = scim.send("POST", "/Users", user_with(R"("active":"perhaps")"));
    BOOST_TEST(refused.size("/schemas") == 1);
    BOOST_TEST(refused.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:Error");
    BOOST_TEST(refused.text("/" + uri + "/requirement") == "7644-3.3-s");
    BOOST_TEST(refused.text("/" + uri + "/reference") == "RFC 7644 section 3.3");
    BOOST_TEST(refused.text("/" + uri + "/attribute") == "active");
    BOOST_TEST(!refused.has("/" + uri + "/setting"));
}

BOOST_AUTO_TEST_CASE(the_entries_of_a_bulk_are_explained)
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict(), .bulk = true}};
    Reply const answered =
        scim.send("POST", "/Bulk",
                  R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)"
                  R"({"method":"POST","path":"/Users","bulkId":"1","data":{"userName":"grace"}}]})");
    BOOST_TEST(answered.status == 200);
    BOOST_TEST(answered.text("/Operations/0/response/" + uri + "/setting") == "missing-schemas=on");
}

BOOST_AUTO_TEST_CASE(explanations_can_be_turned_off)
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict(), .error_explanations = ErrorExplanations::never}};
    Reply const refused = scim.send("POST", "/Users", R"({"userName":"grace"})");
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.size("/schemas") == 1);
    BOOST_TEST(!refused.has("/" + uri));
    BOOST_TEST(refused.response.setting == "missing-schemas=on"); // for the log of whoever runs it
}

BOOST_AUTO_TEST_CASE(who_asks_for_scim_alone_gets_the_message_of_the_rfc)
{
    auto const is_explained = [](ErrorExplanations explanations, std::string_view accept)
    {
        ServiceFixture const scim{{.error_explanations = explanations}};
        return scim.get("/Users/nobody", {{"Accept", std::string{accept}}}).has("/" + uri);
    };
    for (auto const* wide :
         {"", "text/html,*/*;q=0.8", "application/json", "application/scim+json, application/json;q=0.5"})
    {
        BOOST_TEST(is_explained(ErrorExplanations::negotiated, wide), wide);
        BOOST_TEST(!is_explained(ErrorExplanations::never, wide), wide);
    }
    for (auto const* narrow :
         {"application/scim+json", "Application/SCIM+json; charset=utf-8", "*/*", "*/*;q=0.5, application/scim+json"})
    {
        BOOST_TEST(!is_explained(ErrorExplanations::negotiated, narrow), narrow);
        BOOST_TEST(is_explained(ErrorExplanations::always, narrow), narrow);
    }
}

BOOST_AUTO_TEST_CASE(who_is_not_known_learns_where_the_rfc_says_so_and_nothing_of_what_was_wrong)
{
    auto const explained = error_response({ErrorCode::unauthorized, "Some words."}, ErrorBody::explained).body;
    auto const body = parse_json(explained).value();
    auto const* const own = body.as_object().if_contains(uri);
    BOOST_REQUIRE(own);
    BOOST_TEST(own->as_object().size() == 2);
    BOOST_TEST(own->at("requirement") == "7644-3.12-j");
    BOOST_TEST(own->at("reference").as_string().find("RFC 7644") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(what_failed_inside_gets_no_explanation)
{
    for (auto const code : {ErrorCode::internal, ErrorCode::unavailable, ErrorCode::busy, ErrorCode::corrupt})
    {
        auto const plain = error_response({code, "Some words."});
        BOOST_TEST(error_response({code, "Some words."}, ErrorBody::explained).body == plain.body);
    }
}

BOOST_AUTO_TEST_CASE(each_requirement_that_is_named_is_a_row_of_the_tables)
{
    auto const rows = requirement_rows();
    auto const is_row = [&](Error const& error)
    {
        auto const requirement = service::requirement_of(error);
        BOOST_REQUIRE(requirement.has_value());
        if (requirement->id.empty())
        {
            BOOST_TEST((requirement->place.starts_with("RFC 9110 ") || requirement->place.starts_with("RFC 6585 ")));
            BOOST_TEST(requirement->reference() == requirement->place);
            return;
        }
        auto const row = rows.find(std::string{requirement->id});
        BOOST_REQUIRE_MESSAGE(row != rows.end(), requirement->id);
        BOOST_TEST(row->second == requirement->reference());
    };
    for (Case const& each : cases())
        is_row({.code = ErrorCode::internal, .detail = {}, .setting = each.setting});
    for (int code = 0; code <= static_cast<int>(ErrorCode::corrupt); ++code)
        if (Error const error{static_cast<ErrorCode>(code), {}}; service::requirement_of(error))
            is_row(error);
        else
            BOOST_TEST(status_of(error.code) >= 500, code);
}

BOOST_AUTO_TEST_CASE(what_http_asks_for_is_explained_by_where_it_stands_alone)
{
    auto const response = error_response({ErrorCode::too_many_requests, "Wait."}, ErrorBody::explained);
    BOOST_TEST(response.body.find(R"({"reference":"RFC 6585 section 4"})") != std::string::npos, response.body);
    BOOST_TEST(response.requirement.empty());
}

BOOST_AUTO_TEST_SUITE_END()
