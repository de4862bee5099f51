// The custom_store sample through the conformance kit, as the author of a store over tables would have it: with a
// profile of what the tables keep. With and without push-down.
#include <scimkit/store/conformance.hpp>

#include "application_sql.hpp"
#include "pushdown_store.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>

namespace scimkit
{

std::ostream& operator<<(std::ostream& out, ConformanceCase const& one) { return out << one.name; }

namespace
{

ConformanceProfile profile()
{
    ConformanceProfile profile{.registry = sample::application_registry(),
                               .types = {{"User", {}}, {"Group", {}}},
                               .members = {{.of = {"User"}, .must_exist = true}},
                               .tenants = {"default"}};
    for (std::string_view path : sample::sql::user_columns)
        profile.types[0].attributes.push_back({.path = std::string{path}});
    for (std::string_view path : sample::sql::group_columns)
        profile.types[1].attributes.push_back({.path = std::string{path}});
    std::ranges::find(profile.types[0].attributes, "active", &KeptAttribute::path)->if_absent = true;
    return profile;
}

struct Way
{
    std::string name;
    StoreFactory make;

    friend std::ostream& operator<<(std::ostream& out, Way const& way) { return out << way.name; }
};

std::vector<Way> ways()
{
    static auto const registry = sample::application_registry();
    return {{"SmallStore", [] { return adapt_small_store(sample::open_application_store(":memory:", *registry)); }},
            {"push-down", [] { return sample::open_pushdown_store(":memory:", *registry); }}};
}

BOOST_AUTO_TEST_SUITE(custom_store_conformance)

BOOST_DATA_TEST_CASE(the_sample_conforms_to_its_profile,
                     boost::unit_test::data::make(ways()) *
                         boost::unit_test::data::make(profile_conformance_cases(profile())),
                     way, one)
{
    ConformanceReport const report = one.run(way.make);
    BOOST_TEST_INFO(to_string(report));
    BOOST_TEST(report.passed());
    if (!report.skipped.empty())
        BOOST_TEST_MESSAGE(way.name << ", " << one.name << ": " << to_string(report));
}

BOOST_AUTO_TEST_CASE(most_of_the_kit_applies_to_the_sample)
{
    std::size_t ran = 0;
    for (ConformanceCase const& one : profile_conformance_cases(profile()))
        ran += one.run(ways().front().make).skipped.empty() ? 1 : 0;
    BOOST_TEST(ran >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
