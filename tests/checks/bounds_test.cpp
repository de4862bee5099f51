// Limits of input, of depth and of output. The numbers are those of docs/security-checks.md.
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <pthread.h>
#include <sys/mman.h>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(bounds)

namespace
{

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t small_stack = 4 << 20; // its frames are many times as large
#elif defined(__OPTIMIZE__)
constexpr std::size_t small_stack = 64 << 10;
#else
constexpr std::size_t small_stack = 1 << 20; // an eighth of what threads have
#endif

/// A stack of which it can be told how much was used.
class SmallStack
{
public:
    SmallStack()
        : bottom_(static_cast<unsigned char*>(
              ::mmap(nullptr, guard + small_stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
    {
        BOOST_REQUIRE(bottom_ != MAP_FAILED);
        std::fill(bottom_ + guard, bottom_ + guard + small_stack, paint);
        BOOST_REQUIRE(::mprotect(bottom_, guard, PROT_NONE) == 0);
    }
    ~SmallStack() { ::munmap(bottom_, guard + small_stack); }
    SmallStack(SmallStack const&) = delete;
    SmallStack& operator=(SmallStack const&) = delete;

    /// In a thread of its own; what it says is looked at outside.
    void run(std::function<void()> const& what)
    {
        pthread_attr_t attributes;
        BOOST_REQUIRE(pthread_attr_init(&attributes) == 0);
        BOOST_REQUIRE(pthread_attr_setstack(&attributes, bottom_ + guard, small_stack) == 0);
        pthread_t thread{};
        auto const call = [](void* argument) -> void*
        {
            (*static_cast<std::function<void()> const*>(argument))();
            return nullptr;
        };
        BOOST_REQUIRE(pthread_create(&thread, &attributes, call, const_cast<std::function<void()>*>(&what)) == 0);
        pthread_join(thread, nullptr);
        pthread_attr_destroy(&attributes);
    }

    std::size_t used() const
    {
        auto const* const end = bottom_ + guard + small_stack;
        return static_cast<std::size_t>(end - std::find_if(bottom_ + guard,
                                                           static_cast<unsigned char*>(bottom_) + guard + small_stack,
                                                           [](unsigned char byte) { return byte != paint; }));
    }

private:
    static constexpr std::size_t guard = 64 << 10;
    static constexpr unsigned char paint = 0xA5;
    unsigned char* bottom_;
};

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(check_16_each_limit_is_kept_exactly)
{
    ServiceFixture const scim{
        {.limits = {
             .max_target_bytes = 200, .max_body_bytes = 2'000, .max_patch_operations = 3, .max_filter_terms = 4}}};
    auto const id = scim.create("/Users", user("ada"));
    auto const at = "/Users/" + id;

    auto const of_size = [](std::size_t bytes)
    {
        auto text = ServiceFixture::text_of(user("bob"));
        return text + std::string(bytes - text.size(), ' ');
    };
    BOOST_TEST(scim.send("POST", "/Users", of_size(2'001)).status == 413);
    BOOST_TEST(scim.send("POST", "/Users", of_size(2'000)).status == 201);

    auto const target = [](std::size_t bytes)
    {
        std::string text = "/v2/Users?x=";
        return text + std::string(bytes - text.size(), 'x');
    };
    BOOST_TEST(scim.send_raw("GET", target(200)).status == 200);
    BOOST_TEST(scim.send_raw("GET", target(201)).status == 414);

    auto const operations = [](std::size_t count)
    {
        json::array all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({{"op", "replace"}, {"path", "title"}, {"value", std::to_string(i)}});
        return patch_op(all);
    };
    BOOST_TEST(scim.patch(at, operations(3)).status == 200);
    BOOST_TEST(scim.patch(at, operations(4)).scim_type() == "tooMany");

    auto const filter = [&](std::size_t terms)
    {
        std::string text = "title pr";
        for (std::size_t i = 1; i < terms; ++i)
            text += " or id pr";
        return scim.get("/Users?filter=" + text).status;
    };
    BOOST_TEST(filter(4) == 200);
    BOOST_TEST(filter(5) == 400);
}

BOOST_AUTO_TEST_CASE(check_16_each_limit_of_what_is_within_is_kept_exactly)
{
    ServiceFixture const scim{{.limits = {.max_json_depth = 8, .max_value_bytes = 100, .max_bulk_operations = 3}}};
    auto const at = "/Users/" + scim.create("/Users", user("ada"));
    auto const title = [&](std::size_t bytes)
    { return scim.patch(at, patch_op("replace", "title", json::value(std::string(bytes, 't')))).status; };
    BOOST_TEST(title(100) == 200);
    BOOST_TEST(title(101) == 400);

    auto const bulk_of = [&](std::size_t count)
    {
        json::array all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back(bulk_on("DELETE", "/Users/none"));
        return scim.post("/Bulk", bulk(all)).status;
    };
    BOOST_TEST(bulk_of(3) == 200);
    BOOST_TEST(bulk_of(4) == 413);

    auto const nested = [&](std::size_t depth)
    {
        json::value value = "x";
        for (std::size_t i = 1; i < depth; ++i)
            value = json::array{std::move(value)};
        return scim.post("/Users", user("bob", {{"title", std::move(value)}})).detail();
    };
    BOOST_TEST(nested(8).find("title") != std::string::npos); // read, and no text
    BOOST_TEST(nested(9).find("JSON") != std::string::npos);
}

namespace
{

/// What nests so deep, as bodies, and as filters.
std::vector<std::pair<std::string, std::string>> nested_bodies(std::string const& id, std::size_t deep)
{
    std::string const search = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":")";
    return {{"POST /Users", repeated("[", deep)},
            {"POST /Users", repeated("{\"a\":", deep) + "1" + repeated("}", deep)},
            {"POST /Users", R"({"schemas":[")" + std::string{urn::user} + R"("],"userName":)" + repeated("[", deep)},
            {"PATCH /Users/" + id,
             ServiceFixture::text_of(patch_op("add", "title", "t")).substr(0, 80) + repeated("{\"a\":[", deep)},
            {"POST /Bulk", R"({"Operations":[)" + repeated("{\"data\":", deep)},
            {"POST /Users/.search", search + repeated("(", deep) + R"("})"},
            {"POST /Users/.search", search + repeated("not (", deep) + "id pr" + repeated(")", deep) + R"("})"},
            {"POST /Users/.search", search + "id pr" + repeated(" and id pr or id pr", deep) + R"("})"},
            {"PATCH /Users/" + id, ServiceFixture::text_of(patch_op("remove", repeated("emails[", deep)))},
            {"PATCH /Users/" + id, ServiceFixture::text_of(patch_op("remove", "emails[" + repeated("(", deep)))},
            {"POST /Users/.search",
             ServiceFixture::text_of(json::object{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                                  {"attributes", {repeated("a.", deep)}}})}};
}

int status_of(ServiceFixture const& scim, std::string const& what, std::string const& body)
{
    auto const space = what.find(' ');
    auto const method = what.substr(0, space);
    auto const target = "/v2" + what.substr(space + 1);
    Request request{.method = method, .target = target, .body = body};
    request.headers = {{"Content-Type", "application/scim+json"}};
    return scim.service.handle(request).status;
}

/// Those that were answered with anything but a refusal.
std::vector<std::string> ask_for_all(ServiceFixture const& scim, std::string const& id, std::size_t deep)
{
    std::vector<std::string> failures;
    for (auto const& [what, body] : nested_bodies(id, deep))
        if (auto const status = status_of(scim, what, body); status < 400 || status >= 500)
            failures.push_back(what + " " + std::to_string(status));
    for (auto const& filter : {repeated("(", deep), repeated("not%20(", deep), repeated("a%5B", deep)})
    {
        auto const target = "/v2/Users?filter=" + filter;
        if (auto const answer = scim.service.handle({.method = "GET", .target = target}); answer.status != 400)
            failures.push_back(target.substr(0, 40) + " " + std::to_string(answer.status));
    }
    return failures;
}

} // namespace

namespace
{

/// What nests as deep as it may is read, bound, evaluated, printed (into a cursor) and freed. Those that were refused.
std::vector<std::string> ask_for_the_deepest(ServiceFixture const& scim, std::string const& id)
{
    auto const deep = ServiceLimits{}.max_filter_depth;
    auto const within = [](std::string_view opening, std::size_t times, std::string_view closing)
    { return repeated(opening, times) + "id pr" + repeated(closing, times); };
    std::vector<std::pair<std::string, std::string>> all{
        {"POST /Users", R"({"schemas":[")" + std::string{urn::user} + R"("],"userName":"deepest","nothing":)" +
                            repeated("[", ServiceLimits{}.max_json_depth - 1) +
                            repeated("]", ServiceLimits{}.max_json_depth - 1) + "}"},
        {"PATCH /Users/" + id,
         ServiceFixture::text_of(
             patch_op("remove", "emails[" + repeated("(", deep - 1) + "value pr" + repeated(")", deep - 1) + "]"))}};
    for (auto const& filter :
         {within("(", deep, ")"), within("not (", deep, ")"), within("id pr and (userName pr or (", deep / 2, "))")})
        for (auto const* const more : {"", R"(,"cursor":"","count":1)"})
            all.emplace_back("POST /Users/.search",
                             R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":")" +
                                 filter + '"' + more + "}");
    std::vector<std::string> failures;
    for (auto const& [what, body] : all)
        if (auto const status = status_of(scim, what, body); status >= 300)
            failures.push_back(what + " " + body.substr(0, 120) + " " + std::to_string(status));
    return failures;
}

} // namespace

BOOST_AUTO_TEST_CASE(check_17_what_nests_as_deep_as_it_may_is_answered_on_a_small_stack)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada", {{"emails", {{{"value", "ada@example.com"}}}}}));
    scim.create("/Users", user("bob"));
    SmallStack stack;
    std::vector<std::string> failures;
    stack.run([&] { failures = ask_for_the_deepest(scim, id); });
    for (auto const& failure : failures)
        BOOST_ERROR(failure);
    BOOST_TEST_MESSAGE("as deep as it may be: " << stack.used() << " bytes of stack");
}

BOOST_AUTO_TEST_CASE(check_17_what_nests_as_deep_as_it_may_means_what_it_says)
{
    ServiceFixture const scim;
    json::array const emails{json::object{{"value", "ada@example.com"}, {"type", "work"}}};
    scim.create("/Users", user("ada", {{"emails", emails}}));
    scim.create("/Users", user("bob"));
    auto const deep = ServiceLimits{}.max_filter_depth;
    auto const found = [&](std::string const& filter)
    {
        auto const reply = scim.post(
            "/Users/.search",
            json::object{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}, {"filter", filter}});
        return reply.status == 200 ? static_cast<int>(reply.number("/totalResults")) : -1;
    };
    auto const nested =
        [&](std::string_view opening, std::size_t times, std::string_view test, std::string_view closing)
    { return repeated(opening, times) + std::string{test} + repeated(closing, times); };
    std::string_view const ada = R"(userName eq "ada")";
    BOOST_TEST(found(nested("(", deep, ada, ")")) == 1);
    BOOST_TEST(found(nested("not (", deep, ada, ")")) == 1);
    BOOST_TEST(found(nested("not (", deep - 1, ada, ")")) == 1); // all but ada, of two
    BOOST_TEST(found(nested("id pr and (title pr or (", deep / 2, ada, "))")) == 1);
    BOOST_TEST(found(nested("title pr or (id pr and (", deep / 2, ada, "))")) == 1);
    BOOST_TEST(found(nested("id pr and (title pr or (", deep / 2, "title pr", "))")) == 0);
    BOOST_TEST(found("emails[" + nested("type pr and (", deep - 1, R"(value sw "ada")", ")") + "]") == 1);
    BOOST_TEST(found(nested("(", deep + 1, ada, ")")) == -1);
}

BOOST_AUTO_TEST_CASE(check_17_no_depth_of_input_uses_up_a_small_stack)
{
    constexpr std::size_t shallow = 500; // refused as the deep ones are
    constexpr std::size_t deep = 1'000'000;
    ServiceFixture const scim{{.limits = {.max_target_bytes = 32 << 20, .max_body_bytes = 64 << 20}}};
    auto const id = scim.create("/Users", user("ada"));
    std::size_t used_before = 0;
    for (auto const depth : {shallow, deep})
    {
        SmallStack stack;
        std::vector<std::string> failures;
        stack.run([&] { failures = ask_for_all(scim, id, depth); });
        for (auto const& failure : failures)
            BOOST_ERROR(failure);
        BOOST_TEST_MESSAGE("depth " << depth << ": " << stack.used() << " bytes of stack");
        BOOST_TEST((depth == shallow || stack.used() < used_before + (4 << 10)), used_before << " " << stack.used());
        used_before = stack.used();
    }
    BOOST_TEST(scim.get("/Users/" + id).status == 200);
}

BOOST_AUTO_TEST_CASE(check_18_little_input_makes_no_large_output)
{
    ServiceFixture const scim{{.limits = {.max_page_size = 1'000, .max_response_bytes = 64 << 10}}};
    for (int i = 0; i < 100; ++i)
        scim.create("/Users", user("u" + std::to_string(i), {{"title", std::string(1'000, 't')}}));
    BOOST_TEST(scim.get("/Users?count=1000").scim_type() == "tooMany");
    json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}, {"count", 1'000}};
    BOOST_TEST(scim.post("/Users/.search", search).scim_type() == "tooMany");
    BOOST_TEST(scim.post("/.search", search).scim_type() == "tooMany");
    BOOST_TEST(scim.get("/Users?count=1000&attributes=userName").status == 200);
    BOOST_TEST(scim.get("/Users?count=10").status == 200);
    for (auto const* const target : {"/Users?count=10", "/Users?count=1000&attributes=userName"})
        BOOST_TEST(scim.get(target).response.body.size() <= (64U << 10));
}

BOOST_AUTO_TEST_CASE(check_18_a_small_patch_makes_no_large_resource)
{
    ServiceFixture const scim{{.limits = {.max_resource_bytes = 64 << 10}}};
    json::array emails;
    for (int i = 0; i < 500; ++i)
        emails.push_back({{"value", std::to_string(i) + "@example.com"}, {"type", "work"}});
    auto const at = "/Users/" + scim.create("/Users", user("ada", {{"emails", emails}}));
    auto const before = scim.get(at).response.body;
    std::string const text(1'000, 't'); // 500 times as large once it stands in each
    for (auto const* const path : {"emails[type eq \"work\"].display", "emails[value pr].display"})
        for (auto const* const operation : {"add", "replace"})
        {
            Reply const refused = scim.patch(at, patch_op(operation, path, json::value(text)));
            BOOST_TEST(refused.status >= 400, path);
            BOOST_TEST(refused.status < 500, path);
            BOOST_TEST(refused.response.body.size() < 4'096U, path);
            BOOST_TEST(scim.get(at).response.body == before, path);
        }
    BOOST_TEST(scim.patch(at, patch_op("replace", "emails[type eq \"work\"].display", json::value(text))).status ==
               413);
    // Nor by many operations that each make little, or undo one another.
    json::array operations;
    auto const every = "emails[type eq \"work\"].display";
    for (int i = 0; i < 50; ++i)
    {
        operations.push_back({{"op", "replace"}, {"path", every}, {"value", text}});
        operations.push_back({{"op", "remove"}, {"path", every}});
    }
    operations.push_back({{"op", "replace"}, {"path", every}, {"value", text}});
    Reply const many = scim.patch(at, patch_op(operations));
    BOOST_TEST(many.status >= 400);
    BOOST_TEST(many.status < 500);
    BOOST_TEST(scim.get(at).response.body == before);
}

BOOST_AUTO_TEST_CASE(check_20_what_is_refused_changes_nothing_and_says_so_in_one_sentence)
{
    ServiceFixture const scim{{.tolerance = Tolerance::strict()}};
    auto const id = scim.create("/Users", user("ada", {{"title", "t"}}));
    scim.create("/Users", user("bob"));
    auto const group =
        scim.create("/Groups", {{"schemas", {urn::group}}, {"displayName", "g"}, {"members", {{{"value", id}}}}});
    auto const state = [&]
    { return scim.get("/Users?sortBy=id").response.body + scim.get("/Groups?sortBy=id").response.body; };
    auto const before = state();
    auto const refused = [&](Reply const& reply)
    {
        BOOST_TEST(reply.status >= 400);
        BOOST_TEST(reply.status < 500);
        BOOST_TEST(reply.body.is_object()); // Reply looks at the sentence
        BOOST_TEST(state() == before, reply.response.body);
    };
    auto const at = "/Users/" + id;
    std::vector<json::object> const good_then_bad{
        patch_op({{{"op", "replace"}, {"path", "title"}, {"value", "x"}}, {{"op", "remove"}, {"path", "userName"}}}),
        patch_op({{{"op", "replace"}, {"path", "title"}, {"value", "x"}},
                  {{"op", "replace"}, {"path", "nope.nope"}, {"value", 1}}}),
        patch_op({{{"op", "replace"}, {"path", "title"}, {"value", "x"}},
                  {{"op", "add"}, {"path", "active"}, {"value", {{"a", 1}}}}}),
        patch_op({{{"op", "replace"}, {"path", "title"}, {"value", "x"}},
                  {{"op", "replace"}, {"path", "userName"}, {"value", "bob"}}})};
    for (auto const& each : good_then_bad)
        refused(scim.patch(at, each));
    for (auto const* const body :
         {"", "{", "[]", "null", "1", "{\"schemas\":[]}", "{\"userName\":\"x\",\"userName\":\"y\"}",
          "{\"schemas\":[\"urn:none\"],\"userName\":\"x\"}", "\xff\xfe", "{\"a\":\"\\ud800\"}"})
        for (auto const* const method : {"POST", "PUT", "PATCH"})
            refused(scim.send(method, std::string_view{method} == "POST" ? "/Users" : at, body));
    refused(scim.put("/Groups/" + group, {{"schemas", {urn::group}}, {"displayName", 1}}));
    refused(scim.del(at, {{"If-Match", "W/\"999\""}}));
    refused(scim.put(at, user("ada"), {{"If-Match", "W/\"999\""}}));
    refused(scim.del("/Users"));
    refused(scim.send("TRACE", at));
}

BOOST_AUTO_TEST_SUITE_END()
