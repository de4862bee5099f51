// Elements that PATCH edits where they stand, or removes by a filter and a list: the same rules as for what is sent
// whole.
#include "service/member_ways.hpp"

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(edited_elements)

namespace
{

void with_each_service(std::function<void(ServiceFixture const&, bool strict)> const& test)
{
    for (bool const strict : {false, true})
        for (auto const& options : both_stores(strict ? Tolerance::strict() : Tolerance{}))
            test(ServiceFixture{options()}, strict);
}

json::value parse(std::string_view text) { return parse_json(text).value(); }

} // namespace

BOOST_AUTO_TEST_CASE(no_edit_of_an_element_leaves_one_of_blanks)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            json::object whole = user("ada");
            whole["emails"] = parse(R"([{"value":"w@x"},{"value":"h@x","display":" "}])");
            whole["addresses"] = parse(R"([{"locality":"Rome"}])");
            std::string const target = "/Users/" + scim.create("/Users", whole);
            std::string const before = scim.get(target).response.body;
            std::vector<json::object> messages;
            for (auto const* op : {"add", "replace"})
            {
                for (auto const* blank : {" ", "", "\t\n", "\xe3\x80\x80"})
                {
                    messages.push_back(patch_op(op, "emails[value eq \"w@x\"].value", blank));
                    messages.push_back(patch_op(op, "emails[value eq \"w@x\"]", json::object{{"value", blank}}));
                    messages.push_back(patch_op(op, "emails.value", blank));
                    messages.push_back(patch_op(op, "addresses.locality", blank));
                    messages.push_back(
                        patch_op(op, "addresses[locality eq \"Rome\"]", json::object{{"locality", blank}}));
                    messages.push_back(patch_op(op, "phoneNumbers.value", blank));
                    messages.push_back(patch_op(op, "emails[value eq \"none\" or value eq \"w@x\"].value", blank));
                }
                messages.push_back(patch_op({{{"op", "add"}, {"path", "title"}, {"value", "x"}},
                                             {{"op", op}, {"path", "emails[value sw \"w\"].value"}, {"value", " "}}}));
            }
            messages.push_back(patch_op("remove", "emails[value eq \"h@x\"].value")); // its label of a blank is left
            for (json::object const& message : messages)
            {
                Reply const reply = scim.patch(target, message);
                BOOST_TEST(reply.status == 400, message);
                BOOST_TEST(reply.scim_type() == "invalidValue", reply.response.body);
                bool const second = message.at("Operations").as_array().size() == 2;
                BOOST_TEST(reply.detail().starts_with(second ? "Operations[1]: emails" : "Operations[0]: "),
                           reply.detail());
            }
            BOOST_TEST(scim.get(target).response.body == before);
            json::object again = scim.get(target).body.as_object();
            BOOST_TEST(scim.put(target, again).status == 200); // what was read can be put back
            BOOST_TEST(scim.patch(target, patch_op("remove", "emails[value eq \"w@x\"].value")).status == 200);
            BOOST_TEST(scim.get(target).size("/emails") == 1); // with the only thing that it said the element goes
        });
}

BOOST_AUTO_TEST_CASE(a_remove_with_a_filter_and_a_list_takes_no_more_than_both_say)
{
    with_each_service(
        [](ServiceFixture const& scim, bool strict)
        {
            for (bool const whole : {false, true})
                for (auto const& [path, value, left] : std::vector<std::tuple<std::string, std::string, int>>{
                         {"members[type eq \"User\"]", R"([{"value":"A"}])", 2},
                         {"members[type eq \"User\"]", R"({"value":"A"})", 2},
                         {"members[value pr]", R"([{"value":"A"},{"value":"B"}])", 1},
                         {"members[value eq \"B\"]", R"([{"value":"A"}])", 3},
                         {"members[value eq \"B\"]", R"([{"value":"A"},{"value":"B"}])", 2},
                         {"members[value pr]", "[]", 3},
                         {"members[value eq \"A\"]", "[]", 3},
                         {"members[value eq \"A\"]", R"([{"value":"a"}])", 3},
                         {"members[value pr]", R"([{"id":"A"}])", -1},
                         {"members[value pr]", R"([{"display":"x"},{"foo":1}])", -1},
                         {"members[value eq \"A\"]", R"([{"value":" "}])", -1}})
                    BOOST_TEST_CONTEXT(path << ' ' << value << (strict ? " strict" : ""))
                    {
                        json::array members;
                        for (auto const* id : {"A", "B", "C"})
                            members.push_back(json::object{{"value", id}, {"type", "User"}});
                        auto const target = "/Groups/" + scim.create("/Groups", with_members(members));
                        json::object const removal{{"op", "remove"}, {"path", path}, {"value", parse(value)}};
                        json::array operations{removal};
                        if (whole)
                            operations.push_back(removal); // a run of removals
                        Reply const reply = scim.patch(target, patch_op(operations));
                        bool const refused = strict || left < 0;
                        BOOST_TEST(reply.status == (refused ? 400 : 204), reply.response.body);
                        if (strict)
                            BOOST_TEST(reply.scim_type() == "invalidValue");
                        BOOST_TEST(scim.get(target).size("/members") == (refused ? 3 : left));
                    }
        });
}

