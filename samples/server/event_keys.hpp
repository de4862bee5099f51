// The keys that sign security event tokens: one that signs, and those that it was exchanged for, so that receivers can
// still check what these have signed.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/oauth/event_signer.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace server
{

/// Threading: any.
class EventKeys
{
public:
    /// `file` is that of --event-key-file: a private JWK, or up to four, each on a line. The first signs; the others
    /// are only shown. Errors: one sentence for the operator, without what is in the file.
    static scimkit::result<std::shared_ptr<EventKeys>> create(std::string file);

    /// Reads the file again. A key that has signed until now and is not in it any more is shown for a day. Errors: as
    /// create(), and then nothing has changed.
    scimkit::result<void> reload();

    /// By the first key. Errors: those of EventSigner::sign().
    scimkit::result<std::string> sign(scimkit::json::object const& claims) const;

    /// The public keys, as a JWK Set: the one that signs first.
    std::string jwks() const;

private:
    using Signers = std::vector<std::shared_ptr<scimkit::EventSigner>>;
    struct Replaced
    {
        std::shared_ptr<scimkit::EventSigner> signer;
        std::chrono::steady_clock::time_point until;
    };

    explicit EventKeys(std::string file);
    static scimkit::result<Signers> read(std::string const& file);

    std::string file_;
    mutable std::mutex mutex_; ///< for the rest
    Signers signers_;
    std::vector<Replaced> replaced_;
};

} // namespace server
