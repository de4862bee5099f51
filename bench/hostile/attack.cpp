// Notes what the answers were, and keeps an attack going for as long as it is wanted.
#include "attack.hpp"

#include <scimkit/core/json.hpp>

#include "../../src/core/urgency.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hostile
{
namespace
{

/// The status and, of an error, its reason.
std::string describe(Answer const& answer)
{
    if (answer.status == 0)
        return answer.error == beast::error::timeout ? "no answer" : "closed";
    std::string text = std::to_string(answer.status);
    if (answer.status < 400)
        return text;
    auto const body = scimkit::parse_json(answer.body);
    if (!body || !body->is_object())
        return text;
    for (char const* member : {"scimType", "detail"})
        if (auto const* value = body->get_object().if_contains(member); value && value->is_string())
            text.append(" ").append(value->get_string());
    return text.substr(0, 200);
}

// The clients of an attack stand for other machines, which have cores of their own: the lowest that still gets a turn
// beside other work, and gives its core away after each step. (With SCHED_IDLE an attack would come to nothing on a
// machine that is busy, and look harmless.)
constexpr int of_other_machines = 19;
constexpr int of_other_programs = 10;

void give_way(int niceness)
{
    sched_param const none{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &none); // it began with that of the client that measures
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), niceness);
}

} // namespace

void Outcomes::note(std::string const& what, Clock::duration time)
{
    Kind& kind = kinds[what];
    ++kind.count;
    kind.longest = std::max(kind.longest, std::chrono::duration<double>(time).count());
    ++noted;
}

void Outcomes::note(Answer const& answer, Clock::duration time) { note(describe(answer), time); }

std::vector<Attack> all_attacks(Targets const& targets, Server const& server, std::string const& token)
{
    std::vector<Attack> all{{.name = "busy-machine", .clients = 0, .act = {}, .single = false, .is_control = true}};
    for (Attack& attack : request_attacks(targets, server, token))
        all.push_back(std::move(attack));
    for (Attack& attack : group_attacks(targets, server, token))
        all.push_back(std::move(attack));
    for (Attack& attack : connection_attacks(targets, server, token))
        all.push_back(std::move(attack));
    return all;
}

Running::Running(Attack const& attack, Scene scene)
    : attack_(attack)
    , context_(std::make_unique<asio::io_context>(1))
{
    for (int client = 0; client < attack_.clients; ++client)
        asio::co_spawn(*context_, attack_.act(scene, client), asio::detached);
    threads_.emplace_back(
        [this]
        {
            scimkit::set_urgency(scimkit::Urgency::last); // for its short turns
            give_way(of_other_machines);
            auto const work = asio::make_work_guard(*context_);
            while (context_->run_one() != 0)
                std::this_thread::yield();
        });
    for (unsigned i = 0; attack_.is_control && i < std::thread::hardware_concurrency(); ++i)
        threads_.emplace_back(
            [this]
            {
                give_way(of_other_programs);
                while (!over_)
                    continue;
            });
}

Running::~Running()
{
    over_ = true;
    context_->stop();
    for (std::thread& thread : threads_)
        thread.join();
    context_.reset(); // ends the coroutines, which close their connections
}

} // namespace hostile
