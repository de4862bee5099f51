// PATCH `replace` of a whole list (RFC 7644 section 3.5.2.3); one value is replaced where it is edited, in edit.cpp.
// What a client cannot send, it does not clear.
#include "../resource/canonical_parts.hpp"
#include "edit.hpp"
#include "patcher.hpp"

namespace scimkit
{

result<void> Patcher::set_elements(json::value& slot, PatchOperation const& operation)
{
    auto const& target = operation.path.attribute;
    auto elements = read_elements(operation, canonical_);
    if (!elements)
        return elements.error();
    if (operation.op == PatchOp::add)
        return elements->empty() ? result<void>{} : add_to(slot, std::move(*elements), target);
    if (auto fine = check_one_primary(*elements, target); !fine)
        return fine;
    if (auto const* now = slot.if_array())
        keep_unsent(*elements, *now, *target.attribute);
    slot = std::move(*elements);
    prune(slot, *target.attribute);
    return {};
}

} // namespace scimkit
