// Attacks by what is asked for: searches, changes and answers that cost much.
#include "attack.hpp"

#include <algorithm>
#include <array>

namespace hostile
{
namespace
{

using std::chrono::milliseconds;

/// Sends the same request again and again without a rest, whatever is answered.
asio::awaitable<void> flood(Scene scene, std::string request)
{
    for (;;)
    {
        Stream stream{co_await asio::this_coro::executor};
        if (co_await connect(stream, scene.server.port))
            co_return;
        for (bool open = true; open;)
        {
            auto const begun = Clock::now();
            Answer const answer = co_await exchange(stream, request, scene.patience);
            scene.outcomes.note(answer, Clock::now() - begun);
            open = answer.status != 0 && answer.keep_alive;
        }
    }
}

/// `term 0 or term 1 or ...`, each made of `before`, its number and `after`.
std::string disjunction(int terms, std::string const& before, std::string const& after)
{
    std::string filter;
    for (int i = 0; i < terms; ++i)
        filter += (i == 0 ? "" : " or ") + before + std::to_string(i) + after;
    return filter;
}

std::string removals_by_filter(int operations, std::string all = {})
{
    for (int i = 0; i < operations; ++i)
        all += (all.empty() ? "" : ",") +
               (R"({"op":"remove","path":"emails[value co \"q)" + std::to_string(i) + "\\\"]\"}");
    return all;
}

std::string large_group(int members)
{
    std::string all;
    for (int i = 0; i < members; ++i)
        all += (i == 0 ? "" : ",") + (R"({"value":"nobody-)" + std::to_string(i) + "\"}");
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"large","members":[)" + all +
           "]}";
}

std::string sixteen_passwords()
{
    std::string all;
    for (int i = 0; i < 16; ++i)
        all += (i == 0 ? "" : ",") +
               (R"({"op":"replace","path":"password","value":"correct horse )" + std::to_string(i) + "\"}");
    return all;
}

/// Long Bulks of one client: each operation changes what the one before it has left.
Attack bulks(Targets const& targets, Server const& server, std::string const& token)
{
    // Whoever asks for the names of the cases has no targets.
    std::string const user = targets.plain.substr(std::min(server.prefix.size(), targets.plain.size()));
    std::string all;
    for (int i = 0; i < 1'000; ++i)
        all += (i == 0 ? "" : ",") + (R"({"method":"PATCH","path":")" + user + R"(","data":)") +
               patch_body(R"({"op":"replace","path":"title","value":"title )" + std::to_string(i) + "\"}") + "}";
    return repeated("bulks", 16,
                    make_request("POST", server.prefix + "/Bulk", token,
                                 R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)" +
                                     all + "]}"));
}

/// A user of its own for each client, to whom e-mails are added by the megabyte until the server has had enough.
asio::awaitable<void> pile_up_emails(Scene scene, int client)
{
    constexpr int most = 40;
    constexpr int at_once = 9'000; // below the limit on operations of other kinds, near that on bodies
    Stream stream{co_await asio::this_coro::executor};
    if (co_await connect(stream, scene.server.port))
        co_return;
    std::string const name = "piler-" + std::to_string(::getpid()) + "-" + std::to_string(client) + "-" +
                             std::to_string(Clock::now().time_since_epoch().count());
    std::string const created = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name +
                                R"(","emails":[{"value":"first@example.com"}]})";
    Answer answer = co_await exchange(
        stream, make_request("POST", scene.server.prefix + "/Users", scene.token, created), scene.patience);
    std::size_t const id = answer.body.find("\"id\":\"");
    if (answer.status != 201 || id == std::string::npos)
        co_return;
    std::string const target =
        scene.server.prefix + "/Users/" + answer.body.substr(id + 6, answer.body.find('"', id + 6) - id - 6);
    for (int round = 0; round < most && answer.status / 100 == 2; ++round)
    {
        std::string values;
        for (int i = 0; i < at_once; ++i)
            values += (i == 0 ? "" : ",") +
                      (R"({"value":"a-long-address-)" + std::to_string(round * at_once + i) +
                       R"(@example.com","display":"An address, one of many, )" + std::to_string(i) + R"("})");
        auto const begun = Clock::now();
        std::string const body = patch_body(R"({"op":"add","path":"emails","value":[)" + values + "]}");
        answer = co_await exchange(stream, make_request("PATCH", target, scene.token, body), scene.patience);
        scene.outcomes.note(answer, Clock::now() - begun);
    }
    co_await repeat(scene, make_request("GET", target, scene.token));
}

