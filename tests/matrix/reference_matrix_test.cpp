// References in every shape that a schema can give them: what is stored and shown of a known and of an unknown id, for
// each policy and for claims that hold and that do not (RFC 7643 sections 2.3.7 and 2.4).
#include "runs.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(references)

namespace
{

std::string const core = "urn:example:reference:Owner";
std::string const extension = "urn:example:reference-extension:Owner";
std::string const base = "https://example.com/v2";

struct Cell
{
    bool multi;
    bool extended;
    bool several; ///< types may be meant
    bool typed;   ///< elements say of which type they are
    bool large;   ///< kept beside the record

    std::string name() const
    {
        return std::string{extended ? "ext" : "core"} + (several ? "Two" : "One") + (typed ? "Typed" : "Plain") +
               (large ? "Large" : "") + (multi ? "s" : "");
    }
    std::string path() const { return (extended ? extension + ":" : std::string{}) + name(); }

    Attribute attribute() const
    {
        Attribute made{.name = name(), .type = AttributeType::complex, .multi_valued = multi};
        made.sub_attributes = {{.name = "value", .case_exact = true},
                               {.name = "$ref", .type = AttributeType::reference, .reference_types = {"Alpha"}}};
        if (several)
            made.sub_attributes.back().reference_types.emplace_back("Beta");
        if (typed)
            made.sub_attributes.push_back({.name = "type"});
        return made;
    }

    json::object body(json::value const& element) const
    {
        json::object made{{"schemas", json::array{core}}, {"anchor", "here"}};
        if (element.is_null())
            return made;
        json::value const value = sent(element);
        if (!extended)
        {
            made[name()] = value;
            return made;
        }
        made["schemas"].as_array().emplace_back(extension);
        made[extension] = json::object{{name(), value}};
        return made;
    }
    json::value sent(json::value const& element) const
    {
        return multi ? json::value(json::array(1, element)) : element;
    }

    /// The one element that is shown; null if there is none.
    json::value shown(json::value const& resource) const
    {
        auto const* object = resource.if_object();
        if (object && extended)
        {
            auto const* within = object->if_contains(extension);
            object = within ? within->if_object() : nullptr;
        }
        auto const* value = object ? object->if_contains(name()) : nullptr;
        if (!value)
            return {};
        return multi ? value->as_array().at(0) : *value;
    }
};

std::vector<Cell> cells()
{
    std::vector<Cell> all;
    for (bool const multi : {false, true})
        for (bool const extended : {false, true})
            for (bool const several : {false, true})
                for (bool const typed : {false, true})
                    for (bool const large : {false, true})
                        if (!large || (multi && !extended))
                            all.push_back({multi, extended, several, typed, large});
    return all;
}

std::shared_ptr<SchemaRegistry const> registry()
{
    SchemaRegistry::Builder builder;
    for (char const* type : {"Alpha", "Beta"})
    {
        auto const urn = std::string{"urn:example:reference:"} + type;
        builder.add(Schema{.id = urn, .name = type, .attributes = {{.name = "anchor"}}});
        builder.add(ResourceTypeDefinition{.name = type, .endpoint = "/" + std::string{type} + "s", .schema = urn});
    }
    Schema own{.id = core, .name = "Owner", .attributes = {{.name = "anchor"}}};
    Schema more{.id = extension, .name = "OwnerMore"};
    ResourceTypeDefinition type{.name = "Owner", .endpoint = "/Owners", .schema = core};
    for (Cell const& cell : cells())
    {
        (cell.extended ? more : own).attributes.push_back(cell.attribute());
        if (cell.large)
            type.large_attributes.push_back(cell.name());
    }
    builder.add(std::move(own)).add(std::move(more)).add(std::move(type)).extend("Owner", extension);
    return builder.build().value();
}

enum class Write
{
    post,
    put,
    add,
    replace
};

std::string write(ServiceFixture const& scim, Cell const& cell, Write write, json::value const& element, bool in_bulk,
                  std::string& id)
{
    std::string const method = write == Write::post ? "POST" : write == Write::put ? "PUT" : "PATCH";
    json::value const data = write == Write::post || write == Write::put
                                 ? cell.body(element)
                                 : patch_op(write == Write::add ? "add" : "replace", cell.path(), cell.sent(element));
    auto const path = write == Write::post ? "/Owners" : "/Owners/" + id;
    return write_alone_or_in_bulk(scim, method, path, data, in_bulk, id);
}

/// What is said beside the id.
enum class Claim
{
    none,
    uri,        ///< that of who has the id
    other_uri,  ///< that of somebody else
    other_type, ///< the URI, or the type, of the other type
    gone        ///< nobody has the id
};

struct World
{
    World(UnknownMembers policy, bool recomputes, std::shared_ptr<ResourceStore> store)
        : scim(
              [&]
              {
                  ServiceOptions options{.store = std::move(store), .registry = registry()};
                  options.tolerance.unknown_members = policy;
                  options.tolerance.contradicting_references = recomputes;
                  return options;
              }())
        , alpha(scim.create("/Alphas",
                            json::object{{"schemas", json::array{"urn:example:reference:Alpha"}}, {"anchor", "a"}}))
    {
    }

