// Reads the description with Boost.JSON, once; what is asked then is put together from pieces.
#include "plan.hpp"

#include "../message.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace load
{
namespace
{

namespace json = boost::json;

constexpr char const* new_text = "new";

std::string read_file(std::string const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in)
        throw std::runtime_error{file + " cannot be read"};
    return text;
}

std::vector<std::string> lines_of(std::string const& file)
{
    std::vector<std::string> lines;
    std::string const text = read_file(file);
    for (std::size_t begin = 0; begin < text.size();)
    {
        auto const end = std::min(text.find('\n', begin), text.size());
        if (end > begin)
            lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::vector<std::string> values_of(json::value const& described)
{
    std::vector<std::string> values;
    if (described.is_string())
        values = lines_of(std::string{described.as_string()});
    else
        for (auto const& each : described.as_array())
            values.emplace_back(each.as_string());
    if (values.empty())
        throw std::runtime_error{"there are no values for a placeholder"};
    return values;
}

std::string text_of(json::object const& object, std::string_view name)
{
    auto const* const found = object.if_contains(name);
    return !found ? std::string{} : std::string{found->as_string()};
}

double number_of(json::object const& object, std::string_view name, double otherwise)
{
    auto const* const found = object.if_contains(name);
    return !found ? otherwise : found->to_number<double>();
}

/// A brace that no name of a value follows is text: bodies are JSON.
Template read_template(std::string const& text, Plan const& plan)
{
    Template out;
    std::size_t begin = 0;
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1))
    {
        auto const close = text.find('}', open);
        if (close == text.npos)
            break;
        auto name = text.substr(open + 1, close - open - 1);
        if (name != new_text && !plan.values.contains(name))
            continue;
        out.pieces.push_back({text.substr(begin, open - begin), std::move(name)});
        begin = close + 1;
    }
    out.pieces.push_back({text.substr(begin), {}});
    return out;
}

Kind read_kind(json::object const& described, Plan const& plan)
{
    Kind kind{text_of(described, "name"), number_of(described, "weight", 1), {}};
    auto const add = [&](json::object const& step)
    {
        kind.steps.push_back({text_of(step, "method"), read_template(text_of(step, "path"), plan),
                              read_template(text_of(step, "body"), plan)});
    };
    if (auto const* const steps = described.if_contains("steps"))
        for (auto const& step : steps->as_array())
            add(step.as_object());
    else
        add(described);
    if (kind.steps.empty() || kind.weight < 0)
        throw std::runtime_error{kind.name + ": no steps, or a weight below 0"};
    return kind;
}

} // namespace

Plan read_plan(std::string const& file)
try
{
    auto const described = json::parse(read_file(file));
    auto const& object = described.as_object();
    Plan plan;
    plan.port = described.at("port").to_number<std::uint16_t>();
    plan.connections = static_cast<std::size_t>(number_of(object, "connections", 1));
    plan.seconds = number_of(object, "seconds", 1);
    plan.rate = number_of(object, "rate", 0);
    plan.window = number_of(object, "window", 0);
    plan.seed = static_cast<std::uint64_t>(number_of(object, "seed", 0));
    plan.run = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    if (auto const* const values = object.if_contains("values"))
        for (auto const& [name, each] : values->as_object())
            plan.values.emplace(std::string{name}, values_of(each));
    plan.token = read_template(text_of(object, "token"), plan);
    double weights = 0;
    for (auto const& each : described.at("requests").as_array())
    {
        plan.kinds.push_back(read_kind(each.as_object(), plan));
        weights += plan.kinds.back().weight;
    }
    if (plan.connections == 0 || !(plan.seconds > 0) || !(plan.rate >= 0) || !(weights > 0))
        throw std::runtime_error{"connections, seconds and weights must be more than 0, and a rate not less"};
    return plan;
}
catch (std::exception const& error) // Boost's say which kind of value was expected
{
    throw std::runtime_error{file + ": " + error.what()};
}

Script::Script(Plan const& plan, std::size_t connection)
    : plan_(&plan)
    , connection_(connection)
    , random_(plan.seed * 1'000'003 + connection)
{
    for (auto const& kind : plan.kinds)
        weights_ += kind.weight;
}

void Script::choose()
{
    chosen_.clear();
    auto left = std::uniform_real_distribution<double>{0, weights_}(random_);
    for (kind_ = 0; kind_ + 1 < plan_->kinds.size() && left >= plan_->kinds[kind_].weight; ++kind_)
        left -= plan_->kinds[kind_].weight;
}

std::string const& Script::value(std::string const& name)
{
    auto const [place, is_new] = chosen_.try_emplace(name);
    if (!is_new)
        return place->second;
    if (name == new_text)
        return place->second = plan_->run + "-" + std::to_string(connection_) + "-" + std::to_string(++made_);
    auto const& values = plan_->values.at(name);
    // Its own ones are every so manieth, from its number on.
    auto const apart = values.size() >= plan_->connections ? plan_->connections : std::size_t{1};
    auto const first = apart == 1 ? std::size_t{0} : connection_;
    auto const own = (values.size() - first - 1) / apart + 1;
    return place->second = values[first + apart * std::uniform_int_distribution<std::size_t>{0, own - 1}(random_)];
}

void Script::fill(std::string& out, Template const& text, bool encoded)
{
    for (auto const& piece : text.pieces)
    {
        out += piece.text;
        if (!piece.value.empty())
            out += encoded ? bench::encode(value(piece.value)) : value(piece.value);
    }
}

std::size_t Script::next(std::string& out)
{
    if (step_ == 0)
        choose();
    auto const& steps = plan_->kinds[kind_].steps;
    auto const& message = steps[step_];
    step_ = (step_ + 1) % steps.size();
    std::string path, token, body;
    fill(path, message.path, true);
    fill(token, plan_->token, false);
    fill(body, message.body, false);
    out = bench::make_request(message.method, path, token, body);
    return kind_;
}

} // namespace load
