// The conformance kit over PostgreSQL: a schema of its own for each store.
#include <scimkit/store/conformance.hpp>

#include "postgresql_fixture.hpp"
#include "support/seed.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <ostream>

namespace scimkit
{

std::ostream& operator<<(std::ostream& out, ConformanceCase const& one) { return out << one.name; }

namespace
{

struct Way
{
    std::string name;
    StoreFactory make;

    friend std::ostream& operator<<(std::ostream& out, Way const& way) { return out << way.name; }
};

std::shared_ptr<ResourceStore> without_index()
{
    kv::StoreOptions options;
    options.indexes.clear();
    return test::new_postgresql_store({}, options);
}

std::vector<Way> ways()
{
    return {{"serializable", [] { return test::new_postgresql_store(); }},
            {"repeatable read",
             [] { return test::new_postgresql_store({.isolation = postgresql::Isolation::repeatable_read}); }},
            {"without indexes", without_index}};
}

std::vector<ConformanceCase> cases()
{
    return store_conformance_cases({.seed = static_cast<std::uint32_t>(test::process_seed())});
}

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(NeedsPostgresql);

BOOST_AUTO_TEST_SUITE(postgresql_conformance)

BOOST_DATA_TEST_CASE(a_store_conforms, boost::unit_test::data::make(ways()) * boost::unit_test::data::make(cases()),
                     way, conformance_case)
{
    ConformanceReport const report = conformance_case.run(way.make);
    BOOST_TEST_INFO(to_string(report));
    BOOST_TEST(report.passed());
    if (!report.skipped.empty())
        BOOST_TEST_MESSAGE(way.name << ", " << conformance_case.name << ": " << to_string(report));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit
