// The secret signs and never travels; the body has names and ids, so that a target that is not what it was gets no
// personal data but what a removed resource was called.
#include <scimkit/core/base64.hpp>
#include <scimkit/events/webhook.hpp>

#include "../security/sodium.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t least_secret_bytes = 24;
constexpr std::size_t max_secret_bytes = 64; // of a webhook's secret; refused beyond
constexpr std::size_t max_secrets = 4;       // that sign one message; refused beyond

std::string_view operation_of(LoggedChange const& change)
{
    return change.operation == LoggedChange::Operation::created    ? "create"
           : change.operation == LoggedChange::Operation::replaced ? "update"
                                                                   : "delete";
}

std::string lower(std::string text)
{
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

void put_text(json::object& object, std::string_view name, std::string const& text)
{
    if (!text.empty())
        object[name] = text;
}

/// At most as many as a message has; false: there were more.
bool put_elements(json::object& data, LoggedChange const& change)
{
    std::size_t left = max_webhook_elements;
    bool complete = true;
    json::array all;
    for (LoggedChange::Elements const& elements : change.elements)
    {
        json::array came;
        json::array went;
        for (json::object const& element : elements.came)
        {
            auto const* const value = element.if_contains("value");
            if (left == 0)
                complete = false;
            else if (value && value->is_string() && left-- > 0)
                came.push_back(*value);
        }
        for (std::string const& value : elements.went)
            if (left == 0)
                complete = false;
            else if (left-- > 0)
                went.emplace_back(value);
        all.push_back(
            json::object{{"attribute", elements.attribute}, {"came", std::move(came)}, {"went", std::move(went)}});
    }
    if (!all.empty())
        data["elements"] = std::move(all);
    return complete;
}

void put_lifecycle(json::object& data, LoggedChange const& change, LifecycleRules const& rules)
{
    json::array events;
    rules.classify(change,
                   [&](LifecycleEvent const& event)
                   {
                       if (!event.group.empty())
                           return false;
                       events.push_back(json::object{{"kind", name_of(event.kind)}, {"id", event.id}});
                       return events.size() < max_webhook_elements;
                   });
    if (!events.empty())
        data["lifecycle"] = std::move(events);
}

std::string message_body(std::string_view type, Instant time, json::object data)
{
    json::object const body{{"type", type}, {"timestamp", format_date_time(time)}, {"data", std::move(data)}};
    std::string text;
    write_json(text, body);
    return text;
}

} // namespace

WebhookMessage webhook_message(LoggedChange const& change, LifecycleRules const& rules)
{
    json::object data{{"tenant", change.tenant},
                      {"resourceType", change.resource_type},
                      {"id", change.id},
                      {"operation", operation_of(change)}};
    json::array changed;
    for (LoggedChange::Value const& value : change.changed)
        changed.emplace_back(value.path);
    data["changed"] = std::move(changed);
    put_text(data, "externalId", change.removed.external_id);
    put_text(data, "userName", change.removed.user_name);
    put_text(data, "displayName", change.removed.display_name);
    put_lifecycle(data, change, rules);
    data["complete"] = put_elements(data, change);
    put_text(data, "actor", change.actor);
    put_text(data, "traceId", change.trace_id);
    auto const type = "scim." + lower(change.resource_type) + "." + std::string{operation_of(change)} + "d";
    return {"evt_" + change_id(change), message_body(type, change.time, std::move(data))};
}

WebhookMessage webhook_message(LogGap const& gap, Instant now)
{
    std::string_view const reason = gap.reason == LogGap::Reason::trimmed ? "trimmed" : "replaced";
    json::object data{{"tenant", gap.tenant},
                      {"reason", reason},
                      {"from", static_cast<std::int64_t>(gap.from.number())},
                      {"to", static_cast<std::int64_t>(gap.to.number())}};
    std::string text;
    write_json(text, data);
    return {"evt_" + detail::to_hex(detail::sha256("gap " + text)).substr(0, 32),
            message_body("scim.gap", now, std::move(data))};
}

struct WebhookSigner::Keys
{
    std::vector<detail::SecretBytes> all{};
};

WebhookSigner::WebhookSigner(std::unique_ptr<Keys> keys)
    : keys_(std::move(keys))
{
}

WebhookSigner::WebhookSigner(WebhookSigner&&) noexcept = default;
WebhookSigner& WebhookSigner::operator=(WebhookSigner&&) noexcept = default;
WebhookSigner::~WebhookSigner() = default;

result<WebhookSigner> WebhookSigner::make(std::vector<std::string> const& secrets)
{
    auto const wrong = [](std::string why) { return Error{ErrorCode::invalid_value, std::move(why)}; };
    detail::require_sodium();
    if (secrets.empty() || secrets.size() > max_secrets)
        return wrong("A webhook is signed with 1 to " + std::to_string(max_secrets) + " secrets.");
    auto keys = std::make_unique<Keys>();
    for (std::string const& secret : secrets)
    {
        if (!secret.starts_with(secret_prefix))
            return wrong("The secret of a webhook begins with whsec_.");
        auto bytes = decode_base64(std::string_view{secret}.substr(secret_prefix.size()));
        if (!bytes)
            return wrong("The secret of a webhook is whsec_ and Base64.");
        detail::WipeAtEnd const wiped{*bytes};
        if (bytes->size() < least_secret_bytes || bytes->size() > max_secret_bytes)
            return wrong("The secret of a webhook has " + std::to_string(least_secret_bytes) + " to " +
                         std::to_string(max_secret_bytes) + " bytes.");
        keys->all.emplace_back(bytes->begin(), bytes->end());
    }
    return WebhookSigner{std::move(keys)};
}

std::vector<ResponseHeader> WebhookSigner::headers(WebhookMessage const& message, Instant now) const
{
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    auto const timestamp = std::to_string(seconds);
    auto const text = message.id + "." + timestamp + "." + message.body;
    std::string signatures;
    for (auto const& key : keys_->all)
    {
        crypto_auth_hmacsha256_state state;
        std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
        crypto_auth_hmacsha256_init(&state, reinterpret_cast<unsigned char const*>(key.data()), key.size());
        crypto_auth_hmacsha256_update(&state, reinterpret_cast<unsigned char const*>(text.data()), text.size());
        crypto_auth_hmacsha256_final(&state, code.data());
        signatures += signatures.empty() ? "v1," : " v1,";
        signatures += encode_base64({reinterpret_cast<char const*>(code.data()), code.size()});
        detail::wipe(&state, sizeof state);
    }
    return {{"webhook-id", message.id}, {"webhook-timestamp", timestamp}, {"webhook-signature", signatures}};
}

std::string new_webhook_secret()
{
    detail::require_sodium();
    std::array<char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    auto secret = std::string{secret_prefix} + encode_base64({bytes.data(), bytes.size()});
    detail::wipe(bytes.data(), bytes.size());
    return secret;
}

} // namespace scimkit
