// What is stored of what clients say of references.
#include "fixture.hpp"
#include "membership/references.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_references)

namespace
{

using membership::Policy;

struct Settled
{
    json::object attributes{};
    std::string refused{}; ///< the detail
};

Settled settle(Memberships const& world, ResourceType const& type, json::object attributes,
               json::object const* before = nullptr)
{
    Settled settled{std::move(attributes)};
    auto const done =
        world.write([&](WriteTransaction& transaction)
                    { return settle_references(transaction, settled.attributes, before, world.scope_of(type)); });
    if (!done)
        settled.refused = done.error().detail;
    return settled;
}

json::object with_members(json::array elements) { return {{"members", std::move(elements)}}; }

Memberships a_world(Policy const& policy = {})
{
    Memberships world{memory::make_store(), policy};
    world.add_user("u");
    world.add_group("g", {});
    return world;
}

PatchOperation adding(Memberships const& world, json::array elements)
{
    PatchOperation operation;
    operation.op = PatchOp::add;
    operation.path.attribute = world.members().attribute;
    operation.value = std::move(elements);
    return operation;
}

/// The fault of what an operation lists; empty if something remains of it.
std::string lost(Memberships const& world, PatchOperation const& operation, json::object const& before)
{
    auto const checked =
        world.write([&](WriteTransaction& transaction)
                    { return check_remains(transaction, operation, before, {}, world.scope_of(world.group())); });
    return checked ? std::string{} : checked.error().detail;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_type_is_that_of_who_has_the_id_and_the_uri_is_not_stored)
{
    auto const world = a_world();
    auto const settled = settle(world, world.group(),
                                with_members({{{"value", "u"}},
                                              {{"value", "g"}, {"type", "User"}},
                                              {{"value", "u2"}, {"$ref", "https://example.com/v2/Users/u2"}}}));
    BOOST_TEST(settled.attributes == with_members({{{"value", "u"}, {"type", "User"}},
                                                   {{"value", "g"}, {"type", "Group"}},
                                                   {{"value", "u2"}, {"type", "User"}}}));
}

BOOST_AUTO_TEST_CASE(a_claim_that_contradicts_is_refused_where_that_is_wanted)
{
    auto const world = a_world({.contradicting_references = false});
    BOOST_TEST(settle(world, world.group(), with_members({{{"value", "g"}, {"type", "User"}}})).refused ==
               "members: type contradicts value.");
    BOOST_TEST(settle(world, world.group(), with_members({{{"value", "u"}, {"$ref", "../Users/other"}}})).refused ==
               "members: $ref contradicts value.");
    BOOST_TEST(settle(world, world.group(), with_members({{{"value", "u"}, {"type", "user"}}})).refused == "");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_kept_left_out_or_refused)
{
    auto const members = with_members({{{"value", "u"}}, {{"value", "ghost"}}, {{"value", "shade"}}});
    auto const keeping = a_world();
    BOOST_TEST(settle(keeping, keeping.group(), members).attributes.at("members").as_array().size() == 3u);
    auto const skipping = a_world({.unknown_members = UnknownMembers::skip});
    BOOST_TEST(settle(skipping, skipping.group(), members).attributes ==
               with_members({{{"value", "u"}, {"type", "User"}}}));
    BOOST_TEST(settle(skipping, skipping.group(), with_members({{{"value", "ghost"}}})).refused ==
               "members: there are no resources with these ids: ghost."); // something becomes nothing
    auto const rejecting = a_world({.unknown_members = UnknownMembers::reject});
    BOOST_TEST(settle(rejecting, rejecting.group(), members).refused ==
               "members: there are no resources with these ids: ghost, shade.");
}

BOOST_AUTO_TEST_CASE(a_refusal_names_ten_ids_and_counts_the_others)
{
    auto const world = a_world({.unknown_members = UnknownMembers::reject});
    json::array elements;
    for (int i = 0; i < 13; ++i)
        elements.push_back(json::object{{"value", "x" + std::to_string(i)}});
    BOOST_TEST(settle(world, world.group(), with_members(std::move(elements))).refused.ends_with("x9 and 3 more."));
}

BOOST_AUTO_TEST_CASE(who_was_a_member_before_need_not_be_known)
{
    auto const world = a_world({.unknown_members = UnknownMembers::reject});
    auto const before = with_members({{{"value", "ghost"}}});
    BOOST_TEST(settle(world, world.group(), with_members({{{"value", "ghost"}}, {{"value", "u"}}}), &before).refused ==
               "");
    BOOST_TEST(settle(world, world.group(), with_members({{{"value", "shade"}}}), &before).refused != "");
}

BOOST_AUTO_TEST_CASE(the_same_id_twice_is_one_member)
{
    auto const world = a_world();
    auto const settled =
        settle(world, world.group(), with_members({{{"value", "u"}}, {{"value", "u"}}, {{"value", "U"}}}));
    BOOST_TEST(settled.attributes.at("members").as_array().size() == 2u); // ids are exact
}

BOOST_AUTO_TEST_CASE(an_element_says_who_is_meant)
{
    auto const world = a_world();
    for (json::object const& element : {json::object{{"display", "x"}}, json::object{{"$ref", "https://elsewhere/x"}}})
        BOOST_TEST(settle(world, world.group(), with_members({element})).refused ==
                   "members.value: it is required: it says what is meant.");
}

BOOST_AUTO_TEST_CASE(a_single_reference_follows_the_same_rule)
{
    auto const world = a_world({.contradicting_references = false});
    std::string const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    auto const with_manager = [&](json::object manager) -> json::object {
        return {{enterprise, json::object{{"manager", std::move(manager)}}}};
    };
    BOOST_TEST(settle(world, world.user(), with_manager({{"value", "u"}, {"$ref", "../Users/u"}})).attributes ==
               with_manager({{"value", "u"}}));
    BOOST_TEST(settle(world, world.user(), with_manager({{"value", "x"}, {"$ref", "../Users/u"}})).refused != "");
}

BOOST_AUTO_TEST_CASE(claims_are_checked_even_where_an_operation_would_come_to_nothing)
{
    for (bool const tolerant : {true, false})
    {
        auto const world = a_world({.contradicting_references = tolerant});
        auto const operation = adding(world, {{{"value", "u"}, {"type", "Group"}}});
        auto const checked =
            world.write([&](WriteTransaction& transaction)
                        { return check_claims(transaction, operation, {}, world.scope_of(world.group())); });
        BOOST_TEST(checked.has_value() == tolerant);
    }
}

BOOST_AUTO_TEST_CASE(of_a_list_of_unknown_members_something_remains_if_one_is_there_already)
{
    auto const world = a_world({.unknown_members = UnknownMembers::skip});
    auto const before = with_members({{{"value", "ghost"}}});
    std::string const fault = "members: there are no resources with these ids: shade.";
    BOOST_TEST(lost(world, adding(world, {{{"value", "shade"}}}), before) == fault);
    BOOST_TEST(lost(world, adding(world, {{{"value", "shade"}}, {{"value", "ghost"}}}), before) == "");
    BOOST_TEST(lost(world, adding(world, {{{"value", "shade"}}, {{"value", "u"}}}), before) == "");
    BOOST_TEST(lost(world, adding(world, {}), before) == ""); // nothing was listed
    auto removing = adding(world, {{{"value", "shade"}}});
    removing.op = PatchOp::remove;
    BOOST_TEST(lost(world, removing, before) == "");
}

BOOST_AUTO_TEST_CASE(looking_members_up_is_charged)
{
    auto const world = a_world({.unknown_members = UnknownMembers::reject});
    Budget small{1'500, std::chrono::steady_clock::time_point::max()};
    auto attributes = with_members({{{"value", "u"}}, {{"value", "g"}}});
    auto const done = world.write(
        [&](WriteTransaction& transaction)
        { return settle_references(transaction, attributes, nullptr, world.scope_of(world.group(), &small)); });
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == ErrorCode::too_many));
}

BOOST_AUTO_TEST_SUITE_END()
