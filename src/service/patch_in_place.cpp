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
#include <optional>
#include <set>
#include <span>
#include <unordered_map>

namespace scimkit::service
{
namespace
{

using Elements = std::vector<json::object>;
using Kind = LargeAttributeEdit::Kind;

/// Added together: so many are looked up in a moment, and a store needs little to take them back.
constexpr std::size_t added_at_once = 10'000;

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

    /// Part by part: what is known of elements, and what a store keeps to take them back, is several times their text.
    result<std::uint64_t> add(ElementsChanged& noted) const
    {
        std::optional<membership::ReferenceRule> rule;
        if (reference_)
            rule.emplace(transaction_, *reference_, scope_, scope_.tolerance().unknown_members);
        std::uint64_t added = 0;
        auto const at_once = may_come_in_parts() ? added_at_once : edit_.elements.size();
        for (std::span<json::object const> rest{edit_.elements}; !rest.empty();)
        {
            auto const part = rest.first(std::min(rest.size(), at_once));
            rest = rest.subspan(part.size());
            auto const elements = rule ? to_add(part, *rule) : result<Elements>{Elements(part.begin(), part.end())};
            if (!elements)
                return elements.error();
            if (auto finished = rule && rest.empty() ? rule->finish() : result<void>{}; !finished)
                return std::move(finished).error();
            if (auto told = note_added(*elements, noted); !told)
                return std::move(told).error();
            auto const done = writer_.add(scope_.type(), id_, attribute_, *elements);
            if (!done)
                return done;
            added += *done;
        }
        return added;
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
    result<Elements> to_add(std::span<json::object const> given, membership::ReferenceRule& rule) const
    {
        Elements admitted;
        membership::ReferenceRule claims{transaction_, *reference_, scope_, UnknownMembers::keep};
        result<std::vector<bool>> stored = std::vector<bool>(given.size(), false);
        if (needs_what_is_there(given))
            stored = which_are_there(values_of(given));
        if (!stored)
            return stored.error();
        if (auto looked = look_ahead(rule, given, *stored); !looked)
            return std::move(looked).error();
        for (std::size_t i = 0; i < given.size(); ++i)
        {
            json::object element = given[i];
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
        rule.forget_those_ahead();
        return admitted;
    }

    /// Whether a part may be stored before the next is looked at: not where an element of the last one may refuse all
    /// of them, nor where what was stored before a failure would stay.
    bool may_come_in_parts() const noexcept
    {
        auto const& tolerance = scope_.tolerance();
        return scope_.state.traits.atomic && tolerance.contradicting_references &&
               tolerance.unknown_members != UnknownMembers::reject;
    }

    /// Whether it makes a difference which elements are there already: the store leaves those as they are by itself.
    bool needs_what_is_there(std::span<json::object const> given) const
    {
        auto const& tolerance = scope_.tolerance();
        return scope_.observed || tolerance.unknown_members != UnknownMembers::keep ||
               !tolerance.contradicting_references ||
               std::ranges::any_of(given,
                                   [](json::object const& element) { return text_member(element, "value").empty(); });
    }

    static std::vector<std::string_view> values_of(std::span<json::object const> elements)
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

    static result<void> look_ahead(membership::ReferenceRule& rule, std::span<json::object const> elements,
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
    else if (edit.kind == Kind::add)
        changed = prepared.add(edited.elements);
    else
    {
        auto const elements = prepared.to_replace_with();
        if (!elements)
            return elements.error();
        if (auto noted = prepared.note_replaced(*elements, edited.elements); !noted)
            return std::move(noted).error();
        changed = writer.replace(scope.type(), id, attribute, *elements);
    }
    if (!changed)
        return std::move(changed).error();
    edited.changed = *changed;
    return edited;
}

} // namespace scimkit::service
