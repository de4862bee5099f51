// Stores and rules for tests of memberships: no service, no HTTP.
#pragma once

#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>

#include "membership/scope.hpp"
#include "model/journal_store.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::test
{

class Memberships
{
public:
    explicit Memberships(std::shared_ptr<ResourceStore> given = memory::make_store(),
                         membership::Policy const& policy = {}, std::shared_ptr<SchemaRegistry const> schemas = {})
        : registry(schemas ? std::move(schemas) : SchemaRegistry::Builder{}.add_rfc7643().build().value())
        , store(std::move(given))
        , rules(membership::make_rules(*registry, "https://example.com/v2", policy,
                                       UniqueKeyRules::make(*registry).value()))
        , attachment(store->attach(registry).value())
    {
    }

    ResourceType const& user() const { return *registry->find_resource_type("User"); }
    ResourceType const& group() const { return *registry->find_resource_type("Group"); }

    membership::Scope scope_of(ResourceType const& type, Budget* budget = nullptr) const
    {
        return {.rules = rules, .type_rules = &rules.of(type), .context = {.budget = budget}};
    }
    membership::ReferenceAttribute const& members() const { return rules.of(group()).references.front(); }
    membership::ReferenceAttribute const& manager() const { return rules.of(user()).references.front(); }

    result<void> write(function_ref<result<void>(WriteTransaction&)> body) const
    {
        return store->write(*attachment, "t", {}, body);
    }

    void add(ResourceType const& type, std::string_view id, json::object attributes) const
    {
        Resource resource{.type = &type, .id = std::string{id}, .attributes = std::move(attributes)};
        write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const version = transaction.insert(resource, rules.facts.facts_of(resource));
                return version ? result<void>{} : version.error();
            })
            .value();
    }
    void add_user(std::string_view id) const { add(user(), id, {{"userName", id}}); }
    void add_group(std::string_view id, std::vector<std::string> const& members) const
    {
        json::array elements;
        for (std::string const& member : members)
            elements.push_back(json::object{{"value", member}});
        json::object attributes{{"displayName", std::string{id}}};
        if (!elements.empty())
            attributes["members"] = std::move(elements);
        add(group(), id, std::move(attributes));
    }

    std::optional<Resource> stored(ResourceType const& type, std::string_view id) const
    {
        std::optional<Resource> found;
        store
            ->read(*attachment, "t", {},
                   [&](ReadTransaction& transaction) -> result<void>
                   {
                       auto got = transaction.get(type, id, wanted_all(type));
                       if (!got)
                           return std::move(got).error();
                       found = std::move(*got);
                       return {};
                   })
            .value();
        return found;
    }

    std::shared_ptr<SchemaRegistry const> registry;
    std::shared_ptr<ResourceStore> store;
    membership::Rules rules;
    std::shared_ptr<Attachment const> attachment;
};

/// A store that finds references, and one that does not.
inline std::vector<std::shared_ptr<ResourceStore>> both_stores()
{
    return {memory::make_store(), adapt_small_store(std::make_shared<JournalStore>())};
}

} // namespace scimkit::test
