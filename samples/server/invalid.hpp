// What an operator has said wrong.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/similar.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server
{

/// `detail` is a sentence for the operator.
inline scimkit::Error invalid(std::string detail) { return {scimkit::ErrorCode::invalid_value, std::move(detail)}; }

/// What is wrong with either, where both were tried.
inline scimkit::result<void> with_more(scimkit::result<void> const& first, scimkit::result<void> const& second)
{
    if (first || second)
        return first ? second : first;
    return scimkit::Error{first.error().code, first.error().detail + " " + second.error().detail};
}

/// Behind "there is no …": what was meant by it, if anything is close, and all that there is otherwise.
inline std::string what_there_is(std::string_view text, std::vector<std::string> const& known)
{
    if (auto const meant = scimkit::most_similar(text, known); !meant.empty())
        return "; was '" + meant + "' meant?";
    std::string all;
    for (std::string const& each : known)
        all += (all.empty() ? "; there are " : ", ") + each;
    return all;
}

} // namespace server
