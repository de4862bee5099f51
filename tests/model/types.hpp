// What the model knows of resource types: read from SCIM schema JSON (RFC 7643 section 7) by code of its own.
//
// The model is a second, slow service provider in memory. It shares no code with scimkit: what both say alike is not
// one mistake made once. It knows JSON, the RFCs and the rulings of docs/design.md and docs/tolerance.md.
#pragma once

#include <boost/json.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::model
{

namespace json = boost::json;

/// The text of a member; empty where there is none.
std::string text_of(json::object const& object, std::string_view name);

enum class Kind
{
    text,
    boolean,
    integer,
    decimal,
    instant,
    reference,
    binary,
    complex
};

enum class Change
{
    read_write,
    read_only,
    immutable,
    write_only
};

enum class Shown
{
    always,
    by_default,
    on_request,
    never
};

struct Attribute
{
    std::string name;
    Kind kind = Kind::text;
    bool multi = false;
    bool required = false;
    bool exact = false; ///< letter case counts
    bool unique = false;
    Change change = Change::read_write;
    Shown shown = Shown::by_default;
    std::vector<std::string> refers_to{}; ///< resource types, for a reference
    std::vector<Attribute> subs{};

    Attribute const* sub(std::string_view sub_name) const; ///< any letter case; null if there is none
};

struct Schema
{
    std::string uri;
    std::vector<Attribute> attributes;

    Attribute const* find(std::string_view name) const; ///< any letter case; null if there is none
};

struct Type
{
    std::string name;
    std::string endpoint;
    Schema schema; ///< with externalId, which every resource has
    std::vector<Schema> extensions{};
    /// The attribute that lists members, empty if there is none: found from both ends, and cleaned when they go.
    std::string members{};
    /// Its resources are the members of groups (docs/embedding.md, the pack group-membership-01): nothing is stored.
    bool of_members = false;
};

/// Addresses stay while types are added.
using Types = std::deque<Type>;

/// An attribute as a name means it.
struct Target
{
    Schema const* extension = nullptr; ///< null: at the root
    Attribute const* attribute = nullptr;
    Attribute const* sub = nullptr;

    Attribute const& leaf() const { return sub ? *sub : *attribute; }
};

/// Finds id, meta and schemas, which every resource has.
Schema const& common_attributes();

/// A schema as GET /Schemas gives it.
Schema read_schema(json::object const& definition);

/// True for `value` and `$ref` of a reference to resources: members, manager, groups.
bool is_reference(Attribute const& attribute);

Type const* find_type(Types const& types, std::string_view name);

bool equal_names(std::string_view a, std::string_view b);

} // namespace scimkit::model
