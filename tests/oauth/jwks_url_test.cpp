// Keys at a URL: what is fetched, and what is not.
#include "tokens.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <netinet/in.h>
#include <semaphore>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(keys_at_a_url)

namespace
{

/// Answers each connection of 127.0.0.1 with a text, after a request has come.
class Site
{
public:
    explicit Site(std::string answer, std::chrono::milliseconds delay = 0ms)
        : answer_(std::move(answer))
        , delay_(delay)
    {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE(::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        BOOST_REQUIRE(::listen(listening_, 8) == 0);
        url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/keys";
        thread_ = std::thread{[this] { serve(); }};
    }
    Site(Site const&) = delete;
    Site& operator=(Site const&) = delete;
    ~Site()
    {
        ::shutdown(listening_, SHUT_RDWR);
        thread_.join();
        ::close(listening_);
    }

    std::string url;
    std::atomic<int> asked{0};

private:
    void serve()
    {
        for (;;)
        {
            int const connection = ::accept(listening_, nullptr, nullptr);
            if (connection < 0)
                return;
            std::array<char, 4'096> request{};
            if (::recv(connection, request.data(), request.size(), 0) > 0)
            {
                ++asked;
                std::this_thread::sleep_for(delay_);
                std::string_view rest{answer_};
                while (!rest.empty())
                {
                    auto const sent = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
                    if (sent <= 0)
                        break;
                    rest.remove_prefix(static_cast<std::size_t>(sent));
                }
            }
            ::close(connection);
        }
    }

    std::string answer_;
    std::chrono::milliseconds delay_;
    int listening_ = -1;
    std::thread thread_;
};

std::string ok(std::string const& body)
{
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string set() { return text_of(json::object{{"keys", json::array{pairs().rsa.published()}}}); }

result<std::string> fetch(std::string const& url, JwksUrlOptions options = {.timeout = 5'000ms})
{
    auto const source = jwks_url(url, std::move(options));
    BOOST_REQUIRE(source.has_value());
    BOOST_TEST((*source)->may_block());
    return (*source)->fetch();
}

/// Says that it was asked, and answers when it may.
struct HangingSource : KeySource
{
    result<std::string> fetch() override
    {
        asked.release();
        answers.acquire();
        return set();
    }

    std::counting_semaphore<> asked{0};
    std::counting_semaphore<> answers{0};
};

struct Hanging
{
    explicit Hanging(JwtOptions options = {})
    {
        options.issuer = issuer;
        options.audience = audience;
        options.keys = source;
        options.now = [] { return noon; };
        options.refused = [this](std::string_view why) { log.emplace_back(why); };
        by = jwt_authenticator(std::move(options)).value();
    }

    result<Principal> come_in() const { return by->authenticate({.authorization = good}); }

    std::shared_ptr<HangingSource> source = std::make_shared<HangingSource>();
    std::string good = "Bearer " + signed_token();
    std::vector<std::string> log;
    std::shared_ptr<Authenticator> by;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_token_is_checked_with_keys_that_are_fetched_once_in_an_interval)
{
    Site site{ok(set())};
    JwtOptions options{.issuer = issuer, .audience = audience, .keys = jwks_url(site.url).value()};
    options.now = [] { return noon; };
    auto const by = jwt_authenticator(std::move(options)).value();
    BOOST_TEST(by->may_block());
    for (int i = 0; i < 20; ++i)
    {
        auto const known = "Bearer " + signed_token();
        BOOST_TEST(by->authenticate({.authorization = known}).has_value());
        auto const unknown = "Bearer " + signed_token({}, {{"alg", "RS256"}, {"kid", "k" + std::to_string(i)}});
        BOOST_TEST(!by->authenticate({.authorization = unknown}).has_value());
    }
    BOOST_TEST(site.asked == 1);
}

BOOST_AUTO_TEST_CASE(an_issuer_that_hangs_holds_one_thread_and_all_others_are_refused_at_once)
{
    Hanging server;
    auto first = std::async(std::launch::async, [&] { return server.come_in().has_value(); });
    server.source->asked.acquire();
    for (int i = 0; i < 40; ++i)
    {
        auto const refused = server.come_in(); // on this thread: it would wait for ever
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == ErrorCode::busy), "whose token is good is not told that it is bad");
        BOOST_TEST(refused.error().retry_after.count() > 0);
    }
    BOOST_TEST(server.log.size() == 1U, "one line, and not one for each request of anybody");
    BOOST_TEST(server.log.back().find("being fetched") != std::string::npos, server.log.back());
    server.source->answers.release();
    BOOST_TEST(first.get());
    BOOST_REQUIRE(server.log.size() == 2U);
    BOOST_TEST(server.log.back() == "while the keys were being fetched 39 further access tokens were refused");
}

BOOST_AUTO_TEST_CASE(while_an_issuer_hangs_the_keys_that_there_are_let_others_in)
{
    Hanging server{{.refresh_interval = std::chrono::seconds{0}}};
    server.source->answers.release();
    BOOST_TEST(server.come_in().has_value());
    server.source->asked.acquire();
    auto again = std::async(std::launch::async, [&] { return server.come_in().has_value(); });
    server.source->asked.acquire();
    for (int i = 0; i < 40; ++i)
        BOOST_TEST(server.come_in().has_value());
    server.source->answers.release();
    BOOST_TEST(again.get());
}

BOOST_AUTO_TEST_CASE(redirects_errors_and_floods_are_no_keys)
{
    Site const elsewhere{ok(set())};
    Site const moved{"HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url + "\r\nContent-Length: 0\r\n\r\n"};
    BOOST_TEST(fetch(moved.url).error().detail.find("302") != std::string::npos);
    BOOST_TEST(elsewhere.asked == 0);
    Site const missing{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"};
    BOOST_TEST(fetch(missing.url).error().detail.find("404") != std::string::npos);
    Site const flood{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(3 << 20, 'x')};
    BOOST_TEST(fetch(flood.url).error().detail.find("1 MiB") != std::string::npos);
    Site const cut{"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"};
    BOOST_TEST(fetch(cut.url).has_error());
    Site const nonsense{"no HTTP at all\r\n\r\n"};
    BOOST_TEST(fetch(nonsense.url).has_error());
    Site const slow{ok(set()), 1'500ms};
    auto const began = std::chrono::steady_clock::now();
    BOOST_TEST(fetch(slow.url, {.timeout = 200ms}).has_error());
    BOOST_TEST((std::chrono::steady_clock::now() - began < 1'400ms));
    BOOST_TEST(fetch("http://127.0.0.1:1/keys").has_error());
}

BOOST_AUTO_TEST_CASE(keys_never_come_over_a_network_in_clear)
{
    for (auto const* url : {"http://login.example.com/keys", "http://127.0.0.1.example.com/", "http://localhost@evil/",
                            "http://127.0.0.1:80@evil.example/", "ftp://127.0.0.1/keys", "file:///etc/passwd",
                            "keys.json", "https://a b/", ""})
        BOOST_TEST(jwks_url(url).has_error(), url);
    for (auto const* url : {"https://login.example.com/keys", "http://127.0.0.1/keys", "http://[::1]:8080/keys",
                            "http://localhost:1/keys"})
        BOOST_TEST(jwks_url(url).has_value(), url);
    Site const plain{ok(set())}; // which speaks no TLS
    BOOST_TEST(fetch("https" + plain.url.substr(4)).has_error());
}

BOOST_AUTO_TEST_CASE(a_set_without_a_key_that_signs_is_known_before_anybody_comes)
{
    BOOST_TEST(check_jwks(set()).has_value());
    for (auto const* text : {"", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA"}]})", "[[[["})
        BOOST_TEST(check_jwks(text).has_error(), text);
}

BOOST_AUTO_TEST_SUITE_END()
