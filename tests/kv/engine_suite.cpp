// What the key-value store believes of its engine: order, all or nothing, one transaction at a time. A new engine that
// gets one of these wrong fails here by its name, and not as a user who is lost.
#include "kv/engine_suite.hpp"

#include "kv/engine_access.hpp"

#include <algorithm>
#include <stdexcept>

namespace
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Reader;
using scimkit::kv::Writer;
using namespace scimkit::test;

struct EngineFixture
{
    std::shared_ptr<scimkit::kv::Engine> engine = make_engine();

    void fill(Entries const& entries) const
    {
        auto const filled = engine->write(
            [&](Writer& writer) -> result<void>
            {
                for (auto const& [key, value] : entries)
                    if (auto stored = writer.put(key, value); !stored)
                        return stored;
                return {};
            });
        BOOST_REQUIRE(filled);
    }

    // Runs `check` with a cursor of a read transaction.
    template <class Check>
    void with_cursor(Check check) const
    {
        auto const outcome = engine->read(
            [&](Reader& reader) -> result<void>
            {
                auto const cursor = reader.cursor();
                BOOST_REQUIRE(cursor);
                check(**cursor);
                return {};
            });
        BOOST_TEST(outcome.has_value());
    }
};

bool yes(result<bool> const& answer)
{
    BOOST_REQUIRE_MESSAGE(answer, answer.error().detail);
    return *answer;
}

