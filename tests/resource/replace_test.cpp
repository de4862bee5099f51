// What becomes of each attribute in a PUT (RFC 7644 section 3.5.1), by its mutability and without a service around
// it: finds values that are lost because a client could not see them, and those that change although they must not.
#include "resource/support.hpp"

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(replacing)

namespace
{

// The state after a PUT of `incoming` on `current`, or the refusal.
std::string put(std::string_view current, std::string_view incoming, ResourceType const& type = user())
{
    auto const merged = merge_for_replace(object(current), object(incoming), type);
    return merged ? json::serialize(*merged) : refusal(merged);
}

std::string extension(std::string const& members) { return '"' + std::string{test_extension} + "\":{" + members + "}"; }

} // namespace

BOOST_AUTO_TEST_CASE(read_write_attributes_are_replaced_as_a_whole_and_cleared_when_left_out,
                     *label("7644-3.5.1-b") * label("7644-3.5.1-c") * label("7643-7-s"))
{
    BOOST_TEST(
        put(R"({"userName":"a","title":"Dr","name":{"givenName":"A","familyName":"K"},"emails":[{"value":"1"},{"value":"2"}]})",
            R"({"userName":"b","name":{"familyName":"L"},"emails":[{"value":"3"}]})") ==
        R"({"userName":"b","name":{"familyName":"L"},"emails":[{"value":"3"}]})");
}

BOOST_AUTO_TEST_CASE(read_only_attributes_stay, *label("7643-7-r") * label("7644-3.5.1-k"))
{
    BOOST_TEST(put(R"({"userName":"a","groups":[{"value":"g"}]})", R"({"userName":"b"})") ==
               R"({"userName":"b","groups":[{"value":"g"}]})");
    BOOST_TEST(put('{' + extension(R"("serial":"7","level":1)") + '}', R"({"userName":"b"})") ==
               R"({"userName":"b",)" + extension(R"("serial":"7")") + '}');
}

BOOST_AUTO_TEST_CASE(an_immutable_value_is_repeated_or_left_out, *label("7644-3.5.1-g") * label("7644-3.5.1-h") *
                                                                     label("7644-3.5.1-i") * label("7644-3.5.1-j") *
                                                                     label("7643-7-t"))
{
    auto const stored = '{' + extension(R"("badge":"B7")") + '}';
    auto const kept = R"({"userName":"a",)" + extension(R"("badge":"B7")") + '}';
    BOOST_TEST(put(stored, R"({"userName":"a",)" + extension(R"("badge":"B7")") + '}') == kept);
    BOOST_TEST(put(stored, R"({"userName":"a"})") == kept);
    BOOST_TEST(put(stored, '{' + extension(R"("badge":"B8")") + '}') ==
               "mutability: " + std::string{test_extension} + ":badge: it is immutable and has another value.");
    BOOST_TEST(put("{}", '{' + extension(R"("badge":"B8")") + '}') == '{' + extension(R"("badge":"B8")") + '}');
}

BOOST_AUTO_TEST_CASE(write_only_values_that_are_left_out_stay, *label("7644-3.5.1-e"))
{
    BOOST_TEST(put(R"({"userName":"a","password":"hash"})", R"({"userName":"a"})") ==
               R"({"userName":"a","password":"hash"})");
    BOOST_TEST(put(R"({"userName":"a","password":"hash"})", R"({"password":"new"})") == R"({"password":"new"})");
}

BOOST_AUTO_TEST_CASE(extension_data_is_replaced_like_the_rest, *label("7644-3.5.1-s"))
{
    BOOST_TEST(put('{' + extension(R"("level":1,"score":2)") + '}', '{' + extension(R"("level":3)") + '}') ==
               '{' + extension(R"("level":3)") + '}');
    BOOST_TEST(put('{' + extension(R"("level":1)") + '}', R"({"userName":"a"})") == R"({"userName":"a"})");
}

