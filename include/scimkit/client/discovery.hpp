// Discovery: what a server says that it can do, and with which schemas (RFC 7644 section 4, RFC 7643 sections 5 to 7);
// and reading its resources by them.
#pragma once

#include <scimkit/client/client.hpp>
#include <scimkit/schema/registry.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace scimkit::client
{

/// Of ServiceProviderConfig; where there is none, nothing is offered.
struct Capabilities
{
    bool patch = false;
    bool bulk = false;
    std::uint64_t bulk_max_operations = 0; ///< 0: not said
    std::uint64_t bulk_max_payload = 0;    ///< bytes; 0: not said
    bool filter = false;
    std::uint64_t filter_max_results = 0; ///< 0: not said
    bool change_password = false;
    bool sort = false;
    bool etag = false;
    bool cursor_paging = false; ///< RFC 9865
    bool index_paging = true;
    bool delta_query = false;                  ///< draft-sehgal-scim-delta-query-01
    std::vector<std::string> authentication{}; ///< types of its schemes
};

struct Discovery
{
    Capabilities capabilities{};
    bool has_configuration = false;
    bool has_resource_types = false;
    bool has_schemas = false;
    /// What the server has; RFC 7643's where it does not say, or says what cannot be used.
    std::shared_ptr<SchemaRegistry const> registry{};
};

/// Asks for the three documents. A server that lacks parts of them is tolerated, each a deviation of `client`.
/// Failures: those that every further request would meet too (unreachable, unauthorized, forbidden, ...).
SCIMKIT_API outcome<Discovery> discover(Client const& client);

/// A remote resource in canonical form: attributes in schema spelling, values of their type (resource/resource.hpp).
/// What the server may not send, or no schema has, is left out; each is a deviation. readOnly attributes are not in it.
/// Failure: malformed, where deviations are not tolerated, or if it is no resource at all.
SCIMKIT_API outcome<json::object> read_resource(RemoteResource const& resource, ResourceType const& type,
                                                DeviationLog& deviations);

} // namespace scimkit::client
