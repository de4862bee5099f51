// An import goes on after an interruption, and where nobody knows what was committed, without creating anybody twice.
#include <scimkit/store/forwarding_store.hpp>

#include "import_fixture.hpp"

#include <optional>

namespace scimkit::test
{
namespace
{

BOOST_FIXTURE_TEST_SUITE(import_again, ImportFixture)

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
    away->away = 100;
    options.resume = done;
    auto const later = try_import(line("a") + line("b") + line("c"));
    BOOST_REQUIRE(!later);
    BOOST_TEST((later.error().code == ErrorCode::unavailable));
    BOOST_TEST(later.error().detail.find("another store") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::test
