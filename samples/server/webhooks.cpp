// A target is somebody else's machine: it may hang, lie, move or answer without end, and gets nothing but what is
// signed for it. It is trusted to be where its certificate says, and to say that it has got a message.
#include "webhooks.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/events/webhook.hpp>

#include "invalid.hpp"
#include "outgoing.hpp"
#include "secret_files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr auto reader_name = "webhook";

result<scimkit::WebhookSigner> read_signer(std::string const& file)
{
    std::vector<std::string> secrets;
    std::ifstream stream{file};
    for (std::string line; secrets.size() < 5 && std::getline(stream, line);)
        if (!line.empty() && line.front() != '#')
            secrets.push_back(std::move(line));
    if (secrets.empty())
        return invalid("--webhook-secret-file " + file + " has no secret in it, or cannot be read");
    auto signer = scimkit::WebhookSigner::make(secrets);
    if (!signer)
        return invalid("--webhook-secret-file " + file + ": " + signer.error().detail);
    return signer;
}

result<void> check(Webhook const& webhook)
{
    auto const of = webhook.tenant.empty() ? std::string{"--webhook"} : "tenant " + webhook.tenant + ": webhook";
    if (auto const target = Outgoing::create(of, webhook.url); !target)
        return target.error();
    if (webhook.secret_file.empty())
        return invalid(of + ": it needs a webhook-secret-file");
    if (auto const safe = check_permissions("--webhook-secret-file", webhook.secret_file, true); !safe)
        return safe.error();
    auto const signer = read_signer(webhook.secret_file);
    return signer ? result<void>{} : result<void>{signer.error()};
}

/// The tables of the tenants file were looked at by read_tenants() already; of other tables nothing is taken.
result<void> add_of_tenants(std::string const& file, std::vector<Webhook>& webhooks)
{
    toml::table parsed;
    try
    {
        parsed = toml::parse_file(file);
    }
    catch (toml::parse_error const& error)
    {
        return invalid("--tenants " + file + ": " + std::string{error.description()});
    }
    for (auto const& [name, node] : parsed)
    {
        auto const* const table = node.as_table();
        if (!table || (!table->contains("webhook") && !table->contains("webhook-secret-file")))
            continue;
        webhooks.push_back({.tenant = std::string{name.str()},
                            .url = (*table)["webhook"].value_or(std::string{}),
                            .secret_file = (*table)["webhook-secret-file"].value_or(std::string{})});
    }
    return {};
}

/// What is needed to post to one target.
struct Target
{
    Webhook webhook;
    Outgoing outgoing;
    std::shared_ptr<scimkit::LifecycleRules const> rules = scimkit::lifecycle_rules();

    result<void> post(scimkit::WebhookMessage message, scimkit::WebhookSigner const& signer) const
    {
        auto headers = signer.headers(message, scimkit::system_environment()->now());
        headers.push_back({"Content-Type", "application/json"});
        return outgoing.post(std::move(headers), std::move(message.body));
    }

    result<void> post_all(scimkit::LogBatch& batch) const
    {
        auto const signer = read_signer(webhook.secret_file);
        if (!signer)
            return signer.error();
        for (auto const& change : batch.changes)
        {
            if (batch.stop.stop_requested())
                return Error{ErrorCode::unavailable, "the server stops"};
            if (auto posted = post(webhook_message(change, *rules), *signer); !posted)
                return posted;
            ++batch.done;
        }
        return {};
    }

    result<void> post_gap(scimkit::LogGap const& gap) const
    {
        auto const signer = read_signer(webhook.secret_file);
        return signer ? post(webhook_message(gap, scimkit::system_environment()->now()), *signer) : signer.error();
    }
};

} // namespace

result<std::vector<Webhook>> read_webhooks(Settings const& settings)
{
    std::vector<Webhook> webhooks;
    if (!settings.webhook.empty() || !settings.webhook_secret_file.empty())
        webhooks.push_back({.tenant = {}, .url = settings.webhook, .secret_file = settings.webhook_secret_file});
    if (!settings.tenants_file.empty())
        if (auto added = add_of_tenants(settings.tenants_file, webhooks); !added)
            return added.error();
    for (auto const& webhook : webhooks)
        if (auto checked = check(webhook); !checked)
            return checked.error();
    return webhooks;
}

result<Webhooks> Webhooks::start(std::shared_ptr<scimkit::ResourceStore> const& store,
                                 std::vector<Webhook> const& webhooks, Log const& log)
{
    std::set<std::string, std::less<>> own;
    for (auto const& webhook : webhooks)
        if (!webhook.tenant.empty())
            own.insert(webhook.tenant);
    Webhooks made;
    for (auto const& webhook : webhooks)
    {
        auto outgoing = Outgoing::create("--webhook", webhook.url);
        if (!outgoing)
            return outgoing.error();
        auto const target = std::make_shared<Target const>(Target{webhook, std::move(*outgoing)});
        scimkit::LogReaderOptions options{.name = reader_name};
        options.handle = [target](scimkit::LogBatch& batch) { return target->post_all(batch); };
        options.gap = [target](scimkit::LogGap const& gap) { return target->post_gap(gap); };
        options.failed = [log](std::string_view tenant, Error const& error, std::chrono::milliseconds again)
        {
            log(scimkit::LogLevel::warning, "a webhook was not delivered: tenant " + std::string{tenant} + ": " +
                                                error.detail + "; next attempt in " + std::to_string(again.count()) +
                                                " ms");
        };
        options.tenant = webhook.tenant;
        if (webhook.tenant.empty() && !own.empty())
            options.follows = [own](std::string_view tenant) { return !own.contains(tenant); };
        options.max_batch = 20; // what may come again after a crash
        auto reader = scimkit::LogReader::start(store, std::move(options));
        if (!reader)
            return invalid("--webhook: " + reader.error().detail);
        made.readers_.push_back(std::move(*reader));
    }
    return made;
}

} // namespace server
