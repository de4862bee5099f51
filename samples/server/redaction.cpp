// Names decide, not places: a client may put a password anywhere, and spell its name in any way that SCIM takes. So
// texts are taken apart into words, and what speaks of a hidden name loses every word that is no name.
#include "redaction.hpp"

#include <scimkit/core/text.hpp>

#include "redacted_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <iterator>
#include <utility>

namespace server
{

using scimkit::to_ascii_lower;

namespace
{

constexpr int deepest_encoding = 4; // of percent signs or escapes within one another; beyond, the value goes

/// Members of bodies and parameters of queries by which secrets are handed over, as they are written most: a text keeps
/// these words. Others are known by names_a_secret().
constexpr std::array secret_names{"password",      "passwd",       "secret",           "client_secret",
                                  "clientsecret",  "access_token", "accesstoken",      "refresh_token",
                                  "id_token",      "token",        "api_key",          "apikey",
                                  "authorization", "assertion",    "client_assertion", "clientassertion",
                                  "private_key",   "privatekey",   "webhooksecret"};

/// Their values are words of a protocol, or names of headers.
constexpr std::array headers_of_names{"vary", "www-authenticate"};

/// Before a user and a password they have an '@'.
constexpr std::array headers_of_hosts{"host", "origin", "location", "content-location"};

constexpr std::array words_of_filters{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not"};

constexpr std::array harmless_headers{"accept",
                                      "accept-charset",
                                      "accept-encoding",
                                      "accept-language",
                                      "cache-control",
                                      "connection",
                                      "content-type",
                                      "content-length",
                                      "content-encoding",
                                      "content-location",
                                      "date",
                                      "etag",
                                      "expect",
                                      "forwarded",
                                      "host",
                                      "if-match",
                                      "if-none-match",
                                      "location",
                                      "origin",
                                      "prefer",
                                      "preference-applied",
                                      "retry-after",
                                      "scim-bulk-atomic",
                                      "scim-dry-run",
                                      "traceparent",
                                      "transfer-encoding",
                                      "user-agent",
                                      "vary",
                                      "via",
                                      "www-authenticate",
                                      "x-content-type-options",
                                      "x-forwarded-for",
                                      "x-forwarded-proto",
                                      "x-request-id"};

/// Of names of attributes; ':' and '.' stand between them.
bool is_name_character(char c) noexcept { return is_alphanumeric(c) || c == '_' || c == '-' || c == '$'; }

bool is_space(char c) noexcept { return std::isspace(static_cast<unsigned char>(c)) != 0; }

} // namespace

void Redactor::add(std::string_view parent, std::string_view leaf)
{
    if (parent.empty())
        hidden_.insert(to_ascii_lower(leaf));
    else
        hidden_below_.emplace(to_ascii_lower(parent), to_ascii_lower(leaf));
}

void Redactor::learn(scimkit::Attribute const& attribute, std::string_view parent)
{
    known_.insert(to_ascii_lower(attribute.name));
    if (attribute.returned == scimkit::Returned::never)
        add(parent, attribute.name);
    for (auto const& sub : attribute.sub_attributes)
        learn(sub, attribute.name); // schemas have two levels
}

Redactor::Redactor(scimkit::SchemaRegistry const& registry, std::vector<std::string> const& chosen)
{
    for (auto const* const name : secret_names)
        add({}, name);
    for (auto const* const word : words_of_filters)
        known_.insert(word);
    for (auto const& schema : registry.schemas())
        for (auto const& attribute : schema.attributes)
            learn(attribute, {});
    for (auto const& attribute : scimkit::common_schema().attributes)
        learn(attribute, {});
    for (std::string const& name : chosen)
    {
        auto const plain = without_urn(name);
        auto const dot = plain.find('.');
        add(dot == std::string_view::npos ? std::string_view{} : plain.substr(0, dot), plain.substr(dot + 1));
    }
}

/// `name` may be a path itself: "name.familyName", as some clients have it in values of PATCH.
bool Redactor::hides(std::string_view parent, std::string_view name) const
{
    auto const lower = to_ascii_lower(without_urn(name));
    auto const dot = lower.rfind('.');
    auto const leaf = dot == std::string::npos ? lower : lower.substr(dot + 1);
    auto const above = dot == std::string::npos ? to_ascii_lower(without_urn(parent)) : lower.substr(0, dot);
    auto const as_sent = name.substr(name.find_last_of(".:") + 1); // letter case tells words apart
    return hidden_.contains(leaf) || hidden_.contains(above) || hidden_below_.contains(std::pair{above, leaf}) ||
           (is_bare_name(as_sent) && names_a_secret(as_sent)) || (is_bare_name(above) && names_a_secret(above));
}

bool Redactor::is_hidden_word(std::string_view word) const
{
    return hidden_.contains(to_ascii_lower(word)) || names_a_secret(word);
}

/// Whether any word of it is a hidden name. Of a sub-attribute both names have to be there.
bool Redactor::mentions(std::string_view text) const
{
    std::set<std::string, std::less<>> seen;
    for (std::size_t i = 0; i < text.size();)
    {
        auto end = i;
        while (end < text.size() && is_name_character(text[end]))
            ++end;
        if (end > i)
        {
            auto const word = text.substr(i, end - i);
            if (is_hidden_word(word))
                return true;
            if (!hidden_below_.empty())
                seen.insert(to_ascii_lower(word));
        }
        i = end + 1;
    }
    return std::ranges::any_of(hidden_below_, [&](auto const& name)
                               { return seen.contains(name.first) && seen.contains(name.second); });
}

namespace
{

/// Whether a test holds for the text, or for what is left of it when a layer of encoding after the other is taken away;
/// also where there are too many of them to look.
template <class Test>
bool holds_at_some_depth(std::string_view text, Test const& test)
{
    auto plain = std::string{text};
    for (int depth = 0; depth < deepest_encoding; ++depth)
    {
        if (test(std::string_view{plain}))
            return true;
        if (plain.find_first_of("%\\") == std::string::npos)
            return false;
        auto deeper = unescaped(plain);
        if (deeper == plain)
            return false;
        plain = std::move(deeper);
    }
    return true;
}

} // namespace

/// Whether something stands behind a hidden name as its value does: "password=...", "pwd: ...", {'password':'...'};
/// also in escapes.
bool Redactor::hands_over(std::string_view text) const
{
    auto const has_value = [this](std::string_view plain)
    {
        for (auto at = plain.find_first_of(":="); at != std::string_view::npos; at = plain.find_first_of(":=", at + 1))
        {
            auto end = at;
            while (end > 0 && (is_space(plain[end - 1]) || plain[end - 1] == '"' || plain[end - 1] == '\''))
                --end;
            auto begin = end;
            while (begin > 0 && is_name_character(plain[begin - 1]))
                --begin;
            if (begin < end && is_hidden_word(plain.substr(begin, end - begin)))
                return true;
        }
        return false;
    };
    return holds_at_some_depth(text, has_value);
}

/// However often it is encoded.
bool Redactor::mentions_when_decoded(std::string_view text) const
{
    return holds_at_some_depth(text, [this](std::string_view plain) { return mentions(plain); });
}

/// A name of an attribute or an operator. "urn:...:User:name.familyName" is one too; in front of another colon anything
/// may stand.
bool Redactor::is_known_word(std::string_view word) const
{
    if (word.find(':') != std::string_view::npos && !scimkit::to_ascii_lower(word.substr(0, 4)).starts_with("urn:"))
        return false;
    auto rest = to_ascii_lower(without_urn(word));
    for (std::string_view part = rest; !part.empty();)
    {
        auto const dot = part.find('.');
        auto const name = part.substr(0, dot);
        if (!known_.contains(name) && !hidden_.contains(name))
            return false;
        part = dot == std::string_view::npos ? std::string_view{} : part.substr(dot + 1);
    }
    return !rest.empty();
}

/// A filter, a path of PATCH, or any other text. Without a hidden name it stays as it is; with one, only what must be a
/// name stays of it.
Redacted Redactor::expression(std::string_view text) const
{
    if (!mentions(text))
        return finished(std::string{text}, false);
    std::string out;
    std::vector<std::string> removed;
    for (std::size_t i = 0; i < text.size();)
    {
        if (text[i] == '"')
        {
            auto const end = end_of_quoted(text, i);
            out.append("\"").append(gone);
            removed.emplace_back(text.substr(i + 1, std::min(end, text.size()) - i - 1));
            if (end < text.size())
                out += '"';
            i = end + 1;
            continue;
        }
        if (is_space(text[i]) || std::string_view{"()[],"}.find(text[i]) != std::string_view::npos)
        {
            out += text[i++];
            continue;
        }
        auto end = i;
        while (end < text.size() && !is_space(text[end]) &&
               std::string_view{"()[],\""}.find(text[end]) == std::string_view::npos)
            ++end;
        auto const word = text.substr(i, end - i);
        // A path goes on behind its brackets: emails[type eq "work"].value
        bool const stays = is_known_word(word.starts_with('.') ? word.substr(1) : word);
        out.append(stays ? word : gone);
        if (!stays)
            removed.emplace_back(word);
        i = end;
    }
    auto shown = finished(std::move(out), !removed.empty());
    shown.removed = std::move(removed);
    return shown;
}

/// Between the first quotation mark and the last one everything is a client's: what it sent may have marks in it.
Redacted Redactor::sentence(std::string_view text, bool cautious, std::span<std::string const> removed) const
{
    if (!cautious && !mentions(text))
        return finished(std::string{text}, false);
    std::string out;
    bool changed = false;
    auto const show = [&](std::string_view content, char mark)
    {
        bool const stays = is_known_word(content);
        out.append(1, mark).append(stays ? content : gone).append(1, mark);
        changed = changed || !stays;
    };
    for (std::size_t i = 0; i < text.size();)
    {
        bool const opens = text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_alphanumeric(text[i - 1])));
        if (!opens)
        {
            out += text[i++];
            continue;
        }
        auto end = end_of_quoted(text, i);
        if (end < text.size() && !is_known_word(text.substr(i + 1, end - i - 1)))
            end = text.rfind(text[i]);
        show(text.substr(i + 1, std::min(end, text.size()) - i - 1), text[i]);
        i = end + 1;
    }
    bool const had_more = hide_removed(out, removed);
    return finished(std::move(out), changed || had_more);
}

