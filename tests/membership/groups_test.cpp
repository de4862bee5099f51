// The groups of a resource, found from the groups.
#include <scimkit/store/forwarding_store.hpp>

#include "fixture.hpp"
#include "membership/groups.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(membership_groups)

namespace
{

/// "direct:g1 indirect:g2", or the error's code.
std::string groups_of(Memberships const& world, std::string_view id, Budget* budget = nullptr)
{
    Resource resource{.type = &world.user(), .id = std::string{id}};
    auto const filled =
        world.store->read(*world.attachment, "t", {},
                          [&](ReadTransaction& transaction)
                          { return fill_groups(transaction, resource, world.scope_of(world.user(), budget)); });
    if (!filled)
        return "error " + std::to_string(static_cast<int>(filled.error().code));
    std::string text;
    if (auto const* groups = resource.attributes.if_contains("groups"))
        for (json::value const& element : groups->as_array())
            text += (text.empty() ? "" : " ") + std::string{membership::text_member(element.as_object(), "type")} +
                    ":" + std::string{membership::text_member(element.as_object(), "value")};
    return text;
}

struct Questions
{
    int references = 0;
    int groups = 0;
};

/// Counts what a store is asked, once for many or once for each.
struct CountingReader final : LargeAttributeReader
{
    CountingReader(LargeAttributeReader& to, Questions& count)
        : inner(to)
        , questions(count)
    {
    }
    result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) override
    {
        return inner.count(type, id, attribute);
    }
    result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                          std::string_view value) override
    {
        return inner.contains(type, id, attribute, value);
    }
    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override
    {
        return inner.read(type, id, attribute, after, limit, sink);
    }
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override
    {
        ++questions.references;
        return inner.references_to(value, sink);
    }
    result<void> references_to_many(std::span<std::string_view const> values,
                                    function_ref<bool(std::size_t which, Reference const&)> sink) override
    {
        ++questions.references;
        return inner.references_to_many(values, sink);
    }

    LargeAttributeReader& inner;
    Questions& questions;
};

struct CountingTransaction final : ForwardingReadTransaction
{
    CountingTransaction(ReadTransaction& inner, Questions& count)
        : ForwardingReadTransaction(inner)
        , reader(*inner.large_attributes(), count)
        , questions(count)
    {
    }
    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        ++questions.groups;
        return ForwardingReadTransaction::get(type, id, wanted);
    }
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override
    {
        ++questions.groups;
        return ForwardingReadTransaction::get_many(type, ids, wanted, sink);
    }
    LargeAttributeReader* large_attributes() override { return &reader; }

    CountingReader reader;
    Questions& questions;
};

/// A store that answers with what it was not asked for.
struct ConfusedTransaction final : ForwardingReadTransaction
{
    ConfusedTransaction(ReadTransaction& inner, std::size_t places, std::string_view name)
        : ForwardingReadTransaction(inner)
        , beyond(places)
        , id(name)
    {
    }
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override
    {
        return ForwardingReadTransaction::get_many(type, ids, wanted,
                                                   [&](std::size_t which, Resource&& group)
                                                   {
                                                       if (!id.empty())
                                                           group.id = id;
                                                       return sink(which + beyond, std::move(group));
                                                   });
    }

    std::size_t beyond;
    std::string_view id;
};

constexpr std::size_t nested = 12;

/// What it costs to show somebody the groups that are found: so many, each in each, or each in the next.
std::uint64_t work_to_show(std::shared_ptr<ResourceStore> const& store, bool each_in_each)
{
    Memberships const world{store};
    for (std::size_t i = 0; i < nested; ++i)
    {
        std::vector<std::string> members;
        if (i == 0)
            members.emplace_back("ada");
        for (std::size_t j = 0; j < nested; ++j)
            if (each_in_each ? j != i : j + 1 == i)
                members.push_back("g" + std::to_string(j));
        world.add_group("g" + std::to_string(i), members);
    }
    std::uint64_t work = 0;
    world.store
        ->read(*world.attachment, "t", {},
               [&](ReadTransaction& transaction)
               {
                   Budget budget{Budget::unlimited, Budget::Clock::time_point::max()};
                   auto const scope = world.scope_of(world.user(), &budget);
                   membership::GroupsAround groups{transaction, scope};
                   Resource ada{.type = &world.user(), .id = "ada"};
                   std::string_view const id = ada.id;
                   auto done = groups.find({&id, 1});
                   auto const before = budget.spent();
                   if (done)
                       done = groups.fill(ada);
                   work = budget.spent() - before;
                   return done;
               })
        .value();
    return work;
}

