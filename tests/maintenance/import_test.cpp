// An import creates what a POST would create, says line and reason of each refusal, and goes on after an interruption
// without creating anybody twice.
#include <scimkit/maintenance/import.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support.hpp"

#include <atomic>
#include <optional>
#include <sstream>
#include <utility>

namespace scimkit::test
{
namespace
{

std::string line(std::string const& user_name, std::string const& more = {})
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + user_name + "\"" + more +
           "}\n";
}

struct Fixture
{
    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::vector<ImportRefusal> refusals{};
    std::vector<ImportProgress> told{};
    ImportOptions options{};

    Fixture()
    {
        options.refused = [this](ImportRefusal const& refusal) { refusals.push_back(refusal); };
        options.progress = [this](ImportProgress const& progress) -> result<void>
        {
            told.push_back(progress);
            return {};
        };
    }

    result<ImportProgress> try_import(std::string const& text)
    {
        std::istringstream in{text};
        ServiceOptions service;
        service.base_url = "https://example.com/scim/v2";
        service.store = store;
        service.registry = rfc_registry();
        service.password_hasher = std::make_shared<FakeHasher>();
        return import_resources(std::move(service), in, options);
    }

    ImportProgress import(std::string const& text)
    {
        auto done = try_import(text);
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
        return *done;
    }

    void import_csv(std::string const& mapping, std::string const& text)
    {
        options.csv = read_csv_mapping(mapping).value();
        import(text);
    }

    std::uint64_t resources() const
    {
        std::string text;
        return export_to(*store, text).resources;
    }

    bool holds(std::string const& part) const { return exported(*store).find(part) != std::string::npos; }
};

BOOST_FIXTURE_TEST_SUITE(import, Fixture)

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

BOOST_AUTO_TEST_CASE(an_import_that_was_ended_anywhere_creates_nobody_twice_and_nobody_not_at_all)
{
    std::string text;
    for (int i = 0; i < 40; ++i)
        text += line("name" + std::to_string(i), i % 7 == 3 ? R"(,"id":"own)" + std::to_string(i) + "\"" : "");
    text += line("name5"); // refused, whenever
    options.batch = 4;
    /// Before the progress of a batch is kept: what it created is there, and nobody has written that down.
    for (std::size_t ends = 0; ends < 11; ++ends)
    {
        store = memory::make_store();
        told.clear();
        refusals.clear();
        std::optional<ImportProgress> kept;
        std::size_t batches = 0;
        options.resume.reset();
        options.progress = [&](ImportProgress const& progress) -> result<void>
        {
            if (batches++ == ends + 1)
                return Error{ErrorCode::unavailable, "ended"};
            kept = progress;
            return {};
        };
        BOOST_REQUIRE(try_import(text).has_error());
        BOOST_REQUIRE(kept.has_value());
        BOOST_TEST((read_import_progress(write_import_progress(*kept)).value() == *kept));
        options.resume = kept;
        options.progress = {};
        auto const done = import(text);
        BOOST_TEST(done.created + done.there == 40U);
        BOOST_TEST(done.refused == 1U);
        BOOST_TEST(resources() == 40U);
    }
}

BOOST_AUTO_TEST_CASE(an_import_that_is_done_does_nothing_again_however_often)
{
    auto const text = line("ada") + line("bob") + line("ada");
    auto const done = import(text);
    BOOST_TEST(done.created == 2U);
    for (int again = 0; again < 3; ++again)
    {
        options.resume = told.back();
        BOOST_TEST((import(text) == done));
        BOOST_TEST((told.back() == done));
    }
    options.resume = done;
    auto const longer = import(text + line("eve"));
    BOOST_TEST(longer.created == 3U);
    BOOST_TEST(resources() == 3U);
}

