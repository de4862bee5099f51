// The values under which a resource is found, and what no index can be made of.
#include <scimkit/kv/indexes.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "kv/index_entries.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::kv
{
namespace
{

constexpr std::string_view extra_uri = "urn:example:extra:1.0:User";

struct IndexEntriesFixture
{
    std::shared_ptr<SchemaRegistry const> registry =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(Schema{
                .id = std::string{extra_uri}, .name = "Extra", .attributes = {{.name = "tags", .multi_valued = true}}})
            .extend("User", extra_uri)
            .build()
            .value();
    ResourceType const& user = *registry->find_resource_type("User");
    ResourceType const& group = *registry->find_resource_type("Group");

    result<Catalog> catalog(std::vector<std::string> indexes)
    {
        return Catalog::make(registry, {.indexes = std::move(indexes)}, {}, 511);
    }

    result<void> check(std::vector<std::string> const& indexes) { return check_indexes(indexes, *registry); }

    Resource resource(json::object attributes) const
    {
        Resource made;
        made.type = &user;
        made.id = "id";
        made.created = Instant{std::chrono::seconds{10}};
        made.attributes = std::move(attributes);
        return made;
    }
};

std::string text_of(IndexEntry const& entry) { return std::get<StringKey>(entry.value).key; }

BOOST_FIXTURE_TEST_SUITE(entries, IndexEntriesFixture)

BOOST_AUTO_TEST_CASE(a_unique_key_that_is_at_hand_gives_the_same_entry)
{
    auto const made = catalog({"displayName", "userName"}).value();
    Resource const ada = resource({{"userName", "ADA"}});
    auto const facts = UniqueKeyRules::make(*registry).value().facts_of(ada);
    for (auto const& known : {facts.unique_keys, std::vector<UniqueKey>{}})
    {
        auto const entries = index_entries(made.of(user), ada, known);
        BOOST_REQUIRE(entries.size() == 1U);
        BOOST_TEST(entries[0].index == 1U);
        BOOST_TEST(text_of(entries[0]) == "ada");
    }
}

BOOST_AUTO_TEST_CASE(each_distinct_value_of_a_multi_valued_attribute_gives_one_entry)
{
    auto const made = catalog({"emails.value", std::string{extra_uri} + ":tags"}).value();
    auto const entries = index_entries(
        made.of(user),
        resource({{"emails", {{{"value", "B@x"}}, {{"value", "a@x"}}, {{"value", "b@X"}}, {{"type", "work"}}}},
                  {std::string{extra_uri}, {{"tags", {"t", "T", "s"}}}}}));
    BOOST_REQUIRE(entries.size() == 4U);
    BOOST_TEST(text_of(entries[0]) == "a@x");
    BOOST_TEST(text_of(entries[1]) == "b@x");
    BOOST_TEST(text_of(entries[2]) == "s");
    BOOST_TEST(text_of(entries[3]) == "t");
    BOOST_TEST(entries[3].index == 1U);
}

BOOST_AUTO_TEST_CASE(timestamps_come_from_the_resource)
{
    auto const made = catalog({"meta.created"}).value();
    auto const entries = index_entries(made.of(user), resource({}));
    BOOST_REQUIRE(entries.size() == 1U);
    BOOST_TEST((std::get<Instant>(entries[0].value) == Instant{std::chrono::seconds{10}}));
}

BOOST_AUTO_TEST_CASE(an_index_is_resolved_per_type)
{
    auto const made = catalog({"userName", "displayName"}).value();
    AttributeRef const user_name = user.resolve({.name = "USERNAME"}).value();
    BOOST_REQUIRE((made.find_index(user, user_name) != nullptr));
    BOOST_TEST(made.find_index(user, user_name)->number == 0U);
    BOOST_TEST((made.find_index(group, group.resolve({.name = "displayName"}).value())->number == 1U));
    BOOST_TEST((made.find_index(user, user.resolve({.name = "title"}).value()) == nullptr));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_indexed_is_refused)
{
    for (char const* path :
         {"name", "password", "members.value", "id", "meta.version", "meta.location", "schemas", "no name", "a.b.c"})
    {
        auto const made = catalog({path});
        auto const checked = check({path});
        BOOST_REQUIRE((made.has_error() && checked.has_error()));
        for (Error const& refused : {made.error(), checked.error()})
        {
            BOOST_TEST((refused.code == ErrorCode::invalid_value), path);
            BOOST_TEST(refused.detail.find('\'') != std::string::npos, "the detail names the attribute");
        }
    }
}

// Tenants, and what keeps requests that wait, have registries with other types, over the same store.
BOOST_AUTO_TEST_CASE(an_index_of_what_no_type_of_a_registry_has_is_no_error_but_where_its_name_is_checked)
{
    BOOST_TEST(catalog({"title", "noSuch"}).has_value());
    BOOST_TEST(check({"title", "displayName", std::string{extra_uri} + ":tags"}).has_value());
    auto const wrong = check({"title", "titel"});
    BOOST_REQUIRE(wrong.has_error());
    BOOST_TEST((wrong.error().code == ErrorCode::invalid_value));
    BOOST_TEST(wrong.error().detail == "The index 'titel' is not an attribute of any resource type.");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
