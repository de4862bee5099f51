// Where a store is made to fail: before a call, behind the first row of its answer, and at both ends of a savepoint.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/fault_injection.hpp>

#include "map_store.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(fault_injection)

/// Of a row that came: whether to go on.
using Row = function_ref<bool()>;

result<void> insert_into(WriteTransaction& transaction, ResourceType const& type, std::string id,
                         json::object attributes)
{
    Resource resource;
    resource.type = &type;
    resource.id = std::move(id);
    resource.attributes = std::move(attributes);
    auto const done = transaction.insert(resource, {});
    return done ? result<void>{} : result<void>{done.error()};
}

/// Two tenants; in one two users, who are in two groups, and two readers of its log.
struct Stocked
{
    Stocked()
    {
        json::array const both{json::object{{"value", "ada"}}, json::object{{"value", "bob"}}};
        auto const fill = [&](WriteTransaction& transaction) -> result<void>
        {
            for (char const* const id : {"ada", "bob"})
                if (auto done = insert_into(transaction, user, id, {{"userName", id}}); !done)
                    return done;
            for (char const* const id : {"g", "h"})
                if (auto done = insert_into(transaction, group, id, {{"displayName", id}, {"members", both}}); !done)
                    return done;
            return {};
        };
        for (std::string_view const tenant : {"other", "t"})
            BOOST_REQUIRE(store.write(*attachment, tenant, {}, fill).has_value());
        for (std::string_view const reader : {"one", "two"})
            BOOST_REQUIRE(store.change_log()->acknowledge("t", {}, reader, {}).has_value());
    }

    result<void> read(function_ref<result<void>(ReadTransaction&)> body)
    {
        return store.read(*attachment, "t", {}, body);
    }

    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    FaultInjectingStore store{memory::make_store()};
    std::shared_ptr<Attachment const> attachment = store.attach(registry).value();
    ResourceType const& user = *registry->find_resource_type("User");
    ResourceType const& group = *registry->find_resource_type("Group");
    Attribute const& members = *group.large_attributes()[0].attribute;
    std::vector<std::string_view> const ids{"ada", "nobody", "bob"};
};

struct Asked
{
    std::string_view name;
    std::uint64_t place; ///< its own, among the operations
    std::function<result<void>(Stocked&, Row)> ask;
};

using InRead = std::function<result<void>(Stocked&, ReadTransaction&, Row)>;

/// Behind the beginning of the transaction.
Asked asked_in_read(std::string_view name, InRead ask)
{
    return {name, 2, [ask = std::move(ask)](Stocked& of, Row row) {
                return of.read([&](ReadTransaction& transaction) { return ask(of, transaction, row); });
            }};
}

std::vector<Asked> what_gives_rows()
{
    constexpr auto all = std::numeric_limits<std::uint64_t>::max();
    return {
        asked_in_read(
            "get_many", [](Stocked& of, ReadTransaction& transaction, Row row)
            { return transaction.get_many(of.user, of.ids, {}, [&](std::size_t, Resource&&) { return row(); }); }),
        asked_in_read("query",
                      [](Stocked& of, ReadTransaction& transaction, Row row) -> result<void>
                      {
                          Query::Source const source{.type = &of.user};
                          auto const found = transaction.query({.sources = {&source, 1}, .limit = all},
                                                               [&](Resource&&) { return row(); });
                          return found ? result<void>{} : result<void>{found.error()};
                      }),
        asked_in_read("elements",
                      [](Stocked& of, ReadTransaction& transaction, Row row)
                      {
                          return transaction.large_attributes()->read(of.group, "g", of.members, {}, all,
                                                                      [&](json::object&&) { return row(); });
                      }),
        asked_in_read("contains_many",
                      [](Stocked& of, ReadTransaction& transaction, Row row)
                      {
                          return transaction.large_attributes()->contains_many(of.group, "g", of.members, of.ids,
                                                                               [&](std::size_t) { return row(); });
                      }),
        asked_in_read(
            "references_to", [](Stocked&, ReadTransaction& transaction, Row row)
            { return transaction.large_attributes()->references_to("ada", [&](Reference const&) { return row(); }); }),
        asked_in_read("references_to_many",
                      [](Stocked& of, ReadTransaction& transaction, Row row)
                      {
                          return transaction.large_attributes()->references_to_many(
                              of.ids, [&](std::size_t, Reference const&) { return row(); });
                      }),
        asked_in_read("changes in a transaction", [](Stocked&, ReadTransaction& transaction, Row row)
                      { return transaction.change_log()->read({}, all, [&](LoggedChange&&) { return row(); }); }),
        {"changes", 1,
         [](Stocked& of, Row row)
         { return of.store.change_log()->read("t", {}, {}, all, [&](LoggedChange&&) { return row(); }); }},
        {"places", 1,
         [](Stocked& of, Row row)
         { return of.store.change_log()->places("t", {}, [&](LogPlace&&) { return row(); }); }},
        {"tenants", 1,
         [](Stocked& of, Row row) { return of.store.tenants({}, [&](std::string_view) { return row(); }); }},
    };
}

