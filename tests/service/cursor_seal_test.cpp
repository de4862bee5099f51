// A sealed cursor serves whom it was given to, for what it was given, as long as it lasts, and nobody else.
#include "service/cursor_seal.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace scimkit::service
{
namespace
{

Instant at_second(std::int64_t seconds) { return Instant{std::chrono::seconds{seconds}}; }

struct Fixture
{
    CursorSeal seal;
    PagePlace cursor{.cursor = Cursor{1, "an-id", BoundLiteral{StringKey{"ada@example.com", "ada@example.com"}}},
                     .backward = true,
                     .count = 300};
    CursorBinding binding{"tenant", "principal", "/Users?filter=x"};
    Instant expires = at_second(100);
    std::string text = seal.seal(cursor, binding, expires);

    ErrorCode refusal(std::string_view of, CursorBinding const& bound, Instant now = at_second(0)) const
    {
        auto const opened = seal.open(of, bound, now);
        BOOST_REQUIRE(!opened);
        return opened.error().code;
    }
};

BOOST_FIXTURE_TEST_SUITE(cursor_seal, Fixture)

BOOST_AUTO_TEST_CASE(a_cursor_comes_back_until_it_expires)
{
    BOOST_TEST((seal.open(text, binding, at_second(0)).value() == cursor));
    BOOST_TEST((seal.open(text, binding, expires - std::chrono::microseconds{1}).value() == cursor));
    BOOST_TEST((refusal(text, binding, expires) == ErrorCode::expired_cursor));
}

BOOST_AUTO_TEST_CASE(a_place_at_the_beginning_or_the_end_comes_back_without_a_cursor)
{
    PagePlace const end{.backward = true, .count = 7};
    BOOST_TEST((seal.open(seal.seal(end, binding, expires), binding, at_second(0)).value() == end));
}

BOOST_AUTO_TEST_CASE(of_a_long_value_a_hash_travels)
{
    std::string const value(100'000, 'x');
    PagePlace const place{.cursor = Cursor{1, "an-id", BoundLiteral{StringKey{value, value}}}, .count = 7};
    std::string const sealed = seal.seal(place, binding, expires);
    BOOST_TEST(sealed.size() < 200U);
    auto const opened = seal.open(sealed, binding, at_second(0)).value();
    BOOST_TEST(opened.value_hash == hash_of_long(place.cursor->value));
    BOOST_TEST(opened.cursor->id == "an-id");
    BOOST_TEST(!opened.cursor->value.has_value());
}

BOOST_AUTO_TEST_CASE(the_text_is_safe_in_a_url_and_tells_nothing)
{
    BOOST_TEST(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               std::string::npos);
    std::set<std::string> texts;
    for (int i = 0; i < 10; ++i)
        texts.insert(seal.seal(cursor, binding, expires));
    BOOST_TEST(texts.size() == 10U, "the same cursor never looks the same");
}

BOOST_AUTO_TEST_CASE(another_tenant_principal_or_query_is_refused)
{
    for (CursorBinding const& other :
         {CursorBinding{"other", "principal", "/Users?filter=x"}, CursorBinding{"tenant", "other", "/Users?filter=x"},
          CursorBinding{"tenant", "principal", "/Users?filter=y"},
          CursorBinding{"tenantp", "rincipal", "/Users?filter=x"},
          CursorBinding{"tenant", "principal/", "Users?filter=x"}})
        BOOST_TEST((refusal(text, other) == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_CASE(check_23_whatever_was_changed_is_refused)
{
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        auto const opened = seal.open(changed, binding, at_second(0));
        // The last character has bits that stand for nothing.
        BOOST_TEST((!opened || (i + 1 == text.size() && *opened == cursor)), i);
    }
    for (std::string const& other :
         {std::string{}, std::string{"x"}, text + "A", text + "=", text.substr(1), std::string(200, 'A'),
          std::string{"not base64!"}, text.substr(0, text.size() / 2)})
        BOOST_TEST((refusal(other, binding) == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_CASE(another_key_opens_nothing_and_the_same_key_does)
{
    BOOST_TEST((CursorSeal{}.open(text, binding, at_second(0)).error().code == ErrorCode::invalid_cursor));
    CursorSeal::Key key{};
    key.fill(7);
    auto const shared = CursorSeal{key}.seal(cursor, binding, expires);
    BOOST_TEST((CursorSeal{key}.open(shared, binding, at_second(0)).value() == cursor));
}

BOOST_AUTO_TEST_CASE(a_key_from_before_opens_what_it_sealed_and_seals_nothing)
{
    CursorSeal::Key old{};
    old.fill(7);
    CursorSeal::Key key{};
    key.fill(8);
    auto const from_before = CursorSeal{old}.seal(cursor, binding, expires);
    CursorSeal const exchanged{key, {CursorSeal::Key{}, old}};
    BOOST_TEST((exchanged.open(from_before, binding, at_second(0)).value() == cursor));
    BOOST_TEST((CursorSeal{key}.open(from_before, binding, at_second(0)).error().code == ErrorCode::invalid_cursor));
    BOOST_TEST((exchanged.open(from_before, {"other", binding.principal, binding.query}, at_second(0)).error().code ==
                ErrorCode::invalid_cursor));
    auto const made = exchanged.seal(cursor, binding, expires);
    BOOST_TEST((CursorSeal{key}.open(made, binding, at_second(0)).value() == cursor));
    BOOST_TEST((CursorSeal{old}.open(made, binding, at_second(0)).error().code == ErrorCode::invalid_cursor));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::service
