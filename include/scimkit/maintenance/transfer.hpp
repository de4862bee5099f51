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
// it, so a store that is to be moved takes no writes meanwhile. The snapshot is held for as long as the tenant takes.
//
// What was moved before an error stays, and moving again goes on: a resource that is in the target in the same version
// is passed over, one of another version is a conflict.
//
//     auto const moved = copy_store(*old_store, *new_store, registry);
//     if (!moved)
//         return complain(moved.error()); // call it again when the reason is gone
//
// Threading: the calling thread, which also calls the functions that it is given. Lifetimes: arguments live during the
// call.
#pragma once

#include <scimkit/store/store.hpp>
#include <scimkit/store/unique_keys.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// What was moved. A value.
struct TransferReport
{
    std::uint64_t tenants = 0;   ///< that were come to
    std::uint64_t resources = 0; ///< moved
    std::uint64_t elements = 0;  ///< of large attributes, moved
    std::uint64_t there = 0;     ///< resources that the target had already

    friend bool operator==(TransferReport const&, TransferReport const&) = default;
};

/// What is moved, and how.
struct TransferOptions
{
    /// Empty: all that the source has. A store that cannot list its tenants needs them named.
    std::vector<std::string> tenants{};
    /// The target may give versions of its own: ETags that clients have are then others, once.
    bool new_versions = false;
    /// What is unique beyond the schemas, as the services of the target have it.
    std::vector<UniqueKeyRules::AlsoUnique> also_unique{};
    /// Told after each batch; returns false to end it (unavailable). Threading: perhaps within the snapshot of the
    /// source, so that it must not use the source.
    std::function<bool(TransferReport const&)> progress{};
    /// Of every call of both stores: one deadline, and one budget, for all of it.
    CallContext context{};
};

inline constexpr std::size_t max_export_line_bytes = std::size_t{1} << 30; ///< a longer line is refused

/// From one store into another. Both are attached to `registry`.
///
/// Errors: those of both stores; conflict (the target has a resource in another version), uniqueness (its values are in
/// use there), not_implemented (the target cannot keep versions, or gives ids of its own; the source cannot list
/// tenants), invalid_value (one store twice, the tenant's name, an `also_unique` that is none; before anything is
/// moved: the source has resources of a type that the registry lacks), unavailable (`progress` ended it). Complexity:
/// linear in what is moved; memory for 500 resources, or 20,000 elements, of one commit.
SCIMKIT_API result<TransferReport> copy_store(ResourceStore& from, ResourceStore& to,
                                              std::shared_ptr<SchemaRegistry const> registry,
                                              TransferOptions const& options = {});

/// Into text. `write` gets it in pieces of 256 KiB and a little more, which need not end with a line; what it returns
/// as an error ends the export. It is called within the snapshot, as `progress` is.
///
/// Errors: those of the store and of `write`; not_implemented (the store cannot list tenants), invalid_value (as above:
/// of a type that the registry lacks), unavailable (`progress` ended it). Of the options new_versions and also_unique
/// have no meaning here. Complexity: linear in what is exported; memory for one resource, where the store has large
/// attributes without them.
SCIMKIT_API result<TransferReport> export_store(ResourceStore& from, std::shared_ptr<SchemaRegistry const> registry,
                                                function_ref<result<void>(std::string_view)> write,
                                                TransferOptions const& options = {});

/// Out of text, which export_store() has made, all of it: TransferOptions::tenants has no meaning here.
///
/// Errors: as copy_store(); beside these, naming the line: invalid_syntax and invalid_value (it is none of an export),
/// payload_too_large (it is longer than max_export_line_bytes), unavailable (the input cannot be read).
/// Complexity: as copy_store(); memory for the longest line too, since a group comes with all its members in one.
SCIMKIT_API result<TransferReport> load_export(std::istream& from, ResourceStore& to,
                                               std::shared_ptr<SchemaRegistry const> registry,
                                               TransferOptions const& options = {});

} // namespace scimkit
