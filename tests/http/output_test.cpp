// An answer leaves in parts: together they are all of it, wherever they are cut.
#include "http/output.hpp"

#include <boost/test/unit_test.hpp>

using scimkit::http::Allowance;
using scimkit::http::Output;

BOOST_AUTO_TEST_SUITE(output)

namespace
{

std::string text_of(std::array<boost::asio::const_buffer, 2> const& buffers)
{
    std::string text;
    for (auto const& each : buffers)
        text.append(static_cast<char const*>(each.data()), each.size());
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(parts_of_any_size_make_up_head_and_body)
{
    Allowance all{1 << 20};
    Output answer{all};
    std::string const head = "a head";
    std::string const body(9'000, 'b'); // not copied behind its head
    answer.text() = head;
    answer.add_body(std::string{body}, 1);
    BOOST_TEST(answer.size() == head.size() + body.size());
    for (std::size_t const most : {1UL, 5UL, 6UL, 7UL, 8'999UL, 9'006UL, 20'000UL})
    {
        std::string sent;
        while (sent.size() < answer.size())
        {
            auto const part = text_of(answer.buffers(sent.size(), most));
            BOOST_REQUIRE(!part.empty());
            BOOST_REQUIRE(part.size() <= most);
            sent += part;
        }
        BOOST_TEST((sent == head + body));
    }
    BOOST_TEST(text_of(answer.buffers(answer.size(), 10)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
