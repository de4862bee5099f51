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
class Projection
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

    /// Also shows attributes with `returned: request` that `sent` has: for answers to POST and PUT. Not when the
    /// client chose attributes by name, or excluded them.
    void add_sent(json::object const& sent);

    /// The same for what one PATCH operation named.
    void add_sent(AttributeRef const& sent);

    /// True if the top-level attribute is shown, wholly or in part; `meta` included. `attribute` is of the type
    /// this was made for; its sub-attribute is not looked at.
    bool shows(AttributeRef const& attribute) const noexcept;

    /// True if the sub-attribute (`meta.created`) is shown, and so its attribute.
    bool shows_sub(AttributeRef const& attribute) const noexcept;

    /// What of a top-level attribute is shown.
    struct Parts
    {
        bool any;                                            ///< something
        std::vector<Attribute const*> const* subs = nullptr; ///< these sub-attributes; null: the whole
    };
    /// Lifetimes: a view of *this.
    Parts parts_of(Attribute const& attribute) const noexcept;

    /// True when a client chose attributes by name.
    bool chosen() const noexcept { return chosen_; }

    /// Removes from canonical attributes what is not shown, and whatever the schemas do not have under this very name:
    /// it was stored by somebody who knew it, perhaps as a secret. `schemas`, `id` and `meta` are the caller's.
    void apply(json::object& attributes) const;

private:
    struct Rule
    {
        Attribute const* attribute;        ///< top-level
        Schema const* extension = nullptr; ///< that has it; null: it stands at the root
        bool shown = true;
        bool excluded = false;                          ///< by name: nothing brings it back
        bool in_part = false;                           ///< sub-attributes are filtered
        std::vector<Attribute const*> sub_attributes{}; ///< shown ones, if in part
    };

    class Maker;

    Projection(ResourceType const& type, std::vector<Rule> rules, bool chosen);

    Rule const* find(Attribute const* attribute) const noexcept;
    static void apply(Rule const& rule, json::object& owner);
    Rule* find_openable(Attribute const& attribute) noexcept;
    static void open(Rule& rule, Attribute const* sub);
    void add_sent(json::value const& value, Attribute const& attribute);

    ResourceType const* type_;
    std::vector<Rule> rules_; // every attribute whose treatment differs from "show all of it", by address
    bool chosen_ = false;
};

} // namespace scimkit
