// Which plan a filter gets. That plans find what they should is the conformance kit's matter (tests/store).
#include "kv/plan.hpp"
#include "kv_fixture.hpp"

#include <ostream>

namespace scimkit::kv
{

std::ostream& operator<<(std::ostream& out, Leg::Kind kind)
{
    static constexpr char const* names[] = {"id", "unique", "value", "range", "reference"};
    return out << names[static_cast<int>(kind)];
}

namespace
{

struct PlanFixture : test::KvFixture
{
    std::optional<Catalog> catalog;
    Plan plan;
    std::optional<BoundFilter> bound;

    PlanFixture()
    {
        open();
        for (int i = 0; i < 50; ++i)
            insert(make(user(), "u" + std::to_string(i),
                        {{"userName", "name" + std::to_string(i)}, {"displayName", "same"}, {"active", true}}));
        auto made = Catalog::make(registry, {}, {}, engine->max_key_size());
        BOOST_REQUIRE(made.has_value());
        catalog.emplace(std::move(*made));
    }

    void make_plan_for(std::string_view filter, ResourceType const& type)
    {
        bound = bind(parse_filter(filter).value(), type).value();
        CallContext const context;
        auto const done = engine->read(
            [&](Reader& reader) -> result<void>
            {
                Session session{*catalog, TenantKeys::make("tenant", engine->max_key_size()).value(), reader, context};
                auto made = make_plan(session, catalog->of(type), &*bound);
                if (!made)
                    return made.error();
                plan = std::move(*made);
                return {};
            });
        BOOST_REQUIRE(done.has_value());
    }

    void expect(std::string_view filter, Leg::Kind kind, bool exact, std::size_t legs = 1)
    {
        BOOST_TEST_CONTEXT(filter)
        {
            make_plan_for(filter, filter.starts_with("members") ? group() : user());
            BOOST_TEST(!plan.scan);
            BOOST_TEST(plan.exact == exact);
            BOOST_REQUIRE(plan.any_of.size() == legs);
            for (Leg const& leg : plan.any_of)
                BOOST_TEST(leg.kind == kind);
        }
    }

    void expect_scan(std::string_view filter)
    {
        make_plan_for(filter, filter.starts_with("members") ? group() : user());
        BOOST_TEST(plan.scan, filter);
        BOOST_TEST(!plan.exact, filter);
    }
};

BOOST_FIXTURE_TEST_SUITE(plans, PlanFixture)

BOOST_AUTO_TEST_CASE(comparisons_use_the_narrowest_key)
{
    expect("id eq \"u1\"", Leg::Kind::id, true);
    expect("userName eq \"NAME1\"", Leg::Kind::unique, true);
    expect("externalId eq \"x\"", Leg::Kind::value, true);
    expect("emails.value eq \"x\"", Leg::Kind::value, true);
    expect("active eq true", Leg::Kind::value, true);
    expect("userName sw \"na\"", Leg::Kind::range, true);
    expect("userName gt \"na\"", Leg::Kind::range, true);
    expect("meta.created le \"2026-01-01T00:00:00Z\"", Leg::Kind::range, true);
    expect("userName pr", Leg::Kind::range, false);
    expect("members.value eq \"x\"", Leg::Kind::reference, true);
}

BOOST_AUTO_TEST_CASE(value_paths_use_the_index_of_what_they_test)
{
    expect("emails[value eq \"x\"]", Leg::Kind::value, true);
    expect("emails[type eq \"work\" and value eq \"x\"]", Leg::Kind::value, false);
    expect("members[value eq \"x\"]", Leg::Kind::reference, true);
}

BOOST_AUTO_TEST_CASE(and_takes_the_shortest_leg)
{
    expect("active eq true and userName eq \"name1\"", Leg::Kind::unique, false);
    expect("displayName eq \"same\" and userName sw \"name4\"", Leg::Kind::range, true);
    make_plan_for("displayName eq \"same\" and externalId eq \"nobody\"", user());
    BOOST_REQUIRE(plan.any_of.size() == 1U);
    auto const keys = TenantKeys::make("tenant", engine->max_key_size()).value();
    BOOST_TEST(plan.any_of[0].first.starts_with(keys.index(catalog->of(user()).number, 1)), "the index of externalId");
}

BOOST_AUTO_TEST_CASE(and_of_exact_legs_is_exact_where_the_others_can_be_asked)
{
    expect("displayName eq \"same\" and active eq true", Leg::Kind::value, true);
    BOOST_TEST(plan.and_of.size() == 1U);
    // Fifty records are sooner read than a second range is walked over.
    expect("displayName eq \"same\" and userName sw \"name\"", Leg::Kind::value, false);
    BOOST_TEST(plan.and_of.empty());
    expect("displayName eq \"same\" and active eq true and title pr", Leg::Kind::value, false);
    expect("(displayName eq \"same\" and active eq true) or externalId eq \"x\"", Leg::Kind::value, false, 2);
}

BOOST_AUTO_TEST_CASE(or_needs_a_leg_for_every_operand)
{
    expect("userName eq \"a\" or userName eq \"b\"", Leg::Kind::unique, true, 2);
    expect_scan("userName eq \"a\" or title eq \"b\"");
}

BOOST_AUTO_TEST_CASE(what_no_key_leads_to_is_a_scan)
{
    for (char const* filter : {"title eq \"x\"", "userName ne \"x\"", "userName co \"x\"", "userName ew \"x\"",
                               "not (userName eq \"x\")", "userName eq null", "emails.primary eq false",
                               "profileUrl eq \"x\"", "members.value ne \"x\"", "members pr", "id eq \"\\u00e9\""})
        expect_scan(filter);
}

BOOST_AUTO_TEST_CASE(long_values_are_rechecked)
{
    std::string const value(3'000, 'x');
    expect("externalId eq \"" + value + "\"", Leg::Kind::value, false);
    for (char const* op : {"sw", "gt", "ge", "lt", "le"})
        expect("externalId " + std::string{op} + " \"" + value + "\"", Leg::Kind::range, false);
}

BOOST_AUTO_TEST_CASE(no_filter_is_an_exact_scan)
{
    BoundFilter const everything{BoundConstant{true}};
    BoundFilter const nothing{BoundConstant{false}};
    CallContext const context;
    BOOST_REQUIRE(engine
                      ->read(
                          [&](Reader& reader) -> result<void>
                          {
                              Session session{*catalog, TenantKeys::make("t", 511).value(), reader, context};
                              for (BoundFilter const* filter : {static_cast<BoundFilter const*>(nullptr), &everything})
                              {
                                  auto const made = make_plan(session, catalog->of(user()), filter).value();
                                  BOOST_TEST(made.scan);
                                  BOOST_TEST(made.exact);
                              }
                              auto const made = make_plan(session, catalog->of(user()), &nothing).value();
                              BOOST_TEST(!made.scan);
                              BOOST_TEST(made.any_of.empty());
                              return {};
                          })
                      .has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
