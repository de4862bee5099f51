// Keys: their form, what becomes of them in files, and who is let in with them. A number in a name is that of the check
// of the security list that a case holds.
#include <scimkit/core/base64.hpp>
#include <scimkit/security/api_key.hpp>

#include "mentions.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>
#include <unistd.h>

using namespace scimkit;
using namespace std::chrono_literals;
using scimkit::test::mentions;

namespace
{

Instant const noon = parse_date_time("2026-11-26T12:00:00Z").value();

/// Keys with a clock that tests set, and what the log was told.
struct Ring
{
    explicit Ring(std::vector<KeyRecord> records, bool basic = false)
        : keys(
              key_authenticator(std::move(records), {.basic = basic,
                                                     .refused = [this](std::string_view why) { log.emplace_back(why); },
                                                     .now = [this] { return now; }}))
    {
    }

    result<Principal> come_in(std::string const& key) const
    {
        auto const header = "Bearer " + key;
        return keys->authenticate({.authorization = header});
    }
    bool lets_in(std::string const& key) const { return come_in(key).has_value(); }

    Instant now = noon;
    std::vector<std::string> log;
    std::shared_ptr<KeyAuthenticator> keys;
};

KeyRecord record_of(std::string const& key, std::string subject, std::string tenant = {},
                    std::optional<Instant> expires = {})
{
    return make_key_record(key, {.subject = std::move(subject), .tenant = std::move(tenant)}, expires).value();
}

result<std::vector<KeyRecord>> read(std::string const& content)
{
    auto const path = std::filesystem::temp_directory_path() / ("scimkit-keys-" + std::to_string(::getpid()));
    std::ofstream{path} << content;
    auto records = read_key_file(path.string());
    std::filesystem::remove(path);
    return records;
}

std::string complaint(std::string const& content)
{
    auto const records = read(content);
    return records ? "(read)" : records.error().detail;
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_keys)

BOOST_AUTO_TEST_CASE(check_5_a_new_key_has_256_bits_a_prefix_and_digits_that_check_it)
{
    std::set<std::string> keys;
    std::set<char> letters;
    for (int i = 0; i < 1'000; ++i)
    {
        auto const key = new_api_key();
        BOOST_TEST(key.size() == 54U);
        BOOST_TEST(key.starts_with("scim_"));
        BOOST_TEST(is_api_key(key));
        BOOST_TEST(make_token_record(key, {}).has_value()); // fits into an Authorization header
        letters.insert(key.begin() + 5, key.end());
        keys.insert(key);
    }
    BOOST_TEST(keys.size() == 1'000U);
    BOOST_TEST(letters.size() == 62U); // 43 of 62 characters: 256 bits
}

BOOST_AUTO_TEST_CASE(every_mistyped_character_shows)
{
    auto const key = new_api_key();
    for (std::size_t i = 0; i < key.size(); ++i)
        for (char const other : std::string_view{"0Zx_- "})
        {
            auto wrong = key;
            wrong[i] = other;
            BOOST_TEST(is_api_key(wrong) == (wrong == key), wrong);
        }
    for (std::size_t size = 0; size < key.size(); ++size)
        BOOST_TEST(!is_api_key(key.substr(0, size)));
    BOOST_TEST(!is_api_key(key + "0"));
    auto turned = key;
    std::swap(turned[10], turned[11]);
    BOOST_TEST(is_api_key(turned) == (turned == key));
    BOOST_TEST(!make_key_record(key.substr(0, 53), {}));
    BOOST_TEST(mentions(make_key_record(key.substr(0, 53), {}).error().detail, "mistyped"));
    BOOST_TEST(!mentions(make_key_record(key.substr(0, 53), {}).error().detail, key.substr(5, 10)));
}

BOOST_AUTO_TEST_CASE(a_key_stands_for_its_principal_with_tenant_and_scopes)
{
    auto const key = new_api_key();
    auto record = record_of(key, "okta", "acme");
    record.principal.scopes = {"users.read", "groups.write"};
    Ring const ring{{record}};
    auto const principal = ring.come_in(key);
    BOOST_REQUIRE(principal);
    BOOST_TEST((*principal == record.principal));
    BOOST_TEST(ring.lets_in(key));
    BOOST_TEST(ring.log.empty());
}

BOOST_AUTO_TEST_CASE(check_6_several_keys_of_a_tenant_live_at_once_until_each_expires_or_is_revoked,
                     *boost::unit_test::label("7644-7.4-c"))
{
    auto const old_key = new_api_key();
    auto const new_key = new_api_key();
    auto const withdrawn = new_api_key();
    auto revoked = record_of(withdrawn, "okta", "acme");
    revoked.revoked = true;
    Ring ring{{record_of(old_key, "okta", "acme", noon + 1h), record_of(new_key, "okta", "acme"), revoked}};
    BOOST_TEST(ring.lets_in(old_key));
    BOOST_TEST(ring.lets_in(new_key));
    BOOST_TEST(!ring.lets_in(withdrawn));
    ring.now = noon + 1h - 1us;
    BOOST_TEST(ring.lets_in(old_key));
    ring.now = noon + 1h;
    BOOST_TEST(!ring.lets_in(old_key));
    BOOST_TEST(ring.lets_in(new_key));
    BOOST_TEST(ring.keys->exchange({record_of(old_key, "okta", "acme")}).has_value());
    BOOST_TEST(ring.lets_in(old_key)); // extended
    BOOST_TEST(!ring.lets_in(new_key));
}

BOOST_AUTO_TEST_CASE(check_6_the_good_key_is_never_refused_while_others_are_rotated)
{
    auto const good = new_api_key();
    auto const kept = record_of(good, "good");
    Ring const ring{{kept}};
    std::atomic<bool> over{false};
    std::atomic<int> refused{0};
    std::thread client{[&]
                       {
                           while (!over)
                               refused += !ring.lets_in(good);
                       }};
    for (int i = 0; i < 200; ++i)
    {
        auto const fresh = new_api_key();
        BOOST_TEST(ring.keys->exchange({kept, record_of(fresh, "fresh")}).has_value());
        BOOST_TEST(ring.lets_in(fresh));
        BOOST_TEST(ring.keys->exchange({kept}).has_value());
        auto const header = "Bearer " + fresh;
        BOOST_TEST(!ring.keys->authenticate({.authorization = header})); // at once
    }
    over = true;
    client.join();
    BOOST_TEST(refused == 0);
}

BOOST_AUTO_TEST_CASE(check_2_who_is_refused_learns_nothing_of_why_and_the_log_does)
{
    auto const expired = new_api_key();
    auto const withdrawn = new_api_key();
    auto const unknown = new_api_key();
    auto mistyped = new_api_key();
    mistyped[20] = mistyped[20] == 'a' ? 'b' : 'a';
    auto revoked = record_of(withdrawn, "entra");
    revoked.revoked = true;
    Ring const ring{{record_of(expired, "okta", {}, noon - 1s), revoked}};
    struct Wrong
    {
        std::string key;
        std::string why;
    };
    std::vector<Wrong> const all{{expired, "expired at 2026-11-26T11:59:59"},
                                 {withdrawn, "revoked"},
                                 {unknown, "not known"},
                                 {mistyped, "mistyped"},
                                 {std::string(5'000, 'a'), "4,096"}};
    auto const missing = ring.keys->authenticate({});
    BOOST_REQUIRE(!missing);
    for (auto const& [key, why] : all)
    {
        auto const refused = ring.come_in(key);
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error() == missing.error()));
        BOOST_REQUIRE(!ring.log.empty());
        BOOST_TEST(mentions(ring.log.back(), why), ring.log.back());
        BOOST_TEST(!mentions(ring.log.back(), key.substr(5))); // never the key
    }
    BOOST_TEST(mentions(ring.log[0], "okta"));
    BOOST_TEST(mentions(ring.log[1], "entra"));
}

BOOST_AUTO_TEST_CASE(check_10_no_key_is_of_two_tenants)
{
    auto const key = new_api_key();
    BOOST_CHECK_THROW(key_authenticator({record_of(key, "a", "acme"), record_of(key, "a", "globex")}),
                      std::invalid_argument);
    Ring const ring{{record_of(key, "a", "acme")}};
    auto const refused = ring.keys->exchange({record_of(key, "b"), record_of(key, "b")});
    BOOST_TEST(!refused);
    BOOST_TEST(!mentions(refused.error().detail, key.substr(5)));
    BOOST_TEST(ring.come_in(key)->tenant == "acme"); // nothing has changed
    auto bad = record_of(key, "a");
    bad.sha256 = "nonsense";
    BOOST_TEST(!ring.keys->exchange({bad}));
    BOOST_TEST(ring.lets_in(key));
}

BOOST_AUTO_TEST_CASE(the_last_use_is_known_and_survives_an_exchange)
{
    auto const used = new_api_key();
    auto const idle = new_api_key();
    auto const records = std::vector{record_of(used, "used"), record_of(idle, "idle")};
    Ring ring{records};
    BOOST_TEST(ring.keys->uses().empty());
    ring.now = noon + 90'500ms;
    BOOST_TEST(ring.lets_in(used));
    BOOST_TEST(ring.keys->exchange(records).has_value());
    auto const uses = ring.keys->uses();
    BOOST_REQUIRE(uses.size() == 1U);
    BOOST_TEST(uses[0].sha256 == records[0].sha256);
    BOOST_TEST((uses[0].at == noon + 90s));
}

BOOST_AUTO_TEST_CASE(a_refused_key_is_not_used)
{
    auto const key = new_api_key();
    Ring const ring{{record_of(key, "late", {}, noon)}};
    BOOST_TEST(!ring.lets_in(key));
    BOOST_TEST(ring.keys->uses().empty());
}

BOOST_AUTO_TEST_CASE(basic_takes_a_key_as_password_where_it_is_on)
{
    auto const key = new_api_key();
    auto const header = "Basic " + encode_base64("anybody:" + key);
    Ring const off{{record_of(key, "okta")}};
    BOOST_TEST(!off.keys->authenticate({.authorization = header}));
    BOOST_TEST(off.keys->schemes().size() == 1U);
    Ring const on{{record_of(key, "okta")}, true};
    BOOST_TEST(on.keys->authenticate({.authorization = header}).has_value());
    BOOST_TEST(on.lets_in(key));
    BOOST_TEST(on.keys->schemes().size() == 2U);
    BOOST_TEST(mentions(on.keys->challenge(), "Basic"));
}

BOOST_AUTO_TEST_CASE(check_4_a_look_up_does_not_grow_with_the_number_of_keys)
{
    // The time is a matter of bench/security_bench.cpp; here, that ten thousand are told apart.
    std::vector<KeyRecord> records;
    std::vector<std::string> keys;
    for (int i = 0; i < 10'000; ++i)
    {
        keys.push_back(new_api_key());
        records.push_back(record_of(keys.back(), "n" + std::to_string(i)));
    }
    Ring const ring{records};
    for (std::size_t i = 0; i < keys.size(); i += 997)
        BOOST_TEST(ring.come_in(keys[i])->subject == "n" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(check_6_it_can_be_asked_whether_somebody_would_still_be_let_in)
{
    auto const with = [](std::string const& key, bool revoked, std::vector<std::string> scopes)
    {
        auto record = record_of(key, "okta", "acme");
        record.revoked = revoked;
        record.principal.scopes = std::move(scopes);
        return record;
    };
    auto const first = new_api_key();
    auto const second = new_api_key();
    Principal const okta{.subject = "okta", .tenant = "acme", .scopes = {"users.write"}};
    Ring ring{{with(first, false, {"users.read", "users.write"})}};
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::good));
    BOOST_TEST((ring.keys->standing({.subject = "entra", .tenant = "acme"}) == KeyStanding::unknown));
    BOOST_TEST((ring.keys->standing({.subject = "okta", .tenant = "globex"}) == KeyStanding::unknown));
    ring.keys->exchange({with(first, true, {"users.write"})}).value();
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::refused));
    ring.keys->exchange({with(first, true, {"users.write"}), with(second, false, {"users.write"})}).value();
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::good), "another key of the same name");
    ring.keys->exchange({with(second, false, {"users.read"})}).value();
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::refused), "it is for less by now");
    for (char const* const wider : {"users", "scim", "scim.write"})
    {
        ring.keys->exchange({with(second, false, {wider})}).value();
        BOOST_TEST((ring.keys->standing(okta) == KeyStanding::good), wider << " has users.write in it");
    }
    for (char const* const other : {"groups", "scim.read", "users.create"})
    {
        ring.keys->exchange({with(second, false, {other})}).value();
        BOOST_TEST((ring.keys->standing(okta) == KeyStanding::refused), other);
    }
    auto expiring = with(second, false, {"users.write"});
    expiring.expires = noon + 1h;
    ring.keys->exchange({expiring}).value();
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::good));
    ring.now = noon + 1h;
    BOOST_TEST((ring.keys->standing(okta) == KeyStanding::refused));
}