std::string error(ErrorCode code) { return "error " + std::to_string(static_cast<int>(code)); }

} // namespace

BOOST_AUTO_TEST_CASE(groups_are_direct_or_reached_through_others_and_in_the_order_of_their_ids)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("b", {"ada"});
        world.add_group("a", {"ada", "bob"});
        world.add_group("z", {"a"});
        world.add_group("y", {"b", "a"});
        world.add_group("top", {"z"});
        BOOST_TEST(groups_of(world, "ada") == "direct:a direct:b indirect:top indirect:y indirect:z");
        BOOST_TEST(groups_of(world, "bob") == "direct:a indirect:top indirect:y indirect:z");
        BOOST_TEST(groups_of(world, "nobody") == "");
    }
}

BOOST_AUTO_TEST_CASE(circles_end_and_a_direct_group_stays_direct)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        world.add_group("a", {"ada", "c"});
        world.add_group("b", {"a", "ada"});
        world.add_group("c", {"b"});
        BOOST_TEST(groups_of(world, "ada") == "direct:a direct:b indirect:c");
    }
}

BOOST_AUTO_TEST_CASE(an_element_says_where_its_group_is_and_what_it_is_called)
{
    Memberships const world;
    world.add(world.group(), "a b", {{"displayName", "Staff"}, {"members", {{{"value", "ada"}}}}});
    Resource resource{.type = &world.user(), .id = "ada"};
    world.store
        ->read(*world.attachment, "t", {},
               [&](ReadTransaction& transaction)
               { return fill_groups(transaction, resource, world.scope_of(world.user())); })
        .value();
    json::value const expected{
        {"value", "a b"}, {"$ref", "https://example.com/v2/Groups/a%20b"}, {"display", "Staff"}, {"type", "direct"}};
    BOOST_TEST(resource.attributes.at("groups").at(0) == expected);
}

BOOST_AUTO_TEST_CASE(what_comes_packed_gets_the_same_groups_packed)
{
    Memberships const world;
    for (int i = 0; i < 40; ++i) // direct, and through one another
        world.add_group("g" + std::to_string(i),
                        {i % 3 == 0 ? "ada" : "g" + std::to_string((i * 7) % 40), "g" + std::to_string((i + 1) % 40)});
    json::object const stored{{"userName", "ada"}, {"title", "x"}};
    for (json::object const& attributes : {stored, json::object{{"groups", "old"}, {"userName", "ada"}}})
    {
        Resource plain{.type = &world.user(), .id = "ada", .attributes = attributes};
        Resource packed{.type = &world.user(), .id = "ada", .packed = PackedAttributes::pack(attributes).value()};
        world.store
            ->read(*world.attachment, "t", {},
                   [&](ReadTransaction& transaction)
                   {
                       auto const scope = world.scope_of(world.user());
                       auto filled = fill_groups(transaction, plain, scope);
                       return filled ? fill_groups(transaction, packed, scope) : filled;
                   })
            .value();
        BOOST_TEST(plain.attributes.at("groups").as_array().size() == 40U);
        BOOST_TEST(packed.attributes.empty());
        BOOST_TEST(packed.packed.bytes() == PackedAttributes::pack(plain.attributes).value().bytes());
    }
}

BOOST_AUTO_TEST_CASE(who_is_in_many_groups_has_each_once)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store};
        std::string expected;
        for (int i = 100; i < 130; ++i)
        {
            auto const id = "g" + std::to_string(i);
            world.add_group(id, {"ada", "bob", "g" + std::to_string(i + 1)});
            expected += (expected.empty() ? "direct:" : " direct:") + id;
        }
        BOOST_TEST(groups_of(world, "ada") == expected);
        BOOST_TEST(groups_of(world, "bob") == expected);
    }
}

BOOST_AUTO_TEST_CASE(they_are_looked_up_only_where_they_are_shown)
{
    Memberships const world;
    world.add_group("a", {"ada"});
    std::vector<std::string> const names{"userName"};
    auto const without = Projection::make(world.user(), names, {}).value();
    for (bool const shown : {true, false})
    {
        Resource resource{.type = &world.user(), .id = "ada"};
        world.store
            ->read(*world.attachment, "t", {},
                   [&](ReadTransaction& transaction)
                   {
                       return show_groups(transaction, resource, shown ? Projection{world.user()} : without,
                                          world.scope_of(world.user()));
                   })
            .value();
        BOOST_TEST(resource.attributes.contains("groups") == shown);
    }
}

