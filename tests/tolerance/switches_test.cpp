// The table of switches is what options, documentation and refusals name them by: a member that is forgotten there
// can be neither set nor explained. And strict mode allows what the RFCs do, no more.
#include "support.hpp"

#include <fstream>
#include <set>
#include <sstream>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(switches)

namespace
{

struct Anything
{
    template <class T>
    operator T() const; // NOLINT(google-explicit-constructor)
};

/// How many members an aggregate has.
template <class T, class... Members>
consteval std::size_t member_count()
{
    if constexpr (requires { T{Members{}..., Anything{}}; })
        return member_count<T, Members..., Anything>();
    else
        return sizeof...(Members);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_switch_of_a_tolerance_is_in_the_table)
{
    static_assert(member_count<Tolerance>() == 44, "a new switch goes into the table, docs/tolerance.md and here");
    BOOST_TEST(tolerance_switches().size() == member_count<Tolerance>() - 1); // unknown_members is no bool

    auto tolerance = Tolerance::strict();
    std::set<std::string_view> names;
    for (auto const& each : tolerance_switches())
    {
        tolerance.*each.member = false;
        names.insert(each.name);
        BOOST_TEST((each.accepts.size() > 20 && each.accepts.ends_with('.')), each.name);
    }
    BOOST_TEST(names.size() == tolerance_switches().size());
    for (auto const& each : tolerance_switches())
    {
        BOOST_TEST(!(tolerance.*each.member), each.name << " shares its member with another switch");
        tolerance.*each.member = true;
    }
}

BOOST_AUTO_TEST_CASE(the_documentation_has_every_switch_with_its_default)
{
    std::ifstream file{SCIMKIT_TEST_DATA "/../../docs/tolerance.md"};
    std::stringstream text;
    text << file.rdbuf();
    BOOST_REQUIRE(!text.str().empty());
    auto const row_of = [&](std::string_view name)
    {
        auto const begin = text.str().find("\n| `" + std::string{name} + "` |");
        BOOST_REQUIRE_MESSAGE(begin != std::string::npos, name << " is not in docs/tolerance.md");
        return text.str().substr(begin + 1, text.str().find('\n', begin + 1) - begin - 1);
    };
    for (auto const& each : tolerance_switches())
    {
        auto const row = row_of(each.name);
        auto const wanted = Tolerance{}.*each.member ? "| on |" : "| off |";
        BOOST_TEST((row.find(wanted) != std::string::npos), row);
    }
    BOOST_TEST((row_of("unknown-members").find("| keep |") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(strict_is_what_the_rfcs_allow_and_nothing_else)
{
    auto const strict = Tolerance::strict();
    std::set<std::string_view> const allowed{"remove-absent",       "json-media-type",   "complex-compares-by-value",
                                             "pathless-operations", "filtered-elements", "several-matches",
                                             "replace-merges",      "undefined-at-root"};
    for (auto const& each : tolerance_switches())
        BOOST_TEST((strict.*each.member) == allowed.contains(each.name), each.name);
    BOOST_TEST((strict.unknown_members == UnknownMembers::keep));
}

BOOST_AUTO_TEST_CASE(a_switch_is_set_by_its_name)
{
    for (auto const& each : tolerance_switches())
    {
        Tolerance tolerance;
        BOOST_TEST(!!tolerance.set(each.name, "off"), each.name);
        BOOST_TEST((tolerance == test::all_but(each.member)), each.name);
        BOOST_TEST(!!tolerance.set(each.name, "on"), each.name);
        BOOST_TEST((tolerance.*each.member), each.name);
    }
}

BOOST_AUTO_TEST_CASE(unknown_members_has_three_positions)
{
    Tolerance tolerance;
    BOOST_TEST(!!tolerance.set("unknown-members", "skip"));
    BOOST_TEST((tolerance.unknown_members == UnknownMembers::skip));
    BOOST_TEST(!!tolerance.set("unknown-members", "reject"));
    BOOST_TEST((tolerance.unknown_members == UnknownMembers::reject));
    BOOST_TEST(!!tolerance.set("unknown-members", "keep"));
    BOOST_TEST((tolerance == Tolerance{}));
}

BOOST_AUTO_TEST_CASE(a_wrong_name_or_position_is_refused_and_changes_nothing)
{
    for (auto const& [name, value] :
         {std::pair{"no-such-switch", "on"}, std::pair{"", "on"}, std::pair{"Boolean-As-String", "off"},
          std::pair{"boolean-as-string", "true"}, std::pair{"boolean-as-string", ""},
          std::pair{"unknown-members", "on"}, std::pair{"writable-user-groups", "on"},
          std::pair{"delete-disables", "on"}, std::pair{"interop-profile", "on"}})
    {
        Tolerance tolerance;
        auto const set = tolerance.set(name, value);
        BOOST_REQUIRE_MESSAGE(!set, name);
        BOOST_TEST((set.error().code == ErrorCode::invalid_value), name);
        BOOST_TEST((set.error().detail.find(name) != std::string::npos), name);
        BOOST_TEST((tolerance == Tolerance{}), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
