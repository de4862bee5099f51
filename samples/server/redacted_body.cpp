// Bodies: JSON, walked through as it was parsed, so that no spelling of a name hides it.
#include <scimkit/core/text.hpp>

#include "redacted_text.hpp"

#include <utility>
#include <vector>

namespace server
{

namespace json = scimkit::json;

/// Recursion is as deep as parse_json() lets values be.
struct Redactor::Walk
{
    Redactor const& redactor;
    bool is_answer;
    bool is_cautious; ///< see sentence()
    bool changed = false;

    void hide(json::value& value)
    {
        value = json::string{gone};
        changed = true;
    }

    void show(json::value& value, Redacted shown)
    {
        if (!shown.changed)
            return;
        value = json::string{shown.text};
        changed = true;
    }

    /// An attribute's value below that of `parent`.
    void value(json::value& value, std::string_view parent)
    {
        if (auto* const object = value.if_object())
            members(*object, parent);
        else if (auto* const array = value.if_array())
            for (auto& each : *array)
                this->value(each, parent);
        else if (auto const* const text = value.if_string())
            show(value, is_answer ? finished(std::string{*text}, false) : redactor.expression(*text));
    }

    void members(json::object& object, std::string_view parent)
    {
        auto const [path, is_hidden] = path_of(object, parent);
        std::vector<std::string> renamed; // keys that are paths with a filter, as some clients have them
        for (auto& member : object)
        {
            std::string const name{member.key()};
            bool const is_value = scimkit::equal_ascii_ignoring_case(name, "value");
            bool const is_plain = redactor.is_known_word(name) || !redactor.mentions(name);
            if (!is_plain)
                renamed.push_back(name);
            if (!is_plain || (is_value && is_hidden) ||
                (redactor.hides(parent, name) && !is_a_description(member.value())))
                hide(member.value());
            else if (is_answer && name == "detail" && member.value().is_string())
                show(member.value(), redactor.sentence(std::string{member.value().get_string()}, is_cautious));
            else
                value(member.value(), last_name(is_value && !path.empty() ? path : name));
        }
        for (std::string const& name : renamed)
        {
            object.erase(name);
            object.insert_or_assign(redactor.expression(name).text, gone);
        }
    }

    /// Of an answer: what a name means, not its value. {"password": true} is none either.
    bool is_a_description(json::value const& value) const { return is_answer && (value.is_bool() || value.is_null()); }

    /// Of an operation of PATCH, and whether it names what is hidden.
    std::pair<std::string, bool> path_of(json::object const& object, std::string_view parent) const
    {
        std::pair<std::string, bool> found{};
        for (auto const& member : object)
            if (scimkit::equal_ascii_ignoring_case(member.key(), "path") && member.value().is_string())
            {
                found.first = std::string{member.value().get_string()};
                found.second =
                    found.second || redactor.mentions(found.first) || redactor.hides(parent, last_name(found.first));
            }
        return found;
    }

    /// "name" of `urn:...:User:name[...]`
    static std::string last_name(std::string_view path)
    {
        auto const bracket = path.find('[');
        return std::string{without_urn(path.substr(0, bracket))};
    }
};

std::optional<Redacted> Redactor::walked(std::string_view text, bool is_answer, bool cautious) const
{
    auto parsed = scimkit::parse_json(text);
    if (!parsed)
        return std::nullopt;
    Walk walk{*this, is_answer, cautious};
    walk.value(*parsed, {});
    std::string out;
    scimkit::write_json(out, *parsed);
    return finished(std::move(out), walk.changed);
}

std::optional<Redacted> Redactor::request_body(std::string_view text) const { return walked(text, false, false); }

std::optional<Redacted> Redactor::answer_body(std::string_view text, bool cautious) const
{
    return walked(text, true, cautious);
}

} // namespace server
