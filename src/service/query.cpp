// What is asked is bound here, for each type that a query is about, before a store sees it; what a store cannot know
// (`groups`, locations, memberships) is computed on top of it (RFC 7644 section 3.4.2).
#include "query.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/own_types.hpp>

#include "../membership/groups.hpp"
#include "../membership/membership_resources.hpp"
#include "../membership/reference_uris.hpp"
#include "../tolerance/rewriting.hpp"
#include "computed_transaction.hpp"
#include "leave.hpp"
#include "list_writer.hpp"
#include "location_filter.hpp"
#include "packed_text.hpp"
#include "presenter.hpp"
#include "query_filter.hpp"
#include "root_filter.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

Error bad_sort(std::string_view name, std::string_view reason)
{
    return Error{ErrorCode::invalid_value, "sortBy: " + std::string{name} + " " + std::string{reason} + "."}.against(
        "7644-3.4.2.3-b");
}

/// An attribute to sort by; nothing where the type has none such. A complex one sorts by its `value`, if it has one
/// (RFC 7644 section 3.4.2.3).
result<std::optional<AttributeRef>> read_sort_attribute(Call const& call, std::string_view name)
{
    auto const path = parse_attribute_path(name);
    if (!path)
        return Error{ErrorCode::invalid_value, "sortBy: " + path.error().detail}.against("7644-3.10-a");
    auto attribute = call.type().resolve(*path, name_resolution(call.tolerance()));
    if (!attribute || !attribute->attribute)
        return std::optional<AttributeRef>{};
    if (attribute->leaf().type == AttributeType::complex)
        attribute->sub_attribute = attribute->attribute->find_sub_attribute("value");
    if (attribute->leaf().type == AttributeType::complex)
        return bad_sort(name, "is complex; name one of its sub-attributes").against("7644-3.4.2.3-f");
    if (call.route.queries_root() &&
        is_location(*attribute)) // which is the id within a type, and nothing stored beyond it
        return bad_sort(name, "is computed; sort by it within one resource type");
    if (call.plan().is_membership && is_time(*attribute))
        return bad_sort(name, "is not known of memberships");
    for (ReferenceAttribute const& reference : call.plan().references())
        if (attribute->sub_attribute && attribute->sub_attribute == reference.uri_attribute && computes_uri(reference))
            return bad_sort(name, "is computed");
    if (attribute->attribute->returned == Returned::never || attribute->leaf().returned == Returned::never)
        return bad_sort(name, "is never returned");
    return attribute;
}

bool is_id(AttributeRef const& attribute) { return attribute.attribute == common_schema().find_attribute("id"); }

/// A location is the id behind what all of a type have in common.
void sort_as_stored(SortOrder& sort)
{
    if (is_location(sort.attribute))
        sort.attribute = {&common_schema(), common_schema().find_attribute("id")};
}

/// What is asked of one type.
result<PreparedQuery::Source> bind_source(Call const& call, SearchRequest const& request, ErrorCode never_returned)
{
    auto projection = read_projection(call, request.shape);
    if (!projection)
        return std::move(projection).error();
    PreparedQuery::Source source{.plan = &call.plan(), .projection = std::move(*projection)};
    if (request.filter)
    {
        auto filter = read_filter(call, *request.filter, never_returned);
        if (!filter)
            return std::move(filter).error();
        source.filter = std::move(*filter);
    }
    if (request.sort_by.empty())
        return source;
    auto const attribute = read_sort_attribute(call, request.sort_by);
    if (!attribute)
        return attribute.error();
    if (*attribute)
    {
        source.sort = SortOrder{**attribute, request.descending};
        sort_as_stored(*source.sort);
    }
    return source;
}

