// Each deviation as a server shows it: a tolerant client goes on and names it, and nothing else; a strict one fails by
// its name. A deviation that has no story here fails the first test.
#include <scimkit/client/filter_check.hpp>

#include "scripted.hpp"

#include <algorithm>
#include <map>

using namespace scimkit;
using namespace scimkit::client;
using namespace scimkit::client::test;

BOOST_AUTO_TEST_SUITE(client_deviations_met)

namespace
{

/// What a server answers by the last part of the path, and what is asked of it.
struct Story
{
    std::map<std::string, std::vector<HttpResponse>> answers; ///< in turn, the last one again and again
    std::function<outcome<void>(Client const&)> ask;
    /// An error stays the error that it is, in whatever form it came.
    int stays_http_error = 0;
};

Scripted::Handler handler_of(Story const& story)
{
    return [answers = story.answers,
            asked = std::map<std::string, std::size_t>{}](HttpRequest const& request) mutable -> outcome<HttpResponse>
    {
        auto path = request.url.substr(0, request.url.find('?'));
        path = (request.method == "POST" ? "POST " : "") + path.substr(path.rfind('/'));
        auto const found = answers.find(path);
        if (found == answers.end())
            return answer(404, R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"})");
        return found->second[std::min(asked[path]++, found->second.size() - 1)];
    };
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    auto const at = text.find(what);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, what);
    return text.replace(at, what.size(), by);
}

/// A user with which nothing is wrong.
std::string const ada =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ada","active":true,)"
    R"("meta":{"resourceType":"User","lastModified":"2026-01-02T03:04:05Z"}})";
std::string const list_urn = R"("schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"])";
std::string const error_urn = R"("schemas":["urn:ietf:params:scim:api:messages:2.0:Error"])";

std::string list_with(std::string const& resources, std::string const& numbers)
{
    return "{" + list_urn + "," + numbers + R"(,"Resources":[)" + resources + "]}";
}

outcome<void> get(Client const& client)
{
    auto const read = client.get("/Users", "1");
    return read ? outcome<void>{} : read.error();
}

/// As everybody reads a user.
outcome<void> read(Client const& client)
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const resource = client.get("/Users", "1");
    if (!resource)
        return resource.error();
    auto const attributes = read_resource(*resource, *registry->find_resource_type("User"), client.deviations());
    return attributes ? outcome<void>{} : attributes.error();
}

outcome<void> find_eve(Client const& client)
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const& type = *registry->find_resource_type("User");
    std::string const filter = R"(userName eq "eve")";
    auto const page = client.query("/Users", {.filter = filter});
    if (!page)
        return page.error();
    auto const check = FilterCheck::create(filter, type);
    for (auto const& resource : page->resources)
    {
        auto const attributes = read_resource(resource, type, client.deviations());
        if (!attributes)
            return attributes.error();
        auto const fits = check->fits(resource, *attributes, client.deviations());
        if (!fits)
            return fits.error();
        BOOST_TEST(!*fits);
    }
    return {};
}

outcome<void> query(Client const& client)
{
    auto const page = client.query("/Users", {.count = 2});
    return page ? outcome<void>{} : page.error();
}

std::function<outcome<void>(Client const&)> all_pages(PageMethod method)
{
    return [method](Client const& client) -> outcome<void>
    {
        auto pages = client.pages("/Users", {}, method);
        for (;;)
            if (auto const page = pages.next(); !page)
                return page.error();
            else if (!*page)
                return {};
    };
}

outcome<void> create(Client const& client)
{
    auto const made = client.create("/Users", {{"userName", "ada"}});
    return made ? outcome<void>{} : made.error();
}

outcome<void> find_out(Client const& client)
{
    auto const found = discover(client);
    return found ? outcome<void>{} : found.error();
}

Story user(std::string const& body, std::function<outcome<void>(Client const&)> ask = read)
{
    return {{{"/1", {answer(200, body)}}}, std::move(ask)};
}

Story one_page(std::string const& body) { return {{{"/Users", {answer(200, body)}}}, query}; }

std::string const schema =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:example:Device","name":"Device",)"
    R"("attributes":[{"name":"serial","type":"string","required":true,"mutability":"readWrite"}]})";
std::string const type =
    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"Device","name":"Device",)"
    R"("endpoint":"/Devices","schema":"urn:example:Device"})";

/// Discovery with which nothing is wrong but what is given instead; empty: 404.
Story discovery(std::map<std::string, std::string> const& instead)
{
    Story story{{}, find_out};
    std::map<std::string, std::string> bodies{
        {"/ServiceProviderConfig",
         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],"patch":{"supported":true}})"},
        {"/Schemas", list_with(schema, R"("totalResults":1)")},
        {"/ResourceTypes", list_with(type, R"("totalResults":1)")}};
    for (auto const& [path, body] : instead)
        bodies[path] = body;
    for (auto const& [path, body] : bodies)
        if (!body.empty())
            story.answers[path] = {answer(200, body)};
    return story;
}

