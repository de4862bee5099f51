// Results are made within the transaction, where the version is known already and nobody has seen the change yet.
#include "async_completion.hpp"

#include <scimkit/core/json.hpp>

#include "../membership/groups.hpp"
#include "bulk_answer.hpp"
#include "meta.hpp"

#include <utility>

namespace scimkit::service
{
namespace
{

/// Enough of a resource for its location and version. Groups are in a version where they are shown.
result<Resource> identity_in(ReadTransaction& transaction, Resource const& stored, Call const& call)
{
    Resource shown{.type = stored.type,
                   .id = stored.id,
                   .created = stored.created,
                   .last_modified = stored.last_modified,
                   .version = stored.version,
                   .attributes = {}};
    TypePlan const& plan = call.plan();
    if (plan.groups() && plan.projection.shows(*plan.groups()))
        if (auto filled = membership::fill_groups(transaction, shown, call); !filled)
            return std::move(filled).error();
    return shown;
}

std::string uri_of(Resource const& resource) { return resource.type->endpoint() + "/" + resource.id; }

std::string uri_of(BulkEntry const& entry)
{
    if (entry.shown)
        return uri_of(*entry.shown);
    if (!entry.route || !entry.route->plan)
        return "/Bulk";
    auto uri = entry.route->plan->type->endpoint();
    return entry.is_create() ? uri : uri + "/" + std::string{entry.route->name};
}

SchemaRegistry const& registry_of(Call const& call) { return call.state.attachment->registry(); }

result<void> add(WriteTransaction& transaction, AsyncResult result, Call const& call)
{
    return add_async_result(transaction, registry_of(call), std::move(result), call.context.now);
}

AsyncResult result_of(BulkEntry const& entry, Call const& bulk)
{
    AsyncResult made{.id = async_id(bulk.request.carries_out->txn, entry.place),
                     .subject = bulk.request.carries_out->subject,
                     .uri = uri_of(entry)};
    write_entry(made.operation, entry, bulk);
    return made;
}

/// Whether it is of an operation that failed: one that was done has a status of 2xx (RFC 7644 section 3.7.3).
bool says_failed(AsyncResult const& result)
{
    auto const operation = parse_json(result.operation);
    auto const* object = operation ? operation->if_object() : nullptr;
    auto const status = object ? text_member(*object, "status") : std::string_view{};
    return status.size() == 3 && status.front() >= '3';
}

/// Of an operation that comes behind those that were too many to fail. `lost`: or what became of it was not written
/// down in time, but that it has changed nothing.
BulkEntry never_run(BulkEntry const& entry, bool lost)
{
    BulkEntry failed;
    failed.sent.method = entry.sent.method;
    failed.sent.bulk_id = entry.sent.bulk_id;
    failed.route = entry.route;
    failed.place = entry.place;
    note_failed(failed,
                {ErrorCode::conflict,
                 lost ? "The operation has changed nothing. The service was interrupted before it had noted why."
                      : "The operation was not carried out: failOnErrors was reached before it."});
    return failed;
}

} // namespace

result<void> end_async(WriteTransaction& transaction, Call const& call, Outcome const& outcome, int status)
{
    AsyncTransaction const& own = *call.request.carries_out;
    if (call.part)
    {
        BulkEntry done; // as much of it as its answer says
        done.sent.method = call.request.method;
        done.sent.bulk_id = call.part->bulk_id;
        done.route = call.route;
        done.place = call.part->place;
        note_done(done, outcome);
        done.status = status;
        if (auto checked = check_async_request(transaction, registry_of(call), own.txn); !checked)
            return checked;
        return settle_entry(transaction, done, call);
    }
    std::string uri = own.uri;
    Identity identity{.location = own.location, .tag = {}}; // of what is gone
    if (outcome.after)
    {
        auto const shown = identity_in(transaction, *outcome.after, call);
        if (!shown)
            return shown.error();
        uri = uri_of(*shown);
        identity = identity_of(*shown, call.plan().projection, call.plan());
    }
    if (auto ended = end_async_request(transaction, registry_of(call), own.txn); !ended)
        return ended;
    return add(transaction,
               {.id = own.txn,
                .subject = own.subject,
                .uri = std::move(uri),
                .operation = async_operation(call.request.method, identity.location, identity.tag, status)},
               call);
}

result<void> settle_entry(WriteTransaction& transaction, BulkEntry const& entry, Call const& bulk)
{
    if (!entry.shown || !entry.route->plan->groups())
        return add(transaction, result_of(entry, bulk), bulk);
    BulkEntry completed;
    completed.sent.method = entry.sent.method;
    completed.sent.bulk_id = entry.sent.bulk_id;
    completed.route = entry.route;
    completed.place = entry.place;
    completed.state = entry.state;
    completed.status = entry.status;
    Call of_type = bulk;
    of_type.set_type(*entry.route->plan);
    auto shown = identity_in(transaction, *entry.shown, of_type);
    if (!shown)
        return std::move(shown).error();
    completed.shown = std::move(*shown);
    return add(transaction, result_of(completed, bulk), bulk);
}

result<bool> restore_settled(std::span<BulkEntry> entries, Call const& bulk)
{
    if (!bulk.request.carries_out)
        return false;
    bool is_over = false;
    std::vector<std::string> ids;
    for (BulkEntry const& entry : entries)
        ids.push_back(async_id(bulk.request.carries_out->txn, entry.place));
    std::vector<std::string_view> const names{ids.begin(), ids.end()};
    auto const take = [&](std::size_t which, Resource&& stored)
    {
        BulkEntry& entry = entries[which];
        auto const done = read_async_result(stored);
        entry.settled = true;
        bool const failed = says_failed(done);
        entry.state = failed ? BulkEntry::State::failed : BulkEntry::State::done;
        is_over = is_over || failed;
        if (entry.is_create() && !failed)
            entry.new_id =
                done.uri.substr(done.uri.find('/', 1) + 1); // an endpoint is one segment, an id may be several
        return true;
    };
    auto const read =
        run_read(bulk, [&](ReadTransaction& transaction)
                 { return transaction.get_many(async_result_type_of(registry_of(bulk)), names, {}, take); });
    return read ? result<bool>{is_over} : read.error();
}

result<Response> end_bulk(std::span<BulkEntry const> entries, Call const& bulk, bool interrupted)
{
    AsyncTransaction const& own = *bulk.request.carries_out;
    std::vector<AsyncResult> results;
    for (BulkEntry const& entry : entries)
    {
        bool const ran = entry.state != BulkEntry::State::waiting;
        if (!entry.settled)
            results.push_back(ran ? result_of(entry, bulk) : result_of(never_run(entry, interrupted), bulk));
    }
    results.push_back({.id = own.txn, .subject = own.subject, .uri = own.uri, .operations = entries.size()});
    auto const written = end_with_results(results, registry_of(bulk), own.txn, bulk.context.now, bulk.context.deadline,
                                          [&](function_ref<result<void>(WriteTransaction&)> body)
                                          { return run_write(bulk, false, body); });
    return written ? result<Response>{Response{.status = 200}} : written.error();
}

} // namespace scimkit::service
