// The one way from an error number, LMDB's or the system's, to an Error.
#pragma once

#include <scimkit/core/error.hpp>

#include <string_view>

namespace scimkit::lmdb
{

/// `number` is what an mdb_ function returned, or errno; `call` the function that failed. Three kinds come out:
/// expected ones that the caller or operator can act on (busy, too_many, unavailable), damage (corrupt), and
/// mistakes of this backend (internal). "Not found" is no error and never comes here.
Error lmdb_error(int number, std::string_view call);

/// The same error with `where` in front: for opening, where the operator must learn which directory is meant. At run
/// time details go to clients and name no paths.
Error located(Error error, std::string_view where);

} // namespace scimkit::lmdb
