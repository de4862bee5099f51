// The rows of patch-cases.jsonl as far as they concern values. Whole runs of them are the patch room's tests.

#include "support.hpp"
#include "tolerance/rewriting.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(patch_cases)

namespace
{

struct Row
{
    std::string name;
    std::string tolerance;
    bool wrong_value_in_both_modes = false;
    std::vector<PatchOperation> operations; ///< those that name an attribute by a path without brackets
};

ResourceType const& type_of(json::object const& row)
{
    static auto const with_test_schema =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .load(std::filesystem::path(SCIMKIT_TEST_DATA "/requirements/patch-test-schema.json"))
            .extend("User", "urn:example:params:scim:schemas:extension:test:2.0:User")
            .build()
            .value();
    return *with_test_schema->find_resource_type(text_of(row, "resourceType"));
}

std::vector<PatchOperation> operations_of(json::object const& row)
{
    std::vector<PatchOperation> operations;
    auto const* const patch = row.at("patch").if_object();
    auto const* const list = patch ? patch->if_contains("Operations") : nullptr;
    if (!list || !list->is_array())
        return operations;
    for (auto const& each : list->get_array())
    {
        auto const* const object = each.if_object();
        if (!object || !object->contains("value"))
            continue;
        auto const path = parse_attribute_path(text_of(*object, "path"));
        auto const op = text_of(*object, "op");
        if (!path || (op != "add" && op != "replace" && op != "remove"))
            continue;
        auto const target = type_of(row).resolve(*path, name_resolution(Tolerance{}));
        if (!target)
            continue;
        PatchOperation made;
        made.op = op == "add" ? PatchOp::add : op == "replace" ? PatchOp::replace : PatchOp::remove;
        made.path.attribute = *target;
        made.value = object->at("value");
        operations.push_back(std::move(made));
    }
    return operations;
}

std::vector<Row> read_rows()
{
    std::ifstream file{SCIMKIT_TEST_DATA "/requirements/patch-cases.jsonl"};
    std::vector<Row> rows;
    for (std::string line; std::getline(file, line);)
    {
        auto const value = parse_json(line).value();
        auto const& object = value.as_object();
        rows.push_back(
            {.name = text_of(object, "name"),
             .tolerance = text_of(object, "switch"),
             .wrong_value_in_both_modes =
                 !object.contains("tolerant") && text_of(object.at("expect").as_object(), "scimType") == "invalidValue",
             .operations = operations_of(object)});
    }
    return rows;
}

std::string values_of(std::vector<PatchOperation> operations, Tolerance const& tolerance)
{
    rewrite_patch(operations, tolerance);
    json::array values;
    for (auto& each : operations)
        values.push_back(std::move(each.value));
    return print(values);
}

Tolerance off_entirely()
{
    auto tolerance = Tolerance::strict();
    for (auto const& each : tolerance_switches())
        tolerance.*each.member = false;
    return tolerance;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_switch_of_the_table_exists)
{
    int rows_with_switch = 0;
    for (auto const& row : read_rows())
        if (!row.tolerance.empty())
        {
            Tolerance tolerance;
            BOOST_TEST(!!tolerance.set(row.tolerance, "off"), row.tolerance);
            ++rows_with_switch;
        }
    BOOST_TEST(rows_with_switch > 15);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_wrong_in_both_modes_is_never_made_right)
{
    int rows = 0;
    for (auto const& row : read_rows())
        if (row.wrong_value_in_both_modes && !row.operations.empty())
        {
            BOOST_TEST(values_of(row.operations, Tolerance{}) == values_of(row.operations, off_entirely()), row.name);
            ++rows;
        }
    BOOST_TEST(rows > 10);
}

BOOST_AUTO_TEST_CASE(strict_rewrites_no_value_of_the_table)
{
    for (auto const& row : read_rows())
        BOOST_TEST(values_of(row.operations, Tolerance::strict()) == values_of(row.operations, off_entirely()),
                   row.name);
}

BOOST_AUTO_TEST_CASE(tolerated_values_become_what_the_rfc_would_have_said)
{
    std::map<std::string, std::string> expected{
        {"add a string to the complex manager attribute", R"([{"value":"26"}])"},
        {"add an array to the single-valued complex manager attribute", R"([{"value":"26"}])"},
        {"replace the complex manager attribute with an empty string", "[null]"},
        {"replace boolean with a string", "[false]"},
    };
    for (auto const& row : read_rows())
        if (auto const found = expected.find(row.name); found != expected.end())
        {
            auto without = Tolerance{};
            BOOST_REQUIRE(without.set(row.tolerance, "off"));
            BOOST_TEST(values_of(row.operations, Tolerance{}) == found->second, row.name);
            BOOST_TEST(values_of(row.operations, without) == values_of(row.operations, Tolerance::strict()), row.name);
            expected.erase(found);
        }
    BOOST_TEST(expected.empty());
}

BOOST_AUTO_TEST_SUITE_END()
