// An entry differs from a request in three things: its data is JSON already, its id is known before it is stored, and
// it may refer to what others of the same Bulk make. All else is the same code (RFC 7644 section 3.7).
#include "bulk_entry.hpp"

#include "handling.hpp"
#include "leave.hpp"

namespace scimkit::service
{
namespace
{

Error bad_path(std::string reason, std::string_view row)
{
    return Error{ErrorCode::invalid_syntax, "path " + std::move(reason) + "."}.against(row);
}

/// The path as a target. RFC 7644 section 3.7: relative to the SCIM root; nothing but endpoints of resources.
result<void> find_target(BulkEntry& entry, Call const& bulk)
{
    auto const& options = bulk.state.options;
    if (entry.sent.path.find('?') != std::string::npos)
        return bad_path("may not have a query", "7644-3.7-k");
    auto target = parse_target(entry.sent.path, {.prefix = {},
                                                 .lenient = options.tolerance.lenient_targets,
                                                 .plus_is_space = false,
                                                 .max_bytes = options.limits.max_target_bytes});
    if (!target)
        return std::move(target).error();
    entry.target = std::move(*target);
    return {};
}

/// "bulkId:NAME" as the id of a resource.
result<void> resolve_path(BulkEntry& entry, BulkReferences const& references)
{
    auto& segments = entry.target.segments;
    auto const name = segments.size() >= 2 ? BulkReferences::name_in(segments.back()) : std::nullopt;
    if (!name)
        return {};
    auto const meaning = references.find(*name);
    if (!meaning)
        return meaning.error();
    entry.path_uses = (*meaning)->operation;
    segments.back() = std::string{(*meaning)->id};
    return {};
}

result<void> check_route(Route const& route, BulkEntry const& entry, Call const& bulk)
{
    bool const makes = entry.is_create();
    if (makes && route.endpoint != Endpoint::collection)
        return bad_path("of a POST has to be the endpoint of a resource type, such as /Users", "7644-3.7-j");
    if (!makes && route.endpoint != Endpoint::resource)
        return bad_path("has to name a resource, such as /Users/ID", "7644-3.7-j");
    return takes_method(route, entry.sent.method, bulk.state.options);
}

result<void> find_entry_route(BulkEntry& entry, BulkReferences const& references, Call const& bulk)
{
    if (entry.sent.fault)
        return *entry.sent.fault;
    if (auto found = find_target(entry, bulk); !found)
        return found;
    if (auto resolved = resolve_path(entry, references); !resolved)
        return resolved;
    auto const route = find_route(entry.target, bulk.state);
    if (!route)
        return route.error();
    if (auto checked = check_route(*route, entry, bulk); !checked)
        return checked;
    entry.route = *route;
    return ask_leave(bulk.state, bulk.principal,
                     {.operation = entry.operation(), .type = route->plan->type, .id = route->name});
}

template <class Result>
void take(BulkEntry& entry, Result prepared)
{
    if (prepared)
        entry.prepared = std::move(*prepared);
    else
        entry.refused = std::move(prepared).error();
}

/// The id of a membership is made of what it is about: it was not known when bulkIds got theirs.
void take_own_id(BulkEntry& entry)
{
    auto const* create = std::get_if<PreparedCreate>(&entry.prepared);
    if (!create || create->resource.id == entry.new_id)
        return;
    entry.new_id = create->resource.id;
    entry.part.new_id = entry.new_id;
}

int status_of_success(BulkEntry const& entry)
{
    if (entry.is_create())
        return 201;
    if (auto const* patch = std::get_if<PreparedPatch>(&entry.prepared))
        return patch->shown.answer.with_resource ? 200 : 204;
    return entry.sent.method == "DELETE" ? 204 : 200;
}

} // namespace

Access::Operation BulkEntry::operation() const noexcept
{
    using enum Access::Operation;
    return sent.method == "POST" ? create : sent.method == "PUT" ? replace : sent.method == "PATCH" ? patch : remove;
}

Call call_of(BulkEntry const& entry, Call const& bulk)
{
    TypePlan const* plan = entry.route->plan;
    return {{{.rules = bulk.rules, .type_rules = plan->memberships, .context = bulk.context, .promised = bulk.promised},
             bulk.state,
             plan,
             bulk.tenant,
             bulk.observed,
             bulk.elsewhere,
             bulk.as_writer},
            entry.request,
            entry.target,
            *entry.route,
            bulk.principal,
            bulk.media_type,
            bulk.dry_run,
            &entry.part};
}

void locate(BulkEntry& entry, BulkReferences const& references, Call const& bulk)
{
    if (auto found = find_entry_route(entry, references, bulk); !found && !entry.refused)
        entry.refused = std::move(found).error();
    entry.request = {.method = entry.sent.method, .target = entry.sent.path};
    entry.request.carries_out = bulk.request.carries_out;
    if (!entry.is_create() && entry.sent.version)
        entry.request.headers.push_back({"If-Match", *entry.sent.version});
    entry.part = {.data = entry.sent.data,
                  .new_id = entry.new_id,
                  .references = &references,
                  .place = entry.place,
                  .bulk_id = entry.sent.bulk_id};
}

void prepare(BulkEntry& entry, BulkReferences const& references, Call const& bulk)
{
    if (entry.refused)
        return;
    static_cast<void>(references.take_used());
    Call const call = call_of(entry, bulk);
    if (entry.is_create())
    {
        take(entry, prepare_create(call));
        take_own_id(entry);
    }
    else if (entry.sent.method == "PUT")
        take(entry, prepare_replace(call));
    else if (entry.sent.method == "PATCH")
        take(entry, prepare_patch(call));
    else
        entry.prepared = prepare_delete(call);
    entry.uses = references.take_used();
    if (entry.path_uses)
        entry.uses.push_back(*entry.path_uses);
}

result<std::size_t> count_secrets(BulkEntry& entry, Call const& bulk)
{
    Call const call = call_of(entry, bulk);
    return std::visit(
        [&](auto& prepared) -> result<std::size_t>
        {
            if constexpr (requires { hash_unseen(call, prepared); })
                return count_secrets(call, prepared);
            else
                return std::size_t{0};
        },
        entry.prepared);
}

void hash_unseen(BulkEntry& entry, Call const& bulk)
{
    if (entry.refused)
        return;
    Call const call = call_of(entry, bulk);
    auto hashed = std::visit(
        [&](auto& prepared) -> result<void>
        {
            if constexpr (requires { hash_unseen(call, prepared); })
                return hash_unseen(call, prepared);
            else
                return {};
        },
        entry.prepared);
    if (!hashed)
        entry.refused = std::move(hashed).error();
}

result<Outcome> apply(WriteTransaction& transaction, BulkEntry const& entry, Scope const& scope)
{
    return std::visit(
        [&](auto const& prepared) -> result<Outcome>
        {
            if constexpr (std::is_same_v<std::decay_t<decltype(prepared)>, std::monostate>)
                return Error{ErrorCode::internal, "An operation of a Bulk was not prepared."};
            else
                return apply(transaction, prepared, scope);
        },
        entry.prepared);
}

void note_done(BulkEntry& entry, Outcome const& outcome)
{
    entry.state = BulkEntry::State::done;
    entry.error.reset();
    entry.status = status_of_success(entry);
    entry.shown.reset();
    if (outcome.after)
        entry.shown = Resource{.type = outcome.after->type,
                               .id = outcome.after->id,
                               .created = outcome.after->created,
                               .last_modified = outcome.after->last_modified,
                               .version = outcome.after->version,
                               .attributes = {}};
}

void note_failed(BulkEntry& entry, Error error)
{
    entry.state = BulkEntry::State::failed;
    entry.shown.reset();
    entry.error = std::move(error);
}

} // namespace scimkit::service
