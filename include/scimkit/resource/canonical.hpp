// Canonicalisation and validation: from the JSON that a client sent to canonical attributes (RFC 7643 section 2,
// RFC 7644 sections 3.3 and 3.5.1).
#pragma once

#include <scimkit/resource/resource.hpp>

#include <span>

namespace scimkit
{

/// What is accepted beyond the RFC; the defaults are strict.
struct CanonicalOptions
{
    /// Attributes that no schema of the resource type has are dropped instead of refused (invalid_syntax).
    bool ignore_unknown_attributes = false;
    /// Unknown URIs in `schemas` and unknown extension objects are dropped instead of refused (invalid_syntax).
    bool ignore_unknown_schemas = false;
    /// Extension data may come without its URI in `schemas`; otherwise invalid_syntax.
    bool extension_without_schema = false;
    /// `schemas` may be missing; otherwise invalid_syntax.
    bool missing_schemas = false;
    /// The formats of references, timezone, locale, preferredLanguage and telephone numbers are not checked.
    bool lax_formats = false;
    NameResolution names{};
};

/// The canonical attributes of a request body (POST, PUT). readOnly attributes, `id` and `meta` are dropped; names
/// may be in any case and may be fully qualified; unassigned values vanish. Errors: invalid_syntax (not an object,
/// a name twice ignoring case, unknown names and schemas unless tolerated), invalid_value (a value that does not
/// fit its attribute). Required attributes and primary are check_resource's matter.
SCIMKIT_API result<json::object> canonicalise(json::value const& body, ResourceType const& type,
                                              CanonicalOptions const& options = {});

/// One value for one attribute in canonical form, null when it comes to nothing. A multi-valued attribute takes
/// an array; its elements are checked one by one. Errors as above. `path` names the attribute in details.
SCIMKIT_API result<json::value> canonicalise_value(json::value const& value, Attribute const& attribute,
                                                   std::string_view path, CanonicalOptions const& options = {});

/// The rules for a whole resource: required attributes (and required sub-attributes of assigned complex values,
/// required extensions) are there, at most one element of each attribute is primary. Error: invalid_value.
SCIMKIT_API result<void> check_resource(json::object const& attributes, ResourceType const& type);

/// PUT (RFC 7644 section 3.5.1): from `incoming` (canonical) and the stored `current` the new state. readOnly
/// values stay as stored; an immutable value that is stored must be repeated unchanged or left out, else
/// `mutability`; writeOnly values that are left out stay, since no client can repeat what it never sees.
SCIMKIT_API result<json::object> merge_for_replace(json::object const& current, json::object incoming,
                                                   ResourceType const& type);

/// Equal states: members in any order, `primary: false` the same as absent.
SCIMKIT_API bool same_state(json::object const& a, json::object const& b);

} // namespace scimkit
