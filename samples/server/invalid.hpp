// What an operator has said wrong.
#pragma once

#include <scimkit/core/error.hpp>

#include <string>
#include <utility>

namespace server
{

/// `detail` is a sentence for the operator.
inline scimkit::Error invalid(std::string detail) { return {scimkit::ErrorCode::invalid_value, std::move(detail)}; }

} // namespace server
