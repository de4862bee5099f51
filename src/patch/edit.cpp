// The rules for immutable and required parts hold for one value and for elements alike, so they are here once (RFC 7643
// section 2.2, RFC 7644 section 3.5.2).
#include "edit.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

json::value const* assigned(json::object const& complex, std::string_view name) noexcept
{
    auto const* value = complex.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
}

void erase_member(json::object& complex, std::string_view name)
{
    if (auto const found = complex.find(name); found != complex.end())
        complex.stable_erase(found);
}

result<void> clear_member(json::object& complex, AttributeRef const& attribute)
{
    auto const& sub = *attribute.sub_attribute;
    if (sub.required)
        return patch_fault(attribute, ErrorCode::mutability, "it is required and cannot be removed")
            .against("7644-3.5.2.2-i");
    if (!assigned(complex, sub.name))
        return {};
    if (sub.mutability == Mutability::immutable)
        return patch_fault(attribute, ErrorCode::mutability, "it is immutable and has a value")
            .against("7644-3.5.2.2-k");
    erase_member(complex, sub.name);
    return {};
}

// The value after adding to, or replacing, what is there.
result<json::value> combined(json::value const* now, json::value const& value, AttributeRef const& attribute,
                             PatchOp op, Work& work)
{
    if (op != PatchOp::add || !now || !now->is_array() || !value.is_array())
        return value;
    auto elements = now->get_array();
    auto const ref = AttributeRef{.schema = attribute.schema, .attribute = attribute.sub_attribute};
    ElementIndex present{*ref.attribute, ElementMatch::given};
    if (auto added = add_elements(elements, value.get_array(), ref, present, work); !added)
        return added.error();
    return json::value(std::move(elements));
}

} // namespace

Error patch_fault(AttributeRef const& attribute, ErrorCode code, std::string_view reason)
{
    auto path = attribute.path();
    auto detail = path + ": ";
    detail.append(reason).append(".");
    return {code, std::move(detail), std::move(path)};
}

Error at_operation(Error error, std::size_t position)
{
    error.detail.insert(0, "Operations[" + std::to_string(position) + "]: ");
    return error;
}

AttributeRef sub_attribute_ref(AttributeRef const& attribute, Attribute const& sub)
{
    auto ref = attribute;
    ref.sub_attribute = &sub;
    return ref;
}

result<json::array> read_elements(PatchOperation const& operation, CanonicalOptions const& options)
{
    auto const& target = operation.path.attribute;
    bool const is_list = operation.value.is_array() || operation.value.is_null();
    auto read = is_list ? canonicalise_value(operation.value, target, options)
                        : canonicalise_element(operation.value, target, 0, options);
    if (!read)
        return read.error();
    if (read->is_array())
        return std::move(read->get_array());
    return read->is_null() ? json::array{} : json::array{std::move(*read)};
}

result<void> edit_member(json::object& complex, AttributeRef const& attribute, json::value const& value, PatchOp op,
                         Work& work)
{
    auto const& sub = *attribute.sub_attribute;
    if (value.is_null())
        return op == PatchOp::add ? result<void>{} : clear_member(complex, attribute);
    auto const* now = assigned(complex, sub.name);
    auto next = combined(now, value, attribute, op, work);
    if (!next)
        return next.error();
    if (now && sub.mutability == Mutability::immutable)
    {
        bool const is_text = now->is_string() && next->is_string(); // "user" is the type "User"
        return (is_text ? same_value(*now, *next, sub) : same_state(*now, *next))
                   ? result<void>{}
                   : patch_fault(attribute, ErrorCode::mutability, "it is immutable and has another value")
                         .against("7644-3.5.2-p");
    }
    complex[sub.name] = std::move(*next);
    return {};
}

result<void> merge_members(json::object& complex, json::object const& members, AttributeRef const& attribute,
                           PatchOp op, Work& work)
{
    for (auto const& [name, value] : members)
    {
        auto const& sub = *attribute.attribute->find_sub_attribute(name);
        if (auto edited = edit_member(complex, sub_attribute_ref(attribute, sub), value, op, work); !edited)
            return edited;
    }
    return {};
}

result<void> remove_from_member(json::object& complex, AttributeRef const& attribute, json::array const& unwanted,
                                Work& work)
{
    auto const* now = assigned(complex, attribute.sub_attribute->name);
    if (!now || !now->is_array())
        return {};
    auto left = now->get_array();
    auto const ref = AttributeRef{.schema = attribute.schema, .attribute = attribute.sub_attribute};
    if (auto removed = remove_elements(left, unwanted, ref, work); !removed)
        return removed.error();
    if (left.empty())
        return clear_member(complex, attribute);
    if (attribute.sub_attribute->mutability == Mutability::immutable && left.size() != now->get_array().size())
        return patch_fault(attribute, ErrorCode::mutability, "it is immutable and has a value")
            .against("7644-3.5.2.2-k");
    complex[attribute.sub_attribute->name] = std::move(left);
    return {};
}

void prune_elements(json::array& elements, Attribute const& attribute)
{
    if (attribute.type == AttributeType::complex)
    {
        auto const end = std::remove_if(elements.begin(), elements.end(),
                                        [](json::value const& element)
                                        {
                                            auto const* members = element.if_object();
                                            return !members || members->empty();
                                        });
        elements.erase(end, elements.end());
        return;
    }
    json::array kept;
    kept.reserve(elements.size());
    ElementIndex present{attribute, ElementMatch::given};
    for (auto& element : elements)
    {
        if (!element.is_null() && !present.find(kept, element))
        {
            kept.push_back(std::move(element));
            present.added(kept);
        }
    }
    elements = std::move(kept);
}

} // namespace scimkit
