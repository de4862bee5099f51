// A group is asked for as many elements as are likely to be wanted, so that a page costs what it shows; a store that
// keeps elements within the group gives it whole, once.
#include "membership_walk.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>

#include "../store/border.hpp"
#include "references.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::membership
{
namespace
{

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

void note(Tests& tests, BoundComparison const& test)
{
    auto const* text = test.op == CompareOperator::eq ? std::get_if<StringKey>(&test.value) : nullptr;
    auto const& name = test.attribute.attribute->name;
    bool const is_value = test.attribute.sub_attribute && test.attribute.sub_attribute->name == "value";
    if (!text)
        tests.complete = false;
    else if (is_value && name == "group")
        tests.set(tests.group, text->text);
    else if (is_value && name == "member")
        tests.set(tests.member, text->text);
    else if (test.attribute.attribute == common_schema().find_attribute("id"))
    {
        auto const pair = pair_of(text->text);
        tests.never = tests.never || !pair;
        if (pair)
        {
            tests.set(tests.group, pair->group);
            tests.set(tests.member, pair->member);
        }
    }
    else
        tests.complete = false;
}

} // namespace

Tests tests_of(BoundFilter const* filter)
{
    Tests tests;
    if (!filter)
        return tests;
    if (auto const* test = std::get_if<BoundComparison>(&filter->node))
        note(tests, *test);
    else if (auto const* all = std::get_if<BoundConjunction>(&filter->node))
        for (BoundFilter const& operand : all->operands)
            if (auto const* one = std::get_if<BoundComparison>(&operand.node))
                note(tests, *one);
            else
                tests.complete = false;
    else
        tests.complete = false;
    return tests;
}

result<bool> Elements::contains(std::string const& group, std::string_view member)
{
    if (reader_)
        return reader_->contains(*type_.group, group, *type_.members.attribute, member);
    if (auto loaded = load(group); !loaded)
        return std::move(loaded).error();
    return std::ranges::binary_search(elements_, member, {}, value_of);
}

result<std::uint64_t> Elements::count(std::string const& group)
{
    if (reader_)
        return reader_->count(*type_.group, group, *type_.members.attribute);
    if (auto loaded = load(group); !loaded)
        return std::move(loaded).error();
    return elements_.size();
}

result<std::vector<json::object>> Elements::read(std::string const& group, std::string_view after, std::uint64_t most)
{
    std::vector<json::object> some;
    if (reader_)
    {
        auto const read = reader_->read(*type_.group, group, *type_.members.attribute, after, most,
                                        [&](json::object&& element)
                                        {
                                            some.push_back(std::move(element));
                                            return true;
                                        });
        return read ? result<std::vector<json::object>>{std::move(some)} : read.error();
    }
    if (auto loaded = load(group); !loaded)
        return std::move(loaded).error();
    for (auto at = std::ranges::upper_bound(elements_, after, {}, value_of);
         at != elements_.end() && some.size() < most; ++at)
        some.push_back(*at);
    return some;
}

/// A store without the ability gives groups whole: one is kept.
result<void> Elements::load(std::string const& id)
{
    if (loaded_ == id)
        return {};
    elements_.clear();
    loaded_ = id;
    auto const group = stored_.get(*type_.group, id, wanted_all(*type_.group));
    if (!group)
        return group.error();
    if (!*group)
        return {};
    if (auto checked = check_stored(**group, *type_.group); !checked)
        return checked;
    auto const* value = (*group)->attributes.if_contains(type_.members.attribute->name);
    auto const* array = value ? value->if_array() : nullptr;
    if (!array)
        return {};
    if (auto charged = scope_.context.charge(Budget::visit * array->size()); !charged)
        return charged;
    for (json::value const& element : *array)
        if (auto const* object = element.if_object())
            elements_.push_back(*object);
    std::ranges::sort(elements_, {}, value_of);
    return {};
}

result<void> Walk::run(std::optional<Pair> const& from, std::uint64_t at_once, Sink sink)
{
    at_once_ = std::clamp<std::uint64_t>(at_once, 1, most_at_once);
    if (tests_.never)
        return {};
    if (tests_.group && tests_.member)
        return from ? result<void>{} : one_pair(sink);
    if (tests_.member)
        return groups_of_member(from, false, sink);
    if (tests_.group)
        return outcome(one_group(*tests_.group, from && from->group == *tests_.group ? from->member : "", sink));
    return all_groups(from, sink);
}

result<std::uint64_t> Walk::count(std::uint64_t most)
{
    if (tests_.never)
        return std::uint64_t{0};
    if (tests_.member)
    {
        std::uint64_t counted = 0;
        auto const walked =
            run({}, most_at_once, [&](Pair const&, json::object const&) -> result<bool> { return ++counted < most; });
        return walked ? result<std::uint64_t>{counted} : walked.error();
    }
    if (tests_.group)
        return elements_.count(*tests_.group);
    std::uint64_t sum = 0;
    auto const added = each_group({},
                                  [&](std::string const& id) -> result<bool>
                                  {
                                      auto const some = elements_.count(id);
                                      if (!some)
                                          return some.error();
                                      sum += *some;
                                      return sum < most;
                                  });
    return added ? result<std::uint64_t>{sum} : added.error();
}

result<json::object> Walk::element_of(std::string_view member)
{
    Scope of_group = scope_;
    of_group.type_rules = &scope_.rules.of(*type_.group);
    ReferenceRule rule{stored_, *type_.element, of_group, UnknownMembers::keep};
    json::object element{{"value", member}};
    auto const settled = rule.settle(element, nullptr);
    return settled ? result<json::object>{std::move(element)} : settled.error();
}

result<void> Walk::one_pair(Sink sink)
{
    auto const there = elements_.contains(*tests_.group, *tests_.member);
    if (!there)
        return there.error();
    if (!*there)
        return {};
    auto const element = element_of(*tests_.member);
    return element ? outcome(sink({*tests_.group, *tests_.member}, *element)) : element.error();
}

result<bool> Walk::one_group(std::string const& id, std::string after, Sink sink)
{
    for (;;)
    {
        auto const some = elements_.read(id, after, at_once_);
        if (!some)
            return some.error();
        for (json::object const& element : *some)
        {
            Pair const pair{id, std::string{Elements::value_of(element)}};
            auto const more = sink(pair, element);
            if (!more || !*more)
                return more;
        }
        if (some->size() < at_once_)
            return true;
        after = Elements::value_of(some->back());
        at_once_ = most_at_once;
    }
}

result<void> Walk::groups_of_member(std::optional<Pair> const& from, bool backward, Sink sink)
{
    auto groups = groups_with(*tests_.member);
    if (!groups)
        return groups.error();
    auto const element = element_of(*tests_.member);
    if (!element)
        return element.error();
    if (backward)
        std::ranges::reverse(*groups);
    for (std::string const& group : *groups)
    {
        if (from && (backward ? group >= from->group : group <= from->group))
            continue;
        auto const more = sink({group, *tests_.member}, *element);
        if (!more || !*more)
            return outcome(more);
    }
    return {};
}

result<void> Walk::all_groups(std::optional<Pair> const& from, Sink sink)
{
    if (from)
    {
        auto const more = one_group(from->group, from->member, sink);
        if (!more || !*more)
            return outcome(more);
    }
    return each_group(from ? std::optional{from->group} : std::nullopt,
                      [&](std::string const& id) { return one_group(id, {}, sink); });
}

result<void> Walk::each_group(std::optional<std::string> const& after,
                              function_ref<result<bool>(std::string const&)> sink)
{
    Query::Source const source{.type = type_.group};
    Query all{.sources = {&source, 1}, .limit = no_limit, .total = TotalPolicy::none};
    if (after)
        all.cursor = Cursor{0, *after, {}};
    auto const streamed = stream_query(stored_, all, scope_.rules.policy.query, scope_.context,
                                       [&](Resource&& group) { return sink(group.id); });
    return streamed ? result<void>{} : streamed.error();
}

result<std::vector<std::string>> Walk::groups_with(std::string const& member)
{
    std::vector<std::string> ids;
    if (auto* reader = stored_.large_attributes())
    {
        auto const found = reader->references_to(member,
                                                 [&](Reference const& reference)
                                                 {
                                                     if (reference.type == type_.group &&
                                                         reference.attribute == type_.members.attribute)
                                                         ids.push_back(reference.id);
                                                     return true;
                                                 });
        if (!found)
            return found.error();
        std::ranges::sort(ids);
        return ids;
    }
    return find_groups_with(member);
}

result<std::vector<std::string>> Walk::find_groups_with(std::string const& member)
{
    std::vector<std::string> ids;
    AttributeRef value = type_.members;
    value.sub_attribute = type_.element->value_attribute;
    BoundFilter const filter{BoundComparison{
        value, CompareOperator::eq, StringKey{member, comparison_key(member, value.sub_attribute->case_exact)}}};
    Query::Source const source{.type = type_.group, .filter = &filter};
    auto const found = stream_query(stored_, {.sources = {&source, 1}, .limit = no_limit, .total = TotalPolicy::none},
                                    scope_.rules.policy.query, scope_.context,
                                    [&](Resource&& group) -> result<bool>
                                    {
                                        ids.push_back(std::move(group.id));
                                        return true;
                                    });
    return found ? result<std::vector<std::string>>{std::move(ids)} : found.error();
}

} // namespace scimkit::membership
