// The same rules as for a whole resource (references.hpp), at the cost of the change alone.
#include "patch_in_place.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>

#include "../membership/references.hpp"
#include "../resource/canonical_parts.hpp"
#include "change.hpp"
#include "observer.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

namespace scimkit::service
{
namespace
{

using Elements = std::vector<json::object>;
using Kind = LargeAttributeEdit::Kind;

/// What comparing one stored element with those that replace it costs, in units of Budget.
constexpr std::uint64_t replaced_element_work = 3 * Budget::visit;

ReferenceAttribute const* find_reference(TypePlan const& plan, Attribute const& attribute)
{
    auto const found = std::ranges::find_if(plan.references(), [&](ReferenceAttribute const& reference)
                                            { return reference.attribute.attribute == &attribute; });
    return found == plan.references().end() ? nullptr : &*found;
}

/// One edit on its way into the store.
class Edit
{
public:
    Edit(WriteTransaction& transaction, Scope const& scope, std::string_view id, LargeAttributeEdit const& edit)
        : transaction_(transaction)
        , writer_(*transaction.large_attributes())
        , scope_(scope)
        , id_(id)
        , edit_(edit)
        , attribute_(*edit.attribute.attribute)
        , reference_(find_reference(scope.plan(), attribute_))
    {
    }

    result<Elements> to_add() const
    {
        Elements admitted;
        if (!reference_)
            return edit_.elements;
        membership::ReferenceRule rule{transaction_, *reference_, scope_, scope_.tolerance().unknown_members};
        membership::ReferenceRule claims{transaction_, *reference_, scope_, UnknownMembers::keep};
        result<std::vector<bool>> stored = std::vector<bool>(edit_.elements.size(), false);
        if (needs_what_is_there())
            stored = which_are_there(values_of(edit_.elements));
        if (!stored)
            return stored.error();
        if (auto looked = look_ahead(rule, edit_.elements, *stored); !looked)
            return std::move(looked).error();
        for (std::size_t i = 0; i < edit_.elements.size(); ++i)
        {
            json::object element = edit_.elements[i];
            bool const there = (*stored)[i];
            bool const claimed = element.contains("$ref") || element.contains("type");
            if (there)
                rule.keep();
            if (there && (scope_.tolerance().contradicting_references || !claimed))
                continue; // what is there is left as it is
            auto const stays = (there ? claims : rule).settle(element, nullptr);
            if (!stays)
                return stays.error();
            if (*stays && !there)
                admitted.push_back(std::move(element));
        }
        if (auto finished = rule.finish(); !finished)
            return std::move(finished).error();
        return admitted;
    }

    result<Elements> to_replace_with() const
    {
        if (edit_.elements.empty())
            return Elements{};
        auto const stored = read_stored();
        if (!stored)
            return stored.error();
        json::array incoming;
        for (json::object const& element : edit_.elements)
            incoming.push_back(element);
        keep_unsent(incoming, *stored, attribute_);
        std::map<std::string_view, json::object const*> known;
        for (json::value const& element : *stored)
            known.emplace(text_member(element.get_object(), "value"), element.if_object()); // read as objects
        Elements admitted;
        std::optional<membership::ReferenceRule> rule;
        if (reference_)
        {
            rule.emplace(transaction_, *reference_, scope_, scope_.tolerance().unknown_members);
            std::vector<bool> there;
            for (json::object const& element : edit_.elements)
                there.push_back(known.contains(text_member(element, "value")));
            if (auto looked = look_ahead(*rule, edit_.elements, there); !looked)
                return std::move(looked).error();
        }
        for (json::value& each : incoming)
        {
            json::object& element = each.get_object(); // made of objects above
            auto const before = known.find(text_member(element, "value"));
            auto const* twin = before == known.end() ? nullptr : before->second;
            auto const stays = rule ? rule->settle(element, twin) : result<bool>{true};
            if (!stays)
                return stays.error();
            if (*stays) // an element that is the same stays so in every byte, so that the store sees no change
                admitted.push_back(twin && same_state(element, *twin) ? *twin : std::move(element));
        }
        if (rule)
            if (auto finished = rule->finish(); !finished)
                return std::move(finished).error();
        return admitted;
    }

    // What an edit is about to change, for whoever is told of it. Nothing is looked up for nobody.

    result<void> note_added(Elements const& elements, ElementsChanged& noted) const
    {
        return note_those(false, values_of(elements), noted.came);
    }

    result<void> note_removed(ElementsChanged& noted) const
    {
        std::set<std::string_view> const values{edit_.values.begin(), edit_.values.end()};
        return note_those(true, {values.begin(), values.end()}, noted.went);
    }

