// What scimkit-server takes of the machine's memory, at rest and after large answers.
#include "sample_server.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <fstream>
#include <list>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

#ifdef SCIMKIT_SERVER_LMDB
namespace
{

/// A line of /proc/<id>/status.
long kilobytes_of(Process const& server, std::string const& what)
{
    std::ifstream status{"/proc/" + std::to_string(server.id()) + "/status"};
    std::string word;
    long kilobytes = 0;
    while (status >> word)
        if (word == what)
            status >> kilobytes;
    return kilobytes;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_memory, Directory)

BOOST_AUTO_TEST_CASE(an_idle_server_is_small)
{
    Process server{command(
        {"--listen", "127.0.0.1:0", "--store", "lmdb:" + (path / "data").string(), "--token", std::string{token}})};
    Client client{port_of(server.read_line())};
    client.send(get("/scim/v2/Users"));
    BOOST_TEST(client.receive().result_int() == 200);

    auto const kilobytes = kilobytes_of(server, "VmRSS:");
    BOOST_TEST_MESSAGE("resident: " << kilobytes << " kB");
    BOOST_TEST(kilobytes > 0);
#ifdef SCIMKIT_INSTRUMENTED
    // Most of it is the sanitizer's own, some for each thread: 348 MB with that for addresses, 39 MB with that for
    // threads; what counts lines has 60 MB.
    BOOST_TEST(kilobytes < 420 * 1024);
#elif defined(__OPTIMIZE__)
    BOOST_TEST(kilobytes < 20 * 1024);
#else
    BOOST_TEST(kilobytes < 30 * 1024); // of code that is not optimised there is more
#endif
}

#ifndef SCIMKIT_INSTRUMENTED // whose allocators keep what is freed, or counters do
BOOST_AUTO_TEST_CASE(the_memory_of_large_answers_goes_back)
{
    Process server{command(
        {"--listen", "127.0.0.1:0", "--store", "lmdb:" + (path / "data").string(), "--token", std::string{token}})};
    auto const port = port_of(server.read_line());
    {
        Client client{port};
        for (int i = 0; i < 60; ++i)
        {
            auto body = user("large" + std::to_string(i));
            body.insert(body.size() - 1, R"(,"title":")" + std::string(100'000, 't') + '"');
            client.send(post("/scim/v2/Users", body));
            BOOST_REQUIRE(client.receive().result_int() == 201);
        }
    }
    {
        std::list<Client> clients;
        for (int i = 0; i < 4; ++i)
            clients.emplace_back(port);
        for (auto& client : clients)
            client.send(get("/scim/v2/Users"));
        for (auto& client : clients)
            BOOST_TEST(client.receive().body().size() > 6'000'000U);
        auto const peak = kilobytes_of(server, "VmHWM:");
        BOOST_TEST(peak > 24'000);

        // The connections stay.
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
        while (kilobytes_of(server, "RssAnon:") > 16'000 && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        BOOST_TEST(kilobytes_of(server, "RssAnon:") < 16'000);
    }
}
#endif

BOOST_AUTO_TEST_SUITE_END()
#endif
