// Draft: changes to a resource's attributes that can be taken back. Only what is touched is copied, so that a
// change of one attribute costs nothing for the others.
#pragma once

#include "../resource/canonical.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace scimkit
{

/// While a draft is at work an unassigned attribute may be null. Without commit() the destructor restores the state
/// before, to the order of its members.
class Draft
{
public:
    explicit Draft(json::object& attributes) noexcept
        : attributes_(attributes)
    {
    }
    Draft(Draft const&) = delete;
    Draft& operator=(Draft const&) = delete;
    ~Draft();

    json::object const& attributes() const noexcept { return attributes_; }

    /// The value of a top-level attribute, to be changed; null if it has none. Valid until the next call.
    json::value& value(AttributeRef const& attribute);

    /// The object of an extension, to be changed; null if it has none.
    json::value& extension(Schema const& schema) { return member(schema.id); }

    /// Keeps the changes. Returns whether there are any; if not, everything stays to the byte as it was.
    bool commit();

private:
    struct Saved
    {
        std::string_view name; ///< the schema's
        std::optional<json::value> value;
    };

    json::value& member(std::string_view name);

    json::object& attributes_;
    std::vector<Saved> saved_;
    bool committed_ = false;
};

} // namespace scimkit
