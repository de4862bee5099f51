// Pages by position: what they cost far from the beginning, and that they are those of a walk, whatever is written
// meanwhile.
#include <scimkit/schema/registry.hpp>

#include "kv/positions.hpp"
#include "kv_fixture.hpp"
#include "support/seed.hpp"

#include <atomic>
#include <random>
#include <thread>

namespace scimkit::kv
{
namespace
{

using Moved = Positions::Moved;

struct Fixture : test::KvFixture
{
    Fixture() { open(); }

    static std::string id_of(int i) { return "u-" + std::to_string(100'000 + i); }

    Resource made(int i) const
    {
        return make(user(), id_of(i),
                    {{"userName", "name" + std::to_string((i * 7919) % 100'000)},
                     {"displayName", "d" + std::to_string(i % 9)}});
    }

    void add_users(int from, int to)
    {
        BOOST_REQUIRE(write(
                          [&](WriteTransaction& transaction) -> result<void>
                          {
                              for (int i = from; i < to; ++i)
                              {
                                  Resource resource = made(i);
                                  if (auto done = transaction.insert(resource, rules->facts_of(resource)); !done)
                                      return done.error();
                              }
                              return {};
                          })
                          .has_value());
    }

    Query::Source source(std::string_view sort, bool descending) const
    {
        Query::Source source{&user(), nullptr};
        if (!sort.empty())
            source.sort = SortOrder{user().resolve(parse_attribute_path(sort).value()).value(), descending};
        return source;
    }

    static std::vector<std::string> ids(Page const& page)
    {
        std::vector<std::string> found;
        for (Resource const& resource : page.resources)
            found.push_back(resource.id);
        return found;
    }
};

/// Each order of users, and whether it descends.
std::vector<std::pair<std::string_view, bool>> const orders{
    {"", false}, {"userName", false}, {"userName", true}, {"displayName", false}, {"displayName", true}};

/// Whether a page by position is the one that a walk over the same snapshot gives.
bool agrees(ReadTransaction& transaction, Query::Source const& source, std::uint64_t skip)
{
    Query query{{&source, 1}};
    query.skip = skip;
    query.limit = 5;
    auto const page = Fixture::ids(run_query(transaction, query).value());
    query.skip = 0;
    query.limit = 1'000'000;
    auto const all = Fixture::ids(run_query(transaction, query).value());
    auto const begin = all.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(skip, all.size()));
    return page == std::vector<std::string>{begin, begin + std::min<std::ptrdiff_t>(5, all.end() - begin)};
}

BOOST_FIXTURE_TEST_SUITE(positions, Fixture)

BOOST_AUTO_TEST_CASE(a_page_far_from_the_beginning_costs_about_what_the_first_one_does)
{
    constexpr int count = 5'000;
    for (int i = 0; i < count; i += 1'000)
        add_users(i, i + 1'000);
    for (auto const& [sort, descending] : orders)
    {
        auto const from = source(sort, descending);
        Query query{{&from, 1}};
        query.limit = 20;
        auto const cost_at = [&](std::uint64_t skip)
        {
            query.skip = skip;
            return cost([&] { BOOST_TEST(find(query).resources.size() == 20U); });
        };
        auto const first = cost_at(0);
        auto const walked = cost_at(count - 20);
        BOOST_TEST(walked > static_cast<std::uint64_t>(count), "somebody has to walk: " << sort);
        std::uint64_t const some = 3 * Positions::step + 10; // each of its values costs a seek
        BOOST_TEST(cost_at(count - 20) <= first + some, sort);
        add_users(count, count + 5);
        BOOST_TEST(cost_at(count - 60) <= first + some, "after writes: " << sort);
        BOOST_TEST(cost_at(count / 2) <= first + some, sort);
        for (int i = 0; i < 5; ++i)
            BOOST_REQUIRE(
                write([&](WriteTransaction& transaction) { return transaction.remove(user(), id_of(count + i), {}); })
                    .has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_page_beyond_the_last_one_costs_a_look_at_a_counter)
{
    add_users(0, 1'000);
    for (auto const& [sort, descending] : orders)
    {
        auto const from = source(sort, descending);
        Query query{{&from, 1}};
        query.limit = 20;
        query.skip = 1'000;
        BOOST_TEST(cost([&] { BOOST_TEST((find(query).summary.total == 1'000U)); }) == 1U, sort);
    }
}

BOOST_AUTO_TEST_CASE(pages_by_position_are_those_of_a_walk_between_random_writes)
{
    std::mt19937 random{test::process_seed()};
    auto const any = [&](int count) { return std::uniform_int_distribution<int>{0, count - 1}(random); };
    add_users(0, 900);
    for (int round = 0; round < 20; ++round)
    {
        for (auto const& [sort, descending] : orders)
            BOOST_REQUIRE(read(
                              [&](ReadTransaction& transaction) -> result<void>
                              {
                                  auto const skip = static_cast<std::uint64_t>(any(1'100));
                                  BOOST_TEST(agrees(transaction, source(sort, descending), skip),
                                             "behind " << skip << " by '" << sort << "'");
                                  return {};
                              })
                              .has_value());
        bool const fails = any(4) == 0;
        auto const written = write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                for (int i = 0; i < 10; ++i)
                {
                    Resource resource = made(any(1'000));
                    resource.attributes["displayName"] = "d" + std::to_string(any(12));
                    (void)transaction.savepoint(
                        [&]() -> result<void>
                        {
                            auto const facts = rules->facts_of(resource);
                            if (auto replaced = transaction.replace(resource, {}, facts, LargeAttributes::as_given, {});
                                !replaced)
                                (void)transaction.insert(resource, facts);
                            else if (any(2) == 0)
                                (void)transaction.remove(user(), resource.id, {});
                            return any(4) == 0 ? Error{ErrorCode::internal, "taken back"} : result<void>{};
                        });
                }
                return fails ? Error{ErrorCode::internal, "all of it"} : result<void>{};
            });
        BOOST_TEST(written.has_value() != fails);
    }
}

BOOST_AUTO_TEST_CASE(pages_by_position_are_those_of_a_walk_while_others_write)
{
    store = memory::make_store(); // threads must not count
    attachment = store->attach(registry).value();
    add_users(0, 700);
    std::atomic<int> wrong{0};
    std::atomic<bool> done{false};
    auto const writer = [&](int which)
    {
        for (int i = 0; i < 150; ++i)
        {
            int const number = 1'000 + 2 * (i % 40) + which;
            (void)write(
                [&](WriteTransaction& transaction) -> result<void>
                {
                    Resource resource = made(number);
                    if (!transaction.remove(user(), resource.id, {}))
                        (void)transaction.insert(resource, rules->facts_of(resource));
                    return transaction.remove(user(), id_of((i * 4 + which) % 700), {}), result<void>{};
                });
        }
    };
    auto const reader = [&](std::uint64_t skip)
    {
        for (std::size_t i = 0; !done; ++i)
        {
            auto const& [sort, descending] = orders[i % orders.size()];
            (void)read(
                [&](ReadTransaction& transaction) -> result<void>
                {
                    wrong += agrees(transaction, source(sort, descending), skip + i % 50) ? 0 : 1;
                    return {};
                });
        }
    };
    std::thread one{reader, 250};
    std::thread two{reader, 380};
    std::thread other{writer, 1};
    writer(0);
    other.join();
    done = true;
    one.join();
    two.join();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(what_a_repair_or_a_load_moves_is_not_counted_from_before)
{
    add_users(0, 600);
    auto const from = source("displayName", false);
    auto const look = [&]
    {
        BOOST_TEST(read(
                       [&](ReadTransaction& transaction) -> result<void>
                       {
                           BOOST_TEST(agrees(transaction, from, 500));
                           return {};
                       })
                       .has_value());
    };
    look();
    BOOST_TEST(store->maintenance()
                   ->load(*attachment, "tenant", {},
                          [&](WriteTransaction& transaction) -> result<void>
                          {
                              Resource resource = made(900);
                              resource.version = Version{1}; // no newer one is given out
                              auto const loaded = transaction.insert(resource, rules->facts_of(resource));
                              return loaded ? result<void>{} : result<void>{loaded.error()};
                          })
                   .has_value());
    look();
    BOOST_TEST(store->remove_tenant("tenant", {}).has_value());
    add_users(300, 900);
    look();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(known_positions)

Positions::Order const ascending{"t/", false};

struct Known
{
    Positions all{};

    Positions::Snapshot at(std::uint64_t revision) const { return {"t", revision, all.epoch()}; }
    std::uint64_t position(std::uint64_t revision, std::uint64_t wanted, Positions::Order const& order = ascending)
    {
        auto const found = all.find(at(revision), order, wanted);
        return found ? found->position : 0;
    }
    void commit(std::uint64_t before, std::vector<Moved> moved)
    {
        all.committed("t", {before, before + 1, true, std::move(moved)});
    }
};

BOOST_FIXTURE_TEST_CASE(a_mark_moves_with_what_comes_and_goes_before_it, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    all.learn(at(1), ascending, {{400, "t/g", 2}, {800, "t/p", 2}});
    BOOST_TEST(position(1, 900) == 800U);
    BOOST_TEST(position(1, 799) == 400U);
    BOOST_TEST(position(1, 399) == 0U);
    commit(1, {{"t/a", true}, {"t/h", true}, {"t/p", false}, {"t/z", true}, {"other/a", true}});
    BOOST_TEST(position(2, 900) == 802U);
    BOOST_TEST(position(2, 500) == 401U);
    BOOST_TEST(position(1, 900) == 800U, "an earlier snapshot");
}

BOOST_FIXTURE_TEST_CASE(a_mark_of_values_that_descend_counts_what_comes_before_it_there, Known)
{
    Positions::Order const order{"t/", true};
    BOOST_TEST(position(1, 900, order) == 0U);
    all.learn(at(1), order, {{400, "t/p/5", 4}, {800, "t/g/5", 4}});
    commit(1, {{"t/z/1", true}, {"t/p/1", true}, {"t/p/9", true}, {"t/a/1", true}});
    BOOST_TEST(position(2, 500, order) == 402U);
    BOOST_TEST(position(2, 900, order) == 803U);
}

BOOST_FIXTURE_TEST_CASE(every_snapshot_that_is_known_has_its_own_positions_whatever_has_moved_since, Known)
{
    BOOST_TEST(position(1, 900'000) == 0U);
    std::vector<Positions::Mark> marks;
    for (std::uint64_t i = 1; i <= 4'000; ++i)
        marks.push_back({i * 200, "t/" + std::to_string(10'000 + i), 2});
    all.learn(at(1), ascending, marks);
    constexpr std::uint64_t commits = 40;
    for (std::uint64_t revision = 1; revision <= commits; ++revision)
    {
        std::vector<Moved> moved; // 150 come before the mark in the middle, 50 go; one comes behind it
        for (int i = 0; i < 150; ++i)
            moved.push_back({"t/" + std::to_string(10'000 + (i * 97) % 2'000), true});
        for (int i = 0; i < 50; ++i)
            moved.push_back({"t/" + std::to_string(10'000 + i), false});
        moved.push_back({"t/13500", true});
        commit(revision, std::move(moved));
    }
    for (std::uint64_t revision = 1; revision <= commits + 1; ++revision)
    {
        BOOST_TEST(position(revision, 2'000 * 200 + 100 * (revision - 1)) == 2'000 * 200 + 100 * (revision - 1));
        BOOST_TEST(position(revision, 1'000'000) == 4'000 * 200 + 101 * (revision - 1));
    }
}

BOOST_FIXTURE_TEST_CASE(commits_may_be_told_in_another_order, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    all.learn(at(1), ascending, {{400, "t/g", 2}});
    commit(2, {{"t/b", true}});
    commit(1, {{"t/a", true}});
    BOOST_TEST(position(3, 900) == 402U);
}

BOOST_FIXTURE_TEST_CASE(what_a_walk_saw_is_moved_by_the_commits_of_its_time, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    commit(1, {{"t/a", true}});
    all.learn(at(1), ascending, {{400, "t/g", 2}});
    BOOST_TEST(position(2, 900) == 401U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_known_behind_a_commit_that_nobody_told, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    all.learn(at(1), ascending, {{400, "t/g", 2}});
    BOOST_TEST(position(3, 900) == 0U, "whoever sees that has waited, and walks");
    all.learn(at(1), ascending, {{400, "t/g", 2}});
    BOOST_TEST(position(3, 900) == 0U, "a walk over what nobody can follow");
    all.committed("t", {3, 4, false, {}});
    all.learn(at(4), ascending, {{400, "t/g", 2}});
    BOOST_TEST(position(4, 900) == 400U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_over_a_suspension, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    auto const before = at(1);
    all.learn(before, ascending, {{400, "t/g", 2}});
    {
        Positions::Suspension const suspension{all};
        BOOST_TEST(position(1, 900) == 0U);
        all.learn(at(1), ascending, {{400, "t/g", 2}});
    }
    all.learn(before, ascending, {{400, "t/g", 2}});
    BOOST_TEST(position(1, 900) == 0U);
}

BOOST_FIXTURE_TEST_CASE(marks_do_not_become_more_than_their_bound, Known)
{
    BOOST_TEST(position(1, 900) == 0U);
    std::vector<Positions::Mark> marks;
    for (std::uint64_t i = 1; i <= 40'000; ++i)
        marks.push_back({i * 100, "t/" + std::to_string(1'000'000 + i), 2});
    all.learn(at(1), ascending, std::move(marks));
    BOOST_TEST(position(1, 4'000'000) > 3'990'000U);
    BOOST_TEST(position(1, 2'000'000) > 1'990'000U);
    std::uint64_t different = 0;
    for (std::uint64_t wanted = 0, last = 0; wanted < 4'000'000; wanted += 100)
        if (auto const found = position(1, wanted); found != last)
        {
            ++different;
            last = found;
        }
    BOOST_TEST(different <= Positions::most_marks + 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
