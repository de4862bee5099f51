// A file that was replaced or written is noticed, once, and not while it is being written.
#include "samples/server/file_watch.hpp"
#include "store/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace std::chrono_literals;
using namespace scimkit::test;

namespace
{

struct Watching
{
    std::string file(std::string const& name) const { return (directory.path() / name).string(); }
    static void write(std::string const& name, std::string const& text) { std::ofstream{name} << text; }

    /// Whether it comes to that within five seconds.
    bool becomes(int count) const
    {
        for (int i = 0; i < 500 && changes != count; ++i)
            std::this_thread::sleep_for(10ms);
        return changes == count;
    }
    /// Whether it stays so for a while.
    bool stays(int count) const
    {
        std::this_thread::sleep_for(200ms);
        return changes == count;
    }

    TemporaryDirectory directory;
    std::atomic<int> changes{0};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(file_watch, Watching)

BOOST_AUTO_TEST_CASE(every_way_to_change_a_file_is_noticed_once)
{
    auto const one = file("one");
    auto const two = file("two");
    write(one, "a");
    server::FileWatch watch{{{{one, "", two}, [this] { ++changes; }}}};
    watch.start(20ms);
    BOOST_TEST(stays(0));
    write(one, "b"); // as long as before
    BOOST_TEST(becomes(1));
    BOOST_TEST(stays(1));
    write(file("new"), "b");
    std::filesystem::rename(file("new"), one);
    BOOST_TEST(becomes(2));
    write(two, "appears");
    BOOST_TEST(becomes(3));
    std::filesystem::remove(two);
    BOOST_TEST(becomes(4));
    std::filesystem::create_directory(file("v1"));
    write(file("v1") + "/f", "1");
    std::filesystem::create_symlink(file("v1") + "/f", two);
    BOOST_TEST(becomes(5));
    write(file("other"), "2");
    std::filesystem::create_symlink(file("other"), file("link"));
    std::filesystem::rename(file("link"), two); // another target
    BOOST_TEST(becomes(6));
    BOOST_TEST(stays(6));
}

BOOST_AUTO_TEST_CASE(what_changes_before_the_first_look_and_after_it_was_made_is_noticed)
{
    auto const one = file("one");
    write(one, "a");
    server::FileWatch watch{{{{one}, [this] { ++changes; }}}};
    write(one, "changed");
    watch.start(20ms);
    BOOST_TEST(becomes(1));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_being_written_is_left_alone_until_it_rests)
{
    auto const one = file("one");
    write(one, "a");
    server::FileWatch watch{{{{one}, [this] { ++changes; }}, {{file("two")}, [this] { changes += 100; }}}};
    watch.start(500ms);
    std::ofstream slow{one};
    for (int i = 0; i < 60; ++i)
    {
        slow << "line\n" << std::flush;
        std::this_thread::sleep_for(20ms);
        BOOST_TEST(changes == 0);
    }
    slow.close();
    BOOST_TEST(becomes(1));
    BOOST_TEST(stays(1));
}

BOOST_AUTO_TEST_SUITE_END()
