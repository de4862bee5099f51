// Secrets at rest (RFC 7644 section 7.7; RFC 8265 section 4.2): hashed with a salt, one password on every keyboard,
// and never shown in what refuses them.
#include <scimkit/security/password.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace scimkit;
using scimkit::test::mentions;

namespace
{

/// The cheapest that Argon2id can be: these tests are about the framework, not about the cost.
std::shared_ptr<PasswordHasher> cheap_hasher() { return argon2_hasher({.passes = 1, .memory_bytes = 8192}); }

} // namespace

BOOST_AUTO_TEST_SUITE(password)

BOOST_AUTO_TEST_CASE(what_is_stored_is_a_salted_argon2id_hash, *boost::unit_test::label("7644-7.7-b") *
                                                                   boost::unit_test::label("7643-4.1.1-u") *
                                                                   boost::unit_test::label("7643-9.2-c"))
{
    auto const hasher = cheap_hasher();
    auto const first = hasher->hash("t1meMa$heen").value();
    auto const second = hasher->hash("t1meMa$heen").value();
    BOOST_TEST(first.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    BOOST_TEST(first != second);
    BOOST_TEST(!mentions(first, "t1meMa"));
}

BOOST_AUTO_TEST_CASE(a_secret_is_verified_against_its_hash)
{
    auto const hasher = cheap_hasher();
    auto const stored = hasher->hash("t1meMa$heen").value();
    BOOST_TEST(hasher->verify(stored, "t1meMa$heen"));
    BOOST_TEST(!hasher->verify(stored, "T1meMa$heen"));
    BOOST_TEST(!hasher->verify(stored, "t1meMa$heen "));
    BOOST_TEST(!hasher->verify(stored, ""));
    BOOST_TEST(!hasher->verify(stored, std::string(1025, 'a')));
    BOOST_TEST(!hasher->verify(stored, stored));
}

BOOST_AUTO_TEST_CASE(hashes_of_other_parameters_are_verified_too)
{
    auto const stored = argon2_hasher({.passes = 2, .memory_bytes = 16384})->hash("t1meMa$heen").value();
    BOOST_TEST(cheap_hasher()->verify(stored, "t1meMa$heen"));
}

BOOST_AUTO_TEST_CASE(the_default_parameters_work)
{
    auto const hasher = argon2_hasher();
    auto const stored = hasher->hash("t1meMa$heen").value();
    BOOST_TEST(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    BOOST_TEST(hasher->verify(stored, "t1meMa$heen"));
}

BOOST_AUTO_TEST_CASE(what_is_no_hash_verifies_nothing)
{
    auto const hasher = cheap_hasher();
    auto const stored = hasher->hash("t1meMa$heen").value();
    for (auto const& wrong :
         std::vector<std::string>{"", "t1meMa$heen", "$argon2id$", stored.substr(0, stored.size() - 1), stored + "A",
                                  stored + std::string(1, '\0'), std::string{"$argon2i$"} + stored.substr(10),
                                  stored + std::string(200, 'A')})
        BOOST_TEST(!hasher->verify(wrong, "t1meMa$heen"), wrong);
}

BOOST_AUTO_TEST_CASE(one_password_is_one_password_on_every_keyboard,
                     *boost::unit_test::label("7643-4.1.1-v") * boost::unit_test::label("7644-5-b") *
                         boost::unit_test::label("7643-x7644-5-a") * boost::unit_test::label("7643-x7644-5-d"))
{
    auto const hasher = cheap_hasher();
    // composed and decomposed
    BOOST_TEST(hasher->verify(hasher->hash("p\u00E1ss word").value(), "pa\u0301ss word"));
    // every space that is not ASCII is one
    auto const spaced = hasher->hash("foo bar").value();
    for (std::string const space : {"\u00A0", "\u1680", "\u2000", "\u200A", "\u202F", "\u205F", "\u3000"})
        BOOST_TEST(hasher->verify(spaced, "foo" + space + "bar"), space);
    BOOST_TEST(!hasher->verify(spaced, "foo  bar"));
    BOOST_TEST(!hasher->verify(spaced, "foo\u200Bbar")); // not a space
    // neither case nor width is mapped
    BOOST_TEST(!hasher->verify(hasher->hash("correct horse").value(), "Correct Horse"));
    BOOST_TEST(!hasher->verify(hasher->hash("\uFF41bc").value(), "abc"));
}

BOOST_AUTO_TEST_CASE(secrets_that_are_no_opaque_strings_are_refused_without_being_shown,
                     *boost::unit_test::label("7643-4.1.1-w") * boost::unit_test::label("7644-7.4-e"))
{
    auto const hasher = cheap_hasher();
    for (auto const& secret : std::vector<std::string>{"", "sesame\tsesame", "sesame\u0085", "sesame\x7F", "sesame\xFF",
                                                       std::string{"sesame"} + '\0', std::string(1025, 's')})
    {
        auto const stored = hasher->hash(secret);
        BOOST_REQUIRE(!stored);
        BOOST_TEST((stored.error().code == ErrorCode::invalid_value));
        BOOST_TEST(!mentions(stored.error().detail, "sesame"));
    }
    BOOST_TEST(!!hasher->hash(std::string(1024, 's')));
}

BOOST_AUTO_TEST_CASE(parameters_that_argon2_cannot_have_are_programming_errors)
{
    BOOST_CHECK_THROW(argon2_hasher({.passes = 0}), std::invalid_argument);
    BOOST_CHECK_THROW(argon2_hasher({.memory_bytes = 1024}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(many_threads_may_hash_at_once)
{
    auto const hasher = cheap_hasher();
    std::vector<std::string> stored(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < stored.size(); ++i)
        threads.emplace_back([&, i] { stored[i] = hasher->hash("secret-" + std::to_string(i)).value(); });
    for (auto& thread : threads)
        thread.join();
    for (std::size_t i = 0; i < stored.size(); ++i)
        BOOST_TEST(hasher->verify(stored[i], "secret-" + std::to_string(i)));
}

BOOST_AUTO_TEST_SUITE_END()
