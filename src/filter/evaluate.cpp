// Evaluation of filters (RFC 7644 section 3.4.2.2): a walk over the bound tree, within a resource or within one
// element, that charges what it looks at.
#include <scimkit/core/text.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "literal.hpp"
#include "resource_values.hpp"
#include "text_match.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

using detail::Absent;
using detail::TextMatcher;

/// What finding a value and comparing it costs beside its bytes.
constexpr std::uint64_t test_cost = 16;

bool holds(CompareOperator op, int order) noexcept
{
    switch (op)
    {
    case CompareOperator::eq:
        return order == 0;
    case CompareOperator::ne:
        return order != 0;
    case CompareOperator::gt:
        return order > 0;
    case CompareOperator::ge:
        return order >= 0;
    case CompareOperator::lt:
        return order < 0;
    case CompareOperator::le:
        return order <= 0;
    case CompareOperator::co:
    case CompareOperator::sw:
    case CompareOperator::ew:
        break;
    }
    return false;
}

int compare_instants(Instant a, Instant b) noexcept { return (a > b) - (a < b); }

/// References to SCIM resources, as opposed to external ones and to URIs that only identify.
bool refers_to_resources(Attribute const& attribute)
{
    return attribute.type == AttributeType::reference &&
           std::any_of(attribute.reference_types.begin(), attribute.reference_types.end(),
                       [](std::string const& type) {
                           return !equal_ascii_ignoring_case(type, "external") &&
                                  !equal_ascii_ignoring_case(type, "uri");
                       });
}

bool compare_string(std::string_view stored, BoundComparison const& test, StringKey const& literal,
                    TextMatcher& matcher)
{
    Attribute const& leaf = test.attribute.leaf();
    if (detail::is_equality(test.op) && refers_to_resources(leaf) && detail::same_resource_uri(stored, literal.text))
        return test.op == CompareOperator::eq;
    return matcher.match(stored, test.op, literal.key, leaf.case_exact || leaf.type == AttributeType::binary);
}

std::optional<Number> number_of(json::value const& value) noexcept
{
    switch (value.kind())
    {
    case json::kind::int64:
        return Number{value.get_int64()};
    case json::kind::uint64:
        return Number{value.get_uint64()};
    case json::kind::double_:
        return Number{value.get_double()};
    default:
        return std::nullopt;
    }
}

/// One value against a literal that is not null. A value that does not have its attribute's type equals nothing.
bool compare_value(std::string_view stored, BoundComparison const& test, TextMatcher& matcher)
{
    auto const* const literal = std::get_if<StringKey>(&test.value);
    return literal ? compare_string(stored, test, *literal, matcher) : test.op == CompareOperator::ne;
}

bool compare_value(Instant stored, BoundComparison const& test, TextMatcher&)
{
    auto const* const literal = std::get_if<Instant>(&test.value);
    return literal ? holds(test.op, compare_instants(stored, *literal)) : test.op == CompareOperator::ne;
}

bool compare_value(json::value const& stored, BoundComparison const& test, TextMatcher& matcher)
{
    bool const differs = test.op == CompareOperator::ne;
    if (auto const* const text = stored.if_string())
    {
        if (std::holds_alternative<Instant>(test.value))
        {
            auto const instant = parse_date_time(*text);
            return instant ? compare_value(*instant, test, matcher) : differs;
        }
        return compare_value(std::string_view{*text}, test, matcher);
    }
    if (auto const* const literal = std::get_if<bool>(&test.value))
    {
        auto const* const value = stored.if_bool();
        return value ? holds(test.op, *value != *literal) : differs;
    }
    auto const* const literal = std::get_if<Number>(&test.value);
    auto const value = number_of(stored);
    return literal && value ? holds(test.op, compare_numbers(*value, *literal)) : differs;
}

bool matches_within(BoundFilter const& filter, json::value const& element, TextMatcher& matcher);

/// Charges an element before it is looked at; false when there is no more to spend.
struct Step
{
    TextMatcher& matcher;

    bool operator()() const noexcept { return matcher.spend(test_cost); }
};

/// Evaluates within a scope: a resource, or one element between brackets. The scope calls back with the values of
/// an attribute, never with null, until told to stop. Once the budget is exhausted everything answers at once.
template <class Scope>
class Evaluator
{
public:
    Evaluator(Scope const& scope, TextMatcher& matcher) noexcept
        : scope_(scope)
        , matcher_(matcher)
    {
    }

