// Pages of the database's map are the kernel's to take back; what counts against a limit on memory is the rest.
#include "process_watch.hpp"

#include <chrono>
#include <fstream>
#include <string>

namespace hostile
{

double own_memory(int pid)
{
    std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string word; status >> word;)
        if (word == "RssAnon:")
        {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1'024;
        }
    return 0;
}

bool is_alive(int pid)
{
    std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
    std::string const text{std::istreambuf_iterator<char>{stat}, {}};
    std::size_t const name_end = text.rfind(')');
    return name_end != std::string::npos && name_end + 2 < text.size() && text[name_end + 2] != 'Z';
}

MemoryWatch::MemoryWatch(int pid)
    : thread_(
          [this, pid]
          {
              while (!stop_)
              {
                  if (double const now = own_memory(pid); now > peak_)
                      peak_ = now;
                  std::this_thread::sleep_for(std::chrono::milliseconds{50});
              }
          })
{
}

MemoryWatch::~MemoryWatch()
{
    stop_ = true;
    thread_.join();
}

} // namespace hostile
