// A wrong attribute is seen at the start, not by whoever asks for /Me first.
#include "own_resource.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/schema/resource_type.hpp>

namespace server
{

scimkit::result<void> configure_me(scimkit::ServiceOptions& service, std::string const& attribute)
{
    if (attribute.empty())
        return {};
    auto const path = scimkit::parse_attribute_path(attribute);
    auto const* type = service.registry->find_resource_type("User");
    auto const found = path && type ? type->resolve(*path) : std::nullopt;
    if (!found || !found->attribute || found->leaf().type != scimkit::AttributeType::string ||
        found->attribute->returned == scimkit::Returned::never || found->leaf().returned == scimkit::Returned::never)
        return scimkit::Error{scimkit::ErrorCode::invalid_value,
                              "--me needs an attribute of User that is a string and may be asked for, not '" +
                                  attribute + "'."};
    service.me = scimkit::own_resource_by(attribute);
    return {};
}

} // namespace server
