// The order: the form, then who asks, then for what. Whoever is not let in learns nothing but that; the log knows why.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/oauth/token_endpoint.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/scopes.hpp>

#include "../security/authorization_header.hpp"
#include "assertion.hpp"
#include "issued_tokens.hpp"
#include "jws.hpp"
#include "token_request.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <utility>

namespace scimkit
{
namespace oauth
{
namespace
{

constexpr std::size_t max_request_bytes = 65'536; // of a body at the token endpoint; 413
constexpr std::size_t max_client_id_bytes = 256;  // of a client; it is refused
constexpr std::size_t max_scopes = 100;           // of a request for a token; 400

struct Client
{
    OAuthClient is;
    Keys keys;
};

using Clients = std::map<std::string, std::shared_ptr<Client const>, std::less<>>;

Error wrong(OAuthClient const& client, std::string_view why)
{
    return {ErrorCode::invalid_value,
            "The client \"" + client.id.substr(0, max_client_id_bytes) + "\" " + std::string{why}};
}

result<Client> make_client(OAuthClient client)
{
    bool const plain = std::ranges::all_of(client.id, [](char c) { return c > ' ' && c < 0x7f; });
    if (client.id.empty() || client.id.size() > max_client_id_bytes || !plain)
        return wrong(client, "needs an id of 1 to 256 printable characters of ASCII.");
    if (client.scopes.empty())
        return wrong(client, "has no scopes, so that its tokens could do nothing.");
    for (std::string const& scope : client.scopes)
        if (!known_scope_form(scope))
            return wrong(client, "has a scope that there is not: " + scope);
    if (client.secret_sha256.empty() && client.jwks.empty())
        return wrong(client, "has neither a secret nor keys.");
    bool const is_hash = std::ranges::all_of(client.secret_sha256,
                                             [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (!client.secret_sha256.empty() && (client.secret_sha256.size() != 64 || !is_hash))
        return wrong(client, "has a secret that is no SHA-256.");
    auto keys = client.jwks.empty() ? result<Keys>{Keys{}} : parse_jwks(client.jwks);
    if (!keys)
        return wrong(client, "has keys that sign nothing: " + keys.error().detail);
    return Client{.is = std::move(client), .keys = std::move(*keys)};
}

/// In a time that does not depend on where they differ.
bool same(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    return difference == 0;
}

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty() && words.size() <= max_scopes)
    {
        auto const end = std::min(text.find(' '), text.size());
        if (auto const word = text.substr(0, end); !word.empty() && std::ranges::find(words, word) == words.end())
            words.emplace_back(word);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::string joined(std::vector<std::string> const& words)
{
    std::string text;
    for (std::string const& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

class Endpoint;

class Issued final : public Authenticator
{
public:
    Issued(std::shared_ptr<Endpoint> endpoint, std::shared_ptr<Authenticator> others);

    result<Principal> authenticate(Credentials const& credentials) override;
    bool may_block() const noexcept override { return others_->may_block(); }
    std::string challenge() const override { return challenge_; }
    std::vector<AuthenticationScheme> schemes() const override { return others_->schemes(); }

private:
    std::shared_ptr<Endpoint> endpoint_;
    std::shared_ptr<Authenticator> others_;
    std::string challenge_;
};

class Endpoint final : public TokenEndpoint, public std::enable_shared_from_this<Endpoint>
{
public:
    explicit Endpoint(TokenEndpointOptions options)
        : options_(std::move(options))
    {
    }

    result<void> exchange(std::vector<OAuthClient> clients) override;
    Response answer(Request const& request) override;
    std::string metadata() const override;

    std::shared_ptr<Authenticator> authenticator(std::shared_ptr<Authenticator> others) override
    {
        if (!others)
            throw std::invalid_argument("token_endpoint: an authenticator for everything else is needed");
        return std::make_shared<Issued>(shared_from_this(), std::move(others));
    }

    Instant now() const
    {
        return options_.now ? options_.now()
                            : std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
    }

    TokenEndpointOptions const& options() const noexcept { return options_; }
    IssuedTokens const& tokens() const noexcept { return tokens_; }

private:
    std::shared_ptr<Client const> find(std::string_view id) const
    {
        std::shared_lock const lock{mutex_};
        auto const found = clients_.find(id);
        return found == clients_.end() ? nullptr : found->second;
    }

    result<std::shared_ptr<Client const>> let_in(Claimed const& who);
    result<void> check_proof(Claimed const& who, Client const& client);
    bool is_within(std::vector<std::string> const& wanted, OAuthClient const& client) const;
    Response issue(Client const& client, Form const& form);

    TokenEndpointOptions const options_;
    IssuedTokens tokens_;
    mutable std::shared_mutex mutex_; ///< for clients_
    Clients clients_;
};

result<void> Endpoint::exchange(std::vector<OAuthClient> clients)
{
    Clients fresh;
    for (auto& each : clients)
    {
        auto made = make_client(std::move(each));
        if (!made)
            return made.error();
        auto const client = std::make_shared<Client const>(std::move(*made));
        if (!fresh.emplace(client->is.id, client).second)
            return wrong(client->is, "is there twice.");
    }
    {
        std::unique_lock const lock{mutex_};
        std::swap(clients_, fresh);
    }
    for (auto const& [id, old] : fresh)
        if (auto const current = find(id); !current || current->is != old->is)
            tokens_.end(id);
    return {};
}

result<std::shared_ptr<Client const>> Endpoint::let_in(Claimed const& who)
{
    auto const refused = [](std::string why) { return Error{ErrorCode::unauthorized, std::move(why)}; };
    auto const id = who.assertion ? client_named_by(*who.assertion) : who.client;
    if (!who.client.empty() && who.client != id) // before the assertion is used up
        return refused("the client " + id + " is not the one that client_id says");
    auto const client = find(id);
    // A hash is made whether there is such a client or not.
    Client const nobody{};
    auto const proof = check_proof(who, client ? *client : nobody);
    if (!client)
        return refused("there is no client of that name");
    if (!proof)
        return refused("the client " + id + ": " + proof.error().detail);
    return client;
}

result<void> Endpoint::check_proof(Claimed const& who, Client const& client)
{
    auto const refused = [](std::string why) { return Error{ErrorCode::unauthorized, std::move(why)}; };
    auto const at = now();
    std::optional<GoodAssertion> good;
    if (who.secret)
    {
        auto const record = make_key_record(*who.secret, {});
        if (!record || client.is.secret_sha256.empty() || !same(record->sha256, client.is.secret_sha256))
            return refused("its secret is wrong");
    }
    else if (!options_.replays)
        return refused("assertions are not taken here");
    else if (auto checked = check_assertion(*who.assertion, client.is, client.keys, options_, at); checked)
        good = std::move(*checked);
    else
        return checked.error();
    if (client.is.revoked)
        return refused("it is revoked");
    if (client.is.expires && at >= *client.is.expires)
        return refused("it has expired");
    if (!good)
        return {};
    auto const first = options_.replays->take(client.is.id, good->id, good->expires + options_.skew, at);
    if (!first)
        return first.error();
    return *first ? result<void>{} : refused("its assertion was used before");
}

/// What the client has, or less of it: then a scope of a resource type. "events" is no part of "scim".
bool Endpoint::is_within(std::vector<std::string> const& wanted, OAuthClient const& client) const
{
    auto const registry = options_.registry ? options_.registry(client.tenant) : nullptr;
    auto const has = [&](std::string const& each)
    {
        return std::ranges::find(client.scopes, each) != client.scopes.end() ||
               (registry && check_scopes({&each, 1}, *registry) && scopes_cover(client.scopes, {&each, 1}));
    };
    return std::ranges::all_of(wanted, has);
}

Response Endpoint::issue(Client const& client, Form const& form)
{
    auto scopes = client.is.scopes;
    if (auto const asked = form.find("scope"); asked != form.end())
    {
        auto wanted = words_of(asked->second);
        bool const within = !wanted.empty() && wanted.size() <= max_scopes && is_within(wanted, client.is);
        if (!within)
            return refusal(400, "invalid_scope", "A scope that the client does not have.");
        scopes = std::move(wanted);
    }
    if (auto const target = form.find("resource");
        target != form.end() && !options_.resource.empty() && target->second != options_.resource) // RFC 8707
        return refusal(400, "invalid_target", "Tokens are for " + options_.resource + " alone.");
    auto const at = now();
    auto const expires =
        client.is.expires ? std::min(*client.is.expires, at + options_.lifetime) : at + options_.lifetime;
    auto const text = joined(scopes);
    auto const token = tokens_.issue(
        {.subject = client.is.id, .tenant = client.is.tenant, .scopes = std::move(scopes), .issuer = options_.issuer},
        expires, options_.max_tokens_per_client);
    // Who was taken away meanwhile has lost its tokens, but not this one.
    if (auto const current = find(client.is.id); !current || current->is != client.is)
    {
        tokens_.withdraw(client.is.id, token);
        return not_let_in();
    }
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(expires - at).count();
    Response response{.status = 200};
    write_json(
        response.body,
        json::object{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", seconds}, {"scope", text}});
    response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
    response.subject = client.is.id;
    response.tenant = client.is.tenant;
    return response;
}

Response Endpoint::answer(Request const& request)
{
    if (request.method != "POST")
    {
        auto response = refusal(405, "invalid_request", "A token is asked for by POST.");
        response.headers.push_back({"Allow", "POST"});
        return response;
    }
    if (request.body.size() > max_request_bytes)
        return refusal(413, "invalid_request", "The request has more than 65536 bytes.");
    std::string type;
    for (auto const& header : request.headers)
        if (equal_ascii_ignoring_case(header.name, "Content-Type"))
            type = to_ascii_lower(header.value.substr(0, header.value.find(';')));
    while (type.ends_with(' '))
        type.pop_back();
    auto const form = type == "application/x-www-form-urlencoded" ? parse_form(request.body) : std::nullopt;
    if (!form)
        return refusal(400, "invalid_request", "The body is no form, or has a parameter twice.");
    auto const grant = form->find("grant_type");
    if (grant == form->end())
        return refusal(400, "invalid_request", "grant_type is missing.");
    Response answer;
    auto const who = claimed(request, *form, answer);
    if (!who)
        return answer;
    auto const client = let_in(*who);
    if (!client)
    {
        if (options_.refused)
            options_.refused("no token was issued: " + client.error().detail);
        return not_let_in();
    }
    if (grant->second != "client_credentials")
        return refusal(400, "unsupported_grant_type", "Tokens are issued for client_credentials alone.");
    return issue(**client, *form);
}

std::string Endpoint::metadata() const
{
    json::array methods{"client_secret_basic", "client_secret_post"};
    json::object document{{"issuer", options_.issuer},
                          {"token_endpoint", options_.endpoint},
                          {"grant_types_supported", json::array{"client_credentials"}},
                          {"response_types_supported", json::array{}},
                          {"scopes_supported", json::array{"scim", "scim.read", "users.read", "users.write",
                                                           "groups.read", "groups.write"}}};
    if (options_.replays)
    {
        methods.emplace_back("private_key_jwt");
        json::array algorithms;
        for (std::string const& each : options_.algorithms)
            algorithms.emplace_back(each);
        document["token_endpoint_auth_signing_alg_values_supported"] = std::move(algorithms);
    }
    document["token_endpoint_auth_methods_supported"] = std::move(methods);
    std::string text;
    write_json(text, document);
    return text;
}

Issued::Issued(std::shared_ptr<Endpoint> endpoint, std::shared_ptr<Authenticator> others)
    : endpoint_(std::move(endpoint))
    , others_(std::move(others))
    , challenge_(others_->challenge())
{
    auto const& url = endpoint_->options().resource_metadata;
    auto const realm = challenge_.find("realm=\"");
    auto const end = realm == std::string::npos ? realm : challenge_.find('"', realm + 7);
    if (!url.empty() && end != std::string::npos && challenge_.find("resource_metadata") == std::string::npos)
        challenge_.insert(end + 1, ", resource_metadata=\"" + url + "\"");
}

result<Principal> Issued::authenticate(Credentials const& credentials)
{
    if (auto const token = detail::credentials_of(credentials.authorization, "Bearer"))
        if (auto principal = endpoint_->tokens().find(*token, endpoint_->now()))
            return std::move(*principal);
    return others_->authenticate(credentials);
}

result<void> check(TokenEndpointOptions const& options)
{
    auto const wrong_option = [](char const* why) { return Error{ErrorCode::invalid_value, why}; };
    if (options.issuer.empty() || options.endpoint.empty())
        return wrong_option("A token endpoint needs its issuer and its endpoint.");
    if (options.algorithms.empty() ||
        !std::ranges::all_of(options.algorithms, [](std::string const& each) { return is_safe_algorithm(each); }))
        return wrong_option("An algorithm of assertions is not safe, or not known.");
    if (options.skew < std::chrono::seconds{0} || options.skew > longest_skew)
        return wrong_option("Clocks may differ by at most ten minutes.");
    if (options.lifetime.count() <= 0 || options.longest_assertion.count() <= 0 || options.max_tokens_per_client == 0)
        return wrong_option("Times and numbers of a token endpoint are at least 1.");
    if (options.resource_metadata.find_first_of("\"\\\r\n") != std::string::npos)
        return wrong_option("No header can carry that URL of the metadata.");
    return {};
}

} // namespace
} // namespace oauth

result<std::shared_ptr<TokenEndpoint>> token_endpoint(TokenEndpointOptions options)
{
    if (auto checked = oauth::check(options); !checked)
        return std::move(checked).error();
    return std::shared_ptr<TokenEndpoint>{std::make_shared<oauth::Endpoint>(std::move(options))};
}

result<void> check_client(OAuthClient const& client)
{
    auto const made = oauth::make_client(client);
    return made ? result<void>{} : made.error();
}

} // namespace scimkit
