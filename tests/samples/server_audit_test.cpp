// The audit log of the sample server: what it keeps, that nobody changes it, and that it ends.
#include <scimkit/schema/registry.hpp>

#include "events/events_fixture.hpp"
#include "samples/server/audit.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::shared_ptr<SchemaRegistry const> administration()
{
    return SchemaRegistry::Builder{}
        .load(std::filesystem::path{SCIMKIT_ADMIN_FOLDER "/schemas.json"})
        .load(std::filesystem::path{SCIMKIT_ADMIN_FOLDER "/audit.json"})
        .add(server::audit_type())
        .build()
        .value();
}

struct Fixture : EventsFixture
{
    server::AuditStore kept() const { return {.store = admin.store, .attachment = admin.attachment()}; }

    /// A record of that minute.
    static AuditRecord record(std::string id, int minute)
    {
        AuditRecord made;
        made.id = std::move(id);
        made.time = parse_date_time("2026-11-27T00:00:00Z").value() + std::chrono::minutes{minute};
        made.tenant = "acme";
        made.operation = "create";
        made.resource_id = "42";
        return made;
    }

    std::int64_t total() const { return admin.get("/AuditRecords?count=0").number("/totalResults"); }

    bool wait_for_total(std::int64_t count) const
    {
        for (int i = 0; i < 2'000 && total() < count; ++i)
            std::this_thread::sleep_for(10ms);
        return total() == count;
    }

    std::unique_ptr<server::AuditLog> start(std::chrono::hours records = {})
    {
        return server::AuditLog::start(store, kept(), {.records = records},
                                       [this](LogLevel, std::string_view line) { noted.add(std::string{line}); })
            .value();
    }

    kv::StoreOptions indexes = []
    {
        kv::StoreOptions options;
        options.indexes.emplace_back("time");
        return options;
    }();
    ServiceFixture admin{{.store = memory::make_store(indexes), .registry = administration()}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(server_audit, Fixture)

BOOST_AUTO_TEST_CASE(a_record_that_comes_again_is_there_once)
{
    std::vector<AuditRecord> records{record("one", 1), record("two", 2)};
    BOOST_REQUIRE(server::write_audit(kept(), records).has_value());
    records.push_back(record("three", 3));
    BOOST_REQUIRE(server::write_audit(kept(), records).has_value());
    BOOST_REQUIRE(server::write_audit(kept(), {}).has_value());
    BOOST_TEST(total() == 3);
    auto const list = admin.get("/AuditRecords?sortBy=time&sortOrder=descending&filter=tenant eq \"acme\"");
    BOOST_TEST(list.text("/Resources/0/id") == "three");
    BOOST_TEST(list.text("/Resources/2/id") == "one");
    BOOST_TEST(list.text("/Resources/0/resourceId") == "42");
}

BOOST_AUTO_TEST_CASE(clients_read_records_and_change_none)
{
    BOOST_REQUIRE(server::write_audit(kept(), std::vector{record("one", 1)}).has_value());
    auto const schema = "urn:scimkit:params:scim:schemas:admin:1.0:AuditRecord";
    auto const before = admin.get("/AuditRecords/one").response.body;
    BOOST_TEST(admin.post("/AuditRecords", {{"schemas", {schema}}, {"operation", "create"}}).status == 405);
    BOOST_TEST(admin.put("/AuditRecords/one", {{"schemas", {schema}}, {"actor", "nobody"}}).status == 405);
    BOOST_TEST(admin.patch("/AuditRecords/one", patch_op("replace", "actor", "nobody")).status == 405);
    BOOST_TEST(admin.del("/AuditRecords/one").status == 405);
    BOOST_TEST(admin
                   .post("/Bulk", {{"schemas", {"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}},
                                   {"Operations", {{{"method", "DELETE"}, {"path", "/AuditRecords/one"}}}}})
                   .text("/Operations/0/status") == "405");
    BOOST_TEST(admin.get("/AuditRecords/one").response.body == before);
    BOOST_TEST(total() == 1);
}

BOOST_AUTO_TEST_CASE(old_records_go_and_newer_ones_stay)
{
    std::vector<AuditRecord> records;
    records.reserve(1'203);
    for (int i = 0; i < 1'203; ++i)
        records.push_back(record("r" + std::to_string(i), i));
    BOOST_REQUIRE(server::write_audit(kept(), records).has_value());
    std::stop_source stopped;
    stopped.request_stop();
    BOOST_TEST(server::forget_audit(kept(), records[1'200].time, stopped.get_token()).value() == 0U);
    BOOST_TEST(server::forget_audit(kept(), records[1'200].time).value() == 1'200U);
    BOOST_TEST(total() == 3);
    BOOST_TEST(server::forget_audit(kept(), records[1'200].time).value() == 0U);
    BOOST_TEST(admin.get("/AuditRecords/r1200").status == 200);
}

BOOST_AUTO_TEST_CASE(every_change_of_a_tenant_and_of_the_administration_has_a_record_and_records_have_none)
{
    auto const log = start();
    auto const ada = scim.create("/Users", user("ada"));
    other.create("/Groups", group("team"));
    scim.del("/Users/" + ada);
    admin.create("/Tenants", {{"schemas", {"urn:scimkit:params:scim:schemas:admin:1.0:Tenant"}}, {"name", "acme"}});
    BOOST_TEST(wait_for_total(4));
    std::this_thread::sleep_for(1'200ms); // a record of a record would be there by now
    BOOST_TEST(total() == 4);
    auto const list = admin.get("/AuditRecords?filter=resourceType eq \"Tenant\"");
    BOOST_TEST(list.number("/totalResults") == 1);
    BOOST_TEST(list.text("/Resources/0/resourceName") == "acme");
    BOOST_TEST(!list.has("/Resources/0/tenant"));
    BOOST_TEST(admin.get("/AuditRecords?filter=tenant eq \"a\" and operation eq \"delete\"").number("/totalResults") ==
               1);
}

BOOST_AUTO_TEST_CASE(a_restart_makes_no_record_twice_and_loses_none)
{
    scim.create("/Users", user("ada"));
    {
        auto const log = start();
        BOOST_TEST(wait_for_total(1));
    }
    BOOST_TEST(store->change_log()->forget("a", {}, "audit").has_value()); // as if it had not been acknowledged
    scim.create("/Users", user("ben"));
    auto const log = start();
    BOOST_TEST(wait_for_total(2));
}

BOOST_AUTO_TEST_CASE(what_was_trimmed_before_it_was_audited_is_told)
{
    scim.create("/Users", user("ada"));
    trim("a");
    auto const log = start();
    BOOST_TEST(wait_for_total(1));
    BOOST_TEST(admin.get("/AuditRecords").text("/Resources/0/operation") == "gap");
    BOOST_TEST(!noted.all().empty());
}

BOOST_AUTO_TEST_CASE(records_end_by_themselves)
{
    BOOST_REQUIRE(server::write_audit(kept(), std::vector{record("old", -600'000)}).has_value());
    auto const log = start(std::chrono::hours{24});
    for (int i = 0; i < 2'000 && total() > 0; ++i)
        std::this_thread::sleep_for(10ms);
    BOOST_TEST(total() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
