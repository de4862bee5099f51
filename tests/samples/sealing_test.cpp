// Secrets that the sample server keeps sealed: what opens them, what does not, and how their key is exchanged.
#include "samples/server/key_hasher.hpp"
#include "samples/server/logging.hpp"
#include "samples/server/sealing.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

void server::log(scimkit::LogLevel, std::string_view) {} // that of the server needs all of its logging

namespace
{

std::string key_of(char digit) { return std::string(64, digit); }

/// A file of keys, and what reads it.
struct Keys
{
    Keys() { write(key_of('a') + "\n"); }
    ~Keys() { std::filesystem::remove(file); }
    Keys(Keys const&) = delete;
    Keys& operator=(Keys const&) = delete;

    void write(std::string const& text) const
    {
        std::ofstream{file} << text;
        std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }

    std::string file =
        (std::filesystem::temp_directory_path() / ("scimkit-sealing-" + std::to_string(::getpid()))).string();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sealing, Keys)

BOOST_AUTO_TEST_CASE(what_is_sealed_is_opened_and_says_nothing)
{
    auto const sealing = server::Sealing::create(file).value();
    auto const sealed = sealing->seal("whsec_canary").value();
    BOOST_TEST(sealed.starts_with(server::sealed_prefix));
    BOOST_TEST(sealed.find("canary") == std::string::npos);
    BOOST_TEST(sealed.find("aaaaaaaa") == std::string::npos);
    BOOST_TEST(sealing->open(sealed).value() == "whsec_canary");
    BOOST_TEST(sealed != sealing->seal("whsec_canary").value());
    BOOST_TEST(sealing->seals(sealed, "whsec_canary"));
    BOOST_TEST(!sealing->seals(sealed, "whsec_canarx"));
    BOOST_TEST(!sealing->seals(sealed, "whsec_canary2"));
}

BOOST_AUTO_TEST_CASE(what_was_touched_is_damaged)
{
    auto const sealing = server::Sealing::create(file).value();
    auto const sealed = sealing->seal("whsec_canary").value();
    for (std::size_t i = 0; i < sealed.size(); ++i)
    {
        auto other = sealed;
        other[i] = other[i] == '0' ? '1' : '0';
        BOOST_TEST(sealing->open(other).has_error(), i);
        BOOST_TEST(sealing->open(sealed.substr(0, i)).has_error(), i);
    }
    BOOST_TEST(sealing->open(sealed + "00").has_error());
}

BOOST_AUTO_TEST_CASE(a_key_is_exchanged_by_putting_another_one_before_it)
{
    auto const sealing = server::Sealing::create(file).value();
    auto const sealed = sealing->seal("whsec_canary").value();
    write(key_of('b') + "\n" + key_of('a') + "\n");
    BOOST_REQUIRE(sealing->reload().has_value());
    BOOST_TEST(sealing->open(sealed).value() == "whsec_canary");
    BOOST_TEST(!sealing->seals(sealed, "whsec_canary"), "it is to be sealed anew");
    auto const anew = sealing->seal("whsec_canary").value();
    write(key_of('b') + "\n");
    BOOST_REQUIRE(sealing->reload().has_value());
    BOOST_TEST(sealing->open(anew).value() == "whsec_canary");
    BOOST_TEST(sealing->open(sealed).error().detail ==
               "A secret was sealed by a key that is not in --secret-key-file.");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_none_is_refused_and_what_there_was_stays)
{
    auto const sealing = server::Sealing::create(file).value();
    auto const sealed = sealing->seal("whsec_canary").value();
    for (std::string const& wrong :
         {std::string{}, std::string{"\n"}, key_of('a').substr(1), key_of('a') + "0", key_of('g'),
          key_of('a') + "\n" + "x\n", std::string(5, '\0'),
          key_of('a') + "\n" + key_of('b') + "\n" + key_of('c') + "\n" + key_of('d') + "\n" + key_of('e') + "\n"})
    {
        write(wrong);
        auto const read = sealing->reload();
        BOOST_REQUIRE(read.has_error());
        BOOST_TEST(read.error().detail.find("aaaa") == std::string::npos);
        BOOST_TEST(sealing->open(sealed).has_value());
        BOOST_TEST(server::Sealing::create(file).has_error());
    }
    BOOST_TEST(server::Sealing::create(file + "-that-is-not-there").has_error());
}

BOOST_AUTO_TEST_CASE(without_a_key_nothing_is_sealed_and_the_reason_says_what_is_wanted)
{
    auto const sealing = server::Sealing::create("").value();
    BOOST_TEST(sealing->seal("x").error().detail.find("--secret-key-file") != std::string::npos);
    BOOST_TEST(sealing->open("sealed:x").has_error());
    BOOST_TEST(server::key_hasher(sealing)->hash("whsec_x").has_error());
}

BOOST_AUTO_TEST_CASE(the_administration_seals_what_it_has_to_know_again_and_hashes_keys)
{
    auto const sealing = server::Sealing::create(file).value();
    auto const hasher = server::key_hasher(sealing);
    auto const sealed = hasher->hash("Bearer of-a-receiver").value();
    BOOST_TEST(sealing->open(sealed).value() == "Bearer of-a-receiver");
    BOOST_TEST(hasher->verify(sealed, "Bearer of-a-receiver"));
    BOOST_TEST(!hasher->verify(sealed, "Bearer of-another"));
    auto const refused = hasher->hash("a-password-of-somebody");
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().detail.find("a-password") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
