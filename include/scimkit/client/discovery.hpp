// Discovery: what a server says that it can do, and with which schemas (RFC 7644 section 4, RFC 7643 sections 5 to 7);
// and reading its resources by them.
//
//     auto const found = discover(client);
//     auto const* type = found->registry->find_endpoint("/Users");
//     for (auto const& user : client.resources("/Users"))
//         take(read_resource(*user, *type, client.deviations()));
//
// What a server defines is bounded: ClientLimits::max_definitions, and fixed numbers of attributes
// (docs/security.md).
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

/// Of ServiceProviderConfig; where there is none, nothing is offered. A value. It is what the server says, not what it
/// does: a server that says nothing of filters may have them.
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

/// What was found out. A value; copies share the registry.
struct Discovery
{
    Capabilities capabilities{};
    bool has_configuration = false;
    bool has_resource_types = false;
    bool has_schemas = false;
    /// What the server has; RFC 7643's where it does not say, or says what cannot be used. Never null. Lifetimes: its
    /// types and schemas live as long as it.
    std::shared_ptr<SchemaRegistry const> registry{};
};

/// Asks for the three documents. A server that lacks parts of them is tolerated, each a deviation of `client`.
///
/// Threading: any. Lifetimes: the result does not refer to `client`.
/// Failures: those that every further request would meet too (unreachable, unauthorized, forbidden, ...); too_large
/// (more definitions than are taken); malformed, where deviations are not tolerated. Complexity: three lists; linear in
/// what they have.
SCIMKIT_API outcome<Discovery> discover(Client const& client);

/// A remote resource in canonical form: attributes in schema spelling, values of their type (resource/resource.hpp).
/// What the server may not send, or no schema has, is left out; each is a deviation. readOnly attributes are not in it.
///
/// Threading: any. Lifetimes: the result refers to nothing.
/// Failure: malformed, where deviations are not tolerated, or if it is no resource at all.
/// Complexity: linear in the resource.
SCIMKIT_API outcome<json::object> read_resource(RemoteResource const& resource, ResourceType const& type,
                                                DeviationLog& deviations);

} // namespace scimkit::client
