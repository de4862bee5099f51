// GravesFixture: groups that go with all their members, and all the ways in which somebody might still see them.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "kv/element_steps.hpp"
#include "kv/graves.hpp"
#include "kv/layout.hpp"
#include "kv/seal.hpp"
#include "kv_fixture.hpp"

#include <algorithm>

namespace scimkit::kv
{

struct GravesFixture : test::KvFixture
{
    using Ids = std::vector<std::string>;

    GravesFixture() { open(); }

    TenantKeys keys() const { return TenantKeys::make("tenant", engine->max_key_size()).value(); }

    std::vector<std::pair<std::string, std::string>> all(std::string const& prefix)
    {
        std::vector<std::pair<std::string, std::string>> found;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    auto cursor = reader.cursor().value();
                    for (auto any = cursor->seek(prefix); any.value() && cursor->key().starts_with(prefix);
                         any = cursor->next())
                        found.emplace_back(cursor->key(), cursor->value());
                    return {};
                })
            .value();
        return found;
    }
    std::size_t in_table(char name) { return all(keys().prefix() + name).size(); }

    /// The number of the attribute that has elements.
    NameNumber attribute()
    {
        return static_cast<NameNumber>(all(keys().prefix() + 'E').front().first[keys().prefix().size() + 2]);
    }

    /// Under a seal that does not fit.
    void damage(std::string const& key)
    {
        engine->write([&](Writer& writer) { return writer.put(key, "nonsense"); }).value();
    }

    void put(std::string const& key, std::string value)
    {
        append_seal(value, key);
        engine->write([&](Writer& writer) { return writer.put(key, value); }).value();
    }

    static std::string member(int i) { return "Member-" + std::to_string(100'000 + i); }

    static std::vector<json::object> elements(int from, int to)
    {
        std::vector<json::object> made;
        for (int i = from; i < to; ++i)
            made.push_back({{"value", member(i)}});
        return made;
    }

    /// Values that do not fit into a key, with letters whose case the reverse index does not see.
    static std::vector<json::object> long_elements(int count)
    {
        std::vector<json::object> made;
        for (int i = 0; i < count; ++i)
            made.push_back({{"value", std::string(600, 'X') + std::to_string(i)}});
        return made;
    }

    static std::string text(json::object const& element, std::string_view name)
    {
        return std::string{element.at(name).as_string()};
    }

    Resource group_of(std::string_view id, std::vector<json::object> const& of)
    {
        return make(group(), id, {{"displayName", id}, {"members", json::array(of.begin(), of.end())}});
    }

    void add_group(std::string_view id, int size) { insert(group_of(id, elements(0, size))); }

    result<void> remove(std::string_view id)
    {
        return write([&](WriteTransaction& transaction) { return transaction.remove(group(), id, {}); });
    }

    static result<void> rewrite(WriteTransaction& transaction, Resource const& resource, UniqueKeyRules const& by,
                                LargeAttributes large)
    {
        auto const done = transaction.replace(resource, {}, by.facts_of(resource), large, {});
        return done ? result<void>{} : result<void>{done.error()};
    }

    /// As a PATCH that replaces the members. Returns how many changed.
    std::uint64_t replace(std::string_view id, std::vector<json::object> const& by)
    {
        std::uint64_t changed = 0;
        write(
            [&](WriteTransaction& transaction)
            {
                changed = transaction.large_attributes()->replace(group(), id, members(), by).value();
                return rewrite(transaction, transaction.get(group(), id, {}).value().value(), *rules,
                               LargeAttributes::keep);
            })
            .value();
        return changed;
    }

    int touched = 0;
    /// A write of somebody else.
    void touch()
    {
        std::string const name = "touch" + std::to_string(touched++);
        insert(make(user(), name, {{"userName", name}}));
    }

    void clean()
    {
        for (int i = 0; in_table('X') > 0; ++i)
        {
            BOOST_REQUIRE(i < 1'000);
            touch();
        }
    }

    CheckReport check(Repair repair = Repair::no)
    {
        auto const report = store->maintenance()->check(*attachment, {}, repair,
                                                        [&](CheckFinding const& finding)
                                                        {
                                                            last_finding = finding.what;
                                                            return true;
                                                        });
        BOOST_REQUIRE_MESSAGE(report, report.error().detail);
        return *report;
    }
    void is_sound()
    {
        last_finding.clear();
        BOOST_TEST(check().findings == 0U, last_finding);
    }
    std::string last_finding{};

    std::vector<std::string> groups_of(std::string_view value, std::string_view tenant = "tenant")
    {
        std::vector<std::string> found;
        store
            ->read(*attachment, tenant, {},
                   [&](ReadTransaction& transaction)
                   {
                       found.clear();
                       return transaction.large_attributes()->references_to(value,
                                                                            [&](Reference const& reference)
                                                                            {
                                                                                found.push_back(reference.id);
                                                                                return true;
                                                                            });
                   })
            .value();
        return found;
    }

    /// All the ways in which a filter finds groups say the same.
    std::vector<std::string> found_by(std::string_view value)
    {
        std::string const filter = "members.value eq \"" + std::string{value} + "\"";
        auto const ids = [](Page const& page)
        {
            std::vector<std::string> found;
            for (Resource const& resource : page.resources)
                found.push_back(resource.id);
            return found;
        };
        auto const forward = ids(find(filter, group()));
        BOOST_TEST((find(filter, group(), 0).summary.total == forward.size()));
        BOOST_TEST(ids(find(filter + " and displayName pr", group())) == forward, boost::test_tools::per_element());
        BOOST_TEST(ids(find("members[value eq \"" + std::string{value} + "\"]", group())) == forward,
                   boost::test_tools::per_element());
        BoundFilter const bound = bind(parse_filter(filter).value(), group()).value();
        Query::Source const source{&group(), &bound};
        Query query{{&source, 1}};
        query.limit = 100;
        query.backward = true;
        BOOST_TEST(ids(find(query)) == forward, boost::test_tools::per_element());
        BOOST_TEST(groups_of(value) == forward, boost::test_tools::per_element());
        return forward;
    }

    /// What the attribute itself says, asked for in each way.
    std::vector<std::string> members_of(std::string_view id)
    {
        std::vector<std::string> values;
        read(
            [&](ReadTransaction& transaction) -> result<void>
            {
                values.clear();
                auto& large = *transaction.large_attributes();
                large
                    .read(group(), id, members(), {}, 1'000'000,
                          [&](json::object&& element)
                          {
                              values.emplace_back(element.at("value").as_string());
                              return true;
                          })
                    .value();
                BOOST_TEST(large.count(group(), id, members()).value() == values.size());
                for (int const i : {0, 1, 2'000})
                    BOOST_TEST(large.contains(group(), id, members(), member(i)).value() ==
                               (std::ranges::find(values, member(i)) != values.end()));
                return {};
            })
            .value();
        auto const stored = get(group(), id);
        auto const* array = stored ? stored->attributes.if_contains("members") : nullptr;
        BOOST_TEST((array ? array->as_array().size() : 0U) == values.size());
        return values;
    }

    LoggedChange last_change()
    {
        LoggedChange last;
        store->change_log()
            ->read("tenant", {}, {}, 1'000'000,
                   [&](LoggedChange&& change)
                   {
                       last = std::move(change);
                       return true;
                   })
            .value();
        return last;
    }
};

} // namespace scimkit::kv
