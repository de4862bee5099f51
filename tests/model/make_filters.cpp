// Filters over everything an attribute can be tested with.
#include "generator.hpp"

#include <array>

namespace scimkit::model
{
namespace
{

constexpr std::array every_comparison{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};
constexpr std::array usual{"eq", "eq", "ne", "ge", "lt"};

} // namespace

Target FilterMaker::target(Type const& type)
{
    if (choices_.one_in(6))
    {
        auto const& common = common_attributes();
        Target target{.attribute = common.find(choices_.one_in(3) ? "id" : "meta")};
        if (target.attribute->name == "meta")
            target.sub = &target.attribute->subs[choices_.below(4)];
        return target;
    }
    Target target = values_.target(type);
    if (auto const* groups = type.schema.find("groups"); groups && choices_.one_in(8))
        target = {.attribute = groups};
    auto const& subs = target.attribute->subs;
    bool const needs_sub = mode_ == Mode::strict && without_.contains("complex-strict");
    if (!subs.empty() && (needs_sub || !choices_.one_in(6)))
        target.sub = &choices_.of(subs);
    return target;
}

std::string FilterMaker::test(std::string const& name, Attribute const& leaf)
{
    if (leaf.name == "$ref" && !choices_.one_in(3)) // computed: other operators are refused
        return name + (choices_.one_in(2) ? " eq" : " ne") + " \"https://example.com/v2/Users/R001\"";
    if (leaf.name == "$ref")
        return name + " pr";
    if (leaf.name != "primary" && choices_.one_in(6))
        return name + " pr";
    bool const any_operator = leaf.kind == Kind::text || leaf.kind == Kind::reference || choices_.one_in(16);
    bool const only_equality = leaf.kind == Kind::boolean || leaf.kind == Kind::binary;
    std::string op = any_operator ? choices_.of(every_comparison) : choices_.of(usual);
    if (only_equality && !choices_.one_in(16))
        op = choices_.one_in(2) ? "eq" : "ne";
    bool const is_id = is_reference(leaf) || (leaf.name == "value" && leaf.exact && leaf.kind == Kind::text);
    if (is_id && without_.contains("id-case"))
        op = choices_.one_in(2) ? "eq" : "ne";
    return name + ' ' + op + ' ' + values_.literal(leaf);
}

std::string FilterMaker::element_filter(Attribute const& attribute, int depth, bool computed)
{
    if (depth > 0 && choices_.one_in(4))
        return element_filter(attribute, depth - 1, computed) + (choices_.one_in(2) ? " and " : " or ") +
               element_filter(attribute, depth - 1, computed);
    if (depth > 0 && choices_.one_in(12))
        return "not (" + element_filter(attribute, depth - 1, computed) + ')';
    if (attribute.kind != Kind::complex)
        return test("value", attribute);
    auto const* value = attribute.sub("value");
    auto const* sub = value && choices_.one_in(2) ? value : &choices_.of(attribute.subs);
    if (!computed && is_reference(attribute) && value && (sub->name == "$ref" || sub->name == "type"))
        sub = value;
    if (sub->name != "$ref" && choices_.one_in(2))
        return sub->name + " eq " + values_.literal(*sub);
    return test(sub->name, *sub);
}

std::string FilterMaker::filter(Type const& type, int depth)
{
    if (depth > 0 && choices_.one_in(3))
        return filter(type, depth - 1) + (choices_.one_in(2) ? " and " : " or ") + filter(type, depth - 1);
    if (depth > 0 && choices_.one_in(8))
        return (choices_.one_in(2) ? "not (" : "(") + filter(type, depth - 1) + ')';
    Target chosen = target(type);
    if (chosen.attribute->multi && choices_.one_in(3))
    {
        chosen.sub = nullptr;
        auto path = values_.name(chosen, type) + '[' + element_filter(*chosen.attribute) + ']';
        if (!chosen.attribute->subs.empty() && choices_.one_in(6))
        {
            auto const& sub = choices_.of(chosen.attribute->subs);
            path += '.' + test(sub.name, sub);
        }
        return path;
    }
    return test(values_.name(chosen, type), chosen.leaf());
}

} // namespace scimkit::model
