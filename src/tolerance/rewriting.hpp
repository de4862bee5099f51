// What a Tolerance comes to: the options of the rooms below, and the rewriting of what clients send into what the RFC
// would have said. For the service, and for whoever uses those rooms without one.
#pragma once

#include <scimkit/filter/filter.hpp>
#include <scimkit/tolerance/tolerance.hpp>

#include "../patch/patch.hpp"

#include <span>

namespace scimkit
{

/// What the rooms below take of it.
FilterSyntax filter_syntax(Tolerance const& tolerance);
NameResolution name_resolution(Tolerance const& tolerance);
BindOptions bind_options(Tolerance const& tolerance);
CanonicalOptions canonical_options(Tolerance const& tolerance);
PatchOptions patch_options(Tolerance const& tolerance);

/// Rewrites values in the body of a POST or PUT in place. Cannot fail: what it does not understand it leaves for
/// canonicalise() to judge.
void rewrite_body(json::value& body, ResourceType const& type, Tolerance const& tolerance);

/// Rewrites the values of decoded PATCH operations in place. An add whose value turns out to clear its attribute
/// becomes a replace with null, since an add of null adds nothing.
void rewrite_patch(std::span<PatchOperation> operations, Tolerance const& tolerance);

} // namespace scimkit