    /// What nests has small frames: what tests has frames of its own.
    bool evaluate(BoundFilter const& filter) const
    {
        if (!spend())
            return false;
        if (auto const* all = std::get_if<BoundConjunction>(&filter.node))
            return std::ranges::all_of(all->operands, [this](BoundFilter const& operand) { return evaluate(operand); });
        if (auto const* any = std::get_if<BoundDisjunction>(&filter.node))
            return std::ranges::any_of(any->operands,
                                       [this](BoundFilter const& operand) { return exhausted() || evaluate(operand); });
        if (auto const* negation = std::get_if<BoundNegation>(&filter.node))
            return !evaluate(negation->operand.front());
        return test(filter);
    }

private:
    [[gnu::noinline]] bool test(BoundFilter const& filter) const
    {
        if (auto const* comparison = std::get_if<BoundComparison>(&filter.node))
            return compare(*comparison);
        if (auto const* presence = std::get_if<BoundPresence>(&filter.node))
            return present(presence->attribute);
        if (auto const* path = std::get_if<BoundValuePath>(&filter.node))
            return scope_.visit_elements(path->attribute, matcher_,
                                         [path](json::value const& element, TextMatcher& matcher)
                                         { return matches_within(path->filter.front(), element, matcher); });
        return std::get<BoundConstant>(filter.node).always;
    }

    bool compare(BoundComparison const& node) const
    {
        if (std::holds_alternative<std::nullptr_t>(node.value))
            return present(node.attribute) == (node.op == CompareOperator::ne);
        bool any_value = false;
        bool const any_match = scope_.visit(node.attribute, Absent::primary_is_false, matcher_,
                                            [&](auto const& value)
                                            {
                                                any_value = true;
                                                return compare_value(value, node, matcher_);
                                            });
        return any_match || (!any_value && node.op == CompareOperator::ne);
    }

    bool spend() const noexcept { return matcher_.spend(test_cost); }

    bool exhausted() const noexcept { return matcher_.budget() && matcher_.budget()->exhausted(); }

    bool present(AttributeRef const& attribute) const
    {
        return scope_.visit(attribute, Absent::is_nothing, matcher_,
                            [](auto const& value) { return detail::has_value(value); });
    }

    Scope const& scope_;
    TextMatcher& matcher_;
};

class ResourceScope
{
public:
    explicit ResourceScope(ResourceView const& resource) noexcept
        : resource_(resource)
    {
    }

    template <class Visit>
    bool visit(AttributeRef const& attribute, Absent absent, TextMatcher& matcher, Visit const& visit_value) const
    {
        if (detail::is_computed(attribute))
            return detail::visit_computed(attribute, resource_, visit_value);
        json::value const* const value = detail::find_stored(attribute, resource_);
        return value && detail::visit_stored(attribute, *value, absent, Step{matcher}, visit_value);
    }

    template <class Visit>
    bool visit_elements(AttributeRef const& attribute, TextMatcher& matcher, Visit const& visit_element) const
    {
        bool const computed = detail::is_computed(attribute);
        json::value const made = computed ? detail::computed_value(attribute, resource_) : json::value();
        json::value const* const value = computed ? &made : detail::find_stored(attribute, resource_);
        TextMatcher passing{matcher.budget()}; // what is made here does not outlive this, as `matcher` demands
        TextMatcher& matcher_here = computed ? passing : matcher;
        return value &&
               detail::visit_stored(attribute, *value, Absent::is_nothing, Step{matcher},
                                    [&](json::value const& element) { return visit_element(element, matcher_here); });
    }

private:
    ResourceView const& resource_;
};

class ElementScope
{
public:
    explicit ElementScope(json::value const& element) noexcept
        : element_(element)
    {
    }

    template <class Visit>
    bool visit(AttributeRef const& attribute, Absent absent, TextMatcher& matcher, Visit const& visit_value) const
    {
        return detail::visit_stored(attribute, element_, absent, Step{matcher}, visit_value);
    }

    /// There are no brackets between brackets.
    template <class Visit>
    bool visit_elements(AttributeRef const&, TextMatcher&, Visit const&) const noexcept
    {
        return false;
    }

private:
    json::value const& element_;
};

bool matches_within(BoundFilter const& filter, json::value const& element, TextMatcher& matcher)
{
    ElementScope const scope{element};
    return Evaluator{scope, matcher}.evaluate(filter);
}

} // namespace

bool matches(BoundFilter const& filter, ResourceView const& resource, Budget* budget)
{
    ResourceScope const scope{resource};
    TextMatcher matcher{budget};
    return Evaluator{scope, matcher}.evaluate(filter);
}

bool matches_element(BoundFilter const& filter, json::value const& element, Budget* budget)
{
    TextMatcher matcher{budget};
    return matches_within(filter, element, matcher);
}

} // namespace scimkit
