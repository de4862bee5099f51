// The conformance kit over a store that fails once, at each of its operations: each case tells it, and none ends
// otherwise than in words. And what counts as an operation beside those of transactions.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/conformance.hpp>
#include <scimkit/store/fault_injection.hpp>
#include <scimkit/store/forwarding_store.hpp>
#include <scimkit/store/maintenance.hpp>

#include "map_store.hpp"
#include "support/seed.hpp"
#include "table_profile.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(conformance_under_faults)

/// An error that no case expects of a store, and that nobody tries again after.
Error const unexpected_fault{ErrorCode::internal, "A fault that was asked for."};

/// Cases in which an operation is meant to fail, in whatever way: what else fails there is not told.
constexpr std::array<std::string_view, 2> expect_any_failure{
    "failure: a budget that ends in the middle of an operation changes nothing",
    "transactions: an exception rolls everything back"};

struct FaultyRun
{
    ConformanceReport report;
    std::uint64_t operations;
    bool failed;
};

FaultyRun run_with_fault(ConformanceCase const& one, std::uint64_t place, StoreFactory const& make)
{
    auto const store = std::make_shared<FaultInjectingStore>(make());
    auto report = one.run(
        [&]
        {
            store->fail_at(place, unexpected_fault);
            return store;
        });
    return {std::move(report), store->operations(), store->failed()};
}

/// All places where there are few, else the first and some of the others, by the seed that was printed.
std::vector<std::uint64_t> places_to_fail_at(std::uint64_t operations, std::uint32_t seed)
{
    constexpr std::size_t most_places = 200;
    std::vector<std::uint64_t> places(operations);
    std::iota(places.begin(), places.end(), 1);
    if (!places.empty())
        std::shuffle(places.begin() + 1, places.end(), std::mt19937{seed});
    places.resize(std::min(places.size(), most_places));
    return places;
}

/// All of these cases, over a store that is sound but for one operation.
void expect_told(std::vector<ConformanceCase> const& cases, StoreFactory const& make)
{
    // A case of which one run takes seconds, as those that wait, is tried at fewer places.
    constexpr std::chrono::seconds longest_for_a_case{1};
    std::size_t tried = 0, left_out = 0;
    std::uint32_t number = 0;
    for (ConformanceCase const& one : cases)
        BOOST_TEST_CONTEXT(one.name)
        {
            FaultyRun const sound = run_with_fault(one, 0, make);
            BOOST_TEST(sound.report.passed(), to_string(sound.report));
            if (!sound.report.skipped.empty())
                continue;
            bool const tells = std::ranges::find(expect_any_failure, one.name) == expect_any_failure.end();
            auto const places = places_to_fail_at(sound.operations, test::seed(1'000 + ++number));
            auto const end = std::chrono::steady_clock::now() + longest_for_a_case;
            std::size_t told = 0;
            for (std::size_t i = 0; i < places.size(); ++i)
            {
                if (i > 0 && std::chrono::steady_clock::now() >= end)
                {
                    left_out += places.size() - i;
                    break;
                }
                FaultyRun const run = run_with_fault(one, places[i], make);
                ++tried;
                told += run.report.passed() ? 0 : 1;
                // Threads may have come to less than before.
                BOOST_TEST((!tells || !run.failed || !run.report.passed()),
                           "nobody tells that operation " << places[i] << " failed");
            }
            BOOST_TEST(told > 0U);
        }
    BOOST_TEST_MESSAGE(tried << " places tried, " << left_out << " more were left out for want of time");
}

BOOST_AUTO_TEST_CASE(each_case_tells_of_a_store_that_fails_once_wherever_it_does)
{
    expect_told(store_conformance_cases({.seed = test::seed(900)}), [] { return memory::make_store(); });
}

BOOST_AUTO_TEST_CASE(each_case_of_a_profile_tells_of_a_small_store_that_fails_once_wherever_it_does)
{
    auto cases = profile_conformance_cases(test::profile());
    std::erase_if(cases, [](ConformanceCase const& one) { return !one.name.starts_with("profile:"); });
    BOOST_TEST(cases.size() == 8U);
    expect_told(cases,
                []
                {
                    return adapt_small_store(std::make_shared<test::MapStore>(
                        test::MapStore::Abilities{.transactions = true, .savepoints = true}));
                });
}

/// A store that throws at each write but the first ones: an exception, or something that is none.
class ThrowingStore final : public ForwardingStore
{
public:
    ThrowingStore(int quiet, bool is_exception)
        : ForwardingStore(memory::make_store())
        , quiet_(quiet)
        , is_exception_(is_exception)
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        if (quiet_-- > 0)
            return ForwardingStore::write(attachment, tenant, context, body);
        if (is_exception_)
            throw std::runtime_error{"thrown"};
        throw quiet_.load();
    }

private:
    std::atomic<int> quiet_;
    bool is_exception_;
};

BOOST_AUTO_TEST_CASE(what_a_store_throws_is_a_failure_on_every_thread_of_a_case)
{
    struct Tried
    {
        std::string_view name;
        int quiet; // writes that the case makes on its own thread before others begin
    };
    constexpr std::array<Tried, 3> tried{{
        {"uniqueness: a duplicate is refused, also in another case", 0},
        {"parallel: of many inserts of one unique value one succeeds", 0},
        {"change log: parallel writes are told in the order of each resource", 1},
    }};
    auto const cases = store_conformance_cases();
    for (Tried const& each : tried)
    {
        auto const found = std::ranges::find(cases, each.name, &ConformanceCase::name);
        BOOST_REQUIRE((found != cases.end()));
        for (bool const is_exception : {true, false})
        {
            auto const report = found->run([&] { return std::make_shared<ThrowingStore>(each.quiet, is_exception); });
            BOOST_TEST(!report.passed(), each.name);
            std::string const said = to_string(report);
            BOOST_TEST((said.find("left the store") != std::string::npos), each.name << ": " << said);
        }
    }
}

/// What is asked of a store outside of transactions, each once.
std::vector<std::pair<std::string_view, std::function<bool(FaultInjectingStore&)>>> calls_of_a_store()
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    static auto const attached = [](FaultInjectingStore& store) { return store.inner().attach(registry).value(); };
    return {
        {"attach", [](FaultInjectingStore& store) { return store.attach(registry).has_value(); }},
        {"tenants", [](FaultInjectingStore& store)
         { return store.tenants({}, [](std::string_view) { return true; }).has_value(); }},
        {"remove_tenant", [](FaultInjectingStore& store) { return store.remove_tenant("t", {}).has_value(); }},
        {"check",
         [](FaultInjectingStore& store)
         {
             return store.maintenance()
                 ->check(*attached(store), {}, Repair::no, [](CheckFinding const&) { return true; })
                 .has_value();
         }},
        {"left_out", [](FaultInjectingStore& store)
         { return store.maintenance()->left_out(*attached(store), "t", {}).has_value(); }},
    };
}

