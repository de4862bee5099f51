// Judges an answer by what its step expects. A word that is not known here is an error, so that no expectation is
// passed over in silence.
#include "interop/trace.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <regex>

namespace trace
{
namespace
{

/// True when `actual` holds all of `expected`: objects by key, arrays in any order, "*" any value.
bool contains(json::value const& actual, json::value const& expected)
{
    if (expected.is_string() && expected.get_string() == "*")
        return !actual.is_null();
    if (auto const* object = expected.if_object())
        return actual.is_object() && std::ranges::all_of(*object,
                                                         [&](auto const& member)
                                                         {
                                                             auto const* found =
                                                                 actual.get_object().if_contains(member.key());
                                                             return found && contains(*found, member.value());
                                                         });
    if (auto const* array = expected.if_array())
    {
        if (!actual.is_array() || (array->empty() && !actual.get_array().empty()))
            return false;
        std::vector<bool> used(actual.get_array().size());
        return std::ranges::all_of(*array,
                                   [&](json::value const& element) -> bool
                                   {
                                       for (std::size_t i = 0; i < used.size(); ++i)
                                           if (!used[i] && contains(actual.get_array()[i], element))
                                               return used[i] = true;
                                       return false;
                                   });
    }
    return scimkit::equal_json(actual, expected);
}

/// The values at a JSON pointer; a `*` in it stands for each element of an array.
std::vector<json::value> values_at(json::value const& document, std::string_view pointer)
{
    std::size_t const star = pointer.find("/*");
    boost::system::error_code error;
    json::value const* found = document.find_pointer(pointer.substr(0, star), error);
    if (!found)
        return {};
    if (star == std::string_view::npos)
        return {*found};
    std::vector<json::value> all;
    if (auto const* array = found->if_array())
        for (json::value const& element : *array)
            std::ranges::move(values_at(element, pointer.substr(star + 2)), std::back_inserter(all));
    return all;
}

bool is_unassigned(json::value const& value)
{
    return value.is_null() || (value.is_array() && value.get_array().empty());
}

bool same_set(std::vector<json::value> const& actual, json::array const& expected)
{
    return std::ranges::is_permutation(actual, expected, scimkit::equal_json);
}

std::string check_status(json::value const& expected, int actual)
{
    bool const right = expected.is_array()
                           ? std::ranges::any_of(expected.get_array(), [&](auto const& s) { return s == actual; })
                           : expected == actual;
    return right ? "" : "status " + std::to_string(actual) + ", expected " + json::serialize(expected);
}

std::string check_headers(json::object const& expected, scimkit::Response const& response)
{
    for (auto const& [name, value] : expected)
    {
        std::string_view const actual = response.header(name);
        std::string_view const wanted = value.as_string();
        if (actual.empty() || (wanted != "*" && actual.find(wanted) == std::string_view::npos))
            return "header " + std::string{name} + " is '" + std::string{actual} + "'";
    }
    return "";
}

std::string check_lacks(json::array const& pointers, json::value const& body)
{
    for (json::value const& pointer : pointers)
        if (!values_at(body, pointer.as_string()).empty())
            return "the body should not have " + std::string{pointer.as_string()};
    return "";
}

std::string check_unassigned(json::array const& pointers, json::value const& body)
{
    for (json::value const& pointer : pointers)
        if (!std::ranges::all_of(values_at(body, pointer.as_string()), is_unassigned))
            return std::string{pointer.as_string()} + " should have no value";
    return "";
}

/// For expectations of the form {pointer: what is there}.
template <class Holds>
std::string check_each(json::object const& expected, json::value const& body, Holds holds)
{
    for (auto const& [pointer, wanted] : expected)
        if (!holds(values_at(body, pointer), wanted))
            return "at " + std::string{pointer} + " expected " + json::serialize(wanted);
    return "";
}

std::string check_body(std::string_view word, json::value const& expected, json::value const& body)
{
    if (word == "body_contains")
        return contains(body, expected) ? "" : "expected in the body: " + json::serialize(expected);
    if (word == "body_lacks")
        return check_lacks(expected.as_array(), body);
    if (word == "unassigned")
        return check_unassigned(expected.as_array(), body);
    if (word == "equals_at")
        return check_each(expected.as_object(), body,
                          [](auto const& found, json::value const& wanted)
                          { return found.size() == 1 && scimkit::equal_json(found[0], wanted); });
    if (word == "len_at")
        return check_each(expected.as_object(), body,
                          [](auto const& found, json::value const& wanted) {
                              return found.size() == 1 && found[0].is_array() &&
                                     found[0].get_array().size() == wanted.to_number<std::size_t>();
                          });
    if (word == "set_at")
        return check_each(expected.as_object(), body,
                          [](auto const& found, json::value const& wanted)
                          { return same_set(found, wanted.as_array()); });
    if (word == "matches_at")
        return check_each(expected.as_object(), body,
                          [](auto const& found, json::value const& wanted)
                          {
                              return found.size() == 1 && found[0].is_string() &&
                                     std::regex_search(found[0].get_string().c_str(),
                                                       std::regex{wanted.as_string().c_str()});
                          });
    return "the replay does not know the expectation '" + std::string{word} + "'";
}

std::string check(json::object const& expect, scimkit::Response const& response);

std::string check_any(json::array const& alternatives, scimkit::Response const& response)
{
    std::string reasons;
    for (json::value const& alternative : alternatives)
    {
        std::string const wrong = check(alternative.as_object(), response);
        if (wrong.empty())
            return "";
        reasons += (reasons.empty() ? "neither: " : "; nor: ") + wrong;
    }
    return reasons;
}

std::string check(json::object const& expect, scimkit::Response const& response)
{
    std::string wrong;
    for (auto const& [word, expected] : expect)
    {
        if (word == "any_of")
            wrong = check_any(expected.as_array(), response);
        else if (word == "status")
            wrong = check_status(expected, response.status);
        else if (word == "headers")
            wrong = check_headers(expected.as_object(), response);
        else if (word == "body_empty")
            wrong = response.body.empty() == expected.as_bool() ? "" : "expected body_empty to be otherwise";
        else if (response.status != 204) // what may be 204 as well says of the body only what holds if there is one
        {
            auto parsed = scimkit::parse_json(response.body, {.max_bytes = SIZE_MAX});
            if (!parsed)
                return "the body is not JSON: " + parsed.error().detail;
            wrong = check_body(word, expected, *parsed);
        }
        if (!wrong.empty())
            return wrong;
    }
    return response.status == 204 && !response.body.empty() ? "204 with a body" : "";
}

} // namespace

std::string judge(Step const& step, scimkit::Response const& response, Variables& variables)
{
    json::value const expect = fill_in(step.expect, variables);
    if (std::string const wrong = check(expect.as_object(), response); !wrong.empty())
        return wrong + "; answer: " + std::to_string(response.status) + ' ' + response.body;
    if (step.save.empty() || response.status == 204)
        return "";
    auto const body = scimkit::parse_json(response.body);
    if (!body)
        return "nothing to save, the body is not JSON: " + response.body;
    for (auto const& [name, pointer] : step.save)
    {
        auto const found = values_at(*body, pointer.as_string());
        if (found.size() == 1 && found[0].is_string())
            variables[std::string{name}] = found[0].get_string();
        else
            variables.erase(std::string{name});
    }
    return "";
}

} // namespace trace
