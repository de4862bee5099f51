// Schema and Attribute: the data model of RFC 7643 sections 2 and 7, as plain values.
//
// Declare your own with designated initialisers, or load them from the RFC's JSON form with parse_schema:
//
//     Schema badge{.id = "urn:example:badge:1.0:User", .name = "Badge",
//                  .attributes = {{.name = "serial", .case_exact = true}}};
//
// These are definitions: they may be wrong until SchemaRegistry accepts them. Threading, lifetimes: values. Complexity:
// look-ups by name walk over the attributes, which are few.
#pragma once

#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// RFC 7643 section 2.3.
enum class AttributeType
{
    string,
    boolean,
    decimal,
    integer,
    date_time,
    reference,
    binary,
    complex
};

/// RFC 7643 section 7, "mutability". SchemaRegistry makes what is writeOnly "never" returned, whatever was declared,
/// and every part of it writeOnly too, but for what is readOnly.
enum class Mutability
{
    read_only,
    read_write,
    immutable,
    write_only
};

/// RFC 7643 section 7, "returned". `by_default` is the RFC's "default", `on_request` its "request".
enum class Returned
{
    always,
    never,
    by_default,
    on_request
};

/// RFC 7643 section 7, "uniqueness"; `global` is enforced as `server` is: in one resource type of one tenant.
enum class Uniqueness
{
    none,
    server,
    global
};

/// One attribute definition with the defaults of RFC 7643 section 2.2.
struct Attribute
{
    std::string name;
    AttributeType type = AttributeType::string;
    bool multi_valued = false;
    std::string description{};
    bool required = false;
    bool case_exact = false;
    Mutability mutability = Mutability::read_write;
    Returned returned = Returned::by_default;
    Uniqueness uniqueness = Uniqueness::none;
    std::vector<std::string> canonical_values{};
    /// No other values than the canonical ones are taken: 400 invalidValue names them. RFC 7643 section 7 has them as
    /// suggestions, so nothing announces this; the JSON form does not have it, and files get it by
    /// SchemaRegistry::Builder::only_values(). Compared as the attribute compares, kept in the spelling above.
    bool only_canonical_values = false;
    std::vector<std::string> reference_types{};
    std::vector<Attribute> sub_attributes{};

    /// The sub-attribute of that name, ignoring case; null if there is none.
    SCIMKIT_API Attribute const* find_sub_attribute(std::string_view sub_name) const noexcept;

    friend bool operator==(Attribute const&, Attribute const&) = default;
};

/// True for a complex attribute whose values name other resources: it has a single string `value`, the id, and a
/// `$ref` beside it, as `members` and `manager` have. Ids are exact (RFC 7643 section 3.1): SchemaRegistry makes such a
/// `value` caseExact, whatever was declared, so that filters, PATCH and stores all compare it letter by letter.
SCIMKIT_API bool is_resource_reference(Attribute const& attribute) noexcept;

/// A schema of resources or of an extension (RFC 7643 section 7).
struct Schema
{
    std::string id; ///< the schema URI
    std::string name;
    std::string description{};
    std::vector<Attribute> attributes{};

    /// The top-level attribute of that name, ignoring case; null if there is none.
    SCIMKIT_API Attribute const* find_attribute(std::string_view attribute_name) const noexcept;

    friend bool operator==(Schema const&, Schema const&) = default;
};

/// Keywords of RFC 7643 section 7 ("dateTime", "readOnly", "request", "server").
SCIMKIT_API std::string_view to_string(AttributeType type) noexcept;
SCIMKIT_API std::string_view to_string(Mutability mutability) noexcept;
SCIMKIT_API std::string_view to_string(Returned returned) noexcept;
SCIMKIT_API std::string_view to_string(Uniqueness uniqueness) noexcept;

/// Reads a schema in the form of RFC 7643 section 8.7. Characteristics left out get their defaults, and a multi-valued
/// complex attribute that lists no sub-attributes those of section 2.4. Error: invalid_value, whose detail names the
/// attribute and what is wrong with it. Complexity: linear in the definition.
SCIMKIT_API result<Schema> parse_schema(json::value const& definition);

/// The same form again, as /Schemas returns it (without `meta`).
SCIMKIT_API json::object to_json(Schema const& schema);

} // namespace scimkit
