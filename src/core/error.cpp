// The one table of errors: HTTP status and scimType of each code (RFC 7644 section 3.12).
#include <scimkit/core/error.hpp>

#include <boost/throw_exception.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace scimkit
{
namespace
{

struct Row
{
    ErrorCode code;
    int status;
    std::string_view scim_type;
};

// RFC 7644 table 9 and section 3.12, RFC 9865 section 3, RFC 9110 for the rest. In the order of ErrorCode.
constexpr std::array table{
    Row{ErrorCode::invalid_filter, 400, "invalidFilter"},
    Row{ErrorCode::too_many, 400, "tooMany"},
    Row{ErrorCode::uniqueness, 409, "uniqueness"},
    Row{ErrorCode::mutability, 400, "mutability"},
    Row{ErrorCode::invalid_syntax, 400, "invalidSyntax"},
    Row{ErrorCode::invalid_path, 400, "invalidPath"},
    Row{ErrorCode::no_target, 400, "noTarget"},
    Row{ErrorCode::invalid_value, 400, "invalidValue"},
    Row{ErrorCode::invalid_version, 400, "invalidVers"},
    Row{ErrorCode::sensitive, 403, "sensitive"},
    Row{ErrorCode::invalid_cursor, 400, "invalidCursor"},
    Row{ErrorCode::expired_cursor, 400, "expiredCursor"},
    Row{ErrorCode::invalid_count, 400, "invalidCount"},
    Row{ErrorCode::bad_request, 400, {}},
    Row{ErrorCode::unauthorized, 401, {}},
    Row{ErrorCode::forbidden, 403, {}},
    Row{ErrorCode::not_found, 404, {}},
    Row{ErrorCode::method_not_allowed, 405, {}},
    Row{ErrorCode::not_acceptable, 406, {}},
    Row{ErrorCode::request_timeout, 408, {}},
    Row{ErrorCode::conflict, 409, {}},
    Row{ErrorCode::trimmed, 410, {}},
    Row{ErrorCode::precondition_failed, 412, {}},
    Row{ErrorCode::payload_too_large, 413, {}},
    Row{ErrorCode::uri_too_long, 414, {}},
    Row{ErrorCode::unsupported_media_type, 415, {}},
    Row{ErrorCode::expectation_failed, 417, {}},
    Row{ErrorCode::too_many_requests, 429, {}},
    Row{ErrorCode::headers_too_large, 431, {}},
    Row{ErrorCode::internal, 500, {}},
    Row{ErrorCode::not_implemented, 501, {}},
    Row{ErrorCode::unavailable, 503, {}},
    Row{ErrorCode::busy, 503, {}},
    Row{ErrorCode::unknown_outcome, 503, {}},
    Row{ErrorCode::corrupt, 500, {}},
};

constexpr bool in_order()
{
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].code) != i)
            return false;
    return table.back().code == ErrorCode::corrupt;
}
static_assert(in_order(), "the table has one row for each ErrorCode, in its order");

} // namespace

int status_of(ErrorCode code) noexcept { return table[static_cast<std::size_t>(code)].status; }

std::string_view scim_type_of(ErrorCode code) noexcept { return table[static_cast<std::size_t>(code)].scim_type; }

void throw_exception_from_error(Error const& error, boost::source_location const& where)
{
    boost::throw_exception(std::runtime_error(error.detail), where);
}

} // namespace scimkit
