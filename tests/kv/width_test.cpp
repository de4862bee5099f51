// Databases of builds that told full-width letters from others get new keys.
#include "kv/catalog.hpp"
#include "kv/layout.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct Fixture : test::KvFixture
{
    void raw_put(std::string_view key, std::string_view value)
    {
        BOOST_REQUIRE(engine->write([&](Writer& writer) { return writer.put(key, value); }).has_value());
    }

    /// A user as a build made it that knew nothing of the width of letters.
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
    void describe_as_old()
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
        for (auto at = record.indexes.find(" mapped"); at != std::string::npos; at = record.indexes.find(" mapped"))
            record.indexes.replace(at, 7, " folded");
        raw_put(meta_key, encode_catalog(record));
    }
};

BOOST_FIXTURE_TEST_SUITE(width, Fixture)

BOOST_AUTO_TEST_CASE(a_database_whose_keys_know_no_width_gets_new_ones)
{
    open();
    insert_of_old("one", "\uff21\uff24\uff21", "\uff41\uff44\uff41");
    insert_of_old("two", "bob", "bob");
    describe_as_old();
    open();
    for (auto const* filter : {"userName eq \"ada\"", "userName sw \"AD\"", "userName eq \"\uff41\uff44\uff41\""})
        BOOST_TEST((find(filter, user(), 10).summary.total == 1U), filter);
    Resource taken = make(user(), "three", {{"userName", "Ada"}});
    auto const refused = store->write(*attachment, "tenant", {},
                                      [&](WriteTransaction& transaction) -> result<void>
                                      {
                                          auto const done = transaction.insert(taken, rules->facts_of(taken));
                                          return done ? result<void>{} : result<void>{done.error()};
                                      });
    BOOST_TEST((refused.error().code == ErrorCode::uniqueness));
}

BOOST_AUTO_TEST_CASE(two_that_differ_in_width_alone_are_told_at_the_start_and_stay)
{
    open();
    insert_of_old("one", "\uff21\uff24\uff21", "\uff41\uff44\uff41");
    insert_of_old("two", "ada", "ada");
    describe_as_old();
    auto const opened = try_open();
    BOOST_TEST((opened.error().code == ErrorCode::uniqueness));
    BOOST_TEST(opened.error().detail.find("'one'") != std::string::npos);
    BOOST_TEST(opened.error().detail.find("'two'") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
