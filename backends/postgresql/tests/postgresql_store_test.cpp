// What the kit cannot see: how the store opens, what it says of a database that it cannot use, and what it costs.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "support/service_fixture.hpp"
#include "users.hpp"

#include <atomic>
#include <thread>

using scimkit::NeedsPostgresql;
BOOST_TEST_GLOBAL_FIXTURE(NeedsPostgresql);

namespace scimkit
{

using namespace test;
using postgresql::open_store;
using postgresql::PostgresqlOptions;

BOOST_AUTO_TEST_SUITE(postgresql_store)

BOOST_AUTO_TEST_CASE(the_store_says_what_it_is)
{
    StoreTraits const traits = test::new_postgresql_store()->traits();
    BOOST_TEST(traits.name == "postgresql");
    BOOST_TEST(!traits.durable); // the cluster of the tests does not wait for its disk
    BOOST_TEST(traits.blocks);
    BOOST_TEST(traits.savepoints);
    BOOST_TEST(traits.large_attributes);
}

BOOST_AUTO_TEST_CASE(a_connection_string_that_cannot_be_read_is_refused_without_telling_its_password)
{
    Error const error = refusal(open_store("host=localhost password='secret-word"));
    BOOST_TEST((error.code == ErrorCode::invalid_value));
    BOOST_TEST(!mentions(error, "secret-word"));
    BOOST_TEST((refusal(open_store("no_such_option=1")).code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_one_clear_line)
{
    Error const error = refusal(open_store("host=127.0.0.1 port=1 dbname=postgres password=secret-word"));
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "127.0.0.1"));
    BOOST_TEST(!mentions(error, "secret-word"));
    BOOST_TEST((refusal(open_store(cluster().conninfo("dbname=nobodys"))).code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_CASE(options_without_sense_are_refused)
{
    for (PostgresqlOptions const& options : {PostgresqlOptions{.schema = ""}, PostgresqlOptions{.max_connections = 0},
                                             PostgresqlOptions{.max_attempts = 0}})
        BOOST_TEST((refusal(open_store(cluster().conninfo(), options)).code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_CASE(a_layout_of_another_version_is_refused_with_both_numbers)
{
    std::string const schema = cluster().new_schema();
    BOOST_REQUIRE(open_store(cluster().conninfo(), {.schema = schema}));
    sql("update " + schema + ".layout set version = 99");
    Error const error = refusal(open_store(cluster().conninfo(), {.schema = schema}));
    BOOST_TEST((error.code == ErrorCode::corrupt));
    BOOST_TEST(mentions(error, "version 99"));
    BOOST_TEST(mentions(error, "version 2"));
}

BOOST_AUTO_TEST_CASE(a_schema_of_somebody_else_is_left_alone)
{
    std::string const schema = cluster().new_schema();
    sql("create schema " + schema + "; create table " + schema + ".theirs (x integer)");
    BOOST_TEST((refusal(open_store(cluster().conninfo(), {.schema = schema})).code == ErrorCode::corrupt));
    BOOST_TEST(sql("select count(*) from pg_class where relnamespace = '" + schema + "'::regnamespace") == "1");
}

BOOST_AUTO_TEST_CASE(a_tenant_whose_last_resource_went_is_listed_while_its_log_tells_of_it)
{
    Users const users{open_store(cluster().conninfo(), {.schema = cluster().new_schema()}).value()};
    auto const listed = [&]
    {
        std::string all;
        BOOST_TEST(users.store->tenants({}, [&](std::string_view name) { return !(all += name).empty(); }).has_value());
        return all;
    };
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    BOOST_TEST(
        users.write([&](WriteTransaction& transaction) { return transaction.remove(users.type(), "1", std::nullopt); })
            .has_value());
    BOOST_TEST(listed() == "tenant");
    BOOST_TEST(users.store->change_log()->trim("tenant", {}, {.before = Instant::max()}).has_value());
    BOOST_TEST(listed().empty());
}

BOOST_AUTO_TEST_CASE(a_missing_permission_is_one_clear_line)
{
    sql("create role guest login");
    Error const error =
        refusal(open_store("host=127.0.0.1 port=" + std::to_string(cluster().port()) + " user=guest dbname=postgres"));
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "permission denied"));
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_writes_is_one_clear_line) // a standby: failover_drill.py
{
    Error const error = refusal(open_store(cluster().conninfo("options='-c default_transaction_read_only=on'")));
    BOOST_TEST((error.code == ErrorCode::unavailable));
    BOOST_TEST(mentions(error, "takes no writes"));
    BOOST_TEST(!mentions(error, "lost"));
}

BOOST_AUTO_TEST_CASE(any_name_may_be_that_of_a_schema)
{
    PostgresqlOptions const options{.schema = "Ünsere \"Daten\"; drop table x"};
    Users const users{open_store(cluster().conninfo(), options).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    BOOST_TEST(Users{open_store(cluster().conninfo(), options).value()}.get("1").value().has_value());
}

BOOST_AUTO_TEST_CASE(what_was_written_is_there_for_another_process)
{
    std::string const schema = cluster().new_schema();
    Users const first{open_store(cluster().conninfo(), {.schema = schema}).value()};
    Users const second{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(first.insert(first.make("1", "ada")));
    BOOST_TEST(second.get("1").value().has_value());
    BOOST_TEST((refusal(second.insert(second.make("2", "ADA"))).code == ErrorCode::uniqueness));
}

BOOST_AUTO_TEST_CASE(connections_that_meet_a_tenant_use_up_no_numbers)
{
    std::string const schema = cluster().new_schema();
    for (int i = 0; i < 5; ++i)
    {
        Users const users{open_store(cluster().conninfo(), {.schema = schema}).value()};
        BOOST_REQUIRE(users.insert(users.make(std::to_string(i), "user" + std::to_string(i))));
    }
    BOOST_TEST(sql("select last_value from " + schema + ".tenant_tenant_seq") == "1");
}

BOOST_AUTO_TEST_CASE(every_byte_comes_back)
{
    Users const users{test::new_postgresql_store()};
    int number = 0;
    for (std::string const& text : {std::string{"a\0b", 3}, std::string{"\0", 1}, std::string{"Straße İ ὈΔΥΣΣΕΎΣ"},
                                    std::string{"\xF0\x9F\x98\x80"}, std::string{"'; drop table resource; --"}})
    {
        auto const id = std::to_string(++number);
        BOOST_REQUIRE(users.insert(users.make(id, text)));
        auto const found = users.get(id).value();
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(std::string_view{found->attributes.at("userName").as_string()} == text);
        BOOST_TEST((refusal(users.insert(users.make("other " + id, text))).code == ErrorCode::uniqueness));
    }
}

BOOST_AUTO_TEST_CASE(an_id_may_have_every_byte_but_the_one_that_ends_texts)
{
    Users const users{test::new_postgresql_store()};
    for (std::string const id : {"Straße İ ὈΔΥΣΣΕΎΣ", "\xF0\x9F\x98\x80", "'; drop table resource; --"})
    {
        BOOST_REQUIRE(users.insert(users.make(id, id)));
        BOOST_TEST(users.get(id).value().has_value());
    }
    for (std::string const& id : {std::string{"a\0b", 3}, std::string{"\0", 1}})
    {
        auto const refused = refusal(users.insert(users.make(id, "ada")));
        BOOST_TEST((refused.code == ErrorCode::invalid_value));
        BOOST_TEST(mentions(refused, "U+0000"));
        BOOST_TEST(refused.detail.find('\0') == std::string::npos);
        BOOST_TEST(!users.get(id).value().has_value());
    }
}

BOOST_AUTO_TEST_CASE(writers_of_several_processes_lose_no_update)
{
    std::string const schema = cluster().new_schema();
    constexpr int writers = 4;
    constexpr int additions = 15;
    std::vector<std::unique_ptr<Users>> processes;
    processes.reserve(writers);
    for (int i = 0; i < writers; ++i)
        processes.push_back(std::make_unique<Users>(open_store(cluster().conninfo(), {.schema = schema}).value()));
    Users const& first = *processes.front();
    Resource counter = first.make("counter", "counter");
    counter.attributes["nickName"] = "0";
    BOOST_REQUIRE(first.insert(counter));
    auto const add_one = [](Users const& users)
    {
        return users.write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto found = transaction.get(users.type(), "counter", {});
                if (!found)
                    return found.error();
                auto& count = (*found)->attributes["nickName"];
                count = std::to_string(std::stoi(std::string{std::string_view{count.as_string()}}) + 1);
                auto const done =
                    transaction.replace(**found, {}, users.rules.facts_of(**found), LargeAttributes::keep, {});
                return done ? result<void>{} : result<void>{done.error()};
            });
    };
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    threads.reserve(processes.size());
    for (auto const& users : processes)
        threads.emplace_back(
            [&]
            {
                for (int i = 0; i < additions; ++i)
                    for (auto done = add_one(*users); !done; done = add_one(*users))
                        if (done.error().code != ErrorCode::busy && ++failures > 0)
                            break;
            });
    for (std::thread& thread : threads)
        thread.join();
    BOOST_TEST(failures == 0);
    BOOST_TEST(std::string_view{first.get("counter").value()->attributes.at("nickName").as_string()} ==
               std::to_string(writers * additions));
}

BOOST_AUTO_TEST_CASE(changed_indexes_are_built_at_the_next_start)
{
    std::string const schema = cluster().new_schema();
    kv::StoreOptions few;
    few.indexes = {"userName"};
    {
        Users const users{open_store(cluster().conninfo(), {.schema = schema}, few).value()};
        for (int i = 0; i < 600; ++i)
        {
            Resource user = users.make(std::to_string(i), "user" + std::to_string(i));
            user.attributes["nickName"] = i % 2 == 0 ? "even" : "odd";
            BOOST_REQUIRE(users.insert(user));
        }
    }
    kv::StoreOptions more;
    more.indexes = {"nickName", "userName"};
    Users const users{open_store(cluster().conninfo(), {.schema = schema}, more).value()};
    BOOST_TEST(sql("select count(*) from " + schema + ".index_entry") == "1200");
    BoundFilter const odd = bind(parse_filter(R"(nickName eq "ODD")").value(), users.type()).value();
    Query::Source const source{&users.type(), &odd};
    Query query{{&source, 1}};
    query.limit = 1000;
    auto const read = users.store->read(*users.attachment, "tenant", {},
                                        [&](ReadTransaction& transaction) -> result<void>
                                        {
                                            auto const page = run_query(transaction, query).value();
                                            BOOST_TEST(page.resources.size() == 300U);
                                            BOOST_TEST(page.summary.total.value() == 300U);
                                            return {};
                                        });
    BOOST_TEST(read.has_value());
}

BOOST_AUTO_TEST_CASE(a_page_back_from_the_end_costs_the_page_and_not_the_directory)
{
    Users const users{test::new_postgresql_store()};
    for (int i = 100; i < 700; ++i)
        BOOST_REQUIRE(users.insert(users.make(std::to_string(i), "user" + std::to_string(i))));
    Query::Source source{&users.type(), nullptr};
    for (bool const sorted : {false, true})
    {
        if (sorted)
            source.sort = SortOrder{users.type().resolve(parse_attribute_path("userName").value()).value(), true};
        Query query{{&source, 1}};
        query.limit = 5;
        query.total = TotalPolicy::none;
        query.backward = true;
        Budget budget;
        auto const read =
            users.store->read(*users.attachment, "tenant", {.budget = &budget},
                              [&](ReadTransaction& transaction) -> result<void>
                              {
                                  BOOST_TEST((transaction.capability(query).carries_out == CarriesOut::page));
                                  auto const page = run_query(transaction, query).value();
                                  BOOST_TEST_REQUIRE(page.resources.size() == 5U);
                                  BOOST_TEST(page.resources.back().id == (sorted ? "100" : "699"));
                                  BOOST_TEST(page.summary.previous.has_value());
                                  return {};
                              });
        BOOST_TEST(read.has_value());
        BOOST_TEST(budget.spent() < 20'000U);
        query.limit = 2'000; // longer than what is kept: the framework's
        BOOST_TEST(users.store
                       ->read(*users.attachment, "tenant", {},
                              [&](ReadTransaction& transaction) -> result<void>
                              {
                                  BOOST_TEST((transaction.capability(query).carries_out == CarriesOut::matches));
                                  BOOST_TEST(run_query(transaction, query).value().resources.size() == 600U);
                                  return {};
                              })
                       .has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_store_is_durable_where_postgresql_waits_for_its_disk_and_its_standbys)
{
    PostgresqlCluster const own{{"fsync = on", "synchronous_standby_names = ''"}};
    auto const set = [&](std::string const& statement)
    {
        std::unique_ptr<PGconn, decltype(&PQfinish)> const connection{PQconnectdb(own.conninfo().c_str()), PQfinish};
        std::unique_ptr<PGresult, decltype(&PQclear)> const done{PQexec(connection.get(), statement.c_str()), PQclear};
        BOOST_REQUIRE_MESSAGE(PQresultStatus(done.get()) != PGRES_FATAL_ERROR, PQerrorMessage(connection.get()));
    };
    auto const is_durable = [&] { return open_store(own.conninfo(), {.schema = "s"}).value()->traits().durable; };
    BOOST_TEST(is_durable());
    auto const role = [&](std::string const& value)
    { set("alter role current_user set synchronous_commit to " + value); };
    for (auto const& [value, alone, beside] : {std::tuple{"on", true, true},
                                               {"remote_apply", true, true},
                                               {"local", true, false},
                                               {"remote_write", true, false},
                                               {"off", false, false}})
    {
        role(value);
        BOOST_TEST(is_durable() == alone, value);
        set("alter system set synchronous_standby_names to 'nobody'");
        set("select pg_reload_conf()");
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        BOOST_TEST(is_durable() == beside, value << " with standbys");
        set("alter system set synchronous_standby_names to ''");
        set("select pg_reload_conf()");
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
    }
}

BOOST_AUTO_TEST_CASE(ten_thousand_members_come_and_go_in_five_round_trips)
{
    Proxy proxy{cluster().port()};
    auto const store = open_store(through(proxy), {.schema = cluster().new_schema(), .max_connections = 1}).value();
    test::ServiceFixture const fixture{{.store = store}};
    std::string const id = fixture.create("/Groups", test::group("all"));
    auto const& registry = fixture.attachment()->registry();
    auto const* const users = registry.find_resource_type("User");
    auto const rules = UniqueKeyRules::make(registry).value();
    json::array members; // half of them are there
    auto const make = [&](WriteTransaction& transaction) -> result<void>
    {
        members.clear();
        for (int i = 0; i < 10'000; ++i)
        {
            auto const name = "user-" + std::to_string(i);
            members.push_back(json::object{{"value", name}});
            Resource user{.type = users, .id = name};
            user.attributes["userName"] = name;
            if (auto done = i % 2 ? result<Version>{Version{}} : transaction.insert(user, rules.facts_of(user)); !done)
                return done.error();
        }
        return {};
    };
    BOOST_REQUIRE(store->write(*fixture.attachment(), "default", {}, make).has_value());
    for (std::string_view const op : {"add", "remove", "add"})
    {
        unsigned const before = proxy.round_trips();
        auto const changed =
            fixture.patch("/Groups/" + id + "?excludedAttributes=members", test::patch_op(op, "members", members));
        BOOST_TEST(changed.status / 100 == 2);
        BOOST_TEST(proxy.round_trips() - before <= 5U, op);
    }
    BOOST_TEST(fixture.get("/Groups/" + id).size("/members") == 10'000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
