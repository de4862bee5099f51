// The model sorts everything and then cuts the page out.
#include "list.hpp"

#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

constexpr std::int64_t largest_page = 1'000;

struct Found
{
    json::object view;
    Type const* type;
    std::string id;
    json::value key{};
};

/// What is asked of one type.
struct Source
{
    Type const* type;
    std::optional<Filter> filter{};
    std::optional<Target> sort{};
};

/// Nothing where the type has no such attribute.
std::optional<Target> read_sort(std::string_view name, Type const& type, Mode mode)
{
    auto target = find_attribute(name, type, mode);
    if (!target || !target->attribute)
        return std::nullopt;
    if (target->leaf().kind == Kind::complex)
        target->sub = target->attribute->sub("value");
    if (target->leaf().kind == Kind::complex || target->attribute->shown == Shown::never)
        throw Refusal{400, "invalidValue"};
    return target;
}

/// What a resource is sorted by: of several values that of the primary one, else of the first.
json::value sort_key(json::object const& view, Target const& target)
{
    json::value value = value_at(view, target);
    if (auto const* elements = value.if_array())
    {
        auto const primary = std::ranges::find_if(*elements, is_primary);
        value = json::value(primary != elements->end() ? *primary : elements->front());
    }
    if (!target.sub)
        return value;
    auto const* object = value.if_object();
    auto const* sub = object ? object->if_contains(target.sub->name) : nullptr;
    if (sub && sub->is_array())
        throw Undecided{};
    return sub ? *sub : json::value{};
}

std::map<std::string, json::object> views_of(World const& world, Type const& type)
{
    if (type.of_members)
        return world.memberships(type);
    std::map<std::string, json::object> views;
    for (auto const& [id, resource] : world.resources)
        if (resource.type == &type)
            views.emplace(id, world.view(resource));
    return views;
}

/// Values that are not there come last, and first when the order is turned round.
int order_of(json::value const& a, json::value const& b, Attribute const& attribute)
{
    if (a.is_null() || b.is_null())
        return static_cast<int>(a.is_null()) - static_cast<int>(b.is_null());
    return compare(a, b, attribute).value_or(0);
}

std::vector<Source> read_sources(World const& world, Type const* only, SearchRequest const& request, Mode mode,
                                 Secret secret)
{
    std::vector<Source> sources;
    Attribute const* sorted = nullptr;
    for (Type const& type : world.types())
    {
        if (only ? only != &type : type.of_members) // the root has the groups
            continue;
        Source source{.type = &type};
        if (request.filter)
            source.filter = parse_filter(*request.filter, type, mode, secret, only == nullptr);
        if (!request.sort_by.empty())
            source.sort = read_sort(request.sort_by, type, mode);
        if (!only && source.sort && source.sort->leaf().name == "location")
            throw Refusal{400, "invalidValue"}; // it is computed
        if (source.sort && sorted &&
            (sorted->kind != source.sort->leaf().kind || sorted->exact != source.sort->leaf().exact))
            throw Undecided{}; // values of two kinds have no order
        if (source.sort)
            sorted = &source.sort->leaf();
        sources.push_back(std::move(source));
    }
    if (!request.sort_by.empty() && !sorted)
        throw Refusal{400, "invalidValue"};
    return sources;
}

void sort(std::vector<Found>& found, Attribute const& leaf, bool descending)
{
    std::ranges::sort(found, {}, &Found::id);
    std::ranges::stable_sort(found,
                             [&](Found const& a, Found const& b)
                             {
                                 int const order = order_of(a.key, b.key, leaf);
                                 return descending ? order > 0 : order < 0;
                             });
}

} // namespace

ListAnswer answer_list(World const& world, Type const* type, SearchRequest const& request, Mode mode, Secret secret)
{
    auto const sources = read_sources(world, type, request, mode, secret);
    std::vector<Found> found;
    Attribute const* sorted = nullptr;
    for (Source const& source : sources)
    {
        if (source.sort)
            sorted = &source.sort->leaf();
        for (auto& [id, view] : views_of(world, *source.type))
            if (!source.filter || matches(*source.filter, view))
            {
                auto key = source.sort ? sort_key(view, *source.sort) : json::value{};
                found.push_back({std::move(view), source.type, id, std::move(key)});
            }
    }
    if (sorted)
        sort(found, *sorted, request.descending);

    auto const start = std::max<std::int64_t>(request.start.value_or(1), 1);
    auto const count = std::clamp<std::int64_t>(request.count, 0, largest_page);
    json::array page;
    ListAnswer answer{.page = {}, .page_size = static_cast<std::size_t>(count)};
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(found.size()); ++i)
    {
        auto const& each = found[static_cast<std::size_t>(i)];
        auto visible = shown(each.view, *each.type, request.shape, mode);
        if (i >= start - 1 && i < start - 1 + count)
            page.emplace_back(visible);
        if (request.by_cursor)
            answer.all.emplace_back(std::move(visible));
    }
    auto const on_page = static_cast<std::int64_t>(page.size());
    answer.page = {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
                   {"totalResults", static_cast<std::int64_t>(found.size())},
                   {"itemsPerPage", on_page},
                   {"Resources", std::move(page)}};
    if (!request.by_cursor)
        answer.page["startIndex"] = start;
    return answer;
}

} // namespace scimkit::model
