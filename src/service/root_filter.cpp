// At the server root an attribute may be another type's, so binding to one type cannot tell what is nobody's.
#include "root_filter.hpp"

#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/text.hpp>

#include <algorithm>
#include <variant>

namespace scimkit::service
{
namespace
{

/// What a filter tests, as the client named it. Within a value path (`outer`) names are of sub-attributes, and `value`
/// may stand for the element itself.
void name_attributes(Filter const& filter, AttributePath const* outer, function_ref<void(AttributePath const&)> visit)
{
    auto const all = [&](std::vector<Filter> const& filters, AttributePath const* within)
    {
        for (Filter const& each : filters)
            name_attributes(each, within, visit);
    };
    std::visit(
        [&](auto const& node)
        {
            if constexpr (requires { node.operands; })
                all(node.operands, outer);
            else if constexpr (requires { node.operand; })
                all(node.operand, outer);
            else if constexpr (requires { node.filter; })
            {
                visit(node.attribute);
                all(node.filter, &node.attribute);
            }
            else if (!outer)
                visit(node.attribute);
            else if (!equal_ascii_ignoring_case(node.attribute.name, "value"))
                visit({outer->uri, outer->name, node.attribute.name});
        },
        filter.node);
}

} // namespace

result<void> check_defined(std::string_view text, FilterSyntax const& syntax, std::vector<TypePlan const*> const& types,
                           NameResolution const& names)
{
    auto const filter = parse_filter(text, syntax);
    if (!filter)
        return filter.error();
    std::string undefined;
    name_attributes(*filter, nullptr,
                    [&](AttributePath const& path)
                    {
                        auto const is_defined = [&](TypePlan const* plan)
                        { return plan->type->resolve(path, names).has_value(); };
                        if (undefined.empty() && std::ranges::none_of(types, is_defined))
                            undefined = to_string(path);
                    });
    if (undefined.empty())
        return {};
    return Error{ErrorCode::invalid_filter, "filter: " + undefined + " is not an attribute of any resource type."};
}

} // namespace scimkit::service
