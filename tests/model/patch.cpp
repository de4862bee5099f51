// The model's PATCH: takes a value out, changes it, puts it back. No index, no place in a container is ever kept.
#include "patch.hpp"

#include "bulk.hpp"
#include "lenient.hpp"
#include "patch_decode.hpp"
#include "patch_elements.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

Refusal const changes_fixed{400, "mutability"};

class Patcher
{
public:
    Patcher(World const& world, Resource const& resource, Mode mode)
        : world_(world)
        , resource_(resource)
        , mode_(mode)
        , attributes_(resource.attributes)
    {
    }

    void apply(Operation const& operation)
    {
        Target const& target = operation.path.target;
        if (!target.attribute)
            return remove_extension(*target.extension);
        if (target.attribute->name == "schemas")
            throw Undecided{};
        if (target.attribute->change == Change::read_only || target.leaf().change == Change::read_only)
            return judge_read_only(operation);
        json::value const before = value_at(attributes_, target);
        json::value after = changed(before, operation);
        world_.compute_references(after, *target.attribute, mode_ == Mode::strict);
        if (target.attribute->change == Change::immutable && !before.is_null() && !same_state(before, after))
            throw Refusal{changes_fixed};
        if (target.attribute->required && after.is_null() && operation.op != PatchOp::add)
            throw Refusal{changes_fixed};
        put_value(attributes_, target, std::move(after));
    }

    json::object finish() &&
    {
        check_whole(attributes_, *resource_.type);
        return std::move(attributes_);
    }

private:
    void remove_extension(Schema const& extension)
    {
        auto const* members = attributes_.if_contains(extension.uri);
        if (!members)
            return;
        for (Attribute const& attribute : extension.attributes)
            if (attribute.change == Change::immutable && members->as_object().contains(attribute.name))
                throw Refusal{changes_fixed};
        attributes_.erase(extension.uri);
    }

    void judge_read_only(Operation const& operation) const
    {
        bool const own_id =
            operation.path.target.attribute->name == "id" && operation.value == json::value(resource_.id);
        bool const is_id = operation.path.target.attribute->name == "id";
        if (!operation.implicit || mode_ == Mode::strict || (is_id && !own_id))
            throw Refusal{changes_fixed};
    }

    json::value changed(json::value const& before, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        bool const is_whole = !operation.path.filter && !target.sub;
        bool const is_list = target.attribute->multi && !target.sub && operation.has_value;
        if (operation.op == PatchOp::remove && (is_whole || is_list))
            return removed(before, operation);
        if (is_whole && target.attribute->multi)
            return with_elements(before, operation);
        if (target.attribute->multi || operation.path.filter)
            return with_items(before, operation);
        if (target.attribute->kind != Kind::complex)
            return simple(before, operation);
        return single_complex(before, operation);
    }

    json::value simple(json::value const& before, Operation const& operation) const
    {
        auto value = values_.read(operation.value, *operation.path.target.attribute);
        return value.is_null() && operation.op == PatchOp::add ? before : value;
    }

    json::value single_complex(json::value const& before, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        if (!target.sub && operation.value.is_null())
            return operation.op == PatchOp::add ? before : json::value{};
        if (!target.sub && mode_ == Mode::tolerant && says_cleared(operation.value, *target.attribute))
            return {};
        json::object item = before.is_object() ? before.get_object() : json::object{};
        edit(item, operation);
        return item.empty() ? json::value{} : json::value(std::move(item));
    }

    json::value removed(json::value const& before, Operation const& operation) const
    {
        Attribute const& attribute = *operation.path.target.attribute;
        if (!attribute.multi || !operation.has_value)
            return {};
        if (mode_ == Mode::strict)
            throw Refusal{400, "invalidValue"}; // nothing is removed, rather than all
        auto const unwanted = elements_of(operation, attribute);
        if (says_no_value(operation.value) ||
            !std::ranges::all_of(unwanted, [&](json::value const& element) { return names_one(element, attribute); }))
            throw Refusal{400, "invalidValue"}; // it does not say which one is meant
        auto const& filter = operation.path.filter;
        auto const is_selected = [&](json::value const& element)
        { return !filter || matches_element(filter->operands.front(), element); };
        json::array kept;
        if (before.is_array())
            for (json::value const& element : before.get_array())
                if (!is_selected(element) || std::ranges::none_of(unwanted, [&](json::value const& each)
                                                                  { return is_listed(element, each, attribute); }))
                    kept.push_back(element);
        return pruned(kept, attribute);
    }

    json::array elements_of(Operation const& operation, Attribute const& attribute) const
    {
        if (operation.value.is_null())
            return {};
        auto const read = operation.value.is_array()
                              ? values_.read(operation.value, attribute)
                              : json::value(json::array{values_.read_element(operation.value, attribute)});
        return read.is_null() ? json::array{} : read.get_array();
    }

