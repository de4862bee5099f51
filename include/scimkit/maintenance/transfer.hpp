// Moving what stores hold: from one store to another, into a file, and back out of it. Ids, versions, times and secrets
// (as they are stored: passwords are hashes) stay what they are; nothing is validated again. Works over every store; a
// target has to be able to keep versions (ResourceStore::maintenance()), unless new ones will do.
//
// An export is a text of lines, each one resource:
//
//     {"tenant":"default","resource":{"schemas":[...],"id":"...","meta":{...},"userName":"ada",...},
//      "secrets":{"password":"$argon2id$..."}}
//
// Each tenant is one snapshot: what is exported of it belongs together. What was written after the snapshot is not in
// it, so a store that is to be moved takes no writes meanwhile.
//
// What was moved before an error stays, and moving again goes on: a resource that is in the target in the same version
// is passed over, one of another version is a conflict.
//
// Threading: the calling thread. Lifetimes: arguments live during the call.
#pragma once

#include <scimkit/store/store.hpp>
#include <scimkit/store/unique_keys.hpp>

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

struct TransferReport
{
    std::uint64_t tenants = 0;
    std::uint64_t resources = 0; ///< moved
    std::uint64_t elements = 0;  ///< of large attributes, moved
    std::uint64_t there = 0;     ///< resources that the target had already

    friend bool operator==(TransferReport const&, TransferReport const&) = default;
};

struct TransferOptions
{
    /// Empty: all that the source has. A store that cannot list its tenants needs them named.
    std::vector<std::string> tenants{};
    /// The target may give versions of its own: ETags that clients have are then others, once.
    bool new_versions = false;
    /// What is unique beyond the schemas, as the services of the target have it.
    std::vector<UniqueKeyRules::AlsoUnique> also_unique{};
    /// Told after each batch; returns false to end it (unavailable).
    std::function<bool(TransferReport const&)> progress{};
    CallContext context{};
};

inline constexpr std::size_t max_export_line_bytes = std::size_t{1} << 30; ///< a longer line is refused

/// Errors: those of both stores; conflict (the target has a resource in another version), uniqueness (its values are in
/// use there), not_implemented (the target cannot keep versions, the source cannot list tenants), invalid_value (the
/// tenant's name).
/// Complexity: linear in what is moved; memory for some hundred resources.
SCIMKIT_API result<TransferReport> copy_store(ResourceStore& from, ResourceStore& to,
                                              std::shared_ptr<SchemaRegistry const> registry,
                                              TransferOptions const& options = {});

/// `write` gets the text in pieces; what it returns as an error ends the export.
SCIMKIT_API result<TransferReport> export_store(ResourceStore& from, std::shared_ptr<SchemaRegistry const> registry,
                                                function_ref<result<void>(std::string_view)> write,
                                                TransferOptions const& options = {});

/// Errors: as copy_store(); invalid_syntax and invalid_value name the line.
SCIMKIT_API result<TransferReport> load_export(std::istream& from, ResourceStore& to,
                                               std::shared_ptr<SchemaRegistry const> registry,
                                               TransferOptions const& options = {});

} // namespace scimkit
