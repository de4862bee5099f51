// POST /Bulk (RFC 7644 section 3.7): the message, its operations made ready without a store, and the answer. How they
// are carried out: bulk_run.hpp.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>

#include "../membership/groups.hpp"
#include "../membership/reference_uris.hpp"
#include "async_completion.hpp"
#include "bulk_answer.hpp"
#include "bulk_run.hpp"
#include "etag.hpp"
#include "handling.hpp"
#include "meta.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "secrets.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

constexpr std::size_t usual_answer_bytes = 512; ///< of an operation, beside what it repeats of the request
constexpr std::size_t escape_bytes = 6;         ///< bytes of JSON for one byte of text

result<json::value> read_message(Call const& call)
{
    auto const limit = std::min(call.state.options.limits.max_bulk_bytes, call.state.options.limits.max_body_bytes);
    if (call.request.body.size() > limit)
        return Error{ErrorCode::payload_too_large, "The Bulk has " + std::to_string(call.request.body.size()) +
                                                       " bytes; maxPayloadSize is " + std::to_string(limit) + "."}
            .against("7644-3.7.4-b");
    return read_body(call);
}

/// Whether all or nothing is asked for.
result<bool> is_atomic(Call const& call)
{
    bool atomic = call.state.options.atomic_bulk;
    for (Header const& header : call.request.headers)
    {
        if (!equal_ascii_ignoring_case(header.name, "SCIM-Bulk-Atomic"))
            continue;
        atomic = equal_ascii_ignoring_case(trim(header.value), "true");
        if (!atomic && !equal_ascii_ignoring_case(trim(header.value), "false"))
            return Error{ErrorCode::bad_request, "SCIM-Bulk-Atomic has to be true or false."};
    }
    if (atomic && !call.state.traits.atomic)
        return Error{ErrorCode::not_implemented, "The store has no transactions: a Bulk cannot be atomic."};
    return atomic;
}

/// Before anything is done, since what has been done must be told.
result<void> check_answer(std::span<BulkEntry const> entries, Call const& call)
{
    std::size_t bytes = 0;
    for (BulkEntry const& entry : entries)
        bytes += usual_answer_bytes + max_detail_bytes +
                 escape_bytes * (entry.sent.method.size() + entry.sent.bulk_id.size() + entry.sent.path.size());
    return check_answer_size(bytes, call);
}

/// Bulk ids are unique among what is made; the second one of a name is refused.
void name_entries(std::span<BulkEntry> entries, BulkReferences& references, Call const& call)
{
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        BulkEntry& entry = entries[i];
        if (!entry.is_create() || entry.sent.fault)
            continue;
        auto const target = parse_target(entry.sent.path, {.prefix = {},
                                                           .lenient = call.tolerance().lenient_targets,
                                                           .plus_is_space = false,
                                                           .max_bytes = call.state.options.limits.max_target_bytes});
        auto const route = target ? find_route(*target, call.state) : result<Route>{target.error()};
        if (entry.new_id.empty())
            entry.new_id = call.state.options.environment->new_id();
        auto const* type = route && route->plan ? route->plan->type : nullptr;
        if (!references.add(entry.sent.bulk_id, {.operation = i, .id = entry.new_id, .type = type}))
            entry.refused = Error{ErrorCode::invalid_value,
                                  "The bulkId " + entry.sent.bulk_id + " is that of an earlier operation of this Bulk."}
                                .against("7644-3.7-h");
    }
}

/// Hashing is dear: how much of it one request may ask for is limited.
void limit_secrets(std::span<BulkEntry> entries, Call const& call)
{
    std::size_t const most = call.state.options.limits.max_bulk_secrets;
    std::size_t allowed = most;
    for (BulkEntry& entry : entries)
    {
        auto const count = entry.refused ? std::size_t{0} : count_secrets(entry, call);
        if (count && *count <= allowed)
            allowed -= *count;
        else
            entry.refused = count
                                ? Error{ErrorCode::too_many, "The operations of a Bulk may write at most " +
                                                                 std::to_string(most) + " secrets (max_bulk_secrets)."}
                                : count.error();
    }
}

