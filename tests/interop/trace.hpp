// Conversations of identity providers (tests/data/interop/traces.jsonl) and how to judge an answer.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/message.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trace
{

namespace json = scimkit::json;

struct Step
{
    std::string name;
    json::object request;
    json::object expect;
    json::object save;
};

struct Scenario
{
    std::string client;
    std::string name;
    std::vector<Step> steps;
};

/// All scenarios, in the order of the file.
std::vector<Scenario> load_scenarios();

/// The values that earlier answers gave, as {{name}}.
using Variables = std::map<std::string, std::string>;

/// A step's request, ready to be sent: variables filled in, blanks and the like encoded, defaults added.
struct Prepared
{
    std::string method;
    std::string target; ///< with `prefix` in front
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};
Prepared prepare(Step const& step, Variables const& variables, std::string const& prefix, std::string const& token);

/// What is wrong with the answer, or an empty string. Keeps the values that the step saves.
std::string judge(Step const& step, scimkit::Response const& response, Variables& variables);

} // namespace trace
