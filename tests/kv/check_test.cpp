// check(): each kind of planted damage is found and named, what can be made anew is, and a sound database is left
// alone.
#include "kv/change_log.hpp"
#include "kv/layout.hpp"
#include "kv/seal.hpp"
#include "kv/session.hpp"
#include "kv_fixture.hpp"

#include <functional>

namespace scimkit::kv
{
namespace
{

/// The values of a key, sealed as they are stored; nothing: there is no such key.
using Stored = std::vector<std::pair<std::string, std::string>>;

struct CheckFixture : test::KvFixture
{
    CheckFixture()
    {
        open();
        insert(make(user(), "ada", {{"userName", "ada"}, {"displayName", "Ada"}}));
        insert(make(user(), "bob", {{"userName", "bob"}, {"emails", {{{"value", "b@example.com"}}}}}));
        insert(make(group(), "g", {{"displayName", "all"}, {"members", {{{"value", "ada"}}, {{"value", "Bob"}}}}}));
    }

    TenantKeys keys() const { return TenantKeys::make("tenant", engine->max_key_size()).value(); }

    /// Numbers are given in the order of types: User, Group, Group/members or so. Found by the first key of the table.
    Stored all(std::string const& prefix)
    {
        Stored found;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    auto cursor = reader.cursor().value();
                    for (auto any = cursor->seek(prefix); any.value() && cursor->key().starts_with(prefix);
                         any = cursor->next())
                        found.emplace_back(cursor->key(), cursor->value());
                    return {};
                })
            .value();
        return found;
    }

    Stored table(char name) { return all(keys().prefix() + name); }

    void put(std::string const& key, std::string value)
    {
        append_seal(value, key);
        put_raw(key, value);
    }
    void put_raw(std::string const& key, std::string const& value)
    {
        engine->write([&](Writer& writer) { return writer.put(key, value); }).value();
    }
    void erase(std::string const& key)
    {
        engine
            ->write(
                [&](Writer& writer) -> result<void>
                {
                    auto const erased = writer.erase(key);
                    BOOST_TEST(erased.value());
                    return {};
                })
            .value();
    }
    void damage(std::string const& key)
    {
        std::string value = all(key).front().second;
        value.back() = static_cast<char>(value.back() ^ 1);
        put_raw(key, value);
    }

    std::vector<CheckFinding> findings{};
    CheckReport check(Repair repair = Repair::no)
    {
        findings.clear();
        auto const report = store->maintenance()->check(*attachment, {}, repair,
                                                        [&](CheckFinding const& finding)
                                                        {
                                                            findings.push_back(finding);
                                                            return true;
                                                        });
        BOOST_REQUIRE_MESSAGE(report, report.error().detail);
        for (CheckFinding const& finding : findings)
            BOOST_TEST_MESSAGE(finding.what);
        return *report;
    }

    Stored everything() { return all(std::string{tenants_prefix}); }
};

/// A kind of damage. `named`: what the finding says.
struct Kind
{
    std::string name;
    std::function<void(CheckFixture&)> plant;
    std::string named;
    bool repairable = true;
};

using Plant = std::function<void(CheckFixture&)>;

Plant erase_first(char table)
{
    return [table](CheckFixture& f) { f.erase(f.table(table).front().first); };
}

Plant damage_first(char table)
{
    return [table](CheckFixture& f) { f.damage(f.table(table).front().first); };
}

/// A unique key that nobody has, of `owner`.
Plant add_unique(std::string owner)
{
    return [owner](CheckFixture& f)
    {
        std::string key = f.table('U').front().first;
        key.insert(key.size() - 2, "x");
        f.put(key, owner);
    };
}

NameNumber members_number(CheckFixture& f)
{
    return static_cast<NameNumber>(f.table('E').front().first[f.keys().prefix().size() + 2]);
}

std::vector<Kind> kinds_of_keys()
{
    return {
        {"an index entry that is missing", erase_first('I'), "an index entry of User"},
        {"an index entry that is damaged", damage_first('I'), "an index entry of User"},
        {"an index entry of nothing",
         [](CheckFixture& f)
         {
             std::string key = f.table('I').front().first;
             key.back() = static_cast<char>(key.back() ^ 3);
             f.put(key, "");
         },
         "belongs to nothing"},
        {"a unique key that is missing", erase_first('U'), "is missing"},
        {"a unique key that is damaged", damage_first('U'), "is damaged"},
        {"a unique key that leads elsewhere", [](CheckFixture& f) { f.put(f.table('U').front().first, "nobody"); },
         "leads elsewhere"},
        {"a unique key of nothing", add_unique("ada"), "which does not have that value"},
        {"a unique key of nobody", add_unique("nobody"), "which does not have that value"},
        {"a number of resources that is wrong",
         [](CheckFixture& f) { f.put(f.table('C').front().first, encode_counter(7)); }, "the number of resources"},
        {"a number of resources that is missing", erase_first('C'), "the number of resources"},
        {"a number of resources that is damaged", damage_first('C'), "the number of resources"},
    };
}

