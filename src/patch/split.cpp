// Which operations can be done without loading a large attribute, so that one member costs the same in any group.
#include "split.hpp"

#include <scimkit/core/text.hpp>

#include "edit.hpp"
#include "filter_values.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

// What one operation on a large attribute comes to; nothing when it needs the attribute itself.
class Splitter
{
public:
    explicit Splitter(PatchOptions const& options)
        : options_(options)
        , canonical_(options.canonical)
    {
        canonical_.refuse_read_only = !options.ignore_readonly_echo;
    }

    result<std::optional<LargeAttributeEdit>> split(PatchOperation const& operation) const
    {
        auto const& target = operation.path.attribute;
        if (target.sub_attribute || target.attribute->mutability != Mutability::read_write)
            return std::optional<LargeAttributeEdit>{};
        if (operation.op == PatchOp::remove)
            return split_remove(operation);
        if (!operation.path.filter.empty())
            return std::optional<LargeAttributeEdit>{};
        return split_set(operation);
    }

private:
    result<std::optional<LargeAttributeEdit>> split_remove(PatchOperation const& operation) const
    {
        LargeAttributeEdit edit{.attribute = operation.path.attribute, .kind = LargeAttributeEdit::Kind::remove};
        if (!options_.remove_absent)
            return std::optional<LargeAttributeEdit>{}; // whether it is there decides
        if (!operation.path.filter.empty())
        {
            if (!operation.value.is_null())
                return std::optional<LargeAttributeEdit>{}; // of the listed ones those that match as well
            auto values = values_of(operation.path.filter.front());
            if (!values || (values->size() > 1 && !options_.several_matches))
                return std::optional<LargeAttributeEdit>{};
            edit.values = std::move(*values);
            return edit;
        }
        if (operation.value.is_null())
            return clear(operation.path.attribute);
        auto elements = read_unwanted(operation, canonical_);
        if (!elements)
            return elements.error();
        for (auto const& element : *elements)
        {
            auto const* value = element.get_object().if_contains("value");
            if (!value || !value->is_string() || comparison_key(value->get_string(), true) != value->get_string())
                return std::optional<LargeAttributeEdit>{}; // a store finds elements by their exact text
            edit.values.emplace_back(value->get_string());
        }
        return edit;
    }

    result<std::optional<LargeAttributeEdit>> split_set(PatchOperation const& operation) const
    {
        auto elements = read_elements(operation, canonical_);
        if (!elements)
            return elements.error();
        bool const is_add = operation.op == PatchOp::add;
        if (elements->empty() && !is_add)
            return clear(operation.path.attribute);
        auto const& target = operation.path.attribute;
        if (auto fine = check_one_primary(*elements, target); !fine)
            return fine.error();
        LargeAttributeEdit edit{.attribute = target,
                                .kind = is_add ? LargeAttributeEdit::Kind::add : LargeAttributeEdit::Kind::replace};
        edit.elements.reserve(elements->size());
        for (auto& element : *elements)
        {
            if (auto fine = check_required(element, target); !fine)
                return fine.error();
            auto const* value = element.get_object().if_contains("value");
            if (!value || !value->is_string() || (is_add && is_primary(element)))
                return std::optional<LargeAttributeEdit>{}; // the other elements matter
            edit.elements.push_back(std::move(element.get_object()));
        }
        return edit;
    }

    static std::optional<LargeAttributeEdit> clear(AttributeRef const& target)
    {
        return LargeAttributeEdit{.attribute = target, .kind = LargeAttributeEdit::Kind::replace};
    }

    static result<void> check_required(json::value const& element, AttributeRef const& target)
    {
        auto const& subs = target.attribute->sub_attributes;
        auto const missing = std::find_if(subs.begin(), subs.end(),
                                          [&](Attribute const& sub)
                                          { return sub.required && !element.get_object().contains(sub.name); });
        return missing == subs.end()
                   ? result<void>{}
                   : patch_fault(sub_attribute_ref(target, *missing), ErrorCode::invalid_value, "it is required")
                         .against("7644-3.5.2-n");
    }

    PatchOptions const& options_;
    CanonicalOptions canonical_;
};

} // namespace

result<std::optional<SplitPatch>> split_large_attributes(std::span<PatchOperation const> operations,
                                                         ResourceType const& type, PatchOptions const& options)
{
    // Whether a required attribute is there can be told only from the whole resource.
    auto const large = type.large_attributes();
    if (std::any_of(large.begin(), large.end(), [](AttributeRef const& each) { return each.attribute->required; }))
        return std::optional<SplitPatch>{};
    SplitPatch split;
    Splitter const splitter{options};
    for (auto const& operation : operations)
    {
        auto const* attribute = operation.path.attribute.attribute;
        if (!attribute || !type.is_large(*attribute))
        {
            split.operations.push_back(operation);
            continue;
        }
        auto edit = splitter.split(operation);
        if (!edit)
            return at_operation(edit.error(), operation.position);
        if (!*edit)
            return std::optional<SplitPatch>{};
        split.edits.push_back(std::move(**edit));
        split.edits.back().position = operation.position;
    }
    return split;
}

} // namespace scimkit
