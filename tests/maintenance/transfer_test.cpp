// What goes from store to store, or through a file, is afterwards what it was, to the last version.
#include <scimkit/store/fault_injection.hpp>
#include <scimkit/store/own_types.hpp>

#include "support.hpp"

namespace scimkit::test
{
namespace
{

std::vector<NamedStore> keeping_stores()
{
    std::vector<NamedStore> stores;
    for (NamedStore const& store : all_stores())
        if (store.make()->maintenance())
            stores.push_back(store);
    return stores;
}

CheckReport checked(ResourceStore& store)
{
    auto const attachment = store.attach(rfc_registry()).value();
    auto const report = store.maintenance()->check(*attachment, {}, Repair::no,
                                                   [](CheckFinding const& finding)
                                                   {
                                                       BOOST_TEST_MESSAGE(finding.what);
                                                       return true;
                                                   });
    return report.value();
}

/// A store with a resource of a type of the framework's own.
void put_own(ResourceStore& store, std::string_view type)
{
    Attribute text;
    text.name = "text";
    Schema schema;
    schema.id = "urn:example:" + std::string{type};
    schema.name = type;
    schema.attributes.push_back(std::move(text));
    auto const registry =
        SchemaRegistry::Builder{}
            .add_rfc7643()
            .add(std::move(schema))
            .add(ResourceTypeDefinition{
                .name = std::string{type}, .endpoint = "/Own", .schema = "urn:example:" + std::string{type}})
            .build()
            .value();
    Resource one{.type = registry->find_resource_type(type), .id = "one"};
    auto const rules = UniqueKeyRules::make(*registry).value();
    auto const attachment = store.attach(registry).value();
    auto const done = store.write(*attachment, "a", {},
                                  [&](WriteTransaction& transaction) -> result<void>
                                  {
                                      auto made = one;
                                      auto const version = transaction.insert(made, rules.facts_of(made));
                                      return version ? result<void>{} : result<void>{version.error()};
                                  });
    BOOST_REQUIRE_MESSAGE(done, done.error().detail);
}

BOOST_AUTO_TEST_SUITE(transfer)

BOOST_AUTO_TEST_CASE(a_copy_between_any_two_stores_holds_the_same_in_the_same_versions)
{
    for (NamedStore const& from_kind : keeping_stores())
        for (NamedStore const& to_kind : keeping_stores())
            BOOST_TEST_CONTEXT(from_kind << " to " << to_kind)
            {
                auto const from = from_kind.make();
                auto const to = to_kind.make();
                fill(*from);
                auto const report = copy_store(*from, *to, rfc_registry());
                BOOST_REQUIRE_MESSAGE(report, report.error().detail);
                BOOST_TEST((*report == TransferReport{.tenants = 3, .resources = 1'205, .elements = 2'500}));
                BOOST_TEST(exported(*from) == exported(*to));
                BOOST_TEST(checked(*to).findings == 0U);
            }
}

BOOST_AUTO_TEST_CASE(an_export_is_a_line_for_each_resource_and_gives_the_same_store)
{
    for (NamedStore const& kind : keeping_stores())
        BOOST_TEST_CONTEXT(kind)
        {
            auto const from = kind.make();
            fill(*from);
            std::string text;
            BOOST_TEST(export_to(*from, text).resources == 1'205U);
            BOOST_TEST(std::ranges::count(text, '\n') == 1'205);
            auto const to = kind.make();
            std::istringstream in{text};
            auto const report = load_export(in, *to, rfc_registry());
            BOOST_REQUIRE_MESSAGE(report, report.error().detail);
            BOOST_TEST((*report == TransferReport{.tenants = 3, .resources = 1'205, .elements = 2'500}));
            BOOST_TEST(exported(*to) == text);
            BOOST_TEST(checked(*to).findings == 0U);
        }
}

BOOST_AUTO_TEST_CASE(secrets_stand_apart_in_an_export)
{
    auto const store = memory::make_store();
    put(*store, "default", made("User", "ada", {{"userName", "ada"}, {"password", "$hash"}}));
    BOOST_TEST(exported(*store) ==
               R"({"tenant":"default","secrets":{"password":"$hash"},"resource":{)"
               R"("schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"ada","meta":{"resourceType":"User",)"
               R"("created":"2023-11-14T22:13:20.123456Z","lastModified":"2023-11-14T22:13:25.123456Z",)"
               R"("version":"W/\"1\""},"userName":"ada"}})"
               "\n");
}

