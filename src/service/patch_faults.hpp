// Which operation of a PATCH is at fault.
#pragma once

#include <scimkit/patch/patch.hpp>

#include <span>
#include <string_view>

namespace scimkit::service
{

/// The error with the operation's position in front. What is not about an attribute is not the fault of an operation,
/// and stays as it is.
Error in_operation(Error error, std::size_t position);

/// A fault of what the operations came to: that of the last one which names the `culprit`, else of the last one that
/// writes the attribute.
Error in_its_operation(Error error, std::span<PatchOperation const> operations, std::string_view culprit);

} // namespace scimkit::service
