// What happens at the start: foreign and unknown databases, changed indexes, schemas and large attributes.
#include <scimkit/core/environment.hpp>
#include <scimkit/kv/indexes.hpp>
#include <scimkit/schema/registry.hpp>

#include "kv/catalog.hpp"
#include "kv/layout.hpp"
#include "kv_fixture.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

/// Neither users nor groups are served.
std::shared_ptr<SchemaRegistry const> lamps_alone()
{
    return SchemaRegistry::Builder{}
        .add(Schema{.id = "urn:example:Lamp", .name = "Lamp", .attributes = {{.name = "color"}}})
        .add(ResourceTypeDefinition{.name = "Lamp", .endpoint = "/Lamps", .schema = "urn:example:Lamp"})
        .build()
        .value();
}

struct AttachFixture : test::KvFixture
{
    void raw_put(std::string_view key, std::string_view value)
    {
        BOOST_REQUIRE(engine->write([&](Writer& writer) { return writer.put(key, value); }).has_value());
    }

    void put_one_user(std::string const& tenant)
    {
        store
            ->write(*attachment, tenant, {},
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        Resource one = make(user(), "x", {{"userName", "x"}, {"title", "t1"}});
                        auto const done = transaction.insert(one, rules->facts_of(one));
                        return done ? result<void>{} : result<void>{done.error()};
                    })
            .value();
    }

    void add_people()
    {
        for (int i = 0; i < 600; ++i) // more than one batch
            insert(make(user(), "u-" + std::to_string(1'000 + i),
                        {{"userName", "name" + std::to_string(i)}, {"title", "t" + std::to_string(i % 7)}}));
        insert(make(group(), "g", {{"displayName", "all"}, {"members", {{{"value", "a"}}, {{"value", "b"}}}}}));
        put_one_user("other");
    }

    std::uint64_t keys_that_begin_with(std::string const& prefix)
    {
        std::uint64_t count = 0;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    auto cursor = reader.cursor().value();
                    for (auto found = cursor->seek(prefix); found.value(); found = cursor->next())
                    {
                        if (!cursor->key().starts_with(prefix))
                            break;
                        ++count;
                    }
                    return {};
                })
            .value();
        return count;
    }

    std::uint64_t index_entries() { return keys_that_begin_with(TenantKeys::make("tenant", 511)->indexes()); }

    /// The registry with `members` as an ordinary attribute, or with a `title` that is unique.
    std::shared_ptr<SchemaRegistry const> changed_registry(bool members_are_large, bool title_is_unique)
    {
        SchemaRegistry::Builder builder;
        for (Schema schema : rfc7643_schemas())
        {
            if (schema.id != urn::user && schema.id != urn::group && schema.id != urn::enterprise_user)
                continue;
            for (Attribute& attribute : schema.attributes)
                if (attribute.name == "title" && title_is_unique)
                    attribute.uniqueness = Uniqueness::server;
            builder.add(std::move(schema));
        }
        for (ResourceTypeDefinition type : rfc7643_resource_types())
        {
            if (!members_are_large)
                type.large_attributes.clear();
            builder.add(std::move(type));
        }
        return builder.build().value();
    }
};

BOOST_FIXTURE_TEST_SUITE(attach, AttachFixture)

