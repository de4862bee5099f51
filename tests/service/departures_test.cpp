// The rows of the RFCs that a profile goes against (tests/data/departures.tsv), asked of a service of each profile, so
// that the columns of docs/conformance.md, which are written from the same table, say what a client would find.
#include <scimkit/schema/registry.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "interop_profile.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(departures)

namespace
{

ServiceFixture served(Profile const& profile)
{
    return ServiceFixture{{.profile = std::make_shared<Profile const>(profile)}};
}

/// The outcome of one operation on a user with two addresses of work and one of home.
std::string patched(Profile const& profile, std::string_view op, std::string_view path, json::value value = {})
{
    auto const scim = served(profile);
    auto const id = scim.create("/Users", with_mails("ada"));
    if (auto* const object = value.if_object(); object && object->contains("id"))
        object->at("id") = id;
    return outcome(scim.patch("/Users/" + id, patch_op(op, path, std::move(value))));
}

std::string second_of(Profile const& profile, std::string_view endpoint, json::object const& first,
                      json::object const& second)
{
    auto const scim = served(profile);
    scim.create(endpoint, first);
    return outcome(scim.post(endpoint, second));
}

std::string of_all_three(Profile const& profile, std::string_view path)
{
    return patched(profile, "add", path, "D") + ", " + patched(profile, "replace", path, "D") + ", " +
           patched(profile, "remove", path);
}

std::string without_tag(Profile const& profile)
{
    auto const registry = SchemaRegistry::Builder{}
                              .add_rfc7643()
                              .load(SCIMKIT_TEST_DATA "/requirements/patch-test-schema.json")
                              .extend("User", "urn:example:params:scim:schemas:extension:test:2.0:User")
                              .build()
                              .value();
    ServiceFixture const scim{
        {.registry = registry_for(profile, registry).value(), .profile = std::make_shared<Profile const>(profile)}};
    std::string const tests{"urn:example:params:scim:schemas:extension:test:2.0:User"};
    auto body = user("ada", {{tests, {{"tags", json::array{"a", "b"}}}}});
    body["schemas"] = json::array{urn::user, tests};
    auto const id = scim.create("/Users", body);
    return outcome(scim.patch("/Users/" + id, patch_op("remove", tests + ":tags[value eq \"a\"]")));
}

std::string family_name_after_a_replace(Profile const& profile)
{
    auto const scim = served(profile);
    auto const path = "/Users/" + scim.create("/Users", with_mails("ada"));
    scim.patch(path, patch_op("replace", "name", json::object{{"givenName", "A"}}));
    return scim.get(path).text("/name/familyName");
}

std::string suggested_types(Profile const& profile)
{
    auto const schema = served(profile).get("/Schemas/" + std::string{urn::user});
    std::string told;
    for (json::value const& attribute : schema.body.at("attributes").as_array())
        for (std::string_view const name : {"roles", "entitlements", "x509Certificates"})
            if (attribute.at("name").as_string() == name)
                for (json::value const& sub : attribute.at("subAttributes").as_array())
                    if (sub.at("name").as_string() == "type")
                        told += sub.as_object().contains("canonicalValues") ? "some " : "none ";
    return told;
}

std::string passwords(Profile const& profile)
{
    auto const scim = served(profile);
    auto const schema = scim.get("/Schemas/" + std::string{urn::user}).response.body;
    auto const asked = outcome(scim.get("/Users?filter=password eq \"x\""));
    return (schema.find("\"password\"") == std::string::npos ? "none, " : "there, ") + asked;
}

/// What a service answers. `requirements` are the rows that the answer is about.
struct Probe
{
    std::string_view cause;
    std::string_view requirements;
    std::string (*ask)(Profile const&);
    std::string_view departed;
    std::string_view otherwise; ///< empty: anything but `departed`, by other switches
};

constexpr auto no_path = "pathless-operations=off";
constexpr auto no_element = "filtered-elements=off";

/// An operation without a path names its attributes in its value.
std::vector<Probe> of_operations_without_a_path()
{
    return {
        {no_path, "7644-3.5.2-j 7644-3.5.2.3-a 7644-3.5.2.3-b",
         [](Profile const& profile) {
             return patched(profile, "replace", "",
                            json::object{{"title", "T"}, {"emails", json::array{mail("n@y", "home")}}});
         },
         "400 invalidSyntax", "200"},
        {no_path, "7644-3.5.2-y 7644-3.5.2.1-b",
         [](Profile const& profile)
         {
             json::object primary = mail("n@y", "other");
             primary["primary"] = true;
             return patched(profile, "add", "", json::object{{"emails", json::array{primary}}});
         },
         "400 invalidSyntax", "200"},
        {no_path, "7644-3.5.2.1-d",
         [](Profile const& profile) {
             return patched(profile, "add", "", json::object{{enterprise, {{"employeeNumber", "1"}}}, {"TITLE", "T"}});
         },
         "400 invalidSyntax", "200"},
        {no_path, "7644-3.5.2.1-c", [](Profile const& profile) { return patched(profile, "add", "", "x"); },
         "400 invalidSyntax", "400 invalidValue"},
        {no_path, "7644-3.5.2.2-a", [](Profile const& profile) { return patched(profile, "remove", ""); },
         "400 invalidSyntax", "400 noTarget"},
        {no_path, "7644-3.5.2-r",
         [](Profile const& profile) {
             return patched(profile, "replace", "", json::object{{"id", "its own"}, {"title", "T"}});
         },
         "400 invalidSyntax", ""},
    };
}

/// What a path selects, and what becomes of it.
std::vector<Probe> of_paths()
{
    return {
        {"replace-merges=off", "7644-3.5.2.3-g", family_name_after_a_replace, "(none)", "King"},
        {no_element, "7644-3.5.2-g 7644-3.5.2.2-d",
         [](Profile const& profile) { return patched(profile, "remove", "emails[type eq \"home\"]"); },
         "400 invalidPath", "200"},
        {no_element, "7644-3.5.2.2-h", without_tag, "400 invalidPath", "200"},
        {no_element, "7644-3.5.2.2-l",
         [](Profile const& profile)
         {
             auto const scim = served(profile);
             auto const team = "/Groups/" + scim.create("/Groups", group("Team"));
             return outcome(scim.patch(team, patch_op("remove", "members[value eq \"9\"]")));
         },
         "400 invalidPath", "204"},
        {no_element, "7644-3.5.2.3-h 7644-3.5.2.3-i",
         [](Profile const& profile) {
             return patched(profile, "replace", "emails[type eq \"home\"]", json::object{{"display", "D"}});
         },
         "400 invalidPath", "200"},
        {"several-matches=off", "7644-3.5.2.1-n 7644-3.5.2.2-f 7644-3.5.2.3-j",
         [](Profile const& profile) { return of_all_three(profile, "emails[type eq \"work\"].display"); },
         "400 invalidFilter, 400 invalidFilter, 400 invalidFilter", "200, 200, 200"},
    };
}

/// Of queries, bodies and schemas.
std::vector<Probe> of_the_rest()
{
    return {
        {"undefined-at-root=off", "7644-3.4.2.1-e 7644-3.4.2.1-f",
         [](Profile const& profile) { return outcome(served(profile).get("/?filter=shoeSize eq 43")); },
         "400 invalidFilter", "200"},
        {"json-media-type=off", "7644-3.8-g",
         [](Profile const& profile) {
             return outcome(served(profile).post("/Users", user("ada"), {{"Content-Type", "application/json"}}));
         },
         "415", "201"},
        {"json-media-type=off", "7644-3.8-f",
         [](Profile const& profile)
         {
             Headers const accept{{"Accept", "text/html;q=0.9, application/json;q=0.5"}};
             return std::string{served(profile).get("/Users", accept).header("Content-Type")};
         },
         "application/scim+json", "application/json"},
        {"unique-group-names=on", "7643-4.2-c",
         [](Profile const& profile) { return second_of(profile, "/Groups", group("Team"), group("Team")); },
         "409 uniqueness", "201"},
        {"unique-external-ids=on", "7643-3.1-n",
         [](Profile const& profile) {
             return second_of(profile, "/Users", user("ada", {{"externalId", "x"}}),
                              user("bob", {{"externalId", "x"}}));
         },
         "409 uniqueness", "201"},
        {"canonical-types", "7643-4.1.2-t 7643-4.1.2-u 7643-8.7.1-b", suggested_types, "some some some ",
         "none none none "},
        {"no-secrets",
         "7643-4.1.1-s 7643-4.1.1-t 7643-4.1.1-u 7643-4.1.1-v 7643-4.1.1-w 7643-4.1.1-z 7643-4.1.1-za 7643-4.1.1-zb "
         "7643-5-r 7643-7-u 7643-7-w 7643-7-x 7643-8.2-a 7643-9.2-a 7643-9.2-c 7643-x7644-5-d 7643-x7644-7.5.2-a "
         "7643-x7644-7.5.2-b 7644-3.3-t 7644-3.3-w 7644-3.4.2.2-bg 7644-3.5.1-e 7644-3.9-i 7644-3.12-ab 7644-5-b "
         "7644-7.5.2-a 7644-err-6893 7644-7.7-b 7644-7.7-c",
         passwords, "none, 400 invalidFilter", "there, 403 sensitive"},
    };
}

std::vector<Probe> const& probes()
{
    static std::vector<Probe> const all = []
    {
        auto made = of_operations_without_a_path();
        for (auto const& more : {of_paths(), of_the_rest()})
            made.insert(made.end(), more.begin(), more.end());
        return made;
    }();
    return all;
}

std::vector<std::string> words(std::string_view text, std::string_view separator)
{
    std::vector<std::string> all;
    for (std::size_t end = 0; end != std::string_view::npos;)
    {
        end = text.find(separator);
        all.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? 0 : end + separator.size());
    }
    return all;
}

