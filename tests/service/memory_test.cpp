// How much memory requests take that are small, about resources that are few: what multiplies must not be in memory
// at once. All memory of this program is counted.
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace
{

std::atomic<std::size_t> in_use{0};
std::atomic<std::size_t> most_in_use{0};

constexpr std::size_t header = alignof(std::max_align_t); // has the size of what is behind it

} // namespace

void* operator new(std::size_t size, std::nothrow_t const&) noexcept
{
    auto* const block = static_cast<std::size_t*>(std::malloc(size + header));
    if (!block)
        return nullptr;
    *block = size;
    auto const now = in_use += size;
    for (auto most = most_in_use.load(); now > most && !most_in_use.compare_exchange_weak(most, now);)
    {
    }
    return reinterpret_cast<std::byte*>(block) + header;
}

void operator delete(void* given) noexcept
{
    if (!given)
        return;
    auto* const block = reinterpret_cast<std::size_t*>(static_cast<std::byte*>(given) - header);
    in_use -= *block;
    std::free(block);
}

void* operator new(std::size_t size)
{
    if (auto* const given = operator new(size, std::nothrow))
        return given;
    throw std::bad_alloc{};
}

void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::nothrow_t const&) noexcept { return operator new(size, std::nothrow); }
void operator delete(void* given, std::size_t) noexcept { operator delete(given); }
void operator delete(void* given, std::nothrow_t const&) noexcept { operator delete(given); }
void operator delete[](void* given) noexcept { operator delete(given); }
void operator delete[](void* given, std::size_t) noexcept { operator delete(given); }
void operator delete[](void* given, std::nothrow_t const&) noexcept { operator delete(given); }

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// Bytes that `body` had beyond those that were in use before, at its worst.
template <class Body>
std::size_t most_during(Body body)
{
    std::size_t const before = in_use;
    most_in_use = before;
    body();
    return most_in_use - before;
}

constexpr int users = 200;
constexpr int outer_groups = 300;

/// Each user is in one group, which is in all the others: 60,000 elements of `groups`, about 24 MB.
struct Multiplied : ServiceFixture
{
    explicit Multiplied(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
        std::vector<std::string> everybody;
        for (int i = 0; i < users; ++i)
            everybody.push_back(create("/Users", user("user" + std::to_string(i))));
        std::string const inner = create("/Groups", group("Everybody", everybody));
        for (int i = 0; i < outer_groups; ++i)
            create("/Groups", group("Outer" + std::to_string(i), {inner}));
    }
};

constexpr std::size_t allowed = 8'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(service_memory)

BOOST_AUTO_TEST_CASE(groups_of_a_page_are_in_memory_for_one_resource_at_a_time)
{
    Multiplied const scim{{.limits = {.max_response_bytes = 1'000'000}}};
    BOOST_TEST(scim.get("/Users?count=1").size("/Resources/0/groups") == outer_groups + 1);
    BOOST_TEST(most_during(
                   [&]
                   {
                       Reply const page = scim.get("/Users?count=1000");
                       BOOST_TEST(page.status == 400);
                       BOOST_TEST(page.detail().find("max_response_bytes") != std::string::npos);
                   }) < allowed);
    BOOST_TEST(most_during([&] { BOOST_TEST(scim.get("/?count=1000").scim_type() == "tooMany"); }) < allowed);
}

BOOST_AUTO_TEST_CASE(groups_that_a_filter_tests_are_in_memory_for_one_resource_at_a_time)
{
    Multiplied const scim;
    BOOST_TEST(most_during(
                   [&]
                   {
                       Reply const page = scim.get("/Users?filter=groups.value eq \"nobody\"&count=1000");
                       BOOST_TEST(page.status == 200);
                       BOOST_TEST(page.number("/totalResults") == 0);
                   }) < allowed);
}

BOOST_AUTO_TEST_CASE(groups_of_what_a_bulk_changed_are_in_memory_for_one_resource_at_a_time)
{
    Multiplied const scim;
    json::array operations;
    Reply const all = scim.get("/Users?attributes=userName&count=1000");
    for (json::value const& each : all.find("/Resources")->as_array())
        operations.push_back({{"method", "PATCH"},
                              {"path", "/Users/" + std::string{each.at("id").as_string()}},
                              {"data",
                               {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
                                {"Operations", {{{"op", "replace"}, {"path", "title"}, {"value", "x"}}}}}}});
    json::value const bulk{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}},
                           {"Operations", std::move(operations)}};
    BOOST_TEST(most_during(
                   [&]
                   {
                       Reply const done = scim.post("/Bulk", bulk);
                       BOOST_TEST(done.size("/Operations") == users);
                       BOOST_TEST(done.text("/Operations/0/version").find('-') != std::string::npos);
                   }) < allowed);
}

BOOST_AUTO_TEST_CASE(the_groups_of_one_resource_are_no_larger_than_an_answer)
{
    Multiplied const scim{{.limits = {.max_response_bytes = 30'000}}};
    std::string const id = scim.get("/Users?attributes=userName&count=1").text("/Resources/0/id");
    Reply const refused = scim.get("/Users/" + id);
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.detail().find("'groups' of '" + id + "' has more than 30000 bytes") != std::string::npos);
    BOOST_TEST(scim.get("/Users/" + id + "?excludedAttributes=groups").status == 200);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "title", "x")).status == 204, "done, and not shown");
}

BOOST_AUTO_TEST_SUITE_END()
