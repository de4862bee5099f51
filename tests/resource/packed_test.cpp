// Attributes as stores keep them: finds values that come back different, edits within the bytes that differ from
// packing anew, and damage that is read as if it were whole.
#include <scimkit/resource/packed.hpp>
#include <scimkit/resource/resource.hpp>

#include "resource/packed_members.hpp"
#include "resource/packed_values.hpp"
#include "support/random_values.hpp"
#include "support/seed.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit
{
namespace
{

json::object sample()
{
    return {{"userName", "ada"},
            {"name", {{"givenName", "Ada"}, {"familyName", "Lovelace"}}},
            {"emails", json::array{{{"value", "ada@example.com"}, {"primary", true}}}},
            {"numbers", json::array{1, -1, 0.25, 18'446'744'073'709'551'615U, nullptr}}};
}

BOOST_AUTO_TEST_SUITE(packed_attributes)

BOOST_AUTO_TEST_CASE(unpacking_gives_back_what_was_packed)
{
    auto const packed = PackedAttributes::pack(sample()).value();
    BOOST_TEST((packed.unpack().value() == sample()));
    BOOST_TEST((PackedAttributes{std::string{packed.bytes()}}.unpack().value() == sample()), "bytes may be kept");
}

BOOST_AUTO_TEST_CASE(none_is_not_an_empty_object)
{
    BOOST_TEST(!PackedAttributes{});
    BOOST_TEST((PackedAttributes{}.unpack().error().code == ErrorCode::corrupt));
    BOOST_TEST(!!PackedAttributes::pack({}).value());
    BOOST_TEST(PackedAttributes::pack({}).value().unpack().value().empty());
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deep_is_refused)
{
    json::value deep = 1;
    for (int i = 0; i < 70; ++i)
        deep = json::array{std::move(deep)};
    BOOST_TEST((PackedAttributes::pack({{"deep", deep}}).error().code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_CASE(a_resource_keeps_what_it_has_beside_what_is_unpacked)
{
    Resource resource{.attributes = {{"groups", json::array{"g"}}, {"userName", "computed"}},
                      .packed = PackedAttributes::pack(sample()).value()};
    BOOST_REQUIRE(unpack(resource));
    BOOST_TEST(!resource.packed);
    BOOST_TEST(resource.attributes.at("userName") == "computed");
    BOOST_TEST(resource.attributes.at("groups").is_array());
    BOOST_TEST(resource.attributes.at("name").is_object());
}

BOOST_AUTO_TEST_CASE(the_text_is_that_of_the_value)
{
    test::RandomValues random{test::seed(1)};
    for (int i = 0; i < 3'000; ++i)
    {
        json::value const value = random.value(5);
        std::string expected;
        write_json(expected, value);
        std::string bytes;
        BOOST_REQUIRE(put_json(bytes, value));
        std::string_view in = bytes;
        std::string text;
        bool written = false;
        {
            JsonText to{text, static_cast<std::size_t>(i % 64)}; // whatever room there is
            written = write_packed(to, in);
        }
        BOOST_REQUIRE(written);
        BOOST_TEST(text == expected);
        BOOST_TEST(in.empty());
        in = bytes;
        BOOST_TEST((skip_packed(in) && in.empty()));
    }
}

BOOST_AUTO_TEST_CASE(a_member_is_found_among_others)
{
    auto const packed = PackedAttributes::pack(sample()).value();
    BOOST_TEST(find_packed_text(packed.bytes(), "userName") == "ada");
    BOOST_TEST(find_packed_text(packed.bytes(), "name") == "", "it is no text");
    BOOST_TEST(find_packed_text(packed.bytes(), "givenName") == "", "it is a member of a member");
    BOOST_TEST(!find_packed(packed.bytes(), "username"));
    BOOST_TEST(find_packed_text(find_packed(packed.bytes(), "name").value().substr(1), "familyName") == "Lovelace");
    std::size_t elements = 0;
    for_each_packed(find_packed(packed.bytes(), "numbers").value(), [&](std::string_view) { ++elements; });
    for_each_packed(find_packed(packed.bytes(), "name").value(), [&](std::string_view) { ++elements; });
    BOOST_TEST(elements == 5U);
}

BOOST_AUTO_TEST_CASE(what_is_put_in_stands_where_it_was_or_behind_all)
{
    json::object expected = sample();
    auto packed = PackedAttributes::pack(expected).value();
    std::string value;
    for (std::size_t i = 0; i < 200; ++i) // so many that their number takes another byte
    {
        std::string const name = i == 0 ? "emails" : "added" + std::to_string(i);
        expected[name] = json::array{i, "text"};
        value.clear();
        BOOST_REQUIRE(put_json(value, expected.at(name)));
        BOOST_REQUIRE(put_packed(packed, name, value));
        BOOST_TEST(packed.bytes() == PackedAttributes::pack(expected).value().bytes());
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_put_into_what_is_damaged)
{
    auto const whole = std::string{PackedAttributes::pack(sample()).value().bytes()};
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        PackedAttributes cut{whole.substr(0, size)};
        BOOST_TEST(!put_packed(cut, "groups", std::string_view{"\x07\x00", 2}));
        BOOST_TEST(cut.bytes() == std::string_view{whole}.substr(0, size));
    }
    PackedAttributes longer{whole + '\0'};
    BOOST_TEST(!put_packed(longer, "groups", std::string_view{"\x07\x00", 2}));
    for (std::size_t place = 0; place < whole.size(); ++place)
        for (int byte = 0; byte < 256; byte += 5)
        {
            std::string damaged = whole;
            damaged[place] = static_cast<char>(byte);
            PackedAttributes changed{damaged};
            put_packed(changed, "groups", std::string_view{"\x07\x00", 2});
            for_each_packed(damaged, [](std::string_view) {});
            BOOST_TEST(find_packed_text(damaged, "userName").size() < whole.size());
        }
}

BOOST_AUTO_TEST_CASE(damage_is_told_and_harms_nothing)
{
    auto const whole = std::string{PackedAttributes::pack(sample()).value().bytes()};
    auto const walk = [](std::string_view bytes)
    {
        std::string text;
        std::string value{"\x08"};
        value += bytes;
        std::string_view in = value;
        JsonText to{text, 0};
        bool const written = write_packed(to, in) && in.empty();
        in = value;
        BOOST_TEST((skip_packed(in) && in.empty()) == written);
        return written;
    };
    BOOST_TEST(walk(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        BOOST_TEST(!walk(std::string_view{whole}.substr(0, size)));
        BOOST_TEST(!PackedAttributes{whole.substr(0, size)}.unpack());
    }
    for (std::size_t place = 0; place < whole.size(); ++place)
        for (int byte = 0; byte < 256; byte += 5)
        {
            std::string damaged = whole;
            damaged[place] = static_cast<char>(byte);
            bool const readable = PackedAttributes{damaged}.unpack().has_value();
            bool const written = walk(damaged);
            BOOST_TEST((written || !readable), "what can be unpacked can be written");
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
