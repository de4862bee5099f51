// Opening: what is created, and every reason to refuse, with a detail that helps the operator.
#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <lmdb.h>

#include <fcntl.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace scimkit::test;
using scimkit::ErrorCode;
using scimkit::lmdb::open_engine;

namespace
{

struct OpenFixture : LmdbFixture
{
    std::filesystem::path data() const { return directory / "data.mdb"; }

    void write_data(std::string_view content) const
    {
        std::filesystem::create_directory(directory);
        std::ofstream(data(), std::ios::binary) << content;
    }

    void fill(unsigned entries) const
    {
        auto const engine = open();
        for (unsigned batch = 0; batch < entries; batch += 100)
            BOOST_REQUIRE(engine->write(
                [&](scimkit::kv::Writer& writer) -> scimkit::result<void>
                {
                    for (unsigned i = batch; i < batch + 100; ++i)
                        BOOST_REQUIRE(writer.put(numbered("k", i), std::string(1000, 'v')));
                    return {};
                }));
    }

    // What open_engine() says to a user who owns nothing here.
    std::string opened_by_stranger() const
    {
        return in_child(
            [&]() -> std::string
            {
                if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
                    return "cannot become another user";
                return describe(open_engine(directory, options));
            });
    }
};

mode_t mode_of(std::filesystem::path const& path)
{
    struct stat status = {};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_open, OpenFixture)

BOOST_AUTO_TEST_CASE(check_25_directory_and_files_belong_to_their_owner_alone)
{
    auto const engine = open();
    BOOST_TEST(mode_of(directory) == 0700U);
    BOOST_TEST(mode_of(data()) == 0600U);
    for (auto const& entry : std::filesystem::directory_iterator(directory))
        BOOST_TEST(mode_of(entry.path()) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_second_open_in_the_same_process_is_refused)
{
    auto engine = open();
    auto const error = refusal();
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(contains(error.detail, "already open in this process"));
    BOOST_TEST(put(*engine, "key", "value").has_value());
    engine.reset();
    BOOST_TEST(value_of(*open(), "key") == "value");
}

BOOST_AUTO_TEST_CASE(another_process_is_refused_and_told_who_has_the_database)
{
    auto const engine = open();
    auto const answer = in_child([&] { return describe(open_engine(directory, options)); });
    BOOST_TEST(contains(answer, "unavailable: "));
    BOOST_TEST(contains(answer, directory.native()));
    BOOST_TEST(contains(answer, "in use by another process (process id " + std::to_string(::getpid()) + ")"));
}

BOOST_AUTO_TEST_CASE(a_process_that_ended_without_closing_locks_nobody_out)
{
    auto const answer = in_child(
        [&]() -> std::string
        {
            auto engine = open_engine(directory, options);
            auto const stored = engine ? describe(put(**engine, "key", "value")) : describe(engine);
            (void)engine->release(); // ends with the database open
            return stored;
        });
    BOOST_TEST(answer == "ok");
    BOOST_TEST(value_of(*open(), "key") == "value");
}

BOOST_AUTO_TEST_CASE(two_databases_are_open_side_by_side)
{
    auto const one = open();
    directory = temporary.path() / "other";
    auto const other = open();
    BOOST_REQUIRE(put(*one, "key", "value"));
    BOOST_TEST(entries_of(*other).value().empty());
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_the_directory_is_refused)
{
    std::ofstream(directory) << "text";
    auto const error = refusal();
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(contains(error.detail, "needs a directory"));
}

BOOST_AUTO_TEST_CASE(a_missing_parent_directory_is_not_made_up)
{
    directory = temporary.path() / "no" / "db";
    auto const error = refusal();
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(contains(error.detail, "does not exist"));
    BOOST_TEST(!std::filesystem::exists(temporary.path() / "no"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_corrupt_every_time)
{
    for (std::string const& garbage : {std::string{"short"}, std::string(100000, 'x'), std::string(100000, '\0')})
    {
        write_data(garbage);
        for (int attempt = 0; attempt < 2; ++attempt) // a refusal leaves no lock behind
        {
            auto const error = refusal();
            BOOST_TEST((error.code == ErrorCode::corrupt));
            BOOST_TEST(contains(error.detail, "mdb_env_open"));
        }
        BOOST_TEST(std::filesystem::file_size(data()) == garbage.size());
    }
}

BOOST_AUTO_TEST_CASE(another_format_version_of_lmdb_is_refused)
{
    fill(100);
    std::fstream file{data(), std::ios::binary | std::ios::in | std::ios::out};
    auto const page_size = static_cast<std::streamoff>(::sysconf(_SC_PAGESIZE));
    for (std::streamoff const page : {std::streamoff{0}, page_size})
    {
        file.seekp(page + 20); // a page header of 16 bytes, the magic number, the version
        file.put('\x63');
    }
    file.close();
    auto const error = refusal();
    BOOST_TEST((error.code == ErrorCode::corrupt));
    BOOST_TEST(contains(error.detail, "format version"));
}

BOOST_AUTO_TEST_CASE(a_database_with_another_order_of_keys_is_foreign)
{
    std::filesystem::create_directory(directory);
    auto const made = in_child(
        [&]() -> std::string
        {
            MDB_env* environment = nullptr;
            MDB_txn* transaction = nullptr;
            MDB_dbi database = 0;
            bool const done = mdb_env_create(&environment) == 0 &&
                              mdb_env_open(environment, directory.c_str(), 0, 0600) == 0 &&
                              mdb_txn_begin(environment, nullptr, 0, &transaction) == 0 &&
                              mdb_dbi_open(transaction, nullptr, MDB_DUPSORT | MDB_CREATE, &database) == 0 &&
                              mdb_txn_commit(transaction) == 0;
            return done ? "made" : "failed";
        });
    BOOST_REQUIRE(made == "made");
    auto const error = refusal();
    BOOST_TEST((error.code == ErrorCode::corrupt));
    BOOST_TEST(contains(error.detail, "another application"));
}

// Reading past the end of a mapped file raises SIGBUS; it must be an error instead.
BOOST_AUTO_TEST_CASE(a_database_that_lost_its_tail_is_corrupt_and_no_crash)
{
    fill(1000);
    auto const whole = std::filesystem::file_size(data());
    for (unsigned const eighths : {7U, 6U, 4U, 2U, 1U})
    {
        std::filesystem::resize_file(data(), whole * eighths / 8);
        auto const answer = in_child(
            [&]() -> std::string
            {
                auto const engine = open_engine(directory, options);
                return engine ? describe(entries_of(**engine)) : describe(engine);
            });
        BOOST_TEST(contains(answer, "corrupt: "), answer);
    }
}

BOOST_AUTO_TEST_CASE(a_directory_that_may_not_be_written_is_unavailable)
{
    std::filesystem::create_directory(directory);
    std::filesystem::permissions(temporary.path(), std::filesystem::perms{0755});
    std::filesystem::permissions(directory, std::filesystem::perms{0555});
    auto const answer = opened_by_stranger();
    BOOST_TEST(contains(answer, "unavailable: " + directory.native()), answer);
    BOOST_TEST(contains(answer, "may not write"), answer);
}

BOOST_AUTO_TEST_CASE(a_data_file_that_may_not_be_written_is_unavailable)
{
    fill(100);
    std::filesystem::remove(directory / "owner");
    std::filesystem::remove(directory / "lock.mdb");
    std::filesystem::permissions(temporary.path(), std::filesystem::perms{0755});
    std::filesystem::permissions(directory, std::filesystem::perms{0777});
    std::filesystem::permissions(data(), std::filesystem::perms{0400});
    auto const answer = opened_by_stranger();
    BOOST_TEST(contains(answer, "unavailable: " + directory.native()), answer);
    BOOST_TEST(contains(answer, "may not write"), answer);
}

BOOST_AUTO_TEST_CASE(of_a_map_that_the_system_cannot_give_as_much_is_taken_as_there_is)
{
    options.initial_map_bytes = std::size_t{1} << 60;
    options.max_map_bytes = std::size_t{1} << 60;
    auto const engine = open();
    BOOST_TEST(put(*engine, "key", "value").has_value());
    BOOST_TEST(value_of(*engine, "key") == "value");
}

BOOST_AUTO_TEST_CASE(reserved_address_space_takes_no_room_on_the_disk)
{
    options = {};
    auto const engine = open();
    BOOST_REQUIRE(put(*engine, "key", std::string(100'000, 'v')));
    BOOST_TEST(std::filesystem::file_size(data()) < 1'000'000U);
}

BOOST_AUTO_TEST_CASE(a_limit_of_the_process_on_address_space_leaves_room_for_the_rest,
                     *boost::unit_test::precondition([](auto) { return !sanitized; }))
{
    options = {};
    auto const answer = in_child(
        [&]() -> std::string
        {
            rlimit const limit{std::size_t{1} << 30, RLIM_INFINITY};
            if (::setrlimit(RLIMIT_AS, &limit) != 0)
                return "setrlimit failed";
            auto const engine = open_engine(directory, options);
            if (!engine)
                return describe(engine);
            std::string const other(std::size_t{256} << 20, 'x');
            return describe(put(**engine, "key", other.substr(0, 1000)));
        });
    BOOST_TEST(answer == "ok", answer);
}

BOOST_AUTO_TEST_CASE(no_file_of_a_database_gets_a_standard_descriptor)
{
    for (unsigned closed = 1; closed < 8; ++closed) // which of 0, 1, 2 the process has closed
    {
        auto const taken = in_child(
            [&]() -> std::string
            {
                for (int number = 0; number < 3; ++number)
                    if (closed & (1U << number))
                        ::close(number);
                auto const engine = open_engine(directory, options);
                std::string answer = describe(engine);
                for (int number = 0; number < 3; ++number)
                    if ((closed & (1U << number)) && ::fcntl(number, F_GETFD) != -1)
                        answer += " took " + std::to_string(number);
                if (!put(**engine, "key", "value"))
                    answer += " cannot write";
                return answer;
            });
        BOOST_TEST(taken == "ok", "closed " << closed << ": " << taken);
    }
}

BOOST_AUTO_TEST_CASE(the_smallest_options_still_work)
{
    options = {.initial_map_bytes = 0, .max_map_bytes = 0, .max_readers = 0};
    auto const engine = open();
    BOOST_TEST(put(*engine, "key", "value").has_value());
    BOOST_TEST(value_of(*engine, "key") == "value");
}

BOOST_AUTO_TEST_SUITE_END()
