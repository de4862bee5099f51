// How asynchronous requests, and what became of them, are kept in a store: as resources of two types that no registry
// of a client has (store/own_types.hpp). The text of a request is writeOnly, so that no change log tells it.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/resource/resource.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/security/authentication.hpp>
#include <scimkit/store/own_types.hpp>
#include <scimkit/store/transaction.hpp>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit
{

/// What Request::carries_out points to, while it is carried out.
struct AsyncTransaction
{
    std::string txn{};
    std::string subject{};      ///< whose it is: who sent it, as credential_of() names them
    std::string uri{};          ///< what it is about, relative to the SCIM root
    std::string location{};     ///< of the resource that it is about, if that is there; of a Bulk, of the SCIM root
    std::size_t operations = 0; ///< of a Bulk; otherwise 0
};

} // namespace scimkit

namespace scimkit::service
{

inline constexpr std::string_view async_event_uri = "urn:ietf:params:scim:event:misc:asyncresp";

/// A request as it waits.
struct AsyncRequest
{
    AsyncTransaction transaction{};
    Principal principal{};
    std::string tenant{}; ///< Request::tenant, which may be empty
    std::string method{};
    std::string target{};
    std::string peer_address{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string body{};
};

/// What became of one operation.
struct AsyncResult
{
    std::string
        id{}; ///< `txn` of its event: that of the request, and of a Bulk ":" and the operation's place behind it
    std::string subject{}; ///< as AsyncTransaction::subject
    std::string uri{};
    std::string operation{};    ///< JSON, an operation of a BulkResponse (RFC 7644 section 3.7.3). Empty: a whole Bulk
    std::size_t operations = 0; ///< of a whole Bulk
};

/// The registry with the two types behind its own, or itself where it has them.
result<std::shared_ptr<SchemaRegistry const>> with_own_types(std::shared_ptr<SchemaRegistry const> const& registry);

/// Of a registry that has them.
ResourceType const& async_request_type_of(SchemaRegistry const& registry);
ResourceType const& async_result_type_of(SchemaRegistry const& registry);

Resource to_resource(AsyncRequest const& request, ResourceType const& type, Instant now);
/// Error: corrupt.
result<AsyncRequest> read_async_request(Resource const& stored);

Resource to_resource(AsyncResult result, ResourceType const& type, Instant now);
AsyncResult read_async_result(Resource const& stored);

/// The id of the result of one operation of a Bulk.
std::string async_id(std::string_view txn, std::size_t operation);

/// The JSON of an operation. `response`: the error body of one that failed, JSON. What is empty is left out.
std::string async_operation(std::string_view method, std::string_view location, std::string_view version, int status,
                            std::string_view response = {}, std::string_view bulk_id = {});

/// The claims of its event (RFC 9967 section 2.5.1.3), but for `iss` and `aud`. `operation` is the JSON of it.
json::object async_claims(std::string_view txn, std::string_view uri, json::value const& operation, std::int64_t issued,
                          std::string_view jti);

/// Takes a request out of the store, since it is carried out. Error: conflict, where somebody else has done so.
result<void> end_async_request(WriteTransaction& transaction, SchemaRegistry const& registry, std::string_view txn);
/// Whether it is still there. Error: conflict, where it is not.
result<void> check_async_request(ReadTransaction& transaction, SchemaRegistry const& registry, std::string_view txn);
/// Leaves one that is there already: an operation of a Bulk that is not done again.
result<void> add_async_result(WriteTransaction& transaction, SchemaRegistry const& registry, AsyncResult result,
                              Instant now);

/// Adds results, at most `async_results_at_once` in one commit, since all other writes wait for it, and with the last
/// of them takes the request out of the store. Who is killed in between finds some of them (restore_settled); what
/// fails there because the store is busy or unavailable is tried again for some seconds, until `deadline` at most.
/// `write` is a write of the store. REQUIRES: results. Errors: conflict, as of end_async_request; those of `write`.
inline constexpr std::size_t async_results_at_once = 200;
result<void> end_with_results(std::span<AsyncResult const> results, SchemaRegistry const& registry,
                              std::string_view txn, Instant now, std::chrono::steady_clock::time_point deadline,
                              function_ref<result<void>(function_ref<result<void>(WriteTransaction&)>)> write);

} // namespace scimkit::service
