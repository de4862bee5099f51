// What a request changes is committed with its end (async_completion.hpp), so that a success needs nothing more here. A
// refusal has changed nothing: it is written down behind it, and who is killed in between refuses again.
#include "async_worker.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/store/run_query.hpp>

#include "../core/guarded.hpp"
#include "../core/percent_encoding.hpp"
#include "bulk_references.hpp"
#include "bulk_request.hpp"

#include <atomic>
#include <chrono>
#include <limits>

namespace scimkit::service
{
namespace
{

using detail::guarded;

constexpr std::chrono::seconds longest_call{30}; // to the store, about asynchronous requests; then it is tried again
constexpr int most_faults = 3;                   ///< of a request for which the service fails; then that is its result
constexpr std::size_t forgotten_at_once = 500;   ///< results in one commit

result<std::shared_ptr<SchemaRegistry const>> own_registry()
{
    auto const nothing = SchemaRegistry::Builder{}.build();
    return nothing ? with_own_types(*nothing) : nothing.error();
}

/// Whether it is worth another try, since nobody is at fault.
bool may_pass(int status) noexcept { return status == 503 || status == 429; }

/// What an operation of a Bulk that was refused as a whole was about; empty where that was to be made, or cannot be
/// known.
std::string location_of_refused(BulkOperation const& operation, std::string root)
{
    std::string_view path = operation.path;
    auto const slash = path.find('/', 1);
    if (operation.method == "POST" || root.empty() || !path.starts_with('/') || slash == std::string_view::npos ||
        path.find_first_of("?#") != std::string_view::npos || path.find('/', slash + 1) != std::string_view::npos)
        return {};
    auto const endpoint = decode_segment(path.substr(1, slash - 1));
    auto const id = decode_segment(path.substr(slash + 1));
    if (!endpoint || !id || id->empty() || BulkReferences::name_in(*id))
        return {};
    root += '/';
    append_segment(root, *endpoint);
    root += '/';
    append_segment(root, *id);
    return root;
}

/// As it was read when it was accepted, however its members are spelt.
std::vector<BulkOperation> operations_in(result<json::value> const& body, std::size_t count)
{
    auto read = body ? read_bulk_request(*body, {.max_bulk_operations = count}) : body.error();
    auto operations = read ? std::move(read->operations) : std::vector<BulkOperation>{};
    operations.resize(count);
    return operations;
}

AsyncResult result_of(AsyncRequest const& request, Response const& response)
{
    bool const failed = response.status >= 300;
    bool const is_post = request.method == "POST";
    return {.id = request.transaction.txn,
            .subject = request.transaction.subject,
            .uri = request.transaction.uri,
            .operation = async_operation(
                request.method, is_post ? response.header("Location") : request.transaction.location,
                response.header("ETag"), response.status, failed ? std::string_view{response.body} : "")};
}

/// A Bulk of which nothing was done has a result for each operation all the same (RFC 9967 section 2.5.1.2).
std::vector<AsyncResult> results_of(AsyncRequest const& request, Response const& response)
{
    if (request.transaction.operations == 0)
        return {result_of(request, response)};
    std::vector<AsyncResult> all;
    auto const body = parse_json(request.body, {.max_bytes = std::numeric_limits<std::size_t>::max()});
    auto const operations = operations_in(body, request.transaction.operations);
    for (std::size_t i = 0; i < operations.size(); ++i)
    {
        all.push_back({.id = async_id(request.transaction.txn, i),
                       .subject = request.transaction.subject,
                       .uri = request.transaction.uri,
                       .operation = async_operation(operations[i].method,
                                                    location_of_refused(operations[i], request.transaction.location),
                                                    {}, response.status, response.body, operations[i].bulk_id)});
    }
    all.push_back({.id = request.transaction.txn,
                   .subject = request.transaction.subject,
                   .uri = request.transaction.uri,
                   .operations = request.transaction.operations});
    return all;
}

} // namespace

result<std::unique_ptr<AsyncWorker>> AsyncWorker::create(AsyncRequestOptions const& options)
{
    auto registry = own_registry();
    if (!registry)
        return registry.error();
    auto attachment = options.store->attach(std::move(*registry));
    if (!attachment)
        return attachment.error();
    return std::unique_ptr<AsyncWorker>{new AsyncWorker{options, std::move(*attachment)}};
}

AsyncWorker::AsyncWorker(AsyncRequestOptions const& options, std::shared_ptr<Attachment const> attachment)
    : options_(options)
    , attachment_(std::move(attachment))
{
}

bool AsyncWorker::tell(std::string_view what, std::string const& tenant, result<void> const& done) const
{
    if (!done && options_.log)
        options_.log(LogLevel::warning, "asynchronous requests of tenant " + tenant + ": " + std::string{what} + ": " +
                                            done.error().detail);
    return done.has_value();
}

result<void> AsyncWorker::read(std::string const& tenant, function_ref<result<void>(ReadTransaction&)> body)
{
    CallContext const context{.now = options_.environment->now(),
                              .deadline = std::chrono::steady_clock::now() + longest_call};
    return guarded([&] { return options_.store->read(*attachment_, tenant, context, body); });
}

result<void> AsyncWorker::write(std::string const& tenant, std::string_view actor,
                                function_ref<result<void>(WriteTransaction&)> body)
{
    CallContext const context{.now = options_.environment->now(),
                              .deadline = std::chrono::steady_clock::now() + longest_call,
                              .actor = actor};
    return guarded([&] { return options_.store->write(*attachment_, tenant, context, body); });
}

std::vector<std::string> AsyncWorker::tenants()
{
    std::vector<std::string> names;
    CallContext const context{.deadline = std::chrono::steady_clock::now() + longest_call};
    auto const listed = guarded(
        [&]
        {
            names.clear();
            return options_.store->tenants(context,
                                           [&](std::string_view name)
                                           {
                                               names.emplace_back(name);
                                               return true;
                                           });
        });
    tell("they cannot be looked for", {}, listed);
    return names;
}

std::vector<std::pair<std::string, std::size_t>> AsyncWorker::pending(std::string const& tenant)
{
    std::vector<std::pair<std::string, std::size_t>> found;
    auto const looked = read(tenant,
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 found.clear();
                                 Query::Source const source{.type = &async_request_type_of(registry())};
                                 auto const sink = [&](Resource&& each)
                                 {
                                     found.emplace_back(each.id, estimate_json_size(each.attributes));
                                     return true;
                                 };
                                 auto const queried =
                                     transaction.query({.sources = {&source, 1},
                                                        .limit = std::numeric_limits<std::uint64_t>::max(),
                                                        .total = TotalPolicy::none},
                                                       sink);
                                 return queried ? result<void>{} : queried.error();
                             });
    tell("they cannot be looked for", tenant, looked);
    return found;
}

