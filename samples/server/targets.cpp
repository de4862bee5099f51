// What is wrong with a target is found when it is read, not when the first change cannot be told.
#include "targets.hpp"

#include "event_push.hpp"
#include "invalid.hpp"
#include "sealing.hpp"
#include "secret_files.hpp"
#include "webhooks.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr std::string_view bearer = "Bearer ";

/// Files of the operator's, and whose they are.
struct Named
{
    std::string tenant{};
    std::string webhook{};
    std::string webhook_secret_file{};
    std::string event_push{};
    std::string event_push_token_file{};
};

result<void> add_webhook(AllTargets& all, Named const& named)
{
    if (named.webhook.empty() && named.webhook_secret_file.empty())
        return {};
    auto const of = named.tenant.empty() ? std::string{"--webhook"} : "tenant " + named.tenant + ": webhook";
    if (auto const target = Outgoing::create(of, named.webhook); !target)
        return target.error();
    if (named.webhook_secret_file.empty())
        return invalid(of + ": it needs a webhook-secret-file.");
    if (auto const safe = check_permissions("--webhook-secret-file", named.webhook_secret_file, true); !safe)
        return safe.error();
    if (auto const secrets = read_webhook_secrets(named.webhook_secret_file); !secrets)
        return secrets.error();
    all.webhooks.push_back({.tenant = named.tenant,
                            .url = named.webhook,
                            .source = named.webhook_secret_file,
                            .secret = [file = named.webhook_secret_file] { return read_webhook_secrets(file); }});
    return {};
}

result<void> add_push(AllTargets& all, Named const& named, bool has_events)
{
    auto const of = named.tenant.empty() ? std::string{"--event-push"} : "tenant " + named.tenant + ": event-push";
    auto const& file = named.event_push_token_file;
    if (named.event_push.empty())
        return file.empty() ? result<void>{} : invalid(of + "-token-file needs " + of + ".");
    if (!has_events)
        return invalid(of + " needs --event-key-file.");
    if (auto const target = Outgoing::create(of, named.event_push); !target)
        return target.error();
    Target push{.tenant = named.tenant, .url = named.event_push};
    if (!file.empty())
    {
        if (auto const safe = check_permissions("--event-push-token-file", file, true); !safe)
            return safe.error();
        if (auto const token = read_push_token(file); !token)
            return token.error();
        push.source = file;
        push.secret = [file] { return read_push_token(file); };
    }
    all.pushes.push_back(std::move(push));
    return {};
}

/// The tables of the tenants file were looked at by read_tenants() already; of other tables nothing is taken.
result<std::vector<Named>> named_in(std::string const& file)
{
    toml::table parsed;
    try
    {
        parsed = toml::parse_file(file);
    }
    catch (toml::parse_error const& error)
    {
        return invalid("--tenants " + file + ": " + std::string{error.description()} + ".");
    }
    std::vector<Named> all;
    for (auto const& [name, node] : parsed)
        if (auto const* const table = node.as_table())
        {
            auto const text = [&](char const* key) { return (*table)[key].value_or(std::string{}); };
            all.push_back({.tenant = std::string{name.str()},
                           .webhook = text("webhook"),
                           .webhook_secret_file = text("webhook-secret-file"),
                           .event_push = text("event-push"),
                           .event_push_token_file = text("event-push-token-file")});
        }
    return all;
}

/// A secret that an administrator gave. It is opened for each batch, so that none lies about in clear.
Target administered(std::string const& tenant, std::string const& url, std::string const& sealed,
                    std::shared_ptr<Sealing const> sealing)
{
    Target target{.tenant = tenant, .url = url, .source = sealed};
    if (!sealed.empty())
        target.secret = [sealing = std::move(sealing), sealed] { return sealing->open(sealed); };
    return target;
}

/// Takes nothing: what is to be told waits. Without a target the tenant would be told of to that of all others. It is
/// another one than that of the same secret when it opens.
Target blocked(std::string const& tenant, std::string const& url, std::string const& sealed, Error why)
{
    return {.tenant = tenant, .url = url, .source = "blocked:" + sealed, .secret = [why = std::move(why)] {
                return result<std::string>{why};
            }};
}

result<Target> webhook_of(TargetSettings const& said, std::shared_ptr<Sealing const> const& sealing)
{
    if (auto checked = check_target("webhook", said.webhook); !checked)
        return std::move(checked).error();
    if (said.webhook_secret.empty())
        return invalid("webhook: it needs a webhookSecret.");
    if (!said.webhook_secret.starts_with(sealed_prefix))
        return invalid("webhookSecret: it has to be whsec_ and Base64.");
    auto const secrets = sealing->open(said.webhook_secret);
    if (!secrets)
        return secrets.error();
    if (auto checked = check_webhook_secrets(*secrets); !checked)
        return invalid("webhookSecret: " + checked.error().detail);
    return administered(said.tenant, said.webhook, said.webhook_secret, sealing);
}