/// A part of a target that is decoded already, and may be encoded once more.
Redacted Redactor::parameter(std::string_view text) const
{
    auto plain = std::string{text};
    for (int depth = 0; depth < deepest_encoding; ++depth)
    {
        auto shown = expression(plain);
        if (shown.changed)
        {
            if (depth > 0)
                shown.removed.emplace_back(text); // a sentence has it as it came
            return shown;
        }
        auto deeper = unescaped(plain);
        if (deeper == plain)
            return {std::string{text}, false};
        plain = std::move(deeper);
    }
    return {std::string{gone}, true, {std::string{text}}};
}

namespace
{

void add_removed(Redacted& whole, Redacted& part)
{
    whole.changed = whole.changed || part.changed;
    std::ranges::move(part.removed, std::back_inserter(whole.removed));
}

} // namespace

Redacted Redactor::path(std::string_view path) const
{
    Redacted whole;
    for (std::size_t begin = 0; begin <= path.size();)
    {
        auto const end = std::min(path.find('/', begin), path.size());
        auto const segment = path.substr(begin, end - begin);
        auto const plain = percent_decoded(segment, false);
        // A word alone is no value beside its name, but may be the name of a tenant.
        auto shown = is_known_word(plain) || is_bare_name(plain) ? finished(plain, false) : parameter(plain);
        whole.text += begin > 0 ? "/" : "";
        whole.text += shown.changed ? percent_encoded_again(shown.text) : std::string{segment};
        add_removed(whole, shown);
        begin = end + 1;
    }
    return whole;
}

