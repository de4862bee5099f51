// Beside the service, since a request of a client is no change that an administrator makes: nothing has to be put into
// effect, and nobody has to be told.
#include "last_uses.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "rounds.hpp"

#include <chrono>
#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

constexpr std::chrono::minutes written_every{1}; // and at most so often for one key
constexpr auto attribute = "lastUsed";

using Times = std::map<std::string, scimkit::Instant, std::less<>>;

/// Whether there was more to say than is written there.
bool update(scimkit::Resource& token, Times const& times)
{
    auto const* const key = token.attributes.if_contains("key");
    auto const found = key && key->is_string() ? times.find(std::string_view{key->get_string()}) : times.end();
    if (found == times.end())
        return false;
    if (auto const* const written = token.attributes.if_contains(attribute); written && written->is_string())
        if (auto const before = scimkit::parse_date_time(written->get_string());
            before && found->second < *before + written_every)
            return false;
    token.attributes[attribute] = scimkit::format_date_time(found->second);
    return true;
}

} // namespace

result<std::size_t> write_last_uses(scimkit::ResourceStore& store, scimkit::Attachment const& attachment,
                                    std::string_view tenant, std::vector<scimkit::KeyUse> const& uses,
                                    scimkit::Instant now)
{
    auto const* const type = attachment.registry().find_resource_type("Token");
    auto const rules = scimkit::UniqueKeyRules::make(attachment.registry());
    if (uses.empty() || !type || !rules)
        return std::size_t{0};
    Times times;
    for (auto const& [hash, at] : uses)
        times.emplace("sha256:" + hash, at);
    std::vector<std::string> const changed{attribute};
    std::size_t written = 0;
    auto const write = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        written = 0;
        scimkit::Query::Source const source{.type = type};
        auto page = scimkit::run_query(transaction, {.sources = {&source, 1},
                                                     .limit = std::numeric_limits<std::uint32_t>::max(),
                                                     .total = scimkit::TotalPolicy::none});
        if (!page)
            return page.error();
        for (auto& token : page->resources)
        {
            if (!update(token, times))
                continue;
            if (auto done = transaction.replace(token, token.version, rules->facts_of(token),
                                                scimkit::LargeAttributes::as_given, changed);
                !done)
                return done.error();
            ++written;
        }
        return {};
    };
    auto const done = store.write(attachment, tenant, {.now = now, .actor = "scimkit-server"}, write);
    return done ? result<std::size_t>{written} : done.error();
}

LastUses::LastUses(std::shared_ptr<scimkit::ResourceStore> store, std::shared_ptr<scimkit::Attachment const> attachment,
                   std::shared_ptr<scimkit::KeyAuthenticator const> keys, Log log)
    : thread_(
          [store = std::move(store), attachment = std::move(attachment), keys = std::move(keys),
           log = std::move(log)](std::stop_token const& stop)
          {
              std::mutex mutex;
              std::condition_variable_any stopped;
              std::unique_lock lock{mutex};
              for (bool ends = false; !ends;)
              {
                  ends = stopped.wait_for(lock, stop, written_every, [&] { return stop.stop_requested(); });
                  one_round(log,
                            [&]
                            {
                                auto const written = write_last_uses(*store, *attachment, "default", keys->uses(),
                                                                     scimkit::system_environment()->now());
                                if (!written)
                                    log(scimkit::LogLevel::warning,
                                        "when keys were used was not written down: " + written.error().detail);
                            });
              }
          })
{
}

} // namespace server