BOOST_AUTO_TEST_CASE(a_remove_with_a_filter_and_a_list_is_the_same_for_other_lists)
{
    with_each_service(
        [](ServiceFixture const& scim, bool strict)
        {
            json::object body = user("ada");
            body["emails"] = parse(R"([{"value":"a@x","type":"work"},{"value":"b@x","type":"work"},{"value":"c@x"}])");
            std::string const target = "/Users/" + scim.create("/Users", body);
            Reply const reply = scim.patch(
                target, patch_op("remove", "emails[type eq \"work\"]", parse(R"([{"value":"a@x"},{"value":"c@x"}])")));
            BOOST_TEST(reply.status == (strict ? 400 : 200));
            BOOST_TEST(scim.get(target).size("/emails") == (strict ? 3 : 2));
        });
}

BOOST_AUTO_TEST_CASE(a_mark_alone_is_no_element)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            for (bool const primary : {true, false})
            {
                json::object body = user("bob");
                body["emails"] = json::array{json::object{{"primary", primary}}};
                BOOST_TEST(scim.post("/Users", body).status == 400);
                std::string const target = "/Users/" + scim.create("/Users", user(primary ? "ada" : "eve"));
                Reply const reply = scim.patch(target, patch_op("add", "emails", json::object{{"primary", primary}}));
                BOOST_TEST(reply.status == 400);
                BOOST_TEST(reply.scim_type() == "invalidValue");
            }
        });
}

BOOST_AUTO_TEST_CASE(the_uri_of_a_reference_cannot_be_removed_by_itself)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
            for (auto const* path : {"members.$ref", "members[value pr].$ref"}) // it comes and goes with `value`
                BOOST_TEST(scim.patch(target, patch_op("remove", path)).scim_type() == "mutability", path);
            BOOST_TEST(scim.get(target).size("/members") == 1);
        });
}

BOOST_AUTO_TEST_CASE(the_type_of_a_member_is_the_same_in_any_letter_case)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
            std::string const path = "members[value eq \"" + ada + "\"].type";
            BOOST_TEST(scim.patch(target, patch_op("replace", path, "user")).status == 204);
            BOOST_TEST(scim.patch(target, patch_op("replace", path, "Group")).scim_type() == "mutability");
        });
}

BOOST_AUTO_TEST_CASE(ids_that_only_unicode_tells_apart_are_refused)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            std::string const composed = "\xc3\xa9";
            std::string const decomposed = "e\xcc\x81";
            BOOST_TEST(scim.post("/Groups", with_members({{{"value", composed}}})).status == 201);
            Reply const reply = scim.post("/Groups", with_members({{{"value", decomposed}}}));
            BOOST_TEST(reply.status == 400);
            BOOST_TEST(reply.detail().starts_with("members[0].value: "), reply.detail());
        });
}

BOOST_AUTO_TEST_CASE(text_that_looks_like_json_stands_for_nobody)
{
    with_each_service(
        [](ServiceFixture const& scim, bool)
        {
            auto const ada = scim.create("/Users", user("ada"));
            auto const target = "/Groups/" + scim.create("/Groups", group("g", {ada}));
            std::string const text = R"( {"value":"eve"})";
            for (auto const* op : {"add", "replace"})
            {
                BOOST_TEST(scim.patch(target, patch_op(op, "members", json::array{text})).status == 400);
                BOOST_TEST(scim.patch(target, patch_op(op, "members", json::array{"[]"})).status == 400);
            }
            BOOST_TEST(scim.put(target, with_members({text})).status == 400);
            BOOST_TEST(scim.post("/Groups", with_members({text})).status == 400);
            BOOST_TEST(scim.get(target).size("/members") == 1);
            std::string const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
            BOOST_TEST(scim.patch("/Users/" + ada, patch_op("replace", manager, json::value(text))).status == 400);
        });
}

BOOST_AUTO_TEST_SUITE_END()