    json::value with_elements(json::value const& before, Operation const& operation) const
    {
        Attribute const& attribute = *operation.path.target.attribute;
        json::value read = elements_of(operation, attribute);
        world_.name_by_id(read, attribute);
        world_.compute_references(read, attribute, mode_ == Mode::strict);
        auto const& incoming = read.as_array();
        check_one_primary(incoming);
        if (std::ranges::any_of(incoming, [&](json::value const& each)
                                { return comes_back(each, attribute, before, resource_.attributes); }))
            throw Undecided{}; // taken away and put back: is what was once said of it forgotten?
        if (operation.op == PatchOp::replace)
            return incoming.empty() ? json::value{} : with_fixed(json::value(incoming), before, attribute);
        return added(before, incoming, attribute);
    }

    json::value added(json::value const& before, json::array const& incoming, Attribute const& attribute) const
    {
        json::array elements = before.is_array() ? before.get_array() : json::array{};
        for (json::value const& element : incoming)
        {
            auto known =
                std::ranges::find_if(elements, [&](json::value const& each)
                                     { return is_named_by(each, element, attribute, known_by_value(attribute)); });
            auto const position = static_cast<std::size_t>(known - elements.begin());
            if (position == elements.size())
                elements.push_back(element);
            else if (is_primary(element))
                elements[position].as_object()["primary"] = true;
            if (is_primary(element))
                keep_one_primary(elements, position);
        }
        return elements.empty() ? json::value{} : json::value(std::move(elements));
    }

    json::value with_items(json::value const& before, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        json::array items = before.is_array()  ? before.get_array()
                            : before.is_null() ? json::array{}
                                               : json::array{json::value(before)};
        std::vector<std::size_t> selected;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (!operation.path.filter || matches_element(operation.path.filter->operands.front(), items[i]))
                selected.push_back(i);
        if (selected.empty())
            return operation.op == PatchOp::remove ? before : with_new_item(items, operation);
        for (std::size_t const i : selected)
        {
            edit_item(items[i], operation);
            if (auto const* item = items[i].if_object();
                item && !item->empty() && says_only_blanks(*item) && target.attribute->multi)
                throw Refusal{400, "invalidValue"}; // nothing becomes nothing, edited or sent
        }
        if (target.attribute->multi && sets_primary(operation))
        {
            if (selected.size() > 1)
                throw Refusal{400, "invalidValue"};
            keep_one_primary(items, selected.front());
        }
        if (target.attribute->multi)
            return pruned(items, *target.attribute);
        auto const& only = items.front();
        return only.is_object() && only.get_object().empty() ? json::value{} : json::value(only);
    }

    bool sets_primary(Operation const& operation) const
    {
        if (operation.op == PatchOp::remove)
            return false;
        auto const value = mode_ == Mode::tolerant ? unwrapped(operation.value) : operation.value;
        if (operation.path.target.sub)
            return operation.path.target.sub->name == "primary" && says_true(value);
        auto const* members = value.if_object();
        return members &&
               std::ranges::any_of(*members, [](json::key_value_pair const& member)
                                   { return equal_names(member.key(), "primary") && says_true(member.value()); });
    }

    void edit_item(json::value& item, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        if (operation.op == PatchOp::add && operation.value.is_null())
            return;
        if (auto* members = item.if_object(); members && (target.sub || !is_plain_removal(operation)))
            return edit(*members, operation);
        if (operation.op == PatchOp::remove)
            item = nullptr;
        else if (!operation.value.is_null())
            item = values_.read_element(mode_ == Mode::tolerant ? unwrapped(operation.value) : operation.value,
                                        *target.attribute);
        else if (operation.op == PatchOp::replace)
            item = nullptr;
    }

    static bool is_plain_removal(Operation const& operation)
    {
        return operation.op == PatchOp::remove || (operation.op == PatchOp::replace && operation.value.is_null());
    }

    json::value with_new_item(json::array items, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        json::object element;
        if (operation.value.is_object() && operation.value.get_object().empty())
            throw Undecided{}; // {} says nothing, and there is nothing to say it of
        if (operation.path.filter)
        {
            bool const may_create = mode_ == Mode::tolerant && target.attribute->multi &&
                                    target.attribute->kind == Kind::complex &&
                                    (target.sub || operation.op == PatchOp::add);
            if (!may_create || !describes(operation.path.filter->operands.front(), element))
                throw Refusal{400, {}}; // noTarget, unless the value is wrong too
            for (Attribute const& sub : target.attribute->subs)
                if (auto const* value = element.if_contains(sub.name); value && value->is_null())
                    element.erase(sub.name); // sub eq null: an element without it
        }
        auto const* list = target.sub && target.sub->multi ? operation.value.if_array() : nullptr;
        if (operation.value.is_null() || (list && list->empty())) // clears what is not there
            return items.empty() ? json::value{} : json::value(std::move(items));
        // The id of a reference may come with the value.
        bool const has_no_id = is_reference(*target.attribute) && !element.contains("value");
        bool const has_mark_alone = element.size() == 1 && element.contains("primary"); // more may come
        if (!element.empty() && !has_no_id && !has_mark_alone)
            element = values_.read_element(element, *target.attribute).as_object();
        edit(element, operation);
        if (element.empty())
            throw Undecided{};
        if (says_only_blanks(element))
            throw Refusal{400, "invalidValue"};
        if (is_reference(*target.attribute) && !element.contains("value"))
            throw Refusal{400, "invalidValue"};
        json::value made(std::move(element));
        if (is_reference(*target.attribute) &&
            std::ranges::any_of(items, [&](json::value const& known) { return known.at("value") == made.at("value"); }))
            return json::value(std::move(items)); // the id says which it is, and it is there
        if (std::ranges::any_of(
                items, [&](json::value const& known)
                { return same_state(known, made) || is_named_by(known, made, *target.attribute, false); }))
            throw Undecided{}; // it is there already
        items.push_back(std::move(made));
        if (is_primary(items.back()))
            keep_one_primary(items, items.size() - 1);
        return items;
    }

