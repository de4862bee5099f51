// Which of LMDB's and the system's error numbers are worth another try, which mean damage, and which are mistakes of
// this backend: one table, so that no call decides by itself.
#include "lmdb_error.hpp"

#include <lmdb.h>

#include <cerrno>
#include <string>

namespace scimkit::lmdb
{
namespace
{

struct Meaning
{
    ErrorCode code;
    std::string_view reason;
};

Meaning meaning_of(int number)
{
    switch (number)
    {
    case EACCES:
    case EPERM:
        return {ErrorCode::unavailable, "the process may not write to the storage"};
    case EROFS:
        return {ErrorCode::unavailable, "the storage is read-only"};
    case ENOENT:
    case ENOTDIR:
        return {ErrorCode::unavailable, "the storage directory does not exist"};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return {ErrorCode::unavailable, "the disk is full"};
    case EIO:
        return {ErrorCode::unavailable, "the disk reports an error"};
    case ENOMEM:
        return {ErrorCode::unavailable, "not enough memory or address space"};
    case EMFILE:
    case ENFILE:
        return {ErrorCode::unavailable, "too many open files"};
    case ENOLCK:
    case ENOTSUP:
        return {ErrorCode::unavailable, "the file system offers no locks"};
    case MDB_MAP_FULL:
        return {ErrorCode::unavailable, "storage is full"};
    case MDB_PANIC:
        return {ErrorCode::unavailable, "an earlier disk error stopped the storage; it must be opened again"};
    case EAGAIN:
    case EBUSY:
        return {ErrorCode::busy, "the storage is in use"};
    case MDB_READERS_FULL:
        return {ErrorCode::busy, "too many reads at once"};
    case MDB_TXN_FULL:
        return {ErrorCode::too_many, "too many changes in one transaction"};
    case MDB_INVALID:
        return {ErrorCode::corrupt, "not an LMDB database"};
    case MDB_VERSION_MISMATCH:
        return {ErrorCode::corrupt, "written by an LMDB of another format version"};
    case MDB_INCOMPATIBLE:
        return {ErrorCode::corrupt, "an LMDB database of another application"};
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_PAGE_FULL:
    case MDB_CURSOR_FULL:
        return {ErrorCode::corrupt, "the database is damaged"};
    default:
        return {ErrorCode::internal, "unexpected failure"};
    }
}

// When it makes sense to ask again: room on a disk takes somebody to make it, a free slot does not.
std::chrono::seconds pause_after(ErrorCode code)
{
    switch (code)
    {
    case ErrorCode::unavailable:
        return std::chrono::seconds{30};
    case ErrorCode::busy:
        return std::chrono::seconds{1};
    default:
        return std::chrono::seconds{0};
    }
}

} // namespace

Error lmdb_error(int number, std::string_view call)
{
    auto const [code, reason] = meaning_of(number);
    std::string detail{"Storage failure: "};
    detail.append(reason).append(" (").append(call).append(": ").append(mdb_strerror(number)).append(").");
    return {code, std::move(detail), {}, pause_after(code)};
}

Error located(Error error, std::string_view where)
{
    error.detail.insert(0, std::string{where} + ": ");
    return error;
}

} // namespace scimkit::lmdb
