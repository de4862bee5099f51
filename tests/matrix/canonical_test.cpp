// Canonical values in every place where a schema can put them: suggestions change nothing (RFC 7643 section 7), an
// enumeration of ours takes no other value, and keeps the schema's spelling.
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

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

} // namespace

BOOST_AUTO_TEST_SUITE(canonical_values)

BOOST_AUTO_TEST_CASE(suggestions_change_nothing_and_an_enumeration_takes_its_own_values_in_its_own_spelling)
{
    std::size_t tried = 0;
    for (bool const strict : {false, true})
    {
        ServiceFixture const scim{{.registry = registry(), .tolerance = strict ? Tolerance::strict() : Tolerance{}}};
        for (Cell const& cell : cells())
            for (Write const how : {Write::post, Write::put, Write::add, Write::replace})
                for (bool const in_bulk : {false, true})
                    for (std::string_view const text : {"Red", "rED", "Green"})
                        BOOST_TEST_CONTEXT(cell.path() << " " << text << ", write " << static_cast<int>(how)
                                                       << (strict ? ", strict" : "") << (in_bulk ? ", in a Bulk" : ""))
                        {
                            ++tried;
                            std::string id;
                            if (how != Write::post)
                                id = scim.create("/" + cell.type(), cell.body(nullptr));
                            bool const refused = cell.only && (text == "Green" || (text == "rED" && cell.exact));
                            BOOST_TEST(write(scim, cell, how, cell.value(text), in_bulk, id) ==
                                       (refused ? "400 invalidValue" : ""));
                            if (id.empty())
                                continue;
                            auto const wanted = refused     ? json::value{}
                                                : cell.only ? cell.value("Red")
                                                            : cell.value(text);
                            auto const shown = cell.shown(scim.get("/" + cell.type() + "/" + id).body);
                            BOOST_TEST((shown == wanted), shown << ", not " << wanted);
                        }
    }
    BOOST_TEST(tried == 2U * 32U * 4U * 2U * 3U);
}

BOOST_AUTO_TEST_SUITE_END()
