// The only place that puts keys together or takes them apart, so that no other file knows where a tenant's data begins
// or ends.
#include "layout.hpp"

#include <sodium.h>

#include <array>
#include <charconv>
#include <utility>

namespace scimkit::kv
{
namespace
{

constexpr unsigned generation_digits = 8;

} // namespace

bool is_storable_id(std::string_view id) noexcept
{
    return !id.empty() && id.size() <= max_id_bytes && id.find('\0') == std::string_view::npos;
}

Error bad_id(std::string_view id)
{
    std::string detail = "An id has 1 to " + std::to_string(max_id_bytes) + " bytes, and no U+0000";
    if (id.find('\0') == std::string_view::npos) // which would end the text wherever it is shown
        detail += "; '" + std::string{id.substr(0, 40)} + "' does not";
    return {ErrorCode::invalid_value, std::move(detail += '.'), "id"};
}

std::string owner_name(std::string_view id, Generation generation)
{
    std::string name{id};
    if (generation == 0)
        return name;
    constexpr std::string_view digits = "0123456789abcdef";
    name.push_back('\0');
    for (unsigned shift = 4 * generation_digits; shift > 0; shift -= 4)
        name.push_back(digits[generation >> (shift - 4) & 0x0F]);
    return name;
}

std::string_view id_of_owner(std::string_view owner) noexcept { return owner.substr(0, owner.find('\0')); }

std::optional<Generation> generation_of_owner(std::string_view owner) noexcept
{
    auto const zero = owner.find('\0');
    if (zero == std::string_view::npos)
        return Generation{0};
    std::string_view const digits = owner.substr(zero + 1);
    Generation generation = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), generation, 16);
    bool const whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || digits.size() != generation_digits || generation == 0)
        return std::nullopt;
    return generation;
}

std::optional<OwnerInKey> take_owner(std::string_view& key)
{
    if (key.size() < 2)
        return std::nullopt;
    OwnerInKey found;
    found.attribute =
        static_cast<NameNumber>(static_cast<unsigned char>(key[0]) << 8 | static_cast<unsigned char>(key[1]));
    key.remove_prefix(2);
    auto owner = take_text(key);
    if (!owner)
        return std::nullopt;
    found.owner = std::move(*owner);
    return found;
}

result<TenantKeys> TenantKeys::make(std::string_view tenant, std::size_t max_key_size)
{
    if (tenant.size() > max_tenant_bytes)
        return Error{ErrorCode::invalid_value,
                     "A tenant's name has at most " + std::to_string(max_tenant_bytes) + " bytes."};
    std::string prefix{tenants_prefix};
    append_text(prefix, tenant);
    return TenantKeys{std::move(prefix), value_room(max_key_size)};
}

result<TenantKeys> TenantKeys::of_stored_key(std::string_view key, std::size_t max_key_size)
{
    std::string_view rest = key.substr(tenants_prefix.size());
    if (!key.starts_with(tenants_prefix) || !take_text(rest))
        return Error{ErrorCode::corrupt, "A stored key belongs to no tenant."};
    return TenantKeys{std::string{key.substr(0, key.size() - rest.size())}, value_room(max_key_size)};
}

std::string TenantKeys::tenant() const
{
    std::string_view rest = std::string_view{prefix_}.substr(tenants_prefix.size());
    return take_text(rest).value_or(std::string{});
}

std::string TenantKeys::table(char table, std::size_t more) const
{
    std::string key;
    key.reserve(prefix_.size() + 1 + more);
    key.append(prefix_);
    key.push_back(table);
    return key;
}

std::string TenantKeys::resource_count(NameNumber type) const
{
    std::string key = table('C', 2);
    append_u16(key, type);
    return key;
}

std::string TenantKeys::revision() const { return table('V', 0); }

std::string TenantKeys::records(NameNumber type) const
{
    std::string key = table('R', 2);
    append_u16(key, type);
    return key;
}

std::string TenantKeys::record(NameNumber type, std::string_view id) const
{
    std::string key = table('R', 2 + id.size());
    append_u16(key, type);
    key.append(id);
    return key;
}

