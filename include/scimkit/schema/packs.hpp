// Packs: schemas and resource types of newer documents than RFC 7643, to be had by name. None is there unless it is
// asked for, and the name of a draft's has the draft's revision.
//
//     auto registry = SchemaRegistry::Builder{}.add_rfc7643().add_pack("devices-rfc9944").build();
//
// What of a document cannot be true here is left out of its pack: docs/embedding.md says what and why.
#pragma once

#include <scimkit/schema/registry.hpp>

#include <span>
#include <string_view>

namespace scimkit
{

/// One pack. Lifetimes: its texts are the program's own.
struct SchemaPack
{
    std::string_view name;        ///< "devices-rfc9944"
    std::string_view about;       ///< one sentence
    std::string_view definitions; ///< JSON, as SchemaRegistry::Builder::load() takes it
    /// Its resource types are catalogues: ResourceTypeDefinition::read_only, and every attribute readOnly, and so not
    /// required; with PackUse::maintain they are as `definitions` have them.
    bool is_catalogue = false;
    /// Names of its resource types, with commas between them, that may be members of a Group beside users and groups:
    /// the schema of Group says so where both are there.
    std::string_view members{};
    /// An attribute of which its document says that it has no other values than its canonical ones, and its schema.
    std::string_view closed_schema{};
    std::string_view closed_attribute{};
};

/// All that there are. Threading: any. Lifetimes: for ever. Complexity: constant.
SCIMKIT_API std::span<SchemaPack const> schema_packs();

} // namespace scimkit
