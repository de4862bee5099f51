// What KvStore refuses, and how it meets damage. Its contract is proved by the conformance kit (tests/store).
#include "kv/layout.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct StoreFixture : test::KvFixture
{
    TenantKeys keys = TenantKeys::make("tenant", 511).value();

    StoreFixture() { open(); }

    result<void> try_insert(Resource resource)
    {
        return write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const inserted = transaction.insert(resource, rules->facts_of(resource));
                return inserted ? result<void>{} : result<void>{inserted.error()};
            });
    }

    void damage(std::string const& key, std::optional<std::string> const& value)
    {
        BOOST_REQUIRE(engine
                          ->write(
                              [&](Writer& writer) -> result<void>
                              {
                                  if (value)
                                      return writer.put(key, *value);
                                  BOOST_REQUIRE(writer.erase(key).value());
                                  return {};
                              })
                          .has_value());
    }

    ErrorCode error_of_find(std::string_view filter, CallContext const& context = {})
    {
        BoundFilter const bound = bind(parse_filter(filter).value(), user()).value();
        Query::Source const source{&user(), &bound};
        Query query{{&source, 1}};
        query.limit = 10;
        auto const done = store->read(*attachment, "tenant", context,
                                      [&](ReadTransaction& transaction) -> result<void>
                                      {
                                          auto const page = run_query(transaction, query);
                                          return page ? result<void>{} : result<void>{page.error()};
                                      });
        BOOST_REQUIRE(!done);
        return done.error().code;
    }
};

BOOST_FIXTURE_TEST_SUITE(kv_store, StoreFixture)

BOOST_AUTO_TEST_CASE(traits_follow_the_options)
{
    BOOST_TEST(store->traits().large_attributes);
    BOOST_TEST(store->traits().change_log);
    BOOST_TEST(store->traits().cursors);
    BOOST_TEST(store->traits().savepoints);
    BOOST_TEST(store->traits().tenants);
    BOOST_TEST(!store->traits().durable);
    open({.indexes = {"userName"}, .change_log = false, .name = "mine"});
    BOOST_TEST(store->traits().name == "mine");
    BOOST_TEST(!store->traits().change_log);
}

BOOST_AUTO_TEST_CASE(ids_that_cannot_be_keys_are_refused)
{
    for (std::string const& id : {std::string{}, std::string(127, 'x'), std::string(64, '\0'), std::string{"a\0b", 3}})
    {
        auto const refused = try_insert(make(user(), id, {{"userName", "a"}}));
        BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
        BOOST_TEST(refused.error().detail.find('\0') == std::string::npos);
        BOOST_TEST(refused.error().attribute == "id");
    }
}

BOOST_AUTO_TEST_CASE(an_id_is_taken_once)
{
    insert(make(user(), "1", {{"userName", "a"}}));
    auto const again = try_insert(make(user(), "1", {{"userName", "b"}}));
    BOOST_TEST((again.error().code == ErrorCode::uniqueness));
    BOOST_TEST(again.error().attribute == "id");
}

BOOST_AUTO_TEST_CASE(elements_need_a_value)
{
    for (json::value const& members :
         {json::value{{"members", {{{"display", "x"}}}}}, json::value{{"members", {"text"}}},
          json::value{{"members", {{{"value", nullptr}}}}}})
    {
        auto const refused = try_insert(make(group(), "g", members.as_object()));
        BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
    }
    BOOST_TEST(!get(group(), "g"));
}

BOOST_AUTO_TEST_CASE(another_attribute_is_not_large)
{
    insert(make(user(), "1", {{"userName", "a"}}));
    Attribute const& emails = *user().resolve({.name = "emails"})->attribute;
    auto const done = write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const added = transaction.large_attributes()->add(user(), "1", emails, {});
            return added ? result<void>{} : result<void>{added.error()};
        });
    BOOST_TEST((done.error().code == ErrorCode::internal));
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_an_error_not_a_guess)
{
    insert(make(user(), "1", {{"userName", "a"}, {"title", "t"}}));
    damage(keys.record(0, "1"), "\x01\x02");
    BOOST_TEST((error_of_find("title eq \"t\"") == ErrorCode::corrupt));
    BOOST_TEST((error_of_find("userName eq \"a\"") == ErrorCode::corrupt));
    auto const removed =
        write([&](WriteTransaction& transaction) { return transaction.remove(user(), "1", std::nullopt); });
    BOOST_TEST((removed.error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(an_index_entry_without_a_record_is_an_error)
{
    insert(make(user(), "1", {{"userName", "a"}, {"displayName", "d"}}));
    damage(keys.record(0, "1"), std::nullopt);
    BOOST_TEST((error_of_find("displayName eq \"d\"") == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(a_damaged_counter_is_an_error)
{
    insert(make(user(), "1", {{"userName", "a"}}));
    damage(keys.revision(), "short");
    BOOST_TEST((try_insert(make(user(), "2", {{"userName", "b"}})).error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(a_walk_ends_at_the_callers_deadline)
{
    BOOST_REQUIRE(write(
                      [&](WriteTransaction& transaction) -> result<void>
                      {
                          for (int i = 0; i < 600; ++i)
                          {
                              Resource one = make(user(), std::to_string(i), {{"userName", std::to_string(i)}});
                              if (auto inserted = transaction.insert(one, rules->facts_of(one)); !inserted)
                                  return inserted.error();
                          }
                          return {};
                      })
                      .has_value());
    CallContext const late{.deadline = std::chrono::steady_clock::now() - std::chrono::seconds{1}};
    BOOST_TEST((error_of_find("title eq \"x\"", late) == ErrorCode::too_many));
}

BOOST_AUTO_TEST_CASE(a_sink_may_write_while_it_is_given_references)
{
    for (int i = 0; i < 20; ++i)
        insert(make(group(), "g" + std::to_string(i), {{"members", {{{"value", "u"}}, {{"value", "v"}}}}}));
    std::vector<std::string> const gone{"u"};
    std::size_t seen = 0;
    BOOST_REQUIRE(
        write(
            [&](WriteTransaction& transaction)
            {
                seen = 0;
                auto& elements = *transaction.large_attributes();
                return elements.references_to(
                    "u",
                    [&](Reference const& reference)
                    {
                        ++seen;
                        BOOST_TEST(elements.remove(*reference.type, reference.id, *reference.attribute, gone).value() ==
                                   1U);
                        return true;
                    });
            })
            .has_value());
    BOOST_TEST(seen == 20U);
    BOOST_TEST(find("members.value eq \"u\"", group()).resources.empty());
    BOOST_TEST(find("members.value eq \"v\"", group()).resources.size() == 20U);
}

BOOST_AUTO_TEST_CASE(members_are_known_and_found_by_their_exact_value)
{
    insert(make(group(), "g", {{"members", {{{"value", "abc"}}, {{"value", "ABC"}}, {{"value", "x"}}}}}));
    BOOST_TEST((find("members.value eq \"aBc\"", group()).summary.total == 0U));
    BOOST_TEST((find("members.value eq \"ABC\"", group()).summary.total == 1U));
    BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
