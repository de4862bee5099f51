// One thread with epoll for all connections: the generator must leave the cores to the server.
#include "run.hpp"

#include "answer.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string_view>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace load
{
namespace
{

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr auto patience = std::chrono::seconds{30}; // with answers that are still to come at the end
constexpr std::uint64_t most_failures = 10'000;     // then it is no measurement any more

struct Connection
{
    Connection(Plan const& plan, std::size_t number)
        : script(plan, number)
    {
    }

    int socket = -1;
    bool waits = false;   ///< for an answer
    bool blocked = false; ///< with a part of the request that is still to be sent
    Script script;
    AnswerReader answer{};
    std::string out{};
    std::size_t sent = 0;
    std::size_t kind = 0;
    Clock::time_point since{};
};

class Load
{
public:
    explicit Load(Plan const& plan);
    ~Load();
    Load(Load const&) = delete;
    Load& operator=(Load const&) = delete;

    Outcome run();

private:
    void open(std::size_t number);
    void ask(std::size_t number, Clock::time_point due);
    void ask_what_is_due();
    void send(std::size_t number);
    void receive(std::size_t number);
    void finish(std::size_t number, bool answered);
    void note(Latencies* kind, Clock::time_point due, Clock::time_point end);
    void count_unsent();
    nanoseconds until_next() const;
    bool is_over() const { return Clock::now() >= end_ || failed_ >= most_failures; }

    Plan const& plan_;
    int epoll_;
    std::vector<Connection> connections_{};
    std::vector<std::size_t> idle_{};
    std::size_t waiting_ = 0;
    Clock::time_point begin_{}, end_{}, next_{}, last_{};
    nanoseconds apart_{0}; ///< between two requests that are due; 0: closed loop
    std::uint64_t failed_ = 0;
    Outcome outcome_{};
    std::vector<char> buffer_ = std::vector<char>(std::size_t{256} << 10);
};

Load::Load(Plan const& plan)
    : plan_(plan)
    , epoll_(::epoll_create1(EPOLL_CLOEXEC))
{
    ::prctl(PR_SET_TIMERSLACK, 1UL); // else the system wakes us up to 50 us late
    if (plan.rate > 0)
        apart_ = nanoseconds{static_cast<std::int64_t>(1e9 / plan.rate)};
    outcome_.kinds.resize(plan.kinds.size());
    for (std::size_t i = 0; i < plan.connections; ++i)
        connections_.emplace_back(plan, i);
    for (std::size_t i = 0; i < plan.connections; ++i)
    {
        open(i);
        idle_.push_back(i);
    }
}

Load::~Load()
{
    for (auto const& connection : connections_)
        ::close(connection.socket);
    ::close(epoll_);
}

void Load::open(std::size_t number)
{
    auto& connection = connections_[number];
    if (connection.socket >= 0)
        ::close(connection.socket);
    connection.blocked = false;
    connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(plan_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error{"port " + std::to_string(plan_.port) + ": " + std::generic_category().message(errno)};
    int const on = 1;
    ::setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::fcntl(connection.socket, F_SETFL, O_NONBLOCK);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = number}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket, &event);
}

void Load::ask(std::size_t number, Clock::time_point due)
{
    auto& connection = connections_[number];
    connection.kind = connection.script.next(connection.out);
    connection.sent = 0;
    connection.since = due;
    connection.waits = true;
    connection.answer.begin();
    ++waiting_;
    send(number);
}

void Load::ask_what_is_due()
{
    auto const now = Clock::now();
    while (!idle_.empty() && !is_over() && (apart_.count() == 0 || next_ <= now))
    {
        // The one that has been idle for longest comes first, so that all of them are used.
        auto const number = idle_.front();
        idle_.erase(idle_.begin());
        auto const due = apart_.count() == 0 ? Clock::now() : next_;
        next_ += apart_;
        ask(number, due);
    }
}

void Load::send(std::size_t number)
{
    auto& connection = connections_[number];
    while (connection.sent < connection.out.size())
    {
        auto const left = std::string_view{connection.out}.substr(connection.sent);
        auto const done = ::send(connection.socket, left.data(), left.size(), MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            break; // full; or closed, which reading will tell
        connection.sent += static_cast<std::size_t>(done);
    }
    bool const rest = connection.sent < connection.out.size();
    if (rest == connection.blocked)
        return;
    connection.blocked = rest;
    epoll_event event{.events = rest ? EPOLLIN | EPOLLOUT : EPOLLIN, .data = {.u64 = number}};
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event);
}

void Load::receive(std::size_t number)
{
    auto& connection = connections_[number];
    auto const got = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (!connection.waits) // a server that has had enough of an idle connection
        return open(number);
    auto const state =
        got > 0 ? connection.answer.take({buffer_.data(), static_cast<std::size_t>(got)}) : connection.answer.closed();
    if (state == AnswerReader::State::more)
        return;
    bool const whole = state == AnswerReader::State::whole;
    finish(number, whole);
    if (!whole || !connection.answer.keep_alive() || connection.blocked)
        open(number);
    idle_.push_back(number);
}

void Load::finish(std::size_t number, bool answered)
{
    auto& connection = connections_[number];
    connection.waits = false;
    --waiting_;
    last_ = Clock::now();
    auto const status = connection.answer.status();
    if (answered && status >= 200 && status < 300)
        return note(&outcome_.kinds[connection.kind], connection.since, last_);
    ++outcome_.failures[plan_.kinds[connection.kind].name + " " + (answered ? std::to_string(status) : "no answer")];
    ++failed_;
}

void Load::note(Latencies* kind, Clock::time_point due, Clock::time_point end)
{
    auto const time = std::chrono::duration_cast<nanoseconds>(end - due);
    if (kind)
        kind->add(time);
    outcome_.all.add(time);
    if (plan_.window <= 0)
        return;
    auto const window = static_cast<std::size_t>(std::chrono::duration<double>(due - begin_).count() / plan_.window);
    if (outcome_.windows.size() <= window)
        outcome_.windows.resize(window + 1);
    outcome_.windows[window].add(time);
}

void Load::count_unsent()
{
    for (auto const now = Clock::now(); apart_.count() != 0 && next_ < end_ && failed_ < most_failures; next_ += apart_)
    {
        ++outcome_.unsent;
        note(nullptr, next_, now);
    }
}

nanoseconds Load::until_next() const
{
    auto const now = Clock::now();
    auto wake = now < end_ ? end_ : end_ + patience;
    if (now < end_ && apart_.count() != 0 && !idle_.empty())
        wake = std::min(wake, next_);
    return std::max(std::chrono::duration_cast<nanoseconds>(wake - now), nanoseconds{0});
}

Outcome Load::run()
{
    begin_ = next_ = last_ = Clock::now();
    end_ = begin_ + std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>{plan_.seconds});
    std::vector<epoll_event> events(connections_.size());
    for (;;)
    {
        ask_what_is_due();
        if ((is_over() && waiting_ == 0) || Clock::now() > end_ + patience)
            break;
        auto const wait = until_next();
        timespec const limit{static_cast<time_t>(wait.count() / 1'000'000'000), wait.count() % 1'000'000'000};
        int const count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &limit, nullptr);
        for (int i = 0; i < count; ++i)
        {
            auto const& event = events[static_cast<std::size_t>(i)];
            if ((event.events & EPOLLOUT) != 0)
                send(event.data.u64);
            if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
                receive(event.data.u64);
        }
    }
    count_unsent();
    for (auto const& connection : connections_)
        if (connection.waits)
            ++outcome_.failures[plan_.kinds[connection.kind].name + " no answer"];
    outcome_.seconds = std::chrono::duration<double>(last_ - begin_).count();
    return std::move(outcome_);
}

} // namespace

Outcome run(Plan const& plan) { return Load{plan}.run(); }

} // namespace load
