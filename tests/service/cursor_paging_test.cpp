// Pages by cursor (RFC 9865): the walk, its edges, what a cursor is bound to, and what is announced.
#include <scimkit/schema/registry.hpp>

#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(cursor_paging)

namespace
{

json::object search(json::object more)
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"};
    return more;
}

std::string names(Reply const& reply)
{
    std::string text;
    for (int i = 0; i < reply.size("/Resources"); ++i)
        text += (i == 0 ? "" : " ") + reply.text("/Resources/" + std::to_string(i) + "/userName");
    return reply.status == 200 ? text : reply.scim_type();
}

std::string next(Reply const& reply) { return reply.has("/nextCursor") ? reply.text("/nextCursor") : std::string{}; }
std::string previous(Reply const& reply)
{
    return reply.has("/previousCursor") ? reply.text("/previousCursor") : std::string{};
}

/// Users u0 to u9, whose titles run the other way. Their ids are as long as one another, so that they come in this
/// order.
void fill(ServiceFixture const& scim)
{
    for (int i = 0; i < 9; ++i)
        scim.del("/Users/" + scim.create("/Users", user("gone")));
    for (int i = 0; i < 10; ++i)
        scim.create("/Users", user("u" + std::to_string(i), {{"title", "t" + std::to_string(9 - i)}}));
}

/// A clock that a test sets.
struct SetClock : TickingEnvironment
{
    Instant now() override { return time; }
    Instant time{std::chrono::sys_days{std::chrono::January / 1 / 2026}};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_walk_sees_everything_once_in_both_directions,
                     *label("9865-2-a") * label("9865-2-b") * label("9865-2-f") * label("9865-2-i") *
                         label("9865-2-j") * label("9865-2-k") * label("9865-2-l") * label("9865-2-p") *
                         label("9865-2-q") * label("9865-2.2-a") * label("9865-6-a") * label("9865-2-c"))
{
    for (NamedStore const& store : all_stores())
        for (auto const* query : {"/Users?sortBy=userName", "/Users?sortBy=title&sortOrder=descending",
                                  "/Users?sortBy=userName&filter=userName pr"})
            BOOST_TEST_CONTEXT(store << " " << query)
            {
                ServiceFixture const scim{{.store = store.make()}};
                fill(scim);
                std::string const base = std::string{query} + "&count=4&cursor";
                Reply const first = scim.get(base);
                BOOST_TEST(names(first) == "u0 u1 u2 u3");
                BOOST_TEST(names(scim.get(base + "=")) == "u0 u1 u2 u3");
                BOOST_TEST(first.number("/totalResults") == 10);
                BOOST_TEST(first.number("/itemsPerPage") == 4);
                BOOST_TEST(!first.has("/startIndex"));
                BOOST_TEST(previous(first).empty());
                BOOST_TEST(first.text("/schemas/0") == "urn:ietf:params:scim:api:messages:2.0:ListResponse");
                BOOST_TEST(next(first).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                         "0123456789-_.~") == std::string::npos);
                Reply const second = scim.get(base + "=" + next(first));
                BOOST_TEST(names(second) == "u4 u5 u6 u7");
                BOOST_TEST(second.number("/totalResults") == 10);
                Reply const third = scim.get(base + "=" + next(second));
                BOOST_TEST(names(third) == "u8 u9");
                BOOST_TEST(!third.has("/nextCursor"));
                Reply const back = scim.get(base + "=" + previous(third));
                BOOST_TEST(names(back) == "u4 u5 u6 u7");
                BOOST_TEST(names(scim.get(base + "=" + next(back))) == "u8 u9");
                Reply const front = scim.get(base + "=" + previous(back));
                BOOST_TEST(names(front) == "u0 u1 u2 u3");
                BOOST_TEST(!front.has("/previousCursor"));
                BOOST_TEST(names(scim.get(base + "=" + next(front))) == "u4 u5 u6 u7");
            }
}