std::map<Deviation, std::vector<Story>> messages()
{
    std::string const location = "https://scim.example.com/v2/Users/1";
    return {
        {Deviation::media_type,
         {{{{"/1", {answer(200, ada, {}, "text/json")}}}, get}, {{{"/1", {{200, {}, ada}}}}, get}}},
        {Deviation::byte_order_mark, {user("\xEF\xBB\xBF" + ada, get)}},
        {Deviation::error_body,
         {{{{"/1", {answer(403, "no", {}, "text/plain")}}}, get, 403},
          {{{"/1", {answer(403, "<html></html>", {}, "text/html")}}}, get, 403},
          {{{"/1", {answer(403, R"({"error":"no"})")}}}, get, 403},
          {{{"/1", {answer(403, "")}}}, get, 403}}},
        {Deviation::error_status_form,
         {{{{"/1", {answer(403, "{" + error_urn + R"(,"status":403})")}}}, get, 403},
          {{{"/1", {answer(403, "{" + error_urn + R"(,"status":"400"})")}}}, get, 403},
          {{{"/1", {answer(403, "{" + error_urn + "}")}}}, get, 403}}},
        {Deviation::created_without_body,
         {{{{"POST /Users", {answer(201, "", {{"Location", location}})}}, {"/1", {answer(200, ada)}}}, create}}},
        {Deviation::location_missing, {{{{"POST /Users", {answer(201, ada)}}}, create}}},
    };
}

std::map<Deviation, std::vector<Story>> lists()
{
    auto const pages = [](std::vector<std::string> const& bodies, PageMethod method)
    {
        Story story{{}, all_pages(method)};
        for (auto const& body : bodies)
            story.answers["/Users"].push_back(answer(200, body));
        return story;
    };
    return {
        {Deviation::list_form, {one_page("[" + ada + "]"), one_page(ada)}},
        {Deviation::list_schema, {one_page(R"({"totalResults":1,"Resources":[)" + ada + "]}")}},
        {Deviation::list_names, {one_page("{" + list_urn + R"(,"TotalResults":1,"resources":[)" + ada + "]}")}},
        {Deviation::total_missing,
         {one_page("{" + list_urn + R"(,"Resources":[)" + ada + "]}"),
          one_page(list_with(ada, R"("totalResults":"1")"))}},
        {Deviation::total_changed,
         {pages({list({"1", "2"}, "4"), list({"3", "4"}, "6"), list({"5", "6"}, "6")}, PageMethod::index)}},
        {Deviation::total_wrong, {pages({list({"1", "2", "3"}, "2")}, PageMethod::index)}},
        {Deviation::items_per_page, {one_page(list_with(ada, R"("totalResults":1,"itemsPerPage":20)"))}},
        {Deviation::page_too_long, {one_page(list({"1", "2", "3"}, "3"))}},
        {Deviation::empty_page, {pages({list({}, "1", R"(,"nextCursor":"a")"), list({"1"}, "1")}, PageMethod::cursor)}},
        {Deviation::filter_ignored, {{{{"/Users", {answer(200, list_with(ada, R"("totalResults":1)"))}}}, find_eve}}},
    };
}

std::map<Deviation, std::vector<Story>> definitions()
{
    auto const types = [](std::string const& definition) {
        return discovery({{"/ResourceTypes", list_with(definition, R"("totalResults":1)")}});
    };
    auto const schemas = [](std::string const& definition) {
        return discovery({{"/Schemas", list_with(schema + "," + definition, R"("totalResults":2)")}});
    };
    std::string const known = replaced(type, "urn:example:Device", "urn:ietf:params:scim:schemas:core:2.0:User");
    std::string const other = replaced(schema, "urn:example:Device", "urn:example:Other");
    return {
        {Deviation::no_configuration, {discovery({{"/ServiceProviderConfig", ""}})}},
        {Deviation::no_resource_types, {discovery({{"/ResourceTypes", ""}})}},
        {Deviation::no_schemas,
         {discovery({{"/Schemas", ""}, {"/ResourceTypes", list_with(known, R"("totalResults":1)")}})}},
        {Deviation::schema_broken, {schemas(replaced(other, "\"serial\"", "\"a b\""))}},
        {Deviation::resource_type_broken, {types(replaced(type, "urn:example:Device", "urn:example:Nowhere"))}},
        {Deviation::endpoint_form,
         {types(replaced(type, "/Devices", "Devices")),
          types(replaced(type, "/Devices", "https://scim.example.com/v2/Devices"))}},
        {Deviation::schema_contradiction, {schemas(replaced(other, "readWrite", "readOnly"))}},
    };
}

