// PATCH of large attributes without loading them: what the service hands to a store that keeps them beside the record.
#pragma once

#include "patch.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace scimkit
{

/// What operations on a large attribute come to, so that a store can do them without loading the attribute.
struct LargeAttributeEdit
{
    enum class Kind
    {
        add,    ///< `elements`; those whose value is there already are left as they are
        remove, ///< `values`; those that are not there are passed over
        replace ///< the whole attribute by `elements`; none: clears it
    };

    AttributeRef attribute;
    Kind kind = Kind::add;
    std::vector<json::object> elements{}; ///< canonical; each with `value`
    std::vector<std::string> values{};
    /// Position in `Operations`, for details of errors.
    std::size_t position = 0;
};

struct SplitPatch
{
    std::vector<PatchOperation> operations; ///< those that do not touch large attributes
    std::vector<LargeAttributeEdit> edits;  ///< in order
};

/// Separates edits of large attributes. Nothing when some operation needs the attribute itself (a filter other
/// than `value eq`, a sub-attribute, a new primary) or the type has a required large attribute: load it and apply_patch
/// everything. Errors: as apply_patch for the elements.
SCIMKIT_API result<std::optional<SplitPatch>> split_large_attributes(std::span<PatchOperation const> operations,
                                                                     ResourceType const& type,
                                                                     PatchOptions const& options = {});

} // namespace scimkit