    result<void> note_replaced(Elements const& elements, ElementsChanged& noted) const
    {
        if (!scope_.observed)
            return {};
        std::set<std::string> values;
        auto const read = read_each([&](json::object&& element) { values.emplace(text_member(element, "value")); });
        if (!read)
            return read;
        std::set<std::string_view> const before{values.begin(), values.end()};
        std::set<std::string_view> after;
        for (json::object const& element : elements)
            after.insert(text_member(element, "value"));
        note_difference(noted, before, after);
        return {};
    }

private:
    /// Whether it makes a difference which elements are there already: the store leaves those as they are by itself.
    bool needs_what_is_there() const
    {
        auto const& tolerance = scope_.tolerance();
        return scope_.observed || tolerance.unknown_members != UnknownMembers::keep ||
               !tolerance.contradicting_references ||
               std::ranges::any_of(edit_.elements,
                                   [](json::object const& element) { return text_member(element, "value").empty(); });
    }

    static std::vector<std::string_view> values_of(Elements const& elements)
    {
        std::vector<std::string_view> values;
        values.reserve(elements.size());
        for (json::object const& element : elements)
            values.push_back(text_member(element, "value"));
        return values;
    }

    /// In the order of `values`.
    result<std::vector<bool>> which_are_there(std::vector<std::string_view> const& values) const
    {
        std::unordered_map<std::string_view, std::size_t> places; // a client may give a value twice
        std::vector<std::string_view> once;
        for (std::string_view const value : values)
            if (places.emplace(value, once.size()).second)
                once.push_back(value);
        std::vector<bool> found(once.size(), false);
        auto const asked = writer_.contains_many(scope_.type(), id_, attribute_, once,
                                                 [&](std::size_t which)
                                                 {
                                                     found[which] = true;
                                                     return true;
                                                 });
        if (!asked)
            return asked.error();
        std::vector<bool> there;
        for (std::string_view const value : values)
            there.push_back(found[places.at(value)]);
        return there;
    }

    static result<void> look_ahead(membership::ReferenceRule& rule, Elements const& elements,
                                   std::vector<bool> const& there)
    {
        std::vector<std::string_view> fresh;
        for (std::size_t i = 0; i < elements.size(); ++i)
            if (!there[i])
                fresh.push_back(text_member(elements[i], "value"));
        return rule.look_ahead(fresh);
    }

    /// Notes each value once, if whether it is there is `wanted`.
    result<void> note_those(bool wanted, std::vector<std::string_view> values, std::vector<std::string>& noted) const
    {
        if (!scope_.observed)
            return {};
        if (auto charged = scope_.context.charge(Budget::visit * values.size()); !charged)
            return charged;
        auto const there = which_are_there(values);
        if (!there)
            return there.error();
        std::set<std::string_view> seen;
        for (std::size_t i = 0; i < values.size(); ++i)
            if ((*there)[i] == wanted && seen.insert(values[i]).second)
                noted.emplace_back(values[i]);
        return {};
    }

    result<void> read_each(function_ref<void(json::object&&)> take) const
    {
        result<void> charged;
        auto const read = writer_.read(scope_.type(), id_, attribute_, {}, std::numeric_limits<std::uint64_t>::max(),
                                       [&](json::object&& element)
                                       {
                                           charged = scope_.context.charge(Budget::visit + estimate_json_size(element));
                                           if (charged)
                                               take(std::move(element));
                                           return charged.has_value();
                                       });
        return charged ? read : charged;
    }

    result<json::array> read_stored() const
    {
        json::array stored;
        if (auto read = read_each([&](json::object&& element) { stored.push_back(std::move(element)); }); !read)
            return std::move(read).error();
        return stored;
    }

