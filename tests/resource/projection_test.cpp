// What an answer shows (RFC 7644 section 3.9; RFC 7643 section 7, `returned`): finds what is shown although it never
// may be, or without being asked for, and what is left out although it always has to be there.
#include "resource/projection.hpp"
#include "resource/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(projections)

namespace
{

using Names = std::vector<std::string>;

constexpr std::string_view ada = R"({"userName":"ada","externalId":"e","password":"p","title":"Dr",
    "name":{"givenName":"A","familyName":"K"},"emails":[{"value":"x","type":"work"},{"type":"home"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","manager":{"value":"1","displayName":"B"}}})";
constexpr std::string_view thing = R"({"label":"x","code":"c","hint":"h","stamp":"s","secret":"t",
    "owner":{"value":"1","note":"n","seal":"e"}})";

std::string show(Projection const& projection, std::string_view attributes)
{
    auto shown = object(attributes);
    projection.apply(shown);
    return json::serialize(shown);
}

std::string show(Names const& attributes, Names const& excluded, ResourceType const& type = user(),
                 std::string_view resource = ada)
{
    auto const projection = Projection::make(type, attributes, excluded);
    return projection ? show(*projection, resource) : refusal(projection);
}

std::string enterprise(std::string const& members)
{
    return '"' + std::string{urn::enterprise_user} + "\":{" + members + "}";
}

} // namespace

BOOST_AUTO_TEST_CASE(without_names_the_always_and_default_ones_are_shown,
                     *label("7644-3.9-a") * label("7643-7-y") * label("7643-2.2-e") * label("7643-7-w") *
                         label("7643-4.1.1-s") * label("7643-7-za"))
{
    auto const expected =
        R"({"userName":"ada","externalId":"e","title":"Dr","name":{"givenName":"A","familyName":"K"},)"
        R"("emails":[{"value":"x","type":"work"},{"type":"home"}],)" +
        enterprise(R"("department":"D","manager":{"value":"1","displayName":"B"})") + '}';
    BOOST_TEST(show(Projection{user()}, ada) == expected);
    BOOST_TEST(show({}, {}) == expected);
    BOOST_TEST(show({"", " , "}, {""}) == expected, "empty parameters are as none");
    BOOST_TEST(show(Projection{gadget()}, thing) ==
               R"({"label":"x","code":"c","stamp":"s","owner":{"value":"1","seal":"e"}})");
}

BOOST_AUTO_TEST_CASE(named_attributes_come_with_the_always_ones,
                     *label("7644-3.9-d") * label("7643-7-v") * label("7644-3.4.2.5-b"))
{
    BOOST_TEST(show({"userName"}, {}) == R"({"userName":"ada"})");
    BOOST_TEST(show({"label"}, {}, gadget(), thing) == R"({"label":"x","stamp":"s"})");
    BOOST_TEST(show({"name.givenName,emails"}, {}) ==
               R"({"name":{"givenName":"A"},"emails":[{"value":"x","type":"work"},{"type":"home"}]})");
}

BOOST_AUTO_TEST_CASE(names_ignore_case_and_blanks_and_may_be_qualified, *label("7644-3.9-l") * label("7643-2.1-a"))
{
    BOOST_TEST(show({" USERNAME , urn:ietf:params:scim:schemas:core:2.0:User:title"}, {}) ==
               R"({"userName":"ada","title":"Dr"})");
    BOOST_TEST(show({"userName", "title"}, {}) == R"({"userName":"ada","title":"Dr"})");
}

BOOST_AUTO_TEST_CASE(a_sub_attribute_shows_its_parent_with_nothing_else, *label("7644-3.9-f"))
{
    BOOST_TEST(show({"emails.value"}, {}) == R"({"emails":[{"value":"x"}]})");
    BOOST_TEST(show({"owner.value"}, {}, gadget(), thing) == R"({"stamp":"s","owner":{"value":"1","seal":"e"}})");
    BOOST_TEST(show({"name.middleName"}, {}) == R"({})");
}

