// References to other resources, such as a group's members: what is stored of them, and what is shown. `$ref` is
// computed from the element's type and value, so that it is right after the base URL changes; `type` is that of the
// resource that has the id, whatever a client claims (RFC 7643 sections 2.4 and 4.2).
#pragma once

#include "../patch/patch.hpp"
#include "reference_uris.hpp"

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace scimkit::membership
{

/// The one rule for what elements of a reference say, within one transaction. `value` decides: `type` is that of the
/// resource that has this id, and `$ref` is not stored, since it follows from the two. What a client claims beside
/// `value` counts only where the id is not known: then a `type` that names a type of this service stays, and of a
/// reference to something of elsewhere all that was sent.
class ReferenceRule
{
public:
    /// All outlive this.
    ReferenceRule(ReadTransaction& transaction, ReferenceAttribute const& reference, Scope const& scope,
                  UnknownMembers policy);

    /// Looks for all of them at once, before they are settled one by one: a store may be far away. Errors: those of the
    /// store.
    result<void> look_ahead(std::span<std::string_view const> values);

    /// Makes an element what is stored of it. `stored` is the element with the same `value` that is there already, null
    /// if there is none: what it refers to was decided when it came. False: the element is to be left out. Errors:
    /// invalid_value (a claim that contradicts, where Tolerance::contradicting_references is off), too_many, those of
    /// the store.
    result<bool> settle(json::object& element, json::object const* stored);

    /// Those that were looked for at once are settled, and need not be known any more.
    void forget_those_ahead() noexcept { seen_.clear(); }

    /// An element that is there already and stays as it is.
    void keep() noexcept { any_remains_ = true; }

    /// invalid_value, when the policy is to reject and there were unknown ones, or when it is to skip them and nothing
    /// remains of what was listed.
    result<void> finish() const;

    /// The `value` of the element that the last error is about.
    std::string const& culprit() const noexcept { return culprit_; }

private:
    /// What an element says beside its `value`.
    struct Claims
    {
        std::string type{};
        std::string uri{};
        bool names_target = false;            ///< `uri` is of this service
        ResourceType const* target = nullptr; ///< that `uri` names, if it has the same id
    };
    struct Meant
    {
        ResourceType const* type = nullptr; ///< null: something of elsewhere
        bool stays = true;
    };
    Claims claims_of(json::object const& element, std::string_view value) const;
    result<Meant> find_type(std::string_view value, Claims const& claims, json::object const* stored);
    result<void> check(Claims const& claims, ResourceType const* type, json::object const* stored) const;
    static bool uri_holds(Claims const& claims, ResourceType const* type) noexcept;

    /// Whether there is such a resource.
    result<bool> is_there(ResourceType const& target, std::string_view value) const;
    result<ResourceType const*> look_up(std::string_view value, ResourceType const* first) const;
    ResourceType const* target_named(std::string_view name) const noexcept;
    result<void> contradiction(std::string_view sub_attribute) const;
    bool unknown(std::string_view value); ///< whether it stays all the same

    ReadTransaction& transaction_;
    ReferenceAttribute const& reference_;
    Scope const& scope_;
    UnknownMembers policy_;
    /// Of what was looked for ahead the first target that has it, null if none has. Later ones were not asked.
    std::unordered_map<std::string, ResourceType const*> seen_{};
    std::vector<std::string> unknown_; ///< the first few
    std::size_t unknown_count_ = 0;
    bool any_remains_ = false;
    std::string culprit_;
};

/// Settles all references of canonical attributes. `before` (null: nothing) is what was there. An element whose `value`
/// came before in the same attribute is left out. `culprit` (may be null) gets the `value` that an error is about.
result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Scope const& scope, std::string* culprit = nullptr);
/// The same with another rule for what is not known than the service's.
result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Scope const& scope, UnknownMembers unknown, std::string* culprit);

/// Whether what a PATCH operation says of elements contradicts their `value`, for where claims are refused: the
/// operation may come to nothing, since the element is there already, and is wrong all the same.
result<void> check_claims(ReadTransaction& transaction, PatchOperation const& operation,
                          CanonicalOptions const& options, Scope const& scope);

/// Whether something remains of the list of a PATCH operation, for where unknown members are left out: what the
/// operations have come to does not show it. `before` is what was there.
result<void> check_remains(ReadTransaction& transaction, PatchOperation const& operation, json::object const& before,
                           CanonicalOptions const& options, Scope const& scope);

} // namespace scimkit::membership
