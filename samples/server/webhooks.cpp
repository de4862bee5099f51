// A target is somebody else's machine: it may hang, lie, move or answer without end, and gets nothing but what is
// signed for it. It is trusted to be where its certificate says, and to say that it has got a message.
#include "webhooks.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/events/webhook.hpp>

#include "invalid.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

constexpr std::size_t max_secrets = 5; // that are looked at, of a file; the signer takes fewer

result<scimkit::WebhookSigner> signer_of(std::string const& lines)
{
    std::vector<std::string> secrets;
    std::istringstream stream{lines};
    for (std::string line; secrets.size() < max_secrets && std::getline(stream, line);)
        secrets.push_back(std::move(line));
    return scimkit::WebhookSigner::make(secrets);
}

result<bool> post(Outgoing const& outgoing, std::string const& secrets, scimkit::WebhookMessage message)
{
    auto const signer = signer_of(secrets);
    if (!signer)
        return signer.error();
    auto headers = signer->headers(message, scimkit::system_environment()->now());
    headers.push_back({"Content-Type", "application/json"});
    auto const posted = outgoing.post(std::move(headers), std::move(message.body));
    return posted ? result<bool>{true} : posted.error();
}

} // namespace

result<std::string> read_webhook_secrets(std::string const& file)
{
    std::string lines;
    std::ifstream stream{file};
    std::size_t count = 0;
    for (std::string line; count < max_secrets && std::getline(stream, line);)
        if (!line.empty() && line.front() != '#')
        {
            lines += line + '\n';
            ++count;
        }
    if (lines.empty())
        return invalid("--webhook-secret-file " + file + " has no secret in it, or cannot be read.");
    if (auto checked = check_webhook_secrets(lines); !checked)
        return invalid("--webhook-secret-file " + file + ": " + checked.error().detail);
    return lines;
}

result<void> check_webhook_secrets(std::string const& lines)
{
    auto const signer = signer_of(lines);
    return signer ? result<void>{} : result<void>{signer.error()};
}

Posting webhook_posting()
{
    Posting posting{.reader = std::string{webhook_reader}, .what = "a webhook", .change = {}, .gap = {}};
    posting.change = [rules = std::shared_ptr<scimkit::LifecycleRules const>{scimkit::lifecycle_rules()}](
                         Outgoing const& outgoing, std::string const& secrets, scimkit::LoggedChange const& change)
    { return post(outgoing, secrets, webhook_message(change, *rules)); };
    posting.gap = [](Outgoing const& outgoing, std::string const& secrets, scimkit::LogGap const& gap)
    { return post(outgoing, secrets, webhook_message(gap, scimkit::system_environment()->now())); };
    return posting;
}

} // namespace server
