// Tolerance: the named deviations of real clients that scimkit accepts, one switch each. docs/tolerance.md lists
// what each accepts and who needs it. Wherever possible the deviation is rewritten to what the RFC would have said
// before the algorithms see it, so that filter, patch and resource read like the RFC.
#pragma once

#include <scimkit/patch/patch.hpp>

#include <span>
#include <string_view>

namespace scimkit
{

enum class UnknownMembers
{
    keep,  ///< members that do not exist are stored as sent: integrity is the client's
    skip,  ///< left out silently
    reject ///< 400 invalid_value naming the ids
};

/// A value; the default is the tolerant one.
struct Tolerance
{
    bool op_letter_case = true;
    bool boolean_as_string = true;
    bool create_on_no_match = true;
    bool dotted_keys = true;
    bool remove_by_value = true;
    bool remove_absent = true;
    bool string_for_complex = true;
    bool array_for_single = true;
    bool object_for_multi = true;
    bool empty_string_clears_complex = true;
    bool ignore_unknown_attributes = true;
    bool ignore_unknown_schemas = true;
    bool extension_without_schema = true;
    bool missing_schemas = true;
    bool legacy_schema_uris = true;
    bool unprefixed_extension_attribute = true;
    bool filter_sub_attribute_after_value_path = true;
    bool complex_compares_by_value = true;
    bool ignore_readonly_echo = true;
    bool several_primaries = true;
    bool lax_formats = true;
    bool json_media_type = true;
    bool lenient_targets = true;
    bool plus_is_space = true;
    bool filter_blanks = true;
    /// A `$ref` or `type` that contradicts the reference's `value`: computed anew. Off: 400 invalid_value.
    bool contradicting_references = true;
    /// In .search: `count` and `startIndex` as strings of digits, `attributes` and `excludedAttributes` as one string.
    bool search_strings = true;
    /// `emails[type eq work]` in a PATCH path: a word that can be no number and no literal of JSON is a string.
    bool unquoted_path_values = true;
    /// `urn:...:User.employeeNumber` for `urn:...:User:employeeNumber`, in paths, filters and bodies.
    bool dot_after_schema_uri = true;

    bool empty_list_for_missing_types = false;
    bool any_case_endpoints = false;
    /// A PATCH of a group is answered with the group (200), although the client did not ask for it; off: 204.
    bool patch_returns_resource = false;
    /// A group without members is shown with `"members": []`, as every large attribute of any type; off: left out.
    bool empty_members = false;
    /// A PATCH operation whose path names an attribute that SchemaRegistry::Builder::keep_only() took away is left out,
    /// and succeeds although nothing of it is stored; off: 400 invalid_path.
    bool ignore_unkept_paths = false;
    /// The same as unquoted_path_values for filters of searches, where it hides mistakes: `userName eq ada`.
    bool unquoted_filter_values = false;
    /// These two hold for resources written while they are on: turn them on before the first one.
    bool unique_group_names = false;
    bool unique_external_ids = false;
    bool basic_authentication = false; ///< for who builds the authenticator: BearerOptions::basic

    UnknownMembers unknown_members = UnknownMembers::keep;

    /// Nothing but what the RFCs allow: all off, but remove_absent, json_media_type and complex_compares_by_value,
    /// which they do.
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
SCIMKIT_API std::span<ToleranceSwitch const> tolerance_switches();

/// What the rooms below take of it.
SCIMKIT_API FilterSyntax filter_syntax(Tolerance const& tolerance);
SCIMKIT_API NameResolution name_resolution(Tolerance const& tolerance);
SCIMKIT_API BindOptions bind_options(Tolerance const& tolerance);
SCIMKIT_API CanonicalOptions canonical_options(Tolerance const& tolerance);
SCIMKIT_API PatchOptions patch_options(Tolerance const& tolerance);

/// Rewrites values in the body of a POST or PUT in place. Cannot fail: what it does not understand it leaves for
/// canonicalise() to judge.
SCIMKIT_API void rewrite_body(json::value& body, ResourceType const& type, Tolerance const& tolerance);

/// Rewrites the values of decoded PATCH operations in place. An add whose value turns out to clear its attribute
/// becomes a replace with null, since an add of null adds nothing.
SCIMKIT_API void rewrite_patch(std::span<PatchOperation> operations, Tolerance const& tolerance);

} // namespace scimkit
