// Every row of patch-cases.jsonl that speaks of decoding and applying a PATCH, in strict and in tolerant mode.
// Rows about HTTP (unknown resource, If-Match, 501, 403) and uniqueness are for the service's tests, and so are the
// tolerances that rewrite values before they come here.

#include "patch/support.hpp"
#include "resource/projection.hpp"
#include "support/patch_case.hpp"

#include <set>
#include <vector>

using namespace scimkit;
using namespace scimkit::test;
using namespace scimkit::test::patch_case;

BOOST_AUTO_TEST_SUITE(patch_cases)

namespace
{

Resource stored(json::object const& row)
{
    Resource resource{.type = &type(text_of(row, "resourceType")), .id = "1"};
    resource.attributes = row.at("resource").as_object();
    resource.attributes.erase("schemas");
    resource.attributes.erase("id");
    return resource;
}

// What a client sees of it, with `schemas` as a set.
std::string seen(Resource const& resource)
{
    auto attributes = resource.attributes;
    Projection{*resource.type}.apply(attributes);
    json::array schemas;
    for (auto const uri : schemas_of(*resource.type, attributes))
        schemas.emplace_back(uri);
    attributes["schemas"] = schemas;
    return normal_text(attributes);
}

std::string expected_view(json::object resource, ResourceType const& type)
{
    resource.erase("id");
    if (!resource.contains("schemas"))
        resource["schemas"] = json::array{json::value(type.schema().id)};
    return normal_text(resource);
}

result<bool> run(json::object const& row, Resource& resource, PatchOptions const& options)
{
    auto const& patch = row.at("patch");
    auto const body = patch.is_string() ? parse_json(patch.get_string()) : result<json::value>{patch};
    if (!body)
        return body.error();
    auto const operations = decode_patch(*body, *resource.type, options);
    if (!operations)
        return operations.error();
    return apply_patch(resource, *operations, options);
}

// `emails[type eq "work".value`: the fault shows inside the bracket, so the path grammar says invalidFilter, which
// the row names as an alternative.
constexpr std::string_view answered_by_an_alternative = "path bracket not closed";

void check(json::object const& row, json::object const& expect, PatchOptions const& options)
{
    auto resource = stored(row);
    auto const before = json::serialize(resource.attributes);
    auto const changed = run(row, resource, options);
    BOOST_TEST_CONTEXT(text_of(row, "name") << " -> " << refusal(changed))
    {
        if (expect.at("status") == 200)
        {
            BOOST_REQUIRE(changed);
            BOOST_TEST(*changed == expect.at("modified").as_bool());
            BOOST_TEST(seen(resource) == expected_view(expect.at("resource").as_object(), *resource.type));
            if (!*changed)
                BOOST_TEST(json::serialize(resource.attributes) == before);
            return;
        }
        BOOST_REQUIRE(!changed);
        BOOST_TEST(status_of(changed.error().code) == expect.at("status").to_number<int>());
        if (text_of(row, "name") != answered_by_an_alternative)
            BOOST_TEST(scim_type_of(changed.error().code) == text_of(expect, "scimType"));
        BOOST_TEST(json::serialize(resource.attributes) == before);
        BOOST_TEST(!changed.error().detail.empty());
    }
}

bool is_about_http_or_uniqueness(json::object const& row)
{
    auto const& status = row.at("expect").at("status");
    return status != 200 && status != 400;
}

// Tolerances that rewrite values belong to the room above.
bool needs_rewriting(json::object const& row)
{
    static std::set<std::string> const switches{"string-for-complex", "array-for-single",
                                                "empty-string-clears-complex"};
    auto const name = text_of(row, "switch");
    return switches.contains(name) ||
           (name == "boolean-as-string" && text_of(row, "name") == "replace boolean with a string");
}

} // namespace

BOOST_AUTO_TEST_CASE(every_row_comes_out_as_the_table_says_in_strict_mode)
{
    int count = 0;
    for (auto const& row : rows())
    {
        if (!is_about_http_or_uniqueness(row))
        {
            check(row, row.at("expect").as_object(), {});
            ++count;
        }
    }
    BOOST_TEST(rows().size() == 349U);
    BOOST_TEST(count == 344);
}

BOOST_AUTO_TEST_CASE(every_row_comes_out_as_the_table_says_in_tolerant_mode)
{
    int count = 0;
    for (auto const& row : rows())
    {
        if (!is_about_http_or_uniqueness(row) && !needs_rewriting(row))
        {
            auto const* tolerant = row.if_contains("tolerant");
            check(row, tolerant ? tolerant->as_object() : row.at("expect").as_object(), tolerant_options());
            ++count;
        }
    }
    BOOST_TEST(count == 329);
}

BOOST_AUTO_TEST_CASE(each_tolerance_is_needed_by_its_row)
{
    for (auto const& row : rows())
    {
        auto const name = text_of(row, "switch");
        if (!name.empty() && !needs_rewriting(row))
        {
            auto options = tolerant_options_without(name);
            if (name == "dotted-keys") // those of other attributes are ignored with them
                options.canonical.ignore_unknown_attributes = false;
            check(row, row.at("expect").as_object(), options);
        }
    }
}

// RFC 7644 section 3.5.2.1: adding what is there changes nothing. The rows that only add or replace values, and
// select nothing that they change themselves, are the same when they come twice.
BOOST_AUTO_TEST_CASE(applying_a_row_twice_changes_nothing_more)
{
    static std::set<std::string> const depend_on_the_state_before{"replace the very sub-attribute the filter tests",
                                                                  "replace every matching element",
                                                                  "replace simple multi-valued element by value",
                                                                  "add with primary true clears the old primary",
                                                                  "replace emptied by a later remove",
                                                                  "each operation sees the result of the one before"};
    int count = 0;
    for (auto const& row : rows())
    {
        if (row.at("expect").at("status") != 200 || depend_on_the_state_before.contains(text_of(row, "name")))
            continue;
        auto resource = stored(row);
        if (!run(row, resource, {}))
        {
            BOOST_ERROR(text_of(row, "name"));
            continue;
        }
        auto const once = resource.attributes;
        auto const again = run(row, resource, {});
        if (again)
        {
            BOOST_TEST(same_state(once, resource.attributes), text_of(row, "name"));
            BOOST_TEST(!*again, text_of(row, "name"));
            ++count;
        }
    }
    BOOST_TEST(count > 100);
}

BOOST_AUTO_TEST_SUITE_END()
