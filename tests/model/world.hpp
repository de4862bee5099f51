// The state of the model: resources as JSON, and what is computed from them when somebody looks.
#pragma once

#include "types.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace scimkit::model
{

/// Why a request is refused. Thrown: the model is a straight reading of the rules, and a refusal ends it wherever it
/// comes up.
struct Refusal
{
    int status = 400;
    std::string scim_type{};
};

/// The documents do not decide what happens. All stores have to do the same, and the model takes over what they did.
struct Undecided
{
};

struct Resource
{
    std::string id;
    Type const* type = nullptr;
    /// In schema spelling, extensions under their URI, nothing unassigned. References have their `$ref` and `type`.
    json::object attributes{};
    std::int64_t created = 0;
    std::int64_t modified = 0;
    bool secrets_unknown = false; ///< it was changed by a write that the model could not tell, and nobody shows secrets
};

/// What a bulkId stands for while its Bulk is carried out (RFC 7644 section 3.7.2).
struct Promise
{
    std::size_t operation = 0;
    std::string id{};
    Type const* type = nullptr; ///< null: its POST leads nowhere
    bool waiting = true;        ///< it may still be made
};

class World
{
public:
    World(Types const& types, std::string base_url)
        : types_(types)
        , base_url_(std::move(base_url))
    {
    }

    std::map<std::string, Resource> resources{}; ///< by id: ids order lists that nothing else orders
    std::map<std::string, Promise> promised{};   ///< by bulkId
    std::int64_t now = 0;

    /// When a change is made: later than the one before it, also within a Bulk.
    std::int64_t after(std::int64_t before) const { return std::max(now, before + 1); }

    Types const& types() const { return types_; }
    std::string location(Type const& type, std::string_view id) const;
    Resource const* find(Type const& type, std::string_view id) const;
    /// There, or about to be.
    bool knows(Type const& type, std::string_view id) const;

    /// The whole of what a client may ever see of a resource, but for its version.
    json::object view(Resource const& resource) const;

    /// The members of groups as resources, by the ids of group and member, which make their id (GROUP.MEMBER).
    std::map<std::string, json::object> memberships(Type const& type) const;

    /// Fills in `$ref` and `type` of the references in an attribute's value. `strict`: a claim that contradicts is
    /// refused; else it is corrected.
    void compute_references(json::value& value, Attribute const& attribute, bool strict) const;

    /// Refused with 409 if a unique value of the resource is another's too.
    void check_unique(Resource const& resource) const;

    /// Takes it away, and out of every list of members.
    void remove(std::string const& id);

    /// Gives references that came with their URI alone the ids that they name. Throws Refusal.
    void name_by_id(json::object& members, Attribute const& attribute) const;
    void name_by_id(json::value& value, Attribute const& attribute) const;

private:
    json::array groups_of(std::string const& id) const;
    std::map<std::string, Resource const*> lists_with(std::string_view id) const;
    /// Of generated ids, which need no encoding. Throws Refusal.
    std::string id_named_by(std::string_view uri, std::vector<std::string> const& types) const;
    void compute_reference(json::object& element, Attribute const& attribute, bool strict) const;

    Types const& types_;
    std::string base_url_;
};

/// The object that has a target's attribute; null if the extension has no data.
json::object const* owner_of(json::object const& attributes, Target const& target);

/// The value of a target's whole attribute; null if there is none.
json::value value_at(json::object const& attributes, Target const& target);

/// Sets or, with null, takes away the value of a target's whole attribute.
void put_value(json::object& attributes, Target const& target, json::value value);

} // namespace scimkit::model