BOOST_AUTO_TEST_CASE(a_database_of_something_else_is_refused)
{
    raw_put("anything", "else");
    auto const opened = try_open();
    BOOST_TEST((opened.error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(what_is_under_our_key_must_be_ours)
{
    for (std::string_view const content :
         {"", "not json", "{}", "{\"magic\":\"scimkit-kv\"}", "{\"magic\":1}",
          "{\"magic\":\"scimkit-kv\",\"format\":1}",
          "{\"magic\":\"scimkit-kv\",\"format\":1,\"indexes\":\"\",\"names\":[1],\"large\":[]}"})
    {
        raw_put(meta_key, content);
        BOOST_TEST((try_open().error().code == ErrorCode::corrupt), content);
    }
}

BOOST_AUTO_TEST_CASE(another_format_version_is_refused_with_both_numbers)
{
    raw_put(meta_key, R"({"magic":"scimkit-kv","format":17,"names":[],"large":[],"indexes":""})");
    auto const opened = try_open();
    BOOST_TEST((opened.error().code == ErrorCode::corrupt));
    BOOST_TEST(opened.error().detail.find("17") != std::string::npos);
    BOOST_TEST(opened.error().detail.find("version 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_store_is_not_used_with_the_attachment_of_another)
{
    open();
    auto const another = make_store(memory::make_engine()).value();
    auto const read = another->read(*attachment, "t", {}, [](ReadTransaction&) -> result<void> { return {}; });
    BOOST_TEST((read.error().code == ErrorCode::internal));
}

BOOST_AUTO_TEST_CASE(a_description_that_was_damaged_is_refused)
{
    open();
    std::string const sound = encode_catalog({{"User", "Group"}, {}, "indexes"});
    for (std::size_t place = 0; place < sound.size(); ++place)
    {
        std::string damaged = sound;
        damaged[place] = static_cast<char>(damaged[place] ^ 0x01);
        raw_put(meta_key, damaged);
        BOOST_TEST((try_open().error().code == ErrorCode::corrupt), damaged);
    }
}

BOOST_AUTO_TEST_CASE(registries_that_agree_share_a_store_and_a_change_waits_until_nobody_holds_the_old_form)
{
    open();
    insert(make(group(), "g", {{"displayName", "all"}, {"members", {{{"value", "a"}}}}}));
    BOOST_TEST(store->attach(registry).has_value());
    *counts = {};
    BOOST_TEST(store->attach(changed_registry(true, false)).has_value(), "the same in other words");
    BOOST_TEST(counts->writes == 0U);

    auto const unique = store->attach(changed_registry(true, true));
    BOOST_REQUIRE(unique.has_error());
    BOOST_TEST((unique.error().code == ErrorCode::invalid_value));
    BOOST_TEST(unique.error().detail.find("title lower unique") != std::string::npos, unique.error().detail);
    auto const small = store->attach(changed_registry(false, false));
    BOOST_REQUIRE(small.has_error());
    BOOST_TEST(small.error().detail.find("large attribute members") != std::string::npos, small.error().detail);
    BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 1U, "the first one goes on");

    attachment.reset();
    registry = changed_registry(false, false);
    attachment = store->attach(registry).value();
    BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 1U, "and then it is rebuilt");
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_served_keeps_its_indexes_and_is_not_rebuilt_when_it_comes_back)
{
    open();
    add_people();
    auto const everything = registry;
    auto const entries = index_entries();
    registry = lamps_alone();
    open();
    registry = everything;
    *counts = {};
    open();
    BOOST_TEST(counts->writes <= 1U, "the catalogue at most");
    BOOST_TEST(index_entries() == entries);
    BOOST_TEST(find("userName eq \"name7\"", user()).resources.size() == 1U);
}

BOOST_AUTO_TEST_CASE(new_ids_sort_after_those_of_a_store_whose_clock_was_ahead)
{
    open();
    auto const in_a_week = system_environment()->now() + std::chrono::hours{24 * 7};
    Resource one = make(user(), "u", {{"userName", "u"}});
    one.last_modified = in_a_week;
    insert(one);
    open();
    std::string digits = system_environment()->new_id();
    std::erase(digits, '-');
    auto const time = std::chrono::milliseconds{std::stoll(digits.substr(0, 12), nullptr, 16)};
    BOOST_TEST((time >= std::chrono::floor<std::chrono::milliseconds>(in_a_week).time_since_epoch()));
}

/// An engine whose keys are too short for a store.
struct ShortKeys final : Engine
{
    result<void> read(function_ref<result<void>(Reader&)> body) override { return inner->read(body); }
    result<void> write(function_ref<result<void>(Writer&)> body) override { return inner->write(body); }
    std::size_t max_key_size() const noexcept override { return 295; }
    bool durable() const noexcept override { return false; }

    std::unique_ptr<Engine> inner = memory::make_engine();
};

BOOST_AUTO_TEST_CASE(an_engine_with_keys_that_are_too_short_is_refused)
{
    auto const made = make_store(std::make_unique<ShortKeys>());
    BOOST_REQUIRE(made.has_error());
    BOOST_TEST(made.error().detail.find("295") != std::string::npos);
    BOOST_TEST(made.error().detail.find("400") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_configuration_writes_nothing)
{
    open();
    add_people();
    *counts = {};
    open();
    BOOST_TEST(counts->writes == 0U);
}

BOOST_AUTO_TEST_CASE(a_new_index_is_filled_and_an_old_one_removed)
{
    open({.indexes = {"userName", "displayName"}});
    add_people();
    auto const before = index_entries();
    open({.indexes = {"title"}});
    BOOST_TEST(index_entries() == 600U);
    BOOST_TEST(before == 600U * 2 + 1);
    *counts = {};
    BOOST_TEST((find("title eq \"T3\"", user(), 0).summary.total == 86U));
    BOOST_TEST(counts->gets == 0U, "the new index answers");
    BOOST_TEST((find("userName sw \"name1\"", user(), 0).summary.total == 111U), "without its index as well");
    BOOST_TEST(keys_that_begin_with(TenantKeys::make("other", 511)->indexes()) == 1U, "all tenants are done");
}

BOOST_AUTO_TEST_CASE(an_interrupted_rebuild_begins_anew)
{
    open({.indexes = {"title"}});
    add_people();
    raw_put(meta_key, encode_catalog({{"User", "Group", "Group/members"}, {"Group/members"}, {}}));
    auto const title = TenantKeys::make("tenant", 511)->indexes();
    engine
        ->write(
            [&](Writer& writer) -> result<void>
            {
                std::string first;
                {
                    auto cursor = writer.cursor().value();
                    BOOST_TEST(cursor->seek(title).value());
                    first = cursor->key();
                }
                return writer.erase(first) ? result<void>{} : result<void>{Error{}};
            })
        .value();
    open({.indexes = {"title"}});
    BOOST_TEST(index_entries() == 600U);
}

BOOST_AUTO_TEST_CASE(an_interrupted_rebuild_may_be_followed_by_the_configuration_before)
{
    registry = changed_registry(false, false);
    open();
    add_people();
    bool through = false;
    for (std::uint64_t commits = 0; !through; ++commits)
    {
        registry = changed_registry(true, false);
        counts->commits_left = commits;
        through = try_open().has_value();
        *counts = {};

        registry = changed_registry(false, false);
        open();
        auto const stored = get(group(), "g");
        BOOST_REQUIRE(stored.has_value() && stored->attributes.contains("members"));
        BOOST_TEST(stored->attributes.at("members").as_array().size() == 2U, "after " << commits << " commits");
    }
}

BOOST_AUTO_TEST_CASE(an_index_that_no_type_has_keeps_no_registry_out_and_is_a_mistake_for_whoever_asks)
{
    std::vector<std::string> const indexes{"usrName"};
    auto const checked = check_indexes(indexes, *registry);
    BOOST_REQUIRE(checked.has_error());
    BOOST_TEST((checked.error().code == ErrorCode::invalid_value));
    BOOST_TEST(checked.error().attribute == "usrName");
    BOOST_TEST(try_open({.indexes = indexes}).has_value(), "another registry of this store may have it");

    registry = lamps_alone();
    BOOST_TEST(try_open().has_value(), "the default list fits a registry without users");
}

BOOST_AUTO_TEST_CASE(an_attribute_may_become_large_and_small_again)
{
    open();
    add_people();
    auto const values = [&]
    {
        std::vector<std::string> found;
        auto const stored = get(group(), "g");
        BOOST_REQUIRE(stored.has_value());
        for (json::value const& member : stored->attributes.at("members").as_array())
            found.emplace_back(member.at("value").as_string());
        return found;
    };
    auto const members_wanted = std::vector<std::string>{"a", "b"};
    registry = changed_registry(false, false);
    open();
    BOOST_TEST(values() == members_wanted, boost::test_tools::per_element());
    BOOST_TEST(find("members.value eq \"b\"", group()).resources.size() == 1U);
    registry = changed_registry(true, false);
    open();
    BOOST_TEST(values() == members_wanted, boost::test_tools::per_element());
    *counts = {};
    BOOST_TEST(find("members.value eq \"b\"", group()).resources.size() == 1U);
    BOOST_TEST(counts->all() < 8U, "members are found by their own keys again");
}

BOOST_AUTO_TEST_CASE(an_attribute_that_becomes_unique_is_checked_at_the_start)
{
    open();
    insert(make(user(), "1", {{"userName", "a"}, {"title", "One"}}));
    insert(make(user(), "2", {{"userName", "b"}, {"title", "Two"}}));
    registry = changed_registry(true, true);
    open();
    BOOST_TEST(find("title eq \"two\"", user()).resources.size() == 1U);
    Resource twin = make(user(), "3", {{"userName", "c"}, {"title", "ONE"}});
    auto const refused = write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const done = transaction.insert(twin, rules->facts_of(twin));
            return done ? result<void>{} : result<void>{done.error()};
        });
    BOOST_TEST((refused.error().code == ErrorCode::uniqueness));
    BOOST_TEST(refused.error().attribute == "title");

    engine = memory::make_engine();
    registry = changed_registry(true, false);
    open();
    insert(make(user(), "1", {{"userName", "a"}, {"title", "same"}}));
    insert(make(user(), "2", {{"userName", "b"}, {"title", "SAME"}}));
    registry = changed_registry(true, true);
    BOOST_TEST((try_open().error().code == ErrorCode::uniqueness));
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_served_for_a_while_keeps_its_data)
{
    open();
    add_people();
    auto const everything = registry;
    registry = lamps_alone();
    open();
    registry = everything;
    open();
    BOOST_TEST((find("userName pr", user(), 1).summary.total == 600U));
    BOOST_TEST(find("displayName eq \"all\"", group()).resources.size() == 1U);
}

// A server makes a service for each tenant when somebody asks for it: a look at all tenants, ten thousand times, takes
// minutes.
BOOST_AUTO_TEST_CASE(to_attach_another_time_costs_nothing_for_each_tenant)
{
    open();
    auto const cost_of_another = [&]
    {
        *counts = {};
        BOOST_REQUIRE(store->attach(lamps_alone()).has_value());
        return counts->all();
    };
    put_one_user("tenant");
    (void)cost_of_another(); // its type is new
    auto const among_few = cost_of_another();
    for (int i = 0; i < 50; ++i)
        put_one_user("tenant" + std::to_string(i));
    BOOST_TEST(cost_of_another() == among_few);

    *counts = {};
    auto const again = store->attach(registry);
    BOOST_TEST(counts->all() == 0U, "one registry is attached as one");
    BOOST_TEST((*again == attachment));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
