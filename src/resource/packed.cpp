// The packed form is that of stored records, so that who keeps those has it at hand.
#include <scimkit/resource/packed.hpp>

#include "packed_values.hpp"

namespace scimkit
{

result<PackedAttributes> PackedAttributes::pack(json::object const& attributes)
{
    auto bytes = encode_object(attributes);
    if (!bytes)
        return std::move(bytes).error();
    return PackedAttributes{std::move(*bytes)};
}

result<json::object> PackedAttributes::unpack(json::storage_ptr memory) const
{
    json::object attributes{std::move(memory)};
    std::string_view bytes = bytes_;
    if (!take_members(bytes, attributes) || !bytes.empty())
        return Error{ErrorCode::corrupt, "Packed attributes cannot be read."};
    return attributes;
}

} // namespace scimkit