Redacted Redactor::query(std::string_view query) const
{
    Redacted whole;
    std::string& out = whole.text;
    while (!query.empty())
    {
        auto const end = std::min(query.find('&'), query.size());
        auto const pair = query.substr(0, end);
        auto const equals = std::min(pair.find('='), pair.size());
        auto const name = percent_decoded(pair.substr(0, equals), true);
        auto const value = pair.substr(std::min(equals + 1, pair.size()));
        auto shown_name = parameter(name);
        auto const plain = percent_decoded(value, true);
        bool const is_secret = hides({}, name) || mentions_when_decoded(name);
        auto shown = is_secret ? Redacted{std::string{gone}, true, {plain}} : parameter(plain);
        if (!out.empty())
            out += '&';
        if (shown_name.changed && !hides({}, name)) // a filter without its name
            out += percent_encoded_again(shown_name.text);
        else
            out.append(pair.substr(0, equals));
        if (equals < pair.size())
            out.append("=").append(shown.changed ? percent_encoded_again(shown.text) : std::string{value});
        add_removed(whole, shown);
        add_removed(whole, shown_name);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return whole;
}

/// Of an unknown header nobody knows what it is for.
Redacted Redactor::header(std::string_view name, std::string_view value) const
{
    auto const lower = to_ascii_lower(name);
    auto const is_among = [&](auto const& names) { return std::ranges::find(names, lower) != names.end(); };
    auto const query = value.find('?'); // of a Location
    bool const speaks = !is_among(headers_of_names) && mentions(value.substr(0, query));
    if (!is_among(harmless_headers) || speaks ||
        (value.find('@') != std::string_view::npos && is_among(headers_of_hosts)))
        return {std::string{gone}, true};
    if (query == std::string_view::npos)
        return finished(std::string{value}, false);
    auto shown = this->query(value.substr(query + 1));
    return finished(std::string{value.substr(0, query + 1)} + shown.text, shown.changed);
}

} // namespace server