BOOST_AUTO_TEST_CASE(what_the_registry_does_not_know_is_not_left_out_without_a_word)
{
    auto const users_alone =
        SchemaRegistry::Builder{}
            .add(*rfc_registry()->find_schema(urn::user))
            .add(ResourceTypeDefinition{.name = "User", .endpoint = "/Users", .schema = std::string{urn::user}})
            .build()
            .value();
    for (NamedStore const& kind : keeping_stores())
        BOOST_TEST_CONTEXT(kind)
        {
            auto const from = kind.make();
            auto const to = kind.make();
            put(*from, "b", made("Group", "g", {{"displayName", "all"}}));
            put(*from, "a", made("User", "u", {{"userName", "u"}}));
            bool written = false;
            auto const refused = export_store(*from, users_alone,
                                              [&](std::string_view)
                                              {
                                                  written = true;
                                                  return result<void>{};
                                              });
            BOOST_REQUIRE(refused.has_error());
            BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
            BOOST_TEST(refused.error().detail.find("Tenant 'b' has resources of the type Group") == 0U);
            BOOST_TEST(!written);
            BOOST_TEST(copy_store(*from, *to, users_alone).has_error());
            BOOST_TEST(exported(*to).empty());
            BOOST_TEST(copy_store(*from, *to, users_alone, {.tenants = {"a"}}).value().resources == 1U);
        }
}

