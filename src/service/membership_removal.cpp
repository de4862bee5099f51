// A resource that goes leaves its groups in the same transaction. Groups are large and may be many: they are found by
// their ids first, and then changed one after the other.
#include <scimkit/core/text.hpp>

#include "border.hpp"
#include "memberships.hpp"
#include "references.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::service
{
namespace
{

constexpr std::uint64_t group_work = 512; ///< of finding one group, in units of Budget

/// One group without `id` among its elements, stored.
result<void> store_without(WriteTransaction& transaction, Resource group, Attribute const& attribute, Instant now,
                           LargeAttributes large, Call const& call)
{
    group.last_modified = time_of_change(group, now);
    std::string const changed = attribute.name;
    auto const version = group.version;
    auto const replaced = transaction.replace(group, version ? std::optional{version} : std::nullopt,
                                              call.state.facts.facts_of(group), large, {&changed, 1});
    return replaced ? result<void>{} : replaced.error();
}

result<void> remove_by_reference(WriteTransaction& transaction, LargeAttributeWriter& writer, std::string_view id,
                                 Instant now, Call const& call)
{
    std::vector<Reference> references;
    auto const found = writer.references_to(id,
                                            [&](Reference const& reference)
                                            {
                                                if (reference.id != id) // it goes away itself
                                                    references.push_back(reference);
                                                return true;
                                            });
    if (!found)
        return found.error();
    std::string const value{id};
    for (Reference const& reference : references)
    {
        if (auto charged = call.context.charge(group_work); !charged)
            return charged;
        auto group = transaction.get(*reference.type, reference.id, {});
        if (!group)
            return group.error();
        if (!*group)
            continue;
        auto const removed = writer.remove(*reference.type, reference.id, *reference.attribute, {&value, 1});
        if (!removed)
            return removed.error();
        if (auto stored =
                store_without(transaction, std::move(**group), *reference.attribute, now, LargeAttributes::keep, call);
            !stored)
            return stored;
    }
    return {};
}

/// The ids of the groups that a search finds. Ids alone, since groups are large; and all before the first is changed.
result<std::vector<std::string>> find_groups_with(WriteTransaction& transaction, std::string_view id,
                                                  AttributeRef const& attribute, ResourceType const& type,
                                                  Call const& call)
{
    auto const* value = attribute.attribute->find_sub_attribute("value");
    BoundFilter const filter{BoundComparison{{attribute.schema, attribute.attribute, value, attribute.in_extension},
                                             CompareOperator::eq,
                                             StringKey{std::string{id}, comparison_key(id, value->case_exact)}}};
    Query::Source const source{.type = &type, .filter = &filter};
    auto const& limits = call.state.options.limits.query;
    std::vector<std::string> ids;
    auto const found = stream_query(
        transaction,
        {.sources = {&source, 1}, .limit = std::numeric_limits<std::uint64_t>::max(), .total = TotalPolicy::none},
        limits, call.context,
        [&](Resource&& group) -> result<bool>
        {
            if (ids.size() >= limits.max_scanned)
                return Error{ErrorCode::too_many, "It is in too many groups."};
            if (auto charged = call.context.charge(group_work); !charged)
                return std::move(charged).error();
            if (group.id != id) // it goes away itself
                ids.push_back(std::move(group.id));
            return true;
        });
    if (!found)
        return found.error();
    return ids;
}

result<void> remove_from_group(WriteTransaction& transaction, Resource&& group, std::string_view id,
                               Attribute const& attribute, Instant now, Call const& call)
{
    if (auto checked = check_stored(group, *group.type); !checked)
        return checked;
    auto* elements = group.attributes.if_contains(attribute.name);
    if (elements == nullptr || !elements->is_array())
        return {};
    auto& array = elements->get_array();
    if (auto charged = call.context.charge(Budget::visit * array.size()); !charged)
        return charged;
    auto const gone =
        std::remove_if(array.begin(), array.end(),
                       [&](json::value const& element) { return text_member(element.get_object(), "value") == id; });
    if (gone == array.end())
        return {};
    array.erase(gone, array.end());
    if (array.empty())
        group.attributes.stable_erase(attribute.name);
    return store_without(transaction, std::move(group), attribute, now, LargeAttributes::as_given, call);
}

result<void> remove_by_search(WriteTransaction& transaction, std::string_view id, AttributeRef const& attribute,
                              ResourceType const& type, Instant now, Call const& call)
{
    auto const groups = find_groups_with(transaction, id, attribute, type, call);
    if (!groups)
        return groups.error();
    for (std::string const& group_id : *groups)
    {
        auto group = transaction.get(type, group_id, wanted_all(type));
        if (!group)
            return group.error();
        if (!*group)
            continue;
        if (auto removed = remove_from_group(transaction, std::move(**group), id, *attribute.attribute, now, call);
            !removed)
            return removed;
    }
    return {};
}

} // namespace

result<void> remove_from_groups(WriteTransaction& transaction, std::string_view id, Instant now, Call const& call)
{
    if (auto* writer = transaction.large_attributes())
        return remove_by_reference(transaction, *writer, id, now, call);
    for (auto const& type : call.state.options.registry->resource_types())
        for (AttributeRef const& attribute : type->large_attributes())
            if (auto removed = remove_by_search(transaction, id, attribute, *type, now, call); !removed)
                return removed;
    return {};
}

Instant time_of_change(Resource const& before, Instant now)
{
    return std::max(now, before.last_modified + std::chrono::microseconds{1});
}

} // namespace scimkit::service
