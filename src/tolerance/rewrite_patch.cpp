// PATCH values that clients wrap in ways of their own, rewritten before the operations are applied (RFC 7644 section
// 3.5.2), so that `patch` knows the RFC only.

#include "rewriting.hpp"
#include "value_rewriter.hpp"

#include <utility>

namespace scimkit
{
namespace
{

// An assignment of a few roles, not a second request body: it nests no deeper than elements do.
constexpr JsonLimits limits_of_text{.max_bytes = std::size_t{64} << 10, .max_depth = 8, .max_values = 10'000};

/// The value of a multi-valued complex attribute as a string: a bare id, or for an add the JSON text of an element or
/// an array (Entra's complex mapping of roles).
void rewrite_text(PatchOperation& operation, Attribute const& definition)
{
    std::string_view const text = operation.value.get_string();
    if (text.starts_with('{') || text.starts_with('['))
    {
        if (operation.op != PatchOp::add)
            return;
        if (auto parsed = parse_json(text, limits_of_text))
            operation.value = std::move(*parsed);
    }
    else if (!text.empty() && is_resource_reference(definition))
        detail::wrap_in_value(operation.value, definition);
}

void rewrite_operation(PatchOperation& operation, Tolerance const& tolerance)
{
    // Two primaries in one PATCH value stay an error: which one is meant is not to be known (design.md, rulings).
    detail::ValueRewriter const rewrite{tolerance, false};
    auto const& target = operation.path.attribute;
    auto& value = operation.value;
    if (value.is_null())
        return;
    if (!target.attribute)
        return rewrite.extension(value, *target.schema);

    auto const& definition = target.leaf();
    if (!operation.path.filter.empty() && !target.sub_attribute && operation.op != PatchOp::remove)
        return rewrite.selected(value, definition);

    if (definition.multi_valued)
    {
        if (value.is_string() && definition.type == AttributeType::complex && tolerance.string_for_complex)
            rewrite_text(operation, definition);
        return rewrite.attribute(value, definition);
    }
    rewrite.attribute(value, definition); // of a remove too: it says what is to be removed
    // "" for manager.value says what it says for manager.
    if (tolerance.empty_string_clears_complex && target.sub_attribute && definition.name == "value" &&
        !target.attribute->multi_valued && value.is_string() && value.get_string().empty())
        value = nullptr;
    // Clearing is what "" says, while an add of null would add nothing.
    if (value.is_null() && operation.op == PatchOp::add)
        operation.op = PatchOp::replace;
}

} // namespace

void rewrite_patch(std::span<PatchOperation> operations, Tolerance const& tolerance)
{
    for (auto& operation : operations)
        rewrite_operation(operation, tolerance);
}

} // namespace scimkit
