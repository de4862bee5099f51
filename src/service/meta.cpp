// `meta` (RFC 7643 section 3.1): resourceType (RFC 7644 section 3.3.1), created, lastModified, location and version,
// which are computed, never stored.
#include "meta.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/schema/registry.hpp>

#include "../core/percent_encoding.hpp"
#include "etag.hpp"

namespace scimkit::service
{
namespace
{

/// The sub-attributes of meta in the order in which they are written.
struct MetaAttributes
{
    Schema const& schema = common_schema();
    Attribute const* meta = schema.find_attribute("meta");
    Attribute const* resource_type = meta->find_sub_attribute("resourceType");
    Attribute const* created = meta->find_sub_attribute("created");
    Attribute const* last_modified = meta->find_sub_attribute("lastModified");
    Attribute const* location = meta->find_sub_attribute("location");
    Attribute const* version = meta->find_sub_attribute("version");
};

} // namespace

std::string location_of(Resource const& resource, TypePlan const& plan)
{
    std::string location;
    location.reserve(plan.location_prefix().size() + resource.id.size());
    location = plan.location_prefix();
    append_segment(location, resource.id);
    return location;
}

Identity identity_of(Resource const& resource, Projection const& projection, TypePlan const& plan)
{
    return {location_of(resource, plan), entity_tag(resource, projection, plan)};
}

void write_meta(JsonText& out, Resource const& resource, Identity const& identity, Projection const& projection,
                TypePlan const& plan)
{
    static MetaAttributes const known;
    if (!projection.shows({&known.schema, known.meta}))
        return;

    char separator = '{';
    auto const member = [&](Attribute const* attribute, std::string_view text)
    {
        if (text.empty() || !projection.shows_sub({&known.schema, known.meta, attribute}))
            return;
        if (separator == '{')
            out.add_name(',', "meta");
        out.add_name(separator, attribute->name);
        out.add_string(text);
        separator = ',';
    };
    member(known.resource_type, plan.type->name());
    if (!plan.is_membership) // when it began is nowhere
    {
        std::string date = format_date_time(resource.created);
        member(known.created, date);
        if (resource.last_modified != resource.created) // few have changed since
            date = format_date_time(resource.last_modified);
        member(known.last_modified, date);
    }
    member(known.location, identity.location);
    member(known.version, identity.tag);
    if (separator == ',')
        out.add('}');
}

} // namespace scimkit::service
