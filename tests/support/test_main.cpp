// The one main() of every test executable. BOOST_TEST_MODULE would make one, but only if it comes before Boost.Test's
// header, and that is precompiled.
#include <boost/test/unit_test.hpp>

namespace
{

bool name_the_suite()
{
    boost::unit_test::framework::master_test_suite().p_name.value = "scimkit";
    return true;
}

} // namespace

int main(int argc, char** argv) { return boost::unit_test::unit_test_main(&name_the_suite, argc, argv); }
