// When keys were used last, where an administrator sees it: a key that nobody uses any more is one to revoke.
#pragma once

#include <scimkit/security/api_key.hpp>
#include <scimkit/service/service.hpp>
#include <scimkit/store/store.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace server
{

/// Writes `lastUsed` of the tokens whose keys were used a minute or more after what is written there, in one
/// transaction. Returns how many those were. Errors: those of the store.
scimkit::result<std::size_t> write_last_uses(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                             std::string_view tenant, std::vector<scimkit::KeyUse> const& uses,
                                             scimkit::Instant now);

/// Does so once a minute, and at its end, in a thread of its own, so that no request waits for it.
class LastUses
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    LastUses(std::shared_ptr<scimkit::ResourceStore> store, std::shared_ptr<scimkit::Attachment const> attachment,
             std::shared_ptr<scimkit::KeyAuthenticator const> keys, Log log);

private:
    std::jthread thread_;
};

} // namespace server
