// A record is a header before packed attributes. What is read is not trusted: damage is an error that says so.
#include "record_codec.hpp"

#include "../core/bytes.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

constexpr unsigned char record_format = 1;

Error damaged() { return Error{ErrorCode::corrupt, "A stored record cannot be read."}; }

bool take_header(std::string_view& in, RecordHeader& header, bool with_keys)
{
    unsigned char format = 0;
    std::uint64_t version = 0;
    std::uint64_t created = 0;
    std::uint64_t modified = 0;
    std::uint64_t keys = 0;
    if (!take_byte(in, format) || format != record_format || !take_varint(in, version) || !take_varint(in, created) ||
        !take_varint(in, modified) || !take_count(in, keys))
        return false;
    header.version = Version{version};
    header.created = Instant{std::chrono::microseconds{unzigzag(created)}};
    header.last_modified = Instant{std::chrono::microseconds{unzigzag(modified)}};
    for (; keys > 0; --keys)
    {
        HeldKey key;
        if (!take_string(in, key.attribute) || !take_string(in, key.value))
            return false;
        if (with_keys)
            header.unique_keys.push_back(key);
    }
    return true;
}

} // namespace

KeySet::KeySet(std::span<HeldKey const> keys)
{
    keys_.reserve(keys.size());
    for (HeldKey const& key : keys)
        keys_.emplace_back(key.attribute, key.value);
    std::ranges::sort(keys_);
}

bool KeySet::contains(HeldKey const& key) const noexcept
{
    return std::ranges::binary_search(keys_, std::pair{key.attribute, key.value});
}

result<std::string> encode_record(Resource const& resource, Version version, std::span<HeldKey const> unique_keys,
                                  std::span<AttributeRef const> left_out, EncodedValues* places)
{
    std::string out;
    out.reserve(1'000); // more than most users have, with the seal
    out.push_back(static_cast<char>(record_format));
    put_varint(out, version.number());
    put_varint(out, zigzag(resource.created.time_since_epoch().count()));
    put_varint(out, zigzag(resource.last_modified.time_since_epoch().count()));
    put_varint(out, unique_keys.size());
    for (HeldKey const& key : unique_keys)
    {
        put_string(out, key.attribute);
        put_string(out, key.value);
    }
    if (!put_members(out, resource.attributes, left_out, places))
        return too_deeply_nested();
    return out;
}

result<RecordHeader> decode_header(std::string_view record)
{
    RecordHeader header;
    if (!take_header(record, header, true))
        return damaged();
    return header;
}

namespace
{

/// Goes behind the header.
bool take_state(std::string_view& record, Resource& out)
{
    RecordHeader header;
    if (!take_header(record, header, false))
        return false;
    out.version = header.version;
    out.created = header.created;
    out.last_modified = header.last_modified;
    return true;
}

} // namespace

result<void> decode_record(std::string_view record, Resource& out)
{
    if (!take_state(record, out) || !take_members(record, out.attributes) || !record.empty())
        return damaged();
    return {};
}

result<void> decode_packed(std::string_view record, Resource& out)
{
    if (!take_state(record, out) || record.empty())
        return damaged();
    out.packed = PackedAttributes{std::string{record}};
    return {};
}

} // namespace scimkit::kv
