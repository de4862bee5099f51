// An import creates what a POST would create, and says line and reason of each refusal.
#include "import_fixture.hpp"

#include <atomic>
#include <optional>
#include <utility>

namespace scimkit::test
{
namespace
{

BOOST_FIXTURE_TEST_SUITE(import, ImportFixture)

BOOST_AUTO_TEST_CASE(each_line_becomes_a_resource_of_its_type)
{
    auto const done = import(line("ada") + "\n" + line("bob") +
                             R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"all"})");
    BOOST_TEST(done.created == 3U);
    BOOST_TEST(done.refused == 0U);
    BOOST_TEST(done.lines == 4U);
    BOOST_TEST(resources() == 3U);
    BOOST_TEST(holds(R"("displayName":"all")"));
}

BOOST_AUTO_TEST_CASE(ids_that_are_brought_stay_so_that_members_mean_them)
{
    import(line("ada", R"(,"id":"2819c223")") +
           R"({"meta":{"resourceType":"Group"},"displayName":"all","members":[{"value":"2819c223"}]})");
    BOOST_TEST(holds(R"("id":"2819c223")"));
    BOOST_TEST(holds(R"("members":[{"value":"2819c223","type":"User"}])"));
}

BOOST_AUTO_TEST_CASE(new_ids_can_be_wanted_and_are_ascending_with_the_lines)
{
    options.keep_ids = false;
    import(line("ada", R"(,"id":"zzz")") + line("bob", R"(,"id":"aaa")"));
    std::string const text = exported(*store);
    BOOST_TEST(!holds("zzz"));
    BOOST_TEST(text.find("\"ada\"") < text.find("\"bob\""));
}

BOOST_AUTO_TEST_CASE(what_a_post_would_refuse_is_refused_with_line_and_reason_and_the_rest_goes_on)
{
    auto const done =
        import(line("ada") + "{\n" + line("ADA") + line("bob", R"(,"active":"perhaps")") + "[1]\n" +
               line("eve", R"(,"id":"a bulkId")") + R"({"meta":{"resourceType":"Lamp"}})" + "\n" + line("dan"));
    BOOST_TEST(done.created == 2U);
    BOOST_TEST(done.refused == 6U);
    BOOST_TEST(resources() == 2U);
    auto const of_line = [&](std::uint64_t number) -> ImportRefusal
    {
        auto const found = std::ranges::find(refusals, number, &ImportRefusal::line);
        BOOST_REQUIRE(found != refusals.end());
        return *found;
    };
    BOOST_TEST(of_line(2).scim_type == "invalidSyntax");
    BOOST_TEST(of_line(3).status == 409);
    BOOST_TEST(of_line(3).detail.find("userName") != std::string::npos);
    BOOST_TEST(of_line(4).scim_type == "invalidValue");
    BOOST_TEST(of_line(4).detail.find("active") != std::string::npos);
    BOOST_TEST(of_line(5).scim_type == "invalidSyntax");
    BOOST_TEST(of_line(6).detail.find("id") != std::string::npos);
    BOOST_TEST(of_line(7).detail.find("Lamp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_id_that_no_request_reaches_or_no_group_takes_is_refused)
{
    std::string const unseen = "a\xe2\x80\x8b"
                               "b";
    std::string const decomposed = "e\xcc\x81";
    std::string lines;
    for (std::string const& id : {std::string{"."}, std::string{".."}, std::string{".search"}, unseen, decomposed})
        lines += line("u" + std::to_string(lines.size()), R"(,"id":")" + id + '"');
    auto const done = import(lines + line("ada", R"(,"id":"\u00e9.x")"));
    BOOST_TEST(done.refused == 5U);
    BOOST_TEST(done.created == 1U);
    for (ImportRefusal const& refusal : refusals)
        BOOST_TEST(refusal.detail.find("'id'") != std::string::npos, refusal.detail);
}

BOOST_AUTO_TEST_CASE(passwords_are_hashed_and_the_hashes_of_an_export_are_not_taken)
{
    import(line("ada", R"(,"password":"t1meMa$heen")") +
           R"({"tenant":"default","secrets":{"password":"$old"},"resource":{"userName":"bob"}})");
    BOOST_TEST(holds("fake$"));
    BOOST_TEST(!holds("t1meMa$heen"));
    BOOST_TEST(!holds("$old"));
}

BOOST_AUTO_TEST_CASE(lines_of_an_export_go_to_their_tenants_unless_another_one_is_wanted)
{
    std::string const lines = R"({"tenant":"a","resource":{"userName":"ada"}})"
                              "\n"
                              R"({"tenant":"b","resource":{"userName":"ada"}})"
                              "\n";
    BOOST_TEST(import(lines).created == 2U);
    BOOST_TEST(exported(*store, {.tenants = {"b"}}) != "");
    options.tenant = "c";
    BOOST_TEST(import(lines).created == 1U);
    BOOST_TEST(refusals.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_be_refused_and_stores_nothing)
{
    options.dry_run = true;
    auto const done = import(line("ada") + line("bob", R"(,"active":7)"));
    BOOST_TEST(done.created == 1U);
    BOOST_TEST(refusals.size() == 1U);
    BOOST_TEST(exported(*store) == "");
}

BOOST_AUTO_TEST_CASE(a_group_of_many_members_comes_whole)
{
    std::string text = R"({"meta":{"resourceType":"Group"},"displayName":"all","members":[)";
    for (int i = 0; i < 12'345; ++i)
        text += (i == 0 ? "" : ",") + std::string{R"({"value":"m)"} + std::to_string(i) + "\"}";
    BOOST_TEST(import(text + "]}\n").created == 1U);
    std::string whole;
    BOOST_TEST(export_to(*store, whole).elements == 12'345U);
}

BOOST_AUTO_TEST_CASE(stores_without_savepoints_and_transactions_take_an_import_too)
{
    for (NamedStore const& kind : all_stores())
        BOOST_TEST_CONTEXT(kind)
        {
            store = kind.make();
            refusals.clear();
            auto const done = import(line("ada") + line("ada") + line("bob"));
            BOOST_TEST(done.created == 2U);
            BOOST_TEST(done.refused == 1U);
        }
}

BOOST_AUTO_TEST_CASE(csv_becomes_attributes_by_its_mapping)
{
    import_csv(
        R"({"separator":";","listSeparator":"|","columns":{"Login":"userName","Mail":"emails[type eq \"work\"].value",
                   "First":"name.givenName","On":"active","Dept":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                   "Phones":"phoneNumbers.value"},
                   "constants":{"emails[type eq \"work\"].primary":"true","locale":"de-DE"}})",
        "\xEF\xBB\xBFLogin;Ignored;Mail;First;On;Dept;Phones\r\n"
        "ada;x;a@example.com;\"A \"\"d\"\";a\";yes;Math;\"+49 1|+49 2\"\r\n"
        "\r\n"
        "bob;;;\"two\nlines\";0;;\n");
    BOOST_TEST(refusals.empty());
    BOOST_TEST(told.back().created == 2U);
    BOOST_TEST(holds(R"("emails":[{"type":"work","value":"a@example.com","primary":true}])"));
    BOOST_TEST(holds(R"("givenName":"A \"d\";a")"));
    BOOST_TEST(holds(R"("department":"Math")"));
    BOOST_TEST(holds(R"("phoneNumbers":[{"value":"+49 1"},{"value":"+49 2"}])"));
    BOOST_TEST(holds(R"("locale":"de-DE")"));
    BOOST_TEST(holds(R"("givenName":"two\nlines")"));
    BOOST_TEST(holds(R"("active":false)"));
}

BOOST_AUTO_TEST_CASE(a_wrong_record_of_csv_is_refused_by_its_line)
{
    import_csv(R"({"columns":{"a":"userName","b":"active"}})",
               "a,b\nada,perhaps\nbob\n\"open\"x,1\neve,1\n\"\n\",1\n\"never closed,1\n");
    std::vector<std::uint64_t> lines;
    lines.reserve(refusals.size());
    for (ImportRefusal const& refusal : refusals)
        lines.push_back(refusal.line);
    BOOST_TEST(lines == (std::vector<std::uint64_t>{2, 3, 4, 6, 8}), boost::test_tools::per_element());
    BOOST_TEST(refusals[0].detail.find("active") != std::string::npos);
    BOOST_TEST(resources() == 1U);
}

BOOST_AUTO_TEST_CASE(an_import_of_csv_goes_on_where_it_was)
{
    options.csv = read_csv_mapping(R"({"columns":{"a":"userName"}})").value();
    options.batch = 1;
    std::string const text = "a\n\"one\n\"\ntwo\nthree\n";
    import(text);
    auto const middle = told.at(2);
    options.resume = middle;
    auto const done = import(text);
    BOOST_TEST(done.lines == 5U);
    BOOST_TEST(done.there == 1U); // the first batch of those that go on may have been done
    BOOST_TEST(done.refused == told.at(3).refused);
}

BOOST_AUTO_TEST_CASE(a_mapping_that_cannot_be_right_is_refused_before_anything_is_read)
{
    for (char const* text :
         {"", "[]", "{}", R"({"columns":{}})", R"({"columns":[]})", R"({"columns":{"a":["userName"]}})",
          R"({"columns":{"a":"userName"},"separator":"::"})", R"({"columns":{"a":"userName"},"wrong":1})"})
        BOOST_TEST(read_csv_mapping(text).has_error(), text);
    for (char const* attribute :
         {"no such", "nothing", "name", "emails[type sw \\\"w\\\"].value", "emails[type eq \\\"w\\\"]",
          "name[type eq \\\"w\\\"].givenName", "emails[nothing eq \\\"w\\\"].value"})
    {
        options.csv = read_csv_mapping(R"({"columns":{"a":")" + std::string{attribute} + "\"}}").value();
        BOOST_TEST(try_import("a\nx\n").has_error(), attribute);
    }
    options.csv = read_csv_mapping(R"({"columns":{"b":"userName"}})").value();
    BOOST_TEST(try_import("a\nx\n").error().detail == "The CSV file has no column 'b'.");
    BOOST_TEST(try_import("").has_error());
    options.csv = read_csv_mapping(R"({"resourceType":"Lamp","columns":{"a":"userName"}})").value();
    BOOST_TEST(try_import("a\nx\n").has_error());
}

BOOST_AUTO_TEST_CASE(progress_that_is_none_is_refused)
{
    for (char const* text : {"", "{}", R"({"run":"x"})", R"({"run":"000000000000000000000000000a","bytes":-1})"})
        BOOST_TEST(read_import_progress(text).has_error(), text);
    options.resume = ImportProgress{.run = "none"};
    BOOST_TEST(try_import(line("ada")).has_error());
    options.resume.reset();
    options.batch = 0;
    BOOST_TEST(try_import(line("ada")).has_error());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::test
