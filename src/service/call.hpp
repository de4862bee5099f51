// Call: one authenticated request on its way through an operation. It is what prepare and present see.
#pragma once

#include "headers.hpp"
#include "route.hpp"
#include "scope.hpp"
#include "search_request.hpp"

#include <cstddef>
#include <string_view>

namespace scimkit::service
{

class BulkReferences;

/// One operation of a Bulk that is carried out as if it were a request.
struct BulkPart
{
    json::value const* data = nullptr; ///< stands in for a body
    std::string_view new_id{};         ///< what is made gets this id, which others refer to already
    BulkReferences const* references = nullptr;
    std::size_t place = 0; ///< in the request
    std::string_view bulk_id{};
};

/// Views the request, the target and the state; lives as long as handle() runs.
struct Call : Scope
{
    Request const& request;
    Target const& target;
    Route route;
    Principal const& principal;
    std::string_view media_type;    ///< of the answer
    bool dry_run = false;           ///< of a write: nothing is to be stored
    BulkPart const* part = nullptr; ///< null: the request is the operation
};

/// The body of the request as JSON. Errors: unsupported_media_type, payload_too_large, invalid_syntax.
result<json::value> read_body(Call const& call);

/// The body of a POST or PUT as canonical attributes, what clients deviate by rewritten first.
result<json::object> read_attributes(Call const& call);

/// What the answer shows: the type's own projection, or what the request's parameters ask for.
result<Projection> read_projection(Call const& call, ShapeRequest const& shape);

/// 404 for a resource that is not there.
Error no_such_resource(ResourceType const& type, std::string_view id);

/// Runs `body` in a read or a write transaction of the caller's tenant. `busy` is tried again a few times with a short
/// pause, and so is a lost race for the same resource, unless the client asked for a certain version.
/// A read with a Request::work_limit is not tried again: it must not wait.
result<void> run_read(Call const& call, function_ref<result<void>(ReadTransaction&)> body);
/// What needs more work than may be done here: to be tried elsewhere, see Request::work_limit.
Error long_work();
bool is_long_work(Error const& error) noexcept;

result<void> run_write(Call const& call, bool client_names_version, function_ref<result<void>(WriteTransaction&)> body);

/// The same with a body that decides: true, what it wrote is committed; false, it is taken back. The result says which
/// of the two has happened; what else the store says is an error, whatever its code.
result<bool> run_write_or_take_back(Call const& call, bool client_names_version,
                                    function_ref<result<bool>(WriteTransaction&)> body);

} // namespace scimkit::service
