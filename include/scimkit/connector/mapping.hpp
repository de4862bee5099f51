// Mapping: which attribute of a source becomes which attribute of the copy. What is not named keeps its name,
// if the copy has an attribute of that name: those of the core and enterprise schemas. A source's own attributes are
// left out unless they are renamed, and Run::left_out (import.hpp) counts them.
//
//     Mapping mapping;
//     mapping.rename("User", "nickName", "");                                        // is left out
//     mapping.rename("User", "urn:example:hr:User:cc", std::string{urn::enterprise_user} + ":costCenter");
//
// Threading: a value; one thread changes it, any read it. Complexity: apply() is linear in resource and rules.
#pragma once

#include <scimkit/connector/files.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::connector
{

/// By default all of the core and enterprise schemas as they are.
class SCIMKIT_API Mapping
{
public:
    /// `type` is User or Group, `from` an attribute of the source, `to` one of the copy; an empty `to` leaves it out.
    ///
    /// Failure: misuse (one of them names no attribute, or the copy has no `to` that can be written).
    outcome<void> rename(std::string const& type, std::string const& from, std::string const& to);

    /// Canonical attributes of a source as those of the copy, with `schemas`. All that are renamed are taken out first,
    /// so that two can change places.
    json::object apply(std::string const& type, json::object attributes) const;

    /// All rules as a text: two mappings that do the same in the same order have the same one.
    std::string text() const;

private:
    struct Rule
    {
        std::string from;
        std::string to;
    };

    std::map<std::string, std::vector<Rule>> rules_;
};

/// The value at "userName", "name.givenName" or "urn:...:User:department" of canonical attributes; null pointer: there
/// is none. Lifetimes: of `attributes`.
SCIMKIT_API json::value const* find_path(json::object const& attributes, std::string_view path);

} // namespace scimkit::connector