std::map<Deviation, std::vector<Story>> resources()
{
    return {
        {Deviation::id_missing,
         {user(replaced(ada, R"("id":"1",)", ""), get), user(replaced(ada, R"("1")", R"("")"), get)}},
        {Deviation::id_form, {user(replaced(ada, R"("id":"1")", R"("id":1)"), get)}},
        {Deviation::resource_schemas,
         {user(replaced(ada, R"("schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],)", "")),
          user(replaced(ada, "core:2.0:User", "core:2.0:Person"))}},
        {Deviation::resource_type_unknown,
         {user(replaced(ada, R"("resourceType":"User",)", "")), user(replaced(ada, R"(:"User")", R"(:"Person")"))}},
        {Deviation::last_modified_missing,
         {user(replaced(ada, R"(,"lastModified":"2026-01-02T03:04:05Z")", "")),
          user(replaced(ada, "2026-01-02T03:04:05Z", "yesterday"))}},
        {Deviation::attribute_unknown, {user(replaced(ada, R"("active":true)", R"("favouriteColour":"red")"))}},
        {Deviation::attribute_value, {user(replaced(ada, R"("active":true)", R"("active":"perhaps")"))}},
        {Deviation::required_missing, {user(replaced(ada, R"("userName":"ada",)", ""))}},
    };
}

std::map<Deviation, std::vector<Story>> stories()
{
    auto all = messages();
    all.merge(lists());
    all.merge(definitions());
    all.merge(resources());
    return all;
}

void be_strict(ClientOptions& options) { options.tolerant = false; }

} // namespace

BOOST_AUTO_TEST_CASE(each_deviation_has_a_story)
{
    auto const told = stories();
    for (auto const deviation : all_deviations())
        BOOST_TEST((told.contains(deviation) && !told.at(deviation).empty()), name_of(deviation)
                                                                                  << ": no server here shows it");
    BOOST_TEST(told.size() == all_deviations().size());
}

BOOST_AUTO_TEST_CASE(a_tolerant_client_goes_on_and_names_each_deviation_and_no_other)
{
    for (auto const& [deviation, each] : stories())
        for (auto const& story : each)
        {
            Scenario scenario{handler_of(story)};
            auto const done = story.ask(scenario.client);
            if (story.stays_http_error != 0)
                BOOST_TEST((!done && done.error().status == story.stays_http_error), name_of(deviation));
            else
                BOOST_TEST(done.has_value(), name_of(deviation) << ": " << (done ? "" : describe(done.error())));
            for (auto const& met : scenario.client.deviations().all())
                BOOST_TEST((met.deviation == deviation), name_of(deviation) << ": " << name_of(met.deviation));
            BOOST_TEST(scenario.met(deviation), name_of(deviation));
        }
}

BOOST_AUTO_TEST_CASE(a_strict_client_fails_by_the_name_of_each_but_an_error_stays_what_it_is)
{
    for (auto const& [deviation, each] : stories())
        for (auto const& story : each)
        {
            Scenario scenario{handler_of(story), be_strict};
            auto const done = story.ask(scenario.client);
            BOOST_REQUIRE_MESSAGE(!done, name_of(deviation));
            if (story.stays_http_error != 0)
            {
                BOOST_TEST((done.error().kind == FailureKind::refused), name_of(deviation));
                BOOST_TEST(done.error().status == story.stays_http_error, name_of(deviation));
            }
            else
            {
                BOOST_TEST((done.error().kind == FailureKind::malformed), name_of(deviation));
                BOOST_TEST(done.error().error.detail.starts_with(std::string{name_of(deviation)} + ": "),
                           name_of(deviation) << " is not what it says: " << done.error().error.detail);
            }
            BOOST_TEST(scenario.met(deviation), name_of(deviation));
        }
}

BOOST_AUTO_TEST_CASE(a_server_that_does_what_the_rfcs_say_is_met_in_no_deviation)
{
    std::string const location = "https://scim.example.com/v2/Users/1";
    Story const sound[] = {
        user(ada),
        one_page(list_with(ada, R"("totalResults":1,"itemsPerPage":1)")),
        {{{"/Users", {answer(200, list({"1", "2"}, "3")), answer(200, list({"3"}, "3"))}}},
         all_pages(PageMethod::index)},
        {{{"/Users", {answer(200, list_with("", R"("totalResults":0)"))}}}, find_eve},
        {{{"POST /Users", {answer(201, ada, {{"Location", location}})}}}, create},
        discovery({}),
    };
    for (auto const& story : sound)
    {
        Scenario scenario{handler_of(story), be_strict};
        auto const done = story.ask(scenario.client);
        BOOST_TEST(done.has_value(), (done ? "" : describe(done.error())));
        BOOST_TEST(scenario.client.deviations().all().empty());
    }
    Scenario refusing{handler_of({{}, get}), be_strict};
    BOOST_TEST(get(refusing.client).error().status == 404);
    BOOST_TEST(refusing.client.deviations().all().empty());
}

BOOST_AUTO_TEST_SUITE_END()
