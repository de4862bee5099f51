// open_store(): the engine's refusals and those of the store over it, told with the directory in front; and what is
// still to be cleaned away when a store is closed.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/maintenance.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

using namespace scimkit;
using namespace scimkit::test;
using scimkit::lmdb::open_store;

namespace
{

/// Groups of members in a store that is opened again and again.
struct Groups
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    UniqueKeyRules rules = UniqueKeyRules::make(*registry).value();
    std::shared_ptr<ResourceStore> store{};
    std::shared_ptr<Attachment const> attachment{};

    void open(std::filesystem::path const& directory, lmdb::LmdbOptions const& options)
    {
        attachment.reset();
        store.reset();
        store = open_store(directory, options).value();
        attachment = store->attach(registry).value();
    }

    ResourceType const& group() const { return *registry->find_resource_type("Group"); }

    void add(std::string_view id, int size)
    {
        json::array members;
        for (int i = 0; i < size; ++i)
            members.emplace_back(json::object{{"value", "m" + std::to_string(i)}});
        store
            ->write(*attachment, "", {},
                    [&](WriteTransaction& transaction) -> result<void>
                    {
                        Resource made;
                        made.type = &group();
                        made.id = id;
                        made.attributes = {{"displayName", id}, {"members", members}};
                        auto const done = transaction.insert(made, rules.facts_of(made));
                        return done ? result<void>{} : result<void>{done.error()};
                    })
            .value();
    }

    void remove(std::string_view id)
    {
        store
            ->write(*attachment, "", {},
                    [&](WriteTransaction& transaction) { return transaction.remove(group(), id, {}); })
            .value();
    }

    /// The groups of m7, and how many faults a check finds.
    std::string state()
    {
        std::string found;
        store
            ->read(*attachment, "", {},
                   [&](ReadTransaction& transaction)
                   {
                       found.clear();
                       return transaction.large_attributes()->references_to("m7",
                                                                            [&](Reference const& reference)
                                                                            {
                                                                                found += reference.id + " ";
                                                                                return true;
                                                                            });
                   })
            .value();
        auto const report =
            store->maintenance()->check(*attachment, {}, Repair::no, [](CheckFinding const&) { return true; });
        return found + std::to_string(report.value().findings);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lmdb_store, LmdbFixture)

BOOST_AUTO_TEST_CASE(the_store_says_what_it_is)
{
    auto const durable = open_store(directory, options);
    BOOST_REQUIRE(durable);
    BOOST_TEST((*durable)->traits().name == "lmdb");
    BOOST_TEST((*durable)->traits().durable);

    directory = temporary.path() / "other";
    options.fsync = false;
    auto const fast = open_store(directory, options);
    BOOST_REQUIRE(fast);
    BOOST_TEST(!(*fast)->traits().durable);
}

BOOST_AUTO_TEST_CASE(closing_the_store_lets_it_be_opened_again)
{
    {
        auto const first = open_store(directory, options);
        BOOST_REQUIRE(first);
        auto const second = open_store(directory, options);
        BOOST_REQUIRE(second.has_error());
        BOOST_TEST((second.error().code == ErrorCode::unavailable));
        BOOST_TEST(second.error().detail.find(directory.native()) == 0U);
    }
    BOOST_TEST(open_store(directory, options).has_value());
}

BOOST_AUTO_TEST_CASE(a_database_of_another_application_is_corrupt)
{
    BOOST_REQUIRE(put(*open(), "somebody's key", "somebody's value"));
    for (int attempt = 0; attempt < 2; ++attempt) // a refusal closes the engine again
    {
        auto const refused = open_store(directory, options);
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error().code == ErrorCode::corrupt));
        BOOST_TEST(refused.error().detail.find(directory.native()) == 0U);
    }
    BOOST_TEST(value_of(*open(), "somebody's key") == "somebody's value");
}

BOOST_AUTO_TEST_CASE(what_lies_in_a_grave_is_seen_by_nobody_after_a_restart_and_in_a_copy)
{
    options.fsync = false;
    auto const copy = temporary.path() / "copy";
    Groups groups;
    groups.open(directory, options);
    groups.add("stays", 1'100);
    groups.add("gone", 1'500);
    BOOST_TEST(groups.state() == "gone stays 0");
    groups.remove("gone");
    BOOST_TEST(groups.state() == "stays 0");
    BOOST_REQUIRE(groups.store->maintenance()->copy_to(copy, {}).has_value());
    for (auto const& where : {directory, copy})
    {
        groups.open(where, options);
        BOOST_TEST(groups.state() == "stays 0");
        groups.add("gone", 8);
        BOOST_TEST(groups.state() == "gone stays 0");
        for (int i = 0; i < 30; ++i)
            groups.add("other" + std::to_string(i), 1);
        BOOST_TEST(groups.state() == "gone stays 0");
    }
}

BOOST_AUTO_TEST_SUITE_END()
