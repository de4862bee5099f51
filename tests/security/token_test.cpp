// Tokens and the file that an operator keeps them in (RFC 7644 section 7.4): finds tokens that can be guessed, and
// faults of the file that are passed over, shown with the secret in them, or hold up the start.
#include <scimkit/security/authentication.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <sys/stat.h>
#include <thread>

using namespace scimkit;
using scimkit::test::mentions;

namespace
{

constexpr auto abc_hash = "c79c0a7ab1bdb4eaabab0a5ad70a3a6de2d9a2f1a8d1f6e0d7b3d4ef1b2c3a49"; // of no known token

/// A file that lives as long as the test.
class TokenFile
{
public:
    explicit TokenFile(std::string_view text)
        : path_(std::filesystem::temp_directory_path() / ("scimkit-tokens-" + new_token()))
    {
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~TokenFile() { std::filesystem::remove(path_); }
    TokenFile(TokenFile const&) = delete;
    TokenFile& operator=(TokenFile const&) = delete;

    std::string path() const { return path_.string(); }
    result<std::vector<TokenRecord>> read() const { return read_token_file(path()); }

private:
    std::filesystem::path path_;
};

/// The detail of the refusal of a file; fails the test if it is taken.
std::string refusal(std::string_view text)
{
    TokenFile const file{text};
    auto const records = file.read();
    BOOST_REQUIRE(!records);
    BOOST_TEST((records.error().code == ErrorCode::invalid_value));
    return records.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(token)

BOOST_AUTO_TEST_CASE(a_record_has_the_sha256_of_the_token_and_not_the_token)
{
    auto const record = make_token_record("0123456789abcdef", {.subject = "idp", .tenant = "t", .scopes = {"s"}});
    BOOST_REQUIRE(record);
    BOOST_TEST(record->sha256 == "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f");
    BOOST_TEST((record->principal == Principal{.subject = "idp", .tenant = "t", .scopes = {"s"}}));
}

BOOST_AUTO_TEST_CASE(a_token_that_can_be_guessed_is_refused, *boost::unit_test::label("7644-7.4-a"))
{
    auto const record = make_token_record("0123456789abcde", {});
    BOOST_REQUIRE(!record);
    BOOST_TEST((record.error().code == ErrorCode::invalid_value));
    BOOST_TEST(!mentions(record.error().detail, "0123456789abcde"));
}

BOOST_AUTO_TEST_CASE(a_token_that_no_header_can_carry_is_refused)
{
    for (std::string const token : {"0123456789 abcdef", "0123456789abcdef\n", "0123456789=abcdef",
                                    "================", "0123456789abcdéf", "sha256:0123456789"})
        BOOST_TEST(!make_token_record(token, {}), token);
    BOOST_TEST(!make_token_record(std::string(4097, 'a'), {}));
    BOOST_TEST(!!make_token_record(std::string(4096, 'a'), {}));
    BOOST_TEST(!!make_token_record("AZaz09-._~+/000==", {}));
}

BOOST_AUTO_TEST_CASE(new_tokens_are_long_and_never_the_same, *boost::unit_test::label("7644-7.4-a"))
{
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
    {
        auto const token = new_token();
        BOOST_TEST(token.size() == 43U); // 256 bits in base64url without padding
        BOOST_TEST(!!make_token_record(token, {}));
        seen.insert(token);
    }
    BOOST_TEST(seen.size() == 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(token_file)

BOOST_AUTO_TEST_CASE(lines_have_a_hash_or_a_token_with_subject_and_tenant)
{
    auto const hash = std::string{abc_hash};
    TokenFile const file{"# tokens of the directory\n"
                         "\n"
                         "   \t\n"
                         "sha256:" +
                         hash +
                         " entra acme\n"
                         "0123456789abcdef\tokta\r\n"
                         "fedcba9876543210"};
    auto const records = file.read();
    BOOST_REQUIRE(records);
    BOOST_REQUIRE(records->size() == 3U);
    BOOST_TEST((*records)[0].sha256 == hash);
    BOOST_TEST(((*records)[0].principal == Principal{.subject = "entra", .tenant = "acme"}));
    BOOST_TEST((*records)[1].sha256 == make_token_record("0123456789abcdef", {})->sha256);
    BOOST_TEST(((*records)[1].principal == Principal{.subject = "okta"}));
    BOOST_TEST((*records)[2].principal.subject ==
               "token-" + make_token_record("fedcba9876543210", {})->sha256.substr(0, 8));
}

BOOST_AUTO_TEST_CASE(a_hash_may_be_in_upper_case)
{
    TokenFile const file{"sha256:9F9F5111F7B27A781F1F1DDDE5EBC2DD2B796BFC7365C9C28B548E564176929F\n"};
    BOOST_TEST(file.read().value().front().sha256 == make_token_record("0123456789abcdef", {})->sha256);
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named_by_its_number_and_never_shown, *boost::unit_test::label("7644-7.4-e"))
{
    auto const detail = refusal("0123456789abcdef\n# note\n\nsecret-%-secret-secret idp\n");
    BOOST_TEST(mentions(detail, "line 4"));
    BOOST_TEST(!mentions(detail, "secret-"));

    auto const bad_hash = refusal("sha256:0123 idp\n");
    BOOST_TEST(mentions(bad_hash, "line 1"));
    BOOST_TEST(!mentions(bad_hash, "0123"));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_line_of_the_format_is_refused)
{
    BOOST_TEST(mentions(refusal("short idp\n"), "line 1"));
    BOOST_TEST(mentions(refusal("sha256:" + std::string(63, 'a')), "line 1"));
    BOOST_TEST(mentions(refusal("sha256:" + std::string(65, 'a')), "line 1"));
    BOOST_TEST(mentions(refusal("sha256:" + std::string(63, 'a') + "g"), "line 1"));
    BOOST_TEST(mentions(refusal("sha256: " + std::string(64, 'a')), "line 1"));
    BOOST_TEST(mentions(refusal("0123456789abcdef idp tenant more\n"), "line 1"));
    BOOST_TEST(mentions(refusal("0123456789abcdef idp\xFF\n"), "line 1"));
    BOOST_TEST(mentions(refusal("0123456789abcdef idp t\xC3\n"), "line 1"));
}

BOOST_AUTO_TEST_CASE(a_token_twice_is_refused_because_it_could_stand_for_two_principals)
{
    auto const detail = refusal("0123456789abcdef one\n\n0123456789abcdef two\n");
    BOOST_TEST(mentions(detail, "line 3"));
    BOOST_TEST(mentions(detail, "line 1"));
    BOOST_TEST(!mentions(detail, "0123456789abcdef"));
}

BOOST_AUTO_TEST_CASE(a_file_without_a_token_is_refused)
{
    refusal("");
    refusal("\n\n# nothing yet\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_unavailable)
{
    for (auto const& path : {std::string{"/nonexistent/tokens"}, std::filesystem::temp_directory_path().string()})
    {
        auto const records = read_token_file(path);
        BOOST_REQUIRE(!records);
        BOOST_TEST((records.error().code == ErrorCode::unavailable), path);
        BOOST_TEST(mentions(records.error().detail, path));
    }
}

BOOST_AUTO_TEST_CASE(a_pipe_is_read_and_one_that_nobody_writes_to_holds_nobody_up)
{
    auto const path = (std::filesystem::temp_directory_path() / ("scimkit-tokens-" + new_token())).string();
    BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    auto const silent = read_token_file(path);
    BOOST_REQUIRE(!silent);
    BOOST_TEST((silent.error().code == ErrorCode::unavailable));

    std::jthread const writer{[&]
                              {
                                  std::ofstream pipe{path, std::ios::binary};
                                  for (char const* part : {"0123456789abcdef ", "one\n"})
                                  {
                                      pipe << part << std::flush;
                                      std::this_thread::sleep_for(std::chrono::milliseconds{20});
                                  }
                              }};
    auto const records = read_token_file(path);
    std::filesystem::remove(path);
    BOOST_REQUIRE(records);
    BOOST_TEST(records->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_huge_file_is_not_read_to_its_end)
{
    TokenFile const file{""};
    std::filesystem::resize_file(file.path(), std::uintmax_t{1} << 40); // sparse
    auto const records = file.read();
    BOOST_REQUIRE(!records);
    BOOST_TEST((records.error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
