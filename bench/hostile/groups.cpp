// Attacks on memberships: groups within groups, and groups and users that go with all that they are in. What is gone
// cannot be asked for again, so each client takes the next one of those that the seed program made.
#include "attack.hpp"

#include <memory>

namespace hostile
{
namespace
{

/// What is still to be asked for, by all clients and in all windows of an attack, which one thread runs.
struct Queue
{
    std::vector<std::string> targets;
    std::function<std::string(std::string const& target)> request;
    std::size_t next = 0;
};

/// The next few of a queue.
asio::awaitable<void> ask_each(Scene scene, std::shared_ptr<Queue> queue, int most)
{
    Stream stream{co_await asio::this_coro::executor};
    bool open = !co_await connect(stream, scene.server.port);
    for (; open && most > 0; --most)
    {
        if (queue->next == queue->targets.size())
        {
            scene.outcomes.note("nothing left to ask for", Clock::duration::zero());
            co_return;
        }
        std::string const request = queue->request(queue->targets[queue->next++]);
        auto const begun = Clock::now();
        Answer const answer = co_await exchange(stream, request, scene.patience);
        scene.outcomes.note(answer, Clock::now() - begun);
        open = answer.status != 0 && answer.keep_alive;
    }
}

/// `clients`, each with so many of the queue in a window.
Attack each_once(std::string name, int clients, int of_a_window, Queue queue)
{
    return {.name = std::move(name),
            .clients = clients,
            .act = [queue = std::make_shared<Queue>(std::move(queue)), of_a_window](Scene scene, int)
            { return ask_each(std::move(scene), queue, of_a_window); },
            .on_crowds = true};
}

Attack on_crowds(Attack attack)
{
    attack.on_crowds = true;
    return attack;
}

std::string empty_group()
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"emptied"})";
}

} // namespace

std::vector<Attack> group_attacks(Targets const& targets, Server const& server, std::string const& token)
{
    auto const get = [&](std::string const& target) { return make_request("GET", server.prefix + target, token); };
    auto const remove = [token](std::string const& target) { return make_request("DELETE", target, token); };
    auto const clear = [token](std::string const& target)
    { return make_request("PATCH", target, token, patch_body(R"({"op":"remove","path":"members"})")); };
    auto const replace = [token](std::string const& target)
    { return make_request("PUT", target, token, empty_group()); };
    // Two clients, and one request of each in a window: such a request is long by itself.
    constexpr int clients = 2, once = 1;
    constexpr int leaving_clients = 4, leaving = 4;
    return {
        on_crowds(repeated("nested-groups", 8, get("/Groups?count=1000&filter=" + encode("displayName sw \"nest-\"")))),
        on_crowds(
            repeated("groups-of-nested", 8, get("/Users?count=1000&filter=" + encode("userName sw \"nested-\"")))),
        each_once("delete-group", clients, once, {targets.crowds, remove}),
        each_once("clear-group", clients, once, {targets.crowds, clear}),
        each_once("clear-group-by-put", clients, once, {targets.crowds, replace}),
        each_once("leave-groups", leaving_clients, leaving, {targets.leavers, remove})};
}

} // namespace hostile
