// The layout: which keys there are. All of a tenant's keys begin with the tenant's own prefix.
//
//   00 "scimkit"                                   -> what this database is (catalog.hpp)
//   01 text(tenant) table ...                      , table by table:
//     'C' type                                     -> how many resources
//     'E' type-attribute text(owner) value         -> an element of a large attribute
//     'I' type index value id                      -> nothing: an index entry
//     'L' version                                  -> a change (change_log.hpp)
//     'M' value type-attribute text(owner) hash    -> the element's `value` as spelled: from a member to its groups
//     'N' type-attribute text(id)                  -> how many elements, and of which generation (element_steps.hpp)
//     'P' text(name)                               -> the place of a reader of the change log
//     'R' type id                                  -> the record
//     'T'                                          -> how far the change log is trimmed
//     'U' type value                               -> the id that holds a unique value
//     'V'                                          -> the last version given out, and how much was logged
//     'X' type-attribute text(owner)               -> nothing: a grave, what it names is gone (graves.hpp)
//
// Graves come last, so that a tenant that is being removed never shows what lies in them.
// Every value ends with a seal (seal.hpp), "nothing" too; the first entry has a checksum of its own kind.
#pragma once

#include <scimkit/core/error.hpp>

#include "key_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scimkit::kv
{

/// The number of a resource type, or of a large attribute of one, in this database; given once, never reused.
using NameNumber = std::uint16_t;

/// Of all elements that a resource has in a large attribute at once: another one where many went together.
using Generation = std::uint32_t;

inline constexpr std::size_t max_tenant_bytes = 64;
inline constexpr std::size_t max_id_bytes = 126; ///< as a text in a key, without its end

inline constexpr std::string_view meta_key{"\x00scimkit", 8};
inline constexpr std::string_view tenants_prefix{"\x01", 1};

inline constexpr std::size_t least_key_bytes = 400; ///< of an engine; make_store() looks

inline constexpr std::size_t tenant_prefix_room = 1 + 2 * max_tenant_bytes + 2; ///< with U+0000 in two bytes
inline constexpr std::size_t id_room = max_id_bytes + 2;                        ///< with the end of a text

/// How many bytes a value may take, so that every kind of key stays within `max_key_size`, which is at least
/// least_key_bytes: the longest tenant, the longest id and the hash of a reverse entry must fit beside it.
constexpr std::size_t value_room(std::size_t max_key_size) noexcept
{
    constexpr std::size_t table_and_numbers = 1 + 2 + 2;
    constexpr std::size_t hash = 32;
    return max_key_size - tenant_prefix_room - table_and_numbers - id_room - hash;
}

/// True if an id can be part of a key. Other ids name no resource.
SCIMKIT_API bool is_storable_id(std::string_view id) noexcept;

/// For a write of such a one.
SCIMKIT_API Error bad_id(std::string_view id);

/// What names the owner of elements in keys: its id, and where the generation is not 0, U+0000, which no id has, and
/// the generation behind it. So all of an id come together, in the order of ids.
std::string owner_name(std::string_view id, Generation generation);
std::string_view id_of_owner(std::string_view owner) noexcept;
/// Nothing: it is no name that owner_name() gives.
std::optional<Generation> generation_of_owner(std::string_view owner) noexcept;

/// The owner in a key, behind the number of a large attribute.
struct OwnerInKey
{
    NameNumber attribute = 0;
    std::string owner{};
};
std::optional<OwnerInKey> take_owner(std::string_view& key);

/// Makes the keys of one tenant.
class TenantKeys
{
public:
    /// Error: invalid_value (a name of more than 64 bytes).
    static result<TenantKeys> make(std::string_view tenant, std::size_t max_key_size);

    /// From the first bytes of a stored key. Error: corrupt.
    static result<TenantKeys> of_stored_key(std::string_view key, std::size_t max_key_size);

    std::size_t room() const noexcept { return room_; }

    std::string tenant() const;

    /// What all keys of the tenant begin with; none of them goes on with FF.
    std::string const& prefix() const noexcept { return prefix_; }

    std::string resource_count(NameNumber type) const;
    std::string revision() const;
    std::string records(NameNumber type) const;
    std::string record(NameNumber type, std::string_view id) const;
    std::string uniques(NameNumber type) const;
    std::string unique(NameNumber type, std::string_view attribute, std::string_view value) const;
    std::string indexes() const;
    std::string indexes(NameNumber type) const;
    std::string index(NameNumber type, std::size_t index) const;
    std::string changes() const;
    std::string change(std::uint64_t version) const;
    std::string trimmed() const;
    std::string places() const;
    std::string place(std::string_view reader) const;
    std::string elements(NameNumber attribute) const;
    std::string elements(NameNumber attribute, std::string_view owner) const;
    std::string element(NameNumber attribute, std::string_view owner, std::string_view value) const;
    std::string element_counts(NameNumber attribute) const;
    std::string element_count(NameNumber attribute, std::string_view id) const;
    std::string references() const;
    /// All references to a value, whatever its case. `cut` is set if the key does not hold all of the value.
    std::string references(std::string_view folded_value, bool* cut = nullptr) const;
    std::string references(std::string_view folded_value, NameNumber attribute) const;
    std::string reference(std::string_view folded_value, NameNumber attribute, std::string_view owner,
                          std::string_view value) const;
    std::string graves() const;
    std::string grave(NameNumber attribute, std::string_view owner) const;
    /// Whether keys have room for a generation behind the id. Only those of the longest ids have not, in tenants whose
    /// names are long and full of U+0000.
    bool has_room_for_generations(std::string_view id) const noexcept;

private:
    TenantKeys(std::string prefix, std::size_t room)
        : prefix_(std::move(prefix))
        , room_(room)
    {
    }
    std::string table(char table, std::size_t more) const;

    std::string prefix_;
    std::size_t room_;
};

} // namespace scimkit::kv
