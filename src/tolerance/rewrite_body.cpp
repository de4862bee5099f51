#include "value_rewriter.hpp"

namespace scimkit
{
namespace
{

/// "urn:...:User:active" as a member name.
Attribute const* qualified_attribute(std::string_view name, ResourceType const& type, Tolerance const& tolerance)
{
    if (name.find(':') == std::string_view::npos)
        return nullptr;
    auto const path = parse_attribute_path(name);
    if (!path || !path->sub_attribute.empty())
        return nullptr;
    auto const ref = type.resolve(*path, {.legacy_schema_uris = tolerance.legacy_schema_uris});
    return ref ? ref->attribute : nullptr;
}

} // namespace

void rewrite_body(json::value& body, ResourceType const& type, Tolerance const& tolerance)
{
    auto* const object = body.if_object();
    if (object == nullptr)
        return;
    detail::ValueRewriter const rewrite(tolerance, true);
    for (auto& member : *object)
    {
        std::string_view const name = member.key();
        if (auto const root = type.find_root_attribute(name))
            rewrite.attribute(member.value(), *root->attribute);
        else if (auto const* const extension = type.find_extension(name, tolerance.legacy_schema_uris))
            rewrite.extension(member.value(), *extension);
        else if (auto const* const qualified = qualified_attribute(name, type, tolerance))
            rewrite.attribute(member.value(), *qualified);
    }
}

} // namespace scimkit
