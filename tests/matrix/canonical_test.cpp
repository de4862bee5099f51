// Canonical values in every place where a schema can put them: suggestions change nothing (RFC 7643 section 7), an
// enumeration of ours takes no other value, and keeps the schema's spelling; on every store.
#include "runs.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(canonical_values)

namespace
{

std::string const core = "urn:example:canonical:";
std::string const extension = "urn:example:canonical-extension:";

enum class Shape
{
    single,
    multi,
    part, ///< a sub-attribute
    parts ///< of several elements
};

struct Cell
{
    bool only; ///< an enumeration
    bool exact;
    bool extended;
    Shape shape;

    std::string type() const { return only ? "Only" : "Suggested"; }
    std::string name() const
    {
        constexpr char const* shapes[] = {"Single", "Multi", "Part", "Parts"};
        return std::string{extended ? "ext" : "core"} + (exact ? "Exact" : "Loose") +
               shapes[static_cast<std::size_t>(shape)];
    }
    std::string path() const { return (extended ? extension + type() + ":" : std::string{}) + name(); }
    bool is_multi() const { return shape == Shape::multi || shape == Shape::parts; }
    bool is_complex() const { return shape == Shape::part || shape == Shape::parts; }

    json::value value(std::string_view text) const
    {
        json::value const one = is_complex() ? json::value(json::object{{"kind", text}}) : json::value(text);
        return is_multi() ? json::value(json::array(1, one)) : one;
    }

    Attribute attribute() const
    {
        Attribute text{.name = is_complex() ? "kind" : name(),
                       .case_exact = exact,
                       .canonical_values = {"Red", "Blue"},
                       .only_canonical_values = only};
        if (!is_complex())
        {
            text.multi_valued = is_multi();
            return text;
        }
        return {.name = name(),
                .type = AttributeType::complex,
                .multi_valued = is_multi(),
                .sub_attributes = {std::move(text)}};
    }

    /// A body with the value, or with none.
    json::object body(json::value const& value) const
    {
        json::object made{{"schemas", json::array{core + type()}}, {"anchor", "here"}};
        if (value.is_null())
            return made;
        if (!extended)
        {
            made[name()] = value;
            return made;
        }
        made["schemas"].as_array().emplace_back(extension + type());
        made[extension + type()] = json::object{{name(), value}};
        return made;
    }

    json::value shown(json::value const& resource) const
    {
        auto const* object = resource.if_object();
        if (object && extended)
        {
            auto const* within = object->if_contains(extension + type());
            object = within ? within->if_object() : nullptr;
        }
        auto const* value = object ? object->if_contains(name()) : nullptr;
        return value ? *value : json::value{};
    }
};

std::vector<Cell> cells()
{
    std::vector<Cell> all;
    for (bool const only : {false, true})
        for (bool const exact : {false, true})
            for (bool const extended : {false, true})
                for (Shape const shape : {Shape::single, Shape::multi, Shape::part, Shape::parts})
                    all.push_back({only, exact, extended, shape});
    return all;
}

std::shared_ptr<SchemaRegistry const> registry()
{
    SchemaRegistry::Builder builder;
    for (char const* type : {"Suggested", "Only"})
    {
        Schema own{.id = core + type, .name = type, .attributes = {{.name = "anchor"}}};
        Schema more{.id = extension + type, .name = std::string{type} + "More"};
        for (Cell const& cell : cells())
            if (cell.type() == type)
                (cell.extended ? more : own).attributes.push_back(cell.attribute());
        builder.add(std::move(own)).add(std::move(more));
        builder.add(ResourceTypeDefinition{.name = type, .endpoint = "/" + std::string{type}, .schema = core + type});
        builder.extend(type, extension + type);
    }
    return builder.build().value();
}

enum class Write
{
    post,
    put,
    add,
    replace
};

/// Status and scimType of a write, as a request or within a Bulk; `id` is that of what it made, or is given.
std::string write(ServiceFixture const& scim, Cell const& cell, Write write, json::value const& value, bool in_bulk,
                  std::string& id)
{
    auto const at = "/" + cell.type();
    std::string const method = write == Write::post ? "POST" : write == Write::put ? "PUT" : "PATCH";
    json::value const data = write == Write::post || write == Write::put
                                 ? cell.body(value)
                                 : patch_op(write == Write::add ? "add" : "replace", cell.path(), value);
    auto const path = write == Write::post ? at : at + "/" + id;
    return write_alone_or_in_bulk(scim, method, path, data, in_bulk, id);
}

void try_cell(ServiceFixture const& scim, Cell const& cell, Write how, std::string_view text, Way way)
{
    std::string id;
    if (how != Write::post)
        id = scim.create("/" + cell.type(), cell.body(nullptr));
    bool const refused = cell.only && (text == "Green" || (text == "rED" && cell.exact));
    BOOST_TEST(write(scim, cell, how, cell.value(text), way == Way::bulk, id) == (refused ? "400 invalidValue" : ""));
    if (id.empty())
        return;
    auto const wanted = refused ? json::value{} : cell.value(cell.only ? "Red" : text);
    auto const shown = cell.shown(scim.get("/" + cell.type() + "/" + id).body);
    BOOST_TEST((shown == wanted), shown << ", not " << wanted);
}

} // namespace

BOOST_AUTO_TEST_CASE(suggestions_change_nothing_and_an_enumeration_takes_its_own_values_in_its_own_spelling)
{
    std::size_t tried = 0;
    for_runs(
        [&](Run const& run)
        {
            ServiceFixture const scim{{.store = run.store.make(),
                                       .registry = registry(),
                                       .tolerance = run.strict ? Tolerance::strict() : Tolerance{}}};
            std::size_t row = 0;
            for (Cell const& cell : cells())
                for (Write const how : {Write::post, Write::put, Write::add, Write::replace})
                    for (std::string_view const text : {"Red", "rED", "Green"})
                        for (Way const way : run.ways(row++))
                            BOOST_TEST_CONTEXT(cell.path() << " " << text << ", write " << static_cast<int>(how) << ", "
                                                           << run << (way == Way::bulk ? ", in a Bulk" : ""))
                            {
                                ++tried;
                                try_cell(scim, cell, how, text, way);
                            }
        });
    BOOST_TEST(tried >= (2U * 2U + 2U) * 32U * 4U * 3U);
}

BOOST_AUTO_TEST_SUITE_END()
