// Which elements are the same, by an index of their keys: lists of 100,000 are compared in one pass (RFC 7643 section
// 2.4).
#include "elements.hpp"

#include <scimkit/core/budget.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "../core/eight_bytes.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

// Below these numbers comparing one by one is cheaper than building a table. Few elements may be long ones, so there
// too the searches are counted.
constexpr std::size_t few_elements = 8;
constexpr std::size_t few_searches = 2;

constexpr std::size_t searches_without_table(std::size_t elements) noexcept
{
    return elements <= few_elements ? few_elements : few_searches;
}

// What finding a value costs beside its bytes.
constexpr std::uint64_t cost_of_value = 16;

std::uint64_t weight_of_text(std::string_view text) noexcept
{
    return text.size() * (is_ascii(text) ? 1 : Budget::fold);
}

} // namespace

bool same_value(json::value const& a, json::value const& b, Attribute const& attribute)
{
    if (attribute.type == AttributeType::string && a.is_string() && b.is_string())
        return equal_text(a.get_string(), b.get_string(), attribute.case_exact);
    return equal_json(a, b);
}

std::uint64_t weight_of(json::value const& value) noexcept
{
    std::uint64_t weight = cost_of_value;
    if (auto const* text = value.if_string())
        weight += weight_of_text(*text);
    else if (auto const* elements = value.if_array())
        for (auto const& element : *elements)
            weight += weight_of(element);
    else if (auto const* members = value.if_object())
        for (auto const& member : *members)
            weight += weight_of(member.value());
    return weight;
}

bool known_by_value(Attribute const& attribute) noexcept
{
    if (!attribute.multi_valued || attribute.type != AttributeType::complex)
        return false;
    auto const* value = attribute.find_sub_attribute("value");
    return value && value->mutability == Mutability::immutable;
}

bool is_keyed(Attribute const& attribute) noexcept
{
    return is_resource_reference(attribute) || known_by_value(attribute);
}

bool is_primary(json::value const& element) noexcept
{
    auto const* members = element.if_object();
    auto const* primary = members ? members->if_contains("primary") : nullptr;
    return primary && primary->is_bool() && primary->get_bool();
}

void append_key(std::string& out, json::value const& value, Attribute const& attribute)
{
    std::string text;
    if (value.is_string() && attribute.type == AttributeType::string)
        text = comparison_key(value.get_string(), attribute.case_exact);
    else if (value.is_number() && attribute.type == AttributeType::decimal)
        write_json(text, value.to_number<double>());
    else
        write_json(text, value);
    out += std::to_string(text.size());
    out += ':';
    out += text;
}

ElementIndex::ElementIndex(Attribute const& attribute, ElementMatch match) noexcept
    : attribute_(&attribute)
    , match_(match)
{
}

ElementIndex::Signature ElementIndex::signature_of(json::value const& given) const
{
    Signature signature;
    auto const* object = given.if_object();
    if (!object || match_ == ElementMatch::same)
        return signature;
    bool const has_value = match_ != ElementMatch::given && object->contains("value");
    auto const counts = [&](std::string_view name)
    {
        if (has_value)
            return name == "value" || (match_ == ElementMatch::value_and_type && name == "type");
        return name != "primary";
    };
    auto const& subs = attribute_->sub_attributes;
    for (std::size_t i = 0; i < subs.size(); ++i)
        if (object->contains(subs[i].name) && counts(subs[i].name))
            signature.push_back(i);
    return signature;
}

bool ElementIndex::compare(json::value const& a, json::value const& b, Attribute const& attribute)
{
    weighed_ += weight_of(a) + weight_of(b);
    return same_value(a, b, attribute);
}

