// For whoever brings a small store of their own: what the framework does in place of it is right, is bounded in work
// and time, and is rolled back where a commit fails.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "map_store.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace scimkit
{
namespace
{

struct SmallStoreFixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& user = *registry->find_resource_type("User");
    UniqueKeyRules rules = UniqueKeyRules::make(*registry).value();
    std::shared_ptr<test::MapStore> rows;
    std::shared_ptr<ResourceStore> store;
    std::shared_ptr<Attachment const> attachment;

    void make(test::MapStore::Abilities abilities)
    {
        rows = std::make_shared<test::MapStore>(abilities);
        store = adapt_small_store(rows);
        attachment = store->attach(registry).value();
    }

    result<Resource> insert(std::string_view name)
    {
        Resource resource;
        resource.type = &user;
        resource.id = std::string{"id of "} + std::string{name};
        resource.attributes["userName"] = name;
        auto const done = store->write(*attachment, "t", {},
                                       [&](WriteTransaction& transaction) -> result<void>
                                       {
                                           auto const version = transaction.insert(resource, rules.facts_of(resource));
                                           return version ? result<void>{} : result<void>{version.error()};
                                       });
        if (!done)
            return done.error();
        return resource;
    }

    std::uint64_t count(std::string_view filter)
    {
        BoundFilter const bound = bind(parse_filter(filter).value(), user).value();
        Query::Source const source{&user, &bound};
        Query query{{&source, 1}};
        query.limit = 10;
        std::uint64_t total = 0;
        BOOST_REQUIRE(store
                          ->read(*attachment, "t", {},
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     total = run_query(transaction, query).value().summary.total.value();
                                     return {};
                                 })
                          .has_value());
        return total;
    }
};

BOOST_FIXTURE_TEST_SUITE(small_stores, SmallStoreFixture)

BOOST_AUTO_TEST_CASE(traits_tell_what_the_small_store_can_do)
{
    make({});
    BOOST_TEST(!store->traits().atomic);
    BOOST_TEST(!store->traits().versions);
    BOOST_TEST(!store->traits().durable);
    BOOST_TEST(!store->traits().large_attributes);
    make({.transactions = true, .versions = true});
    BOOST_TEST(store->traits().atomic);
    BOOST_TEST(store->traits().versions);
}

BOOST_AUTO_TEST_CASE(find_answers_equality_and_unique_checks_without_a_walk)
{
    make({.find = true});
    BOOST_REQUIRE(insert("Ada").has_value());
    BOOST_REQUIRE(insert("Bob").has_value());
    BOOST_TEST((insert("ADA").error().code == ErrorCode::uniqueness));
    BOOST_TEST(count("userName eq \"ADA\"") == 1U);
    BOOST_TEST(count("userName eq \"ada\" and active eq true") == 0U);
    BOOST_TEST(count("id eq \"id of Bob\"") == 1U);
    BOOST_TEST(count("id eq \"nobody\"") == 0U);
    BOOST_TEST(rows->lists == 0);
    BOOST_TEST(count("userName sw \"a\"") == 1U);
    BOOST_TEST(rows->lists == 1);
}

BOOST_AUTO_TEST_CASE(one_walk_checks_all_unique_keys)
{
    make({});
    BOOST_REQUIRE(insert("Ada").has_value());
    BOOST_TEST(rows->lists == 1);
    BOOST_TEST((insert("ada").error().attribute == "userName"));
    BOOST_TEST(rows->lists == 2);
}

BOOST_AUTO_TEST_CASE(a_write_is_bracketed)
{
    make({.transactions = true});
    BOOST_REQUIRE(insert("Ada").has_value());
    BOOST_TEST(rows->begun == 1);
    BOOST_TEST(rows->committed == 1);
    BOOST_TEST(rows->rolled_back == 0);
    BOOST_TEST(!insert("ADA"));
    BOOST_TEST(rows->rolled_back == 1);
    BOOST_CHECK_THROW(
        static_cast<void>(store->write(*attachment, "t", {},
                                       [](WriteTransaction&) -> result<void> { throw std::runtime_error{"no"}; })),
        std::runtime_error);
    BOOST_TEST(rows->rolled_back == 2);
    BOOST_TEST(rows->committed == 1);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_is_rolled_back)
{
    make({.transactions = true});
    rows->fail_commit = true;
    BOOST_TEST((insert("Ada").error().code == ErrorCode::unavailable));
    BOOST_TEST(rows->rolled_back == 1);
    BOOST_TEST(count("userName pr") == 0U);
}

