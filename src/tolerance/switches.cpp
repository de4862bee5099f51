// One table of names for configuration, documentation and tests: a switch that is not in it does not exist.
#include <scimkit/tolerance/tolerance.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace scimkit
{
namespace
{

// In the order of the members of Tolerance.
constexpr std::array switches{
    ToleranceSwitch{"op-letter-case", &Tolerance::op_letter_case,
                    "The `op` of a PATCH operation in any letter case: \"Add\", \"REPLACE\"."},
    ToleranceSwitch{"boolean-as-string", &Tolerance::boolean_as_string,
                    "\"true\" and \"False\" in any letter case for a boolean, in bodies and in filters."},
    ToleranceSwitch{"create-on-no-match", &Tolerance::create_on_no_match,
                    "An add or replace through a value path that matches nothing makes the element that the eq "
                    "comparisons of its filter describe."},
    ToleranceSwitch{"dotted-keys", &Tolerance::dotted_keys,
                    "Keys in the value of a PATCH operation without path that are paths: \"name.givenName\"."},
    ToleranceSwitch{"remove-by-value", &Tolerance::remove_by_value,
                    "A PATCH remove with a path and a value removes just the values that it lists."},
    ToleranceSwitch{"remove-absent", &Tolerance::remove_absent, "A PATCH remove of what is not there succeeds."},
    ToleranceSwitch{"string-for-complex", &Tolerance::string_for_complex,
                    "A string for a complex value that has a `value` sub-attribute, and JSON text in a string as the "
                    "value of a PATCH add."},
    ToleranceSwitch{"array-for-single", &Tolerance::array_for_single,
                    "An array of exactly one value for a single-valued attribute, for an element that a value path "
                    "selects, and for the object of a PATCH operation without path."},
    ToleranceSwitch{"object-for-multi", &Tolerance::object_for_multi,
                    "One object for a multi-valued complex attribute."},
    ToleranceSwitch{"empty-string-clears-complex", &Tolerance::empty_string_clears_complex,
                    "\"\" or {\"value\": \"\"} for a single-valued complex attribute means that it has no value."},
    ToleranceSwitch{"ignore-unknown-attributes", &Tolerance::ignore_unknown_attributes,
                    "Attributes that no schema has are left out of bodies and of PATCH values; an unknown PATCH path "
                    "stays an error."},
    ToleranceSwitch{"ignore-unknown-schemas", &Tolerance::ignore_unknown_schemas,
                    "Unknown URIs in `schemas` and objects under unknown URIs are left out."},
    ToleranceSwitch{"extension-without-schema", &Tolerance::extension_without_schema,
                    "Extension data whose URI is not in `schemas`."},
    ToleranceSwitch{"missing-schemas", &Tolerance::missing_schemas,
                    "A POST or PUT body without `schemas`: the endpoint says what it is."},
    ToleranceSwitch{"legacy-schema-uris", &Tolerance::legacy_schema_uris,
                    "The schema URIs of SCIM 1.1 and of the drafts of SCIM 2.0 as aliases of today's."},
    ToleranceSwitch{"unprefixed-extension-attribute", &Tolerance::unprefixed_extension_attribute,
                    "An extension's attribute without its URI in PATCH paths and filters, where only one attribute can "
                    "be meant."},
    ToleranceSwitch{"filter-sub-attribute-after-value-path", &Tolerance::filter_sub_attribute_after_value_path,
                    "The filter emails[type eq \"work\"].value eq \"x\" for emails[type eq \"work\" and value eq "
                    "\"x\"]."},
    ToleranceSwitch{"complex-compares-by-value", &Tolerance::complex_compares_by_value,
                    "A complex attribute that has a `value` compares by it in filters: manager eq \"26\"."},
    ToleranceSwitch{"ignore-readonly-echo", &Tolerance::ignore_readonly_echo,
                    "Read-only attributes inside a PATCH value are left out, and so is `id` if it is the same."},
    ToleranceSwitch{"several-primaries", &Tolerance::several_primaries,
                    "More than one primary value in a POST or PUT: the first one stays primary."},
    ToleranceSwitch{"lax-formats", &Tolerance::lax_formats,
                    "Time zones, locales, languages, references and telephone numbers in any format."},
    ToleranceSwitch{"json-media-type", &Tolerance::json_media_type,
                    "The media type application/json beside application/scim+json."},
    ToleranceSwitch{"lenient-targets", &Tolerance::lenient_targets,
                    "A slash after the endpoint, stray & and ?, unknown query parameters."},
    ToleranceSwitch{"plus-is-space", &Tolerance::plus_is_space, "A + in the query is a blank."},
    ToleranceSwitch{"filter-blanks", &Tolerance::filter_blanks,
                    "More blanks in filters and paths than the grammar has, around brackets too, or none before a "
                    "string."},
    ToleranceSwitch{"contradicting-references", &Tolerance::contradicting_references,
                    "A `$ref` or `type` that contradicts the `value` of a reference: both are computed anew."},
    ToleranceSwitch{"search-strings", &Tolerance::search_strings,
                    "In .search, numbers as strings of digits, and lists of attributes as one string with commas."},
    ToleranceSwitch{"unquoted-path-values", &Tolerance::unquoted_path_values,
                    "A word without quotation marks as a string in a PATCH path: emails[type eq work].value."},
    ToleranceSwitch{"dot-after-schema-uri", &Tolerance::dot_after_schema_uri,
                    "A dot instead of the colon between a schema's URI and an attribute."},
    ToleranceSwitch{"pathless-operations", &Tolerance::pathless_operations,
                    "A PATCH operation without path, whose value names the attributes."},
    ToleranceSwitch{"filtered-elements", &Tolerance::filtered_elements,
                    "A PATCH path that ends with its filter means whole elements."},
    ToleranceSwitch{"several-matches", &Tolerance::several_matches,
                    "A filter in a PATCH path may select more than one element."},
    ToleranceSwitch{"replace-merges", &Tolerance::replace_merges,
                    "A PATCH replace of a complex value leaves the sub-attributes that it does not name."},
    ToleranceSwitch{"undefined-at-root", &Tolerance::undefined_at_root,
                    "A filter at the server root may name an attribute that no resource type has."},
    ToleranceSwitch{"empty-list-for-missing-types", &Tolerance::empty_list_for_missing_types,
                    "GET /Users and GET /Groups answer with an empty list where there is no such resource type."},
    ToleranceSwitch{"any-case-endpoints", &Tolerance::any_case_endpoints, "Endpoints in any letter case: /users."},
    ToleranceSwitch{"patch-returns-resource", &Tolerance::patch_returns_resource,
                    "A PATCH of a group is answered with the group, although the client did not ask for it."},
    ToleranceSwitch{"empty-members", &Tolerance::empty_members,
                    "A group without members is shown with \"members\": [] instead of without members."},
    ToleranceSwitch{"ignore-unkept-paths", &Tolerance::ignore_unkept_paths,
                    "A PATCH operation whose path names an attribute that the service does not keep is left out."},
    ToleranceSwitch{"unquoted-filter-values", &Tolerance::unquoted_filter_values,
                    "A word without quotation marks as a string in a search's filter: userName eq ada."},
    ToleranceSwitch{"unique-group-names", &Tolerance::unique_group_names,
                    "The displayName of a Group is unique in its tenant without regard to letter case."},
    ToleranceSwitch{"unique-external-ids", &Tolerance::unique_external_ids,
                    "An externalId is unique among the resources of its type in a tenant."},
    ToleranceSwitch{"basic-authentication", &Tolerance::basic_authentication,
                    "For tests and development only: HTTP Basic with a token as the password, beside bearer tokens."},
};

constexpr std::array allowed_by_the_rfcs{
    &Tolerance::remove_absent,       &Tolerance::json_media_type,   &Tolerance::complex_compares_by_value,
    &Tolerance::pathless_operations, &Tolerance::filtered_elements, &Tolerance::several_matches,
    &Tolerance::replace_merges,      &Tolerance::undefined_at_root};

Error refused(std::string_view name, std::string_view choices)
{
    return {ErrorCode::invalid_value, "The tolerance " + std::string{name} + " takes " + std::string{choices} + "."};
}

} // namespace

std::span<ToleranceSwitch const> tolerance_switches() { return switches; }

Tolerance Tolerance::strict()
{
    Tolerance strict;
    for (auto const& each : switches)
        strict.*each.member = std::ranges::find(allowed_by_the_rfcs, each.member) != allowed_by_the_rfcs.end();
    return strict;
}

result<void> Tolerance::set(std::string_view name, std::string_view value)
{
    if (name == "unknown-members")
    {
        if (value != "keep" && value != "skip" && value != "reject")
            return refused(name, "keep, skip or reject");
        unknown_members = value == "keep"   ? UnknownMembers::keep
                          : value == "skip" ? UnknownMembers::skip
                                            : UnknownMembers::reject;
        return {};
    }
    auto const found = std::ranges::find(switches, name, &ToleranceSwitch::name);
    if (found == switches.end())
        return Error{ErrorCode::invalid_value, "There is no tolerance \"" + std::string{name} + "\"."};
    if (value != "on" && value != "off")
        return refused(name, "on or off");
    this->*found->member = value == "on";
    return {};
}

} // namespace scimkit
