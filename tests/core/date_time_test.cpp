// Moments that clients send and filter by (RFC 7643 section 2.3.5): every form that XML Schema has is read, nothing
// else is, and the arithmetic of the calendar is held against that of the standard library, day by day.
#include <scimkit/core/date_time.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

using namespace scimkit;
using namespace std::chrono;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(date_time)

namespace
{

std::int64_t microseconds_of(std::string_view text) { return parse_date_time(text).value().time_since_epoch().count(); }

} // namespace

BOOST_AUTO_TEST_CASE(all_forms_of_xsd_date_time_are_read, *label("7643-2.3.5-a") * label("7643-2.3.5-c"))
{
    struct Expectation
    {
        std::string_view text;
        std::string_view utc;
    };
    for (auto const& [text, utc] : {
             Expectation{"2008-01-23T04:56:22Z", "2008-01-23T04:56:22.000Z"},
             {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
             {"2011-05-13T04:42:34", "2011-05-13T04:42:34.000Z"}, // no zone: UTC
             {"2011-05-13T04:42:34.5Z", "2011-05-13T04:42:34.500Z"},
             {"2011-05-13T04:42:34.123456Z", "2011-05-13T04:42:34.123456Z"},
             {"2011-05-13T04:42:34.123456789Z", "2011-05-13T04:42:34.123456Z"},
             {"2011-05-13T04:42:34.00000000000000000000000000000000001Z", "2011-05-13T04:42:34.000Z"},
             {"2011-05-13T04:42:34+05:30", "2011-05-12T23:12:34.000Z"},
             {"2011-05-13T04:42:34-05:30", "2011-05-13T10:12:34.000Z"},
             {"2011-05-13T04:42:34+14:00", "2011-05-12T14:42:34.000Z"},
             {"2011-05-13T04:42:34-14:00", "2011-05-13T18:42:34.000Z"},
             {"2011-05-13T04:42:34-00:00", "2011-05-13T04:42:34.000Z"},
             {"2011-05-13T24:00:00Z", "2011-05-14T00:00:00.000Z"},
             {"2011-12-31T24:00:00.000Z", "2012-01-01T00:00:00.000Z"},
             {"2012-02-29T00:00:00Z", "2012-02-29T00:00:00.000Z"},
             {"2000-02-29T23:59:59Z", "2000-02-29T23:59:59.000Z"},
             {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
             {"-0044-03-15T00:00:00Z", "-0044-03-15T00:00:00.000Z"},
             {"0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000Z"},
             {"12345-06-07T08:09:10Z", "12345-06-07T08:09:10.000Z"},
             {"290000-12-31T23:59:59.999999Z", "290000-12-31T23:59:59.999999Z"},
             {"-290000-01-01T00:00:00Z", "-290000-01-01T00:00:00.000Z"},
         })
    {
        BOOST_TEST_CONTEXT(text)
        {
            auto const instant = parse_date_time(text);
            BOOST_REQUIRE(instant);
            BOOST_TEST(format_date_time(*instant) == utc);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_xsd_date_time_is_refused,
                     *label("7643-2.3.5-a") * label("7643-2.3.5-b") * label("7643-2.3.5-d"))
{
    for (std::string_view const text : {
             "",
             "2008-01-23",
             "04:56:22Z",
             "2011-05-13t04:42:34Z",
             "2011-05-13T04:42:34z",
             "2011-05-13 04:42:34Z",
             "20110513T044234Z",
             "2011-05-13T04:42Z",
             "2011-05-13T04:42:60Z", // no leap seconds
             "2011-05-13T04:60:00Z",
             "2011-05-13T25:00:00Z",
             "2011-05-13T24:00:01Z",
             "2011-05-13T24:01:00Z",
             "2011-05-13T24:00:00.0000001Z",
             "2011-02-29T00:00:00Z",
             "1900-02-29T00:00:00Z",
             "2011-02-30T00:00:00Z",
             "2011-04-31T00:00:00Z",
             "2011-13-01T00:00:00Z",
             "2011-00-01T00:00:00Z",
             "2011-01-00T00:00:00Z",
             "2011-1-01T00:00:00Z",
             "211-01-01T00:00:00Z",
             "02011-01-01T00:00:00Z",
             "+2011-01-01T00:00:00Z",
             "290001-01-01T00:00:00Z",
             "99999999999999999999-01-01T00:00:00Z",
             "2011-05-13T04:42:34.Z",
             "2011-05-13T04:42:34,5Z",
             "2011-05-13T04:42:34+0530",
             "2011-05-13T04:42:34+05",
             "2011-05-13T04:42:34+15:00",
             "2011-05-13T04:42:34+14:01",
             "2011-05-13T04:42:34+05:60",
             "2011-05-13T04:42:34ZZ",
             "2011-05-13T04:42:34Z ",
             " 2011-05-13T04:42:34Z",
             "2011-05-13T04:42:34 Z",
             "yesterday",
         })
    {
        BOOST_TEST_CONTEXT(text)
        {
            auto const instant = parse_date_time(text);
            BOOST_REQUIRE(!instant);
            BOOST_CHECK(instant.error().code == ErrorCode::invalid_value);
        }
    }
}

BOOST_AUTO_TEST_CASE(instants_compare_as_points_in_time, *label("7643-2.3.5-e"))
{
    BOOST_TEST(microseconds_of("2011-05-13T06:42:34+02:00") == microseconds_of("2011-05-13T04:42:34Z"));
    BOOST_TEST(microseconds_of("2011-05-13T04:42:34.000001Z") == microseconds_of("2011-05-13T04:42:34Z") + 1);
    BOOST_TEST(microseconds_of("2001-09-09T01:46:40Z") == 1'000'000'000'000'000);
}

BOOST_AUTO_TEST_CASE(every_day_of_four_centuries_agrees_with_the_standard_calendar)
{
    for (auto day = sys_days(year(1799) / 12 / 31); day <= sys_days(year(2200) / 1 / 1); day += days(1))
    {
        year_month_day const civil{day};
        auto const text = format_date_time(day);
        BOOST_REQUIRE(parse_date_time(text).value() == day);
        BOOST_REQUIRE(std::stoi(text.substr(0, 4)) == static_cast<int>(civil.year()));
        BOOST_REQUIRE(std::stoul(text.substr(5, 2)) == static_cast<unsigned>(civil.month()));
        BOOST_REQUIRE(std::stoul(text.substr(8, 2)) == static_cast<unsigned>(civil.day()));
    }
}

BOOST_AUTO_TEST_CASE(instants_are_written_in_utc_with_as_many_digits_as_they_need)
{
    Instant const second = sys_days(year(2026) / 11 / 22) + 8h + 15min + 30s;
    BOOST_TEST(format_date_time(second) == "2026-11-22T08:15:30.000Z");
    BOOST_TEST(format_date_time(second + 125ms) == "2026-11-22T08:15:30.125Z");
    BOOST_TEST(format_date_time(second + 7us) == "2026-11-22T08:15:30.000007Z");
    BOOST_TEST(format_date_time(Instant{-1us}) == "1969-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_SUITE_END()
