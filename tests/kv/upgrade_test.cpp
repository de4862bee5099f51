// A database of a former format (1: no value has a checksum; 2: the change log has no values; 3: nothing lies in
// graves) becomes one of this format at the first start, in steps that may be interrupted.
#include <scimkit/kv/entry_check.hpp>
#include <scimkit/store/change_log.hpp>

#include "core/bytes.hpp"
#include "kv/catalog.hpp"
#include "kv/layout.hpp"
#include "kv/seal.hpp"
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

struct UpgradeFixture : test::KvFixture
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

    /// The content as the former build wrote it: the log has names of attributes only, the last version stands alone.
    Entries as_format_2(Entries all)
    {
        for (auto& [key, value] : all)
        {
            std::string bytes;
            if (key == meta_key)
            {
                auto record = decode_catalog(value).value();
                record.format = 2;
                value = encode_catalog(record);
                continue;
            }
            TenantKeys const keys = TenantKeys::of_stored_key(key, engine->max_key_size()).value();
            if (key.starts_with(keys.changes()))
                bytes = old_entry(read_u64(key.substr(keys.changes().size())));
            else if (key == keys.revision())
                bytes = open_seal(key, value).value().substr(0, 8);
            else
                continue;
            append_seal(bytes, key);
            value = bytes;
        }
        return all;
    }

    /// Every third one is a removal.
    static std::string old_entry(std::uint64_t number)
    {
        std::string entry;
        put_varint(entry, number - 1);
        put_varint(entry, number % 3);
        put_varint(entry, 0); // the first type
        put_string(entry, "id" + std::to_string(number));
        put_string(entry, "actor");
        put_varint(entry, zigzag(static_cast<std::int64_t>(number) * 1'000'000));
        put_varint(entry, 1);
        put_string(entry, "displayName");
        return entry;
    }

    /// And the one before that: without seals.
    Entries as_format_1(Entries const& all)
    {
        Entries former = as_format_2(all);
        for (auto& [key, value] : former)
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
        return former;
    }

    /// What an upgraded database says, whatever it was before.
    void check_upgraded(std::uint64_t changes)
    {
        BOOST_TEST(check().has_value());
        BOOST_TEST(decode_catalog(entries().at(0).second)->format == 4);
        auto& log = *store->change_log();
        auto const extent = log.extent("tenant", {}).value();
        BOOST_TEST(extent.begin.number() == 0U);
        BOOST_TEST(extent.end.number() == changes);
        std::vector<LoggedChange> found;
        std::uint64_t bytes = 0;
        log.read("tenant", {}, {}, 10'000, [&](LoggedChange&& one) { return found.push_back(std::move(one)), true; })
            .value();
        for (auto const& [key, value] : entries())
            if (key.starts_with(TenantKeys::make("tenant", 511).value().changes()))
                bytes += key.size() + open_seal(key, value).value().size();
        BOOST_TEST(found.size() == changes);
        BOOST_TEST(extent.bytes == bytes);
        LoggedChange const& third = found.at(2);
        BOOST_TEST((third.operation == LoggedChange::Operation::created && third.id == "id3" &&
                    third.before == Version{2} && third.after == Version{3} && third.actor == "actor" &&
                    third.resource_type == "User" && third.time == Instant{std::chrono::seconds{3}}));
        BOOST_TEST((third.changed == std::vector<LoggedChange::Value>{{"displayName", nullptr, false}}));
        BOOST_TEST((found.at(1).operation == LoggedChange::Operation::removed && !found.at(1).after));
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

BOOST_FIXTURE_TEST_SUITE(upgrades, UpgradeFixture)

BOOST_AUTO_TEST_CASE(a_former_database_is_brought_to_this_format_wherever_the_upgrade_is_interrupted)
{
    fill();
    for (Entries const& former : {as_format_1(entries()), as_format_2(entries())})
    {
        put_all(former);
        open();
        auto const sound = entries();
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
        check_upgraded(3'001);
        BOOST_TEST(get(user(), "u17")->attributes.at("userName").as_string() == "n17");
        BOOST_TEST(get(group(), "g")->attributes.at("members").as_array().size() == 2U);
        BOOST_TEST((find("userName eq \"n18\"", user()).summary.total == 1U));
        *counts = {};
        open();
        BOOST_TEST(counts->writes == 0U, "once is enough");
    }
}

BOOST_AUTO_TEST_CASE(an_empty_former_database_is_upgraded_too)
{
    open();
    auto const all = entries();
    for (Entries const& former : {as_format_1(all), as_format_2(all)})
    {
        put_all(former);
        open();
        BOOST_TEST(decode_catalog(entries().at(0).second)->format == 4);
    }
}

BOOST_AUTO_TEST_CASE(a_database_of_format_3_is_as_it_was_but_for_its_format)
{
    open();
    insert(make(user(), "u", {{"userName", "n"}}));
    auto const sound = entries();
    auto former = sound;
    auto record = decode_catalog(former.at(0).second).value();
    record.format = 3;
    former.at(0).second = encode_catalog(record);
    put_all(former);
    counts->commits_left = 0;
    BOOST_TEST(!try_open());
    *counts = {};
    BOOST_TEST((entries() == former));
    open();
    BOOST_TEST((entries() == sound));
}

BOOST_AUTO_TEST_CASE(a_damaged_change_does_not_keep_a_database_from_being_upgraded)
{
    open();
    for (int i = 0; i < 3; ++i)
        insert(make(user(), "u" + std::to_string(i), {{"userName", "n" + std::to_string(i)}}));
    auto former = as_format_2(entries());
    std::string const damaged = TenantKeys::make("tenant", 511).value().change(2);
    for (auto& [key, value] : former)
        if (key == damaged)
            value.back() = static_cast<char>(value.back() ^ 0x01);
    put_all(former);
    open();
    auto& log = *store->change_log();
    auto const any = [](LoggedChange&&) { return true; };
    BOOST_TEST((log.read("tenant", {}, {}, 1, any).has_value()));
    BOOST_TEST((log.read("tenant", {}, LogPosition{1}, 1, any).error().code == ErrorCode::corrupt));
    BOOST_TEST((log.read("tenant", {}, LogPosition{2}, 1, any).has_value()));
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
