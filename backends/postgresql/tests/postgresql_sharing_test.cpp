// Several servers and tools over one schema: none may change the keys that others answer by.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/store/run_query.hpp>

#include "users.hpp"

#include <future>
#include <semaphore>
#include <thread>
#include <vector>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;

kv::StoreOptions indexes(std::vector<std::string> paths)
{
    kv::StoreOptions options;
    options.indexes = std::move(paths);
    return options;
}

std::shared_ptr<SchemaRegistry const> users_alone()
{
    auto const all = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return SchemaRegistry::Builder{}
        .add(*all->find_schema(urn::user))
        .add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
        .build()
        .value();
}

/// A schema that servers share, with or without patience for others to go.
struct Shared
{
    std::string schema = cluster().new_schema();

    result<std::shared_ptr<ResourceStore>> open(kv::StoreOptions options, unsigned connections = 4) const
    {
        return open_store(
            cluster().conninfo(),
            {.schema = schema, .max_connections = connections, .acquire_timeout = std::chrono::milliseconds{400}},
            std::move(options));
    }
    std::unique_ptr<Users> serve(kv::StoreOptions options, unsigned connections = 4) const
    {
        return std::make_unique<Users>(open(std::move(options), connections).value());
    }
    result<void> attach(kv::StoreOptions options) const
    {
        auto const store = open(std::move(options)).value();
        auto const attached = store->attach(SchemaRegistry::Builder{}.add_rfc7643().build().value());
        return attached ? result<void>{} : result<void>{attached.error()};
    }
    std::string entries() const { return sql("select count(*) from " + schema + ".index_entry"); }
};

result<void> add(Users const& users, std::string const& id, std::string const& nick)
{
    Resource user = users.make(id, "user" + id);
    user.attributes["nickName"] = nick;
    return users.insert(std::move(user));
}

