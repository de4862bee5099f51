// From what the operator said to what scimkit is started with; everything that is wrong or unsafe is refused here.
#pragma once

#include <scimkit/http/server.hpp>

#include "settings.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace server
{

struct Configuration
{
    scimkit::http::ServerOptions server;
    scimkit::ServiceOptions service;
    std::shared_ptr<scimkit::BearerAuthenticator> tokens; ///< the service's, for load_tokens() later on
};

/// The tokens of --token and --token-file, as they are now. Errors: one sentence for the operator.
scimkit::result<std::vector<scimkit::TokenRecord>> load_tokens(Settings const& settings);

/// The store that --store or a command names. Errors: one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, std::string const& store);

/// Of "lmdb:DIR"; nothing for other stores.
std::optional<std::string> directory_of(std::string const& store);

/// What requests and an import have in common: schemas, tolerance, limits of values.
scimkit::result<scimkit::ServiceOptions> configure_service(Settings const& settings);

/// Complains of files of certificates and keys that others may write, and warns, in the log, of keys that others may
/// read.
scimkit::result<void> check_tls_files(Settings const& settings);

/// Opens the store last, when everything else is known to be right. Errors: one sentence for the operator.
scimkit::result<Configuration> configure(Settings const& settings);

} // namespace server
