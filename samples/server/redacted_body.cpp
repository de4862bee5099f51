// Bodies: JSON, walked through as it was parsed, so that no spelling of a name hides it. What stands beside a hidden
// name goes whole: who knows in which member a client puts a value.
#include <scimkit/core/text.hpp>

#include "redacted_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace server
{

namespace json = scimkit::json;

namespace
{

/// Members that say, as clients have them, what another one is the value of.
constexpr std::array naming_members{"path", "name", "attribute", "attributename", "target", "key", "field", "property"};

constexpr int deepest_text = 4; // JSON in texts of JSON; what lies deeper is looked at as a text

/// Of an operation; they are words of the protocol.
constexpr std::array plain_members{"op", "method", "bulkid", "version", "schemas"};

template <class Names>
bool is_among(Names const& names, std::string_view name)
{
    return std::ranges::any_of(names, [&](auto const* each) { return scimkit::equal_ascii_ignoring_case(each, name); });
}

} // namespace

/// Recursion is as deep as parse_json() lets values be.
struct Redactor::Walk
{
    Redactor const& redactor;
    bool is_answer;
    bool is_cautious = false;                  ///< see sentence()
    std::span<std::string const> of_request{}; ///< the same
    int depth = 0;                             ///< of JSON in texts of JSON
    bool changed = false;
    std::vector<std::string> removed{};

    void note(json::value const& value)
    {
        if (auto const* const text = value.if_string())
            removed.emplace_back(*text);
        else if (auto const* const array = value.if_array())
            std::ranges::for_each(*array, [this](auto const& each) { note(each); });
        else if (auto const* const object = value.if_object())
            std::ranges::for_each(*object, [this](auto const& each) { note(each.value()); });
    }

    void hide(json::value& value)
    {
        note(value);
        value = json::string{gone};
        changed = true;
    }

    void show(json::value& value, Redacted shown)
    {
        if (!shown.changed)
            return;
        value = json::string{shown.text};
        changed = true;
        std::ranges::move(shown.removed, std::back_inserter(removed));
    }

    /// An attribute's value below that of `parent`.
    void value(json::value& value, std::string_view parent)
    {
        if (auto* const object = value.if_object())
            members(*object, parent);
        else if (auto* const array = value.if_array())
            elements(*array, parent);
        else if (auto const* const text = value.if_string())
            show(value, of_text(*text, parent));
    }

    /// A text may be JSON itself, as some clients send the data of a Bulk. An answer has it as it was stored, beside
    /// words of the server's own, which speak of passwords and have none.
    Redacted of_text(std::string_view text, std::string_view parent) const
    {
        auto const begin = text.find_first_not_of(" \t\r\n");
        if (depth < deepest_text && begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '['))
            if (auto within = scimkit::parse_json(text))
            {
                Walk inner{redactor, false, false, {}, depth + 1}; // a client's, also in an answer
                inner.value(*within, parent);
                if (inner.changed)
                {
                    std::string out;
                    scimkit::write_json(out, *within);
                    return {std::move(out), true, std::move(inner.removed)};
                }
            }
        if (!is_answer)
            return redactor.parameter(text);
        auto shown = redactor.hands_over(text) ? redactor.parameter(text) : finished(std::string{text}, false);
        shown.changed = hide_removed(shown.text, of_request) || shown.changed;
        return shown;
    }

    /// ["password", "..."] is a pair, for some.
    void elements(json::array& array, std::string_view parent)
    {
        bool const is_pair =
            !is_answer && std::ranges::any_of(array, [this](auto const& each) { return is_hidden(each); });
        for (auto& each : array)
            if (is_pair && each.is_string() && !redactor.is_known_word(each.get_string()) && !is_hidden(each))
                hide(each);
            else
                value(each, parent);
    }

    bool is_hidden(json::value const& value) const
    {
        auto const* const text = value.if_string();
        return text && is_bare_name(*text) && redactor.is_hidden_word(*text);
    }

    void members(json::object& object, std::string_view parent)
    {
        auto const [path, is_named] = path_of(object, parent);
        std::vector<std::string> renamed; // keys that are paths with a filter, as some clients have them
        for (auto& member : object)
        {
            std::string const name{member.key()};
            bool const is_value = scimkit::equal_ascii_ignoring_case(name, "value");
            bool const is_plain = is_bare_name(name) || redactor.is_known_word(name) || !redactor.mentions(name);
            if (!is_plain)
                renamed.push_back(name);
            if (!is_answer && is_named && is_among(naming_members, name))
                named(member.value());
            else if (!is_plain || (is_named && (is_value || (!is_answer && !is_among(plain_members, name)))) ||
                     (redactor.hides(parent, name) && !is_a_description(member.value())))
                hide(member.value());
            else if (is_answer && name == "detail" && member.value().is_string())
                show(member.value(),
                     redactor.sentence(std::string{member.value().get_string()}, is_cautious, of_request));
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

    /// What names something hidden is a name, if it looks like one.
    void named(json::value& value)
    {
        if (!is_hidden(value))
            this->value(value, {});
    }

    /// Of an operation of PATCH, and whether it names what is hidden.
    std::pair<std::string, bool> path_of(json::object const& object, std::string_view parent) const
    {
        std::pair<std::string, bool> found{};
        for (auto const& member : object)
            if (scimkit::equal_ascii_ignoring_case(member.key(), "path") && member.value().is_string())
            {
                found.first = std::string{member.value().get_string()};
                found.second = found.second || redactor.mentions_when_decoded(found.first) ||
                               redactor.hides(parent, last_name(found.first));
            }
            else if (!is_answer && is_among(naming_members, member.key()))
                found.second = found.second || names_what_is_hidden(member.value());
        return found;
    }

    bool names_what_is_hidden(json::value const& value) const
    {
        if (auto const* const array = value.if_array())
            return std::ranges::any_of(*array, [this](auto const& each) { return is_hidden(each); });
        return is_hidden(value);
    }

    /// "name" of `urn:...:User:name[...]`
    static std::string last_name(std::string_view path)
    {
        auto const bracket = path.find('[');
        return std::string{without_urn(path.substr(0, bracket))};
    }
};

namespace
{

template <class Walk>
std::optional<Redacted> walked(std::string_view text, Walk walk)
{
    auto parsed = scimkit::parse_json(text);
    if (!parsed)
        return std::nullopt;
    walk.value(*parsed, {});
    std::string out;
    scimkit::write_json(out, *parsed);
    auto shown = finished(std::move(out), walk.changed);
    shown.removed = std::move(walk.removed);
    return shown;
}

} // namespace

std::optional<Redacted> Redactor::request_body(std::string_view text) const { return walked(text, Walk{*this, false}); }

std::optional<Redacted> Redactor::answer_body(std::string_view text, bool cautious,
                                              std::span<std::string const> removed) const
{
    return walked(text, Walk{*this, true, cautious, removed});
}

} // namespace server
