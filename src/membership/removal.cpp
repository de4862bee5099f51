// A resource that goes leaves its groups in the same transaction. Groups are large and may be many: they are found by
// their ids first, and then changed one after the other (RFC 7644 section 3.6).
#include "removal.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/filter/bind.hpp>
#include <scimkit/schema/registry.hpp>

#include "../store/border.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::membership
{
namespace
{

constexpr std::uint64_t group_work = 512; ///< of finding one group, in units of Budget

/// Takes one id out of groups.
class Removal
{
public:
    Removal(WriteTransaction& transaction, std::string_view id, Instant now, Scope const& scope,
            std::vector<LeftGroup>* left)
        : transaction_(transaction)
        , id_(id)
        , now_(now)
        , scope_(scope)
        , left_(left)
    {
    }

    result<Leaving> by_reference(LargeAttributeWriter& writer, LeaveLimit limit);
    result<void> by_search(ResourceType const& type, AttributeRef const& attribute);

private:
    result<void> store_without(Resource group, AttributeRef const& attribute, LargeAttributes large);
    result<std::vector<std::string>> find_groups(ResourceType const& type, AttributeRef const& attribute);
    result<void> remove_from(Resource&& group, AttributeRef const& attribute);

    WriteTransaction& transaction_;
    std::string_view id_;
    Instant now_;
    Scope const& scope_;
    std::vector<LeftGroup>* left_;
};

/// One group without the id among its elements, stored.
result<void> Removal::store_without(Resource group, AttributeRef const& attribute, LargeAttributes large)
{
    if (left_)
        left_->push_back({group, {}, attribute, {}, {std::string{id_}}});
    group.last_modified = time_of_change(group, now_);
    std::string const changed = attribute.path();
    auto const expected = group.version ? std::optional{group.version} : std::nullopt;
    auto const version =
        transaction_.replace(group, expected, scope_.rules.facts.facts_of(group), large, {&changed, 1});
    if (!version)
        return version.error();
    group.version = *version;
    if (left_)
        left_->back().after = std::move(group);
    return {};
}

result<Leaving> Removal::by_reference(LargeAttributeWriter& writer, LeaveLimit limit)
{
    std::vector<Reference> references;
    Leaving leaving{.all = true};
    auto const found = writer.references_to(id_,
                                            [&](Reference const& reference)
                                            {
                                                if (reference.id == id_) // it goes away itself
                                                    return true;
                                                leaving.all = references.size() < limit.most;
                                                if (leaving.all)
                                                    references.push_back(reference);
                                                return leaving.all;
                                            });
    if (!found)
        return found.error();
    if (!leaving.all && !limit.partly)
        return leaving;
    std::string const value{id_};
    for (Reference const& reference : references)
    {
        if (auto charged = scope_.context.charge(group_work); !charged)
            return std::move(charged).error();
        auto group = transaction_.get(*reference.type, reference.id, {});
        if (!group)
            return group.error();
        if (!*group)
            continue;
        auto const removed = writer.remove(*reference.type, reference.id, *reference.attribute, {&value, 1});
        if (!removed)
            return removed.error();
        AttributeRef const attribute{&reference.type->schema(), reference.attribute};
        if (auto stored = store_without(std::move(**group), attribute, LargeAttributes::keep); !stored)
            return std::move(stored).error();
        ++leaving.groups;
    }
    return leaving;
}

/// Ids alone, since groups are large; and all before the first is changed.
result<std::vector<std::string>> Removal::find_groups(ResourceType const& type, AttributeRef const& attribute)
{
    auto const* value = attribute.attribute->find_sub_attribute("value");
    BoundFilter const filter{BoundComparison{{attribute.schema, attribute.attribute, value, attribute.in_extension},
                                             CompareOperator::eq,
                                             StringKey{std::string{id_}, comparison_key(id_, value->case_exact)}}};
    Query::Source const source{.type = &type, .filter = &filter};
    auto const& limits = scope_.rules.policy.query;
    std::vector<std::string> ids;
    auto const found = stream_query(
        transaction_,
        {.sources = {&source, 1}, .limit = std::numeric_limits<std::uint64_t>::max(), .total = TotalPolicy::none},
        limits, scope_.context,
        [&](Resource&& group) -> result<bool>
        {
            if (ids.size() >= limits.max_scanned)
                return Error{ErrorCode::too_many, "It is in too many groups."};
            if (auto charged = scope_.context.charge(group_work); !charged)
                return std::move(charged).error();
            if (group.id != id_) // it goes away itself
                ids.push_back(std::move(group.id));
            return true;
        });
    if (!found)
        return found.error();
    return ids;
}

result<void> Removal::remove_from(Resource&& group, AttributeRef const& attribute)
{
    if (auto checked = check_stored(group, *group.type); !checked)
        return checked;
    auto* elements = group.attributes.if_contains(attribute.attribute->name);
    if (!elements || !elements->is_array())
        return {};
    auto& array = elements->get_array();
    if (auto charged = scope_.context.charge(Budget::visit * array.size()); !charged)
        return charged;
    auto const gone =
        std::remove_if(array.begin(), array.end(),
                       [&](json::value const& element) { return text_member(element.get_object(), "value") == id_; });
    if (gone == array.end())
        return {};
    array.erase(gone, array.end());
    if (array.empty())
        group.attributes.stable_erase(attribute.attribute->name);
    return store_without(std::move(group), attribute, LargeAttributes::as_given);
}

result<void> Removal::by_search(ResourceType const& type, AttributeRef const& attribute)
{
    auto const groups = find_groups(type, attribute);
    if (!groups)
        return groups.error();
    for (std::string const& group_id : *groups)
    {
        auto group = transaction_.get(type, group_id, wanted_all(type));
        if (!group)
            return group.error();
        if (!*group)
            continue;
        if (auto removed = remove_from(std::move(**group), attribute); !removed)
            return removed;
    }
    return {};
}

} // namespace

result<Leaving> leave_groups(WriteTransaction& transaction, std::string_view id, Instant now, Scope const& scope,
                             std::vector<LeftGroup>* left, LeaveLimit limit)
{
    Removal removal{transaction, id, now, scope, left};
    if (auto* writer = transaction.large_attributes())
        return removal.by_reference(*writer, limit);
    for (auto const& type : scope.rules.registry->resource_types())
        for (AttributeRef const& attribute : type->large_attributes())
            if (auto removed = removal.by_search(*type, attribute); !removed)
                return std::move(removed).error();
    return Leaving{.all = true};
}

Instant time_of_change(Resource const& before, Instant now)
{
    return std::max(now, before.last_modified + std::chrono::microseconds{1});
}

} // namespace scimkit::membership
