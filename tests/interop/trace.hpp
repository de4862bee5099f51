// Conversations of clients (tests/data/interop: traces.jsonl as identity providers talk, reports.jsonl from public bug
// reports) and how to judge an answer. What a step may expect, each word optional:
//
//     status         a number, or a list of those that are right
//     headers        {name: part of its value, or "*" for any}
//     body_empty     true
//     body_contains  all of this is there: objects by key, arrays in any order, "*" is any value
//     body_lacks     pointers at which there is nothing
//     unassigned     pointers at which there is nothing, null or []
//     equals_at      {pointer: value}
//     len_at         {pointer: length of the array}
//     set_at         {pointer: the values, in any order}; a * in the pointer is each element
//     matches_at     {pointer: regular expression that is found in the text}
//     any_of         a list of such expectations, one of which holds
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/message.hpp>

#include <map>
#include <optional>
#include <stdexcept>
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

/// All scenarios of a file in tests/data/interop, in its order. None needs the variables of another.
std::vector<Scenario> load_scenarios(std::string const& name_of_file);

/// The values that earlier answers gave, as {{name}}.
using Variables = std::map<std::string, std::string>;

/// A step uses a value that no answer gave.
struct Unsaved : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

/// `value` with every {{name}} replaced, in keys too. Throws Unsaved.
json::value fill_in(json::value const& value, Variables const& variables);

/// A step's request, ready to be sent: variables filled in, blanks and the like encoded, defaults added.
struct Prepared
{
    std::string method;
    std::string target; ///< with `prefix` in front
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};
Prepared prepare(Step const& step, Variables const& variables, std::string const& prefix, std::string const& token);

/// What is wrong with the answer, or an empty string. Keeps the values that the step saves; one that is not there (a
/// version, on a store without) is missed by the step that uses it. Throws Unsaved.
std::string judge(Step const& step, scimkit::Response const& response, Variables& variables);

} // namespace trace
