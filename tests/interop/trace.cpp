// Reads the conversations, and turns a step into the request that its client sends.
#include "interop/trace.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace trace
{
namespace
{

std::string fill_in_text(std::string_view text, Variables const& variables)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();)
    {
        std::size_t const open = text.find("{{", at);
        std::size_t const close = open == std::string_view::npos ? open : text.find("}}", open);
        if (close == std::string_view::npos)
            return out.append(text.substr(at));
        std::string const name{text.substr(open + 2, close - open - 2)};
        auto const found = variables.find(name);
        if (found == variables.end())
            throw Unsaved{"the trace uses {{" + name + "}}, which no step has saved"};
        out.append(text.substr(at, open - at)).append(found->second);
        at = close + 2;
    }
    return out;
}

/// Encodes what may not stand in a request target; what is encoded already, and + & ?, stays.
std::string encode_target(std::string_view text)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte >= 0x7F || c == '"' || c == '<' || c == '>' || c == '\\')
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
        else
            out.push_back(c);
    }
    return out;
}

std::string const* find(std::vector<std::pair<std::string, std::string>> const& headers, std::string_view name)
{
    for (auto const& header : headers)
        if (header.first == name)
            return &header.second;
    return nullptr;
}

} // namespace

json::value fill_in(json::value const& value, Variables const& variables)
{
    if (auto const* text = value.if_string())
        return json::value(fill_in_text(std::string_view{*text}, variables));
    if (auto const* array = value.if_array())
    {
        json::array out;
        for (json::value const& element : *array)
            out.push_back(fill_in(element, variables));
        return out;
    }
    if (auto const* object = value.if_object())
    {
        json::object out;
        for (auto const& [key, member] : *object)
            out[fill_in_text(std::string_view{key}, variables)] = fill_in(member, variables);
        return out;
    }
    return value;
}

std::vector<Scenario> load_scenarios(std::string const& name_of_file)
{
    std::ifstream file{SCIMKIT_TEST_DATA "/interop/" + name_of_file};
    if (!file)
        throw std::runtime_error("there are no conversations in " + name_of_file);
    std::vector<Scenario> scenarios;
    for (std::string line; std::getline(file, line);)
    {
        json::object const entry = scimkit::parse_json(line).value().as_object();
        std::string const client{entry.at("client").as_string()}, name{entry.at("scenario").as_string()};
        if (scenarios.empty() || scenarios.back().client != client || scenarios.back().name != name)
            scenarios.push_back({client, name, {}});
        json::value const* save = entry.if_contains("save");
        scenarios.back().steps.push_back({std::string{entry.at("step").as_string()}, entry.at("request").as_object(),
                                          entry.at("expect").as_object(), save ? save->as_object() : json::object{}});
    }
    return scenarios;
}

Prepared prepare(Step const& step, Variables const& variables, std::string const& prefix, std::string const& token)
{
    Prepared request;
    request.method = step.request.at("method").as_string();
    request.target =
        prefix + encode_target(fill_in_text(std::string_view{step.request.at("target").as_string()}, variables));
    bool has_authorization = false, has_accept = false;
    if (json::value const* headers = step.request.if_contains("headers"))
        for (auto const& [name, value] : headers->as_object())
        {
            has_authorization |= name == "Authorization";
            has_accept |= name == "Accept";
            if (!value.is_null())
                request.headers.emplace_back(name, fill_in_text(std::string_view{value.as_string()}, variables));
        }
    if (!has_authorization)
        request.headers.emplace_back("Authorization", "Bearer " + token);
    if (!has_accept)
        request.headers.emplace_back("Accept", "application/scim+json");
    if (json::value const* body = step.request.if_contains("body"); body && !body->is_null())
    {
        json::value const filled = fill_in(*body, variables);
        request.body = filled.is_string() ? std::string{filled.get_string()} : json::serialize(filled);
        if (!find(request.headers, "Content-Type"))
            request.headers.emplace_back("Content-Type", "application/scim+json");
    }
    return request;
}

} // namespace trace
