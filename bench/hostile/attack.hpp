// What hostile clients do, and what became of it.
#pragma once

#include "client.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace hostile
{

/// Targets that the seed program made.
struct Targets
{
    std::string everyone;               ///< a group of all users
    std::string joiner;                 ///< a user in 20,000 groups
    std::string long_email;             ///< a user with one e-mail of 200 KB beyond ASCII
    std::string plain;                  ///< a user of 1 KB
    std::uint64_t users = 0;            ///< how many there are
    std::vector<std::string> crowds{};  ///< groups of all users, to be emptied or deleted; in the database `crowds`
    std::vector<std::string> leavers{}; ///< users in 1,000 groups each, to be deleted; there too
};

/// What became of the requests: the answer ("200", "400 tooMany: The filter ...", "closed") and how often.
struct Outcomes
{
    struct Kind
    {
        std::size_t count = 0;
        double longest = 0; ///< seconds
    };
    std::map<std::string, Kind> kinds{};
    std::atomic<std::size_t> noted{0}; ///< may be read while an attack runs; `kinds` only after it

    void note(Answer const& answer, Clock::duration time);
    void note(std::string const& what, Clock::duration time);
};

/// Handed to each hostile client.
struct Scene
{
    Server server;
    Targets targets;
    std::string token;
    Outcomes& outcomes;
    std::chrono::milliseconds patience{60'000}; ///< for one answer
};

struct Attack
{
    std::string name;
    int clients = 1;
    /// One client's doing; endless, or until it has done its part.
    std::function<asio::awaitable<void>(Scene scene, int client)> act;
    /// The attack is on connections: the victim opens a new one for each request.
    bool on_connections = false;
    /// Its single request is worth timing by itself.
    bool single = true;
    /// It works on nested and on crowded groups, which have a database of their own, so that the others stay small.
    bool on_crowds = false;
    /// Nothing is asked of the server: the cores are busy with something else, and what that costs another client is
    /// the machine's doing.
    bool is_control = false;
};

/// Every case, in the order in which they run.
std::vector<Attack> all_attacks(Targets const& targets, Server const& server, std::string const& token);
std::vector<Attack> request_attacks(Targets const& targets, Server const& server, std::string const& token);
std::vector<Attack> group_attacks(Targets const& targets, Server const& server, std::string const& token);
std::vector<Attack> connection_attacks(Targets const& targets, Server const& server, std::string const& token);

/// Sends the same request again and again on one connection.
asio::awaitable<void> repeat(Scene scene, std::string request);

/// `clients` of them that do so.
Attack repeated(std::string name, int clients, std::string request);

std::string patch_body(std::string const& operations);

/// Runs an attack on a thread of its own, from construction to destruction; then every connection is closed. The thread
/// gives way to all others, so that its own work weighs less on what is measured.
class Running
{
public:
    Running(Attack const& attack, Scene scene);
    ~Running();
    Running(Running const&) = delete;
    Running& operator=(Running const&) = delete;

private:
    Attack const& attack_;
    std::unique_ptr<asio::io_context> context_;
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

} // namespace hostile
