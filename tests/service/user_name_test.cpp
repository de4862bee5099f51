// Names of users in every script: what is the same name, how it is spelled, and what is no text (RFC 7644 section 5,
// RFC 8265 section 3.3).
#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(user_names)

namespace
{

struct Pair
{
    std::string_view one;
    std::string_view other;
    bool same;
};

constexpr Pair pairs[] = {
    {"stra\u00dfe", "STRASSE", false}, // sharp s is a letter of its own
    {"stra\u00dfe", "STRA\u1e9eE", true},
    {"\u0130lke", "i\u0307lke", true}, // dotted capital I is i and a dot, and no i
    {"\u0130lke", "I\u0307LKE", true},
    {"\u0130lke", "ilke", false},
    {"\u0131lke", "ilke", false},                                    // i without a dot is a letter of its own
    {"\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c3", true},  // a capital sigma is the usual one
    {"\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", false}, // and the one at the end another
    {"\u03bf\u03b4\u03bf\u03c3", "\u03bf\u03b4\u03bf\u03c2", false},
    {"\uff41\uff44\uff41", "Ada", true},                                        // full-width letters
    {"ada\uff20example\uff0ecom", "ada@example.com", true},                     // full-width signs
    {"\uff76\uff9e", "\u30ac", true},                                           // half-width letters, mark apart
    {"ren\u00e9", "rene\u0301", true},                                          // composed or not
    {"q\u0323\u0307", "q\u0307\u0323", true},                                   // marks in either order
    {"rene", "ren\u00e9", false},                                               // the mark counts
    {"\u05d3\u05e0\u05d9\u05d0\u05dc", "\u05d3\u05e0\u05d9\u05d0\u05dc", true}, // Hebrew
    {"\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u0648\u062f", false},      // Arabic
    {"\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680", true},         // an emoji of three code points
    {"\U0001f469\u200d\U0001f680", "\U0001f469\U0001f680", false},
    {"\u2460", "1", false}, // letters in circles are others
};

std::string created(ServiceFixture const& scim, std::string_view name) { return scim.create("/Users", user(name)); }

std::string found(ServiceFixture const& scim, std::string const& filter)
{
    Reply const reply = scim.get("/Users?filter=" + filter);
    return reply.size("/Resources") == 1 ? reply.text("/Resources/0/userName") : "(none)";
}

} // namespace

BOOST_AUTO_TEST_CASE(names_that_are_the_same_belong_to_one_user_as_it_was_spelled,
                     *label("7643-x7644-5-b") * label("7644-5-c") * label("7643-x7644-5-f"))
{
    for (NamedStore const& store : all_stores())
        for (Pair const& pair : pairs)
            for (bool const turned : {false, true})
                BOOST_TEST_CONTEXT(store << ": " << pair.one << " and " << pair.other << (turned ? ", turned" : ""))
                {
                    auto const first = std::string{turned ? pair.other : pair.one};
                    auto const second = std::string{turned ? pair.one : pair.other};
                    ServiceFixture const scim{{.store = store.make()}};
                    auto const id = created(scim, first);
                    auto const other = created(scim, "somebody else");
                    BOOST_TEST(scim.get("/Users/" + id).text("/userName") == first);
                    BOOST_TEST(found(scim, "userName eq \"" + second + '"') == (pair.same ? first : "(none)"));
                    BOOST_TEST(found(scim, "userName sw \"" + second + '"') == (pair.same ? first : "(none)"));
                    BOOST_TEST(scim.put("/Users/" + other, user(second)).status == (pair.same ? 409 : 200));
                    scim.del("/Users/" + other);
                    BOOST_TEST(scim.post("/Users", user(second)).status == (pair.same ? 409 : 201));
                    // Its own name in another spelling is no conflict, and is kept as it comes.
                    if (!pair.same)
                        continue;
                    BOOST_TEST(scim.put("/Users/" + id, user(second)).text("/userName") == second);
                    scim.del("/Users/" + id);
                    BOOST_TEST(scim.post("/Users", user(first)).status == 201);
                }
}

BOOST_AUTO_TEST_CASE(escaped_letters_are_letters_and_halves_of_them_are_none)
{
    auto const named = [](std::string_view text)
    { return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + std::string{text} + "\"}"; };
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            auto const post = [&](std::string_view text) { return scim.send("POST", "/Users", named(text)); };
            BOOST_TEST(post(R"(\ud83d\ude00)").text("/userName") == "\U0001f600");
            BOOST_TEST(post("\U0001f600").status == 409);
            BOOST_TEST(post(R"(\u00e9)").status == 201);
            BOOST_TEST(post("e\u0301").status == 409);
            for (auto const* text : {R"(a\ud83d)", R"(\ude00)", R"(\ude00\ud83d)", "\xff", "a\xc3", "\xc0\xaf",
                                     "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80"})
                BOOST_TEST(post(text).status == 400, text);
            BOOST_TEST(scim.get("/Users").number("/totalResults") == 2);
        }
}

BOOST_AUTO_TEST_CASE(a_zero_is_a_letter_where_the_store_keeps_it)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            created(scim, "ada");
            Reply const reply = scim.post("/Users", user(std::string_view{"ada\0", 4}));
            BOOST_TEST((reply.status == 201 || reply.status == 400));
            if (reply.status == 201)
                BOOST_TEST(reply.text("/userName").size() == 4U);
            BOOST_TEST(scim.get("/Users?filter=userName eq \"ada\"").number("/totalResults") == 1);
        }
}

BOOST_AUTO_TEST_SUITE_END()