BOOST_AUTO_TEST_CASE(progress_of_another_input_store_or_tenant_imports_nothing_and_says_so)
{
    auto const text = line("ada") + line("bob") + line("eve");
    options.batch = 2;
    std::optional<ImportProgress> kept;
    options.progress = [&](ImportProgress const& progress) -> result<void>
    {
        if (progress.lines == 3)
            return Error{ErrorCode::unavailable, "ended"};
        kept = progress;
        return {};
    };
    BOOST_REQUIRE(try_import(text).has_error());
    options.progress = {};
    options.resume = kept;
    auto const before = resources();
    auto const refused = [&](std::string const& input, std::string_view why)
    {
        auto const done = try_import(input);
        BOOST_REQUIRE(done.has_error());
        BOOST_TEST((done.error().code == ErrorCode::invalid_value));
        BOOST_TEST(done.error().detail.find(why) != std::string::npos, done.error().detail);
    };
    refused(line("ada"), "another input");
    BOOST_TEST(try_import("").has_error());
    refused(line("ada") + line("bub") + line("eve"), "another input");
    refused(line("adam") + line("bo") + line("eve"), "another input");
    BOOST_TEST(resources() == before);
    options.tenant = "other";
    refused(text, "another store or tenant");
    options.tenant.clear();
    auto const used = std::exchange(store, memory::make_store());
    refused(text, "another store or tenant");
    BOOST_TEST(resources() == 0U);
    store = used;
    BOOST_TEST(import(text).created + before >= 3U);
    BOOST_TEST(resources() == 3U);
}

BOOST_AUTO_TEST_CASE(progress_of_csv_knows_its_input_too)
{
    options.csv = read_csv_mapping(R"({"columns":{"login":"userName"}})").value();
    options.batch = 1;
    auto const done = import("login,x\nada,1\n\nbob,2\n");
    BOOST_TEST(done.created == 2U);
    options.resume = done;
    BOOST_TEST((import("login,x\nada,1\n\nbob,2\n") == done));
    BOOST_TEST(import("login,x\nada,1\n\nbob,2\neve,3\n").created == 3U);
    BOOST_TEST(try_import("login,x\nada,1\n\nbub,2\n").has_error());
    options.csv = read_csv_mapping(R"({"columns":{"login":"userName","x":"title"}})").value();
    BOOST_TEST(try_import("login,x\nada,1\n\nbob,2\n").error().detail.find("other options") != std::string::npos);
}

/// Carries a write out and says that it does not know.
struct Forgetful : ForwardingStore
{
    using ForwardingStore::ForwardingStore;
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        auto done = ForwardingStore::write(attachment, tenant, context, body);
        if (done && writes++ % 3 == 0)
            return Error{ErrorCode::unknown_outcome, "the answer was lost"};
        return done;
    }
    int writes = 0;
};

BOOST_AUTO_TEST_CASE(a_commit_whose_answer_was_lost_is_looked_for_and_not_made_again)
{
    store = std::make_shared<Forgetful>(memory::make_store());
    options.batch = 2;
    auto const done = import(line("a") + line("b") + line("c") + line("d") + line("e"));
    BOOST_TEST(done.created + done.there == 5U);
    BOOST_TEST(done.there >= 2U);
    BOOST_TEST(done.refused == 0U);
    BOOST_TEST(resources() == 5U);
}

/// As Forgetful, and then nobody can be asked for a while.
struct Away final : Forgetful
{
    using Forgetful::Forgetful;
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        if (away == 0)
            return Forgetful::read(attachment, tenant, context, body);
        --away;
        return Error{ErrorCode::unavailable, "nobody answers"};
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        auto done = Forgetful::write(attachment, tenant, context, body);
        away = done ? away : 3;
        return done;
    }
    int away = 0;
};

BOOST_AUTO_TEST_CASE(what_nobody_can_look_for_is_looked_for_later_and_refused_to_nobody)
{
    auto const away = std::make_shared<Away>(memory::make_store());
    store = away;
    options.batch = 2;
    auto const done = import(line("a") + line("b") + line("c"));
    BOOST_TEST(done.created + done.there == 3U);
    BOOST_TEST(done.refused == 0U);
    away->away = 1;
    options.resume = done;
    auto const later = try_import(line("a") + line("b") + line("c"));
    BOOST_REQUIRE(!later);
    BOOST_TEST((later.error().code == ErrorCode::unavailable));
    BOOST_TEST(later.error().detail.find("another store") == std::string::npos);
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
