// Redactor: what may be kept of a request and its answer. Secrets go, and whatever attributes an operator names.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/registry.hpp>

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// A text of which something may be gone. Where it is, "[redacted]" stands.
struct Redacted
{
    std::string text;
    bool changed = false;
    /// What is gone, as it was sent: a sentence about the request may have it too. Some of it may be missing.
    std::vector<std::string> removed{};
};

/// What goes: values of attributes that are never returned (password), of members and parameters whose name is that of
/// a secret in any language of programs (token, client_secret, userPassword, X-Api-Key, ...), and of the attributes
/// that were chosen; wherever they stand: in bodies, in values and paths of PATCH, in Bulk, in filters, and in texts
/// that speak of them. Headers but for those that are known to be harmless. API keys, by their form, everywhere. Where
/// it is in doubt, too much goes.
///
/// Threading: immutable, any number of threads. Complexity: linear in the text.
class Redactor
{
public:
    /// `chosen`: attributes by their names, "title", "name.familyName", with or without a URN in front; what is none
    /// in `registry` is as good as any.
    Redactor(scimkit::SchemaRegistry const& registry, std::vector<std::string> const& chosen);

    /// The path of a target, and its query without the question mark; as they are on the wire, but for what is gone.
    Redacted path(std::string_view path) const;
    Redacted query(std::string_view query) const;
    Redacted header(std::string_view name, std::string_view value) const;

    /// JSON, written anew. Nothing: it is none, and who knows what it is.
    std::optional<Redacted> request_body(std::string_view text) const;
    /// The same; its texts are the server's own, or what was stored. `cautious`, `removed`: as sentence().
    std::optional<Redacted> answer_body(std::string_view text, bool cautious,
                                        std::span<std::string const> removed = {}) const;

    /// A sentence that the server says about a request. `cautious`: the request had something that is gone, so what the
    /// sentence quotes may be that. `removed`: what is gone of the request; the sentence loses it too, quoted or not.
    Redacted sentence(std::string_view text, bool cautious, std::span<std::string const> removed = {}) const;

private:
    struct Walk;

    void add(std::string_view parent, std::string_view leaf);
    void learn(scimkit::Attribute const& attribute, std::string_view parent);
    bool hides(std::string_view parent, std::string_view name) const;
    bool mentions(std::string_view text) const;
    bool hands_over(std::string_view text) const;
    bool is_known_word(std::string_view word) const;
    Redacted expression(std::string_view text) const;
    Redacted parameter(std::string_view text) const;
    bool mentions_when_decoded(std::string_view text) const;
    bool is_hidden_word(std::string_view word) const;

    std::set<std::string, std::less<>> hidden_;                               ///< in lower case
    std::set<std::pair<std::string, std::string>, std::less<>> hidden_below_; ///< of a complex attribute
    std::set<std::string, std::less<>> known_; ///< names of attributes and words of filters: they are no values
};

} // namespace server
