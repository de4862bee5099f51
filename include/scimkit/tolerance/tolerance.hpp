// Tolerance: the named deviations of real clients that scimkit accepts, one switch each. Wherever possible the
// deviation is rewritten to what the RFC would have said before the algorithms see it, so that filter, patch and
// resource read like the RFC.
//
// The comments of the switches are the tables of docs/tolerance.md (scripts/tolerance puts them there): what is
// accepted while a switch is on, for whom it is there, and what happens in strict mode. The name of a switch in
// configuration has hyphens: `op-letter-case`.
//
// Threading: values; the list of switches is constant. Lifetimes: names and sentences are text of the program itself.
#pragma once

#include <scimkit/core/error.hpp>

#include <span>
#include <string_view>

namespace scimkit
{

/// What becomes of members of a group that do not exist; see Tolerance::unknown_members.
enum class UnknownMembers
{
    keep,  ///< members that do not exist are stored as sent: integrity is the client's
    skip,  ///< left out silently
    reject ///< 400 invalid_value naming the ids
};

/// A value; the default is the tolerant one. A switch that is on by default accepts what can mean only one thing; one
/// that is off changes what the service promises, and wants a decision.
struct Tolerance
{
    /// `"Add"`, `"REPLACE"`.
    /// For: Entra. Strict: 400 `invalidSyntax`.
    bool op_letter_case = true;

    /// `"true"`, `"False"` in any letter case for a boolean attribute or sub-attribute, such as `active` or `primary`,
    /// and for a boolean in a filter. Other strings are refused as before.
    /// For: Entra, OneLogin, Saviynt. Strict: 400 `invalidValue`; in a filter `invalidFilter`.
    bool boolean_as_string = true;

    /// An add or replace through a value path that matches nothing, `emails[type eq "work"].value`, makes the element
    /// with the values that the filter's `eq` comparisons, joined by `and`, state. With any other filter it is
    /// `noTarget`.
    /// For: Entra. Strict: 400 `noTarget`.
    bool create_on_no_match = true;

    /// Keys in the value of an operation without path that are paths, `"name.givenName"` or `"emails[type eq
    /// \"work\"].value"`. Keys with a URI in front are plain RFC.
    /// For: Entra. Strict: 400 `invalidSyntax`.
    bool dotted_keys = true;

    /// A remove with the path of a multi-valued attribute and a value, one or an array: it removes the listed values
    /// only, those with a `value` by it and by the `type` that is said beside it, with a filter in the path those of
    /// them that match it; an empty array removes nothing. Without it 400 and nothing is removed, since the RFC's
    /// remove has no value and would empty the attribute. A value beside a path that cannot list elements, such as
    /// `emails.value` or an extension, is 400 in every mode; beside that of a single value it has to be what is there,
    /// of a complex one all of it or its `value`, and is 400 otherwise, in every mode too, while null, `""`, `[]` and
    /// `{}` say nothing.
    /// For: Entra, JumpCloud. Strict: 400 `invalidValue`.
    bool remove_by_value = true;

    /// A remove of what is not there succeeds. Off: `noTarget`, which table 9 of RFC 7644 would allow and clients then
    /// repeat for ever.
    /// For: all. Strict: on, as the RFC allows it.
    bool remove_absent = true;

    /// A string for a single-valued complex attribute that has a `value`: `"manager": "26"` is `{"value": "26"}`. For
    /// multi-valued attributes only where the elements are references, with `value` and `$ref`: `"members": ["1",
    /// "2"]`, in PATCH also `"1"` alone. A string in place of an address or a role is refused: its type would be a
    /// guess. A PATCH add to a multi-valued complex attribute also takes JSON text in a string, `"{\"value\":
    /// \"Reader\"}"`, up to 64 KiB. Text that begins as JSON does stands for no reference otherwise.
    /// For: Entra. Strict: 400 `invalidValue`.
    bool string_for_complex = true;

