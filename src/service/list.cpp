// GET on a collection and POST to .search (RFC 7644 sections 3.4.2 and 3.4.3).
#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "reference_filter.hpp"

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
    if (bound)
        see_computed_references(*bound, call.plan(), call.state.options.base_url, false);
    return bound;
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
    if (attribute->attribute->returned == Returned::never || attribute->leaf().returned == Returned::never)
        return bad_sort(name, "is never returned");
    return *attribute;
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
    }
    return list;
}

/// Calls `visit` with each attribute that a filter tests. Its depth was limited when it was parsed.
template <class Visit>
void for_each_attribute(BoundFilter const& filter, Visit const& visit)
{
    struct Visitor
    {
        Visit const& visit;

        void operator()(BoundComparison const& test) const { visit(test.attribute); }
        void operator()(BoundPresence const& test) const { visit(test.attribute); }
        void operator()(BoundConstant const&) const {}
        void operator()(BoundConjunction const& node) const { all(node.operands); }
        void operator()(BoundDisjunction const& node) const { all(node.operands); }
        void operator()(BoundNegation const& node) const { all(node.operand); }
        void operator()(BoundValuePath const& node) const
        {
            visit(node.attribute);
            all(node.filter);
        }
        void all(std::vector<BoundFilter> const& filters) const
        {
            for (BoundFilter const& inner : filters)
                for_each_attribute(inner, visit);
        }
    };
    std::visit(Visitor{visit}, filter.node);
}

/// Whether stores cannot know the attribute: it is computed when a resource is shown.
bool is_computed(AttributeRef const& attribute, TypePlan const& plan)
{
    if (plan.groups && attribute.attribute == plan.groups->attribute)
        return true;
    return attribute.attribute == common_schema().find_attribute("meta") && attribute.sub_attribute != nullptr &&
           attribute.sub_attribute->name == "location";
}

bool tests_computed(BoundFilter const& filter, TypePlan const& plan)
{
    bool tests = false;
    for_each_attribute(filter, [&](AttributeRef const& attribute) { tests = tests || is_computed(attribute, plan); });
    return tests;
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

/// The page, where the store and run_query can find it.
result<Page> find_page(ReadTransaction& transaction, Call const& call, List const& list)
{
    Query::Source const source{
        .type = &call.type(), .filter = list.filter ? &*list.filter : nullptr, .sort = list.sort};
    Query query{.sources = {&source, 1}, .skip = list.skip, .limit = list.limit};
    auto shown = large_attributes_of(list, call.type(), false);
    query.wanted = {shown};
    auto const can = transaction.capability(query);
    if (!can.filter || !can.sort)
    {
        shown = large_attributes_of(list, call.type(), true);
        query.wanted = {shown};
    }
    auto page = run_query(transaction, query, call.state.options.limits.query);
    if (page && call.plan().groups && list.projection.shows(*call.plan().groups))
        if (auto filled = fill_groups(transaction, page->resources, call.plan(), call.state, call.context); !filled)
            return std::move(filled).error();
    return page;
}

/// What a store can do of a filter about computed attributes: the operands of its `and` that are about others.
std::optional<BoundFilter> without_computed(std::optional<BoundFilter> const& filter, TypePlan const& plan)
{
    if (!filter || !tests_computed(*filter, plan))
        return filter;
    auto const* all = std::get_if<BoundConjunction>(&filter->node);
    if (all == nullptr)
        return std::nullopt;
    BoundConjunction rest;
    for (BoundFilter const& operand : all->operands)
        if (!tests_computed(operand, plan))
            rest.operands.push_back(operand);
    if (rest.operands.empty())
        return std::nullopt;
    return rest.operands.size() == 1 ? std::move(rest.operands.front()) : BoundFilter{std::move(rest)};
}

/// The page of a query about computed attributes: what a store finds by the others, computed, then filtered and sorted
/// here. It costs what the store finds, within the budget for sorting and the time of the request.
result<Page> find_computed_page(ReadTransaction& transaction, Call const& call, List const& list)
{
    auto const& budget = call.state.options.limits.query;
    auto const filter = without_computed(list.filter, call.plan());
    Query::Source const source{.type = &call.type(), .filter = filter ? &*filter : nullptr};
    auto const large = large_attributes_of(list, call.type(), true);
    auto all = run_query(
        transaction,
        {.sources = {&source, 1}, .limit = budget.max_sorted, .total = TotalPolicy::exact, .wanted = {large}}, budget);
    if (!all)
        return all;
    auto& resources = all->resources;
    if (all->total.value_or(0) > resources.size())
        return Error{ErrorCode::too_many, "There are too many resources for a query about a computed attribute."};
    if (std::chrono::steady_clock::now() >= call.context.deadline)
        return Error{ErrorCode::too_many, "The query takes too long."};
    if (auto filled = fill_groups(transaction, resources, call.plan(), call.state, call.context); !filled)
        return std::move(filled).error();

    auto const view_of = [&](Resource const& resource, std::string const& location)
    {
        return ResourceView{*resource.type,   resource.id,         resource.created, resource.last_modified,
                            resource.version, resource.attributes, location};
    };
    if (list.filter)
        std::erase_if(resources,
                      [&](Resource const& resource)
                      {
                          auto const location = location_of(resource, call.plan());
                          return !matches(*list.filter, view_of(resource, location));
                      });
    if (list.sort)
    {
        std::vector<std::pair<SortValue, std::size_t>> order;
        order.reserve(resources.size());
        for (Resource const& resource : resources)
        {
            auto const location = location_of(resource, call.plan());
            order.emplace_back(sort_value(list.sort->attribute, view_of(resource, location)), order.size());
        }
        std::ranges::stable_sort(order,
                                 [&](auto const& a, auto const& b)
                                 {
                                     int const compared = compare_sort_values(a.first, b.first);
                                     return list.sort->descending ? compared > 0 : compared < 0;
                                 });
        std::vector<Resource> sorted;
        sorted.reserve(resources.size());
        for (auto const& [value, position] : order)
            sorted.push_back(std::move(resources[position]));
        resources = std::move(sorted);
    }

    all->total = resources.size();
    auto const skip = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(list.skip, resources.size()));
    resources.erase(resources.begin(), resources.begin() + skip);
    if (resources.size() > list.limit)
        resources.resize(list.limit);
    return all;
}

result<Response> answer_list(Call const& call, ListRequest const& request, ErrorCode never_returned)
{
    auto const list = bind_list(call, request, never_returned);
    if (!list)
        return list.error();
    Page page;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto found = needs_computed(*list, call.plan())
                                                    ? find_computed_page(transaction, call, *list)
                                                    : find_page(transaction, call, *list);
                                   if (!found)
                                       return std::move(found).error();
                                   page = std::move(*found);
                                   return {};
                               });
    if (!read)
        return read.error();
    return list_response(std::move(page.resources), page.total.value_or(0), request.start_index, list->projection,
                         call);
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
