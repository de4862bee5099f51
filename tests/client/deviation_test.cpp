// The table of deviations: each has a name of its own and a sentence, and docs/client.md lists it.
#include <scimkit/client/deviation.hpp>

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <set>

using namespace scimkit::client;

BOOST_AUTO_TEST_SUITE(client_deviations)

BOOST_AUTO_TEST_CASE(each_has_a_name_of_its_own_and_a_sentence)
{
    std::set<std::string_view> names;
    for (auto const deviation : all_deviations())
    {
        BOOST_TEST(names.insert(name_of(deviation)).second);
        BOOST_TEST(meaning_of(deviation).ends_with("."));
    }
    BOOST_TEST(names.size() == static_cast<std::size_t>(Deviation::schema_contradiction) + 1);
}

BOOST_AUTO_TEST_CASE(the_page_lists_each_with_its_sentence)
{
    std::ifstream stream{SCIMKIT_TEST_DATA "/../../docs/client.md"};
    std::string const page{std::istreambuf_iterator<char>{stream}, {}};
    for (auto const deviation : all_deviations())
    {
        auto const row = "| `" + std::string{name_of(deviation)} + "` | " + std::string{meaning_of(deviation)} + " |";
        BOOST_TEST(page.find(row) != std::string::npos, row << " is not in docs/client.md");
    }
}

BOOST_AUTO_TEST_CASE(a_log_counts_and_keeps_the_first)
{
    DeviationLog log{true};
    BOOST_TEST(log.all().empty());
    BOOST_TEST(log.note(Deviation::list_form, "first\n" + std::string(1'000, 'x')).has_value());
    for (int i = 0; i < 99; ++i)
        BOOST_TEST(log.note(Deviation::list_form, "later").has_value());
    auto const all = log.all();
    BOOST_REQUIRE(all.size() == 1);
    BOOST_TEST(all[0].count == 100);
    BOOST_TEST(all[0].first.starts_with("first x"));
    BOOST_TEST(all[0].first.size() < 310);
}

BOOST_AUTO_TEST_SUITE_END()
