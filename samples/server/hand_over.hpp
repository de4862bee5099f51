// How an administrator hands an account over to SCIM, or takes it back: POST /admin/hand-over.
#pragma once

#include <scimkit/http/server.hpp>

#include "configuration.hpp"
#include "serving.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace server
{

inline constexpr std::string_view hand_over_path = "/admin/hand-over";

/// Of whoever `administrators` lets in, with the scope scim or tenants.write. The body is a JSON object: `tenant`,
/// `type` ("User"), `name` (a userName or displayName, or else an id) and `managed`. Answers 204, or an error.
///
/// Lifetimes: `configuration` and `serving` outlive the page.
scimkit::http::ServerPage hand_over_page(Configuration const& configuration, Serving const& serving,
                                         std::shared_ptr<scimkit::Authenticator> administrators);

/// What count_managed() says of a tenant, and take_back() of some hundred of its accounts. Errors: theirs.
scimkit::result<scimkit::TenantContents> managed_by_scim(Configuration const& configuration, std::string const& tenant);
scimkit::result<std::uint64_t> take_back_some(Configuration const& configuration, std::string const& tenant,
                                              std::string const& actor);

} // namespace server