BOOST_AUTO_TEST_CASE(sub_attributes_follow_their_own_mutability)
{
    auto const stored = R"({"owner":{"value":"1","display":"Bob","seal":"s","note":"n"}})";
    BOOST_TEST(put(stored, R"({"owner":{"value":"1"}})", gadget()) ==
               R"({"owner":{"value":"1","display":"Bob","seal":"s"}})");
    BOOST_TEST(put(stored, R"({"owner":{"note":"m"}})", gadget()) ==
               R"({"owner":{"note":"m","display":"Bob","seal":"s"}})");
    BOOST_TEST(put(stored, R"({"owner":{"value":"1","seal":"other"}})", gadget()) ==
               "mutability: owner.seal: it is immutable and has another value.");
    BOOST_TEST(put(stored, "{}", gadget()) == "{}");
}

BOOST_AUTO_TEST_CASE(a_read_only_name_goes_with_the_value_that_it_describes)
{
    BOOST_TEST(put(R"({"owner":{"value":"1","display":"Bob"}})", R"({"owner":{"value":"2"}})", gadget()) ==
               R"({"owner":{"value":"2"}})");
}

BOOST_AUTO_TEST_CASE(members_come_and_go_as_a_whole, *label("7643-4.2-k"))
{
    BOOST_TEST(put(R"({"members":[{"value":"1","type":"User"}]})", R"({"members":[{"value":"2"}]})", group()) ==
               R"({"members":[{"value":"2"}]})");
}

BOOST_AUTO_TEST_CASE(an_element_that_stays_keeps_what_the_client_left_out)
{
    auto const stored = R"({"members":[{"value":"1","type":"User","display":"x"}]})";
    BOOST_TEST(put(stored, R"({"members":[{"value":"2"},{"value":"1"}]})", group()) ==
               R"({"members":[{"value":"2"},{"value":"1","type":"User","display":"x"}]})");
    BOOST_TEST(put(stored, R"({"members":[{"value":"1","display":"y"}]})", group()) ==
               R"({"members":[{"value":"1","display":"y"}]})"); // another element
    BOOST_TEST(put(stored, R"({"members":[{"value":"1","type":"Group"}]})", group()) ==
               R"({"members":[{"value":"1","type":"Group","display":"x"}]})"); // a claim, which the service judges
    BOOST_TEST(put(R"({"parts":[{"value":"1","display":"x"}]})", R"({"parts":[{"value":"1"},{"$ref":"a"}]})",
                   gadget()) == R"({"parts":[{"value":"1","display":"x"},{"$ref":"a"}]})");
}

BOOST_AUTO_TEST_CASE(elements_without_value_are_known_by_what_is_immutable)
{
    BOOST_TEST(put('{' + extension(R"("devices":[{"serialNo":"1","label":"a"},{"label":"b"}])") + '}',
                   '{' + extension(R"("devices":[{"serialNo":"1","label":"c"},{"label":"d"}])") + '}') ==
               '{' + extension(R"("devices":[{"serialNo":"1","label":"c"},{"label":"d"}])") + '}');
}

namespace
{

/// Elements with a secret: named by nothing, by `value`, and by what is immutable.
ResourceType const& keys()
{
    constexpr auto uri = "urn:example:keys:1.0:Keys";
    Attribute const pin{.name = "pin", .mutability = Mutability::write_only, .returned = Returned::never};
    auto const list = [&](std::string name, std::vector<Attribute> subs)
    {
        subs.push_back(pin);
        return Attribute{
            .name = std::move(name), .type = AttributeType::complex, .multi_valued = true, .sub_attributes = subs};
    };
    static auto const registry =
        SchemaRegistry::Builder{}
            .add(Schema{
                .id = uri,
                .name = "Keys",
                .attributes = {list("plain", {{.name = "label"}}),
                               list("valued", {{.name = "value"}, {.name = "type"}}),
                               list("fixed", {{.name = "label", .mutability = Mutability::immutable}, {.name = "x"}})}})
            .add(ResourceTypeDefinition{.name = "Keys", .endpoint = "/Keys", .schema = uri})
            .build()
            .value();
    return *registry->find_resource_type("Keys");
}

} // namespace