BOOST_AUTO_TEST_CASE(what_is_asked_outside_of_transactions_fails_too)
{
    for (auto const& [name, call] : calls_of_a_store())
    {
        FaultInjectingStore store{memory::make_store()};
        store.fail_at(1);
        BOOST_TEST(!call(store), name);
        BOOST_TEST(store.operations() == 1U, name);
        BOOST_TEST(call(store), name);
    }
}

BOOST_AUTO_TEST_CASE(a_load_fails_at_each_of_its_operations_and_has_stored_nothing_then)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    FaultInjectingStore store{memory::make_store()};
    auto const attachment = store.attach(registry).value();
    ResourceType const& type = *registry->find_resource_type("User");
    auto const load_one = [&]
    {
        return store.maintenance()->load(*attachment, "t", {},
                                         [&](WriteTransaction& transaction) -> result<void>
                                         {
                                             Resource user;
                                             user.type = &type;
                                             user.id = "u";
                                             user.attributes["userName"] = "ada";
                                             auto const done = transaction.insert(user, {});
                                             return done ? result<void>{} : result<void>{done.error()};
                                         });
    };
    auto const is_there = [&]
    {
        bool there = false;
        store.fail_at(0);
        BOOST_REQUIRE(store
                          .read(*attachment, "t", {},
                                [&](ReadTransaction& transaction) -> result<void>
                                {
                                    auto const found = transaction.get(type, "u", {});
                                    there = found && *found;
                                    return {};
                                })
                          .has_value());
        return there;
    };
    for (std::uint64_t const place : {1U, 2U, 3U}) // its beginning, the insert, its end
    {
        store.fail_at(place);
        BOOST_TEST(!load_one().has_value(), place);
        BOOST_TEST(!is_there(), place);
    }
    store.fail_at(4);
    BOOST_TEST(load_one().has_value());
    BOOST_TEST(is_there());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
