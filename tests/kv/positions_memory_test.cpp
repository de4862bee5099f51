// A commit is told of when it is durable: then memory may end, and nothing may fail because of it. All memory of this
// program comes from here.
#include "kv/positions.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace
{

thread_local std::size_t fails_in = 0; // allocations from now on; 0: none does

} // namespace

// Where the compiler sees one of them alone, it takes it for the wrong half of a pair.
[[gnu::noinline]] void* operator new(std::size_t size)
{
    if (fails_in != 0 && --fails_in == 0)
        throw std::bad_alloc{};
    if (auto* const given = std::malloc(size == 0 ? 1 : size))
        return given;
    throw std::bad_alloc{};
}

[[gnu::noinline]] void operator delete(void* given) noexcept { std::free(given); }
[[gnu::noinline]] void operator delete(void* given, std::size_t) noexcept { std::free(given); }

namespace scimkit::kv
{
namespace
{

Positions::Order const order{"t/"};

std::uint64_t position(Positions& all, std::uint64_t revision)
{
    auto const found = all.find({"t", revision, all.epoch()}, order, 900);
    return found ? found->position : 0;
}

void commit(Positions& all, std::uint64_t before, std::size_t failing = 0)
{
    Positions::Commit told{before, before + 1, true, {{"t/a", true}, {"t/b", true}}};
    fails_in = failing;
    all.committed("t", std::move(told));
}

} // namespace

BOOST_AUTO_TEST_SUITE(positions_memory)

BOOST_AUTO_TEST_CASE(a_commit_that_there_is_no_memory_to_follow_is_forgotten_and_not_failed)
{
    static_assert(noexcept(std::declval<Positions&>().committed({}, {})));
    int forgotten = 0;
    for (bool const in_order : {true, false})
        for (std::size_t failing = 1; failing < 100; ++failing)
            BOOST_TEST_CONTEXT(in_order << " " << failing)
            {
                Positions all;
                BOOST_TEST(position(all, 1) == 0U);
                all.learn({"t", 1, all.epoch()}, order, {{400, "t/g", 2}, {800, "t/p", 2}});
                if (!in_order)
                    commit(all, 2);
                commit(all, 1, failing);
                bool const failed = std::exchange(fails_in, 0) == 0;
                if (in_order)
                    commit(all, 2);
                auto const found = position(all, 3);
                BOOST_TEST((found == 804U || (failed && found == 0U)), found);
                forgotten += static_cast<int>(found == 0U);
                all.learn({"t", 3, all.epoch()}, order, {{600, "t/p", 2}});
                commit(all, 3);
                BOOST_TEST((failed ? position(all, 4) >= 602U : position(all, 4) == 806U));
                if (!failed)
                    break;
            }
    BOOST_TEST(forgotten > 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace scimkit::kv
