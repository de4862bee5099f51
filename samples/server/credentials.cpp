// Mistakes in what decides who comes in are told at the start, and with what was meant: later they are a 401 or a 403
// that nobody can explain.
#include "credentials.hpp"

#include <scimkit/security/scopes.hpp>

#include "event_route.hpp"
#include "invalid.hpp"
#include "logging.hpp"
#include "secret_files.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

result<std::vector<scimkit::KeyRecord>> read_file(std::string const& file)
{
    auto const safe = check_permissions("--token-file", file, true);
    if (!safe)
        return safe.error();
    if (*safe)
        log(scimkit::LogLevel::warning, **safe);
    auto read = scimkit::read_key_file(file);
    if (!read)
        return invalid("--token-file " + file + ": " + read.error().detail);
    return read;
}

std::optional<scimkit::Rate> rate_of(double per_second)
{
    return per_second > 0 ? std::optional{scimkit::Rate{.per_second = per_second}} : std::nullopt;
}

result<scimkit::AddressList> addresses(std::vector<std::string> const& ranges)
{
    auto list = scimkit::AddressList::parse(ranges);
    if (!list)
        return invalid("--allow-address: " + list.error().detail);
    return list;
}

} // namespace

result<void> check_granted(std::vector<std::string> scopes, scimkit::SchemaRegistry const& registry)
{
    std::erase(scopes, std::string{metrics_scope});
    std::erase(scopes, std::string{events_scope});
    return scimkit::check_scopes(scopes, registry);
}

result<std::vector<scimkit::KeyRecord>> load_tokens(Settings const& settings, scimkit::SchemaRegistry const& registry)
{
    if (settings.token.empty() && settings.token_file.empty() && settings.admin.empty() &&
        settings.oauth_issuer.empty())
        return invalid("nobody could log in: make a token with scimkit-server --new-token, and give it with --token or "
                       "--token-file.");
    std::vector<scimkit::KeyRecord> tokens;
    if (!settings.token_file.empty())
    {
        auto read = read_file(settings.token_file);
        if (!read)
            return read.error();
        tokens = std::move(*read);
    }
    if (!settings.token.empty())
    {
        auto record = scimkit::make_key_record(settings.token, {.subject = "token"});
        if (!record)
            return invalid("--token: " + record.error().detail);
        auto const same = [&](scimkit::KeyRecord const& other) { return other.sha256 == record->sha256; };
        if (std::ranges::any_of(tokens, same))
            return invalid("the token of --token is in --token-file " + settings.token_file + " too: take one away.");
        tokens.push_back(std::move(*record));
    }
    for (auto& token : tokens)
    {
        if (auto const checked = check_granted(token.principal.scopes, registry); !checked)
            return invalid((settings.token_file.empty() ? "" : "--token-file " + settings.token_file + ": ") +
                           "the token of " + token.principal.subject + ": " + checked.error().detail);
        if (token.principal.scopes.empty())
            token.principal.scopes.emplace_back("scim");
    }
    return tokens;
}

result<std::shared_ptr<scimkit::Authenticator>> behind_gate(std::shared_ptr<scimkit::Authenticator> tokens,
                                                            Settings const& settings,
                                                            std::shared_ptr<AccessOfTenants const> access)
{
    std::vector<std::string> for_all;
    std::map<std::string, std::vector<std::string>> of_tenants;
    for (std::string const& allowed : settings.allowed_addresses)
    {
        auto const equals = allowed.find('=');
        if (equals == 0)
            return invalid("--allow-address " + allowed + ": there is no tenant without a name.");
        auto& list = equals == std::string::npos ? for_all : of_tenants[allowed.substr(0, equals)];
        list.push_back(equals == std::string::npos ? allowed : allowed.substr(equals + 1));
    }
    scimkit::GateOptions options;
    auto all = addresses(for_all);
    if (!all)
        return all.error();
    options.allowed = std::move(*all);
    for (auto const& [tenant, ranges] : of_tenants)
    {
        auto own = addresses(ranges);
        if (!own)
            return own.error();
        options.allowed_of.emplace(tenant, std::move(*own));
    }
    options.per_address = rate_of(settings.rate_per_address);
    options.per_credential = rate_of(settings.rate_per_credential);
    options.per_tenant = rate_of(settings.rate_per_tenant);
    options.refused = [](std::string_view why) { log(scimkit::LogLevel::debug, why); };
    bool const tenants_may_say = access && (!settings.admin.empty() || !settings.tenants_file.empty());
    if (tenants_may_say)
        options.of_tenant = [access = std::move(access)](std::string_view tenant) { return access->gate_of(tenant); };
    if (!tenants_may_say && settings.allowed_addresses.empty() && !options.per_address && !options.per_credential &&
        !options.per_tenant)
        return tokens;
    return scimkit::gate(std::move(tokens), std::move(options));
}

} // namespace server
