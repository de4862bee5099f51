// Reads and writes sequences, one block of lines for each request.
#include "sequence.hpp"

#include <stdexcept>

namespace scimkit::model
{
namespace
{

std::string_view take_line(std::string_view& text)
{
    auto const end = text.find('\n');
    auto const line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    return line;
}

Step parse_step(std::string_view line)
{
    Step step;
    auto const blank = line.find(' ');
    if (blank == std::string_view::npos)
        throw std::invalid_argument{"no request line: " + std::string{line}};
    step.method = line.substr(0, blank);
    auto rest = line.substr(blank + 1);
    if (auto const arrow = rest.find(" -> "); arrow != std::string_view::npos)
    {
        step.id = rest.substr(arrow + 4);
        rest = rest.substr(0, arrow);
    }
    step.target = rest;
    return step;
}

} // namespace

std::string_view Step::header(std::string_view name) const
{
    for (auto const& [key, value] : headers)
        if (equal_names(key, name))
            return value;
    return {};
}

std::string to_text(Step const& step)
{
    std::string text = step.method + ' ' + step.target;
    if (!step.id.empty())
        text += " -> " + step.id;
    text += '\n';
    for (auto const& [name, value] : step.headers)
        text += name + ": " + value + '\n';
    if (!step.body.empty())
        text += step.body + '\n';
    return text;
}

std::string to_text(Sequence const& sequence)
{
    std::string text = sequence.mode == Mode::strict ? "mode strict\n" : "mode tolerant\n";
    for (Step const& step : sequence.steps)
        text += '\n' + to_text(step);
    return text;
}

std::string made_id(std::string_view bulk_id) { return 'R' + std::string{bulk_id.substr(1)}; }

std::vector<std::string> made_ids(json::value const& bulk)
{
    std::vector<std::string> ids;
    auto const* message = bulk.if_object();
    auto const* operations = message ? message->if_contains("Operations") : nullptr;
    if (!operations || !operations->is_array())
        return ids;
    auto const text = [](json::object const& operation, std::string_view name)
    {
        auto const* value = operation.if_contains(name);
        return value && value->is_string() ? std::string{value->get_string()} : std::string{};
    };
    for (json::value const& each : operations->get_array())
        if (auto const* operation = each.if_object();
            operation && text(*operation, "method") == "POST" && !text(*operation, "path").empty() &&
            !text(*operation, "bulkId").empty() && operation->contains("data") && !operation->at("data").is_null())
            ids.push_back(made_id(text(*operation, "bulkId")));
    return ids;
}

Sequence parse_sequence(std::string_view text)
{
    Sequence sequence;
    auto const mode = take_line(text);
    if (mode != "mode strict" && mode != "mode tolerant")
        throw std::invalid_argument{"a sequence begins with its mode"};
    sequence.mode = mode == "mode strict" ? Mode::strict : Mode::tolerant;
    bool between = true;
    while (!text.empty())
    {
        auto const line = take_line(text);
        if (line.empty() || line.starts_with('#'))
            between = between || line.empty();
        else if (std::exchange(between, false))
            sequence.steps.push_back(parse_step(line));
        else if (line.starts_with('{') || line.starts_with('['))
            sequence.steps.back().body = line;
        else if (auto const colon = line.find(": "); colon != std::string_view::npos)
            sequence.steps.back().headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        else
            throw std::invalid_argument{"neither header nor body: " + std::string{line}};
    }
    return sequence;
}

} // namespace scimkit::model
