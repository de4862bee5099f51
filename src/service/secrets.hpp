// Secrets: what clients write into writeOnly attributes is hashed before a store sees it (RFC 7643 section 4.1.1). A
// hash is dear, so it comes last: after everything that may refuse the request for nothing.
#pragma once

#include "../patch/patch.hpp"
#include "call.hpp"

#include <span>

namespace scimkit::service
{

bool has_secrets(ResourceType const& type) noexcept;

/// Whether some attribute both becomes a hash and would have to be unique, which nobody can tell of salted hashes. Its
/// path; empty if there is none.
std::string unique_secret(ResourceType const& type);

/// How many secrets there are to hash; nothing is changed. Error: too_many (more than a request may write).
result<std::size_t> count_secrets(json::object& attributes, ResourceType const& type);
result<std::size_t> count_secrets(std::span<PatchOperation> operations);

/// Replaces every writeOnly string in canonical attributes by its hash. A secret that `stored` (what the resource has
/// now; may be empty) has the hash of already gets that one, so that repeating it changes nothing. Slow by design:
/// never within a transaction. Errors: those of the hasher, busy.
result<void> hash_secrets(json::object& attributes, json::object const& stored, Scope const& scope);

/// The same for the values of decoded PATCH operations, which are not canonical yet.
result<void> hash_secrets(std::span<PatchOperation> operations, json::object const& stored, Scope const& scope);

/// What hash_secrets() takes as `stored`, as it is on a snapshot; empty where nothing is there, or it cannot be read:
/// then a secret that is repeated gets a new hash.
json::object stored_secrets(Call const& call, std::string_view id);

} // namespace scimkit::service
