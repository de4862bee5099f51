// Random data: users, groups and filters over few values, so that filters find something. The same every time,
// by the seed of the run.
#pragma once

#include "fixture.hpp"

#include <random>

namespace scimkit::conformance
{

class RandomData
{
public:
    /// `part` tells the data of one case from that of another.
    RandomData(Fixture const& fixture, std::uint32_t part);

    Resource user(std::size_t number);
    Resource group(std::size_t number);
    /// The text of a filter over users, or over groups.
    std::string user_filter(int depth = 3);
    std::string group_filter(int depth = 3);
    /// Each attribute of users that is text, by each operator, with each word of the data.
    static std::vector<std::string> single_tests();
    /// A path to sort users by.
    std::string user_sort();

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }

private:
    bool chance(std::size_t percent) { return below(100) < percent; }
    template <std::size_t N>
    std::string pick(char const* const (&values)[N])
    {
        return values[below(N)];
    }
    std::string combined(int depth, std::string (RandomData::*smaller)(int), std::string (RandomData::*leaf)());
    std::string user_term();
    std::string group_term();
    std::string text_test(std::string const& path);
    std::string email_filter(int depth);

    Fixture const& f_;
    std::mt19937 random_;
};

} // namespace scimkit::conformance