    /// An array of exactly one value for a single-valued attribute or sub-attribute, simple or complex: `"manager":
    /// [{"value": "26"}]`, `"active": [true]`; for the value of a PATCH operation with a value path; and around the
    /// object of a PATCH operation without path. `[null]`, `[""]` and `[]` stay errors.
    /// For: Entra, client libraries. Strict: 400 `invalidValue`.
    bool array_for_single = true;

    /// One object for a multi-valued complex attribute: `"emails": {"value": "…"}`.
    /// For: OneLogin. Strict: 400 `invalidValue`, but for a PATCH add, which takes one value.
    bool object_for_multi = true;

    /// `""`, or an object whose `value` is `""` and that says nothing else, for a single-valued complex attribute, or
    /// `""` at the PATCH path of its `value`: it has no value then. In a PATCH add and replace it is removed.
    /// For: Entra, templates. Strict: 400 `invalidValue`.
    bool empty_string_clears_complex = true;

    /// Attributes and sub-attributes that no schema has, in a POST, a PUT and the value of a PATCH operation without
    /// path: they are left out. An explicit PATCH path that names nothing is `invalidPath` in every mode.
    /// For: Entra, Okta, OneLogin. Strict: 400 `invalidSyntax` naming the attribute.
    bool ignore_unknown_attributes = true;

    /// Unknown or misspelt URIs in `schemas`, and objects under unknown URIs: they are left out and never sent back.
    /// For: Entra. Strict: 400 `invalidSyntax`.
    bool ignore_unknown_schemas = true;

    /// Extension data whose URI is not in `schemas`.
    /// For: Entra. Strict: 400 `invalidSyntax`.
    bool extension_without_schema = true;

    /// A POST or PUT body without `schemas`: the endpoint says what it is. A PATCH without `schemas` is an error in
    /// every mode.
    /// For: hand-written templates. Strict: 400 `invalidSyntax`.
    bool missing_schemas = true;

    /// The URIs of SCIM 1.1 and of the drafts of SCIM 2.0, such as `urn:scim:schemas:core:1.0` and
    /// `urn:scim:schemas:extension:enterprise:2.0`, as other names of today's. Answers have today's.
    /// For: OneLogin. Strict: they are unknown schemas.
    bool legacy_schema_uris = true;

    /// An extension's attribute without its URI, `manager` or `department`, in PATCH paths and filters, if the base
    /// schema has no attribute of that name and exactly one extension has. Not at the top level of a body: there it is
    /// an unknown attribute.
    /// For: Entra. Strict: 400 `invalidPath` or `invalidFilter`.
    bool unprefixed_extension_attribute = true;

    /// `emails[type eq "work"].value eq "x"`, which means `emails[type eq "work" and value eq "x"]`.
    /// For: Entra. Strict: 400 `invalidFilter`.
    bool filter_sub_attribute_after_value_path = true;

    /// `manager eq "26"`: a complex attribute that has a `value` compares by it, as RFC 7644 itself has it: `emails co
    /// "example.com"`. `name eq` stays an error.
    /// For: Entra. Strict: on, as the RFC shows it.
    bool complex_compares_by_value = true;

    /// ReadOnly attributes inside a PATCH value are left out, and so is `id` where it is the resource's own. Another
    /// `id` and an explicit path to a readOnly attribute are `mutability` in every mode. In POST and PUT the RFC itself
    /// ignores them.
    /// For: Okta. Strict: 400 `mutability`.
    bool ignore_readonly_echo = true;

    /// More than one `primary: true` in an attribute of a POST or PUT: the first one stays primary, so that what is
    /// stored obeys RFC 7643 section 2.4. In one PATCH value two primaries are an error in every mode.
    /// For: PingOne, Okta. Strict: 400 `invalidValue`.
    bool several_primaries = true;

