// Tokens and cursors of a delta query are places in the change log, sealed as the cursors of other queries are. A token
// is bound to tenant and resource type, to what their schemas say, and that of an answer to the query that was
// answered: with another filter or other attributes, what has not changed since would be missing, and nobody would
// notice. It is not bound to who got it: it opens nothing but a place, what is shown is decided by the rights of
// whoever asks, and a key that is rotated should not cost a whole import.
#include "delta.hpp"

#include <scimkit/core/text.hpp>

#include "computed_transaction.hpp"
#include "delta_page.hpp"
#include "presenter.hpp"

#include <charconv>

namespace scimkit::service
{
namespace
{

constexpr std::string_view delta_request_urn = "urn:ietf:params:scim:api:messages:2.0:delta:request";
constexpr std::string_view token_urn = "urn:ietf:params:scim:api:messages:2.0:delta:token";

/// What a token is bound to besides the tenant. One of the root (`type` is null) serves every type; one that was asked
/// for (`query` is empty) every query, since none has been answered yet.
std::string token_query(Call const& call, TypePlan const* type, std::string_view query)
{
    std::string text = "deltaToken " + (type ? type->type->name() : std::string{}) + ' ';
    text += type ? type->generation : call.state.generation;
    return text.append(query);
}

PagePlace place_of(LogPosition position, std::uint64_t count)
{
    return {.cursor = Cursor{0, std::to_string(position.number()), {}}, .backward = false, .count = count};
}

std::optional<LogPosition> position_of(PagePlace const& place)
{
    if (!place.cursor)
        return std::nullopt;
    std::uint64_t number = 0;
    std::string_view const text = place.cursor->id;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return LogPosition{number};
}

/// {"value":"…","expiry":"…"} without its braces.
std::string token_members(LogPosition position, Call const& call, std::string_view query)
{
    auto const& state = call.state;
    auto const expires = state.options.environment->now() + state.options.limits.delta_timeout;
    std::string const bound = token_query(call, call.type_plan, query);
    std::string text = R"("value":)";
    write_json_string(text, state.cursors.seal(place_of(position, 0),
                                               {.tenant = call.tenant, .principal = {}, .query = bound}, expires));
    text += R"(,"expiry":)";
    write_json_string(text, format_date_time(expires));
    return text;
}

result<LogPosition> open_token(std::string_view token, Call const& call, std::string_view query)
{
    auto const& state = call.state;
    auto const open = [&](TypePlan const* type, std::string_view of)
    {
        std::string const bound = token_query(call, type, of);
        return state.cursors.open(token, {.tenant = call.tenant, .principal = {}, .query = bound},
                                  state.options.environment->now());
    };
    auto place = open(call.type_plan, query); // mostly it is the one of the answer before
    if (!place)
        place = open(nullptr, {});
    if (!place && call.type_plan)
        place = open(call.type_plan, {});
    auto const position = place ? position_of(*place) : std::nullopt;
    return position ? result<LogPosition>{*position} : useless_delta_token();
}

/// The member that a SearchRequest has not.
result<std::string> read_token(json::value const& body)
{
    std::string token;
    if (auto const* object = body.if_object())
        for (auto const& [name, value] : *object)
            if (equal_ascii_ignoring_case(name, "deltaToken") && value.is_string())
                token = value.get_string();
    if (token.empty())
        return Error{ErrorCode::invalid_value, "deltaToken has to be a token that was got from .deltaToken."};
    return token;
}

result<void> check_request(SearchRequest const& request)
{
    if (request.page.start_index)
        return Error{ErrorCode::invalid_value, "startIndex: the pages of a delta query have cursors."};
    if (!request.sort_by.empty())
        return Error{ErrorCode::invalid_value, "sortBy: changes come in the order in which they were made."};
    return {};
}

result<void> check_filters(PreparedQuery const& query)
{
    for (PreparedQuery::Source const& source : query.sources)
        if (source.filter && tests_computed(*source.filter, *source.plan))
            return Error{ErrorCode::invalid_filter,
                         "A delta query cannot test what is computed, such as groups: it changes without a change of "
                         "the resource."};
    return {};
}

CursorBinding binding_of(Call const& call, PreparedDelta const& prepared)
{
    return {.tenant = call.tenant, .principal = call.principal.subject, .query = prepared.same_page};
}

/// A page behind the first one begins where its cursor says, and is as large as that one.
result<void> read_cursor(Call const& call, SearchRequest const& request, PreparedDelta& prepared)
{
    if (!request.page.cursor || request.page.cursor->empty())
        return {};
    auto const now = call.state.options.environment->now();
    auto const place = call.state.cursors.open(*request.page.cursor, binding_of(call, prepared), now);
    if (!place)
        return place.error();
    auto const position = position_of(*place);
    if (!position)
        return Error{ErrorCode::invalid_cursor, "The cursor is not one that this service gave out for this query."};
    if (request.page.count && prepared.query.limit != place->count)
        return Error{ErrorCode::invalid_count,
                     "count was " + std::to_string(place->count) + " when the cursor was given out."};
    prepared.after = *position;
    prepared.query.limit = place->count;
    prepared.first_page = false;
    return {};
}

} // namespace

Error useless_delta_token()
{
    return {ErrorCode::invalid_value,
            "deltaToken: it is not one that this service gave out for this query, or has expired, or schemas have "
            "changed, or changes since then are not kept any more. Get a new one, and read everything anew."};
}

result<LogPosition> apply_delta_token(ReadTransaction& transaction)
{
    auto* log = transaction.change_log();
    if (!log)
        return Error{ErrorCode::internal, "The store has lost its change log."};
    auto const extent = log->extent();
    return extent ? result<LogPosition>{extent->end} : extent.error();
}

Response present_delta_token(LogPosition place, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    response.body = R"({"schemas":[")";
    response.body += token_urn;
    response.body += R"("],)" + token_members(place, call, {}) + '}';
    return response;
}

