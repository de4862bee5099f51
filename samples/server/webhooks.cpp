// A target is somebody else's machine: it may hang, lie, move or answer without end, and gets nothing but what is
// signed for it. It is trusted to be where its certificate says, and to say that it has got a message.
#include "webhooks.hpp"

#include <scimkit/core/environment.hpp>

#include "invalid.hpp"
#include "secret_files.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>
#ifdef SCIMKIT_SERVER_CLIENT
#include <scimkit/client/transport.hpp>
#include <scimkit/events/webhook.hpp>
#endif

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

#ifdef SCIMKIT_SERVER_CLIENT

namespace
{

constexpr auto reader_name = "webhook";
constexpr std::chrono::milliseconds longest_post{10'000}; // to a webhook, from the look-up to the last byte
constexpr std::size_t max_answer_bytes = 64 * 1024;       // of a webhook's target; a longer answer is no delivery

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

/// Plain HTTP never leaves this machine.
bool is_of_this_machine(std::string_view url)
{
    for (std::string_view const host : {"http://127.0.0.1", "http://[::1]", "http://localhost"})
        if (url.starts_with(host))
            if (auto const next = url.substr(host.size()); next.empty() || next.front() == '/' || next.front() == ':')
                return true;
    return false;
}

result<void> check(Webhook const& webhook)
{
    auto const of = webhook.tenant.empty() ? std::string{"--webhook: "} : "tenant " + webhook.tenant + ": webhook: ";
    if (webhook.url.find_first_of(" \t\r\n@") != std::string::npos ||
        (!webhook.url.starts_with("https://") && !is_of_this_machine(webhook.url)))
        return invalid(of + "the URL has to begin with https://, and has no blanks and no '@'");
    if (webhook.secret_file.empty())
        return invalid(of + "it needs a webhook-secret-file");
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
    std::shared_ptr<scimkit::client::Transport> transport;
    std::shared_ptr<scimkit::LifecycleRules const> rules = scimkit::lifecycle_rules();

    /// Errors: anything but an answer of 2xx.
    result<void> post(scimkit::WebhookMessage message, scimkit::WebhookSigner const& signer) const
    {
        scimkit::client::HttpRequest request{.method = "POST", .url = webhook.url};
        request.headers = signer.headers(message, scimkit::system_environment()->now());
        request.headers.push_back({"Content-Type", "application/json"});
        request.body = std::move(message.body);
        request.timeout = longest_post;
        request.max_response_bytes = max_answer_bytes;
        auto const answer = transport->send(request);
        if (!answer)
            return Error{ErrorCode::unavailable, describe(answer.error())};
        if (answer->status < 200 || answer->status > 299)
            return Error{ErrorCode::unavailable, "the answer is " + std::to_string(answer->status)};
        return {};
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
        auto transport = scimkit::client::curl_transport({.proxy = ""});
        if (!transport)
            return invalid("a webhook cannot be posted: " + describe(transport.error()));
        auto const target = std::make_shared<Target const>(Target{webhook, std::move(*transport)});
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

#else

result<std::vector<Webhook>> read_webhooks(Settings const& settings)
{
    if (!settings.webhook.empty())
        return invalid("--webhook: this server is built without libcurl");
    return std::vector<Webhook>{};
}

result<Webhooks> Webhooks::start(std::shared_ptr<scimkit::ResourceStore> const&, std::vector<Webhook> const&,
                                 Log const&)
{
    return Webhooks{};
}

#endif
} // namespace server
