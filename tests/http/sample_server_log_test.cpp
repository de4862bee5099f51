// The log of scimkit-server: what stands in it, and that nothing waits for whoever reads it.
#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <sys/stat.h>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

namespace
{

using Clock = std::chrono::steady_clock;

bool is_printable_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); });
}

/// Without the one that says what was started.
std::vector<std::string> lines_of(std::string const& text)
{
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < text.size();)
    {
        auto const end = std::min(text.find('\n', from), text.size());
        auto line = text.substr(from, end - from);
        if (line.find(" info serving: address=127.0.0.1:") == std::string::npos)
            lines.push_back(std::move(line));
        from = end + 1;
    }
    return lines;
}

/// The log of a server that has answered `requests`, one connection for each.
std::string log_of(std::vector<std::string> const& requests)
{
    Process server{good()};
    auto const port = port_of(server.read_line());
    for (auto const& request : requests)
    {
        Client client{port};
        client.send(request);
        client.receive();
    }
    server.signal(SIGTERM);
    auto const finished = server.wait();
    BOOST_TEST(finished.exit_code == 0);
    return finished.err;
}

/// Sends requests with long log lines, in batches, until `bytes` of log must have been made. Returns their number.
int fill_log(Client& client, std::size_t bytes)
{
    auto const request = get("/scim/v2/" + std::string(600, 'x')); // 512 of it are logged
    int sent = 0;
    for (std::size_t made = 0; made < bytes;)
    {
        std::string batch;
        for (int i = 0; i < 16; ++i, ++sent, made += 512)
            batch += request;
        client.send(batch);
        for (int i = 0; i < 16; ++i)
            BOOST_REQUIRE(client.receive().result_int() == 404);
    }
    return sent;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_log, Directory)

