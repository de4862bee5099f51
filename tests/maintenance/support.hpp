// Stores with something in them, and what they hold as text, so that two can be compared.
#pragma once

#include <scimkit/maintenance/transfer.hpp>

#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace scimkit::test
{

inline std::shared_ptr<SchemaRegistry const> rfc_registry()
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return registry;
}

inline TransferReport export_to(ResourceStore& store, std::string& text, TransferOptions const& options = {})
{
    auto const report = export_store(
        store, rfc_registry(),
        [&](std::string_view piece) -> result<void>
        {
            text += piece;
            return {};
        },
        options);
    BOOST_REQUIRE_MESSAGE(report, report.error().detail);
    return *report;
}

inline std::string exported(ResourceStore& store, TransferOptions const& options = {})
{
    std::string text;
    export_to(store, text, options);
    return text;
}

inline Resource made(std::string_view type, std::string_view id, json::object attributes)
{
    Resource resource;
    resource.type = rfc_registry()->find_resource_type(type);
    resource.id = id;
    resource.created = Instant{std::chrono::microseconds{1'700'000'000'123'456}};
    resource.last_modified = resource.created + std::chrono::seconds{5};
    resource.attributes = std::move(attributes);
    return resource;
}

/// Each resource is written `writes` times, so that versions are no plain counting.
inline void put(ResourceStore& store, std::string const& tenant, Resource const& given, int writes = 1)
{
    auto const attachment = store.attach(rfc_registry()).value();
    auto const rules = UniqueKeyRules::make(*rfc_registry()).value();
    for (int i = 0; i < writes; ++i)
    {
        auto const done = store.write(*attachment, tenant, {},
                                      [&](WriteTransaction& transaction) -> result<void>
                                      {
                                          Resource resource = given;
                                          auto const facts = rules.facts_of(resource);
                                          auto const version = i == 0
                                                                   ? transaction.insert(resource, facts)
                                                                   : transaction.replace(resource, std::nullopt, facts,
                                                                                         LargeAttributes::as_given, {});
                                          return version ? result<void>{} : result<void>{version.error()};
                                      });
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
    }
}

inline json::array members(int count)
{
    json::array all;
    for (int i = 0; i < count; ++i)
        all.emplace_back(
            json::object{{"value", "u" + std::to_string(100'000 + i)}, {"display", "M" + std::to_string(i)}});
    return all;
}

inline void put_many(ResourceStore& store)
{
    auto const attachment = store.attach(rfc_registry()).value();
    auto const rules = UniqueKeyRules::make(*rfc_registry()).value();
    auto const done = store.write(
        *attachment, "many", {},
        [&](WriteTransaction& transaction) -> result<void>
        {
            for (int i = 0; i < 1'200; ++i)
            {
                auto one = made("User", "n" + std::to_string(i), {{"userName", "name" + std::to_string(i)}});
                auto const version = transaction.insert(one, rules.facts_of(one));
                if (!version)
                    return version.error();
            }
            return {};
        });
    BOOST_REQUIRE_MESSAGE(done, done.error().detail);
}

/// Three tenants, every kind of value, secrets, extensions, a group of more members than are read at once.
inline void fill(ResourceStore& store)
{
    put(store, "default",
        made("User", "ada",
             {{"userName", "ada"},
              {"name", {{"givenName", "Ada"}, {"familyName", "Straße \"İ\"\n"}}},
              {"emails",
               {{{"value", "a@example.com"}, {"type", "work"}, {"primary", true}}, {{"value", "b@example.com"}}}},
              {"active", false},
              {"password", "$argon2id$hash"},
              {std::string{urn::enterprise_user}, {{"employeeNumber", "7"}, {"manager", {{"value", "bob"}}}}}}),
        3);
    put(store, "default", made("User", "bob", {{"userName", "bob"}}));
    put(store, "default", made("Group", "g", {{"displayName", "all"}, {"members", members(2'500)}}), 2);
    put(store, "default", made("Group", "empty", {{"displayName", "none"}}));
    put(store, "other", made("User", "ada", {{"userName", "ada"}}));
    put_many(store);
}

} // namespace scimkit::test
