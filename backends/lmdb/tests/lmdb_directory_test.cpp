// The directory over time: data that went away, backups that were put back, and an `owner` that is not what it should
// be.
#include "directory.hpp"
#include "lmdb_damage_fixture.hpp"

#include <fcntl.h>
#include <filesystem>
#include <future>
#include <sys/file.h>
#include <sys/stat.h>
#include <vector>

using namespace scimkit::test;
using scimkit::ErrorCode;

BOOST_FIXTURE_TEST_SUITE(lmdb_directory, DamageFixture)

BOOST_AUTO_TEST_CASE(data_that_is_gone_from_a_directory_that_had_some_is_refused_with_what_to_do)
{
    fill(7);
    for (bool const emptied : {true, false})
    {
        if (emptied)
            set_content("");
        else
            std::filesystem::remove(data());
        for (int attempt = 0; attempt < 2; ++attempt) // a refusal does not forget
        {
            auto const error = refusal();
            BOOST_TEST((error.code == ErrorCode::unavailable));
            BOOST_TEST(contains(error.detail, "data.mdb is missing or empty"), error.detail);
            BOOST_TEST(contains(error.detail, "remove 'owner' and 'lock.mdb'"), error.detail);
        }
    }
    std::filesystem::remove(directory / "owner");
    std::filesystem::remove(directory / "lock.mdb");
    BOOST_TEST(entries_of(*open()).value().empty());
}

BOOST_AUTO_TEST_CASE(data_that_is_gone_is_noticed_behind_a_former_build_too)
{
    fill(8);
    std::ofstream(directory / "owner", std::ios::trunc) << "12345\n"; // all that it wrote
    auto const sound = content();
    std::filesystem::remove(data());
    BOOST_TEST(contains(refusal().detail, "data.mdb is missing or empty"));
    set_content(sound);
    BOOST_TEST(!entries_of(*open()).value().empty());
}

BOOST_AUTO_TEST_CASE(an_empty_copy_alone_is_no_new_database)
{
    std::filesystem::create_directory(directory);
    set_content("");
    for (int attempt = 0; attempt < 2; ++attempt) // a refusal does not forget
        BOOST_TEST(contains(refusal().detail, "data.mdb is missing or empty"));
    BOOST_TEST(std::filesystem::file_size(data()) == 0);
}

BOOST_AUTO_TEST_CASE(a_first_start_that_was_interrupted_can_be_repeated)
{
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "owner") << "12345\nnew\n";
    std::ofstream const lock{directory / "lock.mdb"};
    BOOST_TEST(put(*open(), "key", "value").has_value());
    std::filesystem::remove(data());
    BOOST_TEST(contains(refusal().detail, "data.mdb is missing or empty"));
}

BOOST_AUTO_TEST_CASE(data_alone_is_a_backup_that_was_restored)
{
    fill(9);
    auto const entries = entries_of(*open()).value();
    std::filesystem::remove(directory / "owner");
    std::filesystem::remove(directory / "lock.mdb");
    BOOST_TEST((entries_of(*open()).value() == entries));
}

BOOST_AUTO_TEST_CASE(a_backup_removes_what_an_interrupted_one_left_and_nothing_of_somebody_else)
{
    fill(3);
    auto const to = temporary.path() / "backup";
    auto const partial = temporary.path() / "backup.partial";
    std::filesystem::create_directory(partial);
    std::ofstream(partial / "data.mdb") << "half a copy";
    std::ofstream(partial / "precious") << "content";
    BOOST_TEST(scimkit::lmdb::backup(directory, to).has_error());
    BOOST_TEST(std::filesystem::exists(partial / "precious"));
    BOOST_TEST(std::filesystem::exists(partial / "data.mdb"));
    std::filesystem::remove(partial / "precious");
    BOOST_TEST(scimkit::lmdb::backup(directory, to).has_value());
    BOOST_TEST(!std::filesystem::exists(partial));

    auto const other = temporary.path() / "other";
    std::filesystem::create_directory(temporary.path() / "elsewhere");
    std::filesystem::create_symlink(temporary.path() / "elsewhere", temporary.path() / "other.partial");
    BOOST_TEST(scimkit::lmdb::backup(directory, other).has_error());
    BOOST_TEST(std::filesystem::is_empty(temporary.path() / "elsewhere"));
    BOOST_TEST(std::filesystem::is_symlink(temporary.path() / "other.partial"));
}

BOOST_AUTO_TEST_CASE(a_backup_leaves_the_copy_alone_that_another_one_is_writing_to_its_name)
{
    fill(3);
    auto const to = temporary.path() / "backup";
    auto const partial = temporary.path() / "backup.partial";
    std::filesystem::create_directory(partial);
    {
        scimkit::lmdb::FileDescriptor const others{
            ::open((partial / "data.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
        BOOST_REQUIRE(::flock(others.get(), LOCK_EX | LOCK_NB) == 0);
        auto const refused = scimkit::lmdb::backup(directory, to);
        BOOST_TEST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == ErrorCode::conflict));
        BOOST_TEST(contains(refused.error().detail, "another copy to this name is under way"), refused.error().detail);
        BOOST_TEST(std::filesystem::exists(partial / "data.mdb"));
    }
    BOOST_TEST(scimkit::lmdb::backup(directory, to).has_value());
    BOOST_TEST(!std::filesystem::exists(partial));
}

BOOST_AUTO_TEST_CASE(of_backups_to_one_name_at_a_time_one_is_made_and_it_is_whole)
{
    fill(3);
    for (int round = 0; round < 20; ++round)
    {
        auto const to = temporary.path() / ("backup-" + std::to_string(round));
        std::vector<std::future<bool>> attempts;
        attempts.reserve(3);
        for (int i = 0; i < 3; ++i)
            attempts.push_back(
                std::async(std::launch::async, [&] { return scimkit::lmdb::backup(directory, to).has_value(); }));
        long made = 0;
        for (auto& attempt : attempts)
            made += attempt.get() ? 1 : 0;
        BOOST_TEST(made == 1);
        BOOST_TEST(scimkit::lmdb::restore(to, temporary.path() / ("restored-" + std::to_string(round))).has_value());
        BOOST_TEST(!std::filesystem::exists(to.native() + ".partial"));
    }
}

BOOST_AUTO_TEST_CASE(an_owner_that_is_a_link_is_refused_and_its_target_left_alone)
{
    std::filesystem::create_directory(directory);
    auto const target = temporary.path() / "precious";
    std::ofstream(target) << "content";
    auto const target_is_whole = [&]
    {
        std::ifstream file{target};
        return std::string(std::istreambuf_iterator<char>(file), {}) == "content";
    };
    std::filesystem::create_symlink(target, directory / "owner");
    BOOST_TEST(contains(refusal().detail, "'owner' is a link"));
    BOOST_TEST(target_is_whole());
    std::filesystem::remove(directory / "owner");
    std::filesystem::create_hard_link(target, directory / "owner");
    BOOST_TEST(contains(refusal().detail, "'owner' is a link"));
    BOOST_TEST(target_is_whole());
    std::filesystem::remove(directory / "owner");
    std::filesystem::create_directory(directory / "owner");
    BOOST_TEST((refusal().code != ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(an_owner_that_others_may_write_is_closed_to_them)
{
    fill(10);
    std::filesystem::permissions(directory / "owner", std::filesystem::perms{0666});
    auto const engine = open();
    BOOST_TEST((std::filesystem::status(directory / "owner").permissions() == std::filesystem::perms{0600}));
}

BOOST_AUTO_TEST_SUITE_END()
