// What an audit record says of a change, and that it says nothing that is secret or a person's.
#include <scimkit/events/audit.hpp>

#include "events_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

using Lines = std::vector<std::string>;

Lines sorted(Lines lines)
{
    std::ranges::sort(lines);
    return lines;
}

struct AuditFixture : EventsFixture
{
    AuditRecord last() const { return audit_record(changes().back()); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_records, AuditFixture)

BOOST_AUTO_TEST_CASE(it_says_who_did_what_to_which_resource_when)
{
    auto const id = scim.create("/Users", user("ada", {{"title", "Head"}, {"password", "hunter2-canary"}}));
    auto record = last();
    BOOST_TEST(record.tenant == "a");
    BOOST_TEST(record.actor == "tester");
    BOOST_TEST(record.operation == "create");
    BOOST_TEST(record.resource_type == "User");
    BOOST_TEST(record.resource_id == id);
    BOOST_TEST(record.resource_name == "ada");
    BOOST_TEST(format_date_time(record.time).starts_with("2026-01-01T"));
    BOOST_TEST((sorted(record.changed) == Lines{"password", "title", "userName"}));

    scim.patch("/Users/" + id, patch_op("replace", "", json::object{{"title", "Chief"}, {"active", false}}));
    record = last();
    BOOST_TEST(record.operation == "update");
    BOOST_TEST((sorted(record.changed) == Lines{"active", "title"}));

    scim.del("/Users/" + id);
    record = last();
    BOOST_TEST(record.operation == "delete");
    BOOST_TEST(record.resource_name == "ada");
    BOOST_TEST(record.changed.empty());
}

BOOST_AUTO_TEST_CASE(no_value_is_in_it_but_names_and_ids)
{
    auto const id = scim.create(
        "/Users",
        user("ada", {{"password", "canary-1"}, {"title", "canary-2"}, {"name", {{"familyName", "canary-3"}}}}));
    scim.patch("/Users/" + id, patch_op("replace", "password", "canary-4"));
    scim.patch("/Users/" + id, patch_op("replace", "emails", json::array{json::object{{"value", "canary-5@x"}}}));
    for (LoggedChange const& change : changes())
    {
        auto const record = audit_record(change);
        std::string text;
        write_json(text, to_json(record));
        write_json(text, to_ocsf(record));
        BOOST_TEST(text.find("canary") == std::string::npos, text);
        BOOST_TEST(text.find("fake$") == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(members_are_named_up_to_a_number_and_counted_beyond)
{
    LoggedChange change{.tenant = "a", .resource_type = "Group", .id = "g"};
    change.elements.push_back({.attribute = "members", .came = {}, .went = {"left"}});
    for (std::size_t i = 0; i < max_audit_elements + 5; ++i)
        change.elements.front().came.push_back({{"value", "m" + std::to_string(i)}, {"display", "canary"}});
    auto const record = audit_record(change);
    BOOST_TEST(record.elements.size() == max_audit_elements);
    BOOST_TEST(record.more_elements == 6U);
    BOOST_TEST((record.elements.front() == AuditRecord::Element{"members", "m0", true}));
    BOOST_TEST((record.changed == Lines{"members"}));
    change.elements.front().came.clear();
    BOOST_TEST((audit_record(change).elements.front() == AuditRecord::Element{"members", "left", false}));
}

BOOST_AUTO_TEST_CASE(a_repetition_is_the_same_record)
{
    scim.create("/Users", user("ada"));
    auto const change = changes().back();
    BOOST_TEST((audit_record(change) == audit_record(change)));
    BOOST_TEST(audit_record(change).id != audit_record(change, "administration").id);
}

BOOST_AUTO_TEST_CASE(what_was_missed_is_a_record_too)
{
    LogGap const gap{.tenant = "a", .reason = LogGap::Reason::trimmed, .from = LogPosition{3}, .to = LogPosition{9}};
    auto const record = audit_record(gap, Instant{1h});
    BOOST_TEST(record.operation == "gap");
    BOOST_TEST(record.position == 9U);
    BOOST_TEST(record.id == audit_record(gap, Instant{2h}).id);
    BOOST_TEST(to_ocsf(record).at("activity_id").as_int64() == 99);
}

BOOST_AUTO_TEST_CASE(each_gap_of_a_tenant_is_a_record_of_its_own)
{
    auto const replaced = [](std::uint64_t from)
    { return LogGap{.tenant = "a", .reason = LogGap::Reason::replaced, .from = LogPosition{from}, .to = {}}; };
    auto const first = audit_record(replaced(3), Instant{1h});
    BOOST_TEST(first.id != audit_record(replaced(7), Instant{1h}).id);
    BOOST_TEST(first.id == audit_record(replaced(3), Instant{2h}).id); // told again, after a crash
    auto of_another = replaced(3);
    of_another.tenant = "b";
    BOOST_TEST(first.id != audit_record(of_another, Instant{1h}).id);
    BOOST_TEST(first.id != audit_record(replaced(3), Instant{1h}, "administration").id);
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read_again)
{
    auto const id = scim.create("/Users", user("ada"));
    scim.create("/Groups", group("team", {id}));
    scim.del("/Users/" + id);
    for (LoggedChange const& change : changes())
    {
        auto const record = audit_record(change);
        auto made = to_json(record);
        made["id"] = record.id;
        auto const read = read_audit_record(made);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST((*read == record));
    }
    BOOST_TEST(read_audit_record({{"time", "yesterday"}}).has_error());
    BOOST_TEST(read_audit_record({}).has_error());
    auto const odd = read_audit_record({{"time", "2026-01-01T00:00:00Z"},
                                        {"actor", 7},
                                        {"changed", json::array{1, "title"}},
                                        {"elements", json::array{"x", json::object{}}},
                                        {"moreElements", -4}});
    BOOST_REQUIRE(odd.has_value());
    BOOST_TEST((odd->changed == Lines{"title"}));
    BOOST_TEST(odd->more_elements == 0U);
}

BOOST_AUTO_TEST_CASE(as_an_ocsf_event_it_is_entity_management)
{
    auto const id = scim.create("/Users", user("ada"));
    auto const event = to_ocsf(last(), "scimkit-server");
    BOOST_TEST(event.at("class_uid").as_int64() == 3'004);
    BOOST_TEST(event.at("activity_id").as_int64() == 1);
    BOOST_TEST(event.at("type_uid").as_int64() == 300'401);
    BOOST_TEST(event.at("time").as_int64() > 1'767'000'000'000);
    BOOST_TEST(event.at("metadata").at("tenant_uid").as_string() == "a");
    BOOST_TEST(event.at("metadata").at("product").at("name").as_string() == "scimkit-server");
    BOOST_TEST(event.at("entity").at("uid").as_string() == id);
    BOOST_TEST(event.at("entity").at("name").as_string() == "ada");
    BOOST_TEST(event.at("actor").at("user").at("name").as_string() == "tester");
    scim.del("/Users/" + id);
    BOOST_TEST(to_ocsf(last()).at("activity_id").as_int64() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
