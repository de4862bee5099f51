// The store that --store names.
#pragma once

#include "configuration.hpp"

#include <memory>

namespace server
{

/// Opens it. To check, nothing is opened (it might be in use, and a store that is missing would be made): then a memory
/// store stands for any that could be. Errors: one sentence for the operator.
scimkit::result<std::shared_ptr<scimkit::ResourceStore>> open_store(Settings const& settings, Purpose purpose);

} // namespace server
