// Makes a finding small: whole requests go first, then headers, parameters, operations and members.
#include "runner.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

/// What kind of finding it is: the first line without numbers, which name resources and versions.
std::string kind_of(std::string const& what)
{
    std::string kind = what.substr(0, what.find('\n'));
    std::erase_if(kind, [](char c) { return c >= '0' && c <= '9'; });
    return kind;
}

/// Everything that is `value` with one member or element less, anywhere in it.
void add_smaller(json::value const& value, std::vector<json::value>& smaller)
{
    auto const add_inner = [&](auto const& inner, auto const& with)
    {
        std::vector<json::value> inner_values;
        add_smaller(inner, inner_values);
        for (json::value& each : inner_values)
            smaller.push_back(with(std::move(each)));
    };
    if (auto const* object = value.if_object())
        for (auto const& [name, member] : *object)
        {
            json::object less = *object;
            less.erase(name);
            smaller.emplace_back(std::move(less));
            add_inner(member,
                      [&, key = std::string{name}](json::value changed)
                      {
                          json::object whole = *object;
                          whole[key] = std::move(changed);
                          return json::value(std::move(whole));
                      });
        }
    else if (auto const* array = value.if_array())
        for (std::size_t i = 0; i < array->size(); ++i)
        {
            json::array less = *array;
            less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
            smaller.emplace_back(std::move(less));
            add_inner((*array)[i],
                      [&, i](json::value changed)
                      {
                          json::array whole = *array;
                          whole[i] = std::move(changed);
                          return json::value(std::move(whole));
                      });
        }
}

std::vector<Step> smaller_steps(Step const& step)
{
    std::vector<Step> smaller;
    for (std::size_t i = 0; i < step.headers.size(); ++i)
    {
        smaller.push_back(step);
        smaller.back().headers.erase(smaller.back().headers.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (char const separator : {'?', '&'})
        if (auto const at = step.target.rfind(separator); at != std::string::npos)
        {
            smaller.push_back(step);
            smaller.back().target.resize(at);
        }
    if (!step.body.empty())
    {
        std::vector<json::value> bodies;
        add_smaller(json::parse(step.body), bodies);
        for (json::value const& body : bodies)
        {
            smaller.push_back(step);
            smaller.back().body = serialised(body);
        }
    }
    return smaller;
}

/// A PATCH without Operations or a search that is no object is not what the model reads.
bool is_well_formed(Step const& step)
{
    if (step.method != "PATCH" && step.target != "/Bulk")
        return true;
    auto const body = json::parse(step.body);
    if (!body.is_object())
        return false;
    auto const* operations = body.as_object().if_contains("Operations");
    if (!body.as_object().contains("schemas") || body.at("schemas").as_array().empty() || !operations)
        return false;
    if (step.target == "/Bulk")
        return std::ranges::all_of(
            operations->as_array(),
            [](json::value const& operation)
            {
                auto const* method = operation.is_object() ? operation.get_object().if_contains("method") : nullptr;
                auto const* data = operation.is_object() ? operation.get_object().if_contains("data") : nullptr;
                bool const is_patch = method && *method == json::value("PATCH") && data;
                return operation.is_object() &&
                       (!is_patch || is_well_formed({.method = "PATCH", .body = serialised(*data)}));
            });
    return std::ranges::all_of(operations->as_array(), [](json::value const& operation)
                               { return operation.is_object() && operation.get_object().contains("op"); });
}

} // namespace

Finding Runner::shrink(Finding finding)
{
    auto const kind = kind_of(finding.what);
    auto const try_it = [&](Sequence const& candidate)
    {
        auto found = run(candidate);
        if (!found || kind_of(found->what) != kind)
            return false;
        finding = std::move(*found);
        return true;
    };
    for (bool smaller = true; smaller;)
    {
        smaller = false;
        for (std::size_t i = finding.sequence.steps.size(); i-- > 0;)
        {
            Sequence candidate = finding.sequence;
            if (i >= candidate.steps.size())
                continue;
            candidate.steps.erase(candidate.steps.begin() + static_cast<std::ptrdiff_t>(i));
            smaller = try_it(candidate) || smaller;
        }
        for (std::size_t i = 0; i < finding.sequence.steps.size(); ++i)
            for (Step const& step : smaller_steps(Step{finding.sequence.steps[i]}))
            {
                if (i >= finding.sequence.steps.size() || !is_well_formed(step))
                    continue;
                Sequence candidate = finding.sequence;
                candidate.steps[i] = step;
                if (try_it(candidate))
                {
                    smaller = true;
                    break;
                }
            }
    }
    return finding;
}

} // namespace scimkit::model
