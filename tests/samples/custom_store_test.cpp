// The custom_store sample does what docs/backends.md says of it: an application's own tables, read and written by SCIM.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/scimkit.hpp>

#include "pushdown_store.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace
{

using namespace scimkit;

class Application
{
public:
    Application()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-custom-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        directory_ = pattern;
        start();
    }
    ~Application()
    {
        service_.reset();
        std::filesystem::remove_all(directory_);
    }
    Application(Application const&) = delete;
    Application& operator=(Application const&) = delete;

    /// Closes the database and opens it again, as a restart of the application would.
    void start()
    {
        service_.reset();
        auto registry = sample::application_registry();
        auto store = sample::open_pushdown_store((directory_ / "app.db").string(), *registry);
        service_ = std::make_unique<Service>(Service::create({.base_url = "https://example.com/scim",
                                                              .store = store,
                                                              .authenticator = no_authentication(),
                                                              .registry = registry})
                                                 .value());
    }

    json::value send(int status, std::string_view method, std::string const& target, std::string_view body = {})
    {
        Response const response = service_->handle(
            {.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}, .body = body});
        BOOST_REQUIRE_MESSAGE(response.status == status,
                              method << ' ' << target << ": " << response.status << ' ' << response.body);
        return response.body.empty() ? json::value{} : parse_json(response.body, {.max_bytes = 8 << 20}).value();
    }

    std::string create_user(std::string const& name)
    {
        json::value const user =
            send(201, "POST", "/scim/Users",
                 R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name +
                     R"(","name":{"givenName":"Ada","familyName":"King"},"active":true,)"
                     R"("emails":[{"type":"work","value":")" +
                     name + R"(@example.com"}]})");
        return std::string{user.at("id").as_string()};
    }

    std::string create_group(std::string const& name, std::string const& member)
    {
        json::value const group = send(201, "POST", "/scim/Groups",
                                       R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":")" +
                                           name + R"(","members":[{"value":")" + member + "\"}]}");
        return std::string{group.at("id").as_string()};
    }

private:
    std::filesystem::path directory_;
    std::unique_ptr<Service> service_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(custom_store, Application)

BOOST_AUTO_TEST_CASE(ids_are_the_tables_own)
{
    std::string const first = create_user("ada"), second = create_user("bob");
    BOOST_TEST(first == "u1");
    BOOST_TEST(second == "u2");
    BOOST_TEST(create_group("G", first) == "g1");
    send(404, "GET", "/scim/Users/u3");
    send(404, "GET", "/scim/Users/1");
    send(404, "GET", "/scim/Users/u01");
    send(404, "GET", "/scim/Users/g1");
}

BOOST_AUTO_TEST_CASE(columns_become_attributes_and_survive_a_restart)
{
    std::string const id = create_user("ada");
    start();
    json::value const user = send(200, "GET", "/scim/Users/" + id);
    BOOST_TEST((user.at("userName") == "ada"));
    BOOST_TEST((user.at("name") == json::value{{"givenName", "Ada"}, {"familyName", "King"}}));
    BOOST_TEST((user.at("emails") == json::value(json::array{{{"type", "work"}, {"value", "ada@example.com"}}})));
    BOOST_TEST((user.at("active") == true));
    BOOST_TEST((user.at("meta").at("created") == user.at("meta").at("lastModified")));
}

BOOST_AUTO_TEST_CASE(the_framework_filters_sorts_and_pages)
{
    for (char const* name : {"eve", "ada", "dan", "bob"})
        create_user(name);
    json::value const by_name = send(200, "GET", "/scim/Users?filter=userName%20eq%20%22BOB%22");
    BOOST_TEST((by_name.at("totalResults") == 1));
    json::value const by_mail =
        send(200, "GET", "/scim/Users?filter=emails%5Btype%20eq%20%22work%22%20and%20value%20sw%20%22d%22%5D");
    BOOST_TEST((by_mail.at("Resources").at(0).at("userName") == "dan"));
    json::value const page = send(200, "GET", "/scim/Users?sortBy=userName&startIndex=2&count=2");
    BOOST_TEST((page.at("totalResults") == 4));
    BOOST_TEST((page.at("Resources").at(0).at("userName") == "bob"));
    BOOST_TEST((page.at("Resources").at(1).at("userName") == "dan"));
}

BOOST_AUTO_TEST_CASE(a_login_is_unique_without_regard_to_case)
{
    create_user("ada");
    send(409, "POST", "/scim/Users", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA"})");
}

BOOST_AUTO_TEST_CASE(a_patch_writes_the_columns)
{
    std::string const id = create_user("ada");
    send(200, "PATCH", "/scim/Users/" + id,
         R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
             {"op":"replace","path":"emails[type eq \"work\"].value","value":"new@example.com"},
             {"op":"replace","path":"active","value":false},{"op":"remove","path":"name.givenName"}]})");
    start();
    json::value const user = send(200, "GET", "/scim/Users/" + id);
    BOOST_TEST((user.at("emails").at(0).at("value") == "new@example.com"));
    BOOST_TEST((user.at("active") == false));
    BOOST_TEST((user.at("name") == json::value{{"familyName", "King"}}));
}

