// FilterCheck: whether a server did what a filter asked (RFC 7644 section 3.4.2.2). Some take the parameter, answer
// with everything, and the first of "userName eq ..." is somebody else's account.
//
//     auto const check = FilterCheck::create(filter, *type);
//     for (auto const& user : client.resources("/Users", {.filter = filter}))
//     {
//         auto const attributes = read_resource(*user, *type, client.deviations());
//         if (auto const fits = check->fits(*user, *attributes, client.deviations()); fits && *fits)
//             take(*user);
//     }
//
// Threading: a value that does not change; any. Lifetimes: the resource type must outlive it. Complexity: create() is
// linear in the filter, fits() in the filter times the resource.
#pragma once

#include <scimkit/client/deviation.hpp>
#include <scimkit/client/query.hpp>
#include <scimkit/filter/bind.hpp>

#include <string>
#include <string_view>

namespace scimkit::client
{

/// A filter, made ready to look at what came.
class SCIMKIT_API FilterCheck
{
public:
    /// `filter`: as in Query::filter, in the names of `type`.
    ///
    /// Failure: misuse (it is no filter, or asks for what the type does not have).
    static outcome<FilterCheck> create(std::string_view filter, ResourceType const& type);

    /// False: the resource certainly does not match. Each is a `filter-ignored`, and should be left alone. An attribute
    /// that did not come is taken for one that the server does not show, and decides nothing.
    ///
    /// `attributes`: what read_resource() made of it; empty, if nothing but id and meta is to be looked at.
    /// Failure: malformed, where deviations are not tolerated.
    outcome<bool> fits(RemoteResource const& resource, json::object const& attributes, DeviationLog& deviations) const;

private:
    FilterCheck(std::string text, BoundFilter filter, ResourceType const& type);

    std::string text_;
    BoundFilter filter_;
    ResourceType const* type_;
};

} // namespace scimkit::client
