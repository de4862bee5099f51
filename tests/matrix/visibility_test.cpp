// Who sees an attribute, and who may ask for it, by what its definition says of `returned`, `caseExact` and type.
#include "matrix.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(visibility)

namespace
{

enum class Asked
{
    plainly,
    by_name,      ///< attributes=it
    for_another,  ///< attributes=anchor
    without,      ///< excludedAttributes=it
    in_the_write, ///< what sent it
};

/// RFC 7643 section 7, "returned"; RFC 7644 section 3.9.
struct Rule
{
    std::string_view section;
    Asked asked;
    bool always;
    bool by_default;
    bool on_request;
};

constexpr Rule rules[] = {
    {"7643 7: request: only if it is asked for", Asked::plainly, true, true, false},
    {"7644 3.9: attributes names what is returned", Asked::by_name, true, true, true},
    {"7644 3.9: what is always returned comes along", Asked::for_another, true, false, false},
    {"7644 3.9: excludedAttributes spares what is always returned", Asked::without, true, false, false},
    {"7643 7: request: also where the client sent it", Asked::in_the_write, true, true, true},
};

bool is_shown(Rule const& rule, Returned returned)
{
    switch (returned)
    {
    case Returned::always:
        return rule.always;
    case Returned::by_default:
        return rule.by_default;
    case Returned::on_request:
        return rule.on_request;
    case Returned::never:
        break;
    }
    return false; // 7643 7: never
}

std::string query_of(Cell const& cell, Asked asked)
{
    switch (asked)
    {
    case Asked::by_name:
        return "attributes=" + cell.path;
    case Asked::for_another:
        return "attributes=anchor";
    case Asked::without:
        return "excludedAttributes=" + cell.path;
    case Asked::plainly:
    case Asked::in_the_write:
        break;
    }
    return {};
}

/// Of text, where letter case counts or not; of URIs and bytes it always does.
bool has_case(Cell const& cell)
{
    return cell.attribute.type == AttributeType::string || cell.attribute.type == AttributeType::reference ||
           cell.attribute.type == AttributeType::binary;
}

json::object search(json::object more)
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"};
    return more;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_shows_what_returned_says)
{
    for (NamedStore const& store : all_stores())
    {
        Matrix const matrix{false, store.make()};
        for (Cell const& cell : all_cells())
            for (Rule const& rule : rules)
                BOOST_TEST_CONTEXT(cell << ": " << rule.section << ", " << store)
                {
                    bool const wanted = is_shown(rule, cell.attribute.returned);
                    if (rule.asked == Asked::in_the_write)
                    {
                        if (cell.attribute.mutability == Mutability::read_only)
                            continue;
                        auto const id = matrix.seed(cell, nullptr);
                        for (Outcome const& outcome : {matrix.post(cell, cell.first, Way::request),
                                                       matrix.patch(cell, id, "add", cell.first, Way::request),
                                                       matrix.put(cell, id, cell.first, Way::request)})
                        {
                            BOOST_TEST(outcome.succeeded());
                            BOOST_TEST(!shown_value(outcome.body, cell).is_null() == wanted);
                        }
                        continue;
                    }
                    auto const id = matrix.seed(cell, cell.first);
                    auto const query = query_of(cell, rule.asked);
                    Reply const one =
                        matrix.scim().get(cell.endpoint() + "/" + id + (query.empty() ? "" : "?" + query));
                    BOOST_TEST(one.status == 200);
                    BOOST_TEST(!shown_value(one.body, cell).is_null() == wanted);
                    if (wanted)
                        BOOST_TEST((shown_value(one.body, cell) == cell.first));
                    Reply const many = matrix.scim().get(cell.endpoint() + "?filter=id eq \"" + id + "\"&" + query);
                    BOOST_REQUIRE(many.size("/Resources") == 1);
                    BOOST_TEST(!shown_value(*many.find("/Resources/0"), cell).is_null() == wanted);
                    matrix.scim().del(cell.endpoint() + "/" + id);
                }
    }
}

BOOST_AUTO_TEST_CASE(a_filter_finds_what_may_be_seen_and_compares_as_caseExact_says)
{
    for (NamedStore const& store : all_stores())
    {
        Matrix const matrix{false, store.make()};
        for (Cell const& cell : all_cells())
            BOOST_TEST_CONTEXT(cell << ", " << store)
            {
                auto const id = matrix.seed(cell, cell.first);
                auto const other = matrix.seed(cell, cell.second);
                bool const is_hidden = cell.attribute.returned == Returned::never;
                auto const count = [&](std::string const& filter) -> std::int64_t
                {
                    Reply const got = matrix.scim().get(cell.endpoint() + "?filter=" + filter);
                    Reply const searched =
                        matrix.scim().post(cell.endpoint() + "/.search", search({{"filter", filter}}));
                    if (is_hidden)
                    {
                        BOOST_TEST(got.status == 403); // 7644 3.4.2.2 and 3.12: sensitive in a URI
                        BOOST_TEST(got.scim_type() == "sensitive");
                        BOOST_TEST(searched.status == 400);
                        BOOST_TEST(searched.scim_type() == "invalidFilter");
                        return 1;
                    }
                    BOOST_TEST(got.number("/totalResults") == searched.number("/totalResults"));
                    return got.number("/totalResults");
                };
                BOOST_TEST(count(cell.matching_first()) == 1);
                if (has_case(cell) && !is_hidden)
                    BOOST_TEST(count(cell.matching_first(true)) == (cell.attribute.case_exact ? 0 : 1)); // 7643 2.2
                if (!is_hidden)
                {
                    BOOST_TEST(count(cell.path + " pr") == 2);
                    BOOST_TEST(count("not (" + cell.matching_first() + ")") == 1);
                }
                matrix.scim().del(cell.endpoint() + "/" + id);
                matrix.scim().del(cell.endpoint() + "/" + other);
            }
    }
}

BOOST_AUTO_TEST_CASE(resources_come_in_the_order_of_their_values)
{
    for (NamedStore const& store : all_stores())
    {
        Matrix const matrix{false, store.make()};
        for (Cell const& cell : all_cells())
            for (bool const descending : {false, true})
                BOOST_TEST_CONTEXT(cell << (descending ? " descending, " : ", ") << store)
                {
                    auto const none = matrix.seed(cell, nullptr);
                    auto const last = matrix.seed(cell, cell.second);
                    auto const first = matrix.seed(cell, cell.first);
                    bool const is_complex = cell.attribute.type == AttributeType::complex;
                    Reply const reply =
                        matrix.scim().get(cell.endpoint() + "?sortBy=" + cell.path + (is_complex ? ".count" : "") +
                                          (descending ? "&sortOrder=descending" : ""));
                    if (cell.attribute.returned == Returned::never)
                        BOOST_TEST(reply.status == 400); // order would tell what may not be seen
                    else
                    {
                        // 7644 3.4.2.3: absent values last, and first when the order is turned round
                        std::string const ids = reply.text("/Resources/0/id") + " " + reply.text("/Resources/1/id") +
                                                " " + reply.text("/Resources/2/id");
                        BOOST_TEST(ids ==
                                   (descending ? none + " " + last + " " + first : first + " " + last + " " + none));
                        if (is_complex)
                            BOOST_TEST(matrix.scim().get(cell.endpoint() + "?sortBy=" + cell.path).status == 400);
                    }
                    for (auto const& id : {none, last, first})
                        matrix.scim().del(cell.endpoint() + "/" + id);
                }
    }
}

BOOST_AUTO_TEST_SUITE_END()
