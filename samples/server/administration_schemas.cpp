// Definitions are JSON that CMake has put into the program, so that it needs no file beside it.
#include "administration_schemas.hpp"

#include "audit.hpp"
#include "record_store.hpp"

#include <schemas.hpp> // made by CMake

namespace server
{

using scimkit::result;
using Builder = scimkit::SchemaRegistry::Builder;

namespace
{

/// Error: it is no JSON.
result<void> load(Builder& builder, char const* definitions)
{
    auto const parsed = scimkit::parse_json(definitions);
    if (!parsed)
        return parsed.error();
    builder.load(*parsed);
    return {};
}

} // namespace

result<std::shared_ptr<scimkit::SchemaRegistry const>> administration_registry(AdministrationTypes const& types)
{
    Builder builder;
    auto loaded = load(builder, administration_schemas);
    if (loaded && types.clients)
        loaded = load(builder, client_schemas);
    if (loaded)
        loaded = load(builder, audit_schemas);
    if (loaded && types.requests)
        loaded = load(builder, record_schemas);
    if (!loaded)
        return loaded.error();
    builder.add(audit_type());
    if (types.requests)
        builder.add(request_record_type());
    return builder.build();
}

result<std::shared_ptr<scimkit::SchemaRegistry const>> request_record_registry()
{
    Builder builder;
    if (auto loaded = load(builder, record_schemas); !loaded)
        return loaded.error();
    return builder.add(request_record_type()).build();
}

} // namespace server
