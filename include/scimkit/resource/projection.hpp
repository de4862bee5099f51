// Projection: which attributes a response shows, from `returned`, `attributes` and `excludedAttributes`
// (RFC 7643 section 7, RFC 7644 sections 3.4.2.5 and 3.9).
#pragma once

#include <scimkit/resource/resource.hpp>

#include <span>
#include <string>
#include <vector>

namespace scimkit
{

/// Threading: immutable after construction. Points into the SchemaRegistry.
class SCIMKIT_API Projection
{
public:
    /// What `returned` says by itself: always and default.
    explicit Projection(ResourceType const& type);

    /// Names in standard attribute notation; several separated by commas in one string are fine. Unknown names
    /// are ignored (they have no value). Both lists at once: `attributes` decides, then `excluded` takes away.
    /// `returned: always` cannot be taken away, `never` cannot be had. Error: invalid_value (not a name; more
    /// than 1,000 names).
    static result<Projection> make(ResourceType const& type, std::span<std::string const> attributes,
                                   std::span<std::string const> excluded, NameResolution const& names = {});

    /// Also shows attributes with `returned: request` that `sent` has: for answers to POST and PUT.
    void add_sent(json::object const& sent);

    /// True if the top-level attribute is shown, wholly or in part. `attribute` is of the type this was made for.
    bool shows(AttributeRef const& attribute) const noexcept;

    /// True when a client chose attributes by name.
    bool chosen() const noexcept { return chosen_; }

    /// Removes from canonical attributes what is not shown. `schemas`, `id` and `meta` are the caller's.
    void apply(json::object& attributes) const;

private:
    struct Rule
    {
        Attribute const* attribute; ///< top-level
        bool shown;
        bool in_part;                                 ///< sub-attributes are filtered
        std::vector<Attribute const*> sub_attributes; ///< shown ones, if in part
    };

    Rule const* find(Attribute const& attribute) const noexcept;

    ResourceType const* type_;
    std::vector<Rule> rules_; // every attribute whose treatment differs from "show all of it"
    bool chosen_ = false;
};

} // namespace scimkit
