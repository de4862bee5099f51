// Signed messages about changes, posted to URLs of the operator's: one for all tenants, or one of a tenant's own.
#pragma once

#include <scimkit/events/log_reader.hpp>
#include <scimkit/service/service.hpp>

#include "settings.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

struct Webhook
{
    std::string tenant; ///< empty: all that have none of their own
    std::string url;
    std::string secret_file; ///< a secret a line, read for each batch, so that it can be exchanged
};

/// Those of --webhook and of the tenants file. Errors: one sentence for the operator, of the first that is wrong.
scimkit::result<std::vector<Webhook>> read_webhooks(Settings const& settings);

/// Posts them for as long as it lives, each webhook on a thread of its own. An answer of 2xx within ten seconds is a
/// delivery; everything else, a redirection too, is tried again after a pause that grows to a minute, and what comes
/// after it waits. The end waits for the post that is under way.
class Webhooks
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    /// Errors: one sentence for the operator.
    static scimkit::result<Webhooks> start(std::shared_ptr<scimkit::ResourceStore> const& store,
                                           std::vector<Webhook> const& webhooks, Log const& log);

private:
    std::vector<std::unique_ptr<scimkit::LogReader>> readers_{};
};

} // namespace server
