// KvFixture: a KvStore over a counted memory engine that a test can open again under another configuration.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/kv/store.hpp>
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "counting_engine.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::test
{

struct KvFixture
{
    std::shared_ptr<kv::Engine> engine = memory::make_engine();
    std::shared_ptr<EngineCounts> counts = std::make_shared<EngineCounts>();
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::shared_ptr<ResourceStore> store;
    std::shared_ptr<Attachment const> attachment;
    std::optional<UniqueKeyRules> rules;

    ResourceType const& user() const { return *registry->find_resource_type("User"); }
    ResourceType const& group() const { return *registry->find_resource_type("Group"); }
    Attribute const& members() const { return *group().large_attributes()[0].attribute; }

    result<void> try_open(kv::StoreOptions options = {})
    {
        auto made = kv::make_store(std::make_unique<CountingEngine>(engine, counts), std::move(options));
        if (!made)
            return made.error();
        store = *made;
        rules = UniqueKeyRules::make(*registry).value();
        auto attached = store->attach(registry);
        if (!attached)
            return attached.error();
        attachment = *attached;
        return {};
    }

    void open(kv::StoreOptions options = {})
    {
        auto const opened = try_open(std::move(options));
        BOOST_REQUIRE_MESSAGE(opened, opened.error().detail);
    }

    Resource make(ResourceType const& type, std::string_view id, json::object attributes) const
    {
        Resource resource;
        resource.type = &type;
        resource.id = id;
        resource.attributes = std::move(attributes);
        return resource;
    }

    result<void> write(function_ref<result<void>(WriteTransaction&)> body, CallContext const& context = {})
    {
        return store->write(*attachment, "tenant", context, body);
    }

    result<void> read(function_ref<result<void>(ReadTransaction&)> body, CallContext const& context = {})
    {
        return store->read(*attachment, "tenant", context, body);
    }

    Version insert(Resource resource)
    {
        Version version;
        auto const done = write(
            [&](WriteTransaction& transaction) -> result<void>
            {
                auto const inserted = transaction.insert(resource, rules->facts_of(resource));
                if (!inserted)
                    return inserted.error();
                version = *inserted;
                return {};
            });
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
        return version;
    }

    std::optional<Resource> get(ResourceType const& type, std::string_view id)
    {
        std::optional<Resource> found;
        auto const done = read(
            [&](ReadTransaction& transaction) -> result<void>
            {
                auto got = transaction.get(type, id, wanted_all(type));
                if (!got)
                    return got.error();
                found = std::move(*got);
                return {};
            });
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
        return found;
    }

    Page find(std::string_view filter, ResourceType const& type, std::uint64_t limit = 1'000)
    {
        BoundFilter const bound = bind(parse_filter(filter).value(), type).value();
        Query::Source const source{&type, &bound};
        Query query{{&source, 1}};
        query.limit = limit;
        return find(query);
    }

    Page find(Query const& query)
    {
        Page page;
        auto const done = read(
            [&](ReadTransaction& transaction) -> result<void>
            {
                auto found = run_query(transaction, query);
                if (!found)
                    return found.error();
                page = std::move(*found);
                return {};
            });
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
        return page;
    }

    /// Operations on keys that `work` needs.
    template <class Work>
    std::uint64_t cost(Work const& work)
    {
        *counts = {};
        work();
        return counts->all();
    }
};

} // namespace scimkit::test