std::vector<Kind> kinds_of_elements()
{
    return {
        {"a reference that is missing", erase_first('M'), "a reference from 'members' of Group 'g'"},
        {"a reference that is damaged", damage_first('M'), "a reference from 'members' of Group 'g'"},
        {"a reference to no element",
         [](CheckFixture& f)
         {
             std::string key = f.table('M').front().first;
             f.put(key.insert(f.keys().references().size() + 1, "x"), "xada");
         },
         "leads to no element"},
        {"an element without an owner",
         [](CheckFixture& f)
         {
             std::string const sealed = f.table('E').front().second;
             f.put(f.keys().element(members_number(f), "gone", "ada"), sealed.substr(0, sealed.size() - seal_bytes));
         },
         "belongs to no Group"},
        {"a number of elements that is wrong",
         [](CheckFixture& f) { f.put(f.table('N').front().first, encode_counter(9)); }, "the number of elements"},
        {"a number of elements that is missing", erase_first('N'), "the number of elements"},
        {"a number of elements of nothing",
         [](CheckFixture& f) { f.put(f.keys().element_count(members_number(f), "gone"), encode_counter(1)); },
         "counts nothing"},
    };
}

std::vector<Kind> kinds_of_the_log()
{
    return {
        {"a last version that is less than a record's",
         [](CheckFixture& f) { f.put(f.keys().revision(), encode_revision({.number = 1, .logged = 10})); },
         "is less than that of a record"},
        {"a last version that is missing", [](CheckFixture& f) { f.erase(f.keys().revision()); }, "damaged or missing"},
        {"a size of the change log that is wrong",
         [](CheckFixture& f) { f.put(f.keys().revision(), encode_revision({.number = 3, .logged = 1})); },
         "the size of the change log"},
        {"a damaged beginning of the change log",
         [](CheckFixture& f)
         {
             f.put(f.keys().trimmed(), encode_trimmed({}));
             f.damage(f.keys().trimmed());
         },
         "how far the change log is trimmed"},
        {"a damaged place of a reader",
         [](CheckFixture& f)
         {
             f.store->change_log()->acknowledge("tenant", {}, "audit", LogPosition{1}).value();
             f.damage(f.keys().place("audit"));
         },
         "the place of a reader"},
    };
}

/// What nobody can make anew.
std::vector<Kind> kinds_of_losses()
{
    return {
        {"a damaged record", damage_first('R'), "the record of User 'ada'", false},
        {"a damaged element", damage_first('E'), "an element of 'members' of Group 'g'", false},
        {"a damaged change", damage_first('L'), "change 1", false},
        {"two with one unique value",
         [](CheckFixture& f)
         {
             auto [key, sealed] = f.table('R').front(); // of ada, its keys included, as eve
             f.put(key.replace(key.size() - 3, 3, "eve"), sealed.substr(0, sealed.size() - seal_bytes));
         },
         "has the value of User 'ada'", false},
    };
}

