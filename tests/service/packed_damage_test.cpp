// The bytes of packed attributes are not trusted: what is damaged is a fault of the store, whoever looks at it, and
// harms nothing.
#include <scimkit/resource/packed.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/all_stores.hpp"
#include "support/random_values.hpp"
#include "support/seed.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(packed_damage)

namespace
{

/// Gives other bytes than were stored.
class Damaging : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    struct Transaction final : ForwardingReadTransaction
    {
        Transaction(ReadTransaction& inner, Damaging& damaging)
            : ForwardingReadTransaction(inner)
            , store(damaging)
        {
        }
        bool gives_packed() const noexcept override { return inner().gives_packed(); }
        result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                            Wanted const& wanted) override
        {
            auto found = ForwardingReadTransaction::get(type, id, wanted);
            if (found && *found)
                damage(**found);
            return found;
        }
        result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                              function_ref<bool(std::size_t which, Resource&&)> sink) override
        {
            return ForwardingReadTransaction::get_many(type, ids, wanted,
                                                       [&](std::size_t which, Resource&& resource)
                                                       {
                                                           damage(resource);
                                                           return sink(which, std::move(resource));
                                                       });
        }
        void damage(Resource& resource) const
        {
            if (!resource.packed || resource.type->name() != store.damaged)
                return;
            std::string bytes{resource.packed.bytes()};
            store.damage(bytes);
            resource.packed = PackedAttributes{std::move(bytes)};
        }
        Damaging& store;
    };

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& inner)
                                     {
                                         Transaction transaction{inner, *this};
                                         return body(transaction);
                                     });
    }

    std::string_view damaged = "User"; ///< the type of which this is done
    std::function<void(std::string&)> damage;
};

constexpr std::string_view enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

} // namespace

BOOST_AUTO_TEST_CASE(damaged_bytes_are_a_fault_of_the_store_and_harm_nothing)
{
    auto const damaging = std::make_shared<Damaging>(default_store()());
    ServiceFixture const scim{{.store = damaging, .log = [](LogLevel, std::string_view) {}}};
    auto const id =
        scim.create("/Users", user("ada", {{"emails", json::array{{{"value", "a@x.example"}, {"type", "work"}}}},
                                           {"active", true},
                                           {enterprise, {{"manager", {{"value", "m"}}}, {"costCenter", "7"}}}}));
    auto const status_of = [&](std::string const& target)
    { return scim.service.handle({.method = "GET", .target = target}).status; };
    std::size_t size = 0;
    damaging->damage = [&](std::string& bytes) { size = bytes.size(); };
    BOOST_TEST(status_of("/v2/Users/" + id) == 200);
    BOOST_REQUIRE(size > 0U);
    for (std::size_t end = 1; end < size; ++end)
    {
        damaging->damage = [&](std::string& bytes) { bytes.resize(end); };
        BOOST_TEST(status_of("/v2/Users/" + id) == 500);
    }
    RandomValues random{seed(4)};
    damaging->damage = [&](std::string& bytes)
    {
        for (auto count = random.below(3) + 1; count > 0; --count)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(random.below(2) == 0 ? 12 : 256));
    };
    for (int i = 0; i < 3'000; ++i)
    {
        int const status = status_of("/v2/Users/" + id + (i % 2 == 0 ? "" : "?excludedAttributes=emails.type"));
        BOOST_TEST((status == 200 || status == 500));
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_group_is_no_group_without_a_name)
{
    auto const damaging = std::make_shared<Damaging>(default_store()());
    damaging->damaged = "Group";
    ServiceFixture const scim{{.store = damaging, .log = [](LogLevel, std::string_view) {}}};
    auto const& type = *scim.service.registry().find_resource_type("Group");
    scim.store_directly({.type = &type,
                         .id = "engineers",
                         .attributes = {{"externalId", "before it"},
                                        {"displayName", "Engineers"},
                                        {"members", json::array{{{"value", "ada"}}}},
                                        {"behind", "it"}}});
    scim.store_directly(
        {.type = scim.service.registry().find_resource_type("User"), .id = "ada", .attributes = {{"userName", "ada"}}});
    std::string whole;
    damaging->damage = [&](std::string& bytes) { whole = bytes; };
    BOOST_TEST(scim.get("/Users/ada").text("/groups/0/display") == "Engineers");
    BOOST_REQUIRE(whole.find("displayName") < whole.find("behind"));
    BOOST_REQUIRE(whole.find("behind") != std::string::npos);
    for (std::size_t end = 1; end < whole.size(); ++end)
        for (std::string const target : {"/v2/Users/ada", "/v2/Users?attributes=groups"})
        {
            damaging->damage = [&](std::string& bytes) { bytes.resize(end); };
            BOOST_TEST_CONTEXT(target << " with " << end << " bytes of " << whole.size())
            BOOST_TEST(scim.service.handle({.method = "GET", .target = target}).status == 500);
        }
}

BOOST_AUTO_TEST_SUITE_END()
