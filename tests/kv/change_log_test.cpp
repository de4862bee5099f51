// The change log of KvStore beyond the contract: what it costs, gaps, damage. The contract is proved by the conformance
// kit (tests/store).
#include <scimkit/store/change_log.hpp>

#include "kv/layout.hpp"
#include "kv_fixture.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

struct ChangeLogFixture : test::KvFixture
{
    TenantKeys keys = TenantKeys::make("tenant", 511).value();

    ChangeLogFixture() { open(); }

    ChangeLog& log() { return *store->change_log(); }
    LogExtent extent() { return log().extent("tenant", {}).value(); }

    result<std::vector<LoggedChange>> behind(LogPosition after)
    {
        std::vector<LoggedChange> found;
        auto const read = log().read("tenant", {}, after, 10'000,
                                     [&](LoggedChange&& one) { return found.push_back(std::move(one)), true; });
        return read ? result<std::vector<LoggedChange>>{std::move(found)} : read.error();
    }

    void add_users(int from, int to)
    {
        for (int i = from; i < to; ++i)
            insert(make(user(), "u" + std::to_string(i), {{"userName", "n" + std::to_string(i)}}));
    }

    void add_group(std::string_view id, int size)
    {
        json::array elements;
        for (int i = 0; i < size; ++i)
            elements.emplace_back(json::object{{"value", "m" + std::to_string(i)}});
        insert(make(group(), id, {{"displayName", "g"}, {"members", std::move(elements)}}));
    }

    result<void> add_member(WriteTransaction& transaction, std::string_view id, std::string_view value)
    {
        json::object const element{{"value", value}};
        auto const added = transaction.large_attributes()->add(group(), id, members(), {&element, 1});
        return added ? result<void>{} : result<void>{added.error()};
    }

    result<void> rewrite(WriteTransaction& transaction, std::string_view id)
    {
        auto current = transaction.get(group(), id, {}).value().value();
        auto const done = transaction.replace(current, {}, rules->facts_of(current), LargeAttributes::keep, {});
        return done ? result<void>{} : result<void>{done.error()};
    }

    static std::vector<std::string> came(LoggedChange const& change)
    {
        std::vector<std::string> values;
        for (auto const& of : change.elements)
            for (json::object const& element : of.came)
                values.emplace_back(element.at("value").as_string());
        return values;
    }

    void damage(std::string const& key)
    {
        BOOST_REQUIRE(engine
                          ->write(
                              [&](Writer& writer) -> result<void>
                              {
                                  std::string value{writer.get(key).value().value()};
                                  value.back() = static_cast<char>(value.back() ^ 0x01);
                                  return writer.put(key, value);
                              })
                          .has_value());
    }
};

BOOST_FIXTURE_TEST_SUITE(change_log, ChangeLogFixture)