BOOST_AUTO_TEST_CASE(members_are_rows_and_a_deleted_user_leaves_its_groups)
{
    std::string const ada = create_user("ada"), bob = create_user("bob");
    std::string const group = create_group("G", ada);
    send(204, "PATCH", "/scim/Groups/" + group,
         R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
             {"op":"add","path":"members","value":[{"value":")" +
             bob + "\"}]}]}");
    json::value const user = send(200, "GET", "/scim/Users/" + bob);
    BOOST_TEST((user.at("groups").at(0).at("value").as_string() == group));
    send(204, "DELETE", "/scim/Users/" + ada);
    json::value const left = send(200, "GET", "/scim/Groups/" + group);
    BOOST_REQUIRE(left.at("members").as_array().size() == 1u);
    BOOST_TEST((left.at("members").at(0).at("value").as_string() == bob));
    send(204, "DELETE", "/scim/Groups/" + group);
    BOOST_TEST(!send(200, "GET", "/scim/Users/" + bob).as_object().contains("groups"));
}

BOOST_AUTO_TEST_CASE(a_group_whose_members_are_more_than_a_megabyte_is_still_served)
{
    // The display of a member is the login, so few users with long ones will do.
    std::string members;
    for (char c = 'a'; c <= 'z'; ++c)
        members += (members.empty() ? "" : ",") + (R"({"value":")" + create_user(std::string(60'000, c)) + "\"}");
    json::value const group = send(
        201, "POST", "/scim/Groups",
        R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":[)" + members + "]}");
    std::string const target = "/scim/Groups/" + std::string{group.at("id").as_string()};

    json::value const read = send(200, "GET", target);
    BOOST_TEST(json::serialize(read.at("members")).size() > std::size_t{1} << 20);
    BOOST_TEST(read.at("members").as_array().size() == 26u);
    send(204, "PATCH", target,
         R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
             {"op":"remove","path":"members[value eq \"u1\"]"}]})");
    BOOST_TEST(send(200, "GET", target).at("members").as_array().size() == 25u);
    BOOST_TEST((send(200, "GET", "/scim/Users/u2?attributes=groups").at("groups").at(0).at("display") == "G"));
    send(204, "DELETE", target);
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_sql_is_text,
                     *boost::unit_test::label("7643-9.2-b") * boost::unit_test::label("7644-7.7-a"))
{
    create_user("ada");
    std::string const id = create_user("x' OR 1=1 --");
    json::value const found = send(200, "GET", "/scim/Users?filter=userName%20eq%20%22x'%20OR%201=1%20--%22");
    BOOST_TEST((found.at("totalResults") == 1));
    BOOST_TEST((found.at("Resources").at(0).at("id").as_string() == id));
    json::value const none = send(200, "GET", "/scim/Users?filter=userName%20eq%20%22'%20OR%20''='%22");
    BOOST_TEST((none.at("totalResults") == 0));
    send(404, "GET", "/scim/Users/u1'%20OR%20'1'='1");
    send(404, "DELETE", "/scim/Users/u1'%3B%20DROP%20TABLE%20users%3B%20--");
    send(200, "PATCH", "/scim/Users/" + id,
         R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
             {"op":"replace","path":"name.givenName","value":"'); DROP TABLE users; --"}]})");
    start();
    BOOST_TEST((send(200, "GET", "/scim/Users/" + id).at("name").at("givenName") == "'); DROP TABLE users; --"));
    BOOST_TEST((send(200, "GET", "/scim/Users").at("totalResults") == 2));
}

