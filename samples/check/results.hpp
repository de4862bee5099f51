// What a check of a server found, row by row, and its three forms.
#pragma once

#include "requirements.hpp"
#include "session.hpp"

#include <functional>

namespace check
{

struct Result
{
    Requirement requirement;
    Verdict verdict;
    std::vector<Asked> asked;
};

struct Results
{
    std::string url;
    std::vector<Result> rows{};
    std::vector<client::ObservedDeviation> deviations{};
    std::vector<std::string> left{}; ///< as Made::clean_up() says it

    std::size_t count(Verdict::Kind kind) const noexcept;
};

/// Looks at everything; removes what it made. `progress` is told of each row.
Results look_at_all(std::string url, Session& session, client::Client const& client,
                    std::function<void(std::size_t done, std::size_t all)> const& progress);

std::string_view to_string(Verdict::Kind kind) noexcept;
std::string text_of(Results const& results, bool verbose);
json::object json_of(Results const& results);
/// A page that needs nothing but itself.
std::string page_of(Results const& results);

} // namespace check
