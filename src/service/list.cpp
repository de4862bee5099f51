// GET on a collection and POST to .search (RFC 7644 sections 3.4.2 and 3.4.3).
#include "computed_transaction.hpp"
#include "list_writer.hpp"
#include "location_filter.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "reference_filter.hpp"
#include "references.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

/// A bound list request.
struct List
{
    std::optional<BoundFilter> filter{};
    std::optional<SortOrder> sort{};
    std::uint64_t skip = 0;
    std::uint64_t limit = 0;
    Projection projection;
};

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
    auto bound = bind(*filter, call.type(), options);
    if (!bound)
        return bound;
    if (auto seen = see_computed_references(*bound, call.plan(), call.state.options.base_url, false); !seen)
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
    for (ReferenceAttribute const& reference : call.plan().references)
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

result<List> bind_list(Call const& call, ListRequest const& request, ErrorCode never_returned)
{
    auto projection = read_projection(call, request.shape);
    if (!projection)
        return std::move(projection).error();
    auto const& limits = call.state.options.limits;
    List list{.skip = request.start_index - 1,
              .limit = std::min(request.count.value_or(limits.default_page_size), limits.max_page_size),
              .projection = std::move(*projection)};
    if (request.filter)
    {
        auto filter = read_filter(call, *request.filter, never_returned);
        if (!filter)
            return std::move(filter).error();
        list.filter = std::move(*filter);
    }
    if (!request.sort_by.empty())
    {
        auto const attribute = read_sort_attribute(call, request.sort_by);
        if (!attribute)
            return attribute.error();
        list.sort = SortOrder{*attribute, request.descending};
        sort_as_stored(*list.sort);
        if (is_id(list.sort->attribute) && !request.descending)
            list.sort.reset(); // the order in which resources come anyway
    }
    return list;
}

bool needs_computed(List const& list, TypePlan const& plan)
{
    return (list.sort && is_computed(list.sort->attribute, plan)) ||
           (list.filter && tests_computed(*list.filter, plan));
}

/// Large attributes that have to come along: those shown, and with `tested` those that filter and sort look at.
std::vector<AttributeRef> large_attributes_of(List const& list, ResourceType const& type, bool tested)
{
    std::vector<AttributeRef> needed;
    for (AttributeRef const& large : type.large_attributes())
    {
        bool needs = list.projection.shows(large);
        if (tested && list.filter)
            for_each_attribute(*list.filter, [&](AttributeRef const& attribute)
                               { needs = needs || attribute.attribute == large.attribute; });
        if (tested && list.sort && list.sort->attribute.attribute == large.attribute)
            needs = true;
        if (needs)
            needed.push_back(large);
    }
    return needed;
}

/// The body of the answer.
result<std::string> find_page(ReadTransaction& stored, Call const& call, List const& list, std::uint64_t start_index)
{
    Query::Source const source{
        .type = &call.type(), .filter = list.filter ? &*list.filter : nullptr, .sort = list.sort};
    Query query{.sources = {&source, 1}, .skip = list.skip, .limit = list.limit};
    ComputedTransaction computed{stored, call};
    bool const needs = needs_computed(list, call.plan());
    ReadTransaction& transaction = needs ? static_cast<ReadTransaction&>(computed) : stored;
    auto const can = transaction.capability(query);
    auto const whole = list.sort ? CarriesOut::ordered : CarriesOut::matches;
    auto const large = large_attributes_of(list, call.type(), needs || can.carries_out < whole);
    query.wanted = {large};

    ListWriter writer{call, list.projection, stored};
    auto const summary = stream_query(transaction, query, call.state.options.limits.query, call.context,
                                      [&](Resource&& resource) -> result<bool>
                                      {
                                          if (auto added = writer.add(std::move(resource)); !added)
                                              return std::move(added).error();
                                          return true;
                                      });
    if (!summary)
        return summary.error();
    return writer.finish(summary->total.value_or(0), start_index);
}

result<Response> answer_list(Call const& call, ListRequest const& request, ErrorCode never_returned)
{
    auto const list = bind_list(call, request, never_returned);
    if (!list)
        return list.error();
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto body = find_page(transaction, call, *list, request.start_index);
                                   if (!body)
                                       return std::move(body).error();
                                   response.body = std::move(*body);
                                   return {};
                               });
    if (!read)
        return read.error();
    return response;
}

} // namespace

result<Response> list_resources(Call const& call)
{
    auto const request = read_list_request(call.target);
    if (!request)
        return request.error();
    return answer_list(call, *request, ErrorCode::sensitive);
}

result<Response> search_resources(Call const& call)
{
    auto const body = read_body(call);
    if (!body)
        return body.error();
    auto const request = read_search_request(*body, call.tolerance().search_strings);
    if (!request)
        return request.error();
    return answer_list(call, *request, ErrorCode::invalid_filter);
}

} // namespace scimkit::service