    /// Any text in `timezone`, `locale`, `preferredLanguage`, references, telephone numbers and `addresses.country`,
    /// and any bytes in `x509Certificates` (in base64, which is always checked); it is kept as it was sent.
    /// For: Entra's validator, Saviynt. Strict: 400 `invalidValue`.
    bool lax_formats = true;

    /// `application/json` beside `application/scim+json`, whatever its parameters.
    /// For: all. Strict: on, as the RFC allows it.
    bool json_media_type = true;

    /// A slash after the endpoint or id, two before the endpoint (`/scim//Users`, of a base URL that was pasted with a
    /// slash at its end), stray `&` (unknown query parameters and a lone `?` are fine in any mode).
    /// For: OneLogin, Entra. Strict: 404 for the slash, 400 for the `&`.
    bool lenient_targets = true;

    /// `+` in the query is a blank, as HTML forms write it; a plus is `%2B`.
    /// For: Entra, OneLogin. Strict: `+` is a plus.
    bool plus_is_space = true;

    /// More blanks than the grammar has, around brackets and the dot after them too, and none before a string: `members
    /// [ value eq"1" ]`.
    /// For: hand-written clients. Strict: 400 `invalidFilter`; outside the brackets of a path `invalidPath`.
    bool filter_blanks = true;

    /// A `$ref` or `type` that contradicts the `value` of a reference (a group's member, a manager), in bodies and in
    /// PATCH: both are computed anew from `value` and the store. Of a member that does not exist a `type` that names a
    /// resource type is kept.
    /// For: clients that copy references. Strict: 400 `invalidValue`.
    bool contradicting_references = true;

    /// In `.search`: `count` and `startIndex` as strings of digits, `attributes` and `excludedAttributes` as one
    /// string, names separated by commas.
    /// For: hand-written clients. Strict: 400.
    bool search_strings = true;

    /// A word without quotation marks as a string in a PATCH path: `emails[type eq work].value`. Letters, digits and `-
    /// _ . @ + : /`; never a number, `true`, `false` or `null` in any letter case, nor a keyword.
    /// For: hand-written mappings. Strict: 400 `invalidFilter`.
    bool unquoted_path_values = true;

    /// A dot for the colon between a schema's URI and an attribute, `urn:…:User.employeeNumber`, in PATCH paths,
    /// filters, `attributes` and bodies.
    /// For: hand-written mappings. Strict: 400 `invalidPath` or `invalidFilter`; in a body an unknown schema.
    bool dot_after_schema_uri = true;

    /// A PATCH operation without path, whose value names the attributes (RFC 7644 section 3.5.2). Off: each operation
    /// has to have a path, and the base schema's URI for one is none: 400 `invalidSyntax`.
    /// For: Entra, Okta, OneLogin. Strict: on, as the RFC allows it.
    bool pathless_operations = true;

    /// A PATCH path that ends with its filter, `members[value eq "26"]`: whole elements are meant. Off: such a path has
    /// to name a sub-attribute: 400 `invalidPath`; an element is removed by a list of values (`remove-by-value`).
    /// For: Entra, Okta. Strict: on, as the RFC allows it.
    bool filtered_elements = true;

    /// A filter in a PATCH path that selects more than one element: all of them are changed. Off: 400 `invalidFilter`.
    /// For: all. Strict: on, as the RFC allows it.
    bool several_matches = true;

    /// A replace of a complex value leaves alone the sub-attributes that its value does not name. Off: they go, and one
    /// that is required or immutable is 400 `mutability`. What is readOnly stays in either case.
    /// For: all. Strict: on, as the RFC wants it.
    bool replace_merges = true;

    /// A query at the server root whose filter names an attribute that no resource type has: the attribute has no value
    /// there, as one has not that only other types have. Off: 400 `invalidFilter`, as it is below an endpoint.
    /// For: all. Strict: on, as the RFC has it.
    bool undefined_at_root = true;

