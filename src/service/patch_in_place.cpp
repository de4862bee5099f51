// The same rules as for a whole resource (references.hpp), at the cost of the change alone.
#include "patch_in_place.hpp"

#include "references.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace scimkit::service
{
namespace
{

using Elements = std::vector<json::object>;
using Kind = LargeAttributeEdit::Kind;

ReferenceAttribute const* find_reference(TypePlan const& plan, Attribute const& attribute)
{
    auto const found = std::ranges::find_if(plan.references, [&](ReferenceAttribute const& reference)
                                            { return reference.attribute.attribute == &attribute; });
    return found == plan.references.end() ? nullptr : &*found;
}

/// One edit on its way into the store.
class Edit
{
public:
    Edit(WriteTransaction& transaction, Call const& call, LargeAttributeEdit const& edit)
        : transaction_{transaction}
        , writer_{*transaction.large_attributes()}
        , call_{call}
        , edit_{edit}
        , attribute_{*edit.attribute.attribute}
        , reference_{find_reference(call.plan(), attribute_)}
    {
    }

    result<Elements> to_add() const
    {
        Elements admitted;
        if (reference_ == nullptr)
            return edit_.elements;
        ReferenceRule rule{transaction_, *reference_, call_, call_.tolerance().unknown_members};
        ReferenceRule claims{transaction_, *reference_, call_, UnknownMembers::keep};
        for (json::object element : edit_.elements)
        {
            auto const there =
                writer_.contains(call_.type(), call_.route.name, attribute_, text_member(element, "value"));
            if (!there)
                return there.error();
            bool const claimed = element.contains("$ref") || element.contains("type");
            if (*there)
                rule.keep();
            if (*there && (call_.tolerance().contradicting_references || !claimed))
                continue; // what is there is left as it is
            auto const stays = (*there ? claims : rule).settle(element, nullptr);
            if (!stays)
                return stays.error();
            if (*stays && !*there)
                admitted.push_back(std::move(element));
        }
        if (auto finished = rule.finish(); !finished)
            return std::move(finished).error();
        return admitted;
    }

    result<Elements> to_replace_with() const
    {
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
        std::optional<ReferenceRule> rule;
        if (reference_ != nullptr)
            rule.emplace(transaction_, *reference_, call_, call_.tolerance().unknown_members);
        for (json::value& each : incoming)
        {
            json::object& element = each.get_object(); // made of objects above
            auto const before = known.find(text_member(element, "value"));
            auto const* twin = before == known.end() ? nullptr : before->second;
            auto const stays = rule ? rule->settle(element, twin) : result<bool>{true};
            if (!stays)
                return stays.error();
            if (*stays) // an element that is the same stays so in every byte, so that the store sees no change
                admitted.push_back(twin != nullptr && same_state(element, *twin) ? *twin : std::move(element));
        }
        if (rule)
            if (auto finished = rule->finish(); !finished)
                return std::move(finished).error();
        return admitted;
    }

private:
    result<json::array> read_stored() const
    {
        json::array stored;
        result<void> charged;
        auto const read =
            writer_.read(call_.type(), call_.route.name, attribute_, {}, std::numeric_limits<std::uint64_t>::max(),
                         [&](json::object&& element)
                         {
                             stored.push_back(std::move(element));
                             charged = call_.context.charge(Budget::visit);
                             return charged.has_value();
                         });
        if (!charged)
            return std::move(charged).error();
        if (!read)
            return read.error();
        return stored;
    }

    WriteTransaction& transaction_;
    LargeAttributeWriter& writer_;
    Call const& call_;
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

result<bool> edit_in_place(WriteTransaction& transaction, Call const& call, LargeAttributeEdit const& edit)
{
    auto& writer = *transaction.large_attributes();
    Attribute const& attribute = *edit.attribute.attribute;
    result<std::uint64_t> changed = 0;
    if (edit.kind == Kind::remove)
        changed = writer.remove(call.type(), call.route.name, attribute, edit.values);
    else
    {
        Edit const prepared{transaction, call, edit};
        auto const elements = edit.kind == Kind::add ? prepared.to_add() : prepared.to_replace_with();
        if (!elements)
            return elements.error();
        changed = edit.kind == Kind::add ? writer.add(call.type(), call.route.name, attribute, *elements)
                                         : writer.replace(call.type(), call.route.name, attribute, *elements);
    }
    if (!changed)
        return std::move(changed).error();
    return *changed != 0;
}

} // namespace scimkit::service
