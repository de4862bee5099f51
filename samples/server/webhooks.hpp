// Signed messages about changes, posted to URLs of the operator's and of tenants'.
#pragma once

#include "deliveries.hpp"

namespace server
{

/// Of the secret of a target, which is one "whsec_…" a line, as several while they are exchanged.
Posting webhook_posting();

/// The lines of a file of secrets that are no comments. Error: there is none, or none that signs; without what is in
/// it.
scimkit::result<std::string> read_webhook_secrets(std::string const& file);

/// Whether they sign. Error: a sentence, without what is in them.
scimkit::result<void> check_webhook_secrets(std::string const& lines);

} // namespace server