/// Groups are forgotten as soon as the version is known: all those of a Bulk together may be many.
result<void> complete_version(BulkEntry& entry, Resource resource, membership::GroupsAround& groups)
{
    TypePlan const& plan = *entry.route->plan;
    if (auto filled = groups.fill(resource); !filled)
        return filled;
    entry.tag = entity_tag(resource, plan.projection, plan);
    return {};
}

/// Groups are in a version where they are shown, and those of what is new may have come with this Bulk. All is done:
/// what a store throws now costs the answer some versions, as an error does.
void complete_versions(std::span<BulkEntry> entries, Call const& call) noexcept
try
{
    for (TypePlan const& plan : call.state.plans)
    {
        if (!plan.groups() || !plan.projection.shows(*plan.groups()))
            continue;
        std::vector<Resource> resources;
        std::vector<std::string_view> ids;
        std::vector<BulkEntry*> owners;
        for (BulkEntry& entry : entries)
            if (entry.state == BulkEntry::State::done && entry.shown && entry.shown->type == plan.type)
            {
                resources.push_back(*entry.shown);
                ids.push_back(entry.shown->id);
                entry.shown->version = {}; // rather none than that of the resource without its groups
                owners.push_back(&entry);
            }
        if (owners.empty())
            continue;
        Call const of_type = call_of(*owners.front(), call);
        (void)run_read(call,
                       [&](ReadTransaction& transaction)
                       {
                           membership::GroupsAround groups{transaction, of_type};
                           auto found = groups.find(ids);
                           for (std::size_t i = 0; found && i < owners.size(); ++i)
                               found = complete_version(*owners[i], resources[i], groups);
                           return found;
                       });
    }
}
catch (...) // NOLINT(bugprone-empty-catch): what is not known is left out
{
}

Response answer(std::span<BulkEntry const> entries, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    std::string& out = response.body;
    out = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[)";
    for (BulkEntry const& entry : entries)
        if (entry.state != BulkEntry::State::waiting)
        {
            if (out.back() != '[')
                out += ',';
            write_entry(out, entry, call);
        }
    out += "]}";
    return response;
}

} // namespace

result<std::size_t> check_bulk(Call const& call)
{
    auto const body = read_message(call);
    if (!body)
        return body.error();
    auto const read = read_bulk_request(*body, call.state.options.limits);
    if (!read)
        return read.error();
    auto const atomic = is_atomic(call);
    return atomic ? result<std::size_t>{read->operations.size()} : atomic.error();
}

result<Response> run_bulk(Call const& call)
{
    if (call.elsewhere)
        return long_work(); // where long writes are carried out
    auto const body = read_message(call);
    if (!body)
        return body.error();
    if (auto charged = call.context.charge(call.request.body.size()); !charged)
        return std::move(charged).error();
    auto read = read_bulk_request(*body, call.state.options.limits);
    if (!read)
        return std::move(read).error();
    auto const atomic = is_atomic(call);
    if (!atomic)
        return atomic.error();

    std::vector<BulkEntry> entries(read->operations.size());
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        entries[i].sent = std::move(read->operations[i]);
        entries[i].place = i;
    }
    auto const was_over = restore_settled(entries, call);
    if (!was_over)
        return was_over.error();
    if (auto fits = check_answer(entries, call); !fits)
        return std::move(fits).error();
    BulkReferences references{call.rules};
    name_entries(entries, references, call);
    for (BulkEntry& entry : entries)
    {
        locate(entry, references, call);
        if (*was_over)
            continue;
        prepare(entry, references, call);
        if (entry.settled)
            entry.refused.reset(); // as it was before it was done
    }
    if (*was_over)
        return end_bulk(entries, call, true);
    limit_secrets(entries, call);
    if (call.state.traits.savepoints || *atomic) // otherwise each is looked at, and hashed, by itself
        for (BulkEntry& entry : entries)
            hash_unseen(entry, call);

    BulkRun run{call, entries, references, read->fail_on_errors};
    if (auto done = *atomic ? run.run_atomic() : run.run(); !done)
        return std::move(done).error();
    if (call.request.carries_out)
        return end_bulk(entries, call, false);
    if (!call.dry_run)
        complete_versions(entries, call);
    return answer(entries, call);
}

} // namespace scimkit::service
