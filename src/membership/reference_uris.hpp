// `$ref` is computed from what stands beside it, so that it is right after the base URL changes.
#pragma once

#include "scope.hpp"

#include <functional>

namespace scimkit::membership
{

struct ReferenceTarget
{
    ResourceType const* type;
    std::string id; ///< decoded
};

/// What a URI of this service names; relative ones end in endpoint and id. Nothing for a URI of elsewhere.
std::optional<ReferenceTarget> reference_target(std::string_view uri, ReferenceAttribute const& reference,
                                                std::string_view base_url);

/// Whether a URI is of this service, whatever it ends in: whatever reference_target() takes, what is below the base
/// URL, and what is relative. A URI of elsewhere means nothing of this service.
bool is_of_service(std::string_view uri, Rules const& rules);

/// CanonicalOptions::id_of_uri for a resource type. `rules` outlive it.
std::function<std::optional<std::string>(Attribute const&, std::string_view)> id_of_uri(TypeRules const& type_rules,
                                                                                        Rules const& rules);

/// Whether `$ref` of this reference follows from what is stored beside it. If not (several types may be meant, and
/// elements do not say which), the URI itself is stored, as this service writes it.
bool computes_uri(ReferenceAttribute const& reference) noexcept;

/// The location of a resource.
std::string uri_of(ResourceType const& type, std::string_view id, Rules const& rules);

/// The URI of what an element points to; empty if its type is not known.
std::string reference_uri(json::object const& element, ReferenceAttribute const& reference, Rules const& rules);
/// The same of its `value` and `type`; empty ones are missing.
std::string reference_uri(std::string_view value, std::string_view type, ReferenceAttribute const& reference,
                          Rules const& rules);

/// Puts `$ref` into the elements of one attribute, in place of what stands there.
void add_references(json::object& attributes, ReferenceAttribute const& reference, Rules const& rules);

} // namespace scimkit::membership
