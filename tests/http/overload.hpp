// A service whose store holds requests up, for the tests of long work and of work that nobody waits for.
#pragma once

#include "fixture.hpp"
#include "hooked_store.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace scimkit::test
{

/// More than a read is tried with on an I/O thread or a worker.
inline constexpr std::uint64_t long_work = 100'000'000;

/// Of a client beside the one that all others are.
inline constexpr std::string_view token_of_the_other = "another-token-for-these-tests";

/// The same request of that one.
inline std::string by_another(std::string request)
{
    return request.replace(request.find(token), token.size(), token_of_the_other);
}

/// Counts who has come, and holds everybody up until it is opened.
class Gate
{
public:
    void pass()
    {
        std::unique_lock lock{mutex_};
        ++entered_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for(int number)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return entered_ >= number; });
    }
    void open()
    {
        std::lock_guard const lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }
    int entered()
    {
        std::lock_guard const lock{mutex_};
        return entered_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int entered_ = 0;
    bool open_ = false;
};

/// Until it is given up.
inline result<void> charge_for_ever(CallContext const& context)
{
    for (;;)
    {
        if (auto charged = context.charge(Budget::look_every); !charged)
            return charged;
        std::this_thread::yield();
    }
}

struct Overload
{
    Gate gate;
    std::shared_ptr<HookedStore> store = std::make_shared<HookedStore>();

    /// Reads are long, and wait at the gate once they may be.
    void make_searches_long()
    {
        store->before_read = [this](CallContext const& context) -> result<void>
        {
            if (auto charged = context.charge(long_work); !charged)
                return charged;
            gate.pass();
            return {};
        };
    }

    /// Reads go on until they are given up. `begun` counts those that were let run for long.
    void make_searches_endless()
    {
        store->before_read = [this](CallContext const& context) -> result<void>
        {
            if (auto charged = context.charge(long_work); !charged)
                return charged;
            gate.open();
            gate.pass();
            return charge_for_ever(context);
        };
    }

    /// Whoever is not the other one waits at the gate.
    HookedStore::Hook one_client_waits(std::uint64_t work = 0)
    {
        return [this, work](CallContext const& context) -> result<void>
        {
            if (auto charged = context.charge(work); !charged)
                return charged;
            if (context.actor != "other")
                gate.pass();
            return {};
        };
    }

    Service make() const
    {
        auto known = make_token_record(token, {.subject = "tester"});
        auto other = make_token_record(token_of_the_other, {.subject = "other"});
        ServiceOptions options{.base_url = "https://example.com/scim/v2",
                               .store = store,
                               .authenticator =
                                   bearer_authenticator({std::move(known).value(), std::move(other).value()})};
        options.limits.max_work = Budget::unlimited;
        options.limits.deadline = std::chrono::hours{1};
        store->armed = false;
        auto service = Service::create(std::move(options)).value();
        store->armed = true;
        return service;
    }
};

} // namespace scimkit::test
