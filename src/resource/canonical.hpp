// Canonicalisation and validation: from the JSON that a client sent to canonical attributes (RFC 7643 section 2,
// RFC 7644 sections 3.3 and 3.5.1). What is exported is for scimkit::client, a library of its own, which reads what
// other servers send.
#pragma once

#include <scimkit/core/budget.hpp>
#include <scimkit/resource/resource.hpp>
#include <scimkit/resource/same_state.hpp>

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit
{

class Budget;

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
    /// The formats of references, timezone, locale, preferredLanguage, telephone numbers, countries and
    /// certificates are not checked.
    bool lax_formats = false;
    /// readOnly sub-attributes inside a complex value are refused (mutability), as PATCH does, instead of dropped.
    bool refuse_read_only = false;
    /// Values are only compared with others, as those that a PATCH removes: elements may be partial.
    bool only_compared = false;
    /// Of one string; beyond it invalid_value.
    std::size_t max_value_bytes = std::numeric_limits<std::size_t>::max();
    /// Charged with what finding repeated elements compares. May be null; outlives the calls.
    Budget* budget = nullptr;
    /// The id of what a URI names, for a reference that came with `$ref` alone: it becomes `value`, and is judged as
    /// one. Nothing where the attribute cannot point there: then the reference is refused (invalid_value). Empty: such
    /// references are left as they are. Called by whoever reads values, in no transaction.
    std::function<std::optional<std::string>(Attribute const& reference, std::string_view uri)> id_of_uri{};
    NameResolution names{};
};

/// What a member name at the root of a resource stands for: an attribute, or (attribute is null) the object of a
/// schema, an extension (in_extension) or the base schema, whose attributes a client may wrap as it does those of
/// extensions. Any letter case; attributes also fully qualified. Nothing: no schema of the type has it.
SCIMKIT_API std::optional<AttributeRef> find_member(std::string_view name, ResourceType const& type,
                                                    NameResolution const& names = {});

/// The canonical attributes of a request body (POST, PUT). readOnly attributes, `id` and `meta` are dropped, unless a
/// sub-attribute of theirs is in no schema, which is judged as any unknown attribute; names
/// may be in any case and may be fully qualified; unassigned values vanish, and so do elements that are there
/// already. Canonical values are suggestions. An empty externalId is unassigned.
///
/// Nothing that was sent becomes nothing: an element that keeps no sub-attribute, or nothing but blanks, is refused,
/// and so is a complex value of which only unknown names were sent, whatever `options` tolerate. `[]` and null
/// unassign, and so do a complex value's sub-attributes that are all null. An element that names a resource needs its
/// `value`, or a `$ref` that it follows from (id_of_uri).
///
/// No string has control characters but tab and line breaks; unique strings and ids have none, no blanks at their ends
/// and nothing invisible. Errors: invalid_syntax (not an
/// object, a name twice ignoring case, unknown names and schemas unless tolerated), invalid_value (a value that
/// does not fit its attribute), too_many and unavailable (`options.budget`). Required attributes and primary are
/// check_resource's matter. Details name the attribute and the reason, never the value (RFC 7643 section 9.3).
SCIMKIT_API result<json::object> canonicalise(json::value const& body, ResourceType const& type,
                                              CanonicalOptions const& options = {});

/// One value for one attribute in canonical form, null when it comes to nothing. A multi-valued attribute takes
/// an array; its elements are checked one by one. readOnly sub-attributes are dropped. Errors as above. `path`
/// names the attribute in details. Integers have no fraction and no exponent, not even 1.0 (RFC 7643 section
/// 2.3.4). Formats that depend on the attribute's place (locale and the like) need the overload below.
result<json::value> canonicalise_value(json::value const& value, Attribute const& attribute, std::string_view path,
                                       CanonicalOptions const& options = {});

/// The same for what `attribute` names, the sub-attribute where there is one.
result<json::value> canonicalise_value(json::value const& value, AttributeRef const& attribute,
                                       CanonicalOptions const& options = {});

/// The same for one element of a multi-valued attribute, never null; `index` is its place in what the client sent.
result<json::value> canonicalise_element(json::value const& element, AttributeRef const& attribute, std::size_t index,
                                         CanonicalOptions const& options = {});

/// The rules for a whole resource: required attributes (and required sub-attributes of assigned complex values,
/// required extensions) are there, at most one element of each attribute is primary. Error: invalid_value.
SCIMKIT_API result<void> check_resource(json::object const& attributes, ResourceType const& type);

/// PUT (RFC 7644 section 3.5.1): from `incoming` (canonical) and the stored `current` the new state. readOnly
/// values stay as stored; an immutable value that is stored must be repeated unchanged or left out, else
/// `mutability`; writeOnly values that are left out stay, since no client can repeat what it never sees.
/// In complex attributes the same holds for sub-attributes. Elements of multi-valued attributes come and go as a
/// whole: only one that is there before and after (the same `value`, else the same immutable sub-attributes) keeps
/// what the client left out of it. readOnly sub-attributes belong to `value` and go with it.
result<json::object> merge_for_replace(json::object const& current, json::object incoming, ResourceType const& type);

} // namespace scimkit
