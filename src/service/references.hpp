// References to other resources, such as a group's members: what is stored of them, and what is shown. `$ref` is
// computed from the element's type and value, so that it is right after the base URL changes; `type` is found out when
// a client leaves it away (RFC 7643 sections 2.4 and 4.2).
#pragma once

#include "state.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace scimkit::service
{

/// A string member; empty if there is none.
std::string_view text_member(json::object const& object, std::string_view name) noexcept;

/// The reference attributes of a resource type, readOnly ones left out.
std::vector<ReferenceAttribute> reference_attributes(ResourceType const& type, SchemaRegistry const& registry);

struct ReferenceTarget
{
    ResourceType const* type;
    std::string_view id; ///< percent-encoded, as in the URI
};

/// What a URI of this service names; relative ones end in endpoint and id. Nothing for a URI of elsewhere.
std::optional<ReferenceTarget> reference_target(std::string_view uri, ReferenceAttribute const& reference,
                                                std::string_view base_url);

/// Removes from an element a `$ref` that says nothing but what scimkit computes itself, of the element's `type` and
/// `value`. Takes `type` from it where that is missing.
void drop_computed_reference(json::object& element, ReferenceAttribute const& reference, std::string_view base_url);

/// The same for all references of canonical attributes.
void drop_computed_references(json::object& attributes, TypePlan const& plan, std::string_view base_url);

/// Looks up what elements point to, within one transaction.
class ReferenceCheck
{
public:
    ReferenceCheck(ReadTransaction& transaction, ReferenceAttribute const& reference, UnknownMembers policy);

    /// Fills in `type` where it is missing and known. False: the element is to be left out.
    result<bool> admit(json::object& element);

    /// invalid_value, when the policy is to reject and there were unknown ones.
    result<void> finish() const;

private:
    ReadTransaction& transaction_;
    ReferenceAttribute const& reference_;
    UnknownMembers policy_;
    std::vector<std::string> unknown_; ///< the first few
    std::size_t unknown_count_ = 0;
};

/// Checks all multi-valued references of `attributes` that `before` (null: nothing) does not have already.
result<void> check_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                              TypePlan const& plan, UnknownMembers policy);

/// The URI of what an element points to; empty if its type is not known.
std::string reference_uri(json::object const& element, ReferenceAttribute const& reference, ServiceState const& state);

/// Puts `$ref` into the elements of one attribute.
void add_references(json::object& attributes, ReferenceAttribute const& reference, ServiceState const& state);

} // namespace scimkit::service
