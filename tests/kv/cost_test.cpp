// What operations cost, counted in operations on keys: figures that must not grow with the data.
#include <scimkit/schema/registry.hpp>

#include "kv/catalog.hpp"
#include "kv/key_codec.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct CostFixture : test::KvFixture
{
    CostFixture() { open(); }

    void add_users(int from, int to)
    {
        for (int i = from; i < to; ++i)
            insert(make(user(), "u-" + std::to_string(100'000 + i),
                        {{"userName", "name" + std::to_string(i)},
                         {"active", i % 2 == 0},
                         {"emails", {{{"value", std::to_string(i) + "@example.com"}, {"type", "work"}}}}}));
    }

    void add_group(std::string_view id, int size)
    {
        json::array elements;
        for (int i = 0; i < size; ++i)
            elements.emplace_back(json::object{{"value", "m-" + std::to_string(100'000 + i)}});
        insert(make(group(), id, {{"displayName", "group"}, {"members", std::move(elements)}}));
    }

    void add_member(std::string_view id, std::string_view value)
    {
        json::object const element{{"value", value}};
        BOOST_REQUIRE(write(
                          [&](WriteTransaction& transaction) -> result<void>
                          {
                              auto& writer = *transaction.large_attributes();
                              BOOST_TEST(writer.add(group(), id, members(), {&element, 1}).value() == 1U);
                              auto current = transaction.get(group(), id, {}).value().value();
                              auto const replaced =
                                  transaction.replace(current, {}, rules->facts_of(current), LargeAttributes::keep, {});
                              return replaced ? result<void>{} : result<void>{replaced.error()};
                          })
                          .has_value());
    }

    /// Makes every record of a user one whose seal does not fit.
    void damage_records()
    {
        auto const catalog = Catalog::make(registry, {}, {}, engine->max_key_size()).value();
        auto const records =
            TenantKeys::make("tenant", engine->max_key_size()).value().records(catalog.of(user()).number);
        std::vector<std::string> keys;
        auto const damaged = engine->write(
            [&](Writer& writer) -> result<void>
            {
                auto const cursor = writer.cursor().value();
                for (auto found = cursor->seek(records); found.value() && cursor->key().starts_with(records);
                     found = cursor->next())
                    keys.emplace_back(cursor->key());
                for (std::string const& key : keys)
                    if (auto put = writer.put(key, "no record, and no seal"); !put)
                        return put;
                return {};
            });
        BOOST_REQUIRE(damaged.has_value());
        BOOST_REQUIRE(!keys.empty());
    }

    result<void> try_find(std::string_view filter)
    {
        BoundFilter const bound = bind(parse_filter(filter).value(), user()).value();
        Query::Source const source{&user(), &bound};
        Query query{{&source, 1}};
        query.limit = 0;
        return read(
            [&](ReadTransaction& transaction) -> result<void>
            {
                auto const found = run_query(transaction, query);
                return found ? result<void>{} : result<void>{found.error()};
            });
    }

    std::uint64_t cost_of_find(std::string_view filter, ResourceType const& type, std::size_t wanted)
    {
        return cost([&] { BOOST_TEST(find(filter, type).resources.size() == wanted, filter); });
    }
};

/// User with e-mail addresses of which each is unique.
struct UniqueEmails : test::KvFixture
{
    UniqueEmails()
    {
        SchemaRegistry::Builder builder;
        for (Schema schema : rfc7643_schemas())
        {
            if (schema.id != urn::user && schema.id != urn::group && schema.id != urn::enterprise_user)
                continue;
            for (Attribute& attribute : schema.attributes)
                for (Attribute& sub_attribute : attribute.sub_attributes)
                    if (schema.id == urn::user && attribute.name == "emails" && sub_attribute.name == "value")
                        sub_attribute.uniqueness = Uniqueness::server;
            builder.add(std::move(schema));
        }
        for (ResourceTypeDefinition type : rfc7643_resource_types())
            builder.add(std::move(type));
        registry = builder.build().value();
        open();
    }

    Resource with_emails(std::string_view id, std::string_view kind, int count)
    {
        json::array emails;
        for (int i = 0; i < count; ++i)
            emails.emplace_back(json::object{{"value", std::string{kind} + std::to_string(i) + "@example.com"}});
        return make(user(), id, {{"userName", id}, {"emails", std::move(emails)}});
    }

    result<void> put(Resource const& resource)
    {
        return write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const replaced =
                    transaction.replace(resource, {}, rules->facts_of(resource), LargeAttributes::as_given, {});
                return replaced ? result<void>{} : result<void>{replaced.error()};
            });
    }

    /// The shortest of three replacements of all of `count` unique values.
    std::chrono::steady_clock::duration time_to_replace(std::string_view id, int count)
    {
        Resource const one = with_emails(id, std::string{id} + "-one", count);
        Resource const two = with_emails(id, std::string{id} + "-two", count);
        insert(one);
        auto shortest = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 3; ++i)
        {
            auto const begin = std::chrono::steady_clock::now();
            BOOST_REQUIRE(put(i % 2 == 0 ? two : one).has_value());
            shortest = std::min(shortest, std::chrono::steady_clock::now() - begin);
        }
        return shortest;
    }
};

BOOST_FIXTURE_TEST_SUITE(unique_values, UniqueEmails)

BOOST_AUTO_TEST_CASE(unique_values_that_go_are_free_those_that_stay_are_not)
{
    insert(with_emails("a", "a", 30));
    insert(with_emails("b", "b", 1));
    Resource fewer = with_emails("a", "a", 10);
    BOOST_REQUIRE(put(fewer).has_value());
    Resource taken = with_emails("b", "a", 10);
    BOOST_TEST((put(taken).error().code == ErrorCode::uniqueness));
    Resource free = make(user(), "b", {{"userName", "b"}, {"emails", {{{"value", "a10@example.com"}}}}});
    BOOST_TEST(put(free).has_value());
    BOOST_TEST((find("emails.value eq \"a10@example.com\"", user()).summary.total == 1U));
    BOOST_TEST((put(with_emails("a", "a", 30)).error().code == ErrorCode::uniqueness));
}

BOOST_AUTO_TEST_CASE(the_time_to_replace_unique_values_grows_with_their_number_and_not_with_its_square)
{
    auto const few = time_to_replace("few", 1'000);
    auto const many = time_to_replace("many", 8'000);
    BOOST_TEST((many < few * 30), "8 times as many: " << many / few << " times as long; the square is 64");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(costs, CostFixture)

BOOST_AUTO_TEST_CASE(a_member_costs_the_same_in_a_small_and_in_a_large_group)
{
    add_group("small", 10);
    add_group("large", 5'000);
    auto const small = cost([&] { add_member("small", "new"); });
    auto const large = cost([&] { add_member("large", "new"); });
    BOOST_TEST(large == small);
    BOOST_TEST(small < 30U);
    BOOST_TEST(get(group(), "large")->attributes.at("members").as_array().size() == 5'001U);
}

BOOST_AUTO_TEST_CASE(a_group_is_renamed_listed_and_read_without_its_members)
{
    add_group("small", 10);
    add_group("large", 5'000);
    auto const read_one = [&](std::string_view id)
    {
        return cost(
            [&]
            {
                BOOST_REQUIRE(store
                                  ->read(*attachment, "tenant", {},
                                         [&](ReadTransaction& transaction) -> result<void>
                                         {
                                             BOOST_TEST(transaction.get(group(), id, {}).value().has_value());
                                             BOOST_TEST(
                                                 transaction.large_attributes()->count(group(), id, members()).value() >
                                                 0U);
                                             return {};
                                         })
                                  .has_value());
            });
    };
    BOOST_TEST(read_one("large") == read_one("small"));
    BOOST_TEST(cost_of_find("displayName pr", group(), 2) < 20U);
    BOOST_TEST(cost_of_find("members.value eq \"m-104999\"", group(), 1) < 10U);
    BOOST_TEST(cost_of_find("members.value eq \"m-100001\" and displayName eq \"group\"", group(), 2) < 10'200U);
}

BOOST_AUTO_TEST_CASE(equality_costs_one_look_up_whatever_the_size)
{
    add_users(0, 10);
    auto const by_name = cost_of_find("userName eq \"NAME7\"", user(), 1);
    auto const by_email = cost_of_find("emails.value eq \"7@example.com\"", user(), 1);
    auto const by_id = cost_of_find("id eq \"u-100007\"", user(), 1);
    auto const by_both = cost_of_find("emails[type eq \"work\" and value eq \"7@example.com\"]", user(), 1);
    auto const by_selective = cost_of_find("active eq true and emails.value eq \"8@example.com\"", user(), 1);
    BOOST_TEST(by_name <= 3U);
    BOOST_TEST(by_email <= 4U);
    BOOST_TEST(by_id <= 3U);
    add_users(10, 1'500);
    BOOST_TEST(cost_of_find("userName eq \"NAME7\"", user(), 1) == by_name);
    BOOST_TEST(cost_of_find("emails.value eq \"7@example.com\"", user(), 1) == by_email);
    BOOST_TEST(cost_of_find("id eq \"u-100007\"", user(), 1) == by_id);
    BOOST_TEST(cost_of_find("emails[type eq \"work\" and value eq \"7@example.com\"]", user(), 1) == by_both);
    BOOST_TEST(cost_of_find("active eq true and emails.value eq \"8@example.com\"", user(), 1) <= by_selective + 200U);
    BOOST_TEST(cost_of_find("userName eq \"name3\" or userName eq \"name4\"", user(), 2) < 10U);
    BOOST_TEST(cost_of_find("userName sw \"name149\"", user(), 11) < 40U);
    BOOST_TEST(cost_of_find("userName gt \"name998\"", user(), 1) < 10U);
}

BOOST_AUTO_TEST_CASE(an_and_of_which_one_part_finds_nothing_costs_no_more_than_that_part)
{
    add_users(0, 1'500);
    std::string const all = "meta.created ge \"1970-01-01T00:00:00Z\"";
    for (char const* filter : {"emails.value eq \"none\"", "(emails.value sw \"none\" or userName eq \"nobody\")"})
        BOOST_TEST(cost_of_find(filter + (" and " + all) + " and userName sw \"name\"", user(), 0) < 20U, filter);
}

BOOST_AUTO_TEST_CASE(a_page_by_position_costs_the_same_at_the_beginning_and_at_the_end)
{
    add_users(0, 1'500);
    for (char const* sort : {"", "userName", "meta.created"})
        for (bool const descending : {false, true})
        {
            Query::Source source{&user(), nullptr};
            if (*sort != '\0')
                source.sort = SortOrder{user().resolve(parse_attribute_path(sort).value()).value(), descending};
            Query query{{&source, 1}};
            query.limit = 20;
            std::uint64_t first = 0;
            std::uint64_t last = 0;
            for (int pages = 0; pages < 70; ++pages)
            {
                Page page;
                last = cost([&] { page = find(query); });
                BOOST_TEST((page.summary.total == 1'500U));
                BOOST_REQUIRE(page.resources.size() == 20U);
                first = pages == 0 ? last : first;
                query.cursor = page.summary.next;
            }
            BOOST_TEST(last <= first + 5, sort);
        }
}

BOOST_AUTO_TEST_CASE(a_page_back_costs_the_same_at_the_beginning_and_at_the_end)
{
    add_users(0, 1'500);
    BoundFilter const active = bind(parse_filter("active eq true").value(), user()).value();
    for (char const* sort : {"", "userName", "meta.created", "filtered"})
        for (bool const descending : {false, true})
        {
            Query::Source source{&user(), nullptr};
            if (sort == std::string_view{"filtered"})
                source.filter = &active;
            else if (*sort != '\0')
                source.sort = SortOrder{user().resolve(parse_attribute_path(sort).value()).value(), descending};
            Query query{{&source, 1}};
            query.limit = 20;
            query.backward = true;
            query.total = TotalPolicy::none;
            std::uint64_t first = 0;
            std::uint64_t last = 0;
            for (int pages = 0; pages < 30; ++pages)
            {
                Page page;
                last = cost([&] { page = find(query); });
                BOOST_REQUIRE(page.resources.size() == 20U);
                BOOST_REQUIRE((page.summary.previous.has_value()));
                first = pages == 0 ? last : first;
                query.cursor = page.summary.previous;
            }
            BOOST_TEST(first < 150U, sort);
            BOOST_TEST(last <= first + 5, sort);
        }
}

BOOST_AUTO_TEST_CASE(a_page_back_over_two_types_begins_where_the_cursor_is)
{
    add_users(0, 300);
    for (int i = 0; i < 300; ++i)
        add_group("g-" + std::to_string(1'000 + i), 1);
    Query::Source const sources[] = {{&user(), nullptr}, {&group(), nullptr}};
    Query query{sources};
    query.limit = 10;
    query.backward = true;
    query.total = TotalPolicy::none;
    std::uint64_t most = 0;
    int pages = 0;
    do
    {
        Page page;
        most = std::max(most, cost([&] { page = find(query); }));
        query.cursor = page.summary.previous;
        ++pages;
    } while (query.cursor);
    BOOST_TEST(pages == 60);
    BOOST_TEST(most < 80U);
}

BOOST_AUTO_TEST_CASE(totals_do_not_read_records)
{
    add_users(0, 200);
    *counts = {};
    BOOST_TEST((find("active eq true", user(), 0).summary.total == 100U));
    BOOST_TEST((find("userName sw \"name\"", user(), 0).summary.total == 200U));
    BOOST_TEST(counts->gets == 0U);
    Query::Source const source{&user(), nullptr};
    Query query{{&source, 1}};
    query.limit = 0;
    BOOST_TEST(cost([&] { BOOST_TEST((find(query).summary.total == 200U)); }) == 1U);
}

BOOST_AUTO_TEST_CASE(the_total_of_an_and_that_indexes_decide_reads_no_record)
{
    add_users(0, 1'000);
    std::string const and_active = "active eq true and ";
    std::string const ranges = "userName sw \"name\" and meta.created ge \"1970-01-01T00:00:00Z\"";
    std::string const either = "active eq true and (userName sw \"name1\" or emails.value sw \"2\")";
    BOOST_TEST((find(and_active + "userName sw \"name\"", user()).resources.size() == 500U));
    BOOST_TEST((find(and_active + ranges, user(), 10).summary.total == 500U));
    BOOST_TEST((find(either, user(), 10).summary.total == 111U));
    damage_records();
    BOOST_TEST((find(and_active + "userName sw \"name\"", user(), 0).summary.total == 500U));
    BOOST_TEST((find(and_active + "emails[value gt \"0\"]", user(), 0).summary.total == 500U));
    BOOST_TEST((find(ranges, user(), 0).summary.total == 1'000U));
    BOOST_TEST((find(and_active + ranges, user(), 0).summary.total == 500U));
    BOOST_TEST((find(either, user(), 0).summary.total == 111U));
    BOOST_TEST((try_find(and_active + "title pr").error().code == ErrorCode::corrupt), "no index decides that");
    BOOST_TEST((try_find("emails[type eq \"work\" and value sw \"1\"]").error().code == ErrorCode::corrupt),
               "of one element, which no index knows");
}

BOOST_AUTO_TEST_CASE(skipping_does_not_read_records)
{
    add_users(0, 200);
    BoundFilter const active = bind(parse_filter("active eq true").value(), user()).value();
    Query::Source const source{&user(), &active};
    Query query{{&source, 1}};
    query.skip = 95;
    query.limit = 10;
    *counts = {};
    BOOST_TEST(find(query).resources.size() == 5U);
    BOOST_TEST(counts->gets == 5U);
}

BOOST_AUTO_TEST_CASE(a_replace_touches_only_the_index_entries_that_change)
{
    add_users(0, 1);
    auto current = get(user(), "u-100000").value();
    auto const replace = [&]
    {
        *counts = {};
        BOOST_REQUIRE(write(
                          [&](WriteTransaction& transaction) -> result<void>
                          {
                              auto const done = transaction.replace(current, {}, rules->facts_of(current),
                                                                    LargeAttributes::as_given, {});
                              return done ? result<void>{} : result<void>{done.error()};
                          })
                          .has_value());
        return counts->writes;
    };
    auto const unchanged = replace();
    BOOST_TEST(unchanged == 3U, "the record, the change log, the revision");
    current.attributes["active"] = false;
    BOOST_TEST(replace() == unchanged + 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
