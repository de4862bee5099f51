// A profile promises a client that it will be understood. Finds profiles whose rulings their own switches contradict,
// that differ in nothing, or that take more of the schemas than they ask for.
#include <scimkit/tolerance/profile.hpp>

#include "support.hpp"

#include <set>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(profiles_of_services)

namespace
{

std::shared_ptr<SchemaRegistry const> rfc7643() { return SchemaRegistry::Builder{}.add_rfc7643().build().value(); }

} // namespace

BOOST_AUTO_TEST_CASE(each_profile_has_a_name_of_its_own_and_is_found_by_it)
{
    std::set<std::string> names;
    for (auto const& profile : profiles())
    {
        BOOST_REQUIRE(profile);
        BOOST_TEST(names.insert(profile->name).second, profile->name);
        BOOST_TEST(profile->about.ends_with('.'), profile->name);
        BOOST_TEST((find_profile(profile->name) == profile));
    }
    for (auto const* name : {"default", "strict", "interop-02", "ipsie-al1", "ipsie-al2"})
        BOOST_TEST(names.contains(name), name);
    for (auto const* name : {"", "Interop-02", "interop", "no-such"})
        BOOST_TEST(!find_profile(name), name);
}

BOOST_AUTO_TEST_CASE(a_profile_keeps_its_own_rulings)
{
    for (auto const& profile : profiles())
        for (Ruling const& ruling : profile->rulings)
        {
            BOOST_TEST(!ruling.clause.empty());
            if (ruling.about != Ruling::About::tolerance)
                continue;
            Tolerance other = profile->tolerance;
            BOOST_REQUIRE(!!other.set(ruling.subject, ruling.value));
            BOOST_TEST((other == profile->tolerance), profile->name << ": " << ruling.subject);
        }
}

BOOST_AUTO_TEST_CASE(an_identity_provider_has_a_profile_only_where_it_differs)
{
    std::set<std::string> const general{"default", "strict", "ipsie-al1", "ipsie-al2"};
    for (auto const& profile : profiles())
        if (!general.contains(profile->name))
        {
            BOOST_TEST((profile->tolerance != Tolerance{}), profile->name);
            BOOST_TEST((profile->tolerance != Tolerance::strict()), profile->name);
        }
    BOOST_TEST((find_profile("default")->tolerance == Tolerance{}));
    BOOST_TEST((find_profile("strict")->tolerance == Tolerance::strict()));
}

BOOST_AUTO_TEST_CASE(a_registry_is_changed_only_where_a_profile_asks_for_it)
{
    auto const registry = rfc7643();
    for (auto const* name : {"default", "strict", "entra", "okta", "ipsie-al1"})
        BOOST_TEST((registry_for(*find_profile(name), registry).value() == registry), name);

    auto const interop = registry_for(*find_profile("interop-02"), registry).value();
    auto const type_of = [](SchemaRegistry const& of, std::string_view attribute)
    { return of.find_schema(urn::user)->find_attribute(attribute)->find_sub_attribute("type")->canonical_values; };
    BOOST_TEST((type_of(*interop, "roles") == std::vector<std::string>{"other"}));
    BOOST_TEST((type_of(*interop, "emails") == type_of(*registry, "emails")));
    BOOST_TEST((interop->find_schema(urn::user)->find_attribute("password") != nullptr));

    auto const al2 = registry_for(*find_profile("ipsie-al2"), registry).value();
    BOOST_TEST((al2->find_schema(urn::user)->find_attribute("password") == nullptr));
    BOOST_TEST((type_of(*al2, "roles") == type_of(*registry, "roles")));
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_required_cannot_be_taken_away)
{
    auto const registry =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(Schema{.id = "urn:example:pin",
                        .name = "Pin",
                        .attributes = {{.name = "pin", .required = true, .mutability = Mutability::write_only}}})
            .extend("User", "urn:example:pin", true)
            .build()
            .value();
    auto const made = registry_for(*find_profile("ipsie-al2"), registry);
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().detail == "keep_only: pin of User is required and cannot be left out.");
}

BOOST_AUTO_TEST_SUITE_END()
