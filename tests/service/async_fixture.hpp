// A service that carries requests out later, and a gate before it, so that a test decides when.
#pragma once

#include <scimkit/events/security_event.hpp>
#include <scimkit/service/async_requests.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/own_types.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace scimkit::test
{

/// Ids that no other process has given.
struct UniqueIds final : TickingEnvironment
{
    std::string new_id() override { return system_environment()->new_id(); }
};

struct AsyncFixture
{
    explicit AsyncFixture(std::shared_ptr<ResourceStore> given = default_store()(), ServiceOptions more = {},
                          AsyncRequestOptions limits = {})
        : store(std::move(given))
        , requests(make_requests(std::move(limits)))
        , scim(with(std::move(more)))
    {
        start();
    }
    ~AsyncFixture()
    {
        open_gate();
        requests->stop();
    }

    void start()
    {
        requests->start(
            [this](Request const& request)
            {
                {
                    std::unique_lock lock{mutex};
                    opened.wait_for(lock, std::chrono::seconds{30}, [&] { return is_open; });
                }
                return scim.service.handle(request);
            });
    }

    void close_gate()
    {
        std::scoped_lock const lock{mutex};
        is_open = false;
    }
    void open_gate()
    {
        {
            std::scoped_lock const lock{mutex};
            is_open = true;
        }
        opened.notify_all();
    }

    static Headers later() { return {{"Prefer", "respond-async"}}; }

    /// Its transaction, once it is accepted.
    static std::string accepted(Reply const& reply)
    {
        BOOST_TEST(reply.status == 202);
        BOOST_TEST(reply.response.body.empty());
        BOOST_TEST(reply.header("Preference-Applied") == "respond-async");
        std::string const txn{reply.header("Set-Txn")};
        BOOST_TEST(reply.header("Location") == "https://example.com/v2/Async/" + txn);
        return txn;
    }

    Reply result_of(std::string const& txn) const
    {
        for (auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};;)
        {
            auto reply = scim.get("/Async/" + txn);
            if (reply.status != 202 || std::chrono::steady_clock::now() > end)
                return reply;
            BOOST_TEST(reply.header("Set-Txn") == txn);
            BOOST_TEST(reply.response.body.empty());
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
    }

    /// All events of requests in the log, by transaction: "txn status uri".
    std::vector<std::string> events() const
    {
        std::vector<std::string> all;
        auto const look = [&](LoggedChange&& change)
        {
            auto const claims = security_event(change, scim.service.registry(), {.issuer = "i", .audience = "a"});
            auto const* event =
                claims ? claims->at("events").as_object().if_contains("urn:ietf:params:scim:event:misc:asyncresp")
                       : nullptr;
            if (event)
                all.push_back(std::string{claims->at("txn").as_string()} + " " +
                              std::string{event->at("status").as_string()} + " " +
                              std::string{claims->at("sub_id").at("uri").as_string()});
            return true;
        };
        BOOST_TEST(store->change_log()->read("default", {}, {}, 100'000, look).has_value());
        return all;
    }

    std::size_t users() const { return static_cast<std::size_t>(scim.get("/Users?count=0").number("/totalResults")); }

    std::shared_ptr<Environment> environment = std::make_shared<UniqueIds>();
    std::shared_ptr<ResourceStore> store;
    std::shared_ptr<AsyncRequests> requests;
    ServiceFixture scim;
    std::mutex mutex{};
    std::condition_variable opened{};
    bool is_open = true;

private:
    std::shared_ptr<AsyncRequests> make_requests(AsyncRequestOptions limits) const
    {
        limits.store = store;
        limits.environment = environment;
        return AsyncRequests::create(std::move(limits)).value();
    }
    ServiceOptions with(ServiceOptions options) const
    {
        options.store = store;
        if (!options.environment)
            options.environment = environment;
        options.async_requests = requests;
        return options;
    }
};

} // namespace scimkit::test
