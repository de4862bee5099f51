// One thread a connection, blocking: tests have few.
#include "proxy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstddef>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace scimkit::test
{
namespace
{

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

bool send_all(int socket, std::string_view bytes)
{
    while (!bytes.empty())
    {
        auto const sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

Proxy::Proxy(std::uint16_t server_port)
    : server_port_(server_port)
    , listener_(::socket(AF_INET, SOCK_STREAM, 0))
{
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 32) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error{"the proxy cannot listen"};
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread{[this]
                             {
                                 for (;;)
                                 {
                                     int const client = ::accept(listener_, nullptr, nullptr);
                                     if (client < 0)
                                         return;
                                     ++serving_;
                                     std::thread{[this, client]
                                                 {
                                                     serve(client);
                                                     --serving_;
                                                 }}
                                         .detach();
                                 }
                             }};
}

Proxy::~Proxy()
{
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    ::close(listener_);
    while (serving_ > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

void Proxy::serve(int client)
{
    int const server = ::socket(AF_INET, SOCK_STREAM, 0);
    auto const address = loopback(server_port_);
    bool open = ::connect(server, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    bool server_spoke = true;
    std::size_t answer = 0;
    std::size_t question = 0;
    std::array<char, 65536> buffer{};
    while (open && !stopping_)
    {
        pollfd watched[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(watched, 2, 50) <= 0)
            continue;
        for (int from = 0; from < 2 && open; ++from)
        {
            if (watched[from].revents == 0)
                continue;
            auto const size = ::recv(watched[from].fd, buffer.data(), buffer.size(), 0);
            if (size <= 0)
            {
                open = false;
                break;
            }
            if (swallowing_)
                continue;
            std::string_view const bytes{buffer.data(), static_cast<std::size_t>(size)};
            if (from == 0 && server_spoke)
                ++round_trips_;
            server_spoke = from == 1;
            answer = from == 1 ? answer + bytes.size() : 0;
            if (answer > longest_answer_)
                longest_answer_ = answer;
            question = from == 0 ? question + bytes.size() : 0;
            if (question > longest_question_)
                longest_question_ = question;
            using namespace std::string_view_literals;
            auto const commit = from == 0 ? bytes.find("commit\0"sv) : std::string_view::npos;
            Cut const how = commit != std::string_view::npos ? cut_.exchange(Cut::nothing) : Cut::nothing;
            if (how == Cut::rolls_back)
                std::ranges::copy("abort "sv, buffer.begin() + static_cast<std::ptrdiff_t>(commit));
            if (how != Cut::before_commit)
                open = send_all(from == 0 ? server : client, bytes);
            if (how == Cut::after_commit)
                (void)::recv(server, buffer.data(), 1, MSG_PEEK); // until it has answered
            if (how == Cut::before_commit || how == Cut::after_commit)
                open = false;
        }
    }
    ::close(client);
    ::close(server);
}

} // namespace scimkit::test