/// The types that a query is about, as far as the caller may ask for them. Error: of the authoriser, where it may ask
/// for none.
result<std::vector<TypePlan const*>> queried_types(Call const& call)
{
    if (!call.route.queries_root())
        return std::vector{call.type_plan};
    std::vector<TypePlan const*> types;
    std::optional<Error> refusal;
    for (TypePlan const& plan : call.state.plans)
    {
        if (plan.is_membership || is_own_type(plan.type->name())) // groups come with their members
            continue;
        auto asked = ask_leave(call.state, call.principal, {.operation = Access::Operation::query, .type = plan.type});
        bool const hidden =
            !asked && (asked.error().code == ErrorCode::forbidden || asked.error().code == ErrorCode::not_found);
        if (!asked && !hidden)
            return std::move(asked).error();
        if (asked)
            types.push_back(&plan);
        else
            refusal = std::move(asked).error();
    }
    if (types.empty())
        return refusal.value_or(Error{ErrorCode::not_found, "There are no resource types."}.against("7644-3.2-k"));
    return types;
}

CursorBinding binding_of(Call const& call, PreparedQuery const& query)
{
    return {.tenant = call.tenant, .principal = call.principal.subject, .query = query.same_query};
}

/// RFC 9865: which page a cursor means. The count may be left out after the first page, and not be changed.
result<void> read_cursor(Call const& call, SearchRequest const& request, PreparedQuery& query)
{
    auto const& options = call.state.options;
    query.by_cursor = request.page.cursor ||
                      (options.cursor_paging && options.default_paging == Paging::cursor && !request.page.start_index);
    if (!query.by_cursor)
        return {};
    query.same_query = text_of(query, request.shape);
    if (!request.page.cursor || request.page.cursor->empty())
        return {};
    auto place = call.state.cursors.open(*request.page.cursor, binding_of(call, query), options.environment->now());
    if (!place)
        return std::move(place).error();
    if (request.page.count && query.limit != place->count)
        return Error{ErrorCode::invalid_count,
                     "count was " + std::to_string(place->count) + " when the cursor was given out."};
    query.limit = place->count;
    query.place = std::move(*place);
    return {};
}

result<PreparedQuery> bind_query(Call const& call, SearchRequest const& request, ErrorCode never_returned)
{
    auto query = bind_sources(call, request, never_returned);
    if (!query)
        return query;
    bool const sorts = std::ranges::any_of(query->sources, [](auto const& source) { return source.sort.has_value(); });
    if (!request.sort_by.empty() && !sorts)
        return bad_sort(request.sort_by, query->sources.size() == 1
                                             ? "is not an attribute of " + query->sources.front().plan->type->name()
                                             : "is not an attribute of any resource type");
    if (query->sources.size() == 1 && sorts && is_id(query->sources.front().sort->attribute) && !request.descending)
        query->sources.front().sort.reset(); // the order in which resources come anyway
    if (auto read = read_cursor(call, request, *query); !read)
        return std::move(read).error();
    return query;
}

bool needs_computed(PreparedQuery const& prepared)
{
    return std::ranges::any_of(prepared.sources,
                               [](PreparedQuery::Source const& source)
                               {
                                   return (source.sort && is_computed(source.sort->attribute, *source.plan)) ||
                                          (source.filter && tests_computed(*source.filter, *source.plan));
                               });
}

result<PreparedQuery> from_parameters(Call const& call)
{
    auto const request = read_query_parameters(call.target, call.state.options.cursor_paging);
    if (!request)
        return request.error();
    return bind_query(call, *request, ErrorCode::sensitive);
}

result<PreparedQuery> from_body(Call const& call)
{
    auto const body = read_body(call);
    if (!body)
        return body.error();
    auto const request = read_search_request(*body, call.tolerance().search_strings, call.state.options.cursor_paging);
    if (!request)
        return request.error();
    return bind_query(call, *request, ErrorCode::invalid_filter);
}

} // namespace

