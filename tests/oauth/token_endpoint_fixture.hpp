// A token endpoint with a client, and requests to it.
#pragma once

#include <scimkit/oauth/token_endpoint.hpp>
#include <scimkit/security/api_key.hpp>

#include "tokens.hpp"

#include <filesystem>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

namespace scimkit::test
{

inline std::string const secret = new_api_key();
inline std::string const other_secret = new_api_key();
inline constexpr auto endpoint_url = "https://scim.example.com/oauth/token";
inline constexpr auto issuer_url = "https://scim.example.com";
inline constexpr auto assertion_type = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

struct Others final : Authenticator
{
    result<Principal> authenticate(Credentials const&) override { return Error{ErrorCode::unauthorized, "others"}; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }
    std::string challenge() const override { return "Bearer realm=\"scim\", Basic realm=\"scim\""; }
};

struct ReplayPath
{
    ReplayPath()
        : path((std::filesystem::temp_directory_path() / ("scimkit-replay-" + std::to_string(::getpid()))).string())
    {
        remove();
    }
    ~ReplayPath() { remove(); }
    void remove() const
    {
        for (auto const* ending : {"", ".lock", ".new"})
            std::filesystem::remove(path + ending);
    }
    std::string path;
};

inline OAuthClient okta()
{
    return {.id = "okta",
            .tenant = "acme",
            .scopes = {"users.read", "groups.write"},
            .secret_sha256 = make_key_record(secret, {}).value().sha256,
            .jwks = text_of(json::object{{"keys", json::array{pairs().rsa.published(), pairs().ec.published()}}})};
}

struct Asked
{
    int status;
    json::object body;
    Response response;

    std::string text(std::string_view name) const
    {
        auto const* const value = body.if_contains(name);
        return value && value->is_string() ? std::string{value->get_string()} : std::string{};
    }
};

struct Issuing
{
    explicit Issuing(std::vector<OAuthClient> clients = {okta()}) { start(std::move(clients)); }

    void start(std::vector<OAuthClient> clients)
    {
        endpoint = nullptr;
        by = nullptr;
        endpoint = token_endpoint({.issuer = issuer_url,
                                   .endpoint = endpoint_url,
                                   .resource = audience,
                                   .max_tokens_per_client = 3,
                                   .replays = replay_file(file.path).value(),
                                   .registry =
                                       [](std::string_view)
                                   {
                                       static auto const types =
                                           SchemaRegistry::Builder{}.add_rfc7643().build().value();
                                       return types;
                                   },
                                   .resource_metadata = "https://scim.example.com/.well-known/x",
                                   .refused =
                                       [this](std::string_view why)
                                   {
                                       std::lock_guard const lock{log_mutex};
                                       log.emplace_back(why);
                                   },
                                   .now = [this] { return now; }})
                       .value();
        BOOST_REQUIRE(endpoint->exchange(std::move(clients)).has_value());
        by = endpoint->authenticator(std::make_shared<Others>());
    }

    Asked ask(std::string const& body, std::string const& authorization = {}, std::string_view method = "POST",
              std::string const& type = "application/x-www-form-urlencoded") const
    {
        Request request{.method = method, .target = "/oauth/token", .body = body};
        request.headers.push_back({"content-type", type});
        if (!authorization.empty())
            request.headers.push_back({"authorization", authorization});
        auto response = endpoint->answer(request);
        auto parsed = parse_json(response.body).value();
        return {response.status, std::move(parsed.get_object()), std::move(response)};
    }

    Asked with_secret(std::string const& more = {}, std::string const& with = secret) const
    {
        return ask("grant_type=client_credentials&client_id=okta&client_secret=" + with + more);
    }

    Asked assert_with(std::string const& assertion, std::string const& more = {}) const
    {
        return ask("grant_type=client_credentials&client_assertion_type=" + std::string{assertion_type} +
                   "&client_assertion=" + assertion + more);
    }

    result<Principal> come_in(std::string const& token) const
    {
        auto const header = "Bearer " + token;
        return by->authenticate({.authorization = header});
    }

    ReplayPath file;
    Instant now = noon;
    std::mutex log_mutex; ///< for log, while many threads ask
    std::vector<std::string> log;
    std::shared_ptr<TokenEndpoint> endpoint;
    std::shared_ptr<Authenticator> by;
};

inline std::string basic(std::string const& id, std::string const& with)
{
    return "Basic " + encode_base64(id + ":" + with);
}

inline json::object assertion_claims(json::object const& more = {})
{
    json::object claims{{"iss", "okta"},       {"sub", "okta"}, {"aud", endpoint_url}, {"exp", noon_seconds + 200},
                        {"iat", noon_seconds}, {"jti", "one"}};
    return changed(std::move(claims), more);
}

inline std::string assertion(json::object const& more = {},
                             json::object const& header = {{"alg", "RS256"}, {"kid", "r1"}})
{
    return pairs().rsa.sign(header, text_of(assertion_claims(more)));
}

} // namespace scimkit::test
