// The status and scimType of each code (RFC 7644 section 3.12): clients decide by them whether to mend a request or
// to send it again.
#include <scimkit/core/error.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(each_scim_type_of_the_rfcs_has_its_status)
{
    struct Expectation
    {
        ErrorCode code;
        int status;
        std::string_view scim_type;
    };
    for (auto const& [code, status, scim_type] : {
             Expectation{ErrorCode::invalid_filter, 400, "invalidFilter"},
             {ErrorCode::too_many, 400, "tooMany"},
             {ErrorCode::uniqueness, 409, "uniqueness"},
             {ErrorCode::mutability, 400, "mutability"},
             {ErrorCode::invalid_syntax, 400, "invalidSyntax"},
             {ErrorCode::invalid_path, 400, "invalidPath"},
             {ErrorCode::no_target, 400, "noTarget"},
             {ErrorCode::invalid_value, 400, "invalidValue"},
             {ErrorCode::invalid_version, 400, "invalidVers"},
             {ErrorCode::sensitive, 403, "sensitive"},
             {ErrorCode::invalid_cursor, 400, "invalidCursor"},
             {ErrorCode::expired_cursor, 400, "expiredCursor"},
             {ErrorCode::invalid_count, 400, "invalidCount"},
         })
    {
        BOOST_TEST(status_of(code) == status);
        BOOST_TEST(scim_type_of(code) == scim_type);
    }
}

BOOST_AUTO_TEST_CASE(refusals_of_http_have_a_status_and_no_scim_type)
{
    for (auto const& [code, status] : {std::pair{ErrorCode::bad_request, 400},
                                       {ErrorCode::unauthorized, 401},
                                       {ErrorCode::forbidden, 403},
                                       {ErrorCode::not_found, 404},
                                       {ErrorCode::method_not_allowed, 405},
                                       {ErrorCode::not_acceptable, 406},
                                       {ErrorCode::request_timeout, 408},
                                       {ErrorCode::conflict, 409},
                                       {ErrorCode::trimmed, 410},
                                       {ErrorCode::precondition_failed, 412},
                                       {ErrorCode::payload_too_large, 413},
                                       {ErrorCode::uri_too_long, 414},
                                       {ErrorCode::unsupported_media_type, 415},
                                       {ErrorCode::expectation_failed, 417},
                                       {ErrorCode::too_many_requests, 429},
                                       {ErrorCode::headers_too_large, 431},
                                       {ErrorCode::internal, 500},
                                       {ErrorCode::not_implemented, 501},
                                       {ErrorCode::unavailable, 503},
                                       {ErrorCode::busy, 503},
                                       {ErrorCode::unknown_outcome, 503},
                                       {ErrorCode::corrupt, 500}})
    {
        BOOST_TEST(status_of(code) == status);
        BOOST_TEST(scim_type_of(code).empty());
    }
}

BOOST_AUTO_TEST_CASE(taking_the_value_of_an_error_throws_its_detail)
{
    result<int> const failed = Error{ErrorCode::not_found, "There is no such user."};
    BOOST_CHECK_EXCEPTION(failed.value(), std::runtime_error,
                          [](std::runtime_error const& e)
                          { return e.what() == std::string{"There is no such user."}; });
}

BOOST_AUTO_TEST_SUITE_END()