result<PreparedQuery> bind_sources(Call const& call, SearchRequest const& request, ErrorCode never_returned)
{
    auto const types = queried_types(call);
    if (!types)
        return types.error();
    if (call.route.queries_root() && request.filter && !call.tolerance().undefined_at_root)
        if (auto defined = check_defined(*request.filter, filter_syntax_of(call, call.tolerance()), *types,
                                         name_resolution(call.tolerance()));
            !defined)
            return std::move(defined).error().allowed_by("undefined-at-root=on");
    auto const& limits = call.state.options.limits;
    PreparedQuery query{.start_index = request.page.start_index.value_or(1),
                        .limit = std::min(request.page.count.value_or(limits.default_page_size), limits.max_page_size)};
    for (TypePlan const* plan : *types)
    {
        Call of_type = call;
        of_type.set_type(*plan);
        auto source = bind_source(of_type, request, never_returned);
        if (!source)
            return std::move(source).error();
        query.sources.push_back(std::move(*source));
    }
    return query;
}

std::string text_of(PreparedQuery const& query, ShapeRequest const& shape)
{
    std::string text;
    auto const add = [&](std::string_view part) { text += std::to_string(part.size()) + ":" + std::string{part}; };
    for (PreparedQuery::Source const& source : query.sources)
    {
        add(source.plan->type->name());
        add(source.filter ? to_string(*source.filter) : std::string{});
        add(source.sort ? source.sort->attribute.path() + (source.sort->descending ? " descending" : "") : "");
    }
    for (auto const* names : {&shape.attributes, &shape.excluded})
    {
        add(std::to_string(names->size()));
        for (std::string const& name : *names)
            add(to_ascii_lower(name));
    }
    return text;
}

std::vector<AttributeRef> large_attributes_of(PreparedQuery const& prepared, bool tested)
{
    std::vector<AttributeRef> needed;
    for (PreparedQuery::Source const& source : prepared.sources)
        for (AttributeRef const& large : source.plan->type->large_attributes())
        {
            bool needs = source.projection.shows(large);
            if (tested && source.filter)
                for_each_attribute(*source.filter, [&](AttributeRef const& attribute)
                                   { needs = needs || attribute.attribute == large.attribute; });
            if (tested && source.sort && source.sort->attribute.attribute == large.attribute)
                needs = true;
            if (needs)
                needed.push_back(large);
        }
    return needed;
}

result<PreparedQuery> prepare_query(Call const& call) { return from_parameters(call); }
result<PreparedQuery> prepare_search(Call const& call) { return from_body(call); }

namespace
{

/// The cursor of a place. Of one whose value is too long to travel with it, the value is that of the resource, as long
/// as it is the same. Error: expired_cursor, where it is not.
result<std::optional<Cursor>> cursor_of(PagePlace const& place, PreparedQuery const& prepared,
                                        ReadTransaction& transaction, ReadTransaction& stored, Scope const& scope)
{
    if (place.value_hash.empty())
        return place.cursor;
    Error const expired{ErrorCode::expired_cursor,
                        "The resource at which the page was to begin has changed; begin again without a cursor."};
    Cursor cursor = *place.cursor;
    if (cursor.source >= prepared.sources.size() || !prepared.sources[cursor.source].sort)
        return Error{ErrorCode::invalid_cursor, "The cursor belongs to another query."}.against("9865-2-w");
    auto const& source = prepared.sources[cursor.source];
    auto const large = large_attributes_of(prepared, true);
    auto found = transaction.get(*source.plan->type, cursor.id, {.large_attributes = large});
    if (!found)
        return found.error();
    if (!*found)
        return expired;
    if (is_computed(source.sort->attribute, *source.plan))
    {
        Scope of_type = scope;
        of_type.set_type(*source.plan);
        if (auto filled = membership::fill_groups(stored, **found, of_type); !filled)
            return std::move(filled).error();
    }
    cursor.value = sort_value(source.sort->attribute, (*found)->view(), scope.context.budget);
    if (scope.context.budget && scope.context.budget->exhausted())
        return scope.context.budget->error();
    if (hash_of_long(cursor.value) != place.value_hash)
        return expired;
    return std::optional{std::move(cursor)};
}

} // namespace

