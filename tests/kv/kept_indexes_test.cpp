// Tools beside a server: they open its database without knowing its indexes, and must not drop, renumber or lack one.
#include <scimkit/schema/registry.hpp>

#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct KeptIndexesFixture : test::KvFixture
{
    StoreOptions const keeping{.keep_indexes = true};

    static std::shared_ptr<SchemaRegistry const> lamps_with(std::string const& attribute)
    {
        return SchemaRegistry::Builder{}
            .add(Schema{.id = "urn:example:Lamp", .name = "Lamp", .attributes = {{.name = attribute}}})
            .add(ResourceTypeDefinition{.name = "Lamp", .endpoint = "/Lamps", .schema = "urn:example:Lamp"})
            .build()
            .value();
    }

    void add_people(int first, int last)
    {
        for (int i = first; i < last; ++i)
            insert(make(user(), "u-" + std::to_string(1'000 + i),
                        {{"userName", "name" + std::to_string(i)}, {"title", "t" + std::to_string(i)}}));
    }
};

BOOST_FIXTURE_TEST_SUITE(kept_indexes, KeptIndexesFixture)

BOOST_AUTO_TEST_CASE(who_keeps_indexes_neither_drops_nor_renumbers_one)
{
    StoreOptions const server{.indexes = {"title", "displayName", "userName"}};
    open(server);
    add_people(0, 200);
    *counts = {};
    open(keeping);
    BOOST_TEST(counts->writes < 8U, "nothing is made anew");
    add_people(200, 201);
    for (StoreOptions const& options : {keeping, server})
    {
        *counts = {};
        open(options);
        BOOST_TEST(counts->writes < 8U, "nothing is made anew");
        *counts = {};
        BOOST_TEST(find("title eq \"t200\"", user()).resources.size() == 1U);
        BOOST_TEST(counts->all() < 12U, "the index finds what the tool has written");
    }
}

BOOST_AUTO_TEST_CASE(an_index_that_is_kept_needs_its_attribute)
{
    registry = lamps_with("color");
    open({.indexes = {"color"}});
    registry = lamps_with("watts");
    auto const opened = try_open(keeping);
    BOOST_REQUIRE(opened.has_error());
    BOOST_TEST((opened.error().code == ErrorCode::invalid_value));
    BOOST_TEST(opened.error().attribute == "color");
    open({.indexes = {"watts"}});
}

BOOST_AUTO_TEST_CASE(a_type_that_is_new_to_the_database_has_the_indexes_of_the_options)
{
    registry = lamps_with("color");
    open({.indexes = {"color"}});
    registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    open({.indexes = {"title", "userName"}, .keep_indexes = true});
    add_people(0, 200);
    *counts = {};
    BOOST_TEST(find("title eq \"t150\"", user()).resources.size() == 1U);
    BOOST_TEST(counts->all() < 12U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