BOOST_AUTO_TEST_CASE(what_the_tables_have_no_place_for_is_neither_announced_nor_answered)
{
    json::value const created = send(201, "POST", "/scim/Users",
                                     R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",)"
                                     R"("nickName":"Countess","title":"Analyst","externalId":"7"})");
    BOOST_TEST(!created.as_object().contains("nickName"));
    BOOST_TEST((created.at("title") == "Analyst"));
    BOOST_TEST((created.at("externalId") == "7"));
    json::value const schema = send(200, "GET", "/scim/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
    BOOST_TEST(json::serialize(schema).find("nickName") == std::string::npos);
    BOOST_TEST(json::serialize(schema).find("\"title\"") != std::string::npos);
    send(400, "POST", "/scim/Users",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob",)"
         R"("emails":[{"type":"home","value":"bob@example.com"}]})");
}

BOOST_AUTO_TEST_SUITE_END()

namespace
{

/// How many users the database gave for a filter, and how many of them match.
std::pair<int, std::size_t> given(ResourceStore& store, SchemaRegistry const& registry, std::string_view text)
{
    ResourceType const& user = *registry.find_resource_type("User");
    auto const attachment = store.attach({std::shared_ptr<void>{}, &registry}).value();
    BoundFilter const filter = bind(parse_filter(text, {.max_bytes = 100'000, .max_terms = 2'000}).value(), user,
                                    {.complex_compares_by_value = true})
                                   .value();
    Query::Source const source{&user, &filter};
    Query const query{.sources = {&source, 1}, .limit = 100};
    int rows = 0;
    std::size_t matches = 0;
    auto const read = store.read(*attachment, "default", {},
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto const streamed =
                                         transaction.query(query, [&](Resource&&) { return ++rows, true; });
                                     auto const page = run_query(transaction, query);
                                     matches = page ? page->resources.size() : 0;
                                     return streamed ? result<void>{} : streamed.error();
                                 });
    BOOST_REQUIRE_MESSAGE(read, read.error().detail);
    return {rows, matches};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pushdown_store)

BOOST_AUTO_TEST_CASE(the_database_gives_what_can_match_and_little_else)
{
    auto const registry = sample::application_registry();
    auto const store = sample::open_pushdown_store(":memory:", *registry);
    auto const service = Service::create({.base_url = "https://example.com/scim",
                                          .store = store,
                                          .authenticator = no_authentication(),
                                          .registry = registry})
                             .value();
    for (char const* name : {"ada", "adam", "bob", "b_b", "100%", "K\u00e9vin", "\u212Aelvin"})
    {
        Response const created = service.handle(
            {.method = "POST",
             .target = "/scim/Users",
             .headers = {{"Content-Type", "application/scim+json"}},
             .body = std::string{R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")"} + name +
                     R"(","title":"Analyst","emails":[{"type":"work","value":")" + name + R"(@example.com"}]})"});
        BOOST_REQUIRE_MESSAGE(created.status == 201, created.body);
    }
    // Two names are more than ASCII, and come along with each.
    using Counts = std::pair<int, std::size_t>;
    auto const check = [&](std::string_view filter, Counts wanted)
    {
        auto const counts = given(*store, *registry, filter);
        BOOST_TEST((counts == wanted), filter.substr(0, 80)
                                           << ": " << counts.first << " rows, " << counts.second << " matches");
    };
    check(R"(userName eq "ADA")", {3, 1});
    check(R"(userName sw "ad")", {4, 2});
    check(R"(userName sw "b_")", {3, 1});
    check(R"(userName sw "100%")", {3, 1});
    check(R"(userName eq "kelvin")", {2, 1}); // the sign of kelvin folds to k
    check(R"(userName eq "K\u00c9VIN")", {2, 1});
    check(R"(title eq "analyst" and userName eq "bob")", {3, 1});
    check(R"(userName eq "bob" and active eq true)", {3, 1});
    check(R"(emails[type eq "work" and value sw "bob@"])", {3, 1});
    check(R"(emails.value eq "ada@example.com")", {3, 1});
    check(R"(userName eq "x' OR 1=1 --")", {2, 0});
    check(R"(userName eq "ada" and (title co "x" or title pr))", {3, 1});
    // What is longer than a database likes is left to the adapter, which gives what matches.
    check("userName sw \"" + std::string(60'000, 'x') + '"', {0, 0});
    std::string many = R"(userName eq "ada")";
    for (int i = 0; i < 900; ++i)
        many += R"( and userName sw "a")";
    check(many, {3, 1});
}

BOOST_AUTO_TEST_SUITE_END()
