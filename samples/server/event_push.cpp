// A reader of its own name, so that who is pushed to and who polls have each their own place.
#include "event_push.hpp"

#include "invalid.hpp"
#include "outgoing.hpp"
#include "secret_files.hpp"

#include <fstream>
#include <optional>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

/// The first line of the file, read for each batch, so that it can be exchanged. Nothing: there is no file.
result<std::optional<std::string>> read_token(std::string const& file)
{
    if (file.empty())
        return std::optional<std::string>{};
    std::string token;
    std::ifstream stream{file};
    if (!std::getline(stream, token) || token.empty() || token.find_first_of("\r\t ") != std::string::npos)
        return invalid("--event-push-token-file " + file + " has no token in its first line, or cannot be read");
    return std::optional{std::move(token)};
}

struct Target
{
    Outgoing outgoing;
    std::string token_file;
    std::function<result<std::string>(scimkit::LoggedChange const&)> token_of;

    result<void> push(scimkit::LogBatch& batch) const
    {
        auto const bearer = read_token(token_file);
        if (!bearer)
            return bearer.error();
        for (auto const& change : batch.changes)
        {
            if (batch.stop.stop_requested())
                return Error{ErrorCode::unavailable, "the server stops"};
            auto token = token_of(change);
            if (!token)
                return std::move(token).error();
            if (!token->empty())
                if (auto posted = post(std::move(*token), *bearer); !posted)
                    return posted;
            ++batch.done;
        }
        return {};
    }

    result<void> post(std::string token, std::optional<std::string> const& bearer) const
    {
        std::vector<scimkit::ResponseHeader> headers{{"Content-Type", "application/secevent+jwt"},
                                                     {"Accept", "application/json"}};
        if (bearer)
            headers.push_back({"Authorization", "Bearer " + *bearer});
        return outgoing.post(std::move(headers), std::move(token));
    }
};

} // namespace

result<void> check_event_push(Settings const& settings)
{
    if (settings.event_push.empty())
        return settings.event_push_token_file.empty()
                   ? result<void>{}
                   : result<void>{invalid("--event-push-token-file needs --event-push")};
    if (settings.event_key_file.empty())
        return invalid("--event-push needs --event-key-file");
    if (auto const safe = check_permissions("--event-push-token-file", settings.event_push_token_file, true); !safe)
        return safe.error();
    if (auto const token = read_token(settings.event_push_token_file); !token)
        return token.error();
    auto const target = Outgoing::create("--event-push", settings.event_push);
    return target ? result<void>{} : result<void>{target.error()};
}

result<std::unique_ptr<EventPush>> EventPush::start(Configuration const& configuration, Settings const& settings,
                                                    Log log)
{
    if (settings.event_push.empty())
        return std::unique_ptr<EventPush>{};
    auto outgoing = Outgoing::create("--event-push", settings.event_push);
    if (!outgoing)
        return outgoing.error();
    auto const target = std::make_shared<Target const>(
        Target{std::move(*outgoing), settings.event_push_token_file, configuration.event_token});
    scimkit::LogReaderOptions options{.name = "events-push"};
    options.handle = [target](scimkit::LogBatch& batch) { return target->push(batch); };
    options.gap = [log](scimkit::LogGap const& gap) -> result<void>
    {
        log(scimkit::LogLevel::warning,
            "events of tenant " + gap.tenant + ": changes have gone from the change log before they were pushed");
        return {};
    };
    options.failed = [log](std::string_view tenant, Error const& error, std::chrono::milliseconds again)
    {
        log(scimkit::LogLevel::warning, "an event was not delivered: tenant " + std::string{tenant} + ": " +
                                            error.detail + "; next attempt in " + std::to_string(again.count()) +
                                            " ms");
    };
    options.max_batch = 20;   // what may come again after a crash
    options.own_types = true; // results of asynchronous requests
    auto reader = scimkit::LogReader::start(configuration.service.store, std::move(options));
    if (!reader)
        return invalid("--event-push: " + reader.error().detail);
    std::unique_ptr<EventPush> made{new EventPush};
    made->reader_ = std::move(*reader);
    return made;
}

} // namespace server
