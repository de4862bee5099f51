// What a store does to a Bulk in the middle: what was committed is told, and nothing else is.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <new>
#include <stdexcept>
#include <utility>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(bulk_trouble)

namespace
{

/// Loses a race at its first commit, and throws at a read or a write when told to.
class Unlucky : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        if (++writes == no_memory_at)
            throw std::bad_alloc{};
        if (std::exchange(loses_race, false))
        {
            auto const thrown_away = ForwardingStore::write(attachment, tenant, context,
                                                            [&](WriteTransaction& transaction) -> result<void>
                                                            {
                                                                static_cast<void>(body(transaction));
                                                                return Error{ErrorCode::conflict, "rolled back"};
                                                            });
            BOOST_TEST(!thrown_away);
            return Error{ErrorCode::precondition_failed, "somebody was quicker"};
        }
        auto written = ForwardingStore::write(attachment, tenant, context, body);
        reads_throw = throws_after_writes && written;
        return written;
    }
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        if (std::exchange(reads_throw, false))
            throw std::runtime_error("gone");
        return ForwardingStore::read(attachment, tenant, context, body);
    }

    int writes = 0;
    int no_memory_at = 0;
    bool loses_race = false;
    bool throws_after_writes = false;

private:
    bool reads_throw = false;
};

json::array users(int count, std::string_view prefix = "user")
{
    json::array operations;
    for (int i = 0; i < count; ++i)
    {
        std::string const name = std::string{prefix} + std::to_string(i);
        operations.push_back(bulk_post("/Users", name, user(name)));
    }
    return operations;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_lost_race_is_tried_again_whatever_versions_are_named)
{
    auto const store = std::make_shared<Unlucky>(memory::make_store());
    ServiceFixture const scim{{.store = store}};
    auto const id = scim.create("/Users", user("ada"));
    json::array operations = users(3);
    auto change = bulk_on("PATCH", "/Users/" + id, patch_op("add", "title", "x"));
    change["version"] = std::string{scim.get("/Users/" + id).header("ETag")};
    operations.push_back(std::move(change));
    auto stale = bulk_on("PATCH", "/Users/" + id, patch_op("add", "title", "y"));
    stale["version"] = "W/\"0\"";
    operations.push_back(std::move(stale));
    store->loses_race = true;
    BOOST_TEST(statuses(scim.post("/Bulk", bulk(operations))) == "201 201 201 200 412");
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "x");
}

BOOST_AUTO_TEST_CASE(what_a_store_throws_after_the_commits_costs_some_versions_only)
{
    auto const store = std::make_shared<Unlucky>(memory::make_store());
    ServiceFixture const scim{{.store = store}};
    store->throws_after_writes = true;
    Reply const reply = scim.post("/Bulk", bulk(users(3)));
    BOOST_TEST(statuses(reply) == "201 201 201");
    BOOST_TEST(reply.text("/Operations/0/location") != "");
    BOOST_TEST(reply.find("/Operations/0/version") == nullptr);
    store->throws_after_writes = false;
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == 3);
}

BOOST_AUTO_TEST_CASE(what_was_committed_before_the_memory_ended_is_told)
{
    auto const store = std::make_shared<Unlucky>(memory::make_store());
    ServiceOptions options{.store = store};
    options.limits.max_bulk_work_as_writer = 0; // each in a transaction of its own
    ServiceFixture const scim{options};
    store->no_memory_at = store->writes + 2;
    Reply const reply = scim.post("/Bulk", bulk(users(3)));
    BOOST_TEST(statuses(reply).starts_with("201 "));
    BOOST_TEST(statuses(reply).ends_with("503"));
    BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") ==
               1 + static_cast<int>(statuses(reply).find("201", 1) != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