    /// `GET /Groups` and `GET /Users` of a service without that resource type answer 200 with an empty list. Turn it on
    /// for a service of users only: connection tests ask for groups all the same.
    /// For: Entra, JumpCloud, Okta. Strict: 404.
    bool empty_list_for_missing_types = false;

    /// `/users` for `/Users`.
    /// For: hand-written clients. Strict: 404.
    bool any_case_endpoints = false;

    /// A PATCH of a group is answered with the group (200), although the client asked for it neither by `attributes`
    /// nor by `Prefer: return=representation`. Off: 204.
    /// For: clients that take a 204 for a failure. Strict: 204.
    bool patch_returns_resource = false;

    /// A group without members is shown with `"members": []`, wherever `members` would be shown; the same for the large
    /// attributes of your own types. Off: it has no `members`, since the RFC takes an empty list for no value.
    /// For: clients that read `members` without looking whether it is there. Strict: left out.
    bool empty_members = false;

    /// A PATCH operation whose path, or a filter in it, names an attribute that the service does not keep
    /// (`SchemaRegistry::Builder::keep_only`): it is left out and succeeds, although nothing of it is stored. Turn it
    /// on where an identity provider maps attributes that nobody here can take off its list, since one such error stops
    /// the whole sync. Off: an error that says so. What no schema ever had is `invalidPath` in every mode.
    /// For: Entra. Strict: 400 `invalidPath`.
    bool ignore_unkept_paths = false;

    /// The same in the filter of a search: `userName eq ada`. Off, since there a forgotten quotation mark finds nothing
    /// and is taken for "there is no such user".
    /// For: one client is known. Strict: 400 `invalidFilter`.
    bool unquoted_filter_values = false;

    /// The `displayName` of a Group is unique in its tenant, without regard to letter case: 409 `uniqueness`.
    /// Recommended where Entra or Okta push groups, as they find them by name.
    /// For: Entra, Okta. Strict: not unique.
    bool unique_group_names = false;

    /// An `externalId` is unique among the resources of its type in a tenant: 409 `uniqueness`. Both unique switches
    /// hold for resources that are written while they are on: turn them on before the first sync.
    /// For: policy. Strict: not unique.
    bool unique_external_ids = false;

    /// For tests and development only: HTTP Basic with a token as the password, beside bearer tokens (read by the
    /// sample server; an embedder sets `BearerOptions::basic` or `KeyOptions::basic`).
    /// For: Okta, PingOne. Strict: 401.
    bool basic_authentication = false;

    /// What becomes of a Group member whose id does not exist. `keep`: stored as sent, since the RFC leaves integrity
    /// to the service provider. `skip`: left out silently, but a list of which nothing would remain is 400
    /// `invalidValue`. `reject`: 400 `invalidValue` naming the ids; one such answer stops a whole group push of Okta.
    /// For: Okta, Entra. Strict: keep.
    UnknownMembers unknown_members = UnknownMembers::keep;

    /// Nothing but what the RFCs allow: all off, but remove_absent, json_media_type, complex_compares_by_value,
    /// pathless_operations, filtered_elements, several_matches, replace_merges and undefined_at_root, which they do.
    SCIMKIT_API static Tolerance strict();

    /// Sets a switch by its name in the documentation ("boolean-as-string"); unknown-members takes keep, skip or
    /// reject, all others on or off. Error: invalid_value.
    SCIMKIT_API result<void> set(std::string_view name, std::string_view value);

    friend bool operator==(Tolerance const&, Tolerance const&) = default;
};

/// The switches with on and off, for documentation, configuration and tests.
struct ToleranceSwitch
{
    std::string_view name;
    bool Tolerance::*member;
    std::string_view accepts; ///< one sentence
};

/// All of them that are on or off; `unknown_members`, which is neither, is not among them.
/// For whoever lists, reads or shows them by name. Errors: none. Complexity: constant.
SCIMKIT_API std::span<ToleranceSwitch const> tolerance_switches();

} // namespace scimkit
