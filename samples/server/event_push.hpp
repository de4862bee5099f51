// Security event tokens that are pushed (RFC 8935), where --event-push asks for it, beside those that are polled.
#pragma once

#include <scimkit/events/log_reader.hpp>
#include <scimkit/service/service.hpp>

#include "configuration.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace server
{

/// Posts the tokens of all tenants for as long as it lives, one at a time, in the order of each tenant; as webhooks
/// are.
class EventPush
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    /// Null without --event-push. Errors: one sentence for the operator.
    static scimkit::result<std::unique_ptr<EventPush>> start(Configuration const& configuration,
                                                             Settings const& settings, Log log);

private:
    EventPush() = default;

    std::unique_ptr<scimkit::LogReader> reader_;
};

/// What start() would complain of.
scimkit::result<void> check_event_push(Settings const& settings);

} // namespace server
