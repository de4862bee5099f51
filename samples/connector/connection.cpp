// Settings become a client here, in one place, so that every command has the same limits and the same refusals.
#include "connection.hpp"

#ifdef SCIMKIT_CONNECTOR_OAUTH
#include <scimkit/oauth/client_assertion.hpp>
#endif

#include "mapping_file.hpp"
#include "secrets.hpp"

#include <algorithm>

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

#ifdef SCIMKIT_CONNECTOR_OAUTH

/// The key is read each time, so that one that was exchanged counts from then on.
outcome<scimkit::AssertionOptions> assertion_options(Connection const& connection)
{
    auto const& oauth = *connection.oauth;
    auto key = secret_from(oauth.key, "key of " + connection.name)();
    if (!key)
        return key.error();
    return scimkit::AssertionOptions{.key = std::move(*key),
                                     .key_id = oauth.key_id,
                                     .algorithm = oauth.algorithm,
                                     .client_id = oauth.client_id,
                                     .audience =
                                         oauth.assertion_audience.empty() ? oauth.token_url : oauth.assertion_audience};
}

using Maker = scimkit::result<std::string> (*)(scimkit::AssertionOptions const&);

outcome<std::string> made_of_key(Connection const& connection, Maker make)
{
    auto const options = assertion_options(connection);
    if (!options)
        return options.error();
    return client::secret_of([&] { return make(*options); })();
}

client::Secret signed_assertion(Connection const& connection)
{
    return [connection] { return made_of_key(connection, &scimkit::client_assertion); };
}

outcome<std::string> keys_of(Connection const& connection) { return made_of_key(connection, &scimkit::public_keys_of); }

#else

outcome<std::string> keys_of(Connection const& connection)
{
    return trouble("The key of " + connection.name + " cannot be used: this program is built without libcjose.");
}

client::Secret signed_assertion(Connection const& connection)
{
    return [connection] { return keys_of(connection); };
}

#endif

std::shared_ptr<client::CredentialSource> credentials_of(Connection const& connection)
{
    if (connection.token.kind != SecretPlace::Kind::none)
        return client::bearer(secret_from(connection.token, "token of " + connection.name));
    if (!connection.user.empty())
        return client::basic(connection.user, secret_from(connection.password, "password of " + connection.name));
    if (!connection.oauth)
        return nullptr;
    client::OAuthOptions options;
    options.token_url = connection.oauth->token_url;
    options.client_id = connection.oauth->client_id;
    options.scope = connection.oauth->scope;
    options.audience = connection.oauth->audience;
    options.secret_in_body = connection.oauth->secret_in_body;
    if (connection.oauth->key.kind != SecretPlace::Kind::none)
        options.assertion = signed_assertion(connection);
    else if (connection.oauth->assertion.kind != SecretPlace::Kind::none)
        options.assertion = secret_from(connection.oauth->assertion, "assertion of " + connection.name);
    else
        options.secret = secret_from(connection.oauth->secret, "client secret of " + connection.name);
    return client::client_credentials(std::move(options));
}

} // namespace

outcome<client::Client> connect(Connection const& connection)
{
    client::CurlOptions curl;
    curl.ca_file = connection.ca_file;
    curl.client_certificate_file = connection.client_certificate;
    curl.client_key_file = connection.client_key;
    curl.proxy = connection.proxy;
    auto transport = client::curl_transport(std::move(curl));
    if (!transport)
        return transport.error();
    client::ClientOptions options{.base_url = connection.url, .transport = std::move(*transport)};
    options.credentials = credentials_of(connection);
    options.requests_per_second = connection.rate;
    options.allow_plain_http = connection.allow_plain_http;
    options.limits.request_timeout = std::chrono::seconds{connection.timeout};
    options.limits.total_timeout = std::max(options.limits.total_timeout, 2 * options.limits.request_timeout);
    options.retry.max_attempts = connection.attempts;
    auto made = client::Client::create(std::move(options));
    if (!made)
    {
        auto failure = made.error();
        failure.error.detail = "connection " + connection.name + ": " + failure.error.detail;
        return failure;
    }
    return made;
}

outcome<Begun> begin(Settings const& settings, Connection const& connection)
{
    auto directory = settings.directory_of(connection);
    if (!directory)
        return directory.error();
    auto source = connect(connection);
    if (!source)
        return source.error();
    auto discovery = client::discover(*source);
    if (!discovery)
        return discovery.error();
    return Begun{std::move(*directory), std::move(*source), std::move(*discovery)};
}

outcome<Source> source_of(Connection const& connection, Begun const& begun)
{
    auto mapping = read_mapping(connection.mapping);
    if (!mapping)
        return mapping.error();
    return Source{connection.name,     begun.directory,      &begun.source,    begun.discovery,
                  std::move(*mapping), connection.page_size, connection.cursor};
}

outcome<std::string> public_keys_of(Connection const& connection)
{
    if (!connection.oauth || connection.oauth->key.kind == SecretPlace::Kind::none)
        return trouble("Connection " + connection.name + " has no key; oauth.key says where it is.");
    return keys_of(connection);
}

outcome<void> check_write(Connection const& connection)
{
    if (connection.write)
        return {};
    auto failure = trouble("Connection " + connection.name + " is read-only; set `write = true` for it to allow this.");
    failure.error.code = scimkit::ErrorCode::forbidden;
    return failure;
}

json::array deviations_of(client::Client const& client)
{
    json::array all;
    for (auto const& observed : client.deviations().all())
        all.emplace_back(json::object{{"name", client::name_of(observed.deviation)},
                                      {"count", observed.count},
                                      {"meaning", client::meaning_of(observed.deviation)},
                                      {"first", observed.first}});
    return all;
}

void say_deviations(Output& output, client::Client const& client)
{
    for (auto const& observed : client.deviations().all())
        output.say("deviation " + std::string{client::name_of(observed.deviation)} + " (" +
                   std::to_string(observed.count) + " times): " + observed.first);
}

void say(Output& output, Run const& run)
{
    std::vector<std::vector<std::string>> rows;
    for (auto const& [type, counts] : run.counts)
        rows.push_back({type, std::to_string(counts.created), std::to_string(counts.changed),
                        std::to_string(counts.unchanged), std::to_string(counts.deactivated),
                        std::to_string(counts.removed), std::to_string(counts.errors), std::to_string(counts.joiners),
                        std::to_string(counts.movers), std::to_string(counts.leavers)});
    output.table(
        {"type", "created", "changed", "unchanged", "deactivated", "removed", "errors", "joiners", "movers", "leavers"},
        rows);
    for (auto const& [type, names] : run.left_out)
        for (auto const& [name, count] : names)
            output.say("left out: " + name + " of " + std::to_string(count) + " " + type +
                       "s, since the copy has no such attribute; a mapping can give it another name");
    for (auto const& error : run.errors)
        output.say("error: " + error);
}

} // namespace connector
