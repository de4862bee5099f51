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
    json::value key{};
};

Target read_sort(std::string_view name, Type const& type, Mode mode)
{
    auto target = find_attribute(name, type, mode);
    if (!target)
        throw Refusal{400, "invalidValue"};
    if (target->leaf().kind == Kind::complex)
        target->sub = target->attribute->sub("value");
    if (target->leaf().kind == Kind::complex || target->attribute->shown == Shown::never)
        throw Refusal{400, "invalidValue"};
    return *target;
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
    if (target.sub == nullptr)
        return value;
    auto const* object = value.if_object();
    auto const* sub = object != nullptr ? object->if_contains(target.sub->name) : nullptr;
    if (sub != nullptr && sub->is_array())
        throw Undecided{};
    return sub != nullptr ? *sub : json::value{};
}

/// Values that are not there come last, and first when the order is turned round.
int order_of(json::value const& a, json::value const& b, Attribute const& attribute)
{
    if (a.is_null() || b.is_null())
        return static_cast<int>(a.is_null()) - static_cast<int>(b.is_null());
    return compare(a, b, attribute).value_or(0);
}

void sort(std::vector<Found>& found, Target const& target, bool descending)
{
    for (Found& each : found)
        each.key = sort_key(each.view, target);
    std::ranges::stable_sort(found,
                             [&](Found const& a, Found const& b)
                             {
                                 int const order = order_of(a.key, b.key, target.leaf());
                                 return descending ? order > 0 : order < 0;
                             });
}

} // namespace

json::object answer_list(World const& world, Type const& type, SearchRequest const& request, Mode mode, Secret secret)
{
    std::optional<Filter> filter;
    if (request.filter)
        filter = parse_filter(*request.filter, type, mode, secret);
    std::optional<Target> sort_by;
    if (!request.sort_by.empty())
        sort_by = read_sort(request.sort_by, type, mode);

    std::vector<Found> found;
    for (auto const& [id, resource] : world.resources)
        if (resource.type == &type)
            if (auto view = world.view(resource); !filter || matches(*filter, view))
                found.push_back({std::move(view)});
    if (sort_by)
        sort(found, *sort_by, request.descending);

    auto const start = std::max<std::int64_t>(request.start, 1);
    auto const count = std::clamp<std::int64_t>(request.count, 0, largest_page);
    json::array page;
    for (auto i = start - 1; i < static_cast<std::int64_t>(found.size()) && i < start - 1 + count; ++i)
        page.emplace_back(shown(found[static_cast<std::size_t>(i)].view, type, request.shape, mode));
    auto const on_page = static_cast<std::int64_t>(page.size());
    return {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}},
            {"totalResults", static_cast<std::int64_t>(found.size())},
            {"startIndex", start},
            {"itemsPerPage", on_page},
            {"Resources", std::move(page)}};
}

} // namespace scimkit::model
