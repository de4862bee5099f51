// What a refusal looks like, wherever it comes from.
#pragma once

#include "hostile/hostile_requests.hpp"

#include <string_view>

namespace hostile
{

struct Answer
{
    int status = 0;
    std::string_view content_type;
    std::string_view body;
};

/// Checks (Boost.Test) that the answer is a SCIM error of the 4xx kind, or 501, without `token` in it.
void check_refusal(HostileRequest const& request, Answer const& answer, std::string_view token);

} // namespace hostile
