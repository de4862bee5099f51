// Scopes: what a credential is for (RFC 6749 section 3.3), as an authoriser that Bulk and queries ask too.
//
//     scim                 everything                  scim.read     what reads, of every type
//     users                everything with Users       users.read    GET, HEAD, queries and .search
//     users.write          read, create, update and delete
//     users.create         POST                        users.update  PUT and PATCH
//     users.delete         DELETE
//
// The first word is "scim", small, for every type, or an endpoint without its slash in any case, a type of your own's
// too ("groups", "badges"). `write` has reading in it, since every write answers with the resource. `create` and
// `update` alone cannot GET or query, but the answer to a write shows the whole resource, one that changes nothing too:
// whoever may update users sees each user whose id it knows, with the names of its groups. Discovery is for everybody
// who is authenticated: it tells of schemas, not of people.
//
//     options.authoriser = scope_authoriser();
//     KeyRecord key = make_key_record(text, {.subject = "hr", .scopes = {"users.read", "groups.read"}}).value();
//
// Threading: any. Complexity: linear in the scopes of the principal, or in those that are checked.
#pragma once

#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace scimkit
{

/// What a principal without any scope may do.
enum class Unscoped
{
    nothing,   ///< but discovery
    everything ///< for applications whose credentials know no scopes
};

/// An authoriser that goes by Principal::scopes. Scopes that are none of SCIM's ("openid") are passed over. Never
/// blocks.
///
/// Errors: of authorise(): forbidden, whose detail names the scope that is missing.
SCIMKIT_API std::shared_ptr<Authoriser> scope_authoriser(Unscoped unscoped = Unscoped::nothing);

/// Whether `scope` has the form above: a word, or a word, a dot and one of the verbs as they are written there. Says
/// nothing of whether there is such an endpoint.
SCIMKIT_API bool known_scope_form(std::string_view scope) noexcept;

/// Whether whoever has the scopes `held` may do all that each of `wanted` is for, as scope_authoriser() has it: "scim"
/// covers "users.read". It goes by the form: any word may be an endpoint, so "scim" covers "events" too, which
/// check_scopes() tells. For whoever keeps what a principal was let in with. Complexity: the product of their numbers.
SCIMKIT_API bool scopes_cover(std::span<std::string const> held, std::span<std::string const> wanted) noexcept;

/// Refuses scopes that would never allow anything with these resource types, and says which one was probably meant:
/// whoever mistypes a scope should find out before a request does.
///
/// Errors: invalid_value, for the first of them.
SCIMKIT_API result<void> check_scopes(std::span<std::string const> scopes, SchemaRegistry const& registry);

} // namespace scimkit
