// The resource types of the administration.
#pragma once

#include <scimkit/schema/registry.hpp>

#include <memory>

namespace server
{

struct AdministrationTypes
{
    bool clients = false;  ///< of OAuth
    bool requests = false; ///< that are kept
};

/// Tenants, tokens and audit records are always there. Errors: none but of what was compiled in.
scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>>
administration_registry(AdministrationTypes const& types);

/// Only the records of requests, for who keeps them.
scimkit::result<std::shared_ptr<scimkit::SchemaRegistry const>> request_record_registry();

} // namespace server