/// Those that are too old, or too many; nothing where that is not known.
std::vector<std::string> AsyncWorker::old_results(std::string const& tenant)
{
    std::vector<std::string> old;
    auto const before = options_.environment->now() - options_.keep_results;
    Query::Source const source{.type = &async_result_type_of(registry())};
    auto const look = [&](ReadTransaction& transaction) -> result<void>
    {
        old.clear();
        auto const counted = transaction.query({.sources = {&source, 1}, .limit = 0}, [](Resource&&) { return false; });
        if (!counted)
            return counted.error();
        auto const total = counted->total.value_or(0);
        auto const excess = total > options_.max_results ? total - options_.max_results : 0;
        auto const sink = [&](Resource&& each) // the oldest come first
        {
            if (old.size() >= forgotten_at_once || (each.created >= before && old.size() >= excess))
                return false;
            old.push_back(std::move(each.id));
            return true;
        };
        auto const queried = transaction.query(
            {.sources = {&source, 1}, .limit = std::numeric_limits<std::uint64_t>::max(), .total = TotalPolicy::none},
            sink);
        return queried ? result<void>{} : queried.error();
    };
    if (!tell("old results cannot be looked for", tenant, read(tenant, look)))
        old.clear();
    return old;
}

void AsyncWorker::forget_old_results(std::string const& tenant, std::stop_token const& stop)
{
    auto const& type = async_result_type_of(registry());
    for (auto old = old_results(tenant); !old.empty() && !stop.stop_requested(); old = old_results(tenant))
    {
        auto const remove = [&](WriteTransaction& transaction) -> result<void>
        {
            for (std::string const& id : old)
                if (auto removed = transaction.remove(type, id, std::nullopt);
                    !removed && removed.error().code != ErrorCode::not_found)
                    return removed;
            return {};
        };
        if (!tell("old results stay", tenant, write(tenant, {}, remove)))
            return;
    }
}