    WriteTransaction& transaction_;
    LargeAttributeWriter& writer_;
    Scope const& scope_;
    std::string_view id_;
    LargeAttributeEdit const& edit_;
    Attribute const& attribute_;
    ReferenceAttribute const* reference_;
};

} // namespace

bool may_cancel_out(std::span<LargeAttributeEdit const> edits)
{
    std::map<Attribute const*, std::set<std::string_view>> added;
    std::map<Attribute const*, std::set<std::string_view>> removed;
    std::map<Attribute const*, int> count;
    std::set<Attribute const*> replaced;
    for (LargeAttributeEdit const& edit : edits)
    {
        auto const* attribute = edit.attribute.attribute;
        ++count[attribute];
        if (edit.kind == Kind::replace)
            replaced.insert(attribute);
        else if (edit.kind == Kind::add)
            for (json::object const& element : edit.elements)
                added[attribute].insert(text_member(element, "value"));
        else
            removed[attribute].insert(edit.values.begin(), edit.values.end());
    }
    return std::ranges::any_of(replaced, [&](Attribute const* attribute) { return count[attribute] > 1; }) ||
           std::ranges::any_of(removed,
                               [&](auto const& of)
                               {
                                   auto const& others = added[of.first];
                                   return std::ranges::any_of(of.second, [&](std::string_view value)
                                                              { return others.contains(value); });
                               });
}

AskedNext asked_next(Scope const& scope, std::span<LargeAttributeEdit const> edits)
{
    AskedNext next;
    for (LargeAttributeEdit const& edit : edits)
    {
        auto const* reference =
            edit.kind == Kind::add ? find_reference(scope.plan(), *edit.attribute.attribute) : nullptr;
        if (!reference || (scope.tolerance().unknown_members == UnknownMembers::keep && reference->targets.size() < 2))
            continue;
        auto const* target = reference->targets.front();
        if (next.type && next.type != target)
            continue;
        next.type = target;
        for (json::object const& element : edit.elements)
        {
            auto const value = text_member(element, "value");
            auto const type = text_member(element, "type");
            bool const is_elsewhere = !type.empty() && !equal_ascii_ignoring_case(type, target->name());
            if (!is_elsewhere && (!scope.promised || !scope.promised->type_of(value)))
                next.ids.push_back(value);
        }
    }
    return next;
}

result<ElementCounts> count_replaced(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                     std::span<LargeAttributeEdit const> edits)
{
    ElementCounts counts;
    for (LargeAttributeEdit const& edit : edits)
    {
        auto const* attribute = edit.attribute.attribute;
        bool const known = std::ranges::find(counts, attribute, &ElementCounts::value_type::first) != counts.end();
        if (known || edit.kind != Kind::replace || edit.elements.empty())
            continue;
        auto const count = transaction.large_attributes()->count(scope.type(), id, *attribute);
        if (!count)
            return count.error();
        counts.emplace_back(attribute, *count);
    }
    return counts;
}

bool replaces_many(ElementCounts const& counts, Scope const& scope)
{
    auto const most = work_as_writer(scope) / replaced_element_work;
    return std::ranges::any_of(counts, [&](auto const& each) { return each.second > most; });
}

void ElementGrowth::note(LargeAttributeEdit const& edit, std::uint64_t changed)
{
    auto const* attribute = edit.attribute.attribute;
    auto found = std::ranges::find(by_, attribute, &std::pair<Attribute const*, std::int64_t>::first);
    if (found == by_.end())
        found = by_.insert(by_.end(), {attribute, 0});
    auto const elements = static_cast<std::int64_t>(changed);
    found->second += edit.kind == Kind::add ? elements : edit.kind == Kind::remove ? -elements : 0;
}

result<void> ElementGrowth::check(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                                  ElementCounts const& replaced) const
{
    for (auto const& [attribute, by] : by_)
    {
        auto const before = std::ranges::find(replaced, attribute, &ElementCounts::value_type::first);
        if (before == replaced.end() && by <= 0)
            continue;
        auto const now = transaction.large_attributes()->count(scope.type(), id, *attribute);
        if (!now)
            return now.error();
        auto const old = before != replaced.end() ? before->second : *now - static_cast<std::uint64_t>(by);
        if (auto fits = membership::check_elements(*attribute, old, *now, scope); !fits)
            return fits;
    }
    return {};
}

result<Edited> edit_in_place(WriteTransaction& transaction, Scope const& scope, std::string_view id,
                             LargeAttributeEdit const& edit)
{
    auto& writer = *transaction.large_attributes();
    Attribute const& attribute = *edit.attribute.attribute;
    Edited edited{.elements = {edit.attribute, {}, {}}};
    Edit const prepared{transaction, scope, id, edit};
    result<std::uint64_t> changed = 0;
    if (edit.kind == Kind::remove)
    {
        if (auto noted = prepared.note_removed(edited.elements); !noted)
            return std::move(noted).error();
        changed = writer.remove(scope.type(), id, attribute, edit.values);
    }
    else
    {
        auto const elements = edit.kind == Kind::add ? prepared.to_add() : prepared.to_replace_with();
        if (!elements)
            return elements.error();
        if (auto noted = edit.kind == Kind::add ? prepared.note_added(*elements, edited.elements)
                                                : prepared.note_replaced(*elements, edited.elements);
            !noted)
            return std::move(noted).error();
        changed = edit.kind == Kind::add ? writer.add(scope.type(), id, attribute, *elements)
                                         : writer.replace(scope.type(), id, attribute, *elements);
    }
    if (!changed)
        return std::move(changed).error();
    edited.changed = *changed;
    return edited;
}

} // namespace scimkit::service
