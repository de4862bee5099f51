// Malformed and malicious requests. Each must get a 4xx SCIM error and change nothing.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hostile
{

struct HostileRequest
{
    std::string name;
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers; ///< Authorization is added unless `name` says otherwise
    std::string body;
    bool authorised = true;
};

/// All of them. `user` and `group` are the ids of existing resources, under the prefix /scim.
std::vector<HostileRequest> hostile_requests(std::string const& user, std::string const& group);

} // namespace hostile
