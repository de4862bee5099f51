// PageCheck: reads a closed database as a file and looks whether LMDB can work on it. LMDB trusts its pages: a damaged
// one makes it read anywhere in memory, and a free list that names a page in use makes it write over data.
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/kv/engine.hpp>
#include <scimkit/lmdb/lmdb_store.hpp>

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace scimkit::lmdb
{

/// Called with every entry, in order of keys.
using SeeEntry = function_ref<void(std::string_view key, std::string_view value)>;

/// The file of a database that nobody writes to. Nothing is said about files that LMDB itself refuses to open, or that
/// are empty or missing. A database of more than `whole_up_to` bytes is read as far as its branch pages, and `see` is
/// not called; 0: nothing is read. Errors: corrupt (with the page), unavailable (the file cannot be read).
result<void> check_pages(std::filesystem::path const& file, std::uint64_t whole_up_to, SeeEntry see);

/// open_engine(), with `see` for the entries of a database that is read whole.
result<std::unique_ptr<kv::Engine>> open_and_see(std::filesystem::path const& directory, LmdbOptions const& options,
                                                 SeeEntry see);

} // namespace scimkit::lmdb
