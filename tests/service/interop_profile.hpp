// Services of the profile interop-02, and what its tests have in common.
#pragma once

#include <scimkit/tolerance/profile.hpp>

#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::test
{

inline std::string const enterprise{urn::enterprise_user};

inline ServiceOptions interop(ServiceOptions options = {})
{
    options.profile = find_profile("interop-02");
    return options;
}

inline void on_every_store(std::function<void(ServiceFixture const&)> const& test)
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
    test(ServiceFixture{interop({.store = store.make()})});
}

inline json::object mail(std::string_view value, std::string_view type) { return {{"value", value}, {"type", type}}; }

inline json::object with_mails(std::string_view name)
{
    return user(name, {{"emails", json::array{mail("a@example.com", "work"), mail("b@example.com", "work"),
                                              mail("c@example.com", "home")}},
                       {"name", {{"givenName", "Ada"}, {"familyName", "King"}}}});
}

} // namespace scimkit::test
