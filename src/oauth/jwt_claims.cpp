// Every claim that decides is needed and has one type. What is left out or of another type is not guessed.
#include "jwt_claims.hpp"

#include <scimkit/core/base64.hpp>
#include <scimkit/core/text.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace scimkit::oauth
{
namespace
{

constexpr std::size_t max_name_bytes = 256;  // of a subject, a tenant or a scope in a token; it is refused
constexpr double max_time = 253'402'300'800; // the year 10000, in seconds of a token's times; it is refused

Error not_accepted(std::string why) { return {ErrorCode::unauthorized, std::move(why)}; }

std::optional<std::string> name_of_claim(json::object const& claims, std::string_view name)
{
    auto const* const value = claims.if_contains(name);
    if (!value || !value->is_string() || value->get_string().empty() || value->get_string().size() > max_name_bytes)
        return std::nullopt;
    std::string text{value->get_string()};
    bool const plain =
        std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return plain ? std::optional{std::move(text)} : std::nullopt;
}

bool is_for(json::value const* audience, std::string_view us)
{
    if (!audience)
        return false;
    if (audience->is_string())
        return audience->get_string() == us;
    return audience->is_array() && std::ranges::any_of(audience->get_array(), [&](json::value const& each)
                                                       { return each.is_string() && each.get_string() == us; });
}

/// For all tenants, or for the one that the token is of. What it says is looked at only once its signature is good.
bool has_good_audience(json::object const& claims, JwtOptions const& options)
{
    auto const* const audience = claims.if_contains("aud");
    if (is_for(audience, options.audience))
        return true;
    auto const tenant = options.tenant_claim.empty() || !options.audience_of_tenant
                            ? std::nullopt
                            : name_of_claim(claims, options.tenant_claim);
    auto const own = tenant ? options.audience_of_tenant(*tenant) : std::string{};
    return !own.empty() && is_for(audience, own);
}

result<void> check_times(json::object const& claims, JwtOptions const& options, Instant now)
{
    auto const* const expires = claims.if_contains("exp");
    auto const end = expires ? time_of(*expires) : std::nullopt;
    if (!end)
        return not_accepted("it has no exp, or one that is no time");
    if (now >= *end + options.skew)
        return not_accepted("it expired at " + format_date_time(*end));
    auto begin = now;
    for (char const* const name : {"nbf", "iat"})
        if (auto const* const value = claims.if_contains(name))
        {
            auto const time = time_of(*value);
            if (!time)
                return not_accepted(std::string{name} + " is no time");
            if (*time > now + options.skew)
                return not_accepted("it is not good before " + format_date_time(*time));
            begin = *time; // iat is the last
        }
    if (*end - begin > options.max_lifetime + options.skew)
        return not_accepted("it lives longer than tokens may");
    return {};
}

void add_words(std::string_view text, std::vector<std::string>& scopes)
{
    while (!text.empty())
    {
        auto const blank = text.find(' ');
        if (auto const word = text.substr(0, blank); !word.empty() && word.size() <= max_name_bytes)
            scopes.emplace_back(word);
        text = blank == std::string_view::npos ? std::string_view{} : text.substr(blank + 1);
    }
}

std::vector<std::string> scopes_of(json::object const& claims)
{
    std::vector<std::string> scopes;
    for (char const* const name : {"scope", "scp"})
    {
        auto const* const value = claims.if_contains(name);
        if (value && value->is_string())
            add_words(value->get_string(), scopes);
        else if (value && value->is_array())
            for (auto const& each : value->get_array())
                if (each.is_string())
                    add_words(each.get_string(), scopes);
    }
    if (scopes.empty()) // nothing that is said is not everything that can be done
        scopes.emplace_back("none");
    return scopes;
}

} // namespace

std::optional<Instant> time_of(json::value const& value)
{
    double seconds = 0;
    if (value.is_int64())
        seconds = static_cast<double>(value.get_int64());
    else if (value.is_uint64())
        seconds = static_cast<double>(value.get_uint64());
    else if (value.is_double())
        seconds = value.get_double();
    else
        return std::nullopt;
    if (!(seconds >= 0 && seconds < max_time))
        return std::nullopt;
    return Instant{std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>{seconds})};
}

std::optional<std::string> decode_base64url(std::string_view text)
{
    std::string plain{text};
    for (char& c : plain)
    {
        if (c == '+' || c == '/' || c == '=')
            return std::nullopt;
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    plain.append((4 - plain.size() % 4) % 4, '=');
    auto decoded = decode_base64(plain);
    return decoded ? std::optional{std::move(*decoded)} : std::nullopt;
}

result<JwtHeader> read_header(std::string_view encoded, JwtOptions const& options)
{
    auto const text = decode_base64url(encoded);
    auto const parsed = text ? parse_json(*text, {.max_depth = 4}) : result<json::value>{not_accepted("")};
    if (!parsed || !parsed->is_object())
        return not_accepted("its header cannot be read");
    auto const& header = parsed->get_object();
    auto algorithm = name_of_claim(header, "alg");
    if (!algorithm || std::ranges::find(options.algorithms, *algorithm) == options.algorithms.end())
        return not_accepted("its algorithm is not allowed");
    if (header.contains("crit") || header.contains("b64") || header.contains("zip"))
        return not_accepted("it has extensions that are not understood");
    if (header.contains("typ"))
    {
        auto type = to_ascii_lower(name_of_claim(header, "typ").value_or(""));
        if (type.starts_with("application/"))
            type.erase(0, std::string_view{"application/"}.size());
        if (type != "jwt" && type != "at+jwt") // an id token or a SET is no access token where they say so
            return not_accepted("its type is not that of an access token");
    }
    auto key_id = name_of_claim(header, "kid");
    if (header.contains("kid") && !key_id)
        return not_accepted("its kid is no name");
    return JwtHeader{.algorithm = std::move(*algorithm), .key_id = std::move(key_id).value_or("")};
}

result<Principal> read_claims(std::string_view text, JwtOptions const& options, Instant now)
{
    auto const parsed = parse_json(text, {.max_depth = 16});
    if (!parsed || !parsed->is_object())
        return not_accepted("its claims cannot be read");
    auto const& claims = parsed->get_object();
    auto const* const issuer = claims.if_contains("iss");
    if (!issuer || !issuer->is_string() || issuer->get_string() != options.issuer)
        return not_accepted("it is of another issuer");
    if (!has_good_audience(claims, options))
        return not_accepted("it is for another audience");
    if (auto times = check_times(claims, options, now); !times)
        return times.error();

    Principal principal;
    if (!options.subject_claim.empty())
    {
        auto subject = name_of_claim(claims, options.subject_claim);
        if (!subject) // another claim may be somebody else's name
            return not_accepted("it does not say in " + options.subject_claim + " whom it stands for");
        principal.subject = std::move(*subject);
    }
    for (char const* const name : {"sub", "client_id", "azp"})
        if (principal.subject.empty() && claims.contains(name))
        {
            auto subject = name_of_claim(claims, name);
            if (!subject)
                return not_accepted(std::string{name} + " is no name");
            principal.subject = std::move(*subject);
        }
    if (principal.subject.empty())
        return not_accepted("it does not say whom it stands for");
    if (!options.tenant_claim.empty())
    {
        auto tenant = name_of_claim(claims, options.tenant_claim);
        if (!tenant)
            return not_accepted("it does not say of which tenant it is");
        principal.tenant = std::move(*tenant);
    }
    principal.scopes = scopes_of(claims);
    principal.issuer = options.issuer;
    return principal;
}

} // namespace scimkit::oauth
