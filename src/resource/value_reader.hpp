// ValueReader: checks one JSON value against its attribute and builds its canonical form.
#pragma once

#include "canonical.hpp"
#include "place.hpp"

namespace scimkit
{

/// Depth is bounded by the data model: array, complex, array of simple values.
class ValueReader
{
public:
    /// `schema` may be null; then formats that depend on the attribute's place are not checked.
    ValueReader(CanonicalOptions const& options, Schema const* schema) noexcept
        : options_(options)
        , schema_(schema)
    {
    }

    /// A whole value: an array where the attribute is multi-valued. `parent` is null for top-level attributes.
    result<json::value> read(json::value const& value, Attribute const& attribute, Attribute const* parent,
                             Place const& place) const;

    /// One value, or one element; null when it comes to nothing. Not an element's last word: see check_element.
    result<json::value> read_single(json::value const& value, Attribute const& attribute, Attribute const* parent,
                                    Place const& place) const;

    /// One element of a multi-valued attribute, never null.
    result<json::value> read_element(json::value const& element, Attribute const& attribute, Attribute const* parent,
                                     Place const& place) const;

    /// The members of a complex value; with `keep_null` also those that come to nothing. Error: invalid_value where
    /// nothing but unknown names was sent.
    result<json::object> read_members(json::value const& value, Attribute const& attribute, Place const& place,
                                      bool keep_null) const;

    /// Whether an element says something, and what it has to. Also for one that an edit has left: the rule for what
    /// may stand in a list is the same for all that put it there.
    result<void> check_element(json::value const& element, Attribute const& attribute, Place const& place) const;

private:
    result<json::value> read_array(json::value const& value, Attribute const& attribute, Attribute const* parent,
                                   Place const& place) const;
    /// A reference that came without `value`: what its URI names is what is meant.
    result<void> complete_reference(json::object& members, Attribute const& attribute, Place const& place) const;
    result<void> check_text(std::string_view text, Attribute const& attribute, Attribute const* parent,
                            Place const& place) const;
    result<json::value> read_text(json::value const& value, Attribute const& attribute, Attribute const* parent,
                                  Place const& place) const;

    CanonicalOptions const& options_;
    Schema const* schema_;
};

} // namespace scimkit
