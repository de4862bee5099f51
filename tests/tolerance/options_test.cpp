// A switch that nobody passes on does nothing, and one that is passed on to the wrong place lets through what was not
// asked for: each is held against every flag of the rooms below.
#include "support.hpp"
#include "tolerance/rewriting.hpp"

#include <set>
#include <string_view>
#include <utility>
#include <vector>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(options)

namespace
{

/// All flags that lower rooms take, by name.
std::vector<std::pair<std::string_view, bool>> flags(Tolerance const& tolerance)
{
    auto const patch = patch_options(tolerance);
    return {
        {"filter.extra_blanks", patch.filter.extra_blanks},
        {"filter.sub_attribute_after_value_path", patch.filter.sub_attribute_after_value_path},
        {"names.unprefixed_extension_attribute", patch.bind.names.unprefixed_extension_attribute},
        {"filter.unquoted_values", patch.filter.unquoted_values},
        {"search.unquoted_values", filter_syntax(tolerance).unquoted_values},
        {"names.legacy_schema_uris", patch.bind.names.legacy_schema_uris},
        {"names.dot_after_schema_uri", patch.bind.names.dot_after_schema_uri},
        {"bind.boolean_as_string", patch.bind.boolean_as_string},
        {"bind.complex_compares_by_value", patch.bind.complex_compares_by_value},
        {"canonical.ignore_unknown_attributes", patch.canonical.ignore_unknown_attributes},
        {"canonical.ignore_unknown_schemas", patch.canonical.ignore_unknown_schemas},
        {"canonical.extension_without_schema", patch.canonical.extension_without_schema},
        {"canonical.missing_schemas", patch.canonical.missing_schemas},
        {"canonical.lax_formats", patch.canonical.lax_formats},
        {"canonical.names.legacy_schema_uris", patch.canonical.names.legacy_schema_uris},
        {"canonical.names.dot_after_schema_uri", patch.canonical.names.dot_after_schema_uri},
        {"patch.array_for_single", patch.array_for_single},
        {"patch.op_letter_case", patch.op_letter_case},
        {"patch.dotted_keys", patch.dotted_keys},
        {"patch.create_on_no_match", patch.create_on_no_match},
        {"patch.remove_by_value", patch.remove_by_value},
        {"patch.remove_absent", patch.remove_absent},
        {"patch.ignore_readonly_echo", patch.ignore_readonly_echo},
        {"patch.ignore_unkept_paths", patch.ignore_unkept_paths},
        {"patch.pathless_operations", patch.pathless_operations},
        {"patch.filtered_elements", patch.filtered_elements},
        {"patch.several_matches", patch.several_matches},
        {"patch.replace_merges", patch.replace_merges},
    };
}

/// The flags that `member` turns on, joined by blanks.
std::string turned_on_by(bool Tolerance::*member)
{
    auto none = Tolerance::strict();
    for (auto const& each : tolerance_switches())
        none.*each.member = false;
    auto one = none;
    one.*member = true;
    auto const before = flags(none);
    auto const after = flags(one);
    std::string names;
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i].second != after[i].second)
            names += (names.empty() ? "" : " ") + std::string{after[i].first};
    return names;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_switch_turns_on_its_own_flags_and_no_other)
{
    std::vector<std::pair<bool Tolerance::*, std::string_view>> const expected{
        {&Tolerance::op_letter_case, "patch.op_letter_case"},
        {&Tolerance::boolean_as_string, "bind.boolean_as_string"},
        {&Tolerance::create_on_no_match, "patch.create_on_no_match"},
        {&Tolerance::dotted_keys, "patch.dotted_keys"},
        {&Tolerance::remove_by_value, "patch.remove_by_value"},
        {&Tolerance::remove_absent, "patch.remove_absent"},
        {&Tolerance::ignore_unknown_attributes, "canonical.ignore_unknown_attributes"},
        {&Tolerance::ignore_unknown_schemas, "canonical.ignore_unknown_schemas"},
        {&Tolerance::extension_without_schema, "canonical.extension_without_schema"},
        {&Tolerance::missing_schemas, "canonical.missing_schemas"},
        {&Tolerance::legacy_schema_uris, "names.legacy_schema_uris canonical.names.legacy_schema_uris"},
        {&Tolerance::unprefixed_extension_attribute, "names.unprefixed_extension_attribute"},
        {&Tolerance::filter_sub_attribute_after_value_path, "filter.sub_attribute_after_value_path"},
        {&Tolerance::complex_compares_by_value, "bind.complex_compares_by_value"},
        {&Tolerance::ignore_readonly_echo, "patch.ignore_readonly_echo"},
        {&Tolerance::lax_formats, "canonical.lax_formats"},
        {&Tolerance::filter_blanks, "filter.extra_blanks"},
        {&Tolerance::array_for_single, "patch.array_for_single"},
        {&Tolerance::unquoted_path_values, "filter.unquoted_values"},
        {&Tolerance::unquoted_filter_values, "search.unquoted_values"},
        {&Tolerance::ignore_unkept_paths, "patch.ignore_unkept_paths"},
        {&Tolerance::pathless_operations, "patch.pathless_operations"},
        {&Tolerance::filtered_elements, "patch.filtered_elements"},
        {&Tolerance::several_matches, "patch.several_matches"},
        {&Tolerance::replace_merges, "patch.replace_merges"},
        {&Tolerance::dot_after_schema_uri, "names.dot_after_schema_uri canonical.names.dot_after_schema_uri"},
    };
    for (auto const& each : tolerance_switches())
    {
        auto const found = std::ranges::find(expected, each.member, [](auto const& row) { return row.first; });
        BOOST_TEST(turned_on_by(each.member) == (found == expected.end() ? "" : found->second), each.name);
    }
}

