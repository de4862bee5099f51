// Filters on a `$ref` that no store has, as filters on what it is computed from.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>

#include "fixture.hpp"
#include "membership/reference_filter.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_reference_filter)

namespace
{

BoundFilter seen(Memberships const& world, std::string_view filter)
{
    auto bound = bind(parse_filter(filter).value(), world.group()).value();
    see_computed_references(bound, world.rules.of(world.group()), world.rules.base_url, false).value();
    return bound;
}

bool finds(Memberships const& world, std::string_view filter, json::array members)
{
    Resource group{.type = &world.group(), .id = "g"};
    if (!members.empty())
        group.attributes["members"] = std::move(members);
    return matches(seen(world, filter), group.view());
}

json::array const ada_and_a_group{json::object{{"value", "ada"}, {"type", "User"}},
                                  json::object{{"value", "staff"}, {"type", "Group"}}};

} // namespace

BOOST_AUTO_TEST_CASE(a_uri_is_found_by_the_id_and_the_type_that_it_is_made_of)
{
    Memberships const world;
    auto const found = [&](std::string_view filter) { return finds(world, filter, ada_and_a_group); };
    BOOST_TEST(found(R"(members.$ref eq "https://example.com/v2/Users/ada")"));
    BOOST_TEST(found(R"(members.$ref eq "../Groups/staff")"));
    BOOST_TEST(!found(R"(members.$ref eq "https://example.com/v2/Groups/ada")"));
    BOOST_TEST(!found(R"(members.$ref eq "https://example.com/v2/Users/ADA")"));
    BOOST_TEST(!found(R"(members.$ref eq "https://elsewhere.example/Users/ada")"));
    BOOST_TEST(found(R"(members[$ref eq "../Users/ada" and type eq "User"])"));
    BOOST_TEST(!found(R"(members[$ref eq "../Users/ada" and type eq "Group"])"));
    BOOST_TEST(found(R"(not (members.$ref eq "../Users/bob"))"));
}

BOOST_AUTO_TEST_CASE(unequal_means_some_other_element_or_none)
{
    Memberships const world;
    constexpr std::string_view not_ada = R"(members.$ref ne "../Users/ada")";
    BOOST_TEST(finds(world, not_ada, ada_and_a_group));
    BOOST_TEST(!finds(world, not_ada, {{{"value", "ada"}, {"type", "User"}}}));
    BOOST_TEST(finds(world, not_ada, {}));
}

BOOST_AUTO_TEST_CASE(it_is_present_where_it_can_be_computed)
{
    Memberships const world;
    BOOST_TEST(finds(world, "members.$ref pr", ada_and_a_group));
    BOOST_TEST(!finds(world, "members.$ref pr", {{{"value", "unknown"}}}));
    BOOST_TEST(!finds(world, "members.$ref pr", {}));
}

BOOST_AUTO_TEST_CASE(what_nothing_stored_could_answer_is_refused)
{
    Memberships const world;
    for (std::string_view const filter : {R"(members.$ref co "Users")", R"(members[$ref sw "https"])"})
    {
        auto bound = bind(parse_filter(filter).value(), world.group()).value();
        auto const done = see_computed_references(bound, world.rules.of(world.group()), world.rules.base_url, false);
        BOOST_REQUIRE(!done);
        BOOST_TEST((done.error().code == ErrorCode::invalid_filter));
        BOOST_TEST(done.error().attribute == "members.$ref");
    }
}

BOOST_AUTO_TEST_SUITE_END()