BOOST_AUTO_TEST_CASE(naming_a_complex_attribute_shows_its_default_parts, *label("7644-3.9-g"))
{
    BOOST_TEST(show({"name"}, {}) == R"({"name":{"givenName":"A","familyName":"K"}})");
    BOOST_TEST(show({"name.givenName", "name"}, {}) == R"({"name":{"givenName":"A","familyName":"K"}})");
    BOOST_TEST(show({"name", "name.givenName"}, {}) == R"({"name":{"givenName":"A","familyName":"K"}})");
    BOOST_TEST(show({"owner"}, {}, gadget(), thing) == R"({"stamp":"s","owner":{"value":"1","seal":"e"}})");
}

BOOST_AUTO_TEST_CASE(what_is_returned_on_request_has_to_be_named, *label("7644-3.9-j") * label("7643-7-z"))
{
    BOOST_TEST(show({"hint"}, {}, gadget(), thing) == R"({"hint":"h","stamp":"s"})");
    auto const noted = R"({"stamp":"s","owner":{"value":"1","note":"n","seal":"e"}})";
    BOOST_TEST(show({"owner.note", "owner"}, {}, gadget(), thing) == noted);
    BOOST_TEST(show({"owner", "owner.note"}, {}, gadget(), thing) == noted);
    BOOST_TEST(show({"hint,urn:example:gadget:1.0:Gadget"}, {}, gadget(), thing) ==
               R"({"label":"x","code":"c","hint":"h","stamp":"s","owner":{"value":"1","seal":"e"}})");
}

BOOST_AUTO_TEST_CASE(never_is_never, *label("7644-3.9-i"))
{
    BOOST_TEST(show({"password"}, {}) == "{}");
    BOOST_TEST(show({"secret"}, {}, gadget(), thing) == R"({"stamp":"s"})");
}

BOOST_AUTO_TEST_CASE(excluded_attributes_go_but_the_always_ones_stay,
                     *label("7644-3.9-e") * label("7644-3.4.2.5-c") * label("7644-3.9-h"))
{
    BOOST_TEST(show({}, {"emails,name.givenName," + std::string{urn::enterprise_user}}) ==
               R"({"userName":"ada","externalId":"e","title":"Dr","name":{"familyName":"K"}})");
    BOOST_TEST(show({}, {"stamp", "owner.seal", "code"}, gadget(), thing) ==
               R"({"label":"x","stamp":"s","owner":{"value":"1","seal":"e"}})");
}

BOOST_AUTO_TEST_CASE(both_lists_choose_first_and_take_away_then)
{
    BOOST_TEST(show({"name", "title"}, {"name.givenName", "title"}) == R"({"name":{"familyName":"K"}})");
}

BOOST_AUTO_TEST_CASE(extensions_are_named_whole_or_in_part, *label("7644-3.9-k"))
{
    auto const uri = std::string{urn::enterprise_user};
    BOOST_TEST(show({uri}, {}) ==
               '{' + enterprise(R"("department":"D","manager":{"value":"1","displayName":"B"})") + '}');
    BOOST_TEST(show({uri + ":manager"}, {}) == '{' + enterprise(R"("manager":{"value":"1","displayName":"B"})") + '}');
    BOOST_TEST(show({uri + ":manager.value"}, {}) == '{' + enterprise(R"("manager":{"value":"1"})") + '}');
    BOOST_TEST(show({uri + ":division"}, {}) == "{}");
    BOOST_TEST(show({}, {uri + ":manager"}).ends_with(enterprise(R"("department":"D")") + '}'));
}

BOOST_AUTO_TEST_CASE(unknown_names_have_no_value, *label("7644-3.9-m"))
{
    BOOST_TEST(show({"nosuch"}, {}) == "{}");
    BOOST_TEST(Projection::make(user(), Names{"nosuch"}, {}).value().chosen());
    BOOST_TEST(show({}, {"nosuch"}).starts_with(R"({"userName":"ada")"));
}

