// What the answer to a request has to be.
#pragma once

#include "world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scimkit::model
{

/// Of one operation of a Bulk.
struct Part
{
    std::string method{};
    std::string bulk_id{};
    std::string location{}; ///< empty: none
    int status = 0;
    std::vector<Refusal> refusals{}; ///< as those of Expected
};

/// What pages by cursor have, one after the other.
struct Walk
{
    json::array resources{};
    std::size_t page = 0; ///< resources on each
};

struct Expected
{
    int status = 200;
    std::optional<json::value> body{}; ///< nothing: the body is not looked at, or is empty
    std::vector<Refusal> refusals{};   ///< if there are any, the answer is one of them; an empty scimType is any
    bool undecided = false;            ///< anything, but the same of every store; then adopt() what is there
    std::optional<Walk> walk{};
    std::optional<std::vector<Part>> parts{};
};

} // namespace scimkit::model
