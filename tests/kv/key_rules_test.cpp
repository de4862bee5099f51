// Databases of builds that compared names otherwise get new keys: those that told full-width letters from others, and
// those that had sharp s as ss.
#include "kv/catalog.hpp"
#include "kv/layout.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct KeyRulesFixture : test::KvFixture
{
    void raw_put(std::string_view key, std::string_view value)
    {
        BOOST_REQUIRE(engine->write([&](Writer& writer) { return writer.put(key, value); }).has_value());
    }

    /// A user as a build made it whose rule gave him another key.
    void insert_of_old(std::string const& id, std::string const& user_name, std::string const& old_key)
    {
        store
            ->write(*attachment, "tenant", {},
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        Resource one = make(user(), id, {{"userName", user_name}});
                        Facts facts = rules->facts_of(one);
                        facts.unique_keys.at(0).value = old_key;
                        auto const done = transaction.insert(one, facts);
                        return done ? result<void>{} : result<void>{done.error()};
                    })
            .value();
    }

    /// What such a build says of its indexes.
    void describe_as_old(std::string_view rule)
    {
        std::string bytes;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    bytes = *reader.get(meta_key).value();
                    return {};
                })
            .value();
        auto record = decode_catalog(bytes).value();
        constexpr std::string_view now = " lower";
        std::size_t changed = 0;
        for (auto at = record.indexes.find(now); at != std::string::npos; at = record.indexes.find(now), ++changed)
            record.indexes.replace(at, now.size(), rule);
        BOOST_REQUIRE(changed > 0U);
        raw_put(meta_key, encode_catalog(record));
    }

    std::uint64_t findings()
    {
        return store->maintenance()
            ->check(*attachment, {}, Repair::no,
                    [](CheckFinding const& finding)
                    {
                        BOOST_TEST_MESSAGE(finding.what);
                        return true;
                    })
            .value()
            .findings;
    }

    /// Whether another user is refused this name; who is not stays.
    bool is_taken(std::string const& user_name)
    {
        Resource one = make(user(), "who wants " + user_name, {{"userName", user_name}});
        auto const written = store->write(*attachment, "tenant", {},
                                          [&](WriteTransaction& transaction) -> result<void>
                                          {
                                              auto const done = transaction.insert(one, rules->facts_of(one));
                                              return done ? result<void>{} : result<void>{done.error()};
                                          });
        return !written && written.error().code == ErrorCode::uniqueness;
    }
};

BOOST_FIXTURE_TEST_SUITE(key_rules, KeyRulesFixture)

BOOST_AUTO_TEST_CASE(a_database_whose_keys_know_no_width_gets_new_ones)
{
    open();
    insert_of_old("one", "\uff21\uff24\uff21", "\uff41\uff44\uff41");
    insert_of_old("two", "bob", "bob");
    describe_as_old(" folded");
    open();
    for (auto const* filter : {"userName eq \"ada\"", "userName sw \"AD\"", "userName eq \"\uff41\uff44\uff41\""})
        BOOST_TEST((find(filter, user(), 10).summary.total == 1U), filter);
    BOOST_TEST(is_taken("Ada"));
}

BOOST_AUTO_TEST_CASE(a_database_whose_keys_are_folded_gets_new_ones)
{
    open();
    insert_of_old("one", "Stra\u00dfe", "strasse");
    insert_of_old("two", "\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3");
    insert_of_old("three", "\u1f80 under a iota", "\u1f00\u03b9 under a iota");
    describe_as_old(" mapped");
    open();
    for (auto const* filter : {"userName eq \"STRA\u1e9eE\"", "userName sw \"stra\u00df\"",
                               "userName eq \"\u03bf\u03b4\u03bf\u03c3\"", "userName eq \"\u1f88 UNDER A IOTA\""})
        BOOST_TEST((find(filter, user(), 10).summary.total == 1U), filter);
    BOOST_TEST(is_taken("stra\u00dfe"));
    BOOST_TEST(!is_taken("STRASSE"));
    BOOST_TEST(!is_taken("\u03bf\u03b4\u03bf\u03c2"));
    BOOST_TEST(findings() == 0U);
}

BOOST_AUTO_TEST_CASE(two_that_differ_in_width_alone_are_told_at_the_start_and_stay)
{
    open();
    insert_of_old("one", "\uff21\uff24\uff21", "\uff41\uff44\uff41");
    insert_of_old("two", "ada", "ada");
    describe_as_old(" folded");
    auto const opened = try_open();
    BOOST_TEST((opened.error().code == ErrorCode::uniqueness));
    BOOST_TEST(opened.error().detail.find("'one'") != std::string::npos);
    BOOST_TEST(opened.error().detail.find("'two'") != std::string::npos);
}

// Elements are found by folding, which is another rule than that of names.
BOOST_AUTO_TEST_CASE(a_check_finds_members_by_the_key_that_they_have)
{
    open();
    insert(make(group(), "g",
                {{"displayName", "all"},
                 {"members",
                  {{{"value", "\uff41\uff44\uff41"}},
                   {{"value", "Stra\u00dfe"}},
                   {{"value", "\u03a3\u03c2"}},
                   {{"value", "\u0130"}}}}}));
    BOOST_TEST(findings() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
