// Every row of filter-cases.tsv is a test case of its own, in strict and in tolerant mode. A row that this room
// answers differently, with the reason in waivers.tsv, is tested for what is right elsewhere.

#include <scimkit/filter/bind.hpp>

#include "case_table.hpp"
#include "registry.hpp"

#include <boost/test/unit_test.hpp>

#include <cctype>

namespace
{

using namespace scimkit;
using filter_test::Case;

struct Read
{
    bool accepted = false;
    std::string tree{};     ///< of what was accepted
    std::string sentence{}; ///< why it was not
    ErrorCode code{};
};

template <class Tree>
Read outcome(result<Tree> const& read)
{
    return read ? Read{.accepted = true, .tree = filter_test::notation(*read)}
                : Read{.sentence = read.error().detail, .code = read.error().code};
}

bool is_filter(Case const& row) { return row.kind.starts_with("filter"); }

Read read(Case const& row, FilterSyntax const& syntax)
{
    return is_filter(row) ? outcome(parse_filter(row.input, syntax)) : outcome(parse_path(row.input, syntax));
}

void check_accepted(Case const& row, FilterSyntax const& syntax)
{
    Read const answer = read(row, syntax);
    BOOST_TEST(answer.accepted, answer.sentence);
    BOOST_TEST(answer.tree == row.expect);
}

void check_refused(Case const& row, FilterSyntax const& syntax, std::string_view scim_type)
{
    Read const answer = read(row, syntax);
    BOOST_TEST(!answer.accepted, "accepted as " << answer.tree);
    BOOST_TEST(scim_type_of(answer.code) == scim_type);
    BOOST_TEST(answer.sentence.size() < 250U);
}

/// What an -ok row becomes in strict mode.
std::string_view strict_refusal(Case const& row)
{
    bool const fault_in_brackets =
        row.input.find('[') != std::string::npos && row.input.find(" [") == std::string::npos &&
        row.input.find("] ") == std::string::npos && row.input.find(". ") == std::string::npos;
    return is_filter(row) || fault_in_brackets ? "invalidFilter" : "invalidPath";
}

/// Paths may have words without quotation marks, filters of searches may not.
FilterSyntax tolerant_of(Case const& row)
{
    auto syntax = filter_test::tolerant;
    syntax.unquoted_values = !is_filter(row);
    return syntax;
}

template <class Tree>
Error binding_error(result<Tree> const& tree, Case const& row, std::string_view type)
{
    BOOST_TEST_REQUIRE(tree.has_value(), "a [schema] row must parse: " << row.input);
    auto const bound = bind(*tree, filter_test::type(type));
    BOOST_TEST(bound.has_error(), "bound to " << type);
    return bound ? Error{} : bound.error();
}

void check_refused_by_schema(Case const& row)
{
    for (std::string_view const type : {"User", "Group"})
    {
        Error const error = is_filter(row) ? binding_error(parse_filter(row.input), row, type)
                                           : binding_error(parse_path(row.input), row, type);
        // Of a Group most of these attributes are simply unknown: then the path is at fault, not its filter.
        bool const unknown_path = type == "Group" && error.code == ErrorCode::invalid_path;
        BOOST_TEST((unknown_path || scim_type_of(error.code) == row.expect), error.detail);
    }
}

void check(Case const& row)
{
    if (row.tag == "schema")
    {
        check_refused_by_schema(row);
    }
    else if (row.kind.ends_with("-bad"))
    {
        check_refused(row, {}, row.expect);
        check_refused(row, tolerant_of(row), row.expect);
    }
    else
    {
        check_accepted(row, tolerant_of(row));
        if (row.tag == "lenient")
            check_refused(row, {}, strict_refusal(row));
        else
            check_accepted(row, {});
    }
}

/// "line_101_filter_ok_userName_eq_ada": what --run_test can name.
std::string name_of(Case const& row)
{
    constexpr std::size_t longest = 60;
    std::string name = "line_" + std::to_string(row.line) + '_' + row.kind + '_' + row.source.substr(0, longest);
    for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

bool add_cases()
{
    namespace test = boost::unit_test;
    auto* const suite = BOOST_TEST_SUITE("filter_cases");
    for (Case const& row : filter_test::read_cases())
    {
        auto* const test_case =
            test::make_test_case([row] { check(row); }, name_of(row), __FILE__, static_cast<std::size_t>(__LINE__));
        suite->add(test_case);
    }
    test::framework::master_test_suite().add(suite);
    return true;
}

bool const cases_added = add_cases();

} // namespace

BOOST_AUTO_TEST_CASE(the_case_table_is_there)
{
    BOOST_TEST(cases_added);
    BOOST_TEST(filter_test::read_cases().size() > 400U);
}
