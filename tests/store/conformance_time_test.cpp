// A case of the conformance kit has so much time and no more: it says so, and leaves the rest undone.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/conformance.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace scimkit
{
namespace
{

BOOST_AUTO_TEST_SUITE(conformance_time)

bool says_that_it_took_too_long(ConformanceReport const& report)
{
    return to_string(report).find("the case takes longer than it may") != std::string::npos;
}

/// Counts its writes, and is slow to tell that they are done.
class LazyStore final : public ForwardingStore
{
public:
    explicit LazyStore(std::chrono::milliseconds pause)
        : ForwardingStore(memory::make_store())
        , pause_(pause)
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        ++writes;
        auto done = ForwardingStore::write(attachment, tenant, context, body);
        std::this_thread::sleep_for(pause_);
        return done;
    }

    int writes = 0;

private:
    std::chrono::milliseconds pause_;
};

BOOST_AUTO_TEST_CASE(a_case_that_takes_too_long_fails_in_words)
{
    for (ConformanceCase const& one : store_conformance_cases({.longest = std::chrono::seconds{0}}))
    {
        auto const report = one.run([] { return memory::make_store(); });
        BOOST_TEST(!report.passed(), one.name);
        BOOST_TEST(says_that_it_took_too_long(report), one.name << ": " << to_string(report));
    }
}

BOOST_AUTO_TEST_CASE(a_case_whose_time_is_over_leaves_the_rest_undone)
{
    auto const run = [](std::chrono::seconds longest, std::chrono::milliseconds pause)
    {
        auto const all = store_conformance_cases({.longest = longest});
        auto const one = std::ranges::find(all, "get: many come at once", &ConformanceCase::name);
        BOOST_REQUIRE((one != all.end()));
        auto const store = std::make_shared<LazyStore>(pause);
        return std::pair{one->run([&] { return store; }), store->writes};
    };
    auto const [whole, all_writes] = run(std::chrono::seconds{300}, std::chrono::milliseconds{0});
    BOOST_TEST(whole.passed());
    BOOST_TEST(all_writes >= 30);
    auto const [cut, some_writes] = run(std::chrono::seconds{1}, std::chrono::milliseconds{200});
    BOOST_TEST(says_that_it_took_too_long(cut), to_string(cut));
    BOOST_TEST(some_writes > 0);
    BOOST_TEST(some_writes < all_writes / 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
