// What the rooms below take of a Tolerance: each knows only the flags that concern it.
#include <scimkit/tolerance/tolerance.hpp>

#include "rewriting.hpp"

namespace scimkit
{

FilterSyntax filter_syntax(Tolerance const& tolerance)
{
    return {.extra_blanks = tolerance.filter_blanks,
            .unquoted_values = tolerance.unquoted_filter_values,
            .sub_attribute_after_value_path = tolerance.filter_sub_attribute_after_value_path};
}

NameResolution name_resolution(Tolerance const& tolerance)
{
    return {.unprefixed_extension_attribute = tolerance.unprefixed_extension_attribute,
            .legacy_schema_uris = tolerance.legacy_schema_uris,
            .dot_after_schema_uri = tolerance.dot_after_schema_uri};
}

BindOptions bind_options(Tolerance const& tolerance)
{
    BindOptions options;
    options.names = name_resolution(tolerance);
    options.boolean_as_string = tolerance.boolean_as_string;
    options.complex_compares_by_value = tolerance.complex_compares_by_value;
    return options;
}

CanonicalOptions canonical_options(Tolerance const& tolerance)
{
    return {.ignore_unknown_attributes = tolerance.ignore_unknown_attributes,
            .ignore_unknown_schemas = tolerance.ignore_unknown_schemas,
            .extension_without_schema = tolerance.extension_without_schema,
            .missing_schemas = tolerance.missing_schemas,
            .lax_formats = tolerance.lax_formats,
            // A bare "department" in a body is an unknown attribute, not the extension's: clients send such names
            // with null beside the real ones.
            .names = {.legacy_schema_uris = tolerance.legacy_schema_uris,
                      .dot_after_schema_uri = tolerance.dot_after_schema_uri}};
}

PatchOptions patch_options(Tolerance const& tolerance)
{
    PatchOptions options;
    options.filter = filter_syntax(tolerance);
    options.filter.unquoted_values = tolerance.unquoted_path_values;
    options.bind = bind_options(tolerance);
    options.canonical = canonical_options(tolerance);
    options.op_letter_case = tolerance.op_letter_case;
    options.dotted_keys = tolerance.dotted_keys;
    options.array_for_single = tolerance.array_for_single;
    options.create_on_no_match = tolerance.create_on_no_match;
    options.remove_by_value = tolerance.remove_by_value;
    options.remove_absent = tolerance.remove_absent;
    options.ignore_readonly_echo = tolerance.ignore_readonly_echo;
    options.ignore_unkept_paths = tolerance.ignore_unkept_paths;
    options.pathless_operations = tolerance.pathless_operations;
    options.filtered_elements = tolerance.filtered_elements;
    options.several_matches = tolerance.several_matches;
    options.replace_merges = tolerance.replace_merges;
    return options;
}

} // namespace scimkit
