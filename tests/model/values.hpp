// From what a client sends to what a resource has: names, types and rulings on values (RFC 7643 section 2).
#pragma once

#include "world.hpp"

#include <optional>

namespace scimkit::model
{

/// What the service is asked to put up with.
enum class Mode
{
    tolerant, ///< the default tolerance
    strict
};

/// Who is speaking: some readings differ.
enum class Speaker
{
    body, ///< of a POST or PUT
    patch
};

class Values
{
public:
    Values(Mode mode, Speaker speaker)
        : mode_(mode)
        , speaker_(speaker)
    {
    }

    /// One value for one attribute; null if it says that there is none. Throws Refusal.
    json::value read(json::value value, Attribute const& attribute) const;

    /// The value of a sub-attribute: an id is never blank.
    json::value read_sub(json::value value, Attribute const& sub, Attribute const& attribute) const;

    /// One element of a multi-valued attribute.
    json::value read_element(json::value value, Attribute const& attribute) const;

    /// The members of a complex value, those that are to be cleared as null.
    json::object read_members(json::value const& value, Attribute const& attribute, bool keep_null) const;

private:
    bool strict() const { return mode_ == Mode::strict; }
    json::value read_simple(json::value value, Attribute const& attribute) const;
    json::value read_complex(json::value value, Attribute const& attribute) const;

    Mode mode_;
    Speaker speaker_;
};

/// The names in an object of attributes: where something was sent, one of them has to be known.
class Names
{
public:
    void add(bool is_known, json::value const& value)
    {
        known_ = known_ || is_known;
        lost_ = lost_ || (!is_known && !value.is_null());
    }

    /// Throws Refusal.
    void check() const;

private:
    bool known_ = false;
    bool lost_ = false;
};

/// The attributes of the body of a POST or PUT. Throws Refusal.
json::object read_body(json::value const& body, Type const& type, Mode mode);

/// Required attributes are there, and at most one element of each attribute is primary. Throws Refusal.
void check_whole(json::object const& attributes, Type const& type);

/// A name at the root of a body: an attribute, or a whole extension (its attribute is then null).
std::optional<Target> find_root(std::string_view name, Type const& type);

/// Whether a stored element is what a given one names: all that is given is the same; `primary` is a mark, not a value.
bool is_named_by(json::value const& stored, json::value const& given, Attribute const& attribute, bool value_decides);

bool is_primary(json::value const& element);

/// True if all that the members of an element say is blanks, or nothing.
bool says_only_blanks(json::object const& members);

/// True for an attribute whose elements are known by their `value` alone, as a group's members are.
bool known_by_value(Attribute const& attribute);

} // namespace scimkit::model
