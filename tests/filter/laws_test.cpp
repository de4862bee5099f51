// Laws of evaluation, on random filters over random resources.

#include <scimkit/core/text.hpp>

#include "probe.hpp"
#include "random_filter.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

BOOST_AUTO_TEST_SUITE(filter_laws)

namespace
{

using namespace scimkit;
using filter_test::Probe;

constexpr char const* words[] = {"", "a", "A", "ab", "Abba", "é", "e\u0301", "É", "ß", "ss", "2020", "K", "\u212a"};
constexpr char const* instants[] = {"2020-01-01T00:00:00Z", "2020-01-01T02:00:00+02:00", "2021-06-01T12:00:00.5Z"};

/// Filters and resources of the Probe type that have a chance to meet.
class Random : public filter_test::RandomFilter
{
public:
    using RandomFilter::RandomFilter;

    Probe probe()
    {
        Probe probe{.version = below(2)};
        maybe(probe.attributes, "text", [this] { return word(); });
        maybe(probe.attributes, "exact", [this] { return word(); });
        maybe(probe.attributes, "flag", [this] { return json::value(one_in(2)); });
        maybe(probe.attributes, "count", [this] { return json::value(static_cast<std::int64_t>(below(4)) - 1); });
        maybe(probe.attributes, "ratio", [this] { return json::value(static_cast<double>(below(4)) / 2); });
        maybe(probe.attributes, "when", [this] { return json::value(pick(instants)); });
        maybe(probe.attributes, "tags", [this] { return list([this] { return word(); }); });
        maybe(probe.attributes, "part", [this] { return json::value(part()); });
        maybe(probe.attributes, "parts", [this] { return list([this] { return json::value(part()); }); });
        return probe;
    }

    /// A test of an attribute, or of a sub-attribute between brackets, as text.
    std::string term(bool in_brackets = false)
    {
        static constexpr char const* roots[] = {"text",          "exact",        "flag",       "count",
                                                "ratio",         "when",         "tags",       "part.type",
                                                "parts.value",   "parts.type",   "part.since", "parts.type",
                                                "parts.primary", "parts.weight", "id",         "meta.version"};
        static constexpr char const* parts[] = {"value", "type", "primary", "since", "weight"};
        std::string const name = in_brackets ? pick(parts) : pick(roots);
        if (one_in(5))
            return name + " pr";
        if (one_in(6))
            return name + (one_in(2) ? " eq null" : " ne null");
        std::string_view const leaf = std::string_view{name}.substr(name.find('.') + 1);
        if (leaf == "flag" || leaf == "primary")
            return name + (one_in(2) ? " eq " : " ne ") + (one_in(2) ? "true" : "false");
        std::string const op = ' ' + std::string{to_string(compare_operator())} + ' ';
        std::string const ordered = is_substring(op) ? " le " : op;
        if (leaf == "count" || leaf == "ratio" || leaf == "weight")
        {
            static constexpr char const* numbers[] = {"-1", "0", "0.5", "1", "1.0", "2", "1e400"};
            return name + ordered + pick(numbers);
        }
        if (leaf == "when" || leaf == "since")
            return name + ordered + '"' + pick(instants) + '"';
        return name + op + '"' + pick(words) + '"';
    }

    std::string text(int depth, bool in_brackets = false)
    {
        switch (depth > 0 ? below(5) : 0)
        {
        case 1:
            return '(' + text(depth - 1, in_brackets) + " and " + text(depth - 1, in_brackets) + ')';
        case 2:
            return '(' + text(depth - 1, in_brackets) + " or " + text(depth - 1, in_brackets) + ')';
        case 3:
            return "not (" + text(depth - 1, in_brackets) + ')';
        case 4:
            return in_brackets ? term(true) : (one_in(2) ? "parts[" : "part[") + text(depth - 1, true) + ']';
        default:
            return term(in_brackets);
        }
    }

private:
    static bool is_substring(std::string_view op) { return op == " co " || op == " sw " || op == " ew "; }

    json::value word() { return json::value(pick(words)); }

    template <class Make>
    void maybe(json::object& object, std::string_view name, Make const& make)
    {
        if (!one_in(3))
            object[name] = make();
    }

    template <class Make>
    json::value list(Make const& make)
    {
        json::array made;
        for (std::size_t count = below(4); count > 0; --count)
            made.push_back(make());
        return made;
    }

