// Opening an LMDB environment, and the sizes of its map.
#pragma once

#include <scimkit/lmdb/lmdb_store.hpp>

#include <lmdb.h>

namespace scimkit::lmdb
{

struct CloseEnvironment
{
    void operator()(MDB_env* environment) const noexcept { mdb_env_close(environment); }
};
using EnvironmentHandle = std::unique_ptr<MDB_env, CloseEnvironment>;

struct AbortTransaction
{
    void operator()(MDB_txn* transaction) const noexcept { mdb_txn_abort(transaction); }
};
/// Aborts unless released to mdb_txn_commit().
using TransactionHandle = std::unique_ptr<MDB_txn, AbortTransaction>;

struct Environment
{
    EnvironmentHandle handle;
    MDB_dbi database = 0; ///< the unnamed one, the only one used
};

/// The options with every size brought into the range that LMDB takes.
LmdbOptions normalised(LmdbOptions options);

/// Opens the environment in the existing, locked `directory` and looks whether it can be read. `options` are
/// normalised.
result<Environment> open_environment(std::filesystem::path const& directory, LmdbOptions const& options);

/// The size of the map now.
std::size_t map_bytes(MDB_env* environment);

/// Moves the map to one of `bytes`, or to the size that another process gave it (0). No transaction may be active.
/// An error with `lost` false has changed nothing; with `lost` true the environment is not to be used any more.
result<void> move_map(MDB_env* environment, std::size_t bytes, bool& lost);

/// Whether data.mdb still has its name. A removed file lives on while it is open: everything would go on, and be gone
/// at the stop. Where nothing is promised to last, that may be what is wanted. Error: unavailable.
result<void> file_is_there(MDB_env* environment);

/// Bytes of the pages that the transaction's version of the data takes, free pages not counted. Costs no search.
result<std::size_t> live_bytes(MDB_txn* transaction, MDB_dbi database);

} // namespace scimkit::lmdb
