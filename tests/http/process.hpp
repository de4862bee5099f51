// A child process, its two outputs, and its end.
#pragma once

#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace scimkit::test
{

struct Finished
{
    int exit_code = -1; ///< -1: ended by a signal
    std::string out;
    std::string err;
};

/// Killed if it still runs when the object goes.
class Process
{
public:
    enum class Outputs
    {
        empty,
        full ///< neither takes a byte until it is read
    };

    /// `closed`: which of the descriptors 0, 1 and 2 the process starts without, a bit for each.
    explicit Process(std::vector<std::string> const& command, std::string const& input = {}, unsigned closed = 0,
                     Outputs outputs = Outputs::empty);
    ~Process();
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    /// The next line of stdout, without its end; empty if the process ends or says nothing for ten seconds.
    std::string read_line();
    /// What comes on stderr until `text` has come, or ten seconds have passed. Nobody reads it otherwise before wait().
    std::string read_errors_until(std::string const& text);
    /// Whoever read stderr goes away.
    void close_errors();
    void signal(int number) const;
    /// The exit code, without reading anything; -1 if a signal ends it, or it still runs after `time`.
    int exit_within(std::chrono::milliseconds time);
    /// Waits for the end, and returns what came since the last read_line(). Kills it after twenty seconds.
    Finished wait();

    pid_t id() const { return id_; }

private:
    pid_t id_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string pending_;
};

Finished run(std::vector<std::string> const& command, std::string const& input = {});

} // namespace scimkit::test
