// What operators need of the store: the check finds what rows are wrong, loading keeps versions, an older layout is
// brought up to date, and positions of the change log go on whatever becomes of transaction numbers.
#include <scimkit/store/change_log.hpp>

#include "users.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;

/// A store with users and a group, in a schema whose name is known.
struct Filled
{
    std::string schema = cluster().new_schema();
    Users users{open_store(cluster().conninfo(), {.schema = schema}).value()};

    Filled()
    {
        for (char const* name : {"ada", "bob", "eve"})
            BOOST_REQUIRE(users.insert(users.make(name, name)));
        Resource group{.type = users.registry->find_resource_type("Group"), .id = "g"};
        group.attributes["displayName"] = "all";
        group.attributes["members"] = json::array{{{"value", "ada"}}, {{"value", "bob"}}};
        BOOST_REQUIRE(users.insert(group));
    }

    std::string table(std::string const& name) const { return schema + "." + name; }

    std::vector<CheckFinding> findings{};
    CheckReport check(Repair repair = Repair::no)
    {
        findings.clear();
        auto const report = users.store->maintenance()->check(*users.attachment, {}, repair,
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

    result<std::vector<LoggedChange>> changes(LogPosition after = {}) const
    {
        std::vector<LoggedChange> all;
        auto const read = users.store->change_log()->read("tenant", {}, after, 1'000,
                                                          [&](LoggedChange&& change)
                                                          {
                                                              all.push_back(std::move(change));
                                                              return true;
                                                          });
        if (!read)
            return read.error();
        return all;
    }
};

struct Kind
{
    std::string statement; ///< {} stands for the schema
    std::string named;
    bool repairable = true;
};

std::string in(std::string statement, std::string const& schema)
{
    for (auto at = statement.find("{}"); at != std::string::npos; at = statement.find("{}"))
        statement.replace(at, 2, schema);
    return statement;
}

BOOST_AUTO_TEST_SUITE(postgresql_maintenance)

BOOST_AUTO_TEST_CASE(a_sound_store_is_sound)
{
    Filled filled;
    auto const report = filled.check();
    BOOST_TEST(report.findings == 0U);
    BOOST_TEST(report.tenants == 1U);
    BOOST_TEST(report.resources == 4U);
    BOOST_TEST(report.elements == 2U);
    BOOST_TEST(filled.check(Repair::yes).findings == 0U);
}

BOOST_AUTO_TEST_CASE(each_kind_of_wrong_row_is_found_and_what_can_be_made_anew_is)
{
    for (Kind const& kind : std::vector<Kind>{
             {"delete from {}.index_entry where id = 'ada'", "an index entry of User 'ada' is missing"},
             {"update {}.index_entry set key = key || 'x' where id = 'bob'", "an index entry of User 'bob' is missing"},
             {"insert into {}.index_entry select tenant, type, attribute, key, rest, 'nobody' from {}.index_entry "
              "where id = 'ada' limit 1",
              "1 index entries of User belong to nothing"},
             {"insert into {}.index_entry select * from {}.index_entry where id = 'ada' limit 1",
              "1 index entries of User belong to nothing"},
             {"delete from {}.unique_key where id = 'ada'", "a unique key of User 'ada' is missing"},
             {"update {}.unique_key set id = 'nobody' where id = 'ada'", "leads to 'nobody'"},
             {"insert into {}.unique_key select tenant, type, key || 'x', id from {}.unique_key where id = 'ada'",
              "1 unique keys of User belong to nothing"},
             {"update {}.element_count set elements = 7", "is 7, and there are 2"},
             {"delete from {}.element_count", "is 0, and there are 2"},
             {"insert into {}.element_count select tenant, attribute, 'nobody', 3 from {}.element_count",
              "is 3, and there are 0"},
             {"insert into {}.element select tenant, attribute, 'nobody', key, folded, value, body from {}.element "
              "limit 1",
              "1 elements of 'members' of Group 'nobody' belong to nothing"},
             {"update {}.element set folded = 'x' where value = 'ada'", "cannot be found from its value"},
             {"select setval('{}.version', 1)", "the last version given out"},
             {"update {}.resource set record = 'x' where id = 'ada'", "the record of User 'ada' cannot be read", false},
             {"update {}.resource set version = 99 where id = 'ada'", "another version than its row", false},
             // Its first words are the keys that it holds.
             {"update {}.resource set record = overlay(record placing 'adx'::bytea from "
              "position('ada'::bytea in record)) where id = 'ada'",
              "does not hold the unique key of its userName", false},
             {"update {}.element set body = 'x' where value = 'ada'", "cannot be read", false}})
        BOOST_TEST_CONTEXT(kind.statement)
        {
            Filled filled;
            sql(in(kind.statement, filled.schema));
            auto const found = filled.check();
            BOOST_TEST(found.findings >= 1U);
            BOOST_TEST(std::ranges::any_of(filled.findings,
                                           [&](CheckFinding const& finding) {
                                               return finding.what.find(kind.named) != std::string::npos &&
                                                      finding.repairable == kind.repairable;
                                           }));
            auto const repaired = filled.check(Repair::yes);
            BOOST_TEST(repaired.findings == found.findings);
            if (!kind.repairable)
                continue;
            BOOST_TEST(repaired.repaired == found.findings);
            BOOST_TEST(filled.check().findings == 0U);
            BOOST_TEST(filled.users.insert(filled.users.make("x", "ADA")).has_error());
        }
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_record_that_cannot_be_read_stays)
{
    Filled filled;
    sql("update " + filled.table("resource") + " set record = 'x' where id = 'ada'");
    filled.check(Repair::yes);
    BOOST_TEST(sql("select count(*) from " + filled.table("unique_key") + " where id = 'ada'") == "1");
    BOOST_TEST(sql("select count(*) > 0 from " + filled.table("index_entry") + " where id = 'ada'") == "t");
}

BOOST_AUTO_TEST_CASE(a_load_keeps_versions_and_is_a_gap_in_the_log)
{
    Filled filled;
    Resource dan = filled.users.make("dan", "dan");
    dan.version = Version{5'000};
    auto const loaded = filled.users.store->maintenance()->load(*filled.users.attachment, "tenant", {},
                                                                [&](WriteTransaction& transaction) -> result<void>
                                                                {
                                                                    Resource one = dan;
                                                                    auto const kept = transaction.insert(
                                                                        one, filled.users.rules.facts_of(one));
                                                                    if (!kept)
                                                                        return kept.error();
                                                                    BOOST_TEST((*kept == dan.version));
                                                                    return {};
                                                                });
    BOOST_REQUIRE_MESSAGE(loaded, loaded.error().detail);
    BOOST_TEST((filled.users.get("dan").value()->version == dan.version));
    BOOST_TEST((filled.changes().error().code == ErrorCode::trimmed));
    auto const extent = filled.users.store->change_log()->extent("tenant", {}).value();
    BOOST_TEST((extent.begin == extent.end));
    BOOST_REQUIRE(filled.users.insert(filled.users.make("later", "later")));
    BOOST_TEST(filled.users.get("later").value()->version.number() > 5'000U);
    BOOST_TEST(filled.changes(extent.begin).value().size() == 1U);
    BOOST_TEST(filled.check().findings == 0U);
}

BOOST_AUTO_TEST_CASE(a_layout_without_a_log_gets_one_that_does_not_tell_of_what_was_before)
{
    Filled filled;
    sql(in("drop table {}.change, {}.log_place, {}.log_trim; alter table {}.layout drop column log_base, "
           "drop column unlogged; update {}.layout set version = 1",
           filled.schema));
    Users const again{open_store(cluster().conninfo(), {.schema = filled.schema}).value()};
    BOOST_TEST(sql("select version from " + filled.table("layout")) == "2");
    BOOST_TEST(again.get("ada").value().has_value());
    auto const told =
        again.store->change_log()->read("tenant", {}, LogPosition{}, 10, [](LoggedChange&&) { return true; });
    BOOST_TEST((refusal(told).code == ErrorCode::trimmed));
    auto const begin = again.store->change_log()->extent("tenant", {}).value().begin;
    BOOST_REQUIRE(again.insert(again.make("new", "new")));
    auto const extent = again.store->change_log()->extent("tenant", {}).value();
    BOOST_TEST((extent.begin == begin));
    BOOST_TEST((extent.end > begin));
}

BOOST_AUTO_TEST_CASE(what_was_written_without_a_log_is_a_gap_in_it)
{
    Filled filled;
    {
        Users const quiet{open_store(cluster().conninfo(), {.schema = filled.schema}, {.change_log = false}).value()};
        BOOST_TEST(!quiet.store->traits().change_log);
        BOOST_REQUIRE(quiet.insert(quiet.make("quiet", "quiet")));
    }
    Users const again{open_store(cluster().conninfo(), {.schema = filled.schema}).value()};
    BOOST_TEST((filled.changes().error().code == ErrorCode::trimmed));
}

BOOST_AUTO_TEST_CASE(positions_go_on_in_a_cluster_that_counts_its_transactions_anew)
{
    Filled filled;
    auto const before = filled.changes().value();
    // As if this cluster had come to far fewer transactions than the one that the rows came from.
    sql("update " + filled.table("change") + " set position = position + (1000000::bigint << 20)");
    Users const again{open_store(cluster().conninfo(), {.schema = filled.schema}).value()};
    auto const end = again.store->change_log()->extent("tenant", {}).value().end;
    BOOST_TEST((end > before.back().position));
    BOOST_REQUIRE(again.insert(again.make("new", "new")));
    auto const behind = filled.changes(end).value();
    BOOST_REQUIRE(behind.size() == 1U);
    BOOST_TEST(behind.front().id == "new");
}

BOOST_AUTO_TEST_CASE(a_change_is_told_after_those_of_transactions_that_began_before_it)
{
    Filled filled;
    std::unique_ptr<PGconn, decltype(&PQfinish)> const other{PQconnectdb(cluster().conninfo().c_str()), PQfinish};
    PQclear(PQexec(other.get(), "begin; select pg_current_xact_id()"));
    auto const before = filled.changes().value().size();
    BOOST_REQUIRE(filled.users.insert(filled.users.make("x", "x")));
    BOOST_TEST(filled.changes().value().size() == before); // what the other one may still tell would come later
    PQclear(PQexec(other.get(), "commit"));
    BOOST_TEST(filled.changes().value().size() == before + 1);
}

BOOST_AUTO_TEST_CASE(a_sink_that_throws_leaves_the_connection_sound)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    auto const throws = [](LoggedChange&&) -> bool { throw std::runtime_error{"no more"}; };
    BOOST_CHECK_THROW((void)users.store->change_log()->read("tenant", {}, LogPosition{}, 10, throws),
                      std::runtime_error);
    BOOST_TEST(users.insert(users.make("2", "bob")).has_value());
    BOOST_TEST(users.get("2").value().has_value());
}

BOOST_AUTO_TEST_CASE(many_writers_at_once_are_told_of_once_each_and_in_an_order_that_can_be_replayed)
{
    Filled filled;
    std::atomic<std::size_t> stored{4}; // those that are there already
    std::atomic<int> writing{4};
    std::vector<std::jthread> writers;
    for (int w = 0; w < 4; ++w)
        writers.emplace_back(
            [&, w]
            {
                for (int i = 0; i < 25; ++i) // on a busy machine some are refused
                    stored += filled.users
                                      .insert(filled.users.make("w" + std::to_string(w) + "-" + std::to_string(i),
                                                                "name" + std::to_string(w * 100 + i)))
                                      .has_value()
                                  ? 1U
                                  : 0U;
                --writing;
            });
    LogPosition place{};
    std::vector<std::string> ids;
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while ((writing > 0 || ids.size() < stored) && std::chrono::steady_clock::now() < end)
        for (LoggedChange const& change : filled.changes(place).value())
        {
            BOOST_TEST((change.position > place));
            place = change.position;
            ids.push_back(change.id);
        }
    writers.clear();
    std::ranges::sort(ids);
    BOOST_TEST_MESSAGE(stored << " stored");
    BOOST_TEST(ids.size() == stored);
    BOOST_TEST(stored > 50U);
    BOOST_TEST((std::ranges::adjacent_find(ids) == ids.end()));
}

BOOST_FIXTURE_TEST_CASE(a_tenant_that_is_written_while_it_is_removed_leaves_nothing_behind, Filled)
{
    std::unique_ptr<PGconn, decltype(&PQfinish)> const other{PQconnectdb(cluster().conninfo().c_str()), PQfinish};
    PQclear(
        PQexec(other.get(), ("begin; select 1 from " + table("resource") + " where id = 'ada' for update").c_str()));
    auto removal = std::async(std::launch::async, [&] { return users.store->remove_tenant("tenant", {}); });
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == "0" &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    // The keys are gone, and the records come next.
    auto const written = users.write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            Resource const renamed = users.make("eve", "eva");
            auto const done =
                transaction.replace(renamed, {}, users.rules.facts_of(renamed), LargeAttributes::keep, {});
            return done ? result<void>{} : result<void>{done.error()};
        });
    PQclear(PQexec(other.get(), "rollback"));
    BOOST_TEST(written.has_value());
    BOOST_TEST(removal.get().has_value());
    for (char const* name : {"resource", "index_entry", "unique_key", "element", "change"})
        BOOST_TEST(sql("select count(*) from " + table(name)) == "0", name);
}

BOOST_FIXTURE_TEST_CASE(the_removal_of_a_tenant_that_is_written_for_ever_comes_to_an_end, Filled)
{
    sql("create function " + table("again") + "() returns trigger language plpgsql as $$ begin insert into " +
        table("log_trim") + " (tenant, position) select tenant, 1 from " + table("tenant") +
        " on conflict do nothing; return null; end $$; create trigger again after delete on " + table("resource") +
        " for each statement execute function " + table("again") + "()");
    auto const refused = refusal(users.store->remove_tenant("tenant", {}));
    BOOST_TEST((refused.code == ErrorCode::busy));
    BOOST_TEST(mentions(refused, "'tenant'"));
    sql("drop trigger again on " + table("resource"));
    BOOST_TEST(users.store->remove_tenant("tenant", {}).has_value());
    BOOST_TEST(sql("select count(*) from " + table("log_trim")) == "0");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