bool goes_against(Profile const& profile, std::string_view cause)
{
    using About = Ruling::About;
    if (auto const equals = cause.find('='); equals != std::string_view::npos)
    {
        auto const switches = tolerance_switches();
        auto const found = std::ranges::find(switches, cause.substr(0, equals), &ToleranceSwitch::name);
        BOOST_REQUIRE_MESSAGE(found != switches.end(), cause);
        return (profile.tolerance.*found->member) == (cause.substr(equals + 1) == "on");
    }
    auto const about = cause == "no-secrets" ? About::no_secrets : About::canonical_types;
    return std::ranges::find(profile.rulings, about, &Ruling::about) != profile.rulings.end();
}

/// The page's cells: requirement -> profile -> what stands there.
std::map<std::string, std::map<std::string, std::string>> cells()
{
    std::ifstream page{SCIMKIT_TEST_DATA "/../../docs/conformance.md"};
    std::vector<std::string> names;
    std::map<std::string, std::map<std::string, std::string>> found;
    for (std::string line; std::getline(page, line) && line != "## Profiles";)
    {
        auto const parts = words(line, " | ");
        if (parts.front() == "| row")
            names = parts;
        else if (parts.size() >= 4 && parts.size() == names.size())
            for (std::size_t i = 3; i + 1 < parts.size(); ++i)
                found[parts.front().substr(2)][names[i]] = parts[i];
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_row_of_the_table_is_asked_about_and_no_other)
{
    std::set<std::string> asked;
    for (Probe const& probe : probes())
        for (std::string const& requirement : words(probe.requirements, " "))
            BOOST_TEST(asked.insert(std::string{probe.cause} + " " + requirement).second, requirement);
    std::set<std::string> told;
    std::ifstream table{SCIMKIT_TEST_DATA "/departures.tsv"};
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line))
        for (std::string const& requirement : words(words(line, "\t").at(1), " "))
            told.insert(words(line, "\t").front() + " " + requirement);
    BOOST_TEST(asked == told, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_service_of_each_profile_goes_against_the_rows_that_its_column_says_and_no_others)
{
    auto const page = cells();
    for (auto const& profile : profiles())
        for (Probe const& probe : probes())
            BOOST_TEST_CONTEXT(profile->name << ", " << probe.cause << ", " << probe.requirements)
            {
                bool const departs = goes_against(*profile, probe.cause);
                auto const answer = probe.ask(*profile);
                if (departs || !probe.otherwise.empty())
                    BOOST_TEST(answer == (departs ? probe.departed : probe.otherwise));
                else
                    BOOST_TEST(answer != probe.departed);
                for (std::string const& requirement : words(probe.requirements, " "))
                {
                    auto const cell = page.at(requirement).at(profile->name);
                    BOOST_TEST((cell.starts_with("no: ") || cell.starts_with("not served: ")) == departs, cell);
                }
            }
}

BOOST_AUTO_TEST_CASE(a_switch_alone_is_what_goes_against_its_rows)
{
    for (Probe const& probe : probes())
        if (auto const equals = probe.cause.find('='); equals != std::string_view::npos)
            BOOST_TEST_CONTEXT(probe.cause << ", " << probe.requirements)
            {
                Profile profile{.name = "one switch", .about = "A test."};
                BOOST_TEST(probe.ask(profile) != probe.departed);
                BOOST_REQUIRE(
                    profile.tolerance.set(probe.cause.substr(0, equals), probe.cause.substr(equals + 1)).has_value());
                BOOST_TEST(probe.ask(profile) == probe.departed);
            }
}

BOOST_AUTO_TEST_SUITE_END()