result<std::size_t> found_by(Users const& users, std::string_view filter)
{
    BoundFilter const bound = bind(parse_filter(filter).value(), users.type()).value();
    Query::Source const source{&users.type(), &bound};
    Query query{{&source, 1}};
    query.limit = 1000;
    std::size_t found = 0;
    auto const read = users.store->read(*users.attachment, "tenant", {},
                                        [&](ReadTransaction& transaction) -> result<void>
                                        {
                                            auto const page = run_query(transaction, query);
                                            if (!page)
                                                return page.error();
                                            found = page->resources.size();
                                            return {};
                                        });
    return read ? result<std::size_t>{found} : read.error();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(postgresql_sharing, Shared)

BOOST_AUTO_TEST_CASE(nobody_changes_the_indexes_that_a_server_answers_by)
{
    auto const server = serve(indexes({"nickName", "userName"}));
    BOOST_REQUIRE(add(*server, "1", "ada"));
    auto const before = entries();
    for (auto const& other : {indexes({"userName"}), indexes({"userName", "nickName"}), indexes({"displayName"})})
    {
        Error const error = refusal(attach(other));
        BOOST_TEST((error.code == ErrorCode::invalid_value));
        BOOST_TEST(mentions(error, "in use with other indexes"));
        BOOST_TEST(entries() == before);
        BOOST_TEST(found_by(*server, R"(nickName eq "ada")").value() == 1U);
    }
    BOOST_TEST(attach(indexes({"nickName", "userName"})).has_value());
}

BOOST_AUTO_TEST_CASE(one_client_leaves_a_connection_to_others)
{
    auto const server = serve({});
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> gate{0};
    auto const read_as = [&](std::string_view actor, bool waits)
    {
        return server->store->read(*server->attachment, "tenant", {.actor = actor},
                                   [&](ReadTransaction&) -> result<void>
                                   {
                                       if (waits)
                                       {
                                           begun.release();
                                           gate.acquire();
                                       }
                                       return {};
                                   });
    };
    std::vector<std::future<result<void>>> held;
    for (int i = 0; i < 3; ++i)
        held.push_back(std::async(std::launch::async, [&] { return read_as("a", true); }));
    for (int i = 0; i < 3; ++i)
        begun.acquire();
    auto const refused = read_as("a", false);
    BOOST_TEST((refused.has_error() && refused.error().code == ErrorCode::unavailable));
    BOOST_TEST(read_as("b", false).has_value());
    BOOST_TEST(read_as("", false).has_value(), "the server itself");
    gate.release(3);
    for (auto& each : held)
        BOOST_TEST(each.get().has_value());
    BOOST_TEST(read_as("a", false).has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_was_away_while_the_indexes_were_changed_says_so_and_answers_nothing)
{
    auto const server = serve(indexes({"nickName", "userName"}), 1);
    BOOST_REQUIRE(add(*server, "1", "ada"));
    sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() "
        "and backend_type = 'client backend'");
    BOOST_REQUIRE(attach(indexes({"userName"})));
    for (int i = 0; i < 2; ++i)
    {
        Error const error = refusal(found_by(*server, R"(nickName eq "ada")"));
        BOOST_TEST((error.code == ErrorCode::unavailable));
        BOOST_TEST(mentions(error, "changed by somebody with other settings"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{700}); // that it can connect is no cure
    BOOST_TEST(server->store->health().has_error());
    BOOST_REQUIRE(attach(indexes({"nickName", "userName"})));
    BOOST_TEST(found_by(*server, R"(nickName eq "ada")").value() == 1U);
}

BOOST_AUTO_TEST_CASE(a_tool_keeps_the_indexes_that_are_there)
{
    auto const server = serve(indexes({"nickName", "userName"}));
    BOOST_REQUIRE(add(*server, "1", "ada"));
    kv::StoreOptions tool;
    tool.keep_indexes = true;
    auto const beside = serve(tool);
    BOOST_TEST(found_by(*beside, R"(nickName eq "ada")").value() == 1U);
    BOOST_REQUIRE(add(*beside, "2", "bob"));
    BOOST_TEST(found_by(*server, R"(nickName eq "bob")").value() == 1U);
    BOOST_TEST(entries() == "4");
}

BOOST_AUTO_TEST_CASE(servers_that_start_together_make_new_indexes_once)
{
    for (auto const& paths : {std::vector<std::string>{"userName"}, {"nickName", "userName"}})
    {
        std::vector<std::future<result<void>>> starts;
        for (int i = 0; i < 4; ++i)
            starts.push_back(std::async(std::launch::async, [&] { return attach(indexes(paths)); }));
        for (auto& start : starts)
            BOOST_TEST(start.get().has_value());
        BOOST_REQUIRE(add(*serve(indexes(paths)), std::to_string(paths.size()), "ada"));
    }
    BOOST_TEST(entries() == "4");
}

BOOST_AUTO_TEST_CASE(a_second_registry_of_one_store_has_its_types_indexed_beside_the_first)
{
    auto const all = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    {
        auto const server = serve(indexes({"userName"}));
        Resource group{.type = server->registry->find_resource_type("Group"), .id = "g"};
        group.attributes["displayName"] = "all";
        BOOST_REQUIRE(server->insert(group));
        BOOST_REQUIRE(add(*server, "1", "ada"));
    }
    auto const store = open(indexes({"userName", "displayName"})).value();
    auto const schemas = users_alone();
    auto const first = store->attach(schemas).value();
    BOOST_REQUIRE(store->read(*first, "tenant", {}, [](ReadTransaction&) { return result<void>{}; }));
    BOOST_TEST(store->attach(all).has_value());
    BOOST_TEST(store->read(*first, "tenant", {}, [](ReadTransaction&) { return result<void>{}; }).has_value());
}

BOOST_AUTO_TEST_CASE(types_that_a_registry_lacks_are_named_where_a_tenant_has_resources_of_them)
{
    auto const server = serve(indexes({"userName"}));
    BOOST_REQUIRE(add(*server, "1", "ada"));
    Resource group{.type = server->registry->find_resource_type("Group"), .id = "g"};
    group.attributes["displayName"] = "all";
    BOOST_REQUIRE(server->insert(group));
    auto const tool = open(indexes({"userName"})).value();
    auto const attachment = tool->attach(users_alone()).value();
    auto const left_out = [&](char const* tenant)
    { return tool->maintenance()->left_out(*attachment, tenant, {}).value(); };
    BOOST_TEST((left_out("tenant") == std::vector<std::string>{"Group"}));
    BOOST_TEST(left_out("other").empty());
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_connection_gets_the_one_that_is_given_back_at_once)
{
    for (int round = 0; round < 30; ++round)
    {
        auto const server = std::make_unique<Users>(
            open_store(cluster().conninfo(), {.schema = schema, .max_connections = 1}, indexes({"userName"})).value());
        std::promise<void> inside;
        std::promise<void> leave;
        auto holder = std::async(std::launch::async,
                                 [&]
                                 {
                                     return server->store->read(*server->attachment, "tenant", {},
                                                                [&](ReadTransaction&) -> result<void>
                                                                {
                                                                    inside.set_value();
                                                                    leave.get_future().wait();
                                                                    return {};
                                                                });
                                 });
        inside.get_future().wait();
        auto waiter = std::async(std::launch::async, [&] { return server->get("1"); });
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        auto const begin = std::chrono::steady_clock::now();
        leave.set_value();
        BOOST_TEST(holder.get().has_value());
        BOOST_TEST(waiter.get().has_value());
        auto const waited = std::chrono::steady_clock::now() - begin;
        BOOST_TEST_REQUIRE((waited < std::chrono::seconds{1}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
