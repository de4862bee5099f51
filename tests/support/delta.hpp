// Asking for changes, for tests of delta queries.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "all_stores.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::test
{

inline constexpr std::string_view delta_request_urn = "urn:ietf:params:scim:api:messages:2.0:delta:request";

inline ServiceOptions with_delta(std::shared_ptr<ResourceStore> store)
{
    return {.store = std::move(store), .delta_query = true};
}

inline std::vector<NamedStore> stores_with_log()
{
    auto stores = all_stores();
    std::erase_if(stores, [](NamedStore const& store) { return !store.make()->traits().change_log; });
    return stores;
}

inline std::string token(ServiceFixture const& scim, std::string_view endpoint = "/Users")
{
    Reply const given = scim.get(std::string{endpoint} + "/.deltaToken");
    BOOST_REQUIRE_MESSAGE(given.status == 200, given.response.body);
    return given.text("/value");
}

inline Reply changes(ServiceFixture const& scim, std::string_view since, json::object more = {},
                     std::string_view endpoint = "/Users")
{
    json::object body{{"schemas", json::array{delta_request_urn}}, {"deltaToken", since}};
    for (auto& [name, value] : more)
        body[name] = std::move(value);
    return scim.post(std::string{endpoint} + "/.delta", body);
}

} // namespace scimkit::test
