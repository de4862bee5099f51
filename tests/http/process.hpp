// A child process, its two outputs, and its end.
#pragma once

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
    explicit Process(std::vector<std::string> const& command, std::string const& input = {});
    ~Process();
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    /// The next line of stdout, without its end; empty if the process ends or says nothing for ten seconds.
    std::string read_line();
    void signal(int number) const;
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