result<void> AsyncWorker::still_may(std::string const& tenant, AsyncRequest const& request) const
{
    if (!options_.check)
        return {};
    return guarded([&] { return options_.check(tenant, request.principal); });
}

AsyncWorker::End AsyncWorker::carry_out(std::string const& tenant, std::string const& txn, std::stop_token const& stop,
                                        int failures)
{
    std::optional<Resource> stored;
    auto const looked = read(tenant,
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 auto found = transaction.get(async_request_type_of(registry()), txn, {});
                                 if (!found)
                                     return found.error();
                                 stored = std::move(*found);
                                 return {};
                             });
    if (!tell("one cannot be read", tenant, looked))
        return End::later;
    if (!stored)
        return End::done;
    auto const request = read_async_request(*stored);
    if (!request)
        return finish(tenant, {.transaction = {.txn = txn}},
                      error_response({ErrorCode::internal, "The service failed."}));

    if (auto const may = still_may(tenant, *request); !may)
        return may.error().code == ErrorCode::unavailable ? End::later
                                                          : finish(tenant, *request, error_response(may.error()));
    std::atomic<bool> cancelled{false};
    std::stop_callback const cancel{stop, [&] { cancelled = true; }};
    Request given{.method = request->method,
                  .target = request->target,
                  .body = request->body,
                  .peer_address = request->peer_address,
                  .tenant = request->tenant,
                  .trace_id = txn,
                  .cancelled = &cancelled,
                  .principal = request->principal,
                  .carries_out = &request->transaction};
    for (auto const& [name, value] : request->headers)
        given.headers.push_back({name, value});
    given.headers.push_back({"Accept", "application/scim+json"}); // errors as RFC 7644 has them
    Response response;
    auto const handled = guarded(
        [&]() -> result<void>
        {
            response = handle_(given);
            return {};
        });
    if (!tell("one failed", tenant, handled))
        return End::later;
    if (response.status >= 300 && cancelled)
        return End::later;
    bool const is_old = options_.environment->now() - stored->created > options_.keep_results;
    if ((may_pass(response.status) && !is_old) || (response.status >= 500 && failures < most_faults))
        return End::later;
    return finish(tenant, *request, response);
}

/// Nothing is left to do where the end was committed with the change.
AsyncWorker::End AsyncWorker::finish(std::string const& tenant, AsyncRequest const& request, Response const& response)
{
    auto const& txn = request.transaction.txn;
    bool is_there = false;
    auto const looked = read(tenant,
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 auto const found =
                                     transaction.get(async_request_type_of(registry()), txn, wanted_nothing());
                                 is_there = found && *found;
                                 return found ? result<void>{} : found.error();
                             });
    if (!tell("the end of one cannot be looked at", tenant, looked))
        return End::later;
    if (!is_there)
        return End::done;
    auto const results = results_of(request, response);
    auto const now = options_.environment->now();
    auto const written = end_with_results(results, registry(), txn, now, std::chrono::steady_clock::time_point::max(),
                                          [&](function_ref<result<void>(WriteTransaction&)> body)
                                          { return write(tenant, request.principal.subject, body); });
    return tell("the end of one cannot be written", tenant, written) ? End::done : End::later;
}

} // namespace scimkit::service