std::vector<Kind> kinds()
{
    std::vector<Kind> all;
    for (auto const& some : {kinds_of_keys(), kinds_of_elements(), kinds_of_the_log(), kinds_of_losses()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

BOOST_FIXTURE_TEST_SUITE(check, CheckFixture)

BOOST_AUTO_TEST_CASE(a_sound_database_is_sound_and_stays_as_it_is)
{
    auto const before = everything();
    for (Repair const repair : {Repair::no, Repair::yes})
    {
        auto const report = check(repair);
        BOOST_TEST(report.findings == 0U);
        BOOST_TEST(report.repaired == 0U);
        BOOST_TEST(report.tenants == 1U);
        BOOST_TEST(report.resources == 3U);
        BOOST_TEST(report.elements == 2U);
    }
    BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(each_kind_of_damage_is_found_and_what_can_be_made_anew_is)
{
    for (Kind const& kind : kinds())
    {
        BOOST_TEST_CONTEXT(kind.name)
        {
            CheckFixture sound;
            kind.plant(sound);
            auto const found = sound.check();
            BOOST_TEST(found.findings >= 1U);
            BOOST_TEST(found.repaired == 0U);
            bool const named = std::ranges::any_of(sound.findings,
                                                   [&](CheckFinding const& finding) {
                                                       return finding.what.find(kind.named) != std::string::npos &&
                                                              finding.repairable == kind.repairable;
                                                   });
            BOOST_TEST(named);
            for (CheckFinding const& finding : sound.findings)
            {
                BOOST_TEST(finding.tenant == "tenant");
                BOOST_TEST(!finding.repaired);
            }
            auto const repaired = sound.check(Repair::yes);
            BOOST_TEST(repaired.findings == found.findings);
            if (!kind.repairable)
                continue;
            BOOST_TEST(repaired.repaired == repaired.findings);
            BOOST_TEST(sound.check().findings == 0U);
            for (char const table : {'C', 'E', 'I', 'L', 'M', 'N', 'R', 'U'})
                BOOST_TEST((sound.table(table) == CheckFixture{}.table(table)), table);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_damaged_record_stays)
{
    auto const unique = table('U');
    auto const indexes = table('I');
    damage(table('R').front().first);
    auto const report = check(Repair::yes);
    BOOST_TEST(report.findings == 1U);
    BOOST_TEST(report.repaired == 0U);
    BOOST_TEST((table('U') == unique));
    BOOST_TEST((table('I') == indexes));
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_heard_enough_is_told_no_more_and_all_is_counted)
{
    erase(table('I').front().first);
    erase(table('I').front().first);
    int told = 0;
    auto const report =
        store->maintenance()->check(*attachment, {}, Repair::no, [&](CheckFinding const&) { return ++told < 1; });
    BOOST_TEST(report.value().findings == 2U);
    BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(a_check_keeps_to_its_budget)
{
    Budget little{100, Budget::Clock::time_point::max()};
    CallContext context;
    context.budget = &little;
    auto const report =
        store->maintenance()->check(*attachment, context, Repair::no, [](CheckFinding const&) { return true; });
    BOOST_REQUIRE(report.has_error());
    BOOST_TEST((report.error().code == ErrorCode::too_many));
}

BOOST_AUTO_TEST_CASE(a_load_keeps_versions_and_later_ones_are_others)
{
    auto const loaded =
        store->maintenance()->load(*attachment, "new", {},
                                   [&](WriteTransaction& transaction) -> result<void>
                                   {
                                       for (auto const& [id, version] : {std::pair{"x", 40}, std::pair{"y", 7}})
                                       {
                                           Resource one = make(user(), id, {{"userName", id}});
                                           one.version = Version{static_cast<std::uint64_t>(version)};
                                           auto const kept = transaction.insert(one, rules->facts_of(one));
                                           if (!kept)
                                               return kept.error();
                                           BOOST_TEST((*kept == one.version));
                                       }
                                       return {};
                                   });
    BOOST_REQUIRE_MESSAGE(loaded, loaded.error().detail);
    store
        ->write(*attachment, "new", {},
                [&](WriteTransaction& transaction) -> result<void>
                {
                    Resource one = make(user(), "z", {{"userName", "z"}});
                    auto const version = transaction.insert(one, rules->facts_of(one));
                    BOOST_TEST((version.value() == Version{41}));
                    return {};
                })
        .value();
    auto const extent = store->change_log()->extent("new", {}).value();
    BOOST_TEST(extent.begin.number() == 40U);
    BOOST_TEST(extent.end.number() == 41U);
    BOOST_TEST(check().findings == 0U);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_there_before_a_load_is_not_taken_for_whole)
{
    auto const loaded = store->maintenance()->load(*attachment, "tenant", {},
                                                   [&](WriteTransaction& transaction) -> result<void>
                                                   {
                                                       Resource one = make(user(), "x", {{"userName", "x"}});
                                                       one.version = Version{1};
                                                       auto const kept = transaction.insert(one, rules->facts_of(one));
                                                       return kept ? result<void>{} : result<void>{kept.error()};
                                                   });
    BOOST_REQUIRE(loaded);
    auto const read = store->change_log()->read("tenant", {}, LogPosition{}, 10, [](LoggedChange&&) { return true; });
    BOOST_REQUIRE(read.has_error());
    BOOST_TEST((read.error().code == ErrorCode::trimmed));
    BOOST_TEST(check().findings == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
