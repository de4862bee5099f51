// A store's transaction over a list, for tests of what is done on top of a store that does little itself.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace scimkit::test
{

/// A store's transaction that can do as much or as little as a test wants.
class ListTransaction final : public ReadTransaction
{
public:
    QueryCapability can{};
    std::vector<Resource> resources{};
    QuerySummary summary{};
    std::optional<Error> failure{};
    std::uint64_t offered = 0;
    int queries = 0;
    int gets = 0;

    result<std::optional<Resource>> get(ResourceType const&, std::string_view id, Wanted const&) override
    {
        ++gets;
        auto const found = std::ranges::find(resources, id, &Resource::id);
        return found == resources.end() ? std::optional<Resource>{} : std::optional{*found};
    }
    QueryCapability capability(Query const&) const override { return can; }
    result<QuerySummary> query(Query const&, function_ref<bool(Resource&&)> sink) override
    {
        ++queries;
        if (failure)
            return *failure;
        for (Resource const& resource : resources)
        {
            ++offered;
            if (!sink(Resource{resource}))
                break;
        }
        return summary;
    }
};

struct ListFixture
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& user = *registry->find_resource_type("User");
    ListTransaction transaction;
    BoundFilter const everything = bind(parse_filter("userName pr").value(), user).value();
    BoundFilter const nothing = bind(parse_filter("userName eq \"nobody\"").value(), user).value();
    Query::Source source{&user, &everything};
    Query query{{&source, 1}};

    ListFixture()
    {
        query.limit = 3;
        for (char const* id : {"1", "2", "3", "4", "5"})
        {
            Resource resource;
            resource.type = &user;
            resource.id = id;
            resource.attributes["userName"] = std::string{"name "} + id;
            resource.attributes["title"] = "same";
            transaction.resources.push_back(std::move(resource));
        }
    }

    std::string ids(result<Page> const& page)
    {
        BOOST_REQUIRE_MESSAGE(page, page.error().detail);
        std::string all;
        for (Resource const& resource : page->resources)
            all += resource.id;
        return all;
    }

    SortOrder by(std::string_view name, bool descending = false)
    {
        return {user.resolve({.name = std::string{name}}).value(), descending};
    }
};

} // namespace scimkit::test
