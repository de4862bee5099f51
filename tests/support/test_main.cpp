// The one main() of every test executable. Written out, since Boost.Test makes one only of a macro that has to come
// before its header, and that is precompiled.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <iostream>

namespace
{

bool name_the_suite()
{
    boost::unit_test::framework::master_test_suite().p_name.value = "scimkit";
    return true;
}

} // namespace

int main(int argc, char* argv[]) { return boost::unit_test::unit_test_main(&name_the_suite, argc, argv); }
