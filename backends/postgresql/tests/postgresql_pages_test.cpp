// What a page costs: bytes in memory however large resources are, and index entries however many of them are equal.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/run_query.hpp>

#include "users.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace scimkit
{
namespace
{

using namespace test;
using postgresql::open_store;

constexpr std::size_t mebibyte = 1 << 20;

std::string number_of_three(int i) { return std::to_string(1'000 + i).substr(1); }

/// The ids of a query, page by page; `pages` at most.
std::vector<std::string> walk(Users const& users, Query query, int pages = 1'000)
{
    std::vector<std::string> ids;
    query.total = TotalPolicy::none;
    for (; pages > 0; --pages)
    {
        std::optional<Cursor> next;
        auto const read = users.store->read(*users.attachment, "tenant", {},
                                            [&](ReadTransaction& transaction) -> result<void>
                                            {
                                                auto const page = run_query(transaction, query);
                                                if (!page)
                                                    return page.error();
                                                for (Resource const& each : page->resources)
                                                    ids.push_back(each.id);
                                                next = query.backward ? page->summary.previous : page->summary.next;
                                                return {};
                                            });
        BOOST_REQUIRE_MESSAGE(read, read.error().detail);
        if (!next)
            break;
        query.cursor = std::move(next);
    }
    return ids;
}

BOOST_AUTO_TEST_SUITE(many_shapes)

BOOST_AUTO_TEST_CASE(more_shapes_of_filters_than_are_kept_prepared_are_answered_all_the_same)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    BOOST_REQUIRE(users.insert(users.make("1", "ada")));
    for (int round = 0; round < 2; ++round)
        for (int shape = 0; shape < 512; ++shape) // nine bits: nine tests, of one kind or the other
        {
            std::string filter = "userName eq \"ada\"";
            for (int bit = 0; bit < 9; ++bit)
                filter += (shape >> bit & 1) != 0 ? " and userName sw \"a\"" : " and userName ge \"a\"";
            BoundFilter const bound = bind(parse_filter(filter).value(), users.type()).value();
            Query::Source const source{&users.type(), &bound};
            Query query{{&source, 1}};
            query.limit = 10;
            BOOST_TEST_REQUIRE(walk(users, query).size() == 1U);
            if (shape % 50 == 0) // a transaction that fails releases nothing
                BOOST_TEST(users.insert(users.make("1", "ada")).has_error());
        }
}

BOOST_AUTO_TEST_CASE(what_many_tests_ask_for_is_found)
{
    Users const users{
        open_store(cluster().conninfo(), {.schema = cluster().new_schema(), .max_connections = 1}).value()};
    for (char const* name : {"ada", "adam", "bob"})
        BOOST_REQUIRE(users.insert(users.make(name, name)));
    auto const found = [&](std::string const& filter)
    {
        BoundFilter const bound = bind(parse_filter(filter).value(), users.type()).value();
        Query::Source const source{&users.type(), &bound};
        Query query{{&source, 1}};
        query.limit = 10;
        return walk(users, query);
    };
    std::string conjunction = "userName sw \"ad\"";
    std::string disjunction = "userName eq \"ada\"";
    for (int i = 0; i < 150; ++i)
    {
        conjunction += " and userName ge \"a" + std::to_string(i) + "\"";
        disjunction += " or userName eq \"nobody" + std::to_string(i) + "\"";
    }
    BOOST_TEST((found(conjunction) == std::vector<std::string>{"ada", "adam"}));
    // The last of them leaves one less, and is none of those that the database looks at.
    BOOST_TEST((found(conjunction + " and userName eq \"adam\"") == std::vector<std::string>{"adam"}));
    BOOST_TEST((found(conjunction + " and userName lt \"adam\"") == std::vector<std::string>{"ada"}));
    BOOST_TEST((found(disjunction) == std::vector<std::string>{"ada"}));
}

BOOST_AUTO_TEST_CASE(what_many_tests_ask_for_is_no_long_statement)
{
    auto const schema = cluster().new_schema();
    Users const made{open_store(cluster().conninfo(), {.schema = schema}).value()};
    BOOST_REQUIRE(made.insert(made.make("1", "ada")));
    auto const longest = [&](std::string const& between, int tests)
    {
        Proxy proxy{cluster().port()};
        Users const users{open_store(through(proxy), {.schema = schema, .max_connections = 1}).value()};
        std::string filter = "userName eq \"ada\"";
        for (int i = 1; i < tests; ++i)
            filter += between + "userName ge \"a" + std::to_string(i) + "\"";
        BoundFilter const bound = bind(parse_filter(filter).value(), users.type()).value();
        Query::Source const source{&users.type(), &bound};
        Query query{{&source, 1}};
        query.limit = 10;
        proxy.forget_longest();
        BOOST_TEST((walk(users, query) == std::vector<std::string>{"1"}));
        return proxy.longest_question();
    };
    auto const sixteen = longest(" and ", 16);
    BOOST_TEST(sixteen > 1'000U); // it is measured at all
    BOOST_TEST(longest(" and ", 400) < sixteen + 500);
}

BOOST_AUTO_TEST_SUITE_END()

struct Large
{
    std::string schema = cluster().new_schema();
    Proxy proxy{cluster().port()};
    Users users{open_store(through(proxy), {.schema = schema, .max_connections = 1}).value()};

    Large()
    {
        for (int i = 0; i < 40; ++i)
        {
            Resource user = users.make(number_of_three(i), "user" + std::to_string(i));
            user.attributes["title"] = std::string(mebibyte / 2, static_cast<char>('a' + i % 26));
            BOOST_REQUIRE(users.insert(user));
        }
    }
    SortOrder by_name(bool descending) const
    {
        return {users.type().resolve(parse_attribute_path("userName").value()).value(), descending};
    }
};

BOOST_FIXTURE_TEST_SUITE(large_users, Large)

BOOST_AUTO_TEST_CASE(a_page_of_large_users_comes_in_bounded_pieces)
{
    BoundFilter const last = bind(parse_filter(R"(title sw "n")").value(), users.type()).value();
    for (BoundFilter const* filter : {static_cast<BoundFilter const*>(nullptr), &last})
        for (auto const& sort : {std::optional<SortOrder>{}, std::optional{by_name(false)}})
            for (bool const backward : {false, true})
            {
                Query::Source source{&users.type(), filter};
                source.sort = sort;
                Query query{{&source, 1}};
                query.limit = 100;
                query.backward = backward;
                BOOST_TEST(walk(users, query).size() == (filter ? 2U : 40U));
                query.limit = 7;
                BOOST_TEST(walk(users, query).size() == (filter ? 2U : 40U));
            }
    BOOST_TEST(proxy.longest_answer() < 6 * mebibyte);
}

BOOST_AUTO_TEST_CASE(many_large_users_that_are_asked_for_by_id_come_in_bounded_pieces)
{
    std::vector<std::string> ids;
    for (int i = 45; i >= 0; --i)
        ids.push_back(number_of_three(i));
    std::vector<std::string_view> const asked(ids.begin(), ids.end());
    std::size_t found = 0;
    auto const read = users.store->read(*users.attachment, "tenant", {},
                                        [&](ReadTransaction& transaction)
                                        {
                                            return transaction.get_many(users.type(), asked, {},
                                                                        [&](std::size_t which, Resource&& resource)
                                                                        {
                                                                            BOOST_TEST(resource.id == ids[which]);
                                                                            ++found;
                                                                            return true;
                                                                        });
                                        });
    BOOST_TEST(read.has_value());
    BOOST_TEST(found == 40U);
    BOOST_TEST(proxy.longest_answer() < 6 * mebibyte);
}

BOOST_AUTO_TEST_SUITE_END()

struct Equal
{
    static constexpr int of_each = 1'500;
    std::string schema = cluster().new_schema();
    kv::StoreOptions options;

    Equal() { options.indexes = {"nickName"}; }

    std::unique_ptr<Users> open() const
    {
        return std::make_unique<Users>(
            open_store(cluster().conninfo(), {.schema = schema, .max_connections = 1}, options).value());
    }
    void fill(std::vector<std::string> const& values, int each) const
    {
        auto const users = open();
        int id = 0;
        for (std::string const& value : values)
            for (int done = 0; done < each; done += 500)
                BOOST_REQUIRE(users->write(
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        for (int i = 0; i < std::min(500, each); ++i)
                        {
                            auto const name = std::to_string(10'000 + ++id);
                            Resource user = users->make(name, name);
                            user.attributes["nickName"] = value;
                            auto const inserted = transaction.insert(user, users->rules.facts_of(user));
                            if (!inserted)
                                return inserted.error();
                        }
                        return {};
                    }));
        sql("analyze");
    }
    /// Index entries that were read by connections which have ended.
    long entries_read() const
    {
        return std::stol(sql("select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes where schemaname = '" +
                             schema + "' and indexrelname = 'index_entry_by_key'"));
    }
    /// Until no connection of a store is left whose work would count later.
    static void wait_for_the_end()
    {
        while (sql("select count(*) from pg_stat_activity where pid <> pg_backend_pid() "
                   "and backend_type = 'client backend'") != "0")
            ;
    }
};

BOOST_FIXTURE_TEST_SUITE(equal_values, Equal)

BOOST_AUTO_TEST_CASE(pages_among_equal_values_cost_the_page)
{
    fill({"same", "other"}, of_each);
    for (bool const descending : {false, true})
        for (bool const backward : {false, true})
        {
            wait_for_the_end();
            auto const before = entries_read();
            {
                auto const users = open();
                Query::Source source{&users->type(), nullptr};
                source.sort =
                    SortOrder{users->type().resolve(parse_attribute_path("nickName").value()).value(), descending};
                Query query{{&source, 1}};
                query.limit = 20;
                query.backward = backward;
                BOOST_TEST(walk(*users, query, 10).size() == 200U);
            }
            wait_for_the_end();
            // Against the order of the index a group is read once, when a page comes to it.
            BOOST_TEST(entries_read() - before < 1'000 + (descending ? of_each : 0));
        }
}

BOOST_AUTO_TEST_CASE(whatever_is_equal_or_cut_every_page_goes_on_where_the_last_one_ended)
{
    std::string const long_one(1'100, 'm');
    fill({"a", "m", std::string(1'016, 'm'), long_one + "x", long_one + "a", long_one, "z", std::string(3'000, 'm')},
         9);
    auto const users = open();
    for (bool const descending : {false, true})
    {
        Query::Source source{&users->type(), nullptr};
        source.sort = SortOrder{users->type().resolve(parse_attribute_path("nickName").value()).value(), descending};
        Query query{{&source, 1}};
        query.limit = 1'000;
        auto const whole = walk(*users, query);
        BOOST_TEST(whole.size() == 72U);
        for (std::uint64_t const size : {1U, 4U, 9U, 10U, 31U})
        {
            query.limit = size;
            BOOST_TEST(walk(*users, query) == whole, boost::test_tools::per_element());
            query.cursor.reset();
            query.backward = true;
            auto back = walk(*users, query);
            query.backward = false;
            query.cursor.reset();
            std::ranges::sort(back);
            auto sorted = whole;
            std::ranges::sort(sorted);
            BOOST_TEST(back == sorted, boost::test_tools::per_element());
        }
        for (std::uint64_t skip = 0; skip < 72; skip += 5)
        {
            query.limit = 3;
            query.skip = skip;
            auto const some = walk(*users, query, 1);
            for (std::size_t i = 0; i < some.size(); ++i)
                BOOST_TEST(some[i] == whole[skip + i]);
            query.skip = 0;
        }
    }
}

BOOST_AUTO_TEST_CASE(members_are_found_by_the_spellings_by_which_memory_finds_them)
{
    Users const there{open_store(cluster().conninfo(), {.schema = cluster().new_schema()}).value()};
    Users const here{memory::make_store()};
    std::string const long_one(3'000, 'x');
    std::vector<std::string> const values{
        "ada",    "Ada",    "K",           "k",           "\u212A",  ";",       "\u037E",   "`",
        "\u1FEF", "\u00E9", "e\u0301",     "stra\u00DFe", "strasse", "STRASSE", "\uFF41da", std::string{"a\0b", 3},
        "ab",     long_one, long_one + "y"};
    for (Users const* users : {&there, &here})
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            Resource group{.type = users->registry->find_resource_type("Group"),
                           .id = number_of_three(static_cast<int>(i))};
            group.attributes["displayName"] = "group";
            group.attributes["members"] = json::array{{{"value", values[i]}}, {{"value", "everywhere"}}};
            BOOST_REQUIRE(users->insert(group));
        }
    auto const found = [](Users const& users, std::string const& filter)
    {
        auto const& groups = *users.registry->find_resource_type("Group");
        BoundFilter const bound = bind(parse_filter(filter).value(), groups).value();
        Query::Source const source{&groups, &bound};
        Query query{{&source, 1}};
        query.limit = 100;
        return walk(users, query);
    };
    for (std::string value : values)
    {
        value = std::string{"\""} + (value.size() == 3 && value[1] == '\0' ? "a\\u0000b" : value) + "\"";
        for (std::string const& filter : {"members.value eq " + value, "members[value eq " + value + "]",
                                          "members.value eq " + value + " and members.value eq \"everywhere\"",
                                          "members.value eq " + value + " or members.value eq \"nobody\""})
        {
            auto const ids = found(there, filter);
            BOOST_TEST(!ids.empty(), filter);
            BOOST_TEST(ids == found(here, filter), boost::test_tools::per_element());
        }
    }
    BOOST_TEST(found(there, "members.value eq \"everywhere\"").size() == values.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
