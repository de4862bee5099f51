// CommittedChange: what an application is told of each change, so that it can end sessions, write an audit of its own,
// or tell others. ServiceOptions::observer takes a function of it.
//
// Threading: the function is called by the thread that carried out the request, outside of transactions, by several at
// once (ServiceOptions::observer has the order). Errors: it returns none; what it throws is logged and changes nothing.
// Complexity: of the change, and of the resource before and after; what it does is time that the client waits.
#pragma once

#include <scimkit/resource/resource.hpp>
#include <scimkit/security/authentication.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// Which elements of a large attribute (a group's `members`) a change brought and took, by their `value`, each once and
/// in no order.
struct ElementsChanged
{
    AttributeRef attribute;
    std::vector<std::string> came;
    std::vector<std::string> went;
};

/// One resource that a request has changed.
///
/// Secrets: no value of an attribute that is writeOnly or never returned is in here, neither clear nor as a hash;
/// `changed` names it ("password") all the same.
///
/// Lifetimes: everything lives as long as the call; copy what you keep.
struct CommittedChange
{
    /// What the client asked for: create, replace, patch or remove. The groups that a removed resource leaves are told
    /// of as well, each by a change of its own after that of the resource, or before it where they are more than one
    /// commit takes it out of; for those it is remove too. A membership (pack group-membership-01) that comes or goes
    /// is told as a patch of its group.
    Access::Operation operation;
    Principal const& principal;
    std::string_view tenant;
    std::string_view trace_id; ///< Request::trace_id

    ResourceType const& type; ///< of this resource
    std::string_view id;
    /// As it was and as it is stored, without large attributes and without what is computed (`groups`). Null where
    /// there was nothing, or nothing is left.
    Resource const* before;
    Resource const* after;
    /// Paths of the top-level attributes that changed: "active", "urn:…:User:department". Empty for what is new or
    /// gone.
    std::span<std::string const> changed;
    /// One for each large attribute that elements came to or went from: the difference of before and after, whatever
    /// the operations between. Those of a new group come, those of a removed one go. An element that only changed
    /// beside its `value` is not among them; the attribute is in `changed`.
    std::span<ElementsChanged const> elements;
};

} // namespace scimkit