std::string TenantKeys::uniques(NameNumber type) const
{
    std::string key = table('U', 2);
    append_u16(key, type);
    return key;
}

std::string TenantKeys::unique(NameNumber type, std::string_view attribute, std::string_view value) const
{
    // Attribute and value share one room: paths with URNs are long, and nothing ever walks these keys in order.
    std::string both;
    both.reserve(attribute.size() + 1 + value.size());
    both.append(attribute).push_back('\0');
    both.append(value);
    std::string key = table('U', both.size() + 8);
    append_u16(key, type);
    append_string_value(key, both, room_);
    return key;
}

std::string TenantKeys::indexes() const { return table('I', 0); }

std::string TenantKeys::indexes(NameNumber type) const
{
    std::string key = table('I', 2);
    append_u16(key, type);
    return key;
}

std::string TenantKeys::index(NameNumber type, std::size_t index) const
{
    std::string key = table('I', 4 + 96);
    append_u16(key, type);
    append_u16(key, static_cast<std::uint16_t>(index));
    return key;
}

std::string TenantKeys::changes() const { return table('L', 0); }

std::string TenantKeys::change(std::uint64_t version) const
{
    std::string key = table('L', 8);
    append_u64(key, version);
    return key;
}

std::string TenantKeys::trimmed() const { return table('T', 0); }

std::string TenantKeys::places() const { return table('P', 0); }

std::string TenantKeys::place(std::string_view reader) const
{
    std::string key = table('P', reader.size() + 2);
    append_text(key, reader);
    return key;
}

std::string TenantKeys::elements(NameNumber attribute) const
{
    std::string key = table('E', 2);
    append_u16(key, attribute);
    return key;
}

std::string TenantKeys::elements(NameNumber attribute, std::string_view owner) const
{
    std::string key = table('E', 2 + owner.size() + 64);
    append_u16(key, attribute);
    append_text(key, owner);
    return key;
}

std::string TenantKeys::element(NameNumber attribute, std::string_view owner, std::string_view value) const
{
    std::string key = elements(attribute, owner);
    append_string_value(key, value, room_);
    return key;
}

std::string TenantKeys::element_counts(NameNumber attribute) const
{
    std::string key = table('N', 2);
    append_u16(key, attribute);
    return key;
}

std::string TenantKeys::references() const { return table('M', 0); }

std::string TenantKeys::element_count(NameNumber attribute, std::string_view id) const
{
    std::string key = table('N', 2 + id.size() + 2);
    append_u16(key, attribute);
    append_text(key, id);
    return key;
}

std::string TenantKeys::references(std::string_view folded_value, bool* cut) const
{
    std::string key = table('M', folded_value.size() + 96);
    bool const whole = append_string_value(key, folded_value, room_);
    if (cut)
        *cut = !whole;
    return key;
}

std::string TenantKeys::references(std::string_view folded_value, NameNumber attribute) const
{
    std::string key = references(folded_value);
    append_u16(key, attribute);
    return key;
}

std::string TenantKeys::graves() const { return table('X', 0); }

std::string TenantKeys::grave(NameNumber attribute, std::string_view owner) const
{
    std::string key = table('X', 2 + owner.size() + 4);
    append_u16(key, attribute);
    append_text(key, owner);
    return key;
}

bool TenantKeys::has_room_for_generations(std::string_view id) const noexcept
{
    constexpr std::size_t generation = 2 + generation_digits; // U+0000 takes two bytes
    return prefix_.size() + text_size(id) + generation <= tenant_prefix_room + id_room;
}

std::string TenantKeys::reference(std::string_view folded_value, NameNumber attribute, std::string_view owner,
                                  std::string_view value) const
{
    std::string key = references(folded_value, attribute);
    append_text(key, owner);
    if (value != folded_value)
    {
        // A group may have two members whose values differ only by case.
        std::array<unsigned char, 32> hash{};
        crypto_generichash(hash.data(), hash.size(), reinterpret_cast<unsigned char const*>(value.data()), value.size(),
                           nullptr, 0);
        key.append(reinterpret_cast<char const*>(hash.data()), hash.size());
    }
    return key;
}

} // namespace scimkit::kv