bool ElementIndex::matches(json::value const& stored, json::value const& given, Signature const& signature)
{
    weighed_ += cost_of_value;
    auto const* stored_object = stored.if_object();
    auto const* given_object = given.if_object();
    if (!stored_object || !given_object)
        return compare(stored, given, *attribute_);
    if (match_ == ElementMatch::same)
    {
        auto const& subs = attribute_->sub_attributes;
        return std::all_of(subs.begin(), subs.end(),
                           [&](Attribute const& sub)
                           {
                               if (sub.name == "primary")
                                   return true;
                               auto const* a = stored_object->if_contains(sub.name);
                               auto const* b = given_object->if_contains(sub.name);
                               return a && b ? compare(*a, *b, sub) : a == b;
                           });
    }
    return std::all_of(signature.begin(), signature.end(),
                       [&](std::size_t i)
                       {
                           auto const& sub = attribute_->sub_attributes[i];
                           auto const* a = stored_object->if_contains(sub.name);
                           auto const* b = given_object->if_contains(sub.name);
                           return a && b && compare(*a, *b, sub);
                       });
}

std::optional<std::string> ElementIndex::key_of(json::value const& element, Signature const& signature)
{
    std::string key;
    auto const* object = element.if_object();
    weighed_ += cost_of_value;
    if (!object)
    {
        weighed_ += weight_of(element);
        append_key(key, element, *attribute_);
        return key;
    }
    if (match_ == ElementMatch::same)
        return whole_key_of(*object);
    for (auto const i : signature)
    {
        auto const& sub = attribute_->sub_attributes[i];
        auto const* value = object->if_contains(sub.name);
        if (!value)
            return std::nullopt;
        weighed_ += weight_of(*value);
        append_key(key, *value, sub);
    }
    return key;
}

std::string ElementIndex::whole_key_of(json::object const& element)
{
    std::string key;
    for (auto const& sub : attribute_->sub_attributes)
    {
        if (sub.name == "primary")
            continue;
        if (auto const* value = element.if_contains(sub.name))
        {
            weighed_ += weight_of(*value);
            append_key(key, *value, sub);
        }
        else
        {
            key += '-';
        }
    }
    return key;
}

ElementIndex::Positions const* ElementIndex::table_for(Signature const& signature, json::array const& elements)
{
    auto const known =
        std::find_if(tables_.begin(), tables_.end(), [&](Table const& t) { return t.signature == signature; });
    if (known != tables_.end())
        return &known->positions;
    if (tables_.size() == max_tables)
        return nullptr;
    auto& table = tables_.emplace_back(Table{signature, {}});
    table.positions.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (auto key = key_of(elements[i], signature))
            table.positions[std::move(*key)].push_back(i);
    return &table.positions;
}

template <class Visit>
void ElementIndex::visit_matches(json::array const& elements, json::value const& given, Visit visit)
{
    auto const signature = signature_of(given);
    if (given.is_object() && signature.empty() && match_ != ElementMatch::same)
        return; // it names nothing
    bool const is_cheap = ++searches_ <= searches_without_table(elements.size());
    auto const* positions = is_cheap ? nullptr : table_for(signature, elements);
    if (!positions)
    {
        scanned_ += is_cheap ? 0 : elements.size();
        for (std::size_t i = 0; i < elements.size(); ++i)
            if (matches(elements[i], given, signature) && !visit(i))
                return;
        return;
    }
    auto const found = positions->find(*key_of(given, signature));
    if (found == positions->end())
        return;
    for (auto const i : found->second)
        if (matches(elements[i], given, signature) && !visit(i))
            return;
}

std::optional<std::size_t> ElementIndex::find(json::array const& elements, json::value const& given)
{
    std::optional<std::size_t> found;
    visit_matches(elements, given,
                  [&](std::size_t i)
                  {
                      found = i;
                      return false;
                  });
    return found;
}

std::vector<std::size_t> ElementIndex::find_all(json::array const& elements, json::value const& given)
{
    std::vector<std::size_t> found;
    visit_matches(elements, given,
                  [&](std::size_t i)
                  {
                      found.push_back(i);
                      return true;
                  });
    return found;
}

void ElementIndex::added(json::array const& elements)
{
    for (auto& table : tables_)
        if (auto key = key_of(elements.back(), table.signature))
            table.positions[std::move(*key)].push_back(elements.size() - 1);
}

} // namespace scimkit
