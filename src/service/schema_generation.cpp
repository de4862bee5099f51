// A copy of resources lacks what their schemas did not have when they were read, and no change will ever tell of that.
#include "schema_generation.hpp"

#include "../security/sodium.hpp"

namespace scimkit::service
{
namespace
{

/// What shows and what matches; each text with its length in front, so that no two definitions read alike.
void add_definition(std::string& text, std::vector<Attribute> const& attributes)
{
    text += std::to_string(attributes.size()) + '[';
    for (Attribute const& attribute : attributes)
    {
        text += std::to_string(attribute.name.size()) + ':' + attribute.name;
        text.append(to_string(attribute.type)).append(to_string(attribute.returned));
        text += attribute.multi_valued ? '*' : '1';
        text += attribute.case_exact ? '=' : '~';
        add_definition(text, attribute.sub_attributes);
    }
    text += ']';
}

void add_definition(std::string& text, Schema const& schema)
{
    text += std::to_string(schema.id.size()) + ':' + schema.id;
    add_definition(text, schema.attributes);
}

} // namespace

std::string schema_generation(std::span<TypePlan const> plans)
{
    std::string text;
    for (TypePlan const& plan : plans)
    {
        text += std::to_string(plan.type->name().size()) + ':' + plan.type->name();
        add_definition(text, plan.type->schema());
        for (auto const& extension : plan.type->extensions())
            add_definition(text, *extension.schema);
    }
    return detail::to_hex(detail::sha256(text));
}

} // namespace scimkit::service
