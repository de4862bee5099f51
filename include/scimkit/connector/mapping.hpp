// Mapping: which attribute of a source becomes which attribute of the copy. What is not named keeps its name,
// if the copy has an attribute of that name: those of the core and enterprise schemas. A source's own attributes are
// left out unless they are renamed, and Run::left_out (import.hpp) counts them.
//
//     Mapping mapping;
//     mapping.rename("User", "nickName", "");                                        // is left out
//     mapping.rename("User", "urn:example:hr:User:cc", std::string{urn::enterprise_user} + ":costCenter");
//
// Threading: a value; one thread changes it, any read it. Lifetimes: it refers to nothing.
#pragma once

#include <scimkit/connector/files.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::connector
{

/// By default all of the core and enterprise schemas as they are. Paths are in standard attribute notation (RFC 7644
/// section 3.10), without brackets, in the spelling of their schema: `from` that of the source, `to` that of RFC 7643.
class SCIMKIT_API Mapping
{
public:
    /// One more rule. `type` is "User" or "Group", `from` an attribute of the source, `to` one of the copy; an empty
    /// `to` leaves it out. Nobody asks whether the source has `from`: where it does not, the rule does nothing.
    ///
    /// Failures: misuse, and then there is no such rule (one of them is in no attribute notation; the copy has no `to`,
    /// or it is id, meta, schemas or readOnly).
    /// Complexity: constant.
    outcome<void> rename(std::string const& type, std::string const& from, std::string const& to);

    /// Canonical attributes of a source as those of the copy, with `schemas`. All that are renamed are taken out first,
    /// so that two can change places; where two rules have one `to`, the later one stands.
    ///
    /// Failures: none. Complexity: linear in the rules of the type and the values that they move.
    json::object apply(std::string const& type, json::object attributes) const;

    /// All rules as a text: two mappings that do the same in the same order have the same one. Empty: no rules.
    /// Complexity: linear in the rules.
    std::string text() const;

private:
    struct Rule
    {
        std::string from;
        std::string to;
    };

    std::map<std::string, std::vector<Rule>> rules_;
};

/// The value at "userName", "name.givenName" or "urn:...:User:department" of canonical attributes, in their spelling;
/// null pointer: there is none, or `path` is in no attribute notation. Of a multi-valued attribute it is the array.
///
/// Threading: any. Lifetimes: points into `attributes`, and is good until these change. Complexity: linear in the path.
SCIMKIT_API json::value const* find_path(json::object const& attributes, std::string_view path);

} // namespace scimkit::connector
