// Signed messages about changes, in the form of Standard Webhooks: what to send, and the headers that prove who sent
// it. How it gets there is the application's; the sample server posts it with libcurl (samples/server/webhooks.cpp).
//
// A receiver looks at the signature over "id.timestamp.body" before it parses anything, refuses timestamps that are
// more than some minutes off, and remembers ids: a message comes at least once.
//
// On every function, where it says nothing else:
//   Threading    Any number of threads at once.
//   Lifetimes    Arguments need to live during the call only; what comes back owns what it holds.
//   Errors       None.
//   Complexity   Linear in the change, or in the message.
#pragma once

#include <scimkit/events/lifecycle.hpp>
#include <scimkit/events/log_reader.hpp>
#include <scimkit/service/message.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit
{

/// What is sent about one change. A value.
struct WebhookMessage
{
    std::string id;   ///< "evt_" and change_id(): the same for each attempt, also after a restart
    std::string body; ///< JSON; names of what changed and ids; of values only what a removed resource was called
};

inline constexpr std::size_t max_webhook_elements =
    500; ///< ids of members that one message has; then `complete` is false

/// The body:
///
///     {"type":"scim.user.updated","timestamp":"…","data":{"tenant":"acme","resourceType":"User","id":"…",
///      "operation":"update","changed":["active"],"lifecycle":[{"kind":"leaver","id":"…"}],
///      "elements":[{"attribute":"members","came":["…"],"went":[]}],"complete":true,"actor":"…","traceId":"…"}}
///
/// The type is "scim.", the name of the resource type in lower case, and ".created", ".updated" or ".deleted". A
/// removed resource has `externalId`, `userName` and `displayName` as they were last. `lifecycle` has what `rules` make
/// of it; for a change of members nothing, as `elements` says it.
SCIMKIT_API WebhookMessage webhook_message(LoggedChange const& change, LifecycleRules const& rules);

/// Of changes that nobody is told of: type "scim.gap", with the reason, `from` and `to`. The receiver reads anew what
/// it keeps.
SCIMKIT_API WebhookMessage webhook_message(LogGap const& gap, Instant now);

/// Signs with one secret, or with several while they are exchanged.
///
/// Threading: headers() from any number of threads at once. Lifetimes: holds copies of the keys, which are wiped when
/// it goes. One that was moved from can be destroyed, or be given another one, and nothing else.
class SCIMKIT_API WebhookSigner
{
public:
    /// Secrets as "whsec_" and the Base64 of 24 to 64 bytes; 1 to 4 of them. They are copied: wipe yours.
    /// Errors: invalid_value, whose detail never has one. Throws std::runtime_error where the system has no source of
    /// randomness. Complexity: linear in the secrets.
    static result<WebhookSigner> make(std::vector<std::string> const& secrets);

    WebhookSigner(WebhookSigner&&) noexcept;
    WebhookSigner& operator=(WebhookSigner&&) noexcept;
    ~WebhookSigner();

    /// webhook-id, webhook-timestamp (seconds) and webhook-signature ("v1,…", one for each secret).
    std::vector<ResponseHeader> headers(WebhookMessage const& message, Instant now) const;

private:
    struct Keys;
    explicit WebhookSigner(std::unique_ptr<Keys> keys);
    std::unique_ptr<Keys> keys_;
};

/// A new secret of 256 bits, as WebhookSigner::make() takes it. It is the caller's, in clear: wipe it when it is kept.
/// Errors: throws std::runtime_error where the system has no source of randomness. Complexity: constant.
SCIMKIT_API std::string new_webhook_secret();

} // namespace scimkit
