// Filters and sort orders are bound here, before a store sees them, and what a store cannot know of them (`$ref`,
// `groups`, locations) is seen to.
#include "query.hpp"

#include "../membership/reference_filter.hpp"
#include "../membership/reference_uris.hpp"
#include "computed_transaction.hpp"
#include "list_writer.hpp"
#include "location_filter.hpp"
#include "presenter.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

result<BoundFilter> read_filter(Call const& call, std::string_view text, ErrorCode never_returned)
{
    auto const& limits = call.state.options.limits;
    auto syntax = filter_syntax(call.tolerance());
    syntax.max_bytes = std::max(limits.max_target_bytes, syntax.max_bytes);
    syntax.max_depth = limits.max_filter_depth;
    syntax.max_terms = limits.max_filter_terms;
    auto const filter = parse_filter(text, syntax);
    if (!filter)
        return filter.error();
    auto options = bind_options(call.tolerance());
    options.never_returned = never_returned;
    options.refuse_null_characters = !call.state.traits.null_characters;
    auto bound = bind(*filter, call.type(), options);
    if (!bound)
        return bound;
    if (auto seen = see_computed_references(*bound, *call.type_rules, call.rules.base_url, false); !seen)
        return std::move(seen).error();
    return with_ids_for_locations(std::move(*bound), call.plan());
}

Error bad_sort(std::string_view name, std::string_view reason)
{
    return {ErrorCode::invalid_value, "sortBy: " + std::string{name} + " " + std::string{reason} + "."};
}

/// An attribute to sort by. A complex one sorts by its `value`, if it has one (RFC 7644 section 3.4.2.3).
result<AttributeRef> read_sort_attribute(Call const& call, std::string_view name)
{
    auto const path = parse_attribute_path(name);
    if (!path)
        return bad_sort(name, "is not the name of an attribute");
    auto attribute = call.type().resolve(*path, name_resolution(call.tolerance()));
    if (!attribute || attribute->attribute == nullptr)
        return bad_sort(name, "is not an attribute of " + call.type().name());
    if (attribute->leaf().type == AttributeType::complex)
        attribute->sub_attribute = attribute->attribute->find_sub_attribute("value");
    if (attribute->leaf().type == AttributeType::complex)
        return bad_sort(name, "is complex; name one of its sub-attributes");
    for (ReferenceAttribute const& reference : call.plan().references())
        if (attribute->sub_attribute != nullptr && attribute->sub_attribute == reference.uri_attribute &&
            computes_uri(reference))
            return bad_sort(name, "is computed");
    if (attribute->attribute->returned == Returned::never || attribute->leaf().returned == Returned::never)
        return bad_sort(name, "is never returned");
    return *attribute;
}

bool is_id(AttributeRef const& attribute) { return attribute.attribute == common_schema().find_attribute("id"); }

/// A location is the id behind what all of a type have in common.
void sort_as_stored(SortOrder& sort)
{
    if (is_location(sort.attribute))
        sort.attribute = {&common_schema(), common_schema().find_attribute("id")};
}

result<PreparedQuery> bind_query(Call const& call, SearchRequest const& request, ErrorCode never_returned)
{
    auto projection = read_projection(call, request.shape);
    if (!projection)
        return std::move(projection).error();
    auto const& limits = call.state.options.limits;
    PreparedQuery query{.start_index = request.start_index,
                        .limit = std::min(request.count.value_or(limits.default_page_size), limits.max_page_size),
                        .projection = std::move(*projection)};
    if (request.filter)
    {
        auto filter = read_filter(call, *request.filter, never_returned);
        if (!filter)
            return std::move(filter).error();
        query.filter = std::move(*filter);
    }
    if (!request.sort_by.empty())
    {
        auto const attribute = read_sort_attribute(call, request.sort_by);
        if (!attribute)
            return attribute.error();
        query.sort = SortOrder{*attribute, request.descending};
        sort_as_stored(*query.sort);
        if (is_id(query.sort->attribute) && !request.descending)
            query.sort.reset(); // the order in which resources come anyway
    }
    return query;
}

bool needs_computed(PreparedQuery const& prepared, TypePlan const& plan)
{
    return (prepared.sort && is_computed(prepared.sort->attribute, plan)) ||
           (prepared.filter && tests_computed(*prepared.filter, plan));
}

/// Large attributes that have to come along: those shown, and with `tested` those that filter and sort look at.
std::vector<AttributeRef> large_attributes_of(PreparedQuery const& prepared, ResourceType const& type, bool tested)
{
    std::vector<AttributeRef> needed;
    for (AttributeRef const& large : type.large_attributes())
    {
        bool needs = prepared.projection.shows(large);
        if (tested && prepared.filter)
            for_each_attribute(*prepared.filter, [&](AttributeRef const& attribute)
                               { needs = needs || attribute.attribute == large.attribute; });
        if (tested && prepared.sort && prepared.sort->attribute.attribute == large.attribute)
            needs = true;
        if (needs)
            needed.push_back(large);
    }
    return needed;
}

} // namespace

result<PreparedQuery> prepare_query(Call const& call)
{
    auto const request = read_query_parameters(call.target);
    if (!request)
        return request.error();
    return bind_query(call, *request, ErrorCode::sensitive);
}

result<PreparedQuery> prepare_search(Call const& call)
{
    auto const body = read_body(call);
    if (!body)
        return body.error();
    auto const request = read_search_request(*body, call.tolerance().search_strings);
    if (!request)
        return request.error();
    return bind_query(call, *request, ErrorCode::invalid_filter);
}

result<QueryOutcome> apply(ReadTransaction& stored, PreparedQuery const& prepared, Scope const& scope)
{
    Query::Source const source{
        .type = &scope.type(), .filter = prepared.filter ? &*prepared.filter : nullptr, .sort = prepared.sort};
    Query query{.sources = {&source, 1}, .skip = prepared.start_index - 1, .limit = prepared.limit};
    ComputedTransaction computed{stored, scope};
    bool const needs = needs_computed(prepared, scope.plan());
    ReadTransaction& transaction = needs ? static_cast<ReadTransaction&>(computed) : stored;
    auto const can = transaction.capability(query);
    auto const large = large_attributes_of(
        prepared, scope.type(), needs || can.carries_out < (prepared.sort ? CarriesOut::ordered : CarriesOut::matches));
    query.wanted = {large};

    ListWriter writer{scope, prepared.projection, stored};
    auto const summary = stream_query(transaction, query, scope.state.options.limits.query, scope.context,
                                      [&](Resource&& resource) -> result<bool>
                                      {
                                          if (auto added = writer.add(std::move(resource)); !added)
                                              return std::move(added).error();
                                          return true;
                                      });
    if (!summary)
        return summary.error();
    if (auto finished = writer.finish(); !finished)
        return std::move(finished).error();
    return QueryOutcome{writer.take_text(), writer.count(), summary->total.value_or(0)};
}

Response present(QueryOutcome outcome, PreparedQuery const& prepared, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    std::string beginning;
    begin_list(beginning, outcome.total, prepared.start_index, outcome.count);
    response.body = std::move(outcome.resources);
    response.body.insert(0, beginning);
    end_list(response.body);
    return response;
}

} // namespace scimkit::service
