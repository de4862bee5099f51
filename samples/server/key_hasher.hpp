// What the administration keeps of secrets: of keys their digest, of others themselves, sealed.
#pragma once

#include <scimkit/security/password.hpp>

#include "sealing.hpp"

#include <memory>

namespace server
{

std::shared_ptr<scimkit::PasswordHasher> key_hasher(std::shared_ptr<Sealing const> sealing);

} // namespace server