BOOST_AUTO_TEST_CASE(an_answer_of_rows_fails_before_the_first_of_them_and_behind_it)
{
    for (Asked const& asked : what_gives_rows())
        BOOST_TEST_CONTEXT(asked.name)
        {
            Stocked of;
            int rows = 0;
            auto const count = [&] { return ++rows > 0; };
            of.store.fail_at(0);
            BOOST_TEST(asked.ask(of, count).has_value());
            BOOST_TEST(rows >= 2);
            BOOST_TEST(of.store.operations() == asked.place + 1);
            for (int given : {0, 1})
            {
                rows = 0;
                of.store.fail_at(asked.place + static_cast<std::uint64_t>(given), {ErrorCode::corrupt, "half"});
                auto const failed = asked.ask(of, count);
                BOOST_REQUIRE(!failed.has_value());
                BOOST_TEST((failed.error().code == ErrorCode::corrupt));
                BOOST_TEST(rows == given);
            }
        }
}

BOOST_AUTO_TEST_CASE(who_stops_at_the_first_row_is_given_all_that_was_wanted)
{
    for (Asked const& asked : what_gives_rows())
        BOOST_TEST_CONTEXT(asked.name)
        {
            Stocked of;
            of.store.fail_at(asked.place + 1);
            BOOST_TEST(asked.ask(of, [] { return false; }).has_value());
            BOOST_TEST(of.store.operations() == asked.place);
        }
}

BOOST_AUTO_TEST_CASE(an_answer_without_rows_is_one_operation)
{
    Stocked of;
    of.store.fail_at(0);
    auto const ask = [&](ReadTransaction& transaction)
    {
        std::vector<std::string_view> const nobody{"nobody"};
        return transaction.get_many(of.user, nobody, {}, [](std::size_t, Resource&&) { return true; });
    };
    BOOST_TEST(of.read(ask).has_value());
    BOOST_TEST(of.store.operations() == 2U);
}

/// Who is there after a user in front of a savepoint, and one within it; whatever became of that.
std::string written_around_a_savepoint(Stocked& of, std::uint64_t place)
{
    of.store.fail_at(place);
    auto const write = [&](WriteTransaction& transaction) -> result<void>
    {
        if (auto done = insert_into(transaction, of.user, "before", {}); !done)
            return done;
        static_cast<void>(transaction.savepoint([&] { return insert_into(transaction, of.user, "within", {}); }));
        return insert_into(transaction, of.user, "behind", {});
    };
    bool const written = of.store.write(*of.attachment, "t", {}, write).has_value();
    of.store.fail_at(0);
    std::string there = written ? "" : "nobody";
    auto const look = [&](ReadTransaction& transaction) -> result<void>
    {
        for (std::string_view const id : {"before", "within", "behind"})
            if (transaction.get(of.user, id, {}).value())
                there.append(there.empty() ? "" : " ").append(id);
        return {};
    };
    BOOST_REQUIRE(of.read(look).has_value());
    return there;
}

BOOST_AUTO_TEST_CASE(a_savepoint_fails_when_it_is_opened_and_when_it_ends)
{
    std::vector<std::string> const expected{"before within behind",
                                            "nobody",        // the beginning
                                            "nobody",        // who comes before
                                            "before behind", // the savepoint is not opened
                                            "before behind", // who is within it
                                            "before behind", // its end
                                            "nobody",        // who comes behind
                                            "nobody",        // the end of all
                                            "before within behind"};
    for (std::size_t place = 0; place < expected.size(); ++place)
    {
        Stocked of;
        BOOST_TEST(written_around_a_savepoint(of, place) == expected[place], place);
    }
}

BOOST_AUTO_TEST_CASE(a_store_without_savepoints_has_no_place_at_which_one_could_fail)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    FaultInjectingStore store{adapt_small_store(
        std::make_shared<test::MapStore>(test::MapStore::Abilities{.transactions = true, .versions = true}))};
    auto const attachment = store.attach(registry).value();
    store.fail_at(0);
    auto const write = [](WriteTransaction& transaction) -> result<void>
    {
        auto const refused = transaction.savepoint([]() -> result<void> { return {}; });
        BOOST_TEST((!refused && refused.error().code == ErrorCode::internal));
        return {};
    };
    BOOST_TEST(store.write(*attachment, "t", {}, write).has_value());
    BOOST_TEST(store.operations() == 2U); // its beginning and its end
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