result<QueryOutcome> apply(ReadTransaction& stored, PreparedQuery const& prepared, Scope const& scope)
{
    std::vector<Query::Source> sources;
    std::vector<Listed> listed;
    bool sorts = false;
    for (PreparedQuery::Source const& source : prepared.sources)
    {
        sources.push_back(
            {.type = source.plan->type, .filter = source.filter ? &*source.filter : nullptr, .sort = source.sort});
        listed.push_back({source.plan, &source.projection});
        sorts = sorts || source.sort.has_value();
    }
    Query query{.sources = sources, .skip = prepared.by_cursor ? 0 : prepared.start_index - 1, .limit = prepared.limit};
    // Memberships are computed from groups first, then what is computed of them.
    std::optional<membership::MembershipView> memberships;
    if (prepared.sources.front().plan->is_membership)
        memberships.emplace(stored, scope);
    ReadTransaction& of_type = memberships ? static_cast<ReadTransaction&>(*memberships) : stored;
    ComputedTransaction computed{of_type, scope};
    bool const needs = needs_computed(prepared);
    ReadTransaction& transaction = needs ? static_cast<ReadTransaction&>(computed) : of_type;
    auto const can = transaction.capability(query);
    auto const large =
        large_attributes_of(prepared, needs || can.carries_out < (sorts ? CarriesOut::ordered : CarriesOut::matches));
    query.large_attributes = large;
    if (prepared.place)
    {
        auto cursor = cursor_of(*prepared.place, prepared, transaction, stored, scope);
        if (!cursor)
            return std::move(cursor).error();
        query.cursor = std::move(*cursor);
        query.backward = prepared.place->backward;
    }
    query.packed = transaction.gives_packed() &&
                   std::ranges::all_of(listed, [&](Listed const& each)
                                       { return reads_packed(*each.projection, *each.plan, scope.state); });

    query.references = std::ranges::any_of(
        listed, [](Listed const& each) { return each.plan->groups() && each.projection->shows(*each.plan->groups()); });
    query.last = !needs && !memberships;

    ListWriter writer{scope, std::move(listed), stored};
    auto summary = stream_query(transaction, query, scope.state.options.limits.query, scope.context,
                                [&](Resource&& resource) -> result<bool>
                                {
                                    if (auto added = writer.add(std::move(resource)); !added)
                                        return std::move(added).error();
                                    return true;
                                });
    if (!summary)
        return std::move(summary).error();
    if (auto finished = writer.finish(); !finished)
        return std::move(finished).error();
    return QueryOutcome{writer.take_text(), writer.count(), std::move(*summary)};
}

Response present(QueryOutcome outcome, PreparedQuery const& prepared, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    std::string next;
    std::string previous;
    if (prepared.by_cursor)
    {
        auto const& state = call.state;
        auto const expires = state.options.environment->now() + state.options.limits.cursor_timeout;
        auto const seal = [&](std::optional<Cursor> const& cursor, bool backward)
        {
            // What lay on this side of a cursor was removed: the page is empty, and all that is left lies on the other
            // side, from the very beginning or end.
            bool const turn =
                outcome.count == 0 && prepared.place && prepared.place->cursor && prepared.place->backward != backward;
            return (cursor || turn) && prepared.limit > 0
                       ? state.cursors.seal({.cursor = cursor, .backward = backward, .count = prepared.limit},
                                            binding_of(call, prepared), expires)
                       : std::string{};
        };
        next = seal(outcome.summary.next, false);
        previous = seal(outcome.summary.previous, true);
    }
    std::string beginning;
    begin_list(beginning, outcome.summary.total.value_or(0),
               prepared.by_cursor ? std::optional<std::uint64_t>{} : prepared.start_index, outcome.count, next,
               previous);
    response.body = std::move(outcome.resources);
    response.body.insert(0, beginning);
    end_list(response.body);
    return response;
}

} // namespace scimkit::service
