// A client that reads none of its answers fills no memory, whatever it asks for or does.
#include "overload.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace scimkit;
using namespace scimkit::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(http_unread_answers)

namespace
{

/// Users whose list is 10 MB, more than the buffers of the kernel take: one client asks for it and reads nothing.
struct UnreadList : Overload
{
    static constexpr std::size_t room = 10'150'000;

    UnreadList()
        : server({.max_unsent_bytes = room}, fill())
        , slow(server.connect())
    {
        slow.send(get("/scim/v2/Users?count=100"));
        BOOST_REQUIRE(!slow.silent_for(10s));
    }

    /// From now on there is room again.
    void read_it()
    {
        BOOST_TEST(slow.receive(false, 20'000'000).result_int() == 200);
        slow.send(get("/healthz")); // answered only when all of the list is out
        BOOST_TEST(slow.receive().result_int() == 200);
    }

    RunningServer server;
    Client slow;

private:
    Service fill() const
    {
        auto service = make();
        add_large_users(service);
        return service;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(who_leaves_most_of_it_unread_changes_nothing_more, UnreadList)
{
    auto client = server.connect();
    std::string const found = get("/scim/v2/Users?filter=userName%20eq%20%22ada%22");
    for (std::string const& request :
         {post("/scim/v2/Users", user("ada")),
          post("/scim/v2/Bulk", R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)"
                                R"({"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"ada"}}]})")})
    {
        client.send(request);
        auto const refusal = client.receive();
        BOOST_TEST(refusal.result_int() == 503);
        BOOST_TEST(refusal["Retry-After"] == "1");
    }
    client.send(found); // little is always possible
    BOOST_TEST(client.receive().body().find(R"("totalResults":0)") != std::string::npos);
    read_it();
    client.send(post("/scim/v2/Users", user("ada")));
    BOOST_TEST(client.receive().result_int() == 201);
}

BOOST_FIXTURE_TEST_CASE(a_write_of_others_is_done_and_its_answer_has_no_resource_where_there_is_no_room, UnreadList)
{
    auto client = server.connect();
    client.send(
        by_another(post("/scim/v2/Users", user_with_title("grace", 200'000), "Prefer: return=representation\r\n")));
    auto const created = client.receive();
    BOOST_TEST(created.result_int() == 201);
    BOOST_TEST(created.body().empty());
    for (auto const* header : {"Content-Type", "Content-Location", "Preference-Applied"})
        BOOST_TEST(created[header] == "", header);
    std::string const location{created["Location"]};
    BOOST_REQUIRE(!location.empty());
    std::string const path = location.substr(location.find("/scim/"));
    std::string const patch = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                              R"("Operations":[{"op":"replace","path":"nickName","value":"g"}]})";
    std::string request = post(path, patch);
    client.send(by_another(request.replace(0, 4, "PATCH")));
    BOOST_TEST(client.receive().result_int() == 204);
    read_it();
    client.send(by_another(get(path)));
    auto const now = client.receive(false, 1'000'000);
    BOOST_TEST(now.result_int() == 200);
    BOOST_TEST(now.body().find(R"("nickName":"g")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
