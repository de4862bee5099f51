// What somebody's identity provider has sent, sent again: at a new version of a server, or at one with other settings,
// to see before it does what will be refused.
#include "requests_command.hpp"
#include "settings.hpp"

#ifdef SCIMKIT_SERVER_CLIENT
#include <scimkit/client/transport.hpp>

#include "commands.hpp"
#include "outgoing.hpp"
#include "replayed.hpp"
#include "secret_files.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <thread>
#endif

#include <cstdlib>
#include <string>
#include <utility>

namespace server
{

#ifdef SCIMKIT_SERVER_CLIENT

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr int most_attempts = 5;          // of one request; then its answer is a 429 or 503
constexpr std::chrono::seconds pause{1};  // between two of them
constexpr std::size_t least_id_bytes = 8; // a shorter id could be a part of anything, so it is not replaced

struct AskedReplay
{
    std::string file;
    std::string url;
    std::string token_file;
    bool dry_run = false;
};

struct Counts
{
    std::uint64_t same = 0;
    std::uint64_t different = 0;
    std::uint64_t skipped = 0;
};

class Replay
{
public:
    Replay(AskedReplay const& asked, std::shared_ptr<scimkit::client::Transport> transport, std::string token)
        : asked_(asked)
        , transport_(std::move(transport))
        , token_(std::move(token))
    {
    }

    /// Errors: nobody answers; then there is no sense in going on.
    result<void> line(std::string const& where, std::string_view text)
    {
        auto const made = replayed_of(text, asked_.dry_run);
        if (!made)
            return Error{made.error().code, where + ": " + made.error().detail};
        if (!made->skip.empty())
        {
            ++counts_.skipped;
            tell(where + ": " + made->method + " " + made->target + ": not sent: " + made->skip);
            return {};
        }
        auto const answer = send(request_of(*made));
        if (!answer)
            return Error{ErrorCode::unavailable, where + ": " + describe(answer.error())};
        compare(where, *made, *answer);
        return {};
    }

    Counts const& counts() const noexcept { return counts_; }

private:
    scimkit::client::HttpRequest request_of(Replayed const& made) const
    {
        scimkit::client::HttpRequest request{.method = made.method,
                                             .url = asked_.url + with_new_ids(made.target, ids_),
                                             .headers = made.headers,
                                             .body = with_new_ids(made.body, ids_)};
        request.headers.push_back({"Authorization", "Bearer " + token_});
        if (asked_.dry_run && writes(made))
            request.headers.push_back({"SCIM-Dry-Run", "true"});
        return request;
    }

    /// A server that is busy says so, and was not asked then.
    scimkit::client::outcome<scimkit::client::HttpResponse> send(scimkit::client::HttpRequest const& request) const
    {
        auto answer = transport_->send(request);
        for (int i = 1; i < most_attempts && answer && (answer->status == 429 || answer->status == 503); ++i)
        {
            std::this_thread::sleep_for(pause);
            answer = transport_->send(request);
        }
        return answer;
    }

    void compare(std::string const& where, Replayed const& made, scimkit::client::HttpResponse const& answer)
    {
        if (auto const id = id_in(answer.body); !asked_.dry_run && made.id.size() >= least_id_bytes && !id.empty())
            ids_.insert_or_assign(made.id, id);
        if (answer.status == made.status)
        {
            ++counts_.same;
            return;
        }
        ++counts_.different;
        tell(where + ": " + made.method + " " + made.target + ": was " + std::to_string(made.status) + ", is " +
             std::to_string(answer.status) + detail_of(answer.body));
    }

    static std::string detail_of(std::string const& body)
    {
        auto const parsed = scimkit::parse_json(body);
        auto const* const detail = parsed && parsed->is_object() ? parsed->get_object().if_contains("detail") : nullptr;
        return detail && detail->is_string() ? ": " + std::string{detail->get_string()} : std::string{};
    }

    AskedReplay const& asked_;
    std::shared_ptr<scimkit::client::Transport> transport_;
    std::string token_;
    NewIds ids_{};
    Counts counts_{};
};

result<std::string> read_token(std::string const& file)
{
    auto const safe = check_permissions("--token-file", file, true);
    if (!safe)
        return safe.error();
    std::ifstream in{file};
    std::string token;
    if (!std::getline(in, token) || token.empty())
        return Error{ErrorCode::invalid_value, "--token-file " + file + " has no token in its first line."};
    return token;
}

result<Counts> replay(AskedReplay& asked)
{
    while (asked.url.ends_with('/'))
        asked.url.pop_back();
    if (auto const fine = check_target("--url", asked.url); !fine)
        return fine.error();
    auto token = read_token(asked.token_file);
    if (!token)
        return token.error();
    std::ifstream in{asked.file};
    if (!in)
        return Error{ErrorCode::unavailable, asked.file + " cannot be read."};
    auto transport = scimkit::client::curl_transport();
    if (!transport)
        return Error{ErrorCode::unavailable, describe(transport.error())};
    Replay sent{asked, std::move(*transport), std::move(*token)};
    std::uint64_t number = 0;
    for (std::string text; std::getline(in, text);)
    {
        ++number;
        if (text.empty())
            continue;
        if (auto done = sent.line("line " + std::to_string(number), text); !done)
            return done.error();
    }
    return sent.counts();
}

int run(AskedReplay& asked)
{
    auto const counts = replay(asked);
    if (!counts)
    {
        complain("replay: " + counts.error().detail);
        return EXIT_FAILURE;
    }
    tell(std::string{asked.dry_run ? "tried " : "sent "} + std::to_string(counts->same + counts->different) + ": " +
         std::to_string(counts->same) + " had the same status, " + std::to_string(counts->different) + " another; " +
         std::to_string(counts->skipped) + " were not sent");
    return counts->different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int replay_command(int argc, char const* const* argv)
{
    CLI::App app{"Sends what `requests export` has printed again, and says which answers have another status",
                 "scimkit-server replay"};
    AskedReplay asked;
    app.add_option("FILE", asked.file, "Lines of `requests export`")->required();
    app.add_option("--url", asked.url, "The SCIM root, as https://scim.example.com/acme/scim/v2")->required();
    app.add_option("--token-file", asked.token_file, "A file whose first line is the token")->required();
    app.add_flag("--dry-run", asked.dry_run,
                 "Have nothing stored: the server has to have --dry-run-header, and says so otherwise");
    try
    {
        app.parse(argc, argv);
    }
    catch (CLI::Success const& answer)
    {
        return app.exit(answer);
    }
    catch (CLI::ParseError const& error)
    {
        complain(std::string{"replay: "} + error.what());
        return 2;
    }
    return run(asked);
}

#else

int replay_command(int, char const* const*)
{
    complain("replay: this server is built without libcurl");
    return EXIT_FAILURE;
}

#endif

} // namespace server
