// References to other resources, such as a group's members: what is stored of them, and what is shown. `$ref` is
// computed from the element's type and value, so that it is right after the base URL changes; `type` is that of the
// resource that has the id, whatever a client claims (RFC 7643 sections 2.4 and 4.2).
#pragma once

#include "call.hpp"

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
    std::string id; ///< decoded
};

/// What a URI of this service names; relative ones end in endpoint and id. Nothing for a URI of elsewhere.
std::optional<ReferenceTarget> reference_target(std::string_view uri, ReferenceAttribute const& reference,
                                                std::string_view base_url);

/// Whether `$ref` of this reference follows from what is stored beside it. If not (several types may be meant, and
/// elements do not say which), the URI itself is stored, as this service writes it.
bool computes_uri(ReferenceAttribute const& reference) noexcept;

/// The one rule for what elements of a reference say, within one transaction. `value` decides: `type` is that of the
/// resource that has this id, and `$ref` is not stored, since it follows from the two. What a client claims beside
/// `value` counts only where the id is not known: then a `type` that names a type of this service stays, and of a
/// reference to something of elsewhere all that was sent.
class ReferenceRule
{
public:
    /// All outlive this.
    ReferenceRule(ReadTransaction& transaction, ReferenceAttribute const& reference, Call const& call,
                  UnknownMembers policy);

    /// Makes an element what is stored of it. `stored` is the element with the same `value` that is there already, null
    /// if there is none: what it refers to was decided when it came. False: the element is to be left out. Errors:
    /// invalid_value (a claim that contradicts, where Tolerance::contradicting_references is off), too_many, those of
    /// the store.
    result<bool> settle(json::object& element, json::object const* stored);

    /// invalid_value, when the policy is to reject and there were unknown ones.
    result<void> finish() const;

private:
    result<ResourceType const*> look_up(std::string_view value, ResourceType const* first) const;
    ResourceType const* target_named(std::string_view name) const noexcept;
    result<void> contradiction(std::string_view sub_attribute) const;
    result<bool> unknown(std::string_view value);

    ReadTransaction& transaction_;
    ReferenceAttribute const& reference_;
    Call const& call_;
    UnknownMembers policy_;
    std::vector<std::string> unknown_; ///< the first few
    std::size_t unknown_count_ = 0;
};

/// Settles all references of canonical attributes. `before` (null: nothing) is what was there. An element whose `value`
/// came before in the same attribute is left out, and so is an attribute that nothing remains of.
result<void> settle_references(ReadTransaction& transaction, json::object& attributes, json::object const* before,
                               Call const& call);

/// Gives elements of a list that say who is meant by the URI alone the id that it names, before anything compares
/// elements by their ids: what is there keeps what was said of it.
void name_by_id(json::value& value, AttributeRef const& attribute, Call const& call);
void name_by_id(json::object& attributes, Call const& call);

/// Whether what a PATCH operation says of elements contradicts their `value`, for where claims are refused: the
/// operation may come to nothing, since the element is there already, and is wrong all the same. `value` is as it was
/// sent.
result<void> check_claims(ReadTransaction& transaction, json::value const& value, AttributeRef const& attribute,
                          Call const& call);

/// The URI of what an element points to; empty if its type is not known.
std::string reference_uri(json::object const& element, ReferenceAttribute const& reference, ServiceState const& state);

/// Puts `$ref` into the elements of one attribute, in place of what stands there.
void add_references(json::object& attributes, ReferenceAttribute const& reference, ServiceState const& state);

} // namespace scimkit::service
