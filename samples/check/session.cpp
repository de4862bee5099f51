// What is asked is kept for the report, and told to Made, so that also what a check did not mean to make goes again.
#include "session.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>

namespace check
{

namespace
{

constexpr std::size_t most_asked = 20; // that a report keeps of one check

} // namespace

std::string_view Asked::header(std::string_view name) const noexcept
{
    for (auto const& each : headers)
        if (scimkit::equal_ascii_ignoring_case(each.name, name))
            return each.value;
    return {};
}

json::value const* Asked::at(std::string_view path) const noexcept
{
    auto const* value = &answer;
    while (!path.empty())
    {
        auto const dot = std::min(path.find('.'), path.size());
        if (!value->is_object())
            return nullptr;
        value = value->get_object().if_contains(path.substr(0, dot));
        if (!value)
            return nullptr;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return value;
}

std::string_view Asked::text(std::string_view path) const noexcept
{
    auto const* const value = at(path);
    return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

std::size_t Asked::resources() const noexcept
{
    auto const* const value = at("Resources");
    return value && value->is_array() ? value->get_array().size() : 0;
}

Verdict must(bool holds, std::string why) { return holds ? Verdict{} : Verdict{Verdict::Kind::fails, std::move(why)}; }

Verdict skipped(std::string why) { return {Verdict::Kind::skipped, std::move(why)}; }

Verdict refused(Asked const& asked, int status, std::string_view scim_type)
{
    if (asked.status != status)
        return must(false, "the status is " + std::to_string(asked.status) + ", not " + std::to_string(status));
    auto const* const schemas = asked.at("schemas");
    bool const is_error = schemas && schemas->is_array() && !schemas->get_array().empty() &&
                          schemas->get_array()[0].is_string() &&
                          schemas->get_array()[0].get_string() == "urn:ietf:params:scim:api:messages:2.0:Error";
    if (!is_error)
        return must(false, "the body is no SCIM error");
    return must(scim_type.empty() || asked.text("scimType") == scim_type,
                "scimType is '" + std::string{asked.text("scimType")} + "', not '" + std::string{scim_type} + "'");
}

bool is_text(json::value const& value, std::string_view text) noexcept
{
    return value.is_string() && std::string_view{value.get_string()} == text;
}

std::string encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string target;
    for (char const c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
            target += c;
        else
        {
            auto const byte = static_cast<unsigned char>(c);
            target += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    return target;
}

std::string target_of(std::string_view endpoint, std::string_view id)
{
    return std::string{endpoint} + "/" + encoded(id);
}

Asked const& Session::keep(Asked asked)
{
    made_.remember(asked);
    if (asked_.size() >= most_asked)
        asked_.erase(asked_.begin());
    asked_.push_back(std::move(asked));
    return asked_.back();
}

Asked const& Session::ask_text(std::string method, std::string target, std::string body,
                               std::vector<scimkit::ResponseHeader> headers)
{
    Asked asked{std::move(method), std::move(target), std::move(body)};
    auto answered = client_.raw(asked.method, asked.target, asked.body, std::move(headers));
    if (answered)
    {
        asked.status = answered->status;
        asked.headers = std::move(answered->headers);
        asked.answer = std::move(answered->body);
    }
    else
        asked.failure = client::describe(answered.error());
    return keep(std::move(asked));
}

Asked const& Session::ask(std::string method, std::string target, json::value const& body,
                          std::vector<scimkit::ResponseHeader> headers)
{
    std::string text;
    if (!body.is_null())
        scimkit::write_json(text, body);
    return ask_text(std::move(method), std::move(target), std::move(text), std::move(headers));
}

json::object Session::user(std::string const& name)
{
    return {{"schemas", json::array{json::string{scimkit::urn::user}}},
            {"userName", name},
            {"displayName", "Check"},
            {"name", json::object{{"givenName", "Scim"}, {"familyName", "Check"}}},
            {"emails", json::array{json::object{{"value", name + "@example.com"}, {"type", "work"}}}},
            {"active", true}};
}

std::string const& Session::own_user()
{
    if (!own_tried_ && may_write_)
    {
        own_tried_ = true;
        own_name_ = new_name();
        own_user_ = place_of(ask("POST", "/Users", user(own_name_)));
    }
    return own_user_;
}

Asked const& Session::patch_own(json::array operations)
{
    return ask("PATCH", own_user(),
               json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
                            {"Operations", std::move(operations)}});
}

std::vector<Asked> Session::take_asked() { return std::exchange(asked_, {}); }

} // namespace check
