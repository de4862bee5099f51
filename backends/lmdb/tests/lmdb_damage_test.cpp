// Damaged files: opening refuses them, or what was damaged is of no matter. Never a crash, never another content.
#include <scimkit/kv/store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "kv/engine_access.hpp"
#include "lmdb_damage_fixture.hpp"

#include <map>

using namespace scimkit::test;
using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Writer;
using scimkit::lmdb::open_engine;
using scimkit::lmdb::open_store;

namespace
{

constexpr std::size_t page = 4096;

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_damage, DamageFixture)

BOOST_AUTO_TEST_CASE(whatever_lmdb_writes_is_sound)
{
    options.fsync = false;
    std::map<std::string, std::string> model;
    for (unsigned seed = 1; seed <= 12; ++seed)
    {
        Dice random{seed};
        auto engine = open();
        for (unsigned round = 0; round < 25; ++round)
        {
            auto const change = [&](Writer& writer) -> result<void>
            {
                for (unsigned i = random() % 200; i > 0; --i)
                {
                    auto const key = numbered(std::string(random() % 400, 'k'), random() % 400);
                    if (random() % 3 == 0)
                    {
                        if (auto erased = writer.erase(key); !erased)
                            return erased.error();
                        model.erase(key);
                        continue;
                    }
                    // Values that grow and shrink over the size of a page, within one transaction too.
                    std::string const value(random() % 8 == 0 ? random() % 60'000 : random() % 500, 'v');
                    if (auto put = writer.put(key, value); !put)
                        return put;
                    model[key] = value;
                }
                return {};
            };
            BOOST_REQUIRE(engine->write(change));
        }
        if (seed % 4 == 0) // down to nothing
        {
            BOOST_REQUIRE(engine->write(
                [&](Writer& writer) -> result<void>
                {
                    for (auto const& [key, value] : model)
                        if (auto erased = writer.erase(key); !erased)
                            return erased.error();
                    return {};
                }));
            model.clear();
        }
        engine.reset();
        engine = open();
        BOOST_TEST((entries_of(*engine).value() == Entries(model.begin(), model.end())));
    }
}

BOOST_AUTO_TEST_CASE(a_page_that_was_zeroed_is_noticed_unless_it_is_free)
{
    fill(1);
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    unsigned noticed = 0;
    for (std::size_t place = 0; place + page <= sound.size(); place += page)
    {
        std::string damaged = sound;
        damaged.replace(place, page, page, '\0');
        set_content(damaged);
        noticed += refused(entries, "page " + std::to_string(place / page)) ? 1 : 0;
    }
    BOOST_TEST(noticed > 50U);
}

BOOST_AUTO_TEST_CASE(two_pages_that_were_swapped_are_noticed_unless_both_are_free)
{
    fill(2);
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    Dice random{2};
    unsigned noticed = 0;
    for (unsigned i = 0; i < 200; ++i)
    {
        std::size_t const one = random() % (sound.size() / page) * page;
        std::size_t const two = random() % (sound.size() / page) * page;
        std::string damaged = sound;
        damaged.replace(one, page, sound, two, page);
        damaged.replace(two, page, sound, one, page);
        set_content(damaged);
        noticed += refused(entries, std::to_string(one / page) + " and " + std::to_string(two / page)) ? 1 : 0;
    }
    BOOST_TEST(noticed > 100U);
}

BOOST_AUTO_TEST_CASE(headers_with_any_damage_are_noticed_or_of_no_matter)
{
    fill(3);
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    Dice random{3};
    unsigned noticed = 0;
    for (unsigned i = 0; i < 400; ++i)
    {
        std::size_t const place = random() % (sound.size() / page) * page;
        std::string damaged = sound;
        for (unsigned byte = 0; byte < 1 + random() % 4; ++byte)
            damaged[place + random() % 16] = static_cast<char>(random());
        set_content(damaged);
        noticed += refused(entries, "header of page " + std::to_string(place / page)) ? 1 : 0;
    }
    BOOST_TEST(noticed > 100U);
}

BOOST_AUTO_TEST_CASE(a_file_of_any_shorter_length_is_refused)
{
    fill(4);
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    for (std::size_t size = page; size < sound.size(); size += page / 2 * 3)
    {
        set_content(std::string_view{sound}.substr(0, size));
        BOOST_TEST((refused(entries, std::to_string(size)) || size + 10 * page > sound.size()));
    }
}

BOOST_AUTO_TEST_CASE(of_a_large_database_the_pages_that_lead_to_others_are_looked_at)
{
    fill(5);
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    options.check_bytes = page;
    BOOST_TEST(!refused(entries, "sound"));
    unsigned noticed = 0;
    for (std::size_t place = 2 * page; place + page <= sound.size(); place += page)
    {
        if (sound[place + 10] != 1) // a branch
            continue;
        std::string damaged = sound;
        damaged.replace(place, page, page, '\0');
        set_content(damaged);
        noticed += open_engine(directory, options).has_error() ? 1 : 0;
    }
    BOOST_TEST(noticed >= 1U);
}

namespace
{

struct StoreFixture : DamageFixture
{
    std::shared_ptr<scimkit::SchemaRegistry const> const registry =
        scimkit::SchemaRegistry::Builder{}.add_rfc7643().build().value();

    std::optional<Error> store_refusal() const
    {
        auto const opened = open_store(directory, options);
        return opened ? std::nullopt : std::optional{opened.error()};
    }

    void fill_store() const
    {
        auto const store = open_store(directory, options).value();
        auto const attachment = store->attach(registry).value();
        auto const rules = scimkit::UniqueKeyRules::make(*registry).value();
        auto const* type = registry->find_resource_type("User");
        BOOST_REQUIRE(store->write(
            *attachment, "t", {},
            [&](scimkit::WriteTransaction& transaction) -> result<void>
            {
                for (int i = 0; i < 100; ++i)
                {
                    scimkit::Resource user;
                    user.type = type;
                    user.id = "id-" + std::to_string(i);
                    user.attributes = {{"userName", "Name" + std::to_string(i)}, {"title", std::string(500, 't')}};
                    if (auto done = transaction.insert(user, rules.facts_of(user)); !done)
                        return done.error();
                }
                return {};
            }));
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_byte_that_changed_anywhere_is_noticed_or_of_no_matter, StoreFixture)
{
    fill_store();
    auto const sound = content();
    auto const entries = entries_of(*open()).value();
    Dice random{6};
    unsigned noticed = 0;
    for (unsigned i = 0; i < 1'000; ++i)
    {
        std::string damaged = sound;
        std::size_t const place = random() % sound.size();
        damaged[place] = static_cast<char>(static_cast<unsigned char>(damaged[place]) ^ (1U << random() % 8));
        set_content(damaged);
        if (auto const error = store_refusal())
        {
            BOOST_TEST((error->code == ErrorCode::corrupt), error->detail);
            ++noticed;
        }
        else
            BOOST_TEST((entries_of(*open()).value() == entries), "byte " << place);
    }
    BOOST_TEST(noticed > 300U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_record_is_named_and_may_be_left_alone, StoreFixture)
{
    fill_store();
    auto damaged = content();
    for (auto place = damaged.find("Name17"); place != std::string::npos; place = damaged.find("Name17", place + 1))
        damaged[place + 1] = 'A'; // in the record; no key looks so, for keys are folded
    set_content(damaged);
    auto const error = store_refusal();
    BOOST_REQUIRE(error.has_value());
    BOOST_TEST((error->code == ErrorCode::corrupt));
    BOOST_TEST(contains(error->detail, "User 'id-17' (tenant 't')"), error->detail);
    BOOST_TEST(!contains(error->detail, "ame17"));

    options.on_damage = scimkit::lmdb::OnDamage::serve;
    auto const store = open_store(directory, options).value();
    auto const attachment = store->attach(registry).value();
    auto const* type = registry->find_resource_type("User");
    auto const read = [&](std::string_view id)
    {
        return store->read(*attachment, "t", {},
                           [&](scimkit::ReadTransaction& transaction) -> result<void>
                           {
                               auto const found = transaction.get(*type, id, {});
                               if (!found)
                                   return found.error();
                               return *found ? result<void>{} : result<void>{Error{ErrorCode::not_found, ""}};
                           });
    };
    BOOST_TEST(read("id-16").has_value());
    BOOST_TEST((read("id-17").error().code == ErrorCode::corrupt));
    BOOST_TEST(contains(read("id-17").error().detail, "the record of User 'id-17'"));
}

BOOST_AUTO_TEST_SUITE_END()