BOOST_AUTO_TEST_CASE(a_refusal_is_logged_with_its_reason_and_the_id_that_the_client_has)
{
    Process server{good()};
    Client client{port_of(server.read_line())};
    client.send(post("/scim/v2/Users", user("twice")) +
                post("/scim/v2/Users", user("twice"), "X-Request-Id: from-the-client-7\r\n"));
    BOOST_TEST(client.receive().result_int() == 201);
    BOOST_TEST(client.receive()["X-Request-Id"] == "from-the-client-7");
    client.send("GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong-wrong-wrong-wrong\r\n\r\n");
    std::string const id{client.receive()["X-Request-Id"]};
    client.socket().close();
    server.signal(SIGTERM);
    auto const lines = lines_of(server.wait().err);

    BOOST_REQUIRE(lines.size() == 5U); // and "stopping"
    BOOST_TEST(lines[0].find("subject=\"token\" tenant=\"default\" id=") != std::string::npos);
    BOOST_TEST(lines[0].find("detail=") == std::string::npos);
    BOOST_TEST(lines[1].find(" status=409 ") != std::string::npos);
    BOOST_TEST(lines[1].find(" id=from-the-client-7 scimType=uniqueness detail=\"") != std::string::npos);
    BOOST_TEST(lines[1].find("userName") != std::string::npos);
    BOOST_TEST(lines[2].find("was refused: it is not known here") != std::string::npos); // what the client is not told
    BOOST_TEST(lines[3].find(" status=401 ") != std::string::npos);
    BOOST_TEST(lines[3].find(" id=" + id + " detail=\"") != std::string::npos);
    BOOST_TEST((lines[2] + lines[3]).find("wrong-") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(whatever_is_sent_a_request_is_one_line_of_printable_ascii)
{
    std::string const authorised = " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{token} + "\r\n";
    std::vector<std::string> requests;
    for (std::string const odd : {"\x9B"
                                  "31m",
                                  "\x1B[31m", "\xC3\xA9", "\xFF\xFE", "\xE2\x80\xA8", "\x01", "\x7F", "\"", "\\",
                                  "%0a%0dstatus=200", "' id=1", "\t", "\xC0\x80"})
    {
        requests.push_back("GET /scim/v2/Users/" + odd + authorised + "\r\n");
        requests.push_back("GET /scim/v2/Users?" + odd + authorised + "\r\n");
        requests.push_back("G" + odd + "T /scim/v2/Users" + authorised + "\r\n");
        requests.push_back("GET /scim/v2/Users" + authorised + "X-Request-Id: a" + odd + "\r\n\r\n");
        // A detail that names what the client sent.
        requests.push_back(post("/scim/v2/Users", R"({"schemas":["urn:)" + odd + R"("],"userName":"a"})"));
        requests.push_back(post("/scim/v2/Users", user("b") + "\n" + odd));
    }
    // A name with line ends and terminal codes in it, JSON-escaped, so that it is well-formed.
    requests.push_back(
        post("/scim/v2/Users", R"({"schemas":["urn:x\n2026-01-01T00:00:00Z error \u001b[2J\u009b\u2028"]})"));
    requests.push_back(
        post("/scim/v2/Users", R"({"a\nb\u001b":1,"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]})"));

    auto const log = log_of(requests);
    BOOST_TEST(is_printable_ascii(log));
    auto const lines = lines_of(log);
    BOOST_TEST(lines.size() == requests.size() + 1); // and "stopping"
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
        BOOST_TEST(lines[i].find(" info request peer=127.0.0.1 method=") == 24U, lines[i]);
}

BOOST_AUTO_TEST_CASE(a_line_is_short_whatever_is_sent)
{
    std::string const longest(8'000, '\x9B');
    std::string const authorised = " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + std::string{token} + "\r\n\r\n";
    auto const log = log_of({get("/scim/v2/" + std::string(10'000, 'p')), std::string(10'000, 'M') + " /x" + authorised,
                             get("/" + longest),
                             post("/scim/v2/Users", R"({"schemas":["urn:)" + std::string(20'000, 's') + R"("]})")});
    auto const lines = lines_of(log);
    BOOST_TEST(lines.size() == 5U);
    for (auto const& line : lines)
        BOOST_TEST(line.size() < 2'000U);
    BOOST_TEST(lines[0].find("ppp... status=404") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_that_nobody_reads_stops_nothing)
{
    Process server{good()};
    auto const port = port_of(server.read_line());
    Client client{port};
    fill_log(client, 200'000); // a pipe has 64 KiB
    Client other{port};
    other.send(get("/healthz"));
    BOOST_TEST(other.receive().result_int() == 200);

    server.signal(SIGTERM);
    auto const begin = Clock::now();
    auto const finished = server.wait(); // reads stdout to its end before stderr
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST((Clock::now() - begin < 8s));
    BOOST_TEST(finished.err.ends_with("\n")); // what came through are whole lines
}

BOOST_AUTO_TEST_CASE(lines_that_were_dropped_are_counted_in_the_log)
{
    Process server{good()};
    Client client{port_of(server.read_line())};
    auto const sent = fill_log(client, 1'400'000); // beyond the queue of 1 MiB
    auto log = server.read_errors_until(" lines were dropped here");
    client.socket().close();
    server.signal(SIGTERM);
    log += server.wait().err;

    int logged = 0;
    int dropped = 0;
    for (auto const& line : lines_of(log))
        if (line.find(" lines were dropped here: ") != std::string::npos)
            dropped += std::stoi(line);
        else if (line.find(" info request peer=") == 24U && line.ends_with('"'))
            ++logged;
        else
            BOOST_TEST(line.ends_with(" info stopping"), line);
    BOOST_TEST(dropped > 0);
    BOOST_TEST(logged + dropped == sent);
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_away_is_no_matter)
{
    Process server{good()};
    Client client{port_of(server.read_line())};
    server.close_errors();
    fill_log(client, 100'000);
    client.send(get("/healthz"));
    BOOST_TEST(client.receive().result_int() == 200);
    server.signal(SIGTERM);
    BOOST_TEST(server.wait().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(neither_a_full_stdout_nor_a_full_stderr_holds_up_the_start_or_its_failure)
{
    auto const port = free_port();
    Process server{
        command({"--listen", "127.0.0.1:" + std::to_string(port), "--store", "memory", "--token", std::string{token}}),
        {},
        0,
        Process::Outputs::full};
    {
        auto client = connect_when_ready(port);
        client.send(get("/scim/v2/Users"));
        BOOST_TEST(client.receive().result_int() == 200);
    }
    server.signal(SIGTERM);
    BOOST_TEST(server.exit_within(8s) == 0);

    Process failing{command({"--store", "memory"}), {}, 0, Process::Outputs::full};
    BOOST_TEST(failing.exit_within(8s) == 1);
}

BOOST_AUTO_TEST_CASE(the_log_goes_to_a_file_that_sighup_opens_again)
{
    auto const log = (path / "server.log").string();
    auto const rotated = (path / "server.log.1").string();
    Process server{good({"--log-file", log})};
    Client client{port_of(server.read_line())};
    auto const ask = [&](std::string const& target)
    {
        client.send(get(target));
        client.receive();
    };
    ask("/first");
    BOOST_TEST(wait_for(log, "path=/first"));
    std::filesystem::rename(log, rotated);
    ask("/second");
    BOOST_TEST(wait_for(rotated, "path=/second"));
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(log, "SIGHUP: took the log file anew"));
    ask("/third");
    BOOST_TEST(wait_for(log, "path=/third"));
    BOOST_TEST(content_of(rotated).find("/third") == std::string::npos);

    // One that cannot be opened leaves the old one in use.
    std::filesystem::rename(log, rotated);
    std::filesystem::create_directory(log);
    server.signal(SIGHUP);
    BOOST_TEST(wait_for(rotated, "SIGHUP: goes on with the old log file: cannot open the log " + log));
    ask("/fourth");
    BOOST_TEST(wait_for(rotated, "path=/fourth"));

    client.socket().close();
    server.signal(SIGTERM);
    auto const finished = server.wait();
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err == "");
    BOOST_TEST(content_of(rotated).ends_with(" info stopping\n"));
}

BOOST_AUTO_TEST_CASE(a_log_file_that_cannot_be_opened_is_named)
{
    expect_complaint(run(good({"--log-file", "/no/such/directory/log"})), "/no/such/directory/log");
    auto const pipe = (path / "pipe").string();
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    expect_complaint(run(good({"--log-file", pipe})), pipe); // nobody reads it: it does not wait for somebody
}

BOOST_AUTO_TEST_SUITE_END()