BOOST_AUTO_TEST_CASE(what_is_no_name_is_refused)
{
    BOOST_TEST(show({"a..b"}, {}).starts_with("invalidValue: "));
    BOOST_TEST(show({}, {"emails[type eq \"work\"]"}).starts_with("invalidValue: "));
    BOOST_TEST(show(Names(1'001, "title"), {}) == "invalidValue: There are more than 1000 names of attributes.");
    BOOST_TEST(show(Names(1'000, "title"), {}) == R"({"title":"Dr"})");
}

BOOST_AUTO_TEST_CASE(meta_and_its_parts_can_be_chosen,
                     *label("7644-3.9-p") * label("7643-3.1-p") * label("7644-3.9-n") * label("7643-3-k"))
{
    auto const shows = [](Names const& attributes, Names const& excluded, std::string_view name)
    {
        auto const projection = Projection::make(user(), attributes, excluded).value();
        auto const attribute = ref(user(), name);
        return attribute.sub_attribute ? projection.shows_sub(attribute) : projection.shows(attribute);
    };
    BOOST_TEST(shows({}, {}, "meta"));
    BOOST_TEST(shows({}, {}, "meta.created"));
    BOOST_TEST(!shows({"userName"}, {}, "meta"));
    BOOST_TEST(!shows({"userName"}, {}, "meta.created"));
    BOOST_TEST(shows({"meta.created"}, {}, "meta"));
    BOOST_TEST(shows({"meta.created"}, {}, "meta.created"));
    BOOST_TEST(!shows({"meta.created"}, {}, "meta.version"));
    BOOST_TEST(!shows({}, {"meta"}, "meta"));
    BOOST_TEST(!shows({}, {"meta.version"}, "meta.version"));
    BOOST_TEST(shows({}, {"meta.version"}, "meta.created"));
    BOOST_TEST(shows({"title"}, {"id", "schemas"}, "id"));
    BOOST_TEST(shows({"title"}, {"id", "schemas"}, "schemas"));
}

BOOST_AUTO_TEST_CASE(chosen_means_by_name)
{
    BOOST_TEST(Projection::make(user(), Names{"title"}, {}).value().chosen());
    BOOST_TEST(!Projection::make(user(), Names{" "}, {}).value().chosen());
    BOOST_TEST(!Projection::make(user(), {}, Names{"title"}).value().chosen());
    BOOST_TEST(!Projection{user()}.chosen());
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_write_shows_what_was_sent, *label("7644-3.3-u") * label("7643-7-z"))
{
    Projection projection{gadget()};
    projection.add_sent(object(R"({"label":"x","owner":{"note":"n"},"secret":"t"})"));
    BOOST_TEST(show(projection, thing) ==
               R"({"label":"x","code":"c","stamp":"s","owner":{"value":"1","note":"n","seal":"e"}})");
    projection.add_sent(object(R"({"hint":"h"})"));
    BOOST_TEST(show(projection, thing).find(R"("hint":"h")") != std::string::npos);

    Projection patched{gadget()};
    patched.add_sent(ref(gadget(), "owner"));
    patched.add_sent(ref(gadget(), "hint"));
    patched.add_sent(ref(gadget(), std::string{gadget_extension}));
    BOOST_TEST(show(patched, thing) ==
               R"({"label":"x","code":"c","hint":"h","stamp":"s","owner":{"value":"1","note":"n","seal":"e"}})");

    Projection one_part{gadget()};
    one_part.add_sent(ref(gadget(), "owner.value"));
    BOOST_TEST(show(one_part, thing) == show(Projection{gadget()}, thing));
}

BOOST_AUTO_TEST_CASE(what_was_sent_stays_hidden_when_the_client_chose_otherwise)
{
    auto chosen = Projection::make(gadget(), Names{"label"}, {}).value();
    chosen.add_sent(object(thing));
    BOOST_TEST(show(chosen, thing) == R"({"label":"x","stamp":"s"})");
    auto excluded = Projection::make(gadget(), {}, Names{"hint", "owner"}).value();
    excluded.add_sent(object(thing));
    BOOST_TEST(show(excluded, thing) == R"({"label":"x","code":"c","stamp":"s"})");
}

BOOST_AUTO_TEST_SUITE_END()
