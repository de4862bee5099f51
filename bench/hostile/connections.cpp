// Attacks by what is done with connections: left idle, fed by drops, not read, gone.
#include "attack.hpp"

namespace hostile
{
namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Waits for an answer or the end of the connection, and notes which it was.
asio::awaitable<void> wait_for_the_end(Scene& scene, Stream& stream, Clock::time_point begun)
{
    Answer const answer = co_await exchange(stream, {}, scene.patience);
    scene.outcomes.note(answer, Clock::now() - begun);
}

asio::awaitable<void> stay_idle(Scene scene, int)
{
    for (;;)
    {
        auto const begun = Clock::now();
        Stream stream{co_await asio::this_coro::executor};
        if (!co_await connect(stream, scene.server.port))
            co_await wait_for_the_end(scene, stream, begun);
        co_await sleep_for(milliseconds{100});
    }
}

/// A POST without credentials, all of its body but the last byte.
asio::awaitable<void> hold_back_a_body(Scene scene, int, std::shared_ptr<std::string const> body)
{
    for (;;)
    {
        auto const begun = Clock::now();
        Stream stream{co_await asio::this_coro::executor};
        if (!co_await connect(stream, scene.server.port))
        {
            std::string_view const most{body->data(), body->size() - 1};
            (void)co_await send(stream, most, scene.patience); // refused early: the answer is there
            co_await wait_for_the_end(scene, stream, begun);
        }
        co_await sleep_for(milliseconds{100});
    }
}

asio::awaitable<void> drip(Scene scene, int, std::string request)
{
    for (;;)
    {
        auto const begun = Clock::now();
        Stream stream{co_await asio::this_coro::executor};
        error_code error = co_await connect(stream, scene.server.port);
        for (std::size_t i = 0; i + 1 < request.size() && !error; ++i)
        {
            error = co_await send(stream, std::string_view{request}.substr(i, 1), scene.patience);
            co_await sleep_for(milliseconds{200});
        }
        co_await wait_for_the_end(scene, stream, begun);
    }
}

/// Asks for much and reads nothing of it.
asio::awaitable<void> ask_and_not_read(Scene scene, int, std::string request)
{
    constexpr int small_buffer = 4'096;
    for (;;)
    {
        Stream stream{co_await asio::this_coro::executor};
        if (!co_await connect(stream, scene.server.port, small_buffer) &&
            !co_await send(stream, request, scene.patience))
        {
            scene.outcomes.note("asked, not read", Clock::duration::zero());
            co_await sleep_for(seconds{60});
        }
        co_await sleep_for(milliseconds{100});
    }
}

/// Reads an answer at 50 KB/s.
asio::awaitable<void> read_slowly(Scene scene, int, std::string request)
{
    constexpr int small_buffer = 8'192;
    constexpr std::size_t at_once = 5'000;
    std::string bytes(at_once, '\0');
    for (;;)
    {
        auto const begun = Clock::now();
        Stream stream{co_await asio::this_coro::executor};
        error_code error = co_await connect(stream, scene.server.port, small_buffer);
        if (!error)
            error = co_await send(stream, request, scene.patience);
        while (!error)
        {
            co_await sleep_for(milliseconds{100});
            stream.socket().non_blocking(true, error);
            stream.socket().read_some(asio::buffer(bytes), error);
            if (error == asio::error::would_block)
                error = {}; // nothing there yet
        }
        scene.outcomes.note("closed while reading", Clock::now() - begun);
        co_await sleep_for(milliseconds{100});
    }
}

/// Two hundred searches that cost much, of clients that are gone before the answer.
asio::awaitable<void> ask_and_go(Scene scene, int, std::string request)
{
    constexpr int rounds = 10; // of each of 20 clients
    for (int i = 0; i < rounds; ++i)
    {
        Stream stream{co_await asio::this_coro::executor};
        if (!co_await connect(stream, scene.server.port) && !co_await send(stream, request, scene.patience))
        {
            co_await sleep_for(milliseconds{20});
            scene.outcomes.note("asked and gone", Clock::duration::zero());
        }
    }
}

std::string costly_filter()
{
    std::string filter = "title co \"q\"";
    for (int i = 0; i < 700; ++i)
        filter += " or title co \"q" + std::to_string(i) + "\"";
    return filter;
}

} // namespace

std::vector<Attack> connection_attacks(Targets const& targets, Server const& server, std::string const& token)
{
    std::string const users = server.prefix + "/Users";
    std::string const group = make_request("GET", targets.everyone, token);
    auto const body = std::make_shared<std::string const>(
        make_request("POST", users, {}, "{\"userName\":\"" + std::string(1'000'000, 'x') + "\"}"));
    std::string const search = make_request("POST", users + "/.search", token, search_body(costly_filter()));
    std::string const dripped = make_request("POST", users, token, std::string(2'000, ' '));
    return {{.name = "unread-groups",
             .clients = 100,
             .act = [group](Scene scene, int client) { return ask_and_not_read(std::move(scene), client, group); },
             .single = false},
            {.name = "slow-readers",
             .clients = 100,
             .act = [group](Scene scene, int client) { return read_slowly(std::move(scene), client, group); },
             .single = false},
            {.name = "bodies-without-credentials",
             .clients = 1'000,
             .act = [body](Scene scene, int client) { return hold_back_a_body(std::move(scene), client, body); },
             .on_connections = true,
             .single = false},
            // The same, beside a client that keeps its connections.
            {.name = "bodies-beside-open",
             .clients = 1'000,
             .act = [body](Scene scene, int client) { return hold_back_a_body(std::move(scene), client, body); },
             .single = false},
            {.name = "idle-connections", .clients = 1'024, .act = stay_idle, .on_connections = true, .single = false},
            {.name = "clients-gone",
             .clients = 20,
             .act = [search](Scene scene, int client) { return ask_and_go(std::move(scene), client, search); },
             .single = false},
            {.name = "dripping",
             .clients = 200,
             .act = [dripped](Scene scene, int client) { return drip(std::move(scene), client, dripped); },
             .on_connections = true,
             .single = false}};
}

} // namespace hostile
