// What a store does to a Bulk in the middle: what was committed is told, and nothing else is.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "async_fixture.hpp"
#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <new>
#include <ostream>
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

enum class Thrown
{
    runtime_error,
    bad_alloc
};

std::ostream& operator<<(std::ostream& out, Thrown thrown)
{
    return out << (thrown == Thrown::bad_alloc ? "bad_alloc" : "runtime_error");
}

/// Throws out of the first write that makes a certain user, once all of it is done and nothing is committed: what the
/// wrapper of a database does whose connection breaks.
class Throwing : public ForwardingStore
{
public:
    Throwing(std::string user, Thrown thrown)
        : ForwardingStore(memory::make_store())
        , user_(std::move(user))
        , thrown_(thrown)
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& inner) -> result<void>
                                      {
                                          Seeing seeing{inner, user_};
                                          auto done = body(seeing);
                                          if (!seeing.found || has_thrown.exchange(true))
                                              return done;
                                          if (thrown_ == Thrown::bad_alloc)
                                              throw std::bad_alloc{};
                                          throw std::runtime_error("The connection is gone.");
                                      });
    }

    std::atomic<bool> has_thrown{false};

private:
    struct Seeing : ForwardingWriteTransaction
    {
        Seeing(WriteTransaction& inner, std::string const& wanted)
            : ForwardingWriteTransaction(inner)
            , user(wanted)
        {
        }
        result<Version> insert(Resource& resource, Facts const& facts) override
        {
            auto const* name = resource.attributes.if_contains("userName");
            found = found || (name && *name == json::string{user});
            return ForwardingWriteTransaction::insert(resource, facts);
        }
        std::string const& user;
        bool found = false;
    };

    std::string user_;
    Thrown thrown_;
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

/// Of more than one operation each, whatever the clock says.
ServiceOptions sections_of_a_few(std::shared_ptr<ResourceStore> store)
{
    ServiceOptions options{.store = std::move(store)};
    options.limits.max_bulk_work_as_writer = 45'000;
    options.limits.max_bulk_time_as_writer = std::chrono::hours{1};
    return options;
}

/// Of which "user4" is in the second section; right behind it one fails, if that is to stop the Bulk.
json::object throwing_bulk(bool stops)
{
    json::array operations = users(12);
    operations.insert(operations.begin() + 5, bulk_post("/Users", "again", user(stops ? "user4" : "other")));
    return stops ? bulk(std::move(operations), {{"failOnErrors", 1}}) : bulk(std::move(operations));
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

BOOST_AUTO_TEST_CASE(what_a_store_rolled_back_by_an_exception_is_not_answered_as_done)
{
    for (Thrown const thrown : {Thrown::runtime_error, Thrown::bad_alloc})
        for (bool const stops : {false, true})
            BOOST_TEST_CONTEXT(thrown << " " << stops)
            {
                auto const store = std::make_shared<Throwing>("user4", thrown);
                ServiceFixture const scim{sections_of_a_few(store)};
                Reply const reply = scim.post("/Bulk", throwing_bulk(stops));
                BOOST_TEST(store->has_thrown.load());
                std::string const failed = thrown == Thrown::bad_alloc ? "503" : "500";
                BOOST_TEST(reply.size("/Operations") > (stops ? 1 : 12));
                BOOST_TEST(reply.text("/Operations/0/status") == "201");
                int done = 0;
                for (int i = 0; i < reply.size("/Operations"); ++i)
                {
                    auto const status = reply.text("/Operations/" + std::to_string(i) + "/status");
                    bool const was_done = status == "201";
                    done += static_cast<int>(was_done);
                    BOOST_TEST((was_done || status == failed), i << ": " << status);
                    if (was_done)
                        BOOST_TEST(scim.get("/Users/" + made_id(reply, i)).status == 200, i);
                }
                BOOST_TEST(done <= 5);
                BOOST_TEST(scim.get("/Users?count=0").number("/totalResults") == done);
            }
}

BOOST_AUTO_TEST_CASE(what_a_store_rolled_back_by_an_exception_is_not_told_later_as_done)
{
    for (Thrown const thrown : {Thrown::runtime_error, Thrown::bad_alloc})
        for (bool const stops : {false, true})
            BOOST_TEST_CONTEXT(thrown << " " << stops)
            {
                auto const store = std::make_shared<Throwing>("user4", thrown);
                AsyncFixture const later{store, sections_of_a_few(store)};
                Reply const reply = later.result_of(
                    AsyncFixture::accepted(later.scim.post("/Bulk", throwing_bulk(stops), AsyncFixture::later())));
                BOOST_TEST(store->has_thrown.load());
                BOOST_TEST(reply.size("/Operations") == 13);
                BOOST_TEST(reply.text("/Operations/0/status") == "201");
                std::size_t done = 0;
                for (int i = 0; i < reply.size("/Operations"); ++i)
                    if (reply.text("/Operations/" + std::to_string(i) + "/status") == "201")
                    {
                        ++done;
                        BOOST_TEST(later.scim.get("/Users/" + made_id(reply, i)).status == 200, i);
                    }
                BOOST_TEST(done <= 5U);
                BOOST_TEST(later.users() == done);
            }
}

BOOST_AUTO_TEST_SUITE_END()