result<Target> push_of(TargetSettings const& said, std::shared_ptr<Sealing const> const& sealing)
{
    if (!said.has_events)
        return invalid("eventPush: the server signs no events; it needs --event-key-file.");
    if (auto checked = check_target("eventPush", said.event_push); !checked)
        return std::move(checked).error();
    if (!said.event_push_authorization.empty() && !said.event_push_authorization.starts_with(sealed_prefix))
        return invalid("eventPushAuthorization: it has to be 'Bearer ' and a token.");
    auto const authorization = said.event_push_authorization.empty() ? result<std::string>{std::string{bearer} + "x"}
                                                                     : sealing->open(said.event_push_authorization);
    if (!authorization)
        return authorization.error();
    auto const token = std::string_view{*authorization}.substr(std::min(authorization->size(), bearer.size()));
    if (!authorization->starts_with(bearer) || token.empty() || token.find_first_of("\r\n\t ") != token.npos)
        return invalid("eventPushAuthorization: it has to be 'Bearer ' and a token.");
    return administered(said.tenant, said.event_push, said.event_push_authorization, sealing);
}

void merge(Targets& all, Targets const& more)
{
    for (Target const& each : more)
        if (std::ranges::find(all, each.tenant, &Target::tenant) == all.end())
            all.push_back(each);
}

} // namespace

result<AllTargets> read_targets(Settings const& settings)
{
    std::vector<Named> all{{.tenant = {},
                            .webhook = settings.webhook,
                            .webhook_secret_file = settings.webhook_secret_file,
                            .event_push = settings.event_push,
                            .event_push_token_file = settings.event_push_token_file}};
    if (!settings.tenants_file.empty())
    {
        auto of_tenants = named_in(settings.tenants_file);
        if (!of_tenants)
            return of_tenants.error();
        all.insert(all.end(), of_tenants->begin(), of_tenants->end());
    }
    AllTargets targets;
    for (Named const& named : all)
    {
        if (auto added = add_webhook(targets, named); !added)
            return added.error();
        if (auto added = add_push(targets, named, !settings.event_key_file.empty()); !added)
            return added.error();
    }
    return targets;
}

result<void> add_targets(AllTargets& all, TargetSettings const& said, std::shared_ptr<Sealing const> const& sealing)
{
    result<void> done;
    auto const add = [&](Targets& targets, result<Target> made, std::string const& url, std::string const& sealed)
    {
        if (url.empty())
            return;
        if (!made && done)
            done = made.error();
        merge(targets, {made ? *made : blocked(said.tenant, url, sealed, made.error())});
    };
    add(all.webhooks, webhook_of(said, sealing), said.webhook, said.webhook_secret);
    add(all.pushes, push_of(said, sealing), said.event_push, said.event_push_authorization);
    return done;
}

void TargetsOfTenants::set_files(AllTargets of_files)
{
    std::lock_guard const lock{mutex_};
    of_files_ = std::move(of_files);
    tell();
}

void TargetsOfTenants::set_administered(AllTargets administered)
{
    std::lock_guard const lock{mutex_};
    administered_ = std::move(administered);
    tell();
}

void TargetsOfTenants::refresh()
{
    std::lock_guard const lock{mutex_};
    if (webhooks_)
        webhooks_->refresh();
    if (pushes_)
        pushes_->refresh();
}

void TargetsOfTenants::tell(Deliveries* webhooks, Deliveries* pushes)
{
    std::lock_guard const lock{mutex_};
    webhooks_ = webhooks;
    pushes_ = pushes;
    tell();
}

std::vector<TargetsOfTenants::Kind> TargetsOfTenants::kinds(std::string_view tenant) const
{
    std::lock_guard const lock{mutex_};
    std::vector<Kind> all{{.reader = webhook_reader}, {.reader = push_reader}};
    for (auto const& [kind, deliveries] : {std::pair{&all[0], webhooks_}, std::pair{&all[1], pushes_}})
        if (deliveries)
        {
            kind->counts = deliveries->counts();
            kind->state = deliveries->state_of(tenant);
        }
    return all;
}

void TargetsOfTenants::tell() const
{
    auto all = of_files_;
    merge(all.webhooks, administered_.webhooks);
    merge(all.pushes, administered_.pushes);
    if (webhooks_)
        webhooks_->exchange(std::move(all.webhooks));
    if (pushes_)
        pushes_->exchange(std::move(all.pushes));
}

} // namespace server
