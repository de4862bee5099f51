// Secrets: what clients write into writeOnly attributes is hashed before a store sees it (RFC 7643 section 4.1.1).
#pragma once

#include <scimkit/patch/patch.hpp>
#include <scimkit/security/password.hpp>

#include <span>

namespace scimkit::service
{

bool has_secrets(ResourceType const& type) noexcept;

/// Replaces every writeOnly string in canonical attributes by its hash. Slow by design: never within a transaction.
/// Errors: those of the hasher.
result<void> hash_secrets(json::object& attributes, ResourceType const& type, PasswordHasher& hasher);

/// The same for the values of decoded PATCH operations, which are not canonical yet.
result<void> hash_secrets(std::span<PatchOperation> operations, PasswordHasher& hasher);

} // namespace scimkit::service
