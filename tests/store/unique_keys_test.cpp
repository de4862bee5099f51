// Which values nobody else may have (RFC 7643 section 2.2, uniqueness). A key too few gives two people one name, one
// too many refuses somebody whose name is free.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>

#include <boost/test/unit_test.hpp>

namespace scimkit
{
namespace
{

constexpr std::string_view extra_uri = "urn:example:extra:1.0:User";

Schema extra_schema()
{
    return {.id = std::string{extra_uri},
            .name = "Extra",
            .attributes = {{.name = "badge", .case_exact = true, .uniqueness = Uniqueness::server},
                           {.name = "number", .type = AttributeType::integer, .uniqueness = Uniqueness::global},
                           {.name = "tags", .multi_valued = true}}};
}

struct FactsFixture
{
    std::shared_ptr<SchemaRegistry const> registry =
        SchemaRegistry::Builder{}.add_rfc7643().add(extra_schema()).extend("User", extra_uri).build().value();
    ResourceType const& user = *registry->find_resource_type("User");
    ResourceType const& group = *registry->find_resource_type("Group");

    UniqueKeyRules rules(std::vector<UniqueKeyRules::AlsoUnique> const& also = {})
    {
        return UniqueKeyRules::make(*registry, also).value();
    }

    ErrorCode refusal(std::vector<UniqueKeyRules::AlsoUnique> const& also)
    {
        auto const made = UniqueKeyRules::make(*registry, also);
        BOOST_TEST(!made);
        BOOST_TEST(made.error().detail.find('\'') != std::string::npos, "the detail names the attribute");
        return made.error().code;
    }

    Resource resource(ResourceType const& type, json::object attributes) const
    {
        Resource made;
        made.type = &type;
        made.id = "id";
        made.created = Instant{std::chrono::seconds{10}};
        made.attributes = std::move(attributes);
        return made;
    }
};

BOOST_FIXTURE_TEST_SUITE(facts, FactsFixture)

BOOST_AUTO_TEST_CASE(unique_attributes_of_the_schema_give_keys_in_their_case_rule,
                     *boost::unit_test::label("7643-4.1.1-b") * boost::unit_test::label("7643-7-zf"))
{
    auto const facts = rules().facts_of(
        resource(user, {{"userName", "Ada"}, {std::string{extra_uri}, {{"badge", "X-1"}, {"number", 7}}}}));
    BOOST_REQUIRE(facts.unique_keys.size() == 3U);
    BOOST_TEST(facts.unique_keys[0].attribute.path() == "userName");
    BOOST_TEST(facts.unique_keys[0].value == "ada");
    BOOST_TEST(facts.unique_keys[1].attribute.path() == std::string{extra_uri} + ":badge");
    BOOST_TEST(facts.unique_keys[1].value == "X-1");
    BOOST_TEST(facts.unique_keys[2].value == "7");
}

BOOST_AUTO_TEST_CASE(values_that_are_not_unique_give_no_key,
                     *boost::unit_test::label("7643-3.1-n") * boost::unit_test::label("7643-4.2-c"))
{
    BOOST_TEST(rules().facts_of(resource(group, {{"displayName", "all"}, {"externalId", "x"}})).unique_keys.empty());
}

BOOST_AUTO_TEST_CASE(an_application_may_make_more_attributes_unique)
{
    auto const facts =
        rules({{"Group", "displayName"}, {"Group", "displayName"}}).facts_of(resource(group, {{"displayName", "All"}}));
    BOOST_REQUIRE(facts.unique_keys.size() == 1U);
    BOOST_TEST(facts.unique_keys[0].value == "all");
}

BOOST_AUTO_TEST_CASE(each_distinct_value_of_a_multi_valued_attribute_gives_one_key)
{
    auto const facts =
        rules({{"User", "emails.value"}})
            .facts_of(resource(
                user, {{"emails", {{{"value", "B@x"}}, {{"value", "a@x"}}, {{"value", "b@X"}}, {{"type", "work"}}}}}));
    BOOST_REQUIRE(facts.unique_keys.size() == 2U);
    BOOST_TEST(facts.unique_keys[0].value == "a@x");
    BOOST_TEST(facts.unique_keys[1].value == "b@x");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_unique_is_refused)
{
    BOOST_TEST((refusal({{"User", "active"}}) == ErrorCode::invalid_value));
    BOOST_TEST((refusal({{"User", "meta.created"}}) == ErrorCode::invalid_value));
    BOOST_TEST((refusal({{"Robot", "displayName"}}) == ErrorCode::invalid_value));
    BOOST_TEST((refusal({{"Group", "userName"}}) == ErrorCode::invalid_value));
    BOOST_TEST((refusal({{"User", "name"}}) == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