BOOST_AUTO_TEST_CASE(a_small_store_may_have_ids_of_its_own)
{
    make({.own_ids = true});
    auto const first = insert("Ada");
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(first->id == "1001");
}

BOOST_AUTO_TEST_CASE(the_framework_sorts_by_id_what_comes_in_any_order)
{
    make({});
    for (char const* name : {"c", "a", "b"})
        BOOST_REQUIRE(insert(name).has_value());
    Query::Source const source{&user, nullptr};
    Query query{{&source, 1}};
    query.limit = 2;
    BOOST_REQUIRE(store
                      ->read(*attachment, "t", {},
                             [&](ReadTransaction& transaction) -> result<void>
                             {
                                 auto const page = run_query(transaction, query).value();
                                 BOOST_REQUIRE(page.resources.size() == 2U);
                                 BOOST_TEST(page.resources[0].id == "id of a");
                                 BOOST_TEST(page.resources[1].id == "id of b");
                                 return {};
                             })
                      .has_value());
}

BOOST_AUTO_TEST_CASE(names_of_tenants_are_limited)
{
    make({});
    auto const refused =
        store->read(*attachment, std::string(65, 't'), {}, [](ReadTransaction&) -> result<void> { return {}; });
    BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_CASE(work_and_deadline_of_a_request_end_a_walk_over_all_resources)
{
    make({});
    for (int i = 0; i < 50; ++i)
        BOOST_REQUIRE(insert("name " + std::to_string(i)).has_value());
    BoundFilter const none = bind(parse_filter("title co \"x\"").value(), user).value();
    Query::Source const source{&user, &none};
    Query query{{&source, 1}};
    query.limit = 10;
    auto const error_with = [&](CallContext const& context)
    {
        auto const read = store->read(*attachment, "t", context,
                                      [&](ReadTransaction& transaction) -> result<void>
                                      {
                                          auto const page = run_query(transaction, query);
                                          return page ? result<void>{} : result<void>{page.error()};
                                      });
        BOOST_REQUIRE(!read.has_value());
        return read.error();
    };
    Budget little{2'000, Budget::Clock::time_point::max()};
    BOOST_TEST(error_with({.budget = &little}).detail.find("max_work") != std::string::npos);
    CallContext const late{.deadline = std::chrono::steady_clock::now() - std::chrono::seconds{1}};
    BOOST_TEST((error_with(late).code == ErrorCode::too_many));

    // Uniqueness is looked for by a walk too.
    Resource resource;
    resource.type = &user;
    resource.id = "new";
    resource.attributes["userName"] = "new";
    Budget again{2'000, Budget::Clock::time_point::max()};
    auto const written = store->write(*attachment, "t", {.budget = &again},
                                      [&](WriteTransaction& transaction) -> result<void>
                                      {
                                          auto const done = transaction.insert(resource, rules.facts_of(resource));
                                          return done ? result<void>{} : result<void>{done.error()};
                                      });
    BOOST_REQUIRE(!written.has_value());
    BOOST_TEST((written.error().code == ErrorCode::too_many));
    BOOST_TEST(count("userName eq \"new\"") == 0U);
}

BOOST_AUTO_TEST_CASE(an_attachment_of_another_store_is_refused)
{
    make({});
    auto const others = attachment;
    auto const first = store;
    make({});
    auto const nothing = [](auto&) -> result<void> { return {}; };
    BOOST_TEST((store->read(*others, "t", {}, nothing).error().code == ErrorCode::internal));
    BOOST_TEST((store->write(*others, "t", {}, nothing).error().code == ErrorCode::internal));
    BOOST_TEST(store->read(*attachment, "t", {}, nothing).has_value());
}

// 64 KB in each of a few names: work that the number of resources does not show.
BOOST_AUTO_TEST_CASE(looking_for_a_unique_value_is_charged_by_the_size_of_the_values)
{
    for (std::string const letter : {"x", "\u00e4"})
    {
        make({});
        std::string much;
        while (much.size() < 64 * 1024)
            much += letter;
        for (int i = 0; i < 8; ++i)
            BOOST_REQUIRE(insert(much + std::to_string(i)).has_value());
        Resource resource;
        resource.type = &user;
        resource.id = "new";
        resource.attributes["userName"] = "new";
        auto const insert_with = [&](std::uint64_t work)
        {
            Budget budget{work, Budget::Clock::time_point::max()};
            return store->write(*attachment, "t", {.budget = &budget},
                                [&](WriteTransaction& transaction) -> result<void>
                                {
                                    auto const done = transaction.insert(resource, rules.facts_of(resource));
                                    return done ? result<void>{} : result<void>{done.error()};
                                });
        };
        std::uint64_t const bytes = 8 * 64 * 1024 * (letter.size() == 1 ? 1 : Budget::fold);
        auto const refused = insert_with(bytes);
        BOOST_REQUIRE(!refused.has_value());
        BOOST_TEST((refused.error().code == ErrorCode::too_many));
        BOOST_TEST(insert_with(bytes + bytes / 2).has_value());
    }
}

/// A body that goes on whatever becomes of its inserts, as a Bulk does.
result<void> insert_both(SmallStoreFixture& fixture)
{
    return fixture.store->write(*fixture.attachment, "t", {},
                                [&](WriteTransaction& transaction) -> result<void>
                                {
                                    for (std::string const name : {"ada", "bob"})
                                    {
                                        Resource user{.type = &fixture.user, .id = "id of " + name};
                                        user.attributes["userName"] = name;
                                        static_cast<void>(transaction.savepoint(
                                            [&]() -> result<void>
                                            {
                                                auto const done =
                                                    transaction.insert(user, fixture.rules.facts_of(user));
                                                return done ? result<void>{} : result<void>{done.error()};
                                            }));
                                    }
                                    return {};
                                });
}

BOOST_AUTO_TEST_CASE(a_savepoint_that_fails_ends_the_write_whatever_the_body_makes_of_it)
{
    for (bool const releases : {true, false})
    {
        make({.transactions = true, .savepoints = true});
        (releases ? rows->fail_release : rows->fail_set) = true;
        auto const done = insert_both(*this);
        BOOST_REQUIRE(!done);
        BOOST_TEST((done.error().code == ErrorCode::unavailable));
        BOOST_TEST(rows->committed == 0);
        BOOST_TEST(rows->rolled_back == 1);
        rows->fail_release = rows->fail_set = false;
        BOOST_TEST(insert_both(*this).has_value());
        BOOST_TEST(rows->committed == 1);
    }
}

BOOST_AUTO_TEST_CASE(an_element_that_no_column_holds_is_found_by_its_attribute)
{
    constexpr std::string_view columns[] = {"userName", "emails[type eq \"work\"].value", "phoneNumbers.value"};
    auto const map = AttributeMap::make(user, columns).value();
    auto const left_out = [&](std::string_view attributes)
    { return map.left_out({.type = &user, .attributes = parse_json(attributes).value().as_object()}); };
    BOOST_TEST(left_out(R"({"userName":"ada"})") == "");
    BOOST_TEST(left_out(R"({"emails":[{"type":"work","value":"a"}],"phoneNumbers":[{"value":"1"}]})") == "");
    BOOST_TEST(left_out(R"({"emails":[{"value":"a"}]})") == "emails");
    BOOST_TEST(left_out(R"({"emails":[{"type":"work","value":"a"},{"type":"work","value":"b"}]})") == "emails");
    BOOST_TEST(left_out(R"({"emails":[{"type":"home","value":"a"},{"type":"work","value":"b"}]})") == "emails");
    BOOST_TEST(left_out(R"({"phoneNumbers":[{"value":"1"},{"value":"2"}]})") == "phoneNumbers");
    BOOST_TEST(left_out(R"({"addresses":[{"locality":"Bath"}]})") == ""); // no column is about these
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