result<void> refusal() { return Error{ErrorCode::conflict, "the body says no"}; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(engine, EngineFixture)

BOOST_AUTO_TEST_CASE(a_new_engine_is_empty)
{
    BOOST_TEST(entries_of(*engine).value().empty());
    BOOST_TEST(!get(*engine, "key").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_value_comes_back_as_it_was_put)
{
    std::string const bytes("\0\xff\n\0", 4);
    BOOST_REQUIRE(put(*engine, "key", bytes));
    BOOST_TEST(value_of(*engine, "key") == bytes);
}

BOOST_AUTO_TEST_CASE(an_empty_value_is_a_value)
{
    BOOST_REQUIRE(put(*engine, "key", ""));
    BOOST_TEST(value_of(*engine, "key").empty());
}

BOOST_AUTO_TEST_CASE(put_replaces_the_value_whatever_its_size)
{
    for (std::size_t const size : {1U, 5000U, 3U, 100000U, 0U})
    {
        BOOST_REQUIRE(put(*engine, "key", std::string(size, 'x')));
        BOOST_TEST(value_of(*engine, "key").size() == size);
    }
    BOOST_TEST(entries_of(*engine).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(erase_tells_whether_the_key_was_there)
{
    fill({{"a", "1"}, {"b", "2"}});
    BOOST_TEST(yes(erase(*engine, "a")));
    BOOST_TEST(!yes(erase(*engine, "a")));
    BOOST_TEST(!yes(erase(*engine, "")));
    BOOST_TEST((entries_of(*engine).value() == Entries{{"b", "2"}}));
}

BOOST_AUTO_TEST_CASE(keys_are_ordered_as_unsigned_bytes_and_shorter_first)
{
    std::string const nul("\0", 1);
    fill(
        {{"\xff", "8"}, {"b", "6"}, {"ab", "4"}, {"a", "2"}, {nul, "1"}, {"\x80", "7"}, {"a" + nul, "3"}, {"ac", "5"}});
    std::string order;
    for (auto const& [key, value] : entries_of(*engine).value())
        order += value;
    BOOST_TEST(order == "12345678");
}

BOOST_AUTO_TEST_CASE(a_key_of_the_greatest_size_can_be_stored_and_found)
{
    std::string const longest(engine->max_key_size(), 'k');
    BOOST_TEST(longest.size() >= 400U);
    fill({{longest, "value"}});
    BOOST_TEST(value_of(*engine, longest) == "value");
    BOOST_TEST(yes(erase(*engine, longest)));
}

BOOST_AUTO_TEST_CASE(empty_and_overlong_keys_are_refused)
{
    BOOST_TEST((put(*engine, "", "value").error().code == ErrorCode::internal));
    auto const refused = put(*engine, std::string(engine->max_key_size() + 1, 'k'), "value");
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == ErrorCode::internal));
    BOOST_TEST(refused.error().detail.find("512") != std::string::npos);
    BOOST_TEST(entries_of(*engine).value().empty());
}

BOOST_AUTO_TEST_CASE(looking_for_keys_that_cannot_exist_finds_nothing)
{
    fill({{"key", "value"}});
    BOOST_TEST(!get(*engine, "").value().has_value());
    BOOST_TEST(!get(*engine, std::string(4000, 'k')).value().has_value());
    BOOST_TEST(!yes(erase(*engine, std::string(4000, 'k'))));
}

BOOST_AUTO_TEST_CASE(a_megabyte_fits_into_a_value)
{
    std::string large(std::size_t{1} << 20, '\0');
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>(i * 31 % 251);
    BOOST_REQUIRE(put(*engine, "large", large));
    BOOST_TEST((value_of(*engine, "large") == large));
}

BOOST_AUTO_TEST_CASE(seek_finds_the_first_key_not_before)
{
    fill({{"b", "1"}, {"d", "2"}});
    with_cursor(
        [](auto& cursor)
        {
            BOOST_TEST(yes(cursor.seek("")));
            BOOST_TEST(cursor.key() == "b");
            BOOST_TEST(yes(cursor.seek("b")));
            BOOST_TEST(cursor.key() == "b");
            BOOST_TEST(cursor.value() == "1");
            BOOST_TEST(yes(cursor.seek("c")));
            BOOST_TEST(cursor.key() == "d");
            BOOST_TEST(cursor.value() == "2");
            BOOST_TEST(!yes(cursor.seek("e")));
            BOOST_TEST(yes(cursor.seek("ba")));
            BOOST_TEST(cursor.key() == "d");
            BOOST_TEST(!yes(cursor.seek(std::string(4000, 'x'))));
        });
}

BOOST_AUTO_TEST_CASE(seek_before_finds_the_last_key_before)
{
    fill({{"b", "1"}, {"d", "2"}});
    with_cursor(
        [](auto& cursor)
        {
            BOOST_TEST(yes(cursor.seek_before("e")));
            BOOST_TEST(cursor.key() == "d");
            BOOST_TEST(yes(cursor.seek_before("d")));
            BOOST_TEST(cursor.key() == "b");
            BOOST_TEST(cursor.value() == "1");
            BOOST_TEST(yes(cursor.seek_before("c")));
            BOOST_TEST(cursor.key() == "b");
            BOOST_TEST(!yes(cursor.seek_before("b")));
            BOOST_TEST(!yes(cursor.seek_before("a")));
            BOOST_TEST(!yes(cursor.seek_before("")));
            BOOST_TEST(yes(cursor.seek_before(std::string(4000, 'x'))));
            BOOST_TEST(cursor.key() == "d");
        });
}

BOOST_AUTO_TEST_CASE(a_cursor_walks_both_ways_and_stops_at_the_ends)
{
    fill({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    with_cursor(
        [](auto& cursor)
        {
            BOOST_TEST(yes(cursor.seek("a")));
            BOOST_TEST(yes(cursor.next()));
            BOOST_TEST(yes(cursor.next()));
            BOOST_TEST(cursor.key() == "c");
            BOOST_TEST(yes(cursor.previous()));
            BOOST_TEST(cursor.key() == "b");
            BOOST_TEST(yes(cursor.next()));
            BOOST_TEST(cursor.key() == "c");
            BOOST_TEST(!yes(cursor.next()));
            BOOST_TEST(!yes(cursor.previous())); // it stands nowhere now
            BOOST_TEST(yes(cursor.seek("a")));
            BOOST_TEST(!yes(cursor.previous()));
            BOOST_TEST(!yes(cursor.next()));
        });
}

BOOST_AUTO_TEST_CASE(a_cursor_over_nothing_finds_nothing)
{
    with_cursor(
        [](auto& cursor)
        {
            BOOST_TEST(!yes(cursor.next()));
            BOOST_TEST(!yes(cursor.previous()));
            BOOST_TEST(!yes(cursor.seek("")));
            BOOST_TEST(!yes(cursor.seek("a")));
            BOOST_TEST(!yes(cursor.seek_before("a")));
            BOOST_TEST(!yes(cursor.next()));
        });
}

BOOST_AUTO_TEST_CASE(many_entries_are_walked_in_order_from_both_ends)
{
    Entries entries;
    for (int i = 0; i < 5000; ++i)
        entries.emplace_back(std::to_string(i * 7919 % 5000), std::string(static_cast<std::size_t>(i % 200), 'v'));
    fill(entries);
    std::sort(entries.begin(), entries.end());
    BOOST_TEST((entries_of(*engine).value() == entries));
    with_cursor(
        [&](auto& cursor)
        {
            std::size_t left = entries.size();
            for (bool more = yes(cursor.seek_before("\xff")); more; more = yes(cursor.previous()))
            {
                BOOST_REQUIRE(left > 0);
                BOOST_REQUIRE(cursor.key() == entries[--left].first);
            }
            BOOST_TEST(left == 0U);
        });
}

BOOST_AUTO_TEST_CASE(a_writer_sees_its_own_writes)
{
    fill({{"a", "1"}, {"b", "2"}});
    auto const outcome = engine->write(
        [](Writer& writer) -> result<void>
        {
            BOOST_TEST(writer.put("c", "3").has_value());
            BOOST_TEST(writer.put("a", "one").has_value());
            BOOST_TEST(yes(writer.erase("b")));
            BOOST_TEST(writer.get("c").value().value() == "3");
            BOOST_TEST(!writer.get("b").value().has_value());
            BOOST_TEST((entries_of(writer).value() == Entries{{"a", "one"}, {"c", "3"}}));
            return {};
        });
    BOOST_TEST(outcome.has_value());
    BOOST_TEST((entries_of(*engine).value() == Entries{{"a", "one"}, {"c", "3"}}));
}

BOOST_AUTO_TEST_CASE(a_cursor_must_be_sought_again_after_a_write)
{
    fill({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    auto const outcome = engine->write(
        [](Writer& writer) -> result<void>
        {
            auto const walker = writer.cursor();
            BOOST_REQUIRE(walker);
            BOOST_TEST(yes((*walker)->seek("a")));
            BOOST_TEST(yes(writer.erase("a")));
            BOOST_TEST(((*walker)->next().error().code == ErrorCode::internal));
            BOOST_TEST(((*walker)->previous().error().code == ErrorCode::internal));
            BOOST_TEST(yes((*walker)->seek("a")));
            BOOST_TEST((*walker)->key() == "b");
            BOOST_TEST(yes((*walker)->next()));
            return {};
        });
    BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(a_range_can_be_erased_with_a_cursor)
{
    Entries entries;
    for (int i = 1000; i < 3000; ++i)
        entries.emplace_back("k" + std::to_string(i), "value");
    fill(entries);
    auto const outcome = engine->write(
        [](Writer& writer) -> result<void>
        {
            auto const cursor = writer.cursor();
            BOOST_REQUIRE(cursor);
            while (yes((*cursor)->seek("k15")) && (*cursor)->key() < "k25")
                BOOST_REQUIRE(yes(writer.erase(std::string{(*cursor)->key()})));
            return {};
        });
    BOOST_TEST(outcome.has_value());
    std::erase_if(entries, [](auto const& entry) { return entry.first >= "k15" && entry.first < "k25"; });
    BOOST_TEST(entries.size() == 1000U);
    BOOST_TEST((entries_of(*engine).value() == entries));
}

BOOST_AUTO_TEST_CASE(an_error_of_a_body_comes_back_as_it_is)
{
    auto const read = engine->read([](Reader&) { return refusal(); });
    BOOST_TEST((read.error() == refusal().error()));
    auto const written = engine->write([](Writer&) { return refusal(); });
    BOOST_TEST((written.error() == refusal().error()));
}

BOOST_AUTO_TEST_CASE(a_body_that_fails_leaves_nothing)
{
    Entries const before{{"a", "1"}, {"b", "2"}, {"c", "3"}};
    fill(before);
    auto const outcome = engine->write(
        [](Writer& writer) -> result<void>
        {
            // Every way in which one key can be changed twice.
            BOOST_REQUIRE(writer.put("a", "first"));
            BOOST_REQUIRE(writer.put("a", "second"));
            BOOST_REQUIRE(writer.put("b", "changed"));
            BOOST_REQUIRE(yes(writer.erase("b")));
            BOOST_REQUIRE(yes(writer.erase("c")));
            BOOST_REQUIRE(writer.put("c", "again"));
            BOOST_REQUIRE(writer.put("d", "new"));
            BOOST_REQUIRE(yes(writer.erase("d")));
            BOOST_REQUIRE(writer.put("d", "new again"));
            BOOST_REQUIRE(writer.put("e", std::string(100000, 'e')));
            BOOST_REQUIRE(!yes(writer.erase("nothing")));
            return refusal();
        });
    BOOST_TEST(outcome.has_error());
    BOOST_TEST((entries_of(*engine).value() == before));
}

BOOST_AUTO_TEST_CASE(a_body_that_throws_leaves_nothing_and_the_exception_passes_on)
{
    Entries const before{{"a", "1"}};
    fill(before);
    BOOST_CHECK_THROW((void)engine->write(
                          [](Writer& writer) -> result<void>
                          {
                              BOOST_REQUIRE(writer.put("a", "changed"));
                              BOOST_REQUIRE(writer.put("b", "new"));
                              throw std::out_of_range("a mistake in the body");
                          }),
                      std::out_of_range);
    BOOST_CHECK_THROW((void)engine->read([](Reader&) -> result<void> { throw std::out_of_range("a mistake"); }),
                      std::out_of_range);
    BOOST_TEST((entries_of(*engine).value() == before));
    BOOST_TEST(put(*engine, "c", "3").has_value());
}

BOOST_AUTO_TEST_CASE(a_transaction_inside_another_is_refused_and_spoils_nothing)
{
    auto const outer = engine->write(
        [&](Writer& writer) -> result<void>
        {
            BOOST_TEST((put(*engine, "b", "2").error().code == ErrorCode::internal));
            BOOST_TEST((get(*engine, "b").error().code == ErrorCode::internal));
            return writer.put("a", "1");
        });
    BOOST_TEST(outer.has_value());
    auto const reading = engine->read(
        [&](Reader&) -> result<void>
        {
            BOOST_TEST(put(*engine, "b", "2").has_error());
            return {};
        });
    BOOST_TEST(reading.has_value());
    BOOST_TEST((entries_of(*engine).value() == Entries{{"a", "1"}}));
}

BOOST_AUTO_TEST_CASE(a_transaction_of_another_engine_may_run_inside)
{
    auto const other = make_engine();
    BOOST_REQUIRE(put(*other, "key", "value"));
    auto const copied = engine->write([&](Writer& writer) { return writer.put("copy", value_of(*other, "key")); });
    BOOST_TEST(copied.has_value());
    BOOST_TEST(value_of(*engine, "copy") == "value");
}

BOOST_AUTO_TEST_SUITE_END()
