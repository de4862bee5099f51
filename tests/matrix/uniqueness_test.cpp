// A value that is to be unique belongs to one resource, on every way in and every store (RFC 7643 section 7,
// "uniqueness"; RFC 7644 sections 3.3, 3.5.1 and 3.12).
#include "matrix.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(uniqueness)

namespace
{

bool is_text(Cell const& cell)
{
    return cell.attribute.type == AttributeType::string || cell.attribute.type == AttributeType::reference;
}

json::value in_other_case(json::value const& value)
{
    if (auto const* const elements = value.if_array())
        return json::array{in_other_case(elements->front())};
    if (!value.is_string())
        return value;
    std::string text{value.as_string()};
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return json::value(text);
}

void check_conflict(Outcome const& outcome, bool conflicts)
{
    BOOST_TEST(outcome.succeeded() == !conflicts, outcome.status);
    if (conflicts)
    {
        BOOST_TEST(outcome.status == 409);
        BOOST_TEST(outcome.scim_type == "uniqueness");
    }
}

void try_cell(Matrix const& matrix, Cell const& cell, Way way, bool other_case)
{
    auto const holder = matrix.seed(cell, cell.first);
    auto const value = other_case ? in_other_case(cell.first) : cell.first;
    bool const can_be_sent = cell.attribute.mutability != Mutability::read_only;
    bool const is_taken = !other_case || !is_text(cell) || !cell.attribute.case_exact;
    // What is readOnly is ignored (7644 3.3), so that nothing can conflict.
    std::string made;
    check_conflict(matrix.post(cell, value, way, &made), can_be_sent && is_taken);
    if (!made.empty())
        matrix.scim().del(cell.endpoint() + "/" + made);
    auto const put = matrix.seed(cell, nullptr);
    auto const sent = is_taken ? value : cell.second;
    check_conflict(matrix.put(cell, put, sent, way), can_be_sent && is_taken);
    if (can_be_sent)
    {
        auto const added = matrix.seed(cell, nullptr);
        check_conflict(matrix.patch(cell, added, "add", value, way), is_taken);
        if (!is_taken)
            matrix.scim().del(cell.endpoint() + "/" + added);
    }
    // Its own value is no conflict, and what is gone is free.
    if (can_be_sent)
    {
        check_conflict(matrix.put(cell, holder, cell.first, way), false);
        matrix.scim().del(cell.endpoint() + "/" + holder);
        auto const heir = matrix.seed(cell, nullptr);
        check_conflict(matrix.patch(cell, heir, "replace", cell.first, way), false);
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_value_that_is_taken_is_a_conflict_as_caseExact_compares)
{
    for_runs(
        [](Run const& run)
        {
            for (bool const other_case : {false, true})
                for (Way const way : {Way::request, Way::bulk})
                {
                    Matrix const matrix{run.strict, run.store.make()};
                    std::size_t row = other_case ? 1 : 0;
                    for (Cell const& cell : unique_cells())
                        if (std::ranges::count(run.ways(row++), way) == 1)
                            BOOST_TEST_CONTEXT(cell << (other_case ? ", other case, " : ", ") << run
                                                    << (way == Way::bulk ? ", in a Bulk" : ""))
                    try_cell(matrix, cell, way, other_case);
                }
        });
}

BOOST_AUTO_TEST_SUITE_END()
