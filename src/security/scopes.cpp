// A scope is compared with what a request wants, word by word and without a copy: every request pays for it.
#include <scimkit/core/similar.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/security/scopes.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace scimkit
{
namespace
{

using Operation = Access::Operation;

constexpr std::array<std::string_view, 5> verbs{"read", "write", "create", "update", "delete"};

struct Scope
{
    std::string_view what; ///< "scim", "users"
    std::string_view verb; ///< empty: all
};

std::optional<Scope> parse_scope(std::string_view scope) noexcept
{
    auto const dot = scope.find('.');
    Scope parsed{scope.substr(0, dot), dot == std::string_view::npos ? std::string_view{} : scope.substr(dot + 1)};
    if (parsed.what.empty() || (dot != std::string_view::npos && std::ranges::find(verbs, parsed.verb) == verbs.end()))
        return std::nullopt;
    return parsed;
}

bool verb_allows(std::string_view verb, Operation operation) noexcept
{
    switch (operation)
    {
    case Operation::discover:
        return true;
    case Operation::read:
    case Operation::query:
        return verb.empty() || verb == "read" || verb == "write";
    case Operation::create:
        return verb.empty() || verb == "write" || verb == "create";
    case Operation::replace:
    case Operation::patch:
        return verb.empty() || verb == "write" || verb == "update";
    case Operation::remove:
        return verb.empty() || verb == "write" || verb == "delete";
    }
    return false;
}

std::string_view name_of(Operation operation) noexcept
{
    switch (operation)
    {
    case Operation::create:
        return "create";
    case Operation::replace:
    case Operation::patch:
        return "update";
    case Operation::remove:
        return "delete";
    default:
        return "read";
    }
}

/// "/Users" is "users".
std::string_view word_of(ResourceType const& type) noexcept
{
    std::string_view endpoint = type.endpoint();
    return endpoint.substr(endpoint.starts_with('/') ? 1 : 0);
}

class ByScope final : public Authoriser
{
public:
    explicit ByScope(Unscoped unscoped)
        : unscoped_(unscoped)
    {
    }

    bool may_block() const noexcept override { return false; }

    result<void> authorise(Principal const& principal, Access const& access) override
    {
        if (access.operation == Operation::discover || (principal.scopes.empty() && unscoped_ == Unscoped::everything))
            return {};
        auto const word = access.type ? word_of(*access.type) : std::string_view{"scim"};
        for (std::string const& text : principal.scopes)
        {
            auto const scope = parse_scope(text);
            if (scope && (scope->what == "scim" || equal_ascii_ignoring_case(scope->what, word)) &&
                verb_allows(scope->verb, access.operation))
                return {};
        }
        return Error{ErrorCode::forbidden, "The credentials are not for this: they need the scope " +
                                               to_ascii_lower(word) + "." + std::string{name_of(access.operation)} +
                                               "."};
    }

private:
    Unscoped unscoped_;
};

bool scope_covers(std::string_view held, std::string_view wanted) noexcept
{
    if (held == wanted)
        return true;
    auto const has = parse_scope(held);
    auto const wants = parse_scope(wanted);
    if (!has || !wants)
        return false;
    if (has->what != "scim" && (wants->what == "scim" || !equal_ascii_ignoring_case(has->what, wants->what)))
        return false;
    constexpr std::array operations{Operation::read, Operation::create, Operation::replace, Operation::remove};
    return std::ranges::all_of(operations, [&](Operation operation)
                               { return !verb_allows(wants->verb, operation) || verb_allows(has->verb, operation); });
}

} // namespace

std::shared_ptr<Authoriser> scope_authoriser(Unscoped unscoped) { return std::make_shared<ByScope>(unscoped); }

bool scopes_cover(std::span<std::string const> held, std::span<std::string const> wanted) noexcept
{
    return std::ranges::all_of(
        wanted, [&](std::string const& each)
        { return std::ranges::any_of(held, [&](std::string const& scope) { return scope_covers(scope, each); }); });
}

bool known_scope_form(std::string_view scope) noexcept { return parse_scope(scope).has_value(); }

result<void> check_scopes(std::span<std::string const> scopes, SchemaRegistry const& registry)
{
    constexpr std::string_view every_type = "scim"; // compared as authorise() does: in small letters alone
    std::vector<std::string> known;
    for (auto const& type : registry.resource_types())
        known.push_back(to_ascii_lower(word_of(*type)));
    auto const endpoints = known.size();
    known.emplace_back(every_type);
    for (std::size_t i = 0, words = known.size(); i < words; ++i)
        for (std::string_view const verb : verbs)
            known.push_back(known[i] + '.' + std::string{verb});
    auto const is_endpoint = [words = std::span{known}.first(endpoints)](std::string_view what)
    { return std::ranges::any_of(words, [what](auto const& word) { return equal_ascii_ignoring_case(word, what); }); };
    for (std::string const& scope : scopes)
    {
        auto const parsed = parse_scope(scope);
        if (parsed && (parsed->what == every_type || is_endpoint(parsed->what)))
            continue;
        auto detail = "There is no scope \"" + scope + "\" here";
        if (auto const meant = most_similar(scope, known); !meant.empty())
            detail += "; was " + std::string{meant} + " meant?";
        else
            detail += '.';
        return Error{ErrorCode::invalid_value, std::move(detail)};
    }
    return {};
}

} // namespace scimkit
