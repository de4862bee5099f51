// How much memory a body takes at its peak, beside the body itself. All that is allocated in this program is counted,
// so it is one of its own.
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>

namespace
{

std::atomic<std::size_t> live{0};
std::atomic<std::size_t> peak{0};
constexpr std::size_t head = alignof(std::max_align_t); ///< in front of each block: its size

} // namespace

void* operator new(std::size_t size)
{
    auto* const block = static_cast<std::byte*>(std::malloc(head + size));
    if (!block)
        throw std::bad_alloc{};
    *reinterpret_cast<std::size_t*>(block) = size;
    auto const now = live += size;
    for (auto known = peak.load(); known < now && !peak.compare_exchange_weak(known, now);)
        ;
    return block + head;
}

void* operator new(std::size_t size, std::nothrow_t const&) noexcept // of what a sort keeps for a while
try
{
    return operator new(size);
}
catch (std::bad_alloc const&)
{
    return nullptr;
}

void operator delete(void* pointer) noexcept
{
    if (!pointer)
        return;
    auto* const block = static_cast<std::byte*>(pointer) - head;
    live -= *reinterpret_cast<std::size_t*>(block);
    std::free(block);
}

void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }
void operator delete(void* pointer, std::nothrow_t const&) noexcept { operator delete(pointer); }

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// As much of `element` as fits, in a list.
std::string list_of(std::string_view before, std::string_view element, std::string_view after, std::size_t bytes)
{
    std::string text{before};
    while (text.size() + element.size() + 1 + after.size() <= bytes)
    {
        text += element;
        text += ',';
    }
    text.back() = ' ';
    return text += after;
}

/// The most that a request has at once beyond what there was before, in sizes of its body.
double peak_of(ServiceFixture const& scim, std::string_view method, std::string const& path, std::string const& body)
{
    auto const target = "/v2" + path;
    Request request{.method = method, .target = target, .body = body};
    request.headers = {{"Content-Type", "application/scim+json"}};
    auto const before = live.load();
    peak = before;
    auto const response = scim.service.handle(request);
    BOOST_TEST_MESSAGE(method << " " << path << ": " << response.status << ", " << body.size() << " bytes, "
                              << static_cast<double>(peak - before) / static_cast<double>(body.size()) << " times");
    return static_cast<double>(peak - before) / static_cast<double>(body.size());
}

std::string const user_head = R"({"schemas":[")" + std::string{urn::user} + R"("],"userName":"u",)";

} // namespace

BOOST_AUTO_TEST_SUITE(memory_of_bodies)

BOOST_AUTO_TEST_CASE(check_16_a_body_of_texts_takes_at_most_four_times_its_size)
{
    constexpr std::size_t bytes = 1'000'000;
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    std::string const name(2'000, 'n');
    std::string const patch_head = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)";
    std::vector<std::tuple<std::string, std::string, std::string>> const all{
        {"POST", "/Users", user_head + R"("title":")" + std::string(bytes, 't') + "\"}"},
        {"POST", "/Users", user_head + R"("nothing":")" + std::string(bytes, 't') + "\"}"},
        {"POST", "/Users", std::string(bytes, ' ')},
        {"POST", "/Users", std::string(bytes, '[')},
        {"POST", "/Users", list_of(user_head + R"("emails":[)", R"({"value":")" + name + "\"}", "]}", bytes)},
        {"PUT", "/Users/" + id, list_of(user_head + R"("emails":[)", R"({"value":")" + name + "\"}", "]}", bytes)},
        {"PATCH", "/Users/" + id,
         list_of(patch_head, R"({"op":"replace","path":"title","value":")" + name + "\"}", "]}", bytes)},
        {"POST", "/Bulk",
         list_of(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)",
                 R"({"method":"POST","path":"/Users","bulkId":"b","data":)" + user_head + R"("title":")" + name +
                     "\"}}",
                 "]}", bytes)}};
    for (auto const& [method, path, body] : all)
        BOOST_TEST(peak_of(scim, method, path, body) <= 4.0, method << " " << path << " " << body.substr(0, 120));
}

BOOST_AUTO_TEST_CASE(check_16_a_body_of_members_takes_at_most_six_times_its_size)
{
    ServiceFixture const scim;
    auto const group = scim.create("/Groups", {{"schemas", {urn::group}}, {"displayName", "g"}});
    auto const body = list_of(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                              R"({"op":"add","path":"members","value":[)",
                              R"({"value":"2819c223-7f76-453a-919d-413861904646"})", "]}]}", 1'000'000);
    BOOST_TEST(peak_of(scim, "PATCH", "/Groups/" + group, body) <= 6.0);
}

/// Values of one byte: what they take is bounded by their number (JsonLimits::max_values), and not by the body.
BOOST_AUTO_TEST_CASE(check_16_the_densest_body_takes_at_most_twelve_times_the_largest)
{
    constexpr std::size_t largest = 1 << 20;
    ServiceFixture const scim;
    for (std::string_view const element : {"1", "[]", "{}", "\"\"", R"({"a":1})", R"("a")", "[[]]", "1.5", "null"})
        for (std::size_t const bytes : {largest / 4, largest / 2, largest - 1'000})
        {
            auto const body = list_of(user_head + R"("nothing":[)", element, "]}", bytes);
            auto const times = peak_of(scim, "POST", "/Users", body);
            BOOST_TEST(times * static_cast<double>(body.size()) <= 12.0 * largest,
                       element << " " << bytes << " " << times);
        }
}

BOOST_AUTO_TEST_SUITE_END()
