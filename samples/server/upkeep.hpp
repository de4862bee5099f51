// What the server does for its store from time to time, beside the requests.
#pragma once

#include <scimkit/service/service.hpp>
#include <scimkit/store/store.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>
#include <thread>

namespace server
{

/// Takes changes from before `now - kept` out of the change logs of all tenants, but for what a named reader
/// has not seen that has come within that time.
/// Returns how many went, also where it was told to stop in between. Error: the first; the other tenants were seen to
/// all the same.
scimkit::result<std::uint64_t> trim_change_logs(scimkit::ResourceStore& store, scimkit::Instant now,
                                                std::chrono::hours kept, std::stop_token const& stop = {});

/// Does so at once and every hour, on a thread of its own, for as long as it lives.
class Upkeep
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    /// `kept` zero: nothing is trimmed. `log` is called on that thread, when something went or could not go.
    Upkeep(std::shared_ptr<scimkit::ResourceStore> store, std::chrono::hours kept, Log log);

private:
    std::jthread thread_;
};

} // namespace server