BOOST_AUTO_TEST_CASE(more_groups_than_the_policy_or_the_budget_allows_are_refused)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store, {.query = {.max_scanned = 2}}};
        world.add_group("a", {"ada"});
        world.add_group("b", {"ada"});
        BOOST_TEST(groups_of(world, "ada") == "direct:a direct:b");
        Budget small{10, std::chrono::steady_clock::time_point::max()};
        BOOST_TEST(groups_of(world, "ada", &small) == error(ErrorCode::too_many));
        world.add_group("c", {"ada"});
        BOOST_TEST(groups_of(world, "ada") == error(ErrorCode::too_many));
    }
}

BOOST_AUTO_TEST_CASE(memberships_of_groups_that_were_seen_already_are_charged_too)
{
    for (std::size_t const which : {0U, 1U})
        BOOST_TEST(work_to_show(both_stores()[which], true) - work_to_show(both_stores()[which], false) ==
                   Budget::visit * (nested * (nested - 1) - (nested - 1)));
}

BOOST_AUTO_TEST_CASE(what_is_kept_to_find_groups_is_bounded_in_bytes)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store, {.query = {.max_kept_bytes = 2'000}}};
        world.add_group("a", {"ada"});
        BOOST_TEST(groups_of(world, "ada") == "direct:a");
        for (int i = 0; i < 20; ++i)
            world.add_group("b" + std::to_string(i), {"ada"});
        BOOST_TEST(groups_of(world, "ada") == error(ErrorCode::too_many));
    }
}

BOOST_AUTO_TEST_CASE(groups_have_no_more_bytes_than_the_policy_allows)
{
    for (auto const& store : both_stores())
    {
        Memberships const world{store, {.max_groups_bytes = 200}};
        world.add_group("a", {"ada"});
        BOOST_TEST(groups_of(world, "ada") == "direct:a");
        world.add_group("b", {"a"});
        world.add_group("c", {"a"});
        BOOST_TEST(groups_of(world, "ada") == error(ErrorCode::too_many));
    }
}

BOOST_AUTO_TEST_CASE(a_page_asks_once_for_each_level_however_many_it_shows)
{
    Memberships const world;
    std::vector<Resource> page;
    for (int i = 0; i < 20; ++i)
    {
        std::string const id = std::to_string(100 + i);
        world.add_group("g" + id, {id, "everybody"});
        world.add_group("outer" + id, {"g" + id});
        page.push_back({.type = &world.user(), .id = id});
    }
    std::vector<std::string_view> ids;
    for (Resource const& user : page)
        ids.push_back(user.id);
    Questions questions;
    world.store
        ->read(*world.attachment, "t", {},
               [&](ReadTransaction& transaction)
               {
                   questions = {};
                   CountingTransaction counting{transaction, questions};
                   auto const scope = world.scope_of(world.user());
                   membership::GroupsAround groups{counting, scope};
                   auto found = groups.find(ids);
                   for (auto user = page.begin(); found && user != page.end(); ++user)
                       found = groups.fill(*user);
                   return found;
               })
        .value();
    for (Resource const& user : page)
        BOOST_TEST(user.attributes.at("groups").as_array().size() == 2U);
    BOOST_TEST(questions.references == 3, "the users, their groups, the groups around those");
    BOOST_TEST(questions.groups == 2, "the groups, the groups around those");
}

BOOST_AUTO_TEST_CASE(a_store_that_gives_another_group_than_it_was_asked_for_is_at_fault)
{
    Memberships const world;
    world.add_group("a", {"ada"});
    world.add_group("b", {"ada"});
    struct Answer
    {
        std::size_t beyond;
        std::string_view id;
        bool sound;
    };
    for (auto const& [beyond, id, sound] : {Answer{0, "", true}, Answer{1, "", false}, Answer{2, "", false},
                                            Answer{1'000'000, "", false}, Answer{0, "c", false}})
    {
        auto const found = world.store->read(*world.attachment, "t", {},
                                             [&](ReadTransaction& transaction)
                                             {
                                                 ConfusedTransaction confused{transaction, beyond, id};
                                                 Resource ada{.type = &world.user(), .id = "ada"};
                                                 return fill_groups(confused, ada, world.scope_of(world.user()));
                                             });
        BOOST_TEST_CONTEXT(beyond << " further, '" << id << "'")
        BOOST_TEST(found.has_value() == sound);
        if (!found)
            BOOST_TEST((found.error().code == ErrorCode::corrupt));
    }
}

BOOST_AUTO_TEST_SUITE_END()
