// What a request does for the services of tenants holds up no other request.
#include "house.hpp"

#include <chrono>
#include <future>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// Requests of others, each of which is to be answered while the caller is where it is.
class Others
{
public:
    void ask(TenantServices const& services)
    {
        if (had_to_wait_)
            return;
        asked_.push_back(std::async(
            std::launch::async, [&services]
            { return services.handle({.method = "GET", .target = "/globex/scim/v2/ServiceProviderConfig"}).status; }));
        had_to_wait_ = asked_.back().wait_for(std::chrono::seconds{10}) != std::future_status::ready;
    }

    std::size_t asked() const { return asked_.size(); }
    bool had_to_wait() const { return had_to_wait_; }

private:
    std::vector<std::future<int>> asked_;
    bool had_to_wait_ = false;
};

/// Tells of each look for a name in the thread that made it.
struct Telling final : TenantDirectory
{
    explicit Telling(std::shared_ptr<TenantList> of)
        : list(std::move(of))
    {
    }

    std::shared_ptr<Tenant const> find(Request const& request) const override { return list->find(request); }

    std::shared_ptr<Tenant const> find_named(std::string_view name) const override
    {
        if (std::this_thread::get_id() == teller && tell)
            tell();
        return list->find_named(name);
    }

    std::shared_ptr<TenantList> list;
    std::thread::id teller = std::this_thread::get_id();
    std::function<void()> tell;
};

} // namespace

BOOST_AUTO_TEST_SUITE(tenant_services)

BOOST_AUTO_TEST_CASE(a_look_at_which_tenants_there_still_are_holds_up_nobody)
{
    House house;
    auto const directory = std::make_shared<Telling>(house.list);
    auto const services = TenantServices::create(house.common(), directory).value();
    std::vector<Tenant> tenants{tenant("globex")};
    for (int i = 0; i < 40; ++i)
        tenants.push_back(tenant("t" + std::to_string(i)));
    BOOST_REQUIRE(house.list->exchange(std::move(tenants)));
    Others others;
    directory->tell = [&] { others.ask(services); };
    for (int i = 0; i < 40; ++i)
    {
        auto const target = "/t" + std::to_string(i) + "/scim/v2/ServiceProviderConfig";
        BOOST_TEST(services.handle({.method = "GET", .target = target}).status == 200);
    }
    directory->tell = nullptr;
    BOOST_TEST(others.asked() > 0U);
    BOOST_TEST(!others.had_to_wait());
}

BOOST_AUTO_TEST_CASE(the_end_of_a_service_holds_up_nobody)
{
    House const house;
    Others others;
    auto const marked = [&]
    {
        auto made = tenant("acme");
        auto const tell = [&](void const*) { others.ask(house.services); };
        made.observer = [mark = std::shared_ptr<void>{nullptr, tell}](CommittedChange const&) {};
        return made;
    };
    auto const serve = [&](Tenant given)
    {
        BOOST_REQUIRE(house.list->exchange({std::move(given), tenant("globex")}));
        BOOST_TEST(house.send(acme_key, "GET", "/acme/scim/v2/Users").status == 200);
    };
    serve(marked());
    serve(marked()); // a service that another one replaces
    BOOST_TEST(others.asked() == 1U);
    BOOST_REQUIRE(house.list->exchange({tenant("globex")}));
    BOOST_REQUIRE(house.services.remove("acme"));
    BOOST_TEST(others.asked() == 2U);
    BOOST_TEST(!others.had_to_wait());
}

BOOST_AUTO_TEST_SUITE_END()