    /// Changes the members of one complex value: one of them, or those that the operation's value has.
    void edit(json::object& item, Operation const& operation) const
    {
        Target const& target = operation.path.target;
        if (is_reference(*target.attribute) && target.sub && target.sub->name == "value")
            forget_computed(item, operation.value);
        if (target.sub)
        {
            json::value value = operation.value;
            // "" for manager.value says what it says for manager.
            bool const clears = mode_ == Mode::tolerant && !target.attribute->multi && target.sub->name == "value" &&
                                value == json::value("");
            if (clears)
                return edit_member(item, *target.sub, {}, PatchOp::replace);
            if (operation.op == PatchOp::remove)
                value = nullptr;
            else if (target.sub->multi && !value.is_null() && !value.is_array())
                value = json::array{std::move(value)};
            return edit_member(item, *target.sub, values_.read_sub(std::move(value), *target.sub, *target.attribute),
                               operation.op);
        }
        json::value value = operation.value;
        if (mode_ == Mode::tolerant)
            value = unwrapped(std::move(value));
        if (value.is_null())
            throw Refusal{400, "invalidValue"};
        if (mode_ == Mode::tolerant && value.is_string() && value != json::value("") &&
            target.attribute->sub("value") && (!target.attribute->multi || is_reference(*target.attribute)))
            value = json::object{{"value", value}};
        auto members = values_.read_members(value, *target.attribute, true);
        world_.name_by_id(members, *target.attribute);
        if (members.empty() && !value.as_object().empty())
            throw Refusal{400, "invalidValue"}; // of unknown names nothing is left
        if (members.empty() && !target.attribute->multi)
            return; // {} says nothing
        if (members.size() < value.as_object().size() && target.attribute->multi)
            throw Undecided{};
        if (members.empty())
            throw Undecided{};
        if (known_by_value(*target.attribute) && (members.contains("type") || members.contains("$ref")))
            throw Undecided{}; // a claim of what is immutable: corrected or refused?
        if (auto const* id = members.if_contains("value"); is_reference(*target.attribute) && id)
            forget_computed(item, *id);
        for (auto const& [name, member] : members)
            edit_member(item, *target.attribute->sub(name), member, operation.op);
    }

    void edit_member(json::object& item, Attribute const& sub, json::value const& value, PatchOp op) const
    {
        auto const* now = item.if_contains(sub.name);
        if (value.is_null())
        {
            if (op == PatchOp::add)
                return;
            if (sub.required || (now && sub.change == Change::immutable))
                throw Refusal{changes_fixed};
            item.erase(sub.name);
            return;
        }
        json::value const next =
            op == PatchOp::add && sub.multi && now ? added(*now, value.as_array(), sub) : json::value(value);
        if (now && sub.change == Change::immutable && !same_state(*now, next))
            throw Refusal{changes_fixed};
        item[sub.name] = next;
    }

    World const& world_;
    Resource const& resource_;
    Mode mode_;
    Values values_{mode_, Speaker::patch};
    json::object attributes_;
};

} // namespace

Patched apply_patch(World const& world, Resource const& resource, json::value const& body, Mode mode)
{
    auto operations = decode_patch(body, *resource.type, mode);
    std::vector<std::size_t> uses;
    bool const removes_by_value = // a fault of its own in strict mode
        mode == Mode::strict && std::ranges::any_of(operations, [](Operation const& each)
                                                    { return each.op == PatchOp::remove && each.has_value; });
    if (!world.promised.empty() && !removes_by_value) // within a Bulk
        for (Operation& operation : operations)
            if (operation.path.target.attribute)
            {
                resolve_names(operation.value, operation.path.target, world, uses);
                resolve_names(operation.path, world, uses);
            }
    Patcher patcher{world, resource, mode};
    Patched patched;
    for (Operation const& operation : operations)
    {
        patcher.apply(operation);
        if (operation.op != PatchOp::remove)
            patched.sent.push_back(operation.path.target);
    }
    patched.attributes = std::move(patcher).finish();
    return patched;
}

} // namespace scimkit::model
