// The bodies of transactions are handed on by function_ref: it must call the very object that it was given, and copy
// nothing.
#include <scimkit/core/function_ref.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(function_reference)

namespace
{

int call_with_three(function_ref<int(int)> callee) { return callee(3); }
int twice(int n) { return 2 * n; }

} // namespace

BOOST_AUTO_TEST_CASE(lambdas_and_functions_are_called)
{
    int offset = 4;
    BOOST_TEST(call_with_three([&offset](int n) { return n + offset; }) == 7);
    BOOST_TEST(call_with_three(twice) == 6);
}

BOOST_AUTO_TEST_CASE(state_of_the_callee_changes_in_place)
{
    int sum = 0;
    auto add = [&sum](int n) mutable { return sum += n; };
    call_with_three(add);
    call_with_three(add);
    BOOST_TEST(sum == 6);
}

BOOST_AUTO_TEST_CASE(arguments_that_only_move_pass_through)
{
    auto take = [](std::unique_ptr<std::string> text) { return *text; };
    function_ref<std::string(std::unique_ptr<std::string>)> const callee(take);
    BOOST_TEST(callee(std::make_unique<std::string>("moved")) == "moved");
}

BOOST_AUTO_TEST_SUITE_END()