/// One slow search, and users of 900 KB, so that the database grows past the sizes at which its map doubled once.
asio::awaitable<void> grow_beside_a_search(Scene scene, int client, std::string search)
{
    if (client == 0)
        co_await repeat(scene, search);
    std::string const large(225'000, 'x');
    Stream stream{co_await asio::this_coro::executor};
    if (co_await connect(stream, scene.server.port))
        co_return;
    for (int i = 0; i < 150; ++i) // 135 MB
    {
        std::string const name =
            "grower-" + std::to_string(client) + "-" + std::to_string(Clock::now().time_since_epoch().count());
        auto const begun = Clock::now();
        Answer const answer = co_await exchange(
            stream,
            make_request("POST", scene.server.prefix + "/Users", scene.token,
                         R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name +
                             R"(","nickName":")" + large + R"(","title":")" + large + R"(","name":{"formatted":")" +
                             large + R"(","middleName":")" + large + "\"}}"),
            scene.patience);
        scene.outcomes.note(answer, Clock::now() - begun);
        if (answer.status == 0)
            co_return;
    }
}

/// Bodies of a megabyte, each hostile in its own way.
std::array<std::string, 4> hostile_bodies()
{
    std::string arrays = "[";
    while (arrays.size() < 1'000'000)
        arrays += "[],";
    arrays += "[]]";
    std::string members = "{";
    for (int i = 0; members.size() < 1'000'000; ++i)
        members += (i == 0 ? "\"" : ",\"") + ("m" + std::to_string(i) + "\":1");
    members += "}";
    std::string emails = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"huge","emails":[)";
    for (int i = 0; emails.size() < 1'000'000; ++i)
        emails += (i == 0 ? "" : ",") + (R"({"value":")" + std::to_string(i) + R"("})");
    emails += "]}";
    std::string escapes = "{\"userName\":\"";
    while (escapes.size() < 1'000'000)
        escapes += "\\u0301";
    escapes += "\"}";
    return {arrays, members, emails, escapes};
}

asio::awaitable<void> send_each(Scene scene, std::array<std::string, 4> bodies)
{
    for (std::size_t i = 0;; ++i)
    {
        Stream stream{co_await asio::this_coro::executor};
        if (co_await connect(stream, scene.server.port))
            co_return;
        auto const begun = Clock::now();
        Answer const answer = co_await exchange(
            stream, make_request("POST", scene.server.prefix + "/Users", scene.token, bodies[i % bodies.size()]),
            scene.patience);
        scene.outcomes.note(answer, Clock::now() - begun);
    }
}

} // namespace

asio::awaitable<void> repeat(Scene scene, std::string request)
{
    for (;;)
    {
        Stream stream{co_await asio::this_coro::executor};
        if (co_await connect(stream, scene.server.port))
        {
            co_await sleep_for(milliseconds{50});
            continue;
        }
        for (bool open = true; open;)
        {
            auto const begun = Clock::now();
            Answer const answer = co_await exchange(stream, request, scene.patience);
            scene.outcomes.note(answer, Clock::now() - begun);
            open = answer.status != 0 && answer.keep_alive;
            if (answer.status >= 400)
                co_await sleep_for(milliseconds{20}); // refusals are cheap to make; this is not about a flood of them
        }
    }
}

Attack repeated(std::string name, int clients, std::string request)
{
    return {.name = std::move(name), .clients = clients, .act = [request = std::move(request)](Scene scene, int) {
                return repeat(std::move(scene), request);
            }};
}

std::string patch_body(std::string const& operations)
{
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations + "]}";
}

std::vector<Attack> request_attacks(Targets const& targets, Server const& server, std::string const& token)
{
    std::string const users = server.prefix + "/Users";
    auto const get = [&](std::string const& target) { return make_request("GET", target, token); };
    auto const search = [&](std::string const& filter)
    { return make_request("POST", users + "/.search", token, search_body(filter)); };
    std::string const last_page = "&startIndex=" + std::to_string(targets.users - 999) + "&count=1000";
    std::string const co_terms = search(disjunction(900, "title co \"q", "\""));
    std::vector<Attack> all{
        repeated("co-terms", 8, co_terms),
        repeated("co-terms-patch", 4,
                 make_request("PATCH", targets.long_email, token, patch_body(removals_by_filter(3'000)))),
        // A short body and much work, within all limits and with a change at the end: it comes to the writer.
        repeated("short-patch", 8,
                 make_request("PATCH", targets.long_email, token,
                              patch_body(removals_by_filter(10, R"({"op":"replace","path":"active","value":true})")))),
        repeated("group-filter-patch", 4,
                 make_request("PATCH", targets.everyone, token,
                              patch_body(R"({"op":"remove","path":"members[type eq \"Group\"]"})"))),
        repeated("large-post", 4, make_request("POST", server.prefix + "/Groups", token, large_group(15'000))),
        repeated("equal-legs", 8, search(disjunction(1'000, "userName ge \"", "\""))),
        repeated("empty-legs", 8,
                 search(
                     []
                     {
                         std::string legs = "userName ge \"\"";
                         for (int i = 1; i < 1'000; ++i)
                             legs += " or userName ge \"\"";
                         return legs;
                     }())),
        repeated("deep-sort", 8, get(users + "?sortBy=name.familyName" + last_page)),
        repeated("groups-pr", 8, get(users + "?filter=groups%20pr&count=1000")),
        repeated("sort-location", 8, get(users + "?sortBy=meta.location" + last_page)),
        repeated("large-users", 8, get(users + "?count=100&filter=" + encode("userName sw \"large-\""))),
        repeated("memberships", 4, get(targets.joiner)),
        repeated("passwords", 16,
                 make_request("PATCH", targets.plain, token,
                              patch_body(R"({"op":"replace","path":"password","value":"correct horse battery"})")))};
    all.push_back(repeated("passwords-of-nobody", 16,
                           make_request("PATCH", users + "/nobody", token, patch_body(sixteen_passwords()))));
    all.push_back(bulks(targets, server, token));
    all.push_back({.name = "many-emails", .clients = 4, .act = pile_up_emails, .single = false});
    all.push_back({.name = "huge-json",
                   .clients = 8,
                   .act = [bodies = hostile_bodies()](Scene scene, int) { return send_each(std::move(scene), bodies); },
                   .single = false});
    all.push_back({.name = "map-growth",
                   .clients = 2,
                   .act = [co_terms](Scene scene, int client)
                   { return grow_beside_a_search(std::move(scene), client, co_terms); },
                   .single = false});
    // Of another tenant, under the rates that bench/hostile/run sets.
    for (auto const& [name, request] :
         {std::pair{"flood-of-reads", get(users + "?count=0")},
          std::pair{"flood-of-writes", make_request("POST", users, token, R"({"userName":"flood"})")}})
    {
        all.push_back({.name = name,
                       .clients = 64,
                       .act = [request = request](Scene scene, int) { return flood(std::move(scene), request); },
                       .single = false});
    }
    return all;
}

} // namespace hostile
