// Each error of LMDB and of its files becomes what an operator can act on: try again, make room, restore; and says
// which call it was. One that is taken for another sends people to mend what is whole.
#include <scimkit/core/error.hpp>

#include "lmdb_error.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <lmdb.h>

#include <cerrno>
#include <ostream>
#include <vector>

using scimkit::ErrorCode;

namespace
{

struct Row
{
    int number;
    ErrorCode code;
    std::string_view reason;

    friend std::ostream& operator<<(std::ostream& out, Row const& row) { return out << mdb_strerror(row.number); }
};

std::vector<Row> const rows{
    {EACCES, ErrorCode::unavailable, "may not write"},
    {EROFS, ErrorCode::unavailable, "read-only"},
    {ENOSPC, ErrorCode::unavailable, "disk is full"},
    {EDQUOT, ErrorCode::unavailable, "disk is full"},
    {EFBIG, ErrorCode::unavailable, "disk is full"},
    {EIO, ErrorCode::unavailable, "disk reports an error"},
    {ENOMEM, ErrorCode::unavailable, "address space"},
    {EMFILE, ErrorCode::unavailable, "open files"},
    {ENOLCK, ErrorCode::unavailable, "no locks"},
    {ENOENT, ErrorCode::unavailable, "does not exist"},
    {MDB_MAP_FULL, ErrorCode::unavailable, "storage is full"},
    {MDB_PANIC, ErrorCode::unavailable, "opened again"},
    {MDB_READERS_FULL, ErrorCode::busy, "too many reads"},
    {EAGAIN, ErrorCode::busy, "in use"},
    {MDB_TXN_FULL, ErrorCode::too_many, "one transaction"},
    {MDB_INVALID, ErrorCode::corrupt, "not an LMDB database"},
    {MDB_VERSION_MISMATCH, ErrorCode::corrupt, "format version"},
    {MDB_INCOMPATIBLE, ErrorCode::corrupt, "another application"},
    {MDB_CORRUPTED, ErrorCode::corrupt, "damaged"},
    {MDB_PAGE_NOTFOUND, ErrorCode::corrupt, "damaged"},
    {MDB_BAD_TXN, ErrorCode::internal, "unexpected"},
    {EINVAL, ErrorCode::internal, "unexpected"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(lmdb_error)

BOOST_DATA_TEST_CASE(every_error_has_its_code_and_names_the_call_and_the_reason, rows, row)
{
    auto const error = scimkit::lmdb::lmdb_error(row.number, "mdb_example");
    BOOST_TEST((error.code == row.code));
    BOOST_TEST(error.detail.find("mdb_example") != std::string::npos);
    BOOST_TEST(error.detail.find(row.reason) != std::string::npos);
    BOOST_TEST(error.detail.find(mdb_strerror(row.number)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_located_error_begins_with_the_place)
{
    auto const error = scimkit::lmdb::located({ErrorCode::busy, "reason"}, "/srv/db");
    BOOST_TEST((error.code == ErrorCode::busy));
    BOOST_TEST(error.detail == "/srv/db: reason");
}

BOOST_AUTO_TEST_SUITE_END()