    json::object element(Cell const& cell, Claim claim) const
    {
        json::object made{{"value", claim == Claim::gone ? "nobody" : alpha}};
        if (claim == Claim::uri)
            made["$ref"] = base + "/Alphas/" + alpha;
        if (claim == Claim::other_uri)
            made["$ref"] = base + "/Alphas/somebody";
        if (claim == Claim::other_type && cell.typed)
            made["type"] = "Beta";
        if (claim == Claim::other_type && !cell.typed)
            made["$ref"] = base + "/Betas/" + alpha;
        return made;
    }

    ServiceFixture scim;
    std::string alpha;
};

/// Of who is known the URI is shown in any case, and the type where elements have one.
json::object whole(Cell const& cell, std::string const& id)
{
    json::object made{{"value", id}, {"$ref", base + "/Alphas/" + id}};
    if (cell.typed)
        made["type"] = "Alpha";
    return made;
}

void try_cell(World const& world, Cell const& cell, Write how, Claim claim, bool in_bulk)
{
    auto const& policy = world.scim.service.options().tolerance;
    bool const contradicts = claim == Claim::other_uri || claim == Claim::other_type;
    bool const unknown = claim == Claim::gone && cell.multi && policy.unknown_members != UnknownMembers::keep;
    bool const refused = unknown || (contradicts && !policy.contradicting_references);
    std::string id;
    if (how != Write::post)
        id = world.scim.create("/Owners", cell.body(nullptr));
    BOOST_TEST(write(world.scim, cell, how, world.element(cell, claim), in_bulk, id) ==
               (refused ? "400 invalidValue" : ""));
    if (id.empty())
        return;
    json::value const shown = cell.shown(world.scim.get("/Owners/" + id).body);
    json::value wanted;
    if (!refused && claim != Claim::gone)
        wanted = whole(cell, world.alpha);
    else if (!refused && cell.several) // who it is meant to be, nobody can say
        wanted = json::object{{"value", "nobody"}};
    else if (!refused)
        wanted = whole(cell, "nobody");
    BOOST_TEST((shown == wanted), shown << ", not " << wanted);
}

std::size_t try_cells(World const& world, Run const& run)
{
    std::size_t tried = 0;
    std::size_t row = 0;
    for (Cell const& cell : cells())
        for (Write const how : {Write::post, Write::put, Write::add, Write::replace})
            for (Claim const claim : {Claim::none, Claim::uri, Claim::other_uri, Claim::other_type, Claim::gone})
                for (Way const way : run.ways(row++))
                    BOOST_TEST_CONTEXT(cell.path()
                                       << ", write " << static_cast<int>(how) << ", claim " << static_cast<int>(claim)
                                       << (way == Way::bulk ? ", in a Bulk" : ""))
                    {
                        ++tried;
                        try_cell(world, cell, how, claim, way == Way::bulk);
                    }
    return tried;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_id_decides_what_a_reference_says_and_the_policy_who_may_be_unknown)
{
    std::size_t tried = 0;
    for_runs(
        [&](Run const& run)
        {
            if (run.strict)
                return; // what strictness would decide is in the policies
            for (UnknownMembers const policy : {UnknownMembers::keep, UnknownMembers::skip, UnknownMembers::reject})
                for (bool const recomputes : {true, false})
                {
                    World const world{policy, recomputes, run.store.make()};
                    BOOST_TEST_CONTEXT(run << ", policy " << static_cast<int>(policy)
                                           << (recomputes ? "" : ", contradictions are refused"))
                    tried += try_cells(world, run);
                }
        });
    BOOST_TEST(tried >= (2U + 2U) * 3U * 2U * 20U * 4U * 5U);
}

BOOST_AUTO_TEST_SUITE_END()
