// Work that values cause: what is compared is paid for, and what is long is not compared for each operation.

#include "resource/elements.hpp"
#include "store/map_store.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(value_work)

namespace
{

json::value parse(std::string_view text) { return parse_json(text).value(); }

} // namespace

BOOST_AUTO_TEST_CASE(what_a_patch_compares_is_bounded_in_bytes)
{
    ServiceLimits limits;
    limits.max_work = 50'000'000;
    ServiceFixture const scim{{.limits = limits}};
    std::string letters;
    for (int i = 0; i < 80'000; ++i)
        letters += "\xc3\xa9";
    std::string const target =
        "/Users/" +
        scim.create("/Users",
                    user("ada", {{"emails", json::array{json::object{{"value", letters}, {"type", "work"}}}}}));
    json::array operations;
    for (int i = 0; i < 3'000; ++i)
        operations.push_back(
            json::object{{"op", "replace"},
                         {"path", "emails[value co \"q" + std::to_string(i) + "\" or type eq \"work\"].display"},
                         {"value", "x"}});
    std::string const before = scim.get(target).response.body;
    Reply const reply = scim.patch(target, patch_op(operations));
    BOOST_TEST(reply.scim_type() == "tooMany", reply.response.body);
    BOOST_TEST(reply.detail().find(": emails") != std::string::npos, reply.detail());
    BOOST_TEST(scim.get(target).response.body == before);
}

BOOST_AUTO_TEST_CASE(few_long_elements_are_paid_for_when_they_are_compared_and_not_for_each_operation)
{
    constexpr int count = 2'000;
    std::string letters;
    for (int i = 0; i < 2'000; ++i)
        letters += "\xc3\xa9";
    json::array values;
    json::array displays;
    for (int i = 0; i < 7; ++i)
    {
        std::string const number = std::to_string(i);
        values.push_back(json::object{{"value", number + letters}});
        displays.push_back(json::object{{"value", number}, {"display", number + letters}});
    }
    json::array removals;
    json::array additions;
    json::array listed;
    json::array repeated = values;
    for (int i = 0; i < count; ++i)
    {
        std::string const value = "q" + std::to_string(i);
        removals.push_back(json::object{{"op", "remove"}, {"path", "emails[value eq \"" + value + "\"]"}});
        additions.push_back(parse(R"({"op":"add","path":"emails","value":[{"display":"x"}]})"));
        listed.push_back(json::object{{"value", value}});
        repeated.push_back(json::object{{"value", "q"}});
    }
    json::array const removal{json::object{{"op", "remove"}, {"path", "emails"}, {"value", listed}}};

    auto const store = adapt_small_store(std::make_shared<MapStore>(MapStore::Abilities{}));
    std::shared_ptr<SchemaRegistry const> registry;
    auto const service_with = [&](std::uint64_t max_work)
    {
        ServiceOptions options;
        options.store = store;
        options.registry = registry;
        if (max_work != 0)
            options.limits.max_work = max_work;
        return std::make_unique<ServiceFixture>(std::move(options));
    };
    auto const free = service_with(0);
    registry = free->service.options().registry;
    std::string const by_value = "/Users/" + free->create("/Users", user("ada", {{"emails", values}}));
    std::string const by_display = "/Users/" + free->create("/Users", user("bob", {{"emails", displays}}));
    // Too little to compare with all of them a few times, then enough for that, and far too little for each operation.
    auto const poor = service_with(4 * weight_of(values));
    auto const rich = service_with(40 * weight_of(values));
    auto const replies = [&](ServiceFixture const& scim)
    {
        return std::vector<Reply>{
            scim.patch(by_value, patch_op(removals)),
            scim.patch(by_value, patch_op(removal)),
            scim.patch(by_display, patch_op(additions)),
            scim.post("/Users", user("eve", {{"emails", repeated}})),
            scim.put(by_value, user("ada", {{"emails", repeated}})),
        };
    };
    for (Reply const& reply : replies(*poor))
        BOOST_TEST(reply.scim_type() == "tooMany", reply.status << ' ' << reply.detail());
    for (Reply const& reply : replies(*rich))
        BOOST_TEST(reply.status < 300, reply.detail());
}

BOOST_AUTO_TEST_CASE(ten_thousand_additions_of_one_value_each_are_within_the_limits)
{
    ServiceFixture const scim;
    std::string const target = "/Users/" + scim.create("/Users", user("ada"));
    json::array operations;
    for (int i = 0; i < 10'000; ++i)
        operations.push_back(json::object{{"op", "add"},
                                          {"path", i % 2 == 0 ? "emails" : "roles"},
                                          {"value", json::array{json::object{{"value", std::to_string(i)}}}}});
    Reply const reply = scim.patch(target, patch_op(operations));
    BOOST_TEST(reply.status == 200, reply.detail());
    BOOST_TEST(reply.size("/emails") == 5'000);
    BOOST_TEST(reply.size("/roles") == 5'000);
}

BOOST_AUTO_TEST_SUITE_END()
