// Records: a resource as bytes. A header (format, version, times, the unique keys that it holds), then its attributes
// as PackedAttributes has them.
#pragma once

#include <scimkit/store/store.hpp>

#include "../resource/packed_values.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::kv
{

using scimkit::decode_object;
using scimkit::encode_object;

/// A unique key as it is stored, by the path of its attribute: with the record too, so that it is released even if the
/// rules have changed since.
struct HeldKey
{
    std::string_view attribute;
    std::string_view value;

    friend bool operator==(HeldKey const&, HeldKey const&) = default;
};

/// Unique keys to be looked for by the thousand. Views of what it is made of.
class SCIMKIT_API KeySet
{
public:
    explicit KeySet(std::span<HeldKey const> keys);

    bool contains(HeldKey const& key) const noexcept;

private:
    std::vector<std::pair<std::string_view, std::string_view>> keys_; // sorted
};

struct RecordHeader
{
    Version version{};
    Instant created{};
    Instant last_modified{};
    std::vector<HeldKey> unique_keys{}; ///< views of the record
};

/// Attributes named in `left_out` are not written. `places` may be null. Error: invalid_value (nested deeper than
/// max_packed_depth).
SCIMKIT_API result<std::string> encode_record(Resource const& resource, Version version,
                                              std::span<HeldKey const> unique_keys,
                                              std::span<AttributeRef const> left_out, EncodedValues* places = nullptr);

/// Only the header. Error: corrupt.
SCIMKIT_API result<RecordHeader> decode_header(std::string_view record);

/// All but type and id. Error: corrupt.
SCIMKIT_API result<void> decode_record(std::string_view record, Resource& out);

/// The same, with the attributes packed: nobody has looked at them.
SCIMKIT_API result<void> decode_packed(std::string_view record, Resource& out);

} // namespace scimkit::kv
