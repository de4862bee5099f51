// A store has `value` and `type`, and the filter asks for the `$ref` that is made of them (RFC 7643 section 2.3.7).
#include "reference_filter.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"
#include "reference_uris.hpp"

#include <optional>
#include <string>
#include <utility>

namespace scimkit::membership
{
namespace
{

/// The reference attribute whose `$ref` this is; null for any other attribute.
ReferenceAttribute const* find_reference(AttributeRef const& attribute, TypeRules const& rules)
{
    if (attribute.sub_attribute)
        for (ReferenceAttribute const& reference : rules.references)
            if (attribute.sub_attribute == reference.uri_attribute)
                return &reference;
    return nullptr;
}

AttributeRef sub_attribute_of(AttributeRef attribute, Attribute const& sub_attribute)
{
    attribute.sub_attribute = &sub_attribute;
    return attribute;
}

BoundFilter equals(AttributeRef const& attribute, std::string_view text)
{
    return {BoundComparison{attribute, CompareOperator::eq,
                            StringKey{std::string{text}, comparison_key(text, attribute.leaf().case_exact)}}};
}

BoundFilter either(BoundFilter a, BoundFilter b)
{
    BoundDisjunction both;
    both.operands.push_back(std::move(a));
    both.operands.push_back(std::move(b));
    return {std::move(both)};
}

/// An element whose `$ref` is computed from this target: by its id and, where elements have one, its type.
BoundFilter refers_to(ReferenceTarget const& target, AttributeRef const& attribute, ReferenceAttribute const& reference,
                      bool inside_element)
{
    BoundFilter by_id = equals(sub_attribute_of(attribute, *reference.value_attribute), target.id);
    if (!reference.type_attribute)
        return by_id;
    BoundConjunction both;
    both.operands.push_back(std::move(by_id));
    both.operands.push_back(equals(sub_attribute_of(attribute, *reference.type_attribute), target.type->name()));
    BoundFilter element{std::move(both)};
    if (inside_element)
        return element;
    BoundValuePath path{.attribute = attribute, .filter = {}};
    path.attribute.sub_attribute = nullptr;
    path.filter.push_back(std::move(element));
    return {std::move(path)};
}

BoundFilter negation(BoundFilter filter)
{
    BoundNegation none;
    none.operand.push_back(std::move(filter));
    return {std::move(none)};
}

/// Whether a `$ref` is shown: one that is stored, or one that is computed where it is known what the id names.
BoundFilter shows_uri(AttributeRef const& attribute, ReferenceAttribute const& reference)
{
    auto const& known = reference.type_attribute ? *reference.type_attribute : *reference.value_attribute;
    return either({BoundPresence{sub_attribute_of(attribute, *reference.uri_attribute)}},
                  {BoundPresence{sub_attribute_of(attribute, known)}});
}

/// As `ne` of any multi-valued attribute: some element refers to something else, or there is none that refers.
BoundFilter some_other(ReferenceTarget const& target, AttributeRef const& attribute,
                       ReferenceAttribute const& reference)
{
    BoundValuePath path{.attribute = attribute, .filter = {}};
    path.attribute.sub_attribute = nullptr;
    BoundConjunction other;
    other.operands.push_back(shows_uri(attribute, reference));
    other.operands.push_back(negation(refers_to(target, attribute, reference, true)));
    path.filter.push_back({std::move(other)});
    return either({std::move(path)}, negation(shows_uri(attribute, reference)));
}

bool names_version(AttributeRef const& attribute)
{
    return attribute.schema == &common_schema() && attribute.attribute->name == "meta" && attribute.sub_attribute &&
           attribute.sub_attribute->name == "version";
}

/// W/"42" of W/"42-5f0a…": what is stored of a version. The digest of what is computed is no part of it.
StringKey without_digest(std::string_view tag, AttributeRef const& attribute)
{
    std::string text{tag};
    auto const dash = text.find('-');
    if (dash != std::string::npos && text.starts_with("W/\"") && text.ends_with('"'))
        text.erase(dash, text.size() - 1 - dash);
    auto key = comparison_key(text, attribute.leaf().case_exact);
    return {std::move(text), std::move(key)};
}

struct Rewriter
{
    TypeRules const& rules;
    std::string_view base_url;
    std::optional<Error> refused{};

    void rewrite(BoundFilter& filter, bool inside_element)
    {
        if (auto* test = std::get_if<BoundComparison>(&filter.node))
            comparison(filter, *test, inside_element);
        else if (auto const* tested = std::get_if<BoundPresence>(&filter.node))
            presence(filter, AttributeRef{tested->attribute});
        else if (auto* all = std::get_if<BoundConjunction>(&filter.node))
            each(all->operands, inside_element);
        else if (auto* any = std::get_if<BoundDisjunction>(&filter.node))
            each(any->operands, inside_element);
        else if (auto* negation = std::get_if<BoundNegation>(&filter.node))
            each(negation->operand, inside_element);
        else if (auto* path = std::get_if<BoundValuePath>(&filter.node))
            each(path->filter, true);
    }

    void each(std::vector<BoundFilter>& filters, bool inside_element)
    {
        for (BoundFilter& inner : filters)
            rewrite(inner, inside_element);
    }

    /// As settle_references stores it where nothing computes it.
    std::string stored_uri(ReferenceTarget const& target) const
    {
        std::string uri{base_url};
        uri += target.type->endpoint() + "/";
        append_segment(uri, target.id);
        return uri;
    }

    // Filters nest deep, and stacks may be small: these have frames of their own.

    [[gnu::noinline]] void presence(BoundFilter& filter, AttributeRef const& attribute) const
    {
        auto const* reference = find_reference(attribute, rules);
        if (reference && computes_uri(*reference))
            filter = shows_uri(attribute, *reference);
    }

    [[gnu::noinline]] void comparison(BoundFilter& filter, BoundComparison& test, bool inside_element)
    {
        auto const* reference = find_reference(test.attribute, rules);
        auto* uri = std::get_if<StringKey>(&test.value);
        if (uri && names_version(test.attribute))
        {
            *uri = without_digest(uri->text, test.attribute);
            return;
        }
        if (!reference || !uri)
            return;
        if (test.op != CompareOperator::eq && test.op != CompareOperator::ne)
        {
            auto const path = test.attribute.path();
            if (computes_uri(*reference))
                refused = Error{ErrorCode::invalid_filter,
                                path + ": it is computed, and can be tested by eq, ne and pr.", path};
            return;
        }
        auto const target = reference_target(uri->text, *reference, base_url);
        if (!target)
            return;
        bool const is_ne = test.op == CompareOperator::ne;
        if (!computes_uri(*reference))
        {
            auto stored = equals(test.attribute, stored_uri(*target));
            std::get<BoundComparison>(stored.node).op = test.op;
            filter = std::move(stored);
        }
        else if (!is_ne)
            filter = refers_to(*target, test.attribute, *reference, inside_element);
        else if (inside_element || !reference->is_multi_valued())
            filter = negation(refers_to(*target, test.attribute, *reference, inside_element));
        else
            filter = some_other(*target, test.attribute, *reference);
    }
};

} // namespace

result<void> see_computed_references(BoundFilter& filter, TypeRules const& rules, std::string_view base_url,
                                     bool inside_element)
{
    Rewriter rewriter{rules, base_url};
    rewriter.rewrite(filter, inside_element);
    return rewriter.refused ? result<void>{std::move(*rewriter.refused)} : result<void>{};
}

} // namespace scimkit::membership
