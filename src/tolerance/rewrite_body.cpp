// What a body says in some client's own way, said as the RFC has it.

#include "rewriting.hpp"
#include "value_rewriter.hpp"

namespace scimkit
{

void rewrite_body(json::value& body, ResourceType const& type, Tolerance const& tolerance)
{
    auto* const object = body.if_object();
    if (!object)
        return;
    detail::ValueRewriter const rewrite{tolerance, true};
    NameResolution const names{.legacy_schema_uris = tolerance.legacy_schema_uris,
                               .dot_after_schema_uri = tolerance.dot_after_schema_uri};
    for (auto& [name, value] : *object)
    {
        auto const named = find_member(name, type, names);
        if (!named)
            continue;
        if (named->attribute)
            rewrite.attribute(value, *named->attribute);
        else if (named->in_extension)
            rewrite.extension(value, *named->schema);
        else
            rewrite.base(value, type);
    }
}

} // namespace scimkit
