// How much memory a body takes at its peak, beside the body itself. All that is allocated in this program is counted,
// so it is one of its own.
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
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

/// The most that a request has at once beyond what there was before and what stays in the store, in sizes of its body.
double peak_of(ServiceFixture const& scim, std::string_view method, std::string const& path, std::string const& body)
{
    auto const target = "/v2" + path;
    Request request{.method = method, .target = target, .body = body};
    request.headers = {{"Content-Type", "application/scim+json"}};
    auto const before = live.load();
    peak = before;
    auto const status = scim.service.handle(request).status;
    auto const stays = std::max(before, live.load());
    auto const times = static_cast<double>(peak - stays) / static_cast<double>(body.size());
    BOOST_TEST_MESSAGE(method << " " << path << ": " << status << ", " << body.size() << " bytes, " << times
                              << " times, " << stays - before << " bytes stay");
    return times;
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

/// The second has all of them written, in a transaction that can be undone.
BOOST_AUTO_TEST_CASE(check_16_members_take_at_most_six_times_their_text_and_eighteen_where_each_is_written)
{
    ServiceFixture const scim;
    auto const group = scim.create("/Groups", {{"schemas", {urn::group}}, {"displayName", "g"}});
    std::string const head = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                             R"({"op":"add","path":"members","value":[)";
    for (bool const all_alike : {true, false})
    {
        std::string body = head;
        for (std::size_t i = 0; body.size() < 1'000'000; ++i)
            body += R"({"value":"2819c223-7f76-453a-919d-)" + std::to_string(100'000'000'000 + (all_alike ? 0 : i)) +
                    "\"},";
        body.back() = ']';
        BOOST_TEST(peak_of(scim, "PATCH", "/Groups/" + group, body + "}]}") <= (all_alike ? 6.0 : 18.0));
    }
}

namespace
{

/// From the densest that there are to those with as little text as a body may have for each value.
constexpr std::string_view dense_elements[] = {"1",
                                               "[]",
                                               "{}",
                                               R"("")",
                                               R"({"a":1})",
                                               R"("a")",
                                               R"({"":""})",
                                               "[[]]",
                                               "[1]",
                                               "1.5",
                                               "null",
                                               "[[[1]]]",
                                               "1234567",
                                               R"({"a":"12345678"})",
                                               R"("12345678")",
                                               R"({"value":"1234"})",
                                               R"(["1234567890"])",
                                               R"({"a":1,"b":2,"c":3})"};

} // namespace

/// Beyond some thousand values a body has to have text for each, and few members may be open at once.
BOOST_AUTO_TEST_CASE(check_16_the_densest_body_takes_at_most_six_times_its_size_and_a_mebibyte)
{
    constexpr double mebibyte = 1 << 20;
    ServiceFixture const scim;
    std::string many = "{";
    for (int i = 0; i < 9'000; ++i)
        many += "\"m" + std::to_string(i) + "\":1,";
    many.back() = '}';
    std::vector<std::string> elements{std::begin(dense_elements), std::end(dense_elements)};
    elements.push_back(many);
    for (auto const& element : elements)
        for (std::size_t const bytes : {16'000U, 64'000U, 128'000U, 256'000U, 512'000U, 1'000'000U})
        {
            auto const body =
                list_of(user_head + R"("nothing":[)", element, "]}", std::max(bytes, element.size() + 200));
            auto const size = static_cast<double>(body.size());
            auto const peak_bytes = peak_of(scim, "POST", "/Users", body) * size;
            BOOST_TEST(peak_bytes <= 6.0 * size + mebibyte, element.substr(0, 40) << " " << bytes << " " << peak_bytes);
        }
}

BOOST_AUTO_TEST_CASE(check_16_what_people_send_takes_at_most_five_times_its_text_while_it_is_read)
{
    constexpr std::size_t bytes = 1'000'000;
    std::string const id = "2819c223-7f76-453a-919d-413861904646";
    for (std::string const& text :
         {list_of("[", R"({"value":")" + id + "\"}", "]", bytes),
          list_of("[", R"({"value":")" + id + R"(","display":"Ada Lovelace","type":"User"})", "]", bytes),
          list_of("[", R"({"op":"replace","path":"active","value":false})", "]", bytes),
          list_of("[",
                  R"({"method":"PATCH","path":"/Users/)" + id +
                      R"(","data":{"Operations":[{"op":"add","value":{"active":true}}]}})",
                  "]", bytes),
          list_of(
              "[",
              ServiceFixture::text_of(user(
                  "ada@example.com", {{"name", {{"givenName", "Ada"}, {"familyName", "Lovelace"}}}, {"active", true}})),
              "]", bytes)})
    {
        auto const before = live.load();
        peak = before;
        auto const value = parse_json(text);
        BOOST_TEST(value.has_value());
        auto const times = static_cast<double>(peak - before) / static_cast<double>(text.size());
        BOOST_TEST(times <= 5.0, text.substr(0, 120) << " " << times);
    }
}

BOOST_AUTO_TEST_CASE(check_16_a_body_of_many_values_has_text_for_each)
{
    ServiceFixture const scim;
    auto const answer = [&](std::string_view element, std::size_t times)
    {
        auto const body =
            list_of(user_head + R"("nothing":[)", element, "]}", user_head.size() + 13 + times * (element.size() + 1));
        return scim.send("PUT", "/Users/nobody", body);
    };
    BOOST_TEST(answer("1", 16'000).status == 404);
    BOOST_TEST(answer("1", 17'000).detail().find("too many values") != std::string::npos);
    BOOST_TEST(answer("1234567", 40'000).status == 404); // eight bytes with its comma
    BOOST_TEST(answer("123456", 40'000).status == 400);
    BOOST_TEST(answer(R"({"value":"1234"})", 40'000).status == 404); // nobody has shorter ids and so many members
}

BOOST_AUTO_TEST_SUITE_END()