BOOST_AUTO_TEST_CASE(a_line_of_a_key_file_has_scopes_and_an_expiry)
{
    auto const key = new_api_key();
    auto const hash = "sha256:" + make_token_record(key, {})->sha256;
    auto const records =
        read("# who\n" + hash + " okta acme scopes=users.read,groups.write expires=2027-01-31T12:00:00Z\n" +
             new_api_key() + " entra scopes=scim\r\n" + new_api_key() + " jump expires=2027-01-31\n" + new_api_key() +
             " scopes=scim.read\n" + new_api_key() + "\n");
    BOOST_REQUIRE(records);
    BOOST_REQUIRE(records->size() == 5U);
    auto const& all = *records;
    BOOST_TEST(all[0].principal.subject == "okta");
    BOOST_TEST(all[0].principal.tenant == "acme");
    BOOST_TEST((all[0].principal.scopes == std::vector<std::string>{"users.read", "groups.write"}));
    BOOST_TEST((all[0].expires == parse_date_time("2027-01-31T12:00:00Z").value()));
    BOOST_TEST(all[1].principal.tenant == "");
    BOOST_TEST((all[1].principal.scopes == std::vector<std::string>{"scim"}));
    BOOST_TEST((all[2].expires == parse_date_time("2027-01-31T00:00:00Z").value()));
    BOOST_TEST(all[3].principal.subject.starts_with("token-"));
    BOOST_TEST(all[3].principal.scopes.size() == 1U);
    BOOST_TEST(!all[4].expires);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_a_key_file_is_told_by_its_line_and_without_the_key)
{
    auto const key = new_api_key();
    for (auto const& [rest, about] :
         std::vector<std::pair<std::string, std::string>>{{" okta acme scopes=user.reed", "scopes="},
                                                          {" okta acme scopes=", "scopes="},
                                                          {" okta acme scopes=users.read,", "scopes="},
                                                          {" okta expires=tomorrow", "expires="},
                                                          {" okta expires=2027-02-30", "expires="},
                                                          {" okta expires=", "expires="},
                                                          {" okta expires=2027-01-01 scopes=scim", "in this order"},
                                                          {" okta acme more", "in this order"},
                                                          {" okta acme scopes=scim scopes=scim", "in this order"}})
    {
        auto const said = complaint(key + rest + "\n");
        BOOST_TEST(mentions(said, about), said);
        BOOST_TEST(mentions(said, "line 1"), said);
        BOOST_TEST(!mentions(said, key.substr(5, 12)), said);
    }
    auto const cut = complaint(key.substr(0, 50) + " okta\n");
    BOOST_TEST(mentions(cut, "mistyped"), cut);
    BOOST_TEST(!mentions(cut, key.substr(5, 12)), cut);
    BOOST_TEST(mentions(complaint(key + " a\n" + key + " b\n"), "again"));
}

BOOST_AUTO_TEST_CASE(a_key_that_expires_is_not_read_as_a_token_for_ever)
{
    auto const path = std::filesystem::temp_directory_path() / ("scimkit-tokens-" + std::to_string(::getpid()));
    std::ofstream{path} << new_api_key() << " okta acme expires=2027-01-31\n";
    auto const tokens = read_token_file(path.string());
    BOOST_REQUIRE(!tokens);
    BOOST_TEST(mentions(tokens.error().detail, "expires"));
    std::ofstream{path} << new_api_key() << " okta acme scopes=users.read\n";
    BOOST_TEST(read_token_file(path.string())->front().principal.scopes.size() == 1U);
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_SUITE_END()
