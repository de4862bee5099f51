// Stores order and find by the bytes of keys alone. Keys in another order than their values, one that is taken for
// the beginning of another, or tenants that share a prefix would show wrong answers, or those of others.
#include "kv/key_codec.hpp"
#include "kv/layout.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <random>

namespace scimkit::kv
{
namespace
{

constexpr std::size_t room = 104; // of the smallest engine

std::string encoded(BoundLiteral const& value)
{
    std::string key;
    append_value(key, value, room);
    return key;
}

std::string text(std::string const& value) { return encoded(StringKey{value, value}); }

BOOST_AUTO_TEST_SUITE(key_codec)

BOOST_AUTO_TEST_CASE(numbers_of_all_kinds_have_one_order)
{
    auto const most = std::numeric_limits<std::int64_t>::max();
    auto const least = std::numeric_limits<std::int64_t>::min();
    std::vector<Number> numbers{-1e300,
                                -9.3e18,
                                least,
                                least + 1,
                                -9007199254740995.0,
                                std::int64_t{-9007199254740993},
                                -2.5,
                                std::int64_t{-2},
                                -0.0,
                                std::int64_t{0},
                                std::uint64_t{0},
                                5e-324,
                                0.5,
                                std::int64_t{1},
                                1.0,
                                std::int64_t{9007199254740992},
                                9007199254740992.0,
                                std::int64_t{9007199254740993},
                                9007199254740994.0,
                                most - 1,
                                most,
                                9223372036854775808.0,
                                std::uint64_t{9223372036854775809U},
                                std::numeric_limits<std::uint64_t>::max(),
                                18446744073709551616.0,
                                1e300};
    std::mt19937_64 random{test::seed(42)};
    for (int i = 0; i < 500; ++i)
    {
        auto const bits = random() >> (random() % 64);
        numbers.emplace_back(static_cast<std::int64_t>(bits));
        numbers.emplace_back(-static_cast<std::int64_t>(bits >> 1));
        numbers.emplace_back(bits);
        numbers.emplace_back(static_cast<double>(bits) * (random() % 2 ? 1.0 : -0.5));
    }
    for (Number const& a : numbers)
        for (Number const& b : numbers)
        {
            int const order = compare_numbers(a, b);
            int const keys = encoded(a).compare(encoded(b));
            if ((order < 0) != (keys < 0) || (order > 0) != (keys > 0))
                BOOST_ERROR("two numbers are ordered otherwise by their keys");
        }
}

BOOST_AUTO_TEST_CASE(texts_keep_their_order_and_are_told_from_their_beginnings)
{
    std::mt19937 random{test::seed(7)};
    std::vector<std::string> texts{"", std::string(1, '\0'), std::string(2, '\0'), "\x01", "\xFF", "a", "ab"};
    for (int i = 0; i < 300; ++i)
    {
        std::string made;
        for (std::size_t size = random() % 60; size > 0; --size)
            made.push_back("\0\x01\x02\xFF"
                           "ab"[random() % 6]);
        texts.push_back(made);
    }
    for (std::string const& a : texts)
        for (std::string const& b : texts)
        {
            // Cut values keep the order of what is left of them; equal keys are equal values in any case.
            bool const cut = is_cut(text(a)) || is_cut(text(b));
            if ((a == b) != (text(a) == text(b)) || (!cut && (a < b) != (text(a) < text(b))))
                BOOST_ERROR("two texts are ordered otherwise by their keys");
            if (a != b && text(b).starts_with(text(a)))
                BOOST_ERROR("one key is the beginning of another");
        }
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut_but_stay_apart)
{
    std::string const common(3'000, 'x');
    std::string const a = text(common + "a");
    std::string const b = text(common + "b");
    BOOST_TEST(a.size() <= room);
    BOOST_TEST(a != b);
    BOOST_TEST(is_cut(a));
    BOOST_TEST(without_hash(a) == without_hash(b));
    BOOST_TEST((text("w") < a));
    BOOST_TEST((a < text("y")));
    BOOST_TEST((text(std::string(10, 'x')) < a), "a beginning comes before what it begins");
    BOOST_TEST((text(std::string(room - 35, 'x')) < a), "also when it just fits");
    BOOST_TEST(!is_cut(text(std::string(room - 35, 'x'))));
    BOOST_TEST(text(std::string(2'000, '\0')).size() <= room);
}

BOOST_AUTO_TEST_CASE(a_text_is_read_from_its_key_unless_it_was_cut)
{
    for (std::string const& whole : {std::string{}, std::string{"a\0b", 3}, std::string(room - 35, 'x')})
        BOOST_TEST((whole_string_value(text(whole)) == whole));
    BOOST_TEST(!whole_string_value(text(std::string(3'000, 'x'))));
    BOOST_TEST(!whole_string_value(text("a") + "b"));
    BOOST_TEST(!whole_string_value(encoded(true)));
    BOOST_TEST(!whole_string_value(""));
}

BOOST_AUTO_TEST_CASE(a_key_goes_on_after_its_value)
{
    for (std::string const& value : {encoded(true), encoded(false), encoded(nullptr), encoded(Number{1.5}),
                                     encoded(Instant{std::chrono::microseconds{-5}}), text(""),
                                     text(std::string{"a\0b", 3}), text(std::string(500, 'z'))})
    {
        BOOST_TEST(value_size(value + "id") == value.size());
        BOOST_TEST(value_size(std::string_view{value}.substr(0, value.size() - 1)) == 0U);
    }
    BOOST_TEST(value_size("") == 0U);
    BOOST_TEST(value_size("\x03rest") == 0U);
}

BOOST_AUTO_TEST_CASE(values_of_different_kinds_do_not_mix)
{
    std::vector<std::string> const ordered{encoded(false),
                                           encoded(true),
                                           encoded(Number{-1e300}),
                                           encoded(Number{1e300}),
                                           encoded(Instant::min()),
                                           encoded(Instant{}),
                                           encoded(Instant::max()),
                                           text(""),
                                           text("\xFF"),
                                           encoded(nullptr)};
    BOOST_TEST(std::ranges::is_sorted(ordered));
    BOOST_TEST((std::ranges::adjacent_find(ordered) == ordered.end()));
}

BOOST_AUTO_TEST_CASE(a_prefix_finds_all_that_begin_with_it)
{
    for (std::string const& prefix : {std::string{}, std::string{"ab"}, std::string{"a\0", 2}, std::string{"\xFF"}})
    {
        std::string key;
        BOOST_TEST(append_string_prefix(key, prefix, room));
        BOOST_TEST(text(prefix).starts_with(key));
        BOOST_TEST(text(prefix + "more").starts_with(key));
        BOOST_TEST(text(prefix + std::string(500, 'm')).starts_with(key));
        BOOST_TEST((text(prefix) < end_of_prefix(key)));
    }
    std::string cut;
    BOOST_TEST(!append_string_prefix(cut, std::string(500, 'm'), room));
    BOOST_TEST(text(std::string(600, 'm')).starts_with(cut));
}

BOOST_AUTO_TEST_CASE(taking_a_text_gives_it_back)
{
    for (std::string const& value : {std::string{}, std::string{"id"}, std::string{"a\0b\0", 4}})
    {
        std::string key;
        append_text(key, value);
        BOOST_TEST(key.size() == text_size(value));
        key += "rest";
        std::string_view in = key;
        BOOST_TEST((take_text(in) == value));
        BOOST_TEST(in == "rest");
    }
    for (std::string const& damaged : {std::string{"abc"}, std::string{"a\0", 2}, std::string{"a\0\x05", 3}})
    {
        std::string_view in = damaged;
        BOOST_TEST(!take_text(in));
    }
}

BOOST_AUTO_TEST_CASE(the_end_of_a_prefix_is_the_next_key)
{
    BOOST_TEST(end_of_prefix("ab") == "ac");
    BOOST_TEST(end_of_prefix("a\xFF\xFF") == "b");
    BOOST_TEST(end_of_prefix("\xFF") == "");
}

BOOST_AUTO_TEST_CASE(every_kind_of_key_fits_into_the_smallest_engine)
{
    constexpr std::size_t smallest = 400;
    auto const keys = TenantKeys::make(std::string(64, '\0'), smallest).value();
    std::string const id(max_id_bytes, 'i');
    std::string const value(3'000, '\0');
    BOOST_REQUIRE(is_storable_id(id));
    std::string index = keys.index(65'535, 65'535);
    append_string_value(index, value, keys.room());
    for (std::string const& key :
         {keys.record(1, id), keys.unique(1, value, value), index + id, keys.element(1, id, value),
          keys.reference(value, 1, id, value + "x"), keys.element_count(1, id)})
        BOOST_TEST(key.size() <= smallest);
    std::string const shorter = id.substr(0, 116);
    BOOST_TEST(!keys.has_room_for_generations(id));
    BOOST_REQUIRE(keys.has_room_for_generations(shorter));
    BOOST_TEST(TenantKeys::make("acme", smallest)->has_room_for_generations(id));
    std::string const owner = owner_name(shorter, 0xFFFFFFFF);
    for (std::string const& key :
         {keys.element(1, owner, value), keys.reference(value, 1, owner, value + "x"), keys.grave(1, owner)})
        BOOST_TEST(key.size() <= smallest);
    BOOST_TEST(!is_storable_id(""));
    BOOST_TEST(!is_storable_id(id + "i"));
    BOOST_TEST(!is_storable_id((std::string{"a\0b", 3})));
}

BOOST_AUTO_TEST_CASE(generations_of_an_id_come_together_in_the_order_of_ids)
{
    auto const keys = TenantKeys::make("acme", 511).value();
    std::string before;
    for (std::string const id : {"a", "a\x01", "a-", "aa", "b"})
        for (Generation const generation : {0U, 1U, 2U, 0x10U, 0xFFFFFFFFU})
        {
            std::string const owner = owner_name(id, generation);
            BOOST_TEST(id_of_owner(owner) == id);
            BOOST_TEST((generation_of_owner(owner) == generation));
            std::string const key = keys.element(1, owner, "value");
            BOOST_TEST((before < key), owner);
            before = key;
            std::string_view rest = std::string_view{key}.substr(keys.prefix().size() + 1);
            auto const named = take_owner(rest);
            BOOST_TEST((named && named->attribute == 1 && named->owner == owner));
        }
    for (std::string const& other : {std::string{"a\0", 2}, std::string{"a\0001", 3}, owner_name("a", 1) + "0",
                                     owner_name("a", 1).replace(2, 8, "00000000")})
        BOOST_TEST(!generation_of_owner(other).has_value());
}

BOOST_AUTO_TEST_CASE(tenants_never_share_a_prefix)
{
    std::vector<std::string> const names{"", "a", "ab", std::string{"a\0", 2}, std::string{"a\0\x01", 3}, "\xFF"};
    for (std::string const& a : names)
        for (std::string const& b : names)
            if (a != b)
                BOOST_TEST(!TenantKeys::make(b, 511)->prefix().starts_with(TenantKeys::make(a, 511)->prefix()));
    BOOST_TEST((TenantKeys::make(std::string(65, 'a'), 511).error().code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