BOOST_AUTO_TEST_CASE(an_element_that_is_sent_as_it_is_shown_keeps_its_secret_and_no_other_gets_it)
{
    for (auto const* stored :
         {R"({"plain":[{"label":"a","pin":"1"}]})", R"({"plain":[{"label":"a","pin":"1"},{"label":"b","pin":"2"}]})",
          R"({"valued":[{"type":"t","pin":"1"}]})",
          R"({"valued":[{"value":"a","type":"t","pin":"1"},{"value":"a","type":"u"}]})",
          R"({"fixed":[{"x":"1","pin":"1"}]})",
          R"({"fixed":[{"label":"a","x":"1","pin":"1"},{"label":"a","x":"2","pin":"2"}]})",
          R"({"fixed":[{"x":"1"},{"x":"1","label":"a"}]})"})
    {
        std::string shown = stored;
        for (auto const* pin : {R"(,"pin":"1")", R"(,"pin":"2")"})
            if (auto const at = shown.find(pin); at != std::string::npos)
                shown.erase(at, std::string_view{pin}.size());
        BOOST_TEST(same_state(object(put(stored, shown, keys())), object(stored)), stored << ' ' << shown);
    }
}

BOOST_AUTO_TEST_CASE(a_changed_element_keeps_the_secret_of_the_only_one_that_it_can_be)
{
    auto const two = R"({"valued":[{"value":"a","type":"t","pin":"1"},{"value":"a","type":"u","pin":"2"}]})";
    BOOST_TEST(put(R"({"valued":[{"value":"a","type":"t","pin":"1"}]})", R"({"valued":[{"value":"a","type":"u"}]})",
                   keys()) == R"({"valued":[{"value":"a","type":"u","pin":"1"}]})");
    BOOST_TEST(put(two, R"({"valued":[{"value":"a","type":"v"}]})", keys()) ==
               R"({"valued":[{"value":"a","type":"v"}]})"); // whose it is nobody knows
    BOOST_TEST(put(two, R"({"valued":[{"value":"a","type":"v"},{"value":"a","type":"u"}]})", keys()) ==
               R"({"valued":[{"value":"a","type":"v","pin":"1"},{"value":"a","type":"u","pin":"2"}]})");
    BOOST_TEST(put(R"({"fixed":[{"label":"a","x":"1","pin":"1"}]})", R"({"fixed":[{"label":"a","x":"2"}]})", keys()) ==
               R"({"fixed":[{"label":"a","x":"2","pin":"1"}]})");
}

BOOST_AUTO_TEST_CASE(immutable_lists_must_be_repeated)
{
    BOOST_TEST(put(R"({"seals":["a","b"]})", R"({"seals":["a","b"]})", gadget()) == R"({"seals":["a","b"]})");
    BOOST_TEST(put(R"({"seals":["a","b"]})", R"({"seals":["a"]})", gadget()) ==
               "mutability: seals: it is immutable and has another value.");
}

BOOST_AUTO_TEST_CASE(a_put_of_what_is_there_is_the_same_state, *label("7644-3.5.1-r"))
{
    auto const current = object(R"({"userName":"a","groups":[{"value":"g"}],"password":"h","emails":[{"value":"x"}],)" +
                                extension(R"("badge":"B","serial":"1","locker":{"code":"1","key":"k"})") + '}');
    auto const incoming =
        object(R"({"userName":"a","emails":[{"value":"x"}],)" + extension(R"("locker":{"code":"1"})") + '}');
    BOOST_TEST(same_state(merge_for_replace(current, incoming, user()).value(), current));
}

BOOST_AUTO_TEST_SUITE_END()
