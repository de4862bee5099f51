// Records: a resource as bytes. A header (format, version, times, the unique keys that it holds), then its attributes
// in a binary form of JSON that needs no parsing: each value is a tag, a length where it has one, and its bytes.
#pragma once

#include <scimkit/store/store.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::kv
{

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

/// Where in a record the values of attributes are, those of extensions too: what tells of them besides need not encode
/// them anew. Good as long as record and resource are.
class EncodedValues
{
public:
    /// Of one of the resource's values, as put_json() writes it; nothing if it is not in the record.
    std::optional<std::string_view> find(json::value const& value, std::string_view record) const noexcept;

    void add(json::value const& value, std::size_t begin, std::size_t end) { places_.push_back({&value, begin, end}); }

private:
    struct Place
    {
        json::value const* value;
        std::size_t begin;
        std::size_t end;
    };
    std::vector<Place> places_{};
    mutable std::size_t next_ = 0; // mostly they are looked for in their order
};

/// Attributes named in `left_out` are not written. `places` may be null. Error: invalid_value (nested deeper than 64).
SCIMKIT_API result<std::string> encode_record(Resource const& resource, Version version,
                                              std::span<HeldKey const> unique_keys,
                                              std::span<AttributeRef const> left_out, EncodedValues* places = nullptr);

/// Only the header. Error: corrupt.
SCIMKIT_API result<RecordHeader> decode_header(std::string_view record);

/// All but type and id. Error: corrupt.
SCIMKIT_API result<void> decode_record(std::string_view record, Resource& out);

/// One value in the same form, behind or in front of others. False: nested deeper than 64; damaged.
bool put_json(std::string& out, json::value const& value);
bool take_json(std::string_view& in, json::value& out);

/// One JSON object in the same form, for elements of large attributes.
SCIMKIT_API result<std::string> encode_object(json::object const& object);
SCIMKIT_API result<json::object> decode_object(std::string_view bytes);

} // namespace scimkit::kv
