// Rewrites JSON values by their attribute's definition into what the RFC would have said. What is not one of the
// tolerated shapes stays as it is, for canonicalisation to judge.
#pragma once

#include <scimkit/schema/resource_type.hpp>
#include <scimkit/tolerance/tolerance.hpp>

namespace scimkit::detail
{

/// Goes as deep as a schema does, two levels, whatever the value's depth.
class ValueRewriter
{
public:
    /// `one_primary`: of several primary elements the first one stays (several-primaries).
    ValueRewriter(Tolerance const& tolerance, bool one_primary) noexcept
        : tolerance_(tolerance)
        , one_primary_(one_primary)
    {
    }

    /// The whole value of an attribute or sub-attribute.
    void attribute(json::value& value, Attribute const& definition) const;

    /// One element of a multi-valued attribute.
    void element(json::value& value, Attribute const& definition) const;

    /// The value for elements that a value path selects: one element, or an array of it.
    void selected(json::value& value, Attribute const& definition) const;

    /// All members of an object under the base schema's URI.
    void base(json::value& value, ResourceType const& type) const;

    /// All members of an extension's object.
    void extension(json::value& value, Schema const& schema) const;

private:
    bool unwrap(json::value& value) const;
    void boolean(json::value& value) const;
    void single_complex(json::value& value, Attribute const& definition) const;
    void multi_valued(json::value& value, Attribute const& definition) const;
    void sub_attributes(json::object& object, Attribute const& definition) const;
    bool rewrites_elements(Attribute const& definition) const noexcept;

    Tolerance const& tolerance_;
    bool one_primary_;
};

/// Replaces a string by {"value": string} in the spelling of the schema, which must have that sub-attribute.
void wrap_in_value(json::value& text, Attribute const& definition);

} // namespace scimkit::detail
