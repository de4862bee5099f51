// Which setting of Tolerance lets a text pass that was refused, for an administrator to read (Error::setting). For
// grammars and names, where nothing at the place of the fault knows what was meant; elsewhere the place itself says it.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/tolerance/tolerance.hpp>

namespace scimkit
{

/// What one switch more would do about a filter, or about the path of a PATCH operation.
enum class RefusedText
{
    filter,
    path
};

/// The first setting of those that concern such a text with which `passes` is true, all others being as they are; empty
/// where none lets it pass. Complexity: at most six calls; the caller sees to it that the text is not large.
std::string_view setting_that_passes(RefusedText text, Tolerance const& tolerance,
                                     function_ref<bool(Tolerance const&)> passes);

} // namespace scimkit