    json::object part()
    {
        json::object made;
        maybe(made, "value", [this] { return word(); });
        maybe(made, "type", [this] { return word(); });
        maybe(made, "primary", [this] { return json::value(one_in(2)); });
        maybe(made, "since", [this] { return json::value(pick(instants)); });
        maybe(made, "weight", [this] { return json::value(static_cast<std::int64_t>(below(3))); });
        return made;
    }
};

/// Calls `law` with many pairs of filters and a resource to try them on.
template <class Law>
void for_many(std::uint32_t number, Law const& law)
{
    Random random{test::seed(number)};
    for (int i = 0; i < 1'500; ++i)
    {
        std::string const a = random.text(3);
        std::string const b = random.text(3);
        Probe const probe = random.probe();
        BOOST_TEST_CONTEXT("a: " << a << "\nb: " << b << "\nresource: " << probe.attributes) { law(probe, a, b); }
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(a_filter_or_its_negation_matches)
{
    for_many(1,
             [](Probe const& probe, std::string const& a, std::string const&)
             {
                 BOOST_TEST(probe.matches(a) != probe.matches("not (" + a + ')'));
                 BOOST_TEST(probe.matches(a) == probe.matches("not (not (" + a + "))"));
             });
}

BOOST_AUTO_TEST_CASE(de_morgan_holds)
{
    for_many(2,
             [](Probe const& probe, std::string const& a, std::string const& b)
             {
                 std::string const not_both = "not ((" + a + ") and (" + b + "))";
                 BOOST_TEST(probe.matches(not_both) == probe.matches("not (" + a + ") or not (" + b + ')'));
                 std::string const neither = "not ((" + a + ") or (" + b + "))";
                 BOOST_TEST(probe.matches(neither) == probe.matches("not (" + a + ") and not (" + b + ')'));
             });
}

BOOST_AUTO_TEST_CASE(junctions_say_what_their_operands_say)
{
    for_many(3,
             [](Probe const& probe, std::string const& a, std::string const& b)
             {
                 bool const left = probe.matches(a);
                 bool const right = probe.matches(b);
                 BOOST_TEST(probe.matches('(' + a + ") and (" + b + ')') == (left && right));
                 BOOST_TEST(probe.matches('(' + b + ") or (" + a + ')') == (left || right));
             });
}

BOOST_AUTO_TEST_CASE(the_printed_filter_answers_the_same)
{
    for_many(4,
             [](Probe const& probe, std::string const& a, std::string const&)
             {
                 auto const& type = filter_test::type("Probe");
                 auto const parsed = parse_filter(a).value();
                 auto const bound = bind(parsed, type).value();
                 BOOST_TEST(probe.matches(to_string(parsed)) == probe.matches(a));
                 BOOST_TEST(probe.matches(to_string(bound)) == probe.matches(a), to_string(bound));
                 BOOST_TEST(to_string(bind(parse_filter(to_string(bound)).value(), type).value()) == to_string(bound));
             });
}

BOOST_AUTO_TEST_CASE(brackets_with_one_test_say_what_the_dot_says)
{
    Random random{test::seed(5)};
    for (int i = 0; i < 2'000; ++i)
    {
        std::string const test = random.term(true);
        Probe const probe = random.probe();
        bool const dot = probe.matches("parts." + test);
        bool const brackets = probe.matches("parts[" + test + ']');
        // What also holds of no value at all differs: without elements nothing is between the brackets, and an
        // element without the sub-attribute is no value for the dot.
        bool const also_of_nothing = test.find(" ne ") != std::string::npos || test.ends_with("eq null");
        BOOST_TEST((also_of_nothing || dot == brackets), test << "\n" << probe.attributes);
    }
}

BOOST_AUTO_TEST_CASE(text_compares_as_its_keys_do)
{
    for (std::string_view const stored : words)
    {
        for (std::string_view const literal : words)
        {
            for (bool const exact : {true, false})
            {
                Probe const probe{.attributes = {{"text", stored}, {"exact", stored}}};
                std::string const key = comparison_key(stored, exact);
                std::string const other = comparison_key(literal, exact);
                auto const holds = [&](std::string_view op)
                {
                    std::string const name = exact ? "exact" : "text";
                    return probe.matches(name + ' ' + std::string{op} + " \"" + std::string{literal} + '"');
                };
                BOOST_TEST_CONTEXT(stored << " against " << literal)
                {
                    BOOST_TEST(holds("eq") == (key == other));
                    BOOST_TEST(holds("ne") == (key != other));
                    BOOST_TEST(holds("co") == (key.find(other) != std::string::npos));
                    BOOST_TEST(holds("sw") == key.starts_with(other));
                    BOOST_TEST(holds("ew") == key.ends_with(other));
                    BOOST_TEST(holds("gt") == (key > other));
                    BOOST_TEST(holds("ge") == (key >= other));
                    BOOST_TEST(holds("lt") == (key < other));
                    BOOST_TEST(holds("le") == (key <= other));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
