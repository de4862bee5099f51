// Damaged files: opening refuses them, or what was damaged is of no matter. Never a crash, never another content.
#include <scimkit/kv/store.hpp>
#include <scimkit/store/facts.hpp>

#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <fstream>
#include <map>
#include <random>

using namespace scimkit::test;
using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Writer;
using scimkit::lmdb::open_engine;
using scimkit::lmdb::open_store;

namespace
{

/// Numbers of one sequence for each seed.
class Dice
{
public:
    explicit Dice(unsigned seed)
        : engine_(seed)
    {
    }
    unsigned operator()() { return static_cast<unsigned>(engine_()); }

private:
    std::mt19937 engine_;
};

struct DamageFixture : LmdbFixture
{
    DamageFixture() { options.fsync = false; }

    std::filesystem::path data() const { return directory / "data.mdb"; }

    std::string content() const
    {
        std::ifstream file(data(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void set_content(std::string_view bytes) const
    {
        std::ofstream(data(), std::ios::binary | std::ios::trunc) << bytes;
    }

    /// Some hundred pages of all kinds: branches, leaves, long values, free ones.
    void fill(unsigned seed) const
    {
        Dice random(seed);
        auto const engine = open();
        for (unsigned round = 0; round < 12; ++round)
            BOOST_REQUIRE(engine->write(
                [&](Writer& writer) -> result<void>
                {
                    for (unsigned i = 0; i < 60; ++i)
                    {
                        auto const key = numbered(std::string(random() % 300, 'k'), random() % 1'000);
                        std::size_t const size = random() % 40 == 0 ? random() % 30'000 : random() % 300;
                        if (random() % 4 == 0)
                            (void)writer.erase(key);
                        else if (auto put = writer.put(key, std::string(size, 'v')); !put)
                            return put;
                    }
                    return {};
                }));
    }

    /// Keys, and how long their values are: what is in the values is for the store's checksums to judge.
    static std::vector<std::pair<std::string, std::size_t>> shape_of(Entries const& entries)
    {
        std::vector<std::pair<std::string, std::size_t>> shape;
        for (auto const& [key, value] : entries)
            shape.emplace_back(key, value.size());
        return shape;
    }

    /// True when it was refused. Fails the test when it was not and the content has another shape.
    bool refused(Entries const& sound, std::string const& what)
    {
        auto const engine = open_engine(directory, options);
        if (!engine)
        {
            BOOST_TEST((engine.error().code == ErrorCode::corrupt), engine.error().detail);
            return true;
        }
        BOOST_TEST((shape_of(entries_of(**engine).value()) == shape_of(sound)), what);
        return false;
    }
};

constexpr std::size_t page = 4096;

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_damage, DamageFixture)

BOOST_AUTO_TEST_CASE(whatever_lmdb_writes_is_sound)
{
    options.fsync = false;
    std::map<std::string, std::string> model;
    for (unsigned seed = 1; seed <= 12; ++seed)
    {
        Dice random(seed);
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
    Dice random(2);
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
    Dice random(3);
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
        BOOST_REQUIRE(store->attach(registry));
        auto const rules = scimkit::FactRules::make(*registry, store->traits().indexes).value();
        auto const* type = registry->find_resource_type("User");
        BOOST_REQUIRE(store->write(
            "t", {},
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
    Dice random(6);
    unsigned noticed = 0;
    for (unsigned i = 0; i < 1'000; ++i)
    {
        std::string damaged = sound;
        std::size_t const place = random() % sound.size();
        damaged[place] = static_cast<char>(damaged[place] ^ (1U << random() % 8));
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
    BOOST_REQUIRE(store->attach(registry));
    auto const* type = registry->find_resource_type("User");
    auto const read = [&](std::string_view id)
    {
        return store->read("t", {},
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

BOOST_AUTO_TEST_CASE(a_first_start_that_was_interrupted_can_be_repeated)
{
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "owner") << "12345\nnew\n";
    std::ofstream(directory / "lock.mdb");
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

BOOST_AUTO_TEST_CASE(an_owner_that_is_a_link_is_refused_and_its_target_left_alone)
{
    std::filesystem::create_directory(directory);
    auto const target = temporary.path() / "precious";
    std::ofstream(target) << "content";
    auto const target_is_whole = [&]
    {
        std::ifstream file(target);
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
