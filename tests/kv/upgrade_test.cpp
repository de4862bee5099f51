// A database of format 1, where no value has a checksum, becomes one of format 2 at the first start, in steps that may
// be interrupted.
#include <scimkit/kv/entry_check.hpp>

#include "kv/catalog.hpp"
#include "kv/layout.hpp"
#include "kv/seal.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct Fixture : test::KvFixture
{
    using Entries = std::vector<std::pair<std::string, std::string>>;

    Entries entries()
    {
        Entries all;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    auto cursor = reader.cursor().value();
                    for (auto found = cursor->seek(""); found.value(); found = cursor->next())
                        all.emplace_back(cursor->key(), cursor->value());
                    return {};
                })
            .value();
        return all;
    }

    void put_all(Entries const& all)
    {
        auto const done = engine->write(
            [&](Writer& writer) -> result<void>
            {
                for (auto const& [key, value] : all)
                    if (auto put = writer.put(key, value); !put)
                        return put;
                return {};
            });
        BOOST_REQUIRE(done.has_value());
    }

    /// The content as the former build wrote it.
    static Entries as_format_1(Entries all)
    {
        for (auto& [key, value] : all)
        {
            if (key != meta_key)
            {
                value = open_seal(key, value).value();
                continue;
            }
            auto record = decode_catalog(value).value();
            record.format = 1;
            value = encode_catalog(record);
        }
        return all;
    }

    void fill()
    {
        open();
        std::string const title(2'000, 't');
        for (int i = 0; i < 3'000; ++i) // more than one batch
            insert(make(user(), "u" + std::to_string(i), {{"userName", "n" + std::to_string(i)}, {"title", title}}));
        insert(make(group(), "g", {{"displayName", "all"}, {"members", {{{"value", "a"}}, {{"value", "b"}}}}}));
    }

    result<void> check()
    {
        EntryCheck check;
        for (auto const& [key, value] : entries())
            check.see(key, value);
        return check.outcome();
    }
};

BOOST_FIXTURE_TEST_SUITE(upgrades, Fixture)

BOOST_AUTO_TEST_CASE(a_database_of_format_1_is_brought_to_format_2_wherever_the_upgrade_is_interrupted)
{
    fill();
    auto const sound = entries();
    auto const former = as_format_1(sound);
    bool through = false;
    std::uint64_t interruptions = 0;
    for (std::uint64_t commits = 0; !through; ++commits)
    {
        put_all(former);
        counts->commits_left = commits;
        through = try_open().has_value();
        *counts = {};
        if (through)
            break;
        ++interruptions;
        BOOST_TEST(check().has_value());
        open();
        BOOST_TEST((entries() == sound), "after " << commits << " commits");
    }
    BOOST_TEST(interruptions > 1U);
    BOOST_TEST((entries() == sound));
    BOOST_TEST(check().has_value());
    BOOST_TEST(get(user(), "u17")->attributes.at("userName").as_string() == "n17");
    BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 2U);
    BOOST_TEST((find("userName eq \"n18\"", user()).summary.total == 1U));
    *counts = {};
    open();
    BOOST_TEST(counts->writes == 0U, "once is enough");
}

BOOST_AUTO_TEST_CASE(an_empty_database_of_format_1_is_upgraded_too)
{
    open();
    put_all(as_format_1(entries()));
    open();
    BOOST_TEST(decode_catalog(entries().at(0).second)->format == 2);
}

BOOST_AUTO_TEST_CASE(the_check_of_entries_counts_what_is_damaged_and_names_the_first)
{
    open();
    for (int i = 0; i < 20; ++i)
        insert(make(user(), "u" + std::to_string(i), {{"userName", "secret" + std::to_string(i)}}));
    BOOST_TEST(check().has_value());
    auto damaged = entries();
    std::size_t count = 0;
    for (auto& [key, value] : damaged)
        if (key.find("secret") == std::string::npos && key != meta_key)
        {
            value.back() = static_cast<char>(value.back() ^ 0x01);
            ++count;
        }
    put_all(damaged);
    auto const checked = check();
    BOOST_REQUIRE(checked.has_error());
    BOOST_TEST((checked.error().code == ErrorCode::corrupt));
    std::string const& detail = checked.error().detail;
    BOOST_TEST(detail.find("(" + std::to_string(count) + ")") != std::string::npos, detail);
    BOOST_TEST(detail.find("(tenant 'tenant')") != std::string::npos, detail);
    BOOST_TEST(detail.find("and others") != std::string::npos, detail);
    BOOST_TEST(detail.find("secret") == std::string::npos, detail);
}

BOOST_AUTO_TEST_CASE(entries_without_checksums_or_of_another_application_pass_the_check)
{
    EntryCheck foreign;
    foreign.see("anything", "else");
    BOOST_TEST(foreign.outcome().has_value());
    open();
    insert(make(user(), "u", {{"userName", "n"}}));
    put_all(as_format_1(entries()));
    BOOST_TEST(check().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