BOOST_AUTO_TEST_CASE(a_member_takes_the_same_in_the_log_of_a_small_and_of_a_large_group)
{
    add_group("a", 10);
    add_group("b", 5'000);
    auto const bytes_for = [&](std::string_view id)
    {
        auto const before = extent().bytes;
        BOOST_REQUIRE(write(
                          [&](WriteTransaction& transaction)
                          {
                              auto added = add_member(transaction, id, "new");
                              return added ? rewrite(transaction, id) : added;
                          })
                          .has_value());
        return extent().bytes - before;
    };
    auto const small = bytes_for("a");
    BOOST_TEST(bytes_for("b") <= small + 2, "its version before may take a byte more");
    BOOST_TEST(small < 100U);
}

BOOST_AUTO_TEST_CASE(edits_that_are_undone_are_not_told_and_those_before_them_are)
{
    add_group("g", 0);
    auto const before = extent().end;
    BOOST_REQUIRE(write(
                      [&](WriteTransaction& transaction) -> result<void>
                      {
                          add_member(transaction, "g", "first").value();
                          auto const undone = transaction.savepoint(
                              [&]() -> result<void>
                              {
                                  add_member(transaction, "g", "second").value();
                                  rewrite(transaction, "g").value();
                                  add_member(transaction, "g", "third").value();
                                  return Error{ErrorCode::conflict, "undone"};
                              });
                          BOOST_TEST(!undone);
                          add_member(transaction, "g", "fourth").value();
                          return rewrite(transaction, "g");
                      })
                      .has_value());
    auto const told = behind(before).value();
    BOOST_REQUIRE(told.size() == 1U);
    BOOST_TEST(came(told[0]) == (std::vector<std::string>{"first", "fourth"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_undone_edit_among_others_of_its_owner_takes_none_of_them_with_it)
{
    add_group("g", 0);
    for (bool const undone_first : {true, false})
    {
        std::string const name = undone_first ? "first" : "last";
        auto const before = extent().end;
        auto const in_savepoint = [&](WriteTransaction& transaction, std::string const& value, bool kept)
        {
            (void)transaction.savepoint(
                [&]() -> result<void>
                {
                    auto added = add_member(transaction, "g", value);
                    return kept ? added : Error{ErrorCode::conflict, "undone"};
                });
        };
        BOOST_REQUIRE(write(
                          [&](WriteTransaction& transaction)
                          {
                              return transaction.savepoint(
                                  [&]() -> result<void>
                                  {
                                      add_member(transaction, "g", name + " a").value();
                                      in_savepoint(transaction, name + " b", !undone_first);
                                      in_savepoint(transaction, name + " c", undone_first);
                                      return rewrite(transaction, "g");
                                  });
                          })
                          .has_value());
        auto const told = behind(before).value();
        BOOST_REQUIRE(told.size() == 1U);
        BOOST_TEST(came(told[0]) == (std::vector<std::string>{name + " a", name + (undone_first ? " c" : " b")}),
                   boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(edits_of_two_owners_in_one_transaction_are_told_with_their_owners)
{
    add_group("a", 0);
    add_group("b", 0);
    auto const before = extent().end;
    BOOST_REQUIRE(write(
                      [&](WriteTransaction& transaction)
                      {
                          add_member(transaction, "a", "x").value();
                          add_member(transaction, "b", "y").value();
                          rewrite(transaction, "b").value();
                          return rewrite(transaction, "a");
                      })
                      .has_value());
    auto const told = behind(before).value();
    BOOST_REQUIRE(told.size() == 2U);
    BOOST_TEST((told[0].id == "b" && came(told[0]) == std::vector<std::string>{"y"}));
    BOOST_TEST((told[1].id == "a" && came(told[1]) == std::vector<std::string>{"x"}));
}

BOOST_AUTO_TEST_CASE(what_was_written_without_a_log_is_a_gap_that_readers_are_told_of)
{
    add_users(0, 3);
    auto const before = extent().end;
    open({.change_log = false});
    BOOST_TEST((store->change_log() == nullptr));
    add_users(3, 5);
    open();
    LogExtent const gap = extent();
    BOOST_TEST((before < gap.begin && gap.begin == gap.end && gap.bytes == 0));
    BOOST_TEST((behind(before).error().code == ErrorCode::trimmed));
    add_users(5, 7);
    BOOST_TEST((behind(before).error().code == ErrorCode::trimmed));
    BOOST_TEST((extent().begin == gap.begin && extent().bytes > 0));
    auto const told = behind(gap.begin).value();
    BOOST_TEST((told.size() == 2U && told[0].id == "u5"));

    // What was logged before the gap goes with the next trim, and counts for nothing.
    auto const trimmed = log().trim("tenant", {}, {.before = Instant::max()}).value();
    BOOST_TEST((trimmed.changes == 2U && extent().bytes == 0U && extent().begin == extent().end));
}

BOOST_AUTO_TEST_CASE(a_long_log_is_trimmed_in_short_commits)
{
    add_users(0, 1'200);
    *counts = {};
    counts->commits_left = 2;
    BOOST_TEST(!log().trim("tenant", {}, {.most_bytes = 0}));
    BOOST_TEST(counts->writes < 1'010U, "two commits wrote that");
    counts->commits_left = std::numeric_limits<std::uint64_t>::max();
    LogExtent const left = extent();
    BOOST_TEST((left.begin > LogPosition{} && left.begin < left.end));
    BOOST_TEST(behind(left.begin).value().size() == left.end.number() - left.begin.number());
    auto const rest = log().trim("tenant", {}, {.most_bytes = 0}).value();
    BOOST_TEST(rest.changes == left.end.number() - left.begin.number());
    BOOST_TEST((extent().bytes == 0U && !rest.more));
}

BOOST_AUTO_TEST_CASE(a_damaged_change_is_named_and_a_trim_gets_past_it)
{
    add_users(0, 4);
    damage(keys.change(2));
    auto const read = behind({});
    BOOST_TEST((read.error().code == ErrorCode::corrupt));
    BOOST_TEST(read.error().detail.find("change 2") != std::string::npos, read.error().detail);
    BOOST_TEST(log().trim("tenant", {}, {}).value().changes == 0U);
    BOOST_TEST(log().trim("tenant", {}, {.most_bytes = extent().bytes - 1}).value().changes == 1U);
    BOOST_TEST(log().trim("tenant", {}, {.most_bytes = extent().bytes - 1}).value().changes >= 1U);
    BOOST_TEST(behind(extent().begin).has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_place_is_an_error)
{
    add_users(0, 2);
    log().acknowledge("tenant", {}, "audit", LogPosition{1}).value();
    damage(keys.place("audit"));
    BOOST_TEST((log().place("tenant", {}, "audit").error().code == ErrorCode::corrupt));
    BOOST_TEST((log().places("tenant", {}, [](LogPlace&&) { return true; }).error().code == ErrorCode::corrupt));
    BOOST_TEST((log().trim("tenant", {}, {.most_bytes = 0}).error().code == ErrorCode::corrupt),
               "nobody knows what it needs");
    BOOST_TEST(log().forget("tenant", {}, "audit").value());
    BOOST_TEST(log().trim("tenant", {}, {.most_bytes = 0}).value().changes == 2U);
}

BOOST_AUTO_TEST_CASE(a_removed_tenant_takes_its_log_and_its_readers_along)
{
    add_users(0, 2);
    log().acknowledge("tenant", {}, "audit", LogPosition{1}).value();
    store->remove_tenant("tenant", {}).value();
    BOOST_TEST((extent() == LogExtent{}));
    BOOST_TEST(!log().place("tenant", {}, "audit").value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
