// The built scimkit-server: how it is started, and what it says when it will not start.
#pragma once

#include "client.hpp"
#include "process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace scimkit::test
{

using Arguments = std::vector<std::string>;

inline std::string const admin_key = "admin-key-for-the-tests";
inline std::string const named_base = "https://scim.example.com/scim/v2";

inline Arguments command(Arguments const& arguments)
{
    Arguments all{SCIMKIT_SERVER};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

/// What makes a server start; tests add to it.
inline Arguments good(Arguments const& more = {})
{
    Arguments all{"--listen", "127.0.0.1:0", "--store", "memory", "--token", std::string{token}};
    all.insert(all.end(), more.begin(), more.end());
    return command(all);
}

struct Directory
{
    Directory()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "scimkit-server-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::string file(std::string const& name, std::string const& content) const
    {
        std::ofstream{path / name} << content;
        return (path / name).string();
    }

    std::filesystem::path path;
};

inline std::uint16_t port_of(std::string const& line)
{
    auto const digits = line.find_last_of(':') + 1;
    return static_cast<std::uint16_t>(std::stoi(line.substr(digits)));
}

/// For a server that cannot say when it listens. Ten seconds at most.
inline Client connect_when_ready(std::uint16_t port)
{
    for (int i = 0;; ++i)
    {
        try
        {
            return Client{port};
        }
        catch (boost::system::system_error const&)
        {
            if (i == 1'000)
                throw;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }
}

/// Of the answer to a request, which is sent as it is.
inline int status(Client& client, std::string const& request)
{
    client.send(request);
    return static_cast<int>(client.receive().result_int());
}

inline std::string content_of(std::string const& file)
{
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// Whether `text` is in `file` within five seconds.
inline bool wait_for(std::string const& file, std::string const& text)
{
    for (int i = 0; i < 500; ++i)
    {
        if (content_of(file).find(text) != std::string::npos)
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    BOOST_TEST_MESSAGE(file << " has: " << content_of(file));
    return false;
}

inline void expect_complaint(Finished const& finished, std::string const& about)
{
    BOOST_TEST(finished.exit_code > 0);
    BOOST_TEST(finished.out == "");
    BOOST_TEST(finished.err.starts_with("scimkit-server: "));
    BOOST_TEST(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
    BOOST_TEST(finished.err.find(about) != std::string::npos,
               "'" << finished.err << "' should speak of '" << about << "'");
}

} // namespace scimkit::test