BOOST_AUTO_TEST_CASE(results_of_asynchronous_requests_are_left_out_and_requests_that_wait_are_not)
{
    for (NamedStore const& kind : keeping_stores())
        BOOST_TEST_CONTEXT(kind)
        {
            auto const from = kind.make();
            put(*from, "a", made("User", "u", {{"userName", "u"}}));
            put_own(*from, async_result_type);
            BOOST_TEST(copy_store(*from, *kind.make(), rfc_registry()).value().resources == 1U);
            put_own(*from, async_request_type);
            auto const refused = copy_store(*from, *kind.make(), rfc_registry());
            BOOST_REQUIRE(refused.has_error());
            BOOST_TEST((refused.error().code == ErrorCode::invalid_value));
            BOOST_TEST(refused.error().detail.find("asynchronous requests that wait") != std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(tenants_that_are_named_are_the_only_ones_that_go)
{
    auto const from = memory::make_store();
    auto const to = memory::make_store();
    fill(*from);
    auto const report = copy_store(*from, *to, rfc_registry(), {.tenants = {"other"}});
    BOOST_TEST(report.value().resources == 1U);
    BOOST_TEST(exported(*to) == exported(*from, {.tenants = {"other"}}));
}

BOOST_AUTO_TEST_CASE(copying_again_passes_over_what_is_there)
{
    auto const from = memory::make_store();
    auto const to = memory::make_store();
    fill(*from);
    BOOST_REQUIRE(copy_store(*from, *to, rfc_registry()));
    auto const again = copy_store(*from, *to, rfc_registry());
    BOOST_REQUIRE_MESSAGE(again, again.error().detail);
    BOOST_TEST((*again == TransferReport{.tenants = 3, .there = 1'205}));
    BOOST_TEST(exported(*from) == exported(*to));
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_ended_anywhere_goes_on_when_it_is_made_again)
{
    auto const from = memory::make_store();
    fill(*from);
    put(*from, "default", made("Group", "huge", {{"displayName", "huge"}, {"members", members(45'000)}}));
    std::string const whole = exported(*from);
    for (int batches = 1; batches < 9; ++batches)
    {
        auto const to = memory::make_store();
        int left = batches;
        auto const ended =
            copy_store(*from, *to, rfc_registry(), {.progress = [&](TransferReport const&) { return --left > 0; }});
        if (ended)
        {
            BOOST_TEST(batches > 3);
            break;
        }
        BOOST_TEST((ended.error().code == ErrorCode::unavailable));
        auto const again = copy_store(*from, *to, rfc_registry());
        BOOST_REQUIRE_MESSAGE(again, again.error().detail);
        BOOST_TEST(exported(*to) == whole);
        BOOST_TEST(checked(*to).findings == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_resource_in_another_version_is_a_conflict_that_names_it)
{
    auto const from = memory::make_store();
    auto const to = memory::make_store();
    put(*from, "default", made("User", "ada", {{"userName", "ada"}}));
    put(*to, "default", made("User", "ada", {{"userName", "ada"}}), 2);
    std::string const before = exported(*to);
    auto const report = copy_store(*from, *to, rfc_registry());
    BOOST_REQUIRE(report.has_error());
    BOOST_TEST((report.error().code == ErrorCode::conflict));
    BOOST_TEST(report.error().detail.find("User 'ada' of tenant 'default'") != std::string::npos);
    BOOST_TEST(exported(*to) == before);
}

BOOST_AUTO_TEST_CASE(a_unique_value_that_the_target_has_is_an_error_that_names_the_resource)
{
    auto const from = memory::make_store();
    auto const to = memory::make_store();
    put(*from, "default", made("User", "ada", {{"userName", "ada"}}));
    put(*to, "default", made("User", "eve", {{"userName", "ADA"}}));
    auto const report = copy_store(*from, *to, rfc_registry());
    BOOST_REQUIRE(report.has_error());
    BOOST_TEST((report.error().code == ErrorCode::uniqueness));
    BOOST_TEST(report.error().detail.find("User 'ada'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_keep_versions_says_so_unless_new_ones_will_do)
{
    for (NamedStore const& kind : all_stores())
    {
        auto const to = kind.make();
        if (to->maintenance())
            continue;
        BOOST_TEST_CONTEXT(kind)
        {
            auto const from = memory::make_store();
            put(*from, "default", made("User", "ada", {{"userName", "ada"}}));
            put(*from, "default", made("Group", "g", {{"displayName", "all"}, {"members", members(3)}}));
            auto const refused = copy_store(*from, *to, rfc_registry());
            BOOST_REQUIRE(refused.has_error());
            BOOST_TEST((refused.error().code == ErrorCode::not_implemented));
            auto const report = copy_store(*from, *to, rfc_registry(), {.new_versions = true});
            if (kind.savepoints || kind.name == "journal")
                BOOST_TEST(report.value().resources == 2U);
        }
    }
}

BOOST_AUTO_TEST_CASE(whatever_operation_fails_the_copy_ends_with_its_error_and_can_be_made_again)
{
    auto const from = memory::make_store();
    put(*from, "default", made("User", "ada", {{"userName", "ada"}}));
    put(*from, "default", made("Group", "g", {{"displayName", "all"}, {"members", members(3)}}));
    std::string const whole = exported(*from);
    auto const to = memory::make_store();
    auto const ended = export_store(*from, rfc_registry(),
                                    [](std::string_view) -> result<void> {
                                        return Error{ErrorCode::unavailable, "the disk is full"};
                                    });
    BOOST_REQUIRE(ended.has_error());
    BOOST_TEST(ended.error().detail == "the disk is full");
    std::istringstream cut{whole.substr(0, whole.size() - 20)};
    auto const half = load_export(cut, *to, rfc_registry());
    BOOST_REQUIRE(half.has_error());
    BOOST_TEST(half.error().detail.starts_with("line 2: "));
    std::istringstream again{whole};
    BOOST_TEST(load_export(again, *to, rfc_registry()).has_value());
    BOOST_TEST(exported(*to) == whole);
}

BOOST_AUTO_TEST_CASE(a_line_that_is_none_of_an_export_is_refused_with_its_number)
{
    auto const refused = [](std::string const& line)
    {
        auto const to = memory::make_store();
        std::istringstream in{"\n" + line};
        auto const loaded = load_export(in, *to, rfc_registry());
        BOOST_REQUIRE_MESSAGE(loaded.has_error(), line);
        BOOST_TEST(loaded.error().detail.starts_with("line 2: "));
        BOOST_TEST(exported(*to) == "");
    };
    std::string const meta =
        R"("meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z")";
    refused("{");
    refused("[]");
    refused(R"({"tenant":"t"})");
    refused(R"({"tenant":"t","resource":[]})");
    refused(R"({"resource":{"id":"a",)" + meta + "}}}");
    refused(R"({"tenant":"t","resource":{)" + meta + "}}}");
    refused(R"({"tenant":"t","resource":{"id":"a"}})");
    refused(R"({"tenant":"t","resource":{"id":"a","meta":{"resourceType":"Lamp"}}})");
    refused(R"({"tenant":"t","resource":{"id":"a","meta":{"resourceType":"User","created":"today"}}})");
    refused(R"({"tenant":"t","resource":{"id":"a",)" + meta + R"(,"version":"5"}}})");
    refused(R"({"tenant":"t","resource":{"id":"a",)" + meta + R"(,"version":"W/\"x\""}}})");
    refused(R"({"tenant":"t","resource":{"id":"a",)" + meta + R"(},"emails":"none"}})");
    refused(R"({"tenant":"t","resource":{"id":"a",)" + meta + R"(,"version":"W/\"18446744073709551615\""}}})");
    refused(R"({"tenant":"t","resource":{"id":"a\u0000b",)" + meta + "}}}");
    refused(R"({"tenant":"t","resource":{"id":"",)" + meta + "}}}");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::test