BOOST_AUTO_TEST_CASE(writes_in_between_neither_repeat_nor_lose_what_stays, *label("9865-2-s"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            fill(scim);
            std::string const base = "/Users?sortBy=userName&count=3&cursor=";
            Reply reply = scim.get(base);
            std::string walked = names(reply);
            scim.create("/Users", user("a0")); // before the place
            scim.create("/Users", user("u45"));
            scim.del("/Users/" +
                     scim.get("/Users?filter=userName eq \"u2\"").text("/Resources/0/id")); // the place itself
            scim.del("/Users/" + scim.get("/Users?filter=userName eq \"u8\"").text("/Resources/0/id"));
            while (!next(reply).empty())
            {
                reply = scim.get(base + next(reply));
                walked += " " + names(reply);
            }
            BOOST_TEST(walked == "u0 u1 u2 u3 u4 u45 u5 u6 u7 u9");
        }
}

BOOST_AUTO_TEST_CASE(a_page_that_was_emptied_leads_back_to_what_is_left, *label("9865-2-b"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
    for (bool const backward : {true, false})
    {
        ServiceFixture const scim{{.store = store.make()}};
        fill(scim);
        std::string const base = "/Users?sortBy=userName&count=5&cursor=";
        Reply const first = scim.get(base);
        Reply const second = scim.get(base + next(first));
        for (int i = backward ? 0 : 5; i < (backward ? 5 : 10); ++i)
            scim.del("/Users/" +
                     scim.get("/Users?filter=userName eq \"u" + std::to_string(i) + "\"").text("/Resources/0/id"));
        Reply const empty = scim.get(base + (backward ? previous(second) : next(first)));
        BOOST_TEST(empty.size("/Resources") == 0);
        BOOST_TEST(empty.number("/totalResults") == 5);
        std::string const on = backward ? next(empty) : previous(empty);
        BOOST_TEST((backward ? previous(empty) : next(empty)).empty());
        BOOST_TEST(names(scim.get(base + on)) == (backward ? "u5 u6 u7 u8 u9" : "u0 u1 u2 u3 u4"));
    }
}

BOOST_AUTO_TEST_CASE(a_value_of_any_length_makes_a_cursor_that_fits_into_a_url, *label("9865-2-s"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            std::string const all_alike(30'000, 'x');
            for (int i = 0; i < 5; ++i)
                scim.create("/Users", user("u" + std::to_string(i),
                                           {{"nickName", all_alike + static_cast<char>(i == 4 ? 'd' : 'a' + i)}}));
            for (std::string const order : {"ascending", "descending"})
            {
                std::string const base = "/Users?sortBy=nickName&sortOrder=" + order + "&count=2&cursor=";
                Reply const first = scim.get(base);
                Reply const second = scim.get(base + next(first));
                BOOST_TEST(next(first).size() < 2'000U);
                BOOST_TEST(names(second).size() == 5U);
                BOOST_TEST(names(scim.get(base + previous(second))) == names(first));
                BOOST_TEST(names(scim.get(base + next(second))).size() == 2U);
            }
            std::string const base = "/Users?sortBy=nickName&count=2&cursor=";
            std::string const place = next(scim.get(base));
            std::string const id = scim.get("/Users?filter=userName eq \"u1\"").text("/Resources/0/id");
            scim.patch("/Users/" + id, patch_op("replace", "nickName", "short"));
            BOOST_TEST(names(scim.get(base + place)) == "expiredCursor");
            scim.del("/Users/" + id);
            BOOST_TEST(names(scim.get(base + place)) == "expiredCursor");
        }
}

BOOST_AUTO_TEST_CASE(so_does_a_long_value_that_is_computed, *label("9865-2-s"))
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make()}};
            std::vector<std::string> members;
            for (int i = 0; i < 5; ++i)
                members.push_back(scim.create("/Users", user("u" + std::to_string(i))));
            auto const all = "/Groups/" + scim.create("/Groups", group(std::string(1'100, 'g'), members));
            std::string const base = "/Users?sortBy=groups.display&count=2&cursor=";
            auto const place = next(scim.get(base));
            BOOST_TEST(names(scim.get(base + place)).size() == 5U);
            scim.patch(all, patch_op("replace", "displayName", json::value(std::string(1'100, 'h'))));
            BOOST_TEST(names(scim.get(base + place)) == "expiredCursor");
        }
}

BOOST_AUTO_TEST_CASE(the_count_is_that_of_the_first_page,
                     *label("9865-2-d") * label("9865-2-e") * label("9865-2-h") * label("9865-2.1-d") *
                         label("9865-2.1-f") * label("9865-2.1-g") * label("9865-2-g") * label("9865-5.3-c"))
{
    ServiceOptions options;
    options.limits.default_page_size = 3;
    options.limits.max_page_size = 4;
    ServiceFixture const scim{options};
    fill(scim);
    for (auto const* none : {"0", "-5"})
    {
        Reply const reply = scim.get(std::string{"/Users?cursor=&count="} + none);
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.number("/totalResults") == 10);
        BOOST_TEST(reply.size("/Resources") == 0);
        BOOST_TEST(!reply.has("/nextCursor"));
    }
    Reply const first = scim.get("/Users?cursor=");
    BOOST_TEST(names(first) == "u0 u1 u2");
    BOOST_TEST(names(scim.get("/Users?cursor=" + next(first))) == "u3 u4 u5");
    BOOST_TEST(names(scim.get("/Users?count=3&cursor=" + next(first))) == "u3 u4 u5");
    BOOST_TEST(names(scim.get("/Users?count=2&cursor=" + next(first))) == "invalidCount");
    BOOST_TEST(names(scim.get("/Users?cursor=&count=abc")) == "invalidCount");
    BOOST_TEST(names(scim.get("/Users?count=abc")) == "invalidValue");
    BOOST_TEST(names(scim.post("/Users/.search", search({{"cursor", ""}, {"count", true}}))) == "invalidCount");
    Reply const most = scim.get("/Users?cursor=&count=1000");
    BOOST_TEST(most.size("/Resources") == 4);
    BOOST_TEST(scim.get("/Users?count=1000&cursor=" + next(most)).size("/Resources") == 4);
}

BOOST_AUTO_TEST_CASE(a_cursor_serves_the_same_query_and_no_other,
                     *label("9865-2-m") * label("9865-2-w") * label("9865-2-o") * label("9865-2-t") *
                         label("9865-2.1-a") * label("9865-2.1-b") * label("9865-5.2-f") * label("9865-5.2-g"))
{
    ServiceFixture const scim;
    fill(scim);
    scim.create("/Groups", group("G"));
    scim.create("/Groups", group("H"));
    std::string const base = "/Users?filter=userName sw \"u\"&sortBy=userName&count=2&attributes=userName";
    Reply const first = scim.get(base + "&cursor=");
    std::string const cursor = next(first);
    BOOST_TEST(names(scim.get("/Users?filter=USERNAME SW \"u\"&sortBy=username&count=2&attributes=username&cursor=" +
                              cursor)) == "u2 u3");
    for (std::string const other :
         {"/Users?filter=userName sw \"U1\"&sortBy=userName&count=2&attributes=userName",
          "/Users?sortBy=userName&count=2&attributes=userName",
          "/Users?filter=userName sw \"u\"&sortBy=title&count=2&attributes=userName",
          "/Users?filter=userName sw \"u\"&sortBy=userName&sortOrder=descending&count=2&attributes=userName",
          "/Users?filter=userName sw \"u\"&sortBy=userName&count=2",
          "/Users?filter=userName sw \"u\"&sortBy=userName&count=2&excludedAttributes=userName", "/Groups?count=2",
          "/?filter=userName sw \"u\"&sortBy=userName&count=2&attributes=userName"})
        BOOST_TEST(names(scim.get(other + "&cursor=" + cursor)) == "invalidCursor", other);

    Reply const wrong = scim.get(base + "&cursor=garbage");
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.scim_type() == "invalidCursor");
    std::string changed = cursor;
    changed[cursor.size() / 2] = changed[cursor.size() / 2] == 'A' ? 'a' : 'A';
    Reply const forged = scim.get(base + "&cursor=" + changed);
    BOOST_TEST(forged.response.body == wrong.response.body);
    BOOST_TEST(names(scim.get(base + "&cursor=" + std::string(20'000, 'A'))) == "invalidCursor");
}

BOOST_AUTO_TEST_CASE(check_23_a_cursor_serves_whom_it_was_given_to,
                     *label("9865-5.2-a") * label("9865-5.2-c") * label("9865-5.2-g"))
{
    ServiceOptions options;
    options.principals_span_tenants = true;
    ServiceFixture const scim{options};
    fill(scim);
    std::string const cursor = next(scim.get("/Users?cursor=&count=2"));
    auto const as = [&](std::string subject, std::string tenant)
    {
        std::string const target = "/v2/Users?count=2&cursor=" + cursor;
        Request request{.method = "GET", .target = target};
        request.principal = Principal{.subject = std::move(subject), .tenant = std::move(tenant)};
        return Reply{scim.service.handle(request)};
    };
    BOOST_TEST(names(as("tester", "")) == "u2 u3");
    BOOST_TEST(names(as("somebody", "")) == "invalidCursor");
    BOOST_TEST(names(as("tester", "elsewhere")) == "invalidCursor");
    BOOST_TEST(as("somebody", "").response.body == as("tester", "elsewhere").response.body);
    BOOST_TEST(as("somebody", "").response.body == scim.get("/Users?count=2&cursor=garbage").response.body);

    ServiceFixture const restarted{{.store = scim.store}};
    BOOST_TEST(names(restarted.get("/Users?count=2&cursor=" + cursor)) == "invalidCursor");
    std::array<unsigned char, 32> key{};
    key.fill(7);
    ServiceFixture const one{{.store = scim.store, .cursor_key = key}};
    ServiceFixture const other{{.store = scim.store, .cursor_key = key}};
    BOOST_TEST(names(other.get("/Users?count=2&cursor=" + next(one.get("/Users?cursor=&count=2")))) == "u2 u3");
}

BOOST_AUTO_TEST_CASE(leave_is_asked_for_each_page, *label("9865-5.2-b"))
{
    struct Changing : Authoriser
    {
        result<void> authorise(Principal const&, Access const&) override
        {
            return refuses ? result<void>{Error{ErrorCode::forbidden, "Not here."}} : result<void>{};
        }
        bool refuses = false;
    };
    auto const authoriser = std::make_shared<Changing>();
    ServiceFixture const scim{{.authoriser = authoriser}};
    fill(scim);
    std::string const cursor = next(scim.get("/Users?cursor=&count=2"));
    authoriser->refuses = true;
    BOOST_TEST(scim.get("/Users?count=2&cursor=" + cursor).status == 403);
}

BOOST_AUTO_TEST_CASE(a_cursor_expires, *label("9865-2.1-c") * label("9865-4-h"))
{
    auto const clock = std::make_shared<SetClock>();
    ServiceOptions options{.environment = clock};
    options.limits.cursor_timeout = std::chrono::seconds{60};
    ServiceFixture const scim{options};
    fill(scim);
    std::string const cursor = next(scim.get("/Users?cursor=&count=2"));
    clock->time += std::chrono::seconds{59};
    BOOST_TEST(names(scim.get("/Users?count=2&cursor=" + cursor)) == "u2 u3");
    clock->time += std::chrono::seconds{1};
    Reply const late = scim.get("/Users?count=2&cursor=" + cursor);
    BOOST_TEST(late.status == 400);
    BOOST_TEST(late.scim_type() == "expiredCursor");
}

BOOST_AUTO_TEST_CASE(either_method_is_chosen_by_its_parameter, *label("9865-2.4-a") * label("9865-2.4-b") *
                                                                   label("9865-2.4-c") * label("9865-2.4-d") *
                                                                   label("9865-2.3-a"))
{
    ServiceFixture const scim;
    fill(scim);
    BOOST_TEST(scim.get("/Users?count=2").number("/startIndex") == 1);
    BOOST_TEST(next(scim.get("/Users?count=2")).empty());
    Reply const index = scim.get("/Users?count=2&startIndex=3");
    BOOST_TEST(names(index) == "u2 u3");
    BOOST_TEST(next(index).empty());
    Reply const both = scim.get("/Users?cursor=&startIndex=1");
    BOOST_TEST(both.status == 400);
    BOOST_TEST(both.scim_type() == "invalidValue");

    ServiceFixture const by_cursor{{.default_paging = Paging::cursor}};
    fill(by_cursor);
    Reply const first = by_cursor.get("/Users?count=2");
    BOOST_TEST(!next(first).empty());
    BOOST_TEST(!first.has("/startIndex"));
    BOOST_TEST(by_cursor.get("/Users?count=2&startIndex=3").number("/startIndex") == 3);
}

BOOST_AUTO_TEST_CASE(a_search_takes_cursors_in_its_body, *label("9865-3-a") * label("9865-3-b") * label("9865-3-c") *
                                                             label("9865-3-d") * label("9865-2.1-e") *
                                                             label("9865-3-e"))
{
    ServiceFixture const scim;
    fill(scim);
    json::object body = search({{"filter", "userName sw \"u\""}, {"cursor", ""}, {"count", 4}});
    Reply const first = scim.post("/Users/.search", body);
    BOOST_TEST(names(first) == "u0 u1 u2 u3");
    body["cursor"] = next(first);
    BOOST_TEST(names(scim.post("/Users/.search", body)) == "u4 u5 u6 u7");
    BOOST_TEST(names(scim.get("/Users?filter=userName sw \"u\"&count=4&cursor=" + next(first))) == "u4 u5 u6 u7");
    body["cursor"] = nullptr;
    BOOST_TEST(scim.post("/Users/.search", body).number("/startIndex") == 1);
    body["cursor"] = "garbage";
    BOOST_TEST(names(scim.post("/Users/.search", body)) == "invalidCursor");
    body["cursor"] = 5;
    BOOST_TEST(names(scim.post("/Users/.search", body)) == "invalidSyntax");
    scim.create("/Groups", group("G"));
    Reply const all = scim.post("/.search", search({{"cursor", ""}, {"count", 6}}));
    BOOST_TEST(all.number("/totalResults") == 11);
    BOOST_TEST(scim.post("/.search", search({{"cursor", next(all)}, {"count", 6}})).size("/Resources") == 5);
}

BOOST_AUTO_TEST_CASE(what_is_on_is_announced, *label("9865-4-a") * label("9865-4-c") * label("9865-4-d") *
                                                  label("9865-4-e") * label("9865-4-f") * label("9865-4-g") *
                                                  label("9865-4-k") * label("9865-4-l") * label("9865-4-b"))
{
    ServiceOptions options;
    options.limits.default_page_size = 7;
    options.limits.max_page_size = 70;
    options.limits.cursor_timeout = std::chrono::seconds{99};
    Reply const reply = ServiceFixture{options}.get("/ServiceProviderConfig");
    BOOST_TEST(reply.find("/pagination/cursor")->as_bool());
    BOOST_TEST(reply.find("/pagination/index")->as_bool());
    BOOST_TEST(reply.text("/pagination/defaultPaginationMethod") == "index");
    BOOST_TEST(reply.number("/pagination/defaultPageSize") == 7);
    BOOST_TEST(reply.number("/pagination/maxPageSize") == 70);
    BOOST_TEST(reply.number("/pagination/maxPageSize") == reply.number("/filter/maxResults"));
    BOOST_TEST(reply.number("/pagination/cursorTimeout") == 99);
    ServiceFixture const scim;
    BOOST_TEST(scim.patch("/ServiceProviderConfig", patch_op("replace", "pagination.cursor", false)).status == 405);

    auto const refused = [](ServiceOptions wrong)
    {
        wrong.base_url = "https://example.com";
        wrong.store = memory::make_store();
        wrong.authenticator = no_authentication();
        return !Service::create(wrong);
    };
    BOOST_TEST(refused({.cursor_paging = false, .default_paging = Paging::cursor}));
    ServiceOptions no_time;
    no_time.limits.cursor_timeout = std::chrono::seconds{0};
    BOOST_TEST(refused(no_time));
    ServiceOptions sizes;
    sizes.limits.default_page_size = 71;
    sizes.limits.max_page_size = 70;
    BOOST_TEST(refused(sizes));
}

BOOST_AUTO_TEST_SUITE_END()
