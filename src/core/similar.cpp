// Whoever mistypes a name is helped more by the right one than by a list of all.
#include <scimkit/core/similar.hpp>
#include <scimkit/core/text.hpp>

#include <algorithm>
#include <array>

namespace scimkit
{
namespace
{

constexpr std::size_t most_compared = 64; // bytes of a name; a longer one is like no other

/// Optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::array<std::array<std::size_t, most_compared + 1>, most_compared + 1> cost;
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j)
        {
            if (i == 0 || j == 0)
            {
                cost[i][j] = i + j;
                continue;
            }
            cost[i][j] =
                std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[a.size()][b.size()];
}

} // namespace

std::string most_similar(std::string_view text, std::span<std::string const> known)
{
    std::string best;
    if (text.size() > most_compared)
        return best;
    auto const typed = to_ascii_lower(text);
    auto least = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (std::string const& word : known)
    {
        if (word.size() > most_compared)
            continue;
        if (auto const far = distance(typed, to_ascii_lower(word)); far < least)
        {
            least = far;
            best = word;
        }
    }
    return best;
}

} // namespace scimkit
