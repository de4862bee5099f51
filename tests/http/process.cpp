// Every wait for a program has an end, after which it is killed: one that hangs fails its test, and outlives none.
#include "process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace scimkit::test
{

namespace
{

using Clock = std::chrono::steady_clock;

/// How long a program is waited for that says nothing. No test is about this time: on a machine whose disk is busy with
/// other tests, a program that opens a database can take ten seconds to say its first word.
constexpr std::chrono::seconds patience{60};

std::array<int, 2> make_pipe()
{
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error{errno, std::generic_category(), "pipe"};
    return ends;
}

bool readable_before(int file, Clock::time_point end)
{
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{file, POLLIN, 0};
    return left > 0 && ::poll(&wait, 1, static_cast<int>(left)) > 0;
}

void fill(int pipe)
{
    std::array<char, 4096> const page{};
    ::fcntl(pipe, F_SETFL, O_NONBLOCK);
    while (::write(pipe, page.data(), page.size()) > 0)
        continue;
    ::fcntl(pipe, F_SETFL, 0);
}

/// Everything up to the end of the file, or to the end of our patience.
std::string read_all(int file, Clock::time_point end)
{
    std::string text;
    std::array<char, 4096> part;
    while (readable_before(file, end))
    {
        auto const size = ::read(file, part.data(), part.size());
        if (size <= 0)
            break;
        text.append(part.data(), static_cast<std::size_t>(size));
    }
    return text;
}

} // namespace

Process::Process(std::vector<std::string> const& command, std::string const& input, unsigned closed, Outputs outputs)
{
    auto const in = make_pipe();
    auto const out = make_pipe();
    auto const err = make_pipe();
    if (outputs == Outputs::full)
    {
        fill(out[1]);
        fill(err[1]);
    }

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
        if (closed & (1U << number))
            posix_spawn_file_actions_addclose(&files, number);
    std::vector<char*> arguments;
    for (auto const& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    auto const failed = ::posix_spawn(&id_, arguments[0], &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&files);

    [[maybe_unused]] auto const written = ::write(in[1], input.data(), input.size());
    for (int const end : {in[0], in[1], out[1], err[1]})
        ::close(end);
    out_ = out[0];
    err_ = err[0];
    if (failed != 0)
    {
        id_ = -1;
        throw std::system_error{failed, std::generic_category(), "posix_spawn " + command.front()};
    }
}

Process::~Process()
{
    if (id_ > 0)
    {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

std::string Process::read_line()
{
    auto const end = Clock::now() + patience;
    for (;;)
    {
        if (auto const newline = pending_.find('\n'); newline != std::string::npos)
        {
            auto line = pending_.substr(0, newline);
            pending_.erase(0, newline + 1);
            return line;
        }
        std::array<char, 4096> part;
        auto const size = readable_before(out_, end) ? ::read(out_, part.data(), part.size()) : 0;
        if (size <= 0)
            return {};
        pending_.append(part.data(), static_cast<std::size_t>(size));
    }
}

std::string Process::read_errors_until(std::string const& text)
{
    auto const end = Clock::now() + patience;
    std::string read;
    std::array<char, 4096> part;
    while (read.find(text) == std::string::npos && readable_before(err_, end))
    {
        auto const size = ::read(err_, part.data(), part.size());
        if (size <= 0)
            break;
        read.append(part.data(), static_cast<std::size_t>(size));
    }
    return read;
}

void Process::close_errors()
{
    ::close(err_);
    err_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int Process::exit_within(std::chrono::milliseconds time)
{
    auto const end = Clock::now() + time;
    int status = 0;
    while (::waitpid(id_, &status, WNOHANG) == 0)
    {
        if (Clock::now() >= end)
            return -1;
        ::poll(nullptr, 0, 10);
    }
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void Process::signal(int number) const { ::kill(id_, number); }

Finished Process::wait()
{
    auto const end = Clock::now() + patience;
    Finished finished;
    finished.out = pending_ + read_all(out_, end);
    finished.err = read_all(err_, end);
    if (Clock::now() >= end)
        ::kill(id_, SIGKILL);
    int status = 0;
    ::waitpid(id_, &status, 0);
    id_ = -1;
    if (WIFEXITED(status))
        finished.exit_code = WEXITSTATUS(status);
    return finished;
}

Finished run(std::vector<std::string> const& command, std::string const& input)
{
    Process process{command, input};
    return process.wait();
}

} // namespace scimkit::test