result<PreparedDelta> prepare_delta(Call const& call)
{
    auto const body = read_body(call);
    if (!body)
        return body.error();
    auto const request = read_search_request(*body, call.tolerance().search_strings, true, delta_request_urn);
    if (!request)
        return request.error();
    auto const token = read_token(*body);
    if (!token)
        return token.error();
    if (auto checked = check_request(*request); !checked)
        return std::move(checked).error();
    auto query = bind_sources(call, *request, ErrorCode::invalid_filter);
    if (!query)
        return std::move(query).error();
    if (auto checked = check_filters(*query); !checked)
        return std::move(checked).error();
    std::string same_query = text_of(*query, request->shape);
    auto const after = open_token(*token, call, same_query);
    if (!after)
        return after.error();
    PreparedDelta prepared{.query = std::move(*query), .after = *after, .same_query = std::move(same_query)};
    prepared.same_page = "delta " + *token + " " + prepared.same_query;
    if (auto read = read_cursor(call, *request, prepared); !read)
        return std::move(read).error();
    return prepared;
}

result<DeltaOutcome> apply(ReadTransaction& transaction, PreparedDelta const& prepared, Scope const& scope)
{
    auto* log = transaction.change_log();
    if (!log)
        return Error{ErrorCode::internal, "The store has lost its change log."};
    auto const extent = log->extent();
    if (!extent)
        return extent.error();
    if (prepared.after > extent->end) // of a log that is not this one's past: the store was restored
        return useless_delta_token();
    if (prepared.query.limit == 0) // a cursor would lead from a page of none to another one; the token serves on
        return DeltaOutcome{.reached = prepared.after, .asked_for_none = true};
    DeltaPage page{prepared.query, scope, transaction};
    auto const read = page.read(*log, prepared.after, extent->end);
    if (!read && read.error().code == ErrorCode::trimmed)
        return useless_delta_token();
    if (!read)
        return read.error();
    if (auto written = page.write(); !written)
        return std::move(written).error();
    return DeltaOutcome{page.take_text(), page.count(), page.reached(), page.reached() < extent->end};
}

Response present(DeltaOutcome outcome, PreparedDelta const& prepared, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    auto const& state = call.state;
    std::string next;
    if (outcome.more)
        next = state.cursors.seal(place_of(outcome.reached, prepared.query.limit), binding_of(call, prepared),
                                  state.options.environment->now() + state.options.limits.cursor_timeout);
    bool const is_whole = prepared.first_page && !outcome.more && !outcome.asked_for_none;
    std::string beginning;
    begin_list(beginning, is_whole ? std::optional{outcome.count} : std::nullopt, std::nullopt, outcome.count, next);
    response.body = std::move(outcome.resources);
    response.body.insert(0, beginning);
    response.body += ']';
    if (!outcome.more)
        response.body += R"(,"nextDeltaToken":{)" + token_members(outcome.reached, call, prepared.same_query) + '}';
    response.body += '}';
    return response;
}

} // namespace scimkit::service
