// A disk that fails, or that takes its time, on demand: what LMDB calls of the system goes through failing_disk.cpp.
#pragma once

#include <atomic>

namespace scimkit::test
{

inline std::atomic<int> sync_error{0};        ///< errno of every fdatasync(), or 0
inline std::atomic<int> small_write_error{0}; ///< errno of every pwrite() of less than a page: LMDB's meta pages
inline std::atomic<int> syncs{0};             ///< calls of fdatasync() so far
inline std::atomic<bool> sync_held{false};    ///< fdatasync() waits until this is false; notify it

} // namespace scimkit::test
