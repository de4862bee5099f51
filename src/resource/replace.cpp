// PUT replaces what the client can see (RFC 7644 section 3.5.1). What it cannot see or change is carried over from the
// stored state, down to single elements, and they have to be found again to do so.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "canonical.hpp"
#include "canonical_parts.hpp"
#include "elements.hpp"
#include "names_in_order.hpp"
#include "place.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace scimkit
{

namespace
{

// Sub-attributes whose stored values outlive a value that does not repeat them.
bool outlives(Attribute const& sub) noexcept { return sub.mutability != Mutability::read_write; }

bool has_outliving(Attribute const& attribute) noexcept
{
    return std::any_of(attribute.sub_attributes.begin(), attribute.sub_attributes.end(), outlives);
}

// The immutable sub-attributes of an element as a key; elements without `value` are told apart by it.
std::string identity_of(json::object const& element, Attribute const& attribute)
{
    auto const* by_value = attribute.find_sub_attribute("value");
    std::string key;
    for (auto const& sub : attribute.sub_attributes)
    {
        if (by_value ? &sub != by_value : sub.mutability != Mutability::immutable)
            continue;
        auto const* value = element.if_contains(sub.name);
        if (!value)
            return {};
        append_key(key, *value, sub);
    }
    return key;
}

// True of what the service computes from a reference's `value`: a claim of it says nothing of which element is meant.
bool is_computed(Attribute const& sub, Attribute const& attribute) noexcept
{
    return is_resource_reference(attribute) && (sub.name == "$ref" || sub.name == "type");
}

// An element that says otherwise about something immutable is another element.
bool contradicts(json::object const& incoming, json::object const& current, Attribute const& attribute)
{
    return std::any_of(attribute.sub_attributes.begin(), attribute.sub_attributes.end(),
                       [&](Attribute const& sub)
                       {
                           if (sub.mutability != Mutability::immutable || is_computed(sub, attribute))
                               return false;
                           auto const* a = incoming.if_contains(sub.name);
                           auto const* b = current.if_contains(sub.name);
                           return a && b && !same_value(*a, *b, sub);
                       });
}

// What a client sees of an element, as a key: who sends it as it was shown means that one.
std::string shown_key(json::object const& element, Attribute const& attribute)
{
    std::string key;
    for (auto const& sub : attribute.sub_attributes)
    {
        bool const is_seen = sub.mutability != Mutability::read_only && sub.mutability != Mutability::write_only &&
                             sub.returned != Returned::never && sub.name != "primary" && !is_computed(sub, attribute);
        auto const* value = is_seen ? element.if_contains(sub.name) : nullptr;
        if (value)
            append_key(key, *value, sub);
        else
            key += '-';
    }
    return key;
}

// The stored elements of a list, each of which goes on as one of those that were sent.
class FormerElements
{
public:
    FormerElements(json::array const& elements, Attribute const& attribute)
        : attribute_(attribute)
        , one_of_each_(is_keyed(attribute))
    {
        if (one_of_each_)
            only_.reserve(elements.size());
        for (auto const& element : elements)
        {
            auto const* object = element.if_object();
            if (!object)
                continue;
            auto key = identity_of(*object, attribute);
            if (one_of_each_)
            {
                if (!key.empty())
                    only_.emplace(std::move(key), object);
                continue;
            }
            by_shown_[shown_key(*object, attribute)].positions.push_back(elements_.size());
            if (!key.empty())
                by_identity_[std::move(key)].positions.push_back(elements_.size());
            elements_.push_back(object);
        }
        is_taken_.resize(elements_.size());
    }

    // One that looks just so; null if there is none. Where there is one of each `value`, that is looked at alone.
    json::object const* take_same(json::object const& sent)
    {
        if (one_of_each_)
            return take_likely(sent);
        auto const found = by_shown_.find(shown_key(sent, attribute_));
        if (found == by_shown_.end() || found->second.next == found->second.positions.size())
            return nullptr;
        auto const position = found->second.positions[found->second.next];
        if (contradicts(sent, *elements_[position], attribute_)) // by what is immutable and never shown
            return nullptr;
        ++found->second.next;
        return take(position);
    }

    // Of one that take_same() has not found, before the first of them is asked for.
    void expect(json::object const& sent) { ++asked_[identity_of(sent, attribute_)]; }

    // Behind all of take_same(): the only one of those left that it can be, by what tells it from others, and by its
    // `type` where that is not enough. A secret must not get to another element, and of many nobody can tell.
    json::object const* take_likely(json::object const& sent)
    {
        if (one_of_each_)
        {
            auto const only = only_.find(identity_of(sent, attribute_));
            return only != only_.end() && !contradicts(sent, *only->second, attribute_) ? only->second : nullptr;
        }
        auto const found = by_identity_.find(identity_of(sent, attribute_));
        if (found == by_identity_.end() || found->second.positions.size() > most_alike)
            return nullptr;
        std::vector<std::size_t> likely;
        for (auto const position : found->second.positions)
            if (!is_taken_[position] && !contradicts(sent, *elements_[position], attribute_))
                likely.push_back(position);
        auto const* type = attribute_.find_sub_attribute("type");
        bool const is_alone = likely.size() == 1 && asked_[found->first] == 1;
        if (!is_alone && !type)
            return nullptr;
        if (!is_alone)
            std::erase_if(likely,
                          [&](std::size_t position)
                          {
                              auto const* a = sent.if_contains(type->name);
                              auto const* b = elements_[position]->if_contains(type->name);
                              return a && b ? !same_value(*a, *b, *type) : a != b;
                          });
        return likely.size() == 1 ? take(likely.front()) : nullptr;
    }

private:
    json::object const* take(std::size_t position)
    {
        is_taken_[position] = true;
        return elements_[position];
    }

    static constexpr std::size_t most_alike = 100; // or many that are alike are compared with one another

    struct Alike
    {
        std::vector<std::size_t> positions{};
        std::size_t next = 0; // that may be taken
    };
    using Positions = std::unordered_map<std::string, Alike>;

    Attribute const& attribute_;
    bool one_of_each_;
    std::unordered_map<std::string, json::object const*> only_{}; // where there is one of each
    std::vector<json::object const*> elements_{};
    std::vector<bool> is_taken_{};
    std::unordered_map<std::string, std::size_t> asked_{}; // how many of those sent it may be, by identity
    Positions by_shown_{};
    Positions by_identity_{};
};

void keep_members(json::object& incoming, json::object const& current, Attribute const& attribute)
{
    for (auto const& sub : attribute.sub_attributes)
    {
        if (!outlives(sub) || incoming.contains(sub.name))
            continue;
        if (auto const* stored = current.if_contains(sub.name))
            incoming.emplace(sub.name, *stored);
    }
}

// True when readOnly sub-attributes of the stored value (a manager's name) still describe the new one.
bool means_the_same(json::object const& incoming, json::object const& current, Attribute const& attribute)
{
    auto const* sub = attribute.find_sub_attribute("value");
    auto const* a = sub ? incoming.if_contains(sub->name) : nullptr;
    auto const* b = sub ? current.if_contains(sub->name) : nullptr;
    return !a || !b || same_value(*a, *b, *sub);
}

result<void> keep_in_complex(json::object& incoming, json::object const& current, AttributeRef const& attribute)
{
    bool const describes = means_the_same(incoming, current, *attribute.attribute);
    for (auto const& sub : attribute.attribute->sub_attributes)
    {
        auto const* stored = current.if_contains(sub.name);
        if (!stored || !outlives(sub) || (sub.mutability == Mutability::read_only && !describes))
            continue;
        auto const* sent = incoming.if_contains(sub.name);
        if (!sent)
        {
            incoming.emplace(sub.name, *stored);
        }
        else if (sub.mutability == Mutability::immutable && !same_state(*sent, *stored))
        {
            return Place(attribute)
                .sub_attribute(sub.name)
                .fault(ErrorCode::mutability, "it is immutable and has another value")
                .against("7644-3.5.1-h");
        }
    }
    return {};
}

// One stored attribute against the incoming members of the same object.
result<void> keep_attribute(json::object& incoming, json::value const& stored, AttributeRef const& ref)
{
    auto const& attribute = *ref.attribute;
    auto* sent = incoming.if_contains(attribute.name);
    switch (attribute.mutability)
    {
    case Mutability::read_only:
        incoming[attribute.name] = stored;
        return {};
    case Mutability::write_only:
        if (!sent)
            incoming.emplace(attribute.name, stored);
        return {};
    case Mutability::immutable:
        if (!sent)
            incoming.emplace(attribute.name, stored);
        else if (!same_state(*sent, stored))
            return Place(ref)
                .fault(ErrorCode::mutability, "it is immutable and has another value")
                .against("7644-3.5.1-h");
        return {};
    case Mutability::read_write:
        break;
    }
    if (!sent || !has_outliving(attribute))
        return {};
    if (sent->is_object() && stored.is_object())
        return keep_in_complex(sent->get_object(), stored.get_object(), ref);
    if (sent->is_array() && stored.is_array())
        keep_unsent(sent->get_array(), stored.get_array(), attribute);
    return {};
}

result<void> keep_in_extension(json::object& incoming, json::object const& current, Schema const& schema)
{
    for (auto const& [name, stored] : current)
    {
        if (auto const* attribute = schema.find_attribute(name))
        {
            if (auto kept = keep_attribute(incoming, stored, {&schema, attribute, nullptr, true}); !kept)
                return kept;
        }
        else
        {
            incoming.emplace(name, stored);
        }
    }
    return {};
}

} // namespace

void keep_unsent(json::array& incoming, json::array const& current, Attribute const& attribute)
{
    if (!has_outliving(attribute))
        return;
    FormerElements former{current, attribute};
    std::vector<json::object*> others;
    for (auto& element : incoming)
    {
        auto* object = element.if_object();
        auto const* same = object ? former.take_same(*object) : nullptr;
        if (same)
            keep_members(*object, *same, attribute);
        else if (object)
        {
            others.push_back(object);
            former.expect(*object);
        }
    }
    for (json::object* object : others)
        if (auto const* before = former.take_likely(*object))
            keep_members(*object, *before, attribute);
}

result<json::object> merge_for_replace(json::object const& current, json::object incoming, ResourceType const& type)
{
    RootNames names{type};
    for (auto const& [name, stored] : current)
    {
        if (auto const attribute = names.find(name))
        {
            if (auto kept = keep_attribute(incoming, stored, *attribute); !kept)
                return kept.error();
            continue;
        }
        auto const* schema = type.find_extension(name);
        if (!schema)
        {
            incoming.emplace(name, stored); // of a schema that is not known here: nobody could send it
            continue;
        }
        auto const* members = stored.if_object();
        if (!members)
            continue;
        auto* sent = incoming.if_contains(schema->id);
        json::object none;
        auto& target = sent && sent->is_object() ? sent->get_object() : none;
        if (auto kept = keep_in_extension(target, *members, *schema); !kept)
            return kept.error();
        if (!none.empty())
            incoming[schema->id] = std::move(none);
    }
    return incoming;
}

} // namespace scimkit
