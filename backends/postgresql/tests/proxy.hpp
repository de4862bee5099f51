// A TCP proxy before the server, that counts round trips, and cuts connections in the middle of a commit.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <thread>

namespace scimkit::test
{

class Proxy
{
public:
    /// What becomes of the first flight with the text of a commit.
    enum class Cut
    {
        nothing,
        before_commit, ///< the server does not get it
        after_commit,  ///< the server gets it, and its answer goes nowhere
        rolls_back     ///< the server gets a roll-back in its place, and says so; the connection stays
    };

    explicit Proxy(std::uint16_t server_port);
    Proxy(Proxy const&) = delete;
    Proxy& operator=(Proxy const&) = delete;
    ~Proxy();

    std::uint16_t port() const noexcept { return port_; }

    void cut(Cut how) noexcept { cut_ = how; }
    bool has_cut() const noexcept { return cut_ == Cut::nothing; }

    /// From now on nothing is forwarded, and nobody is told: as if the server's machine had vanished.
    void swallow() noexcept { swallowing_ = true; }

    /// How often a client spoke after the server had spoken.
    unsigned round_trips() const noexcept { return round_trips_; }

    /// The most that a client said between two words of the server, since the start or forget_longest().
    std::size_t longest_question() const noexcept { return longest_question_; }
    void forget_longest() noexcept { longest_question_ = 0; }

    /// The most that the server said between two words of a client.
    std::size_t longest_answer() const noexcept { return longest_answer_; }

private:
    void serve(int client);

    std::uint16_t server_port_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    std::atomic<Cut> cut_{Cut::nothing};
    std::atomic<unsigned> round_trips_{0};
    std::atomic<std::size_t> longest_answer_{0};
    std::atomic<std::size_t> longest_question_{0};
    std::atomic<int> serving_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> swallowing_{false};
    std::thread accepting_{};
};

} // namespace scimkit::test
