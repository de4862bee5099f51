// `required` in every place where a schema can say it, sub-attributes among them, and the order of texts that differ in
// letter case, on every way to write and every store.
#include "matrix.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(characteristics_of_parts)

namespace
{

std::string const core_urn = "urn:example:needed:";
std::string const more_urn = "urn:example:needed-extension:";

enum class Place
{
    core,
    extension,
    within,    ///< a single complex attribute
    in_element ///< of a multi-valued one
};

struct Needed
{
    AttributeType type;
    bool multi;
    Place place;
    json::value value;

    std::string name() const
    {
        constexpr std::array places{"core", "extension", "within", "element"};
        return std::string{to_string(type)} + (multi ? "-many-" : "-one-") + places[static_cast<std::size_t>(place)];
    }
    /// In attribute notation.
    std::string path() const
    {
        return place == Place::core        ? "needed"
               : place == Place::extension ? more_urn + name() + ":needed"
                                           : "parent.needed";
    }
};

std::vector<Needed> all_needed()
{
    using enum AttributeType;
    std::vector<std::pair<AttributeType, json::value>> const kinds{{string, "Abc"},
                                                                   {boolean, false},
                                                                   {integer, 0},
                                                                   {decimal, 0.5},
                                                                   {date_time, "2026-01-01T00:00:00Z"},
                                                                   {reference, "https://example.com/a"},
                                                                   {binary, "QWJj"},
                                                                   {complex, json::object{{"count", 0}}}};
    std::vector<Needed> all;
    for (auto const& [type, value] : kinds)
        for (bool const multi : {false, true})
            for (Place const place : {Place::core, Place::extension, Place::within, Place::in_element})
                if (type != complex || place == Place::core || place == Place::extension) // none is within another
                    all.push_back({type, multi, place, multi ? json::value(json::array{value}) : value});
    return all;
}

std::shared_ptr<SchemaRegistry const> needed_registry()
{
    SchemaRegistry::Builder builder;
    for (Needed const& each : all_needed())
    {
        Attribute needed{.name = "needed", .type = each.type, .multi_valued = each.multi, .required = true};
        if (each.type == AttributeType::reference)
            needed.reference_types = {"external"};
        if (each.type == AttributeType::complex)
            needed.sub_attributes = {{.name = "count", .type = AttributeType::integer}};
        Schema schema{.id = core_urn + each.name(), .name = each.name(), .attributes = {{.name = "anchor"}}};
        Schema more{.id = more_urn + each.name(), .name = each.name() + "-more", .attributes = {{.name = "other"}}};
        if (each.place == Place::core)
            schema.attributes.push_back(needed);
        else if (each.place == Place::extension)
            more.attributes.push_back(needed);
        else
            schema.attributes.push_back({.name = "parent",
                                         .type = AttributeType::complex,
                                         .multi_valued = each.place == Place::in_element,
                                         .sub_attributes = {{.name = "other"}, needed}});
        builder.add(schema).add(more);
        builder.add(ResourceTypeDefinition{.name = each.name(), .endpoint = "/" + each.name(), .schema = schema.id});
        builder.extend(each.name(), more.id);
    }
    return builder.build().value();
}

/// A body whose part with the attribute has something in it, and the attribute if there is a value.
json::object body_of(Needed const& each, json::value const* value)
{
    json::object part{{each.place == Place::core ? "anchor" : "other", "here"}};
    if (value)
        part["needed"] = *value;
    json::object body{{"schemas", json::array{json::string{core_urn + each.name()}}}};
    if (each.place == Place::core)
        for (auto const& [name, member] : part)
            body[name] = member;
    else if (each.place == Place::extension)
    {
        body["schemas"].as_array().emplace_back(more_urn + each.name());
        body[more_urn + each.name()] = std::move(part);
    }
    else
        body["parent"] = each.place == Place::within ? json::value(std::move(part)) : json::value(json::array{part});
    return body;
}

/// Status and scimType of a write, sent by itself or as the only operation of a Bulk.
std::string outcome(ServiceFixture const& scim, std::string_view method, std::string const& path,
                    json::value const& data, Way way)
{
    if (way == Way::request)
    {
        Reply const reply = scim.send(method, path, ServiceFixture::text_of(data));
        return test::outcome(reply);
    }
    Reply const reply =
        scim.post("/Bulk", bulk({method == "POST" ? bulk_post(path, "new", data) : bulk_on(method, path, data)}));
    auto const at = std::string{"/Operations/0/response/scimType"};
    return reply.text("/Operations/0/status") + (reply.has(at) ? " " + reply.text(at) : "");
}

std::string stored_text(ServiceFixture const& scim, std::string const& path) { return scim.get(path).response.body; }

void try_needed(ServiceFixture const& scim, Needed const& each, Way way)
{
    std::string const endpoint = "/" + each.name();
    json::value const null;
    json::value const none = each.multi ? json::value(json::array{}) : null;
    auto const count = [&] { return scim.get(endpoint + "?count=0").number("/totalResults"); };
    auto const before_it = count();
    for (json::value const* const missing : {static_cast<json::value const*>(nullptr), &null, &none})
        BOOST_TEST(outcome(scim, "POST", endpoint, body_of(each, missing), way) == "400 invalidValue");
    BOOST_TEST(count() == before_it);
    BOOST_TEST(outcome(scim, "POST", endpoint, body_of(each, &each.value), way) == "201");
    Reply const listed = scim.get(endpoint + "?count=1&sortBy=meta.created&sortOrder=descending");
    auto const path = endpoint + "/" + listed.text("/Resources/0/id");
    auto const before = stored_text(scim, path);
    BOOST_TEST(outcome(scim, "PUT", path, body_of(each, nullptr), way) == "400 invalidValue");
    BOOST_TEST(outcome(scim, "PATCH", path, patch_op("remove", each.path()), way) == "400 mutability");
    BOOST_TEST(stored_text(scim, path) == before);
    BOOST_TEST(outcome(scim, "PUT", path, body_of(each, &each.value), way) == "200");
    if (each.place == Place::core)
        return;
    json::object const without{{"schemas", json::array{json::string{core_urn + each.name()}}}};
    BOOST_TEST(outcome(scim, "PUT", path, without, way) == "200"); // what it is a part of is not required
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_required_is_there_after_every_write_wherever_a_schema_says_so, *label("7644-3.5.2.2-i"))
{
    for_runs(
        [](Run const& run)
        {
            if (run.strict)
                return; // no switch is about what is required
            ServiceFixture const scim{{.store = run.store.make(), .registry = needed_registry()}};
            std::size_t row = 0;
            for (Needed const& each : all_needed())
                for (Way const way : run.ways(row++))
                    BOOST_TEST_CONTEXT(each.name() << ", " << run << (way == Way::bulk ? ", in a Bulk" : ""))
            try_needed(scim, each, way);
        });
}

BOOST_AUTO_TEST_CASE(texts_that_differ_in_letter_case_have_the_order_that_their_attribute_says)
{
    for (NamedStore const& store : all_stores())
    {
        Matrix const matrix{false, store.make()};
        for (Cell const& cell : all_cells())
        {
            if (cell.type != "readWrite-default" || cell.attribute.type != AttributeType::string)
                continue;
            std::vector<std::string> ids;
            for (std::string_view const text : {"abc", "ABD", "aBE"})
                ids.push_back(matrix.seed(cell, cell.attribute.multi_valued
                                                    ? json::value(json::array{json::value(text)})
                                                    : json::value(text)));
            Reply const listed =
                matrix.scim().get(cell.endpoint() + "?count=3&filter=" + cell.path + " pr&sortBy=" + cell.path);
            std::vector<std::string> found;
            for (json::value const& each : listed.body.at("Resources").as_array())
                found.emplace_back(each.at("id").as_string());
            auto const expected =
                cell.attribute.case_exact ? std::vector{ids[1], ids[2], ids[0]} : ids; // capitals first
            BOOST_TEST((found == expected), store << " " << cell);
            BOOST_TEST(
                matrix.scim().get(cell.endpoint() + "?filter=" + cell.path + " eq \"abd\"").number("/totalResults") ==
                    (cell.attribute.case_exact ? 0 : 1),
                store << " " << cell);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
