// The fuzzer finds what it is there to find: an answer of one service is spoilt, and has to be noticed.
#include "generator.hpp"
#include "open_points.hpp"
#include "runner.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::model
{
namespace
{

using Spoil = std::function<void(Step const&, Response&)>;

/// Whether some of many sequences show that answers of a lane are spoilt.
bool is_found(std::size_t lane, Spoil const& spoil)
{
    Runner runner{working_directory(), known_open_points()};
    runner.lanes(Mode::tolerant).all()[lane].spoil = spoil;
    auto const without = known_open_points();
    for (std::uint64_t n = 0; n < 60; ++n)
    {
        SeededChoices choices{test::process_seed() * 1'000'003ULL + n};
        std::optional<Generator> generator;
        int left = 25;
        auto const found = runner.run(Mode::tolerant,
                                      [&](Model const& model) -> std::optional<Step>
                                      {
                                          if (!generator)
                                              generator.emplace(choices, model, without);
                                          return left-- > 0 ? std::optional{generator->next()} : std::nullopt;
                                      });
        if (!found)
            continue;
        BOOST_TEST_MESSAGE(found->what << '\n' << to_text(found->sequence)); // for when nothing was spoilt
        return true;
    }
    return false;
}

bool is_read_of_one(Step const& step, Response const& answer)
{
    return step.method == "GET" && answer.status == 200 && answer.body.find("ListResponse") == std::string::npos;
}

BOOST_AUTO_TEST_SUITE(detection)

BOOST_AUTO_TEST_CASE(nothing_is_found_where_nothing_is_spoilt) { BOOST_TEST(!is_found(0, {})); }

BOOST_AUTO_TEST_CASE(a_value_that_is_lost_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const& step, Response& answer)
                        {
                            if (!is_read_of_one(step, answer))
                                return;
                            auto body = json::parse(answer.body);
                            body.as_object().erase("displayName");
                            answer.body = json::serialize(body);
                        }));
}

BOOST_AUTO_TEST_CASE(a_version_that_stays_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const&, Response& answer)
                        {
                            for (ResponseHeader& header : answer.headers)
                                if (header.name == "ETag")
                                    header.value = "W/\"1\"";
                        }));
}

BOOST_AUTO_TEST_CASE(a_version_that_moves_for_nothing_is_found)
{
    int count = 0;
    BOOST_TEST(is_found(0,
                        [&](Step const&, Response& answer)
                        {
                            for (ResponseHeader& header : answer.headers)
                                if (header.name == "ETag")
                                    header.value = "W/\"x" + std::to_string(++count) + '"';
                        }));
}

BOOST_AUTO_TEST_CASE(a_refusal_with_another_reason_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const&, Response& answer)
                        {
                            if (answer.scim_type == "uniqueness")
                                answer.status = 400;
                        }));
}

BOOST_AUTO_TEST_CASE(a_total_that_is_wrong_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const& step, Response& answer)
                        {
                            if (step.target.find("filter") == std::string::npos || answer.status != 200)
                                return;
                            auto body = json::parse(answer.body);
                            auto& total = body.as_object().at("totalResults");
                            total = total.as_int64() + 1;
                            answer.body = json::serialize(body);
                        }));
}

BOOST_AUTO_TEST_CASE(a_membership_that_is_lost_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const& step, Response& answer)
                        {
                            if (step.method == "DELETE" && step.target.starts_with("/GroupMemberships/"))
                                answer.status = 404;
                        }));
}

BOOST_AUTO_TEST_CASE(a_change_that_is_not_told_is_found)
{
    BOOST_TEST(is_found(0,
                        [](Step const& step, Response& answer)
                        {
                            if (!step.target.ends_with("/.delta") || answer.status != 200)
                                return;
                            auto body = json::parse(answer.body);
                            auto& told = body.as_object().at("Resources").as_array();
                            if (!told.empty())
                                told.erase(told.begin());
                            answer.body = json::serialize(body);
                        }));
}

BOOST_AUTO_TEST_CASE(a_result_of_a_request_that_waited_is_looked_at)
{
    BOOST_TEST(is_found(0,
                        [](Step const& step, Response& answer)
                        {
                            if (step.is_asynchronous() && answer.status == 201)
                                answer.status = 200;
                        }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::model
