// What a write does to an attribute, by its mutability: a table of what the RFCs say, tried on every cell, as a request
// of its own and in a Bulk, by default and in strict mode, on every store.
#include "matrix.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(matrix)

namespace
{

enum class Write
{
    post,
    put_other,
    put_same,
    put_without,
    add_other,
    add_same,
    replace_other,
    replace_same,
    remove
};

/// What the attribute has afterwards.
enum class Then
{
    nothing,
    first,  ///< what it had
    second, ///< what was sent
    both,   ///< of a multi-valued one
    refused ///< 400 mutability, and it has what it had
};

/// For attributes that have the first value before, or none. `second` is sent, or what the write says.
struct Rule
{
    std::string_view section;
    Mutability mutability;
    Write write;
    bool had;
    Then then;
};

// RFC 7643 section 7 defines mutability; RFC 7644 says what each operation makes of it. "Choice" marks where the text
// leaves it to the service provider.
constexpr auto rw = Mutability::read_write;
constexpr auto ro = Mutability::read_only;
constexpr auto im = Mutability::immutable;
constexpr auto wo = Mutability::write_only;

constexpr Rule rules[] = {
    {"7644 3.3: what is readOnly is ignored", ro, Write::post, false, Then::nothing},
    {"7643 7: immutable may be set at creation", im, Write::post, false, Then::second},
    {"7643 7", rw, Write::post, false, Then::second},
    {"7643 7", wo, Write::post, false, Then::second},

    {"7644 3.5.1: readWrite, writeOnly: values provided replace", rw, Write::put_other, true, Then::second},
    {"7644 3.5.1", wo, Write::put_other, true, Then::second},
    {"7644 3.5.1: immutable: values must match", im, Write::put_other, true, Then::refused},
    {"7644 3.5.1: immutable without value: set", im, Write::put_other, false, Then::second},
    {"7644 3.5.1: readOnly: ignored", ro, Write::put_other, true, Then::first},
    {"7644 3.5.1: readOnly: ignored", ro, Write::put_other, false, Then::nothing},
    {"7644 3.5.1", rw, Write::put_other, false, Then::second},
    {"7644 3.5.1", wo, Write::put_other, false, Then::second},
    {"7644 3.5.1: immutable: they match", im, Write::put_same, true, Then::first},
    {"7644 3.5.1", rw, Write::put_same, true, Then::first},
    {"7644 3.5.1", ro, Write::put_same, true, Then::first},
    {"7644 3.5.1, choice: what is omitted is cleared", rw, Write::put_without, true, Then::nothing},
    {"7644 3.5.1: readOnly stays", ro, Write::put_without, true, Then::first},
    {"7644 3.5.1, choice: immutable stays", im, Write::put_without, true, Then::first},
    {"7644 3.5.1, choice: a client cannot know what is writeOnly, so it stays", wo, Write::put_without, true,
     Then::first},

    {"7644 3.5.2.1: a new value, or one more", rw, Write::add_other, true, Then::both},
    {"7644 3.5.2.1", wo, Write::add_other, true, Then::both},
    {"7644 3.5.2: immutable may be added where it has no value", im, Write::add_other, false, Then::second},
    {"7644 3.5.2: must not modify immutable", im, Write::add_other, true, Then::refused},
    {"7644 3.5.2: must not modify readOnly", ro, Write::add_other, true, Then::refused},
    {"7644 3.5.2: must not modify readOnly", ro, Write::add_other, false, Then::refused},
    {"7644 3.5.2.1", rw, Write::add_other, false, Then::second},
    {"7644 3.5.2.1", wo, Write::add_other, false, Then::second},
    {"7644 3.5.2.1: it is there already: no change", rw, Write::add_same, true, Then::first},
    {"7644 3.5.2.1: it is there already: nothing is modified", im, Write::add_same, true, Then::first},

    {"7644 3.5.2.3", rw, Write::replace_other, true, Then::second},
    {"7644 3.5.2.3", wo, Write::replace_other, true, Then::second},
    {"7644 3.5.2: must not modify immutable", im, Write::replace_other, true, Then::refused},
    {"7644 3.5.2: must not modify readOnly", ro, Write::replace_other, true, Then::refused},
    {"7644 3.5.2.3: what is not there is added", rw, Write::replace_other, false, Then::second},
    {"7644 3.5.2.3: what is not there is added", im, Write::replace_other, false, Then::second},
    {"7644 3.5.2: must not modify readOnly", ro, Write::replace_other, false, Then::refused},
    {"7644 3.5.2.3", rw, Write::replace_same, true, Then::first},
    {"7644 3.5.2.3: nothing is modified", im, Write::replace_same, true, Then::first},

    {"7644 3.5.2.2", rw, Write::remove, true, Then::nothing},
    {"7644 3.5.2.2", wo, Write::remove, true, Then::nothing},
    {"7644 3.5.2.2: readOnly: mutability", ro, Write::remove, true, Then::refused},
    {"7644 3.5.2: must not modify immutable", im, Write::remove, true, Then::refused},
};

Outcome send(Matrix const& matrix, Cell const& cell, std::string& id, Write write, Way way)
{
    switch (write)
    {
    case Write::post:
        return matrix.post(cell, cell.second, way, &id);
    case Write::put_other:
        return matrix.put(cell, id, cell.second, way);
    case Write::put_same:
        return matrix.put(cell, id, cell.first, way);
    case Write::put_without:
        return matrix.put(cell, id, nullptr, way);
    case Write::add_other:
        return matrix.patch(cell, id, "add", cell.second, way);
    case Write::add_same:
        return matrix.patch(cell, id, "add", cell.first, way);
    case Write::replace_other:
        return matrix.patch(cell, id, "replace", cell.second, way);
    case Write::replace_same:
        return matrix.patch(cell, id, "replace", cell.first, way);
    case Write::remove:
        break;
    }
    return matrix.patch(cell, id, "remove", nullptr, way);
}

/// A secret is stored as its hash; of those that a client sends nothing else may be seen.
json::value as_stored(Cell const& cell, json::value const& value)
{
    if (!cell.is_secret())
        return value;
    auto const hashed = [](json::value const& secret)
    { return json::value(FakeHasher{}.hash(std::string_view{secret.as_string()}).value()); };
    if (!cell.attribute.multi_valued)
        return hashed(value);
    json::array hashes;
    for (json::value const& each : value.as_array())
        hashes.push_back(hashed(each));
    return hashes;
}

json::value expected_value(Cell const& cell, Then then)
{
    switch (then)
    {
    case Then::nothing:
        return nullptr;
    case Then::first:
    case Then::refused:
        return as_stored(cell, cell.first);
    case Then::both:
        if (cell.attribute.multi_valued)
        {
            json::array both = as_stored(cell, cell.first).as_array();
            both.push_back(as_stored(cell, cell.second).as_array().front());
            return both;
        }
        [[fallthrough]];
    case Then::second:
        break;
    }
    return as_stored(cell, cell.second);
}

void try_rule(Matrix const& matrix, Cell const& cell, Rule const& rule, Way way)
{
    std::string id;
    if (rule.write != Write::post)
        id = matrix.seed(cell, rule.had ? as_stored(cell, cell.first) : json::value{});
    Outcome const outcome = send(matrix, cell, id, rule.write, way);
    if (rule.then == Then::refused)
    {
        BOOST_TEST(outcome.status == 400);
        BOOST_TEST(outcome.scim_type == "mutability");
    }
    else
        BOOST_TEST(outcome.succeeded(), outcome.status << " " << outcome.scim_type);
    if (id.empty())
        return;
    json::value const wanted =
        rule.then == Then::refused && !rule.had ? json::value{} : expected_value(cell, rule.then);
    json::value const stored = matrix.stored(cell, id);
    BOOST_TEST((stored == wanted), "stored " << stored << ", not " << wanted);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_write_does_what_the_mutability_allows)
{
    std::size_t tried = 0;
    for_runs(
        [&](Run const& run)
        {
            Matrix const matrix{run.strict, run.store.make()};
            std::size_t row = 0;
            for (Cell const& cell : all_cells())
                for (Rule const& rule : rules)
                    if (rule.mutability == cell.attribute.mutability)
                        for (Way const way : run.ways(row++))
                            BOOST_TEST_CONTEXT(cell << ": " << rule.section << ", write "
                                                    << static_cast<int>(rule.write) << (rule.had ? ", had a value" : "")
                                                    << ", " << run << (way == Way::bulk ? ", in a Bulk" : ""))
                            {
                                try_rule(matrix, cell, rule, way);
                                ++tried;
                            }
        });
    BOOST_TEST(tried > 25'000U); // the table meets every cell
}

BOOST_AUTO_TEST_SUITE_END()