BOOST_AUTO_TEST_CASE(the_functions_agree_with_the_patch_options)
{
    Tolerance const tolerance;
    auto const filter = filter_syntax(tolerance);
    BOOST_TEST((filter.extra_blanks && filter.sub_attribute_after_value_path));
    auto const names = name_resolution(tolerance);
    BOOST_TEST((names.unprefixed_extension_attribute && names.legacy_schema_uris));
    auto const bind = bind_options(tolerance);
    BOOST_TEST((bind.boolean_as_string && bind.complex_compares_by_value && bind.names.legacy_schema_uris));
    auto const canonical = canonical_options(tolerance);
    BOOST_TEST((canonical.ignore_unknown_attributes && canonical.lax_formats));
}

BOOST_AUTO_TEST_CASE(strict_leaves_the_rooms_below_at_their_strict_defaults)
{
    auto const strict = patch_options(Tolerance::strict());
    PatchOptions const defaults;
    BOOST_TEST(strict.remove_absent == defaults.remove_absent);
    BOOST_TEST(strict.max_operations == defaults.max_operations);
    BOOST_TEST(strict.filter.max_depth == defaults.filter.max_depth);
    std::set<std::string_view> const allowed{"patch.remove_absent",       "bind.complex_compares_by_value",
                                             "patch.pathless_operations", "patch.filtered_elements",
                                             "patch.several_matches",     "patch.replace_merges"};
    for (auto const& [name, on] : flags(Tolerance::strict()))
        BOOST_TEST(on == allowed.contains(name), name);
    BOOST_TEST((bind_options(Tolerance::strict()).never_returned == BindOptions{}.never_returned));
    BOOST_TEST(!bind_options(Tolerance{}).unknown_has_no_value);
}

BOOST_AUTO_TEST_CASE(a_body_never_takes_an_extension_attribute_without_its_uri)
{
    BOOST_TEST(!canonical_options(Tolerance{}).names.unprefixed_extension_attribute);
}

BOOST_AUTO_TEST_SUITE_END()
