// The steps of an operation, seen from outside: what a store is asked, and when.
#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(operations)

namespace
{

/// Counts what is opened.
class CountingStore : public ForwardingStore
{
public:
    CountingStore()
        : ForwardingStore(memory::make_store())
    {
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        ++reads;
        return ForwardingStore::read(attachment, tenant, context, body);
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        ++writes;
        return ForwardingStore::write(attachment, tenant, context, body);
    }

    int reads = 0;
    int writes = 0;
};

struct Counted
{
    std::shared_ptr<CountingStore> counting = std::make_shared<CountingStore>();
    ServiceFixture scim{{.store = counting}};

    /// "reads/writes" since the last time.
    std::string opened()
    {
        return std::to_string(std::exchange(counting->reads, 0)) + "/" +
               std::to_string(std::exchange(counting->writes, 0));
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_request_that_is_wrong_by_itself_never_reaches_the_store, Counted)
{
    auto const id = scim.create("/Users", user("ada"));
    std::string const target = "/Users/" + id;
    opened();
    BOOST_TEST(scim.post("/Users", {{"userName", 1}}).status == 400);
    BOOST_TEST(scim.put(target, {{"userName", 1}}).status == 400);
    BOOST_TEST(scim.send("PATCH", target, "{").status == 400);
    BOOST_TEST(scim.get(target + "?attributes=%").status == 400);
    BOOST_TEST(scim.get("/Users?filter=x").status == 400);
    BOOST_TEST(scim.get("/Users?filter=nobody eq 1").status == 400);
    BOOST_TEST(scim.send("POST", "/Users/.search", "[]").status == 400);
    BOOST_TEST(opened() == "0/0");
}

BOOST_FIXTURE_TEST_CASE(an_operation_opens_one_transaction_and_one_for_what_only_the_answer_shows, Counted)
{
    opened();
    auto const id = scim.create("/Users", user("ada"));
    std::string const target = "/Users/" + id;
    BOOST_TEST(opened() == "0/1");
    BOOST_TEST(scim.get(target).status == 200);
    BOOST_TEST(opened() == "1/0");
    BOOST_TEST(scim.get("/Users?filter=userName eq \"ada\"").status == 200);
    BOOST_TEST(opened() == "1/0");
    BOOST_TEST(scim.put(target, user("ada", {{"title", "x"}})).status == 200);
    BOOST_TEST(opened() == "1/1"); // its groups
    BOOST_TEST(scim.patch(target, patch_op("add", "title", "y")).status == 200);
    BOOST_TEST(opened() == "1/1");
    BOOST_TEST(scim.patch(target + "?attributes=title", patch_op("add", "title", "z")).status == 200);
    BOOST_TEST(opened() == "0/1");
    BOOST_TEST(scim.del(target).status == 204);
    BOOST_TEST(opened() == "0/1");
}

BOOST_FIXTURE_TEST_CASE(what_is_dear_is_done_on_a_snapshot_before, Counted)
{
    opened();
    auto const id = scim.create("/Users", user("ada", {{"password", "secret"}}));
    std::string const target = "/Users/" + id;
    BOOST_TEST(opened() == "1/1");
    BOOST_TEST(scim.put(target, user("ada", {{"password", "other"}})).status == 200);
    BOOST_TEST(opened() == "2/1");
    BOOST_TEST(scim.patch(target, patch_op("add", "password", "third")).status == 200);
    BOOST_TEST(opened() == "2/1");
    std::string const long_text(2'000, 'x');
    BOOST_TEST(scim.patch(target, patch_op("add", "title", json::value(long_text))).status == 200);
    BOOST_TEST(opened() == "1/1");
    BOOST_TEST(scim.patch("/Users/ghost", patch_op("jump", "title", "x")).status == 404);
    BOOST_TEST(opened() == "1/0");
}

BOOST_FIXTURE_TEST_CASE(what_a_snapshot_refuses_is_not_written, Counted)
{
    scim.create("/Users", user("ada"));
    opened();
    BOOST_TEST(scim.post("/Users", user("ada", {{"password", "secret"}})).status == 409);
    BOOST_TEST(scim.put("/Users/ghost", user("ada", {{"password", "secret"}})).status == 404);
    BOOST_TEST(scim.patch("/Users/ghost", patch_op("add", "password", "secret")).status == 404);
    BOOST_TEST(opened() == "3/0");
}

BOOST_AUTO_TEST_SUITE_END()
