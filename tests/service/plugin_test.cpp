// What plug-ins may do wrong, and what they may do by the contract although few do: run a body twice, return what is no
// SCIM, open a transaction within another, leave a principal without a tenant.
#include <scimkit/schema/registry.hpp>
#include <scimkit/service/committed_change.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(plug_ins)

namespace
{

/// Runs each write body to its end, throws the outcome away, lets `between` happen, and runs it again: an optimistic
/// store after a conflict.
class TwiceStore : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        auto const thrown_away = ForwardingStore::write(attachment, tenant, context,
                                                        [&](WriteTransaction& transaction) -> result<void>
                                                        {
                                                            static_cast<void>(body(transaction));
                                                            return Error{ErrorCode::conflict, "rolled back"};
                                                        });
        BOOST_TEST(!thrown_away);
        if (auto const happens = std::exchange(between, nullptr))
            happens();
        return ForwardingStore::write(attachment, tenant, context, body);
    }

    std::function<void()> between;
};

std::string resources_of(ServiceFixture const& scim)
{
    return scim.get("/Users").response.body + scim.get("/Groups").response.body;
}

/// The same conversation, whose answers are returned.
std::string converse(ServiceFixture const& scim)
{
    std::string answers;
    auto const note = [&](Reply const& reply) { answers += std::to_string(reply.status) + reply.response.body + "\n"; };
    note(scim.post("/Users", user("ada", {{"password", "secret"}})));
    note(scim.post("/Users", user("ada")));
    note(scim.post("/Groups", group("g", {"id-1", "ghost", "id-1"})));
    note(scim.put("/Users/id-1", user("ada", {{"title", "x"}})));
    note(scim.patch("/Users/id-1", patch_op("add", "emails", {{{"value", "a@x.example"}}})));
    note(scim.patch("/Groups/id-3?attributes=members",
                    patch_op("add", "members", {{{"value", "id-1"}}, {{"value", "n"}}})));
    note(scim.patch("/Groups/id-3?attributes=members",
                    patch_op("replace", "members", {{{"value", "id-1"}}, {{"value", "n"}}})));
    note(scim.patch("/Groups/id-3?attributes=members",
                    patch_op({{{"op", "replace"}, {"path", "members[value eq \"n\"].display"}, {"value", "N"}},
                              {{"op", "add"}, {"path", "members"}, {"value", {{{"value", "m"}}}}}})));
    note(scim.del("/Users/id-1"));
    return answers + resources_of(scim);
}

/// Returns resources as somebody's bug would have them.
class Broken : public Table
{
public:
    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        auto found = Table::get(tenant, type, id);
        if (found && *found)
            spoil(**found);
        return found;
    }
    result<void> list(std::string_view tenant, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        return Table::list(tenant, type,
                           [&](Resource&& resource)
                           {
                               spoil(resource);
                               return sink(std::move(resource));
                           });
    }

    std::function<void(Resource&)> spoil = [](Resource&) {};
};

/// A database that compares keys without letter case, as many do.
class CaselessTable : public Table
{
public:
    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        return Table::get(tenant, type, id.starts_with('x') ? "1001" : id);
    }
};

struct OnBroken
{
    std::shared_ptr<Broken> table = std::make_shared<Broken>();
    std::shared_ptr<std::string> log = std::make_shared<std::string>();
    ServiceFixture scim{{.store = adapt_small_store(table),
                         .log = [log = log](LogLevel, std::string_view line) { (*log += line) += '\n'; }}};
};

} // namespace

BOOST_AUTO_TEST_CASE(a_body_that_runs_twice_does_what_it_does_once)
{
    for (auto const policy : {UnknownMembers::keep, UnknownMembers::skip})
    {
        Tolerance tolerance;
        tolerance.unknown_members = policy;
        ServiceFixture const once{{.store = memory::make_store(), .tolerance = tolerance}};
        ServiceFixture const twice{
            {.store = std::make_shared<TwiceStore>(memory::make_store()), .tolerance = tolerance}};
        BOOST_TEST(converse(twice) == converse(once));
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_runs_twice_is_told_of_once)
{
    int told = 0;
    ServiceFixture const scim{{.store = std::make_shared<TwiceStore>(memory::make_store()),
                               .observer = [&](CommittedChange const&) { ++told; }}};
    scim.create("/Groups", group("g", {"a"}));
    BOOST_TEST(told == 1);
    BOOST_TEST(scim.patch("/Groups/id-1", patch_op("add", "members", {{{"value", "b"}}})).status == 204);
    BOOST_TEST(told == 2);
}

BOOST_AUTO_TEST_CASE(what_changes_between_two_runs_of_a_body_counts)
{
    auto const inner = memory::make_store();
    auto const store = std::make_shared<TwiceStore>(inner);
    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::skip;
    ServiceFixture const scim{{.store = store, .tolerance = tolerance}};
    // The first run finds no "late", leaves it out, and is thrown away.
    store->between = [&]
    {
        ResourceType const& type = *scim.service.registry().find_resource_type("User");
        scim.store_directly({.type = &type, .id = "late", .attributes = {{"userName", "late"}}});
    };
    Reply const created = scim.post("/Groups", group("g", {"late", "never"}));
    BOOST_TEST(created.status == 201);
    BOOST_TEST(created.size("/members") == 1);
    BOOST_TEST(created.text("/members/0/value") == "late");
    BOOST_TEST(created.text("/members/0/type") == "User");
}

// A long PATCH is worked out before the write transaction, on a state that may be over by then.
BOOST_AUTO_TEST_CASE(a_long_patch_is_applied_to_what_is_there_when_it_is_stored)
{
    auto const store = std::make_shared<TwiceStore>(memory::make_store());
    ServiceFixture const scim{{.store = store}};
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    json::array operations;
    for (int i = 0; i < 40; ++i)
        operations.push_back(json::object{{"op", "add"},
                                          {"path", "emails"},
                                          {"value", json::array{json::object{{"value", std::to_string(i) + "@x"}}}}});
    store->between = [&]
    {
        scim.patch(target, patch_op("add", "emails", json::array{json::object{{"value", "between@x"}}}));
        scim.patch(target, patch_op("add", "title", "between"));
    };
    BOOST_TEST(scim.patch(target, patch_op(operations)).status == 200);
    Reply const reply = scim.get(target);
    BOOST_TEST(reply.size("/emails") == 41);
    BOOST_TEST(reply.text("/title") == "between");
}

BOOST_FIXTURE_TEST_CASE(a_malformed_resource_is_a_fault_that_names_it, OnBroken)
{
    std::string const extension{urn::enterprise_user};
    auto const ada = scim.create("/Users", user("ada"));
    auto const id = scim.create("/Groups", group("g", {ada}));
    std::vector<std::pair<std::string, std::function<void(Resource&)>>> const faults{
        {"/Users/" + ada,
         [&](Resource& resource) {
             resource.attributes[extension] = {{"manager", "26"}};
         }},
        {"/Users/" + ada,
         [&](Resource& resource) {
             resource.attributes[extension] = {{"manager", {"26"}}};
         }},
        {"/Groups/" + id, [](Resource& resource) { resource.attributes["members"] = "26"; }},
        {"/Groups/" + id,
         [](Resource& resource) {
             resource.attributes["members"] = {1, 2};
         }},
        {"/Groups/" + id, [](Resource& resource) { resource.attributes["members"] = nullptr; }},
    };
    for (auto const& [target, fault] : faults)
    {
        std::string const type = target.starts_with("/Users") ? "User" : "Group";
        table->spoil = [&](Resource& resource)
        {
            if (resource.type->name() == type)
                fault(resource);
        };
        log->clear();
        for (int const status : {scim.get(target).status, scim.get("/" + type + "s").status,
                                 scim.put(target, type == "User" ? user("ada") : group("g")).status,
                                 scim.patch(target, patch_op("add", "externalId", "x")).status})
            BOOST_TEST(status == 500, target << ' ' << *log);
        BOOST_TEST(log->find(type + " \"" + target.substr(target.rfind('/') + 1) + "\"") != std::string::npos, *log);
    }
    table->spoil = [](Resource& resource)
    {
        if (resource.type->name() == "Group")
            resource.attributes["members"] = "26";
    };
    BOOST_TEST(scim.del("/Groups/" + id).status == 204); // what is malformed can be taken away
    table->spoil = [](Resource&) {};
    BOOST_TEST(scim.get("/Users/" + ada).status == 200);
    BOOST_TEST(scim.del("/Users/" + ada).status == 204);
}

BOOST_FIXTURE_TEST_CASE(malformed_groups_are_a_fault_of_whoever_belongs_to_them, OnBroken)
{
    auto const ada = scim.create("/Users", user("ada"));
    scim.create("/Groups", group("g", {ada}));
    for (json::value const& members : {json::value{"x"}, json::value{1, 2}, json::value{{"value", "x"}}})
    {
        table->spoil = [&](Resource& resource)
        {
            if (resource.type->name() == "Group")
                resource.attributes["members"] = members;
        };
        BOOST_TEST(scim.get("/Users/" + ada).status == 500);
        BOOST_TEST(scim.get("/Users").status == 500);
    }
}

BOOST_FIXTURE_TEST_CASE(values_of_the_wrong_kind_are_never_written_over, OnBroken)
{
    auto const ada = scim.create("/Users", user("ada"));
    for (auto const& [name, value] : {std::pair<char const*, json::value>{"emails", "x"},
                                      {"emails", {"x"}},
                                      {"name", {"x"}},
                                      {"name", "x"},
                                      {"userName", 7},
                                      {"active", "true"},
                                      {"userName", {{"x", 1}}}})
    {
        table->spoil = [&](Resource& resource) { resource.attributes[name] = value; };
        BOOST_TEST(scim.patch("/Users/" + ada, patch_op("add", "emails", {{{"value", "a@x.example"}}})).status == 500);
        BOOST_TEST(scim.put("/Users/" + ada, user("ada")).status == 500);
        BOOST_TEST(scim.patch("/Users/" + ada, patch_op("replace", "password", "secret")).status == 500);
    }
    table->spoil = [](Resource& resource) { resource.type = nullptr; };
    BOOST_TEST(scim.get("/Users/" + ada).status == 200, "the type is the adapter's to say");
}

BOOST_AUTO_TEST_CASE(ids_are_exact_whatever_a_database_thinks_of_letter_case)
{
    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::reject;
    ServiceFixture const scim{{.store = adapt_small_store(std::make_shared<CaselessTable>()), .tolerance = tolerance}};
    scim.create("/Users", user("ada"));
    BOOST_TEST(scim.get("/Users/1001").status == 200);
    BOOST_TEST(scim.get("/Users/x1001").status == 404);
    BOOST_TEST(scim.del("/Users/x1001").status == 404);
    BOOST_TEST(scim.post("/Groups", group("g", {"x1001"})).status == 400);
    BOOST_TEST(scim.post("/Groups", group("g", {"1001"})).status == 201);
}

BOOST_AUTO_TEST_CASE(a_transaction_within_another_of_the_same_store_is_an_error_and_no_deadlock)
{
    auto const store = adapt_small_store(std::make_shared<Table>());
    auto const other = adapt_small_store(std::make_shared<Table>());
    ServiceFixture const scim{{.store = store}};
    auto const attachment = scim.attachment();
    auto const others = other->attach(scim.service.options().registry).value();
    auto const nothing = [](ReadTransaction&) -> result<void> { return {}; };
    auto const nothing_written = [](WriteTransaction&) -> result<void> { return {}; };
    auto const nested = [&](auto& transaction) -> result<void>
    {
        static_cast<void>(transaction);
        BOOST_TEST((store->read(*attachment, "t", {}, nothing).error().code == ErrorCode::internal));
        BOOST_TEST((store->write(*attachment, "t", {}, nothing_written).error().code == ErrorCode::internal));
        return other->read(*others, "t", {},
                           [&](ReadTransaction&) { return store->read(*attachment, "t", {}, nothing); });
    };
    BOOST_TEST((store->read(*attachment, "t", {}, [&](ReadTransaction& transaction) { return nested(transaction); })
                    .error()
                    .code == ErrorCode::internal));
    BOOST_TEST((store->write(*attachment, "t", {}, [&](WriteTransaction& transaction) { return nested(transaction); })
                    .error()
                    .code == ErrorCode::internal));
    BOOST_TEST(store->read(*attachment, "t", {}, nothing).has_value());
    BOOST_TEST(store->write(*attachment, "t", {}, nothing_written).has_value());
}

BOOST_AUTO_TEST_CASE(a_principal_without_a_tenant_belongs_to_the_default_one)
{
    auto const status_in = [](ServiceFixture const& scim, std::string_view tenant, Principal principal)
    {
        return scim.service
            .handle({.method = "GET", .target = "/v2/Users", .tenant = tenant, .principal = std::move(principal)})
            .status;
    };
    ServiceFixture const scim{{.default_tenant = "home"}};
    BOOST_TEST(status_in(scim, "", {.subject = "x"}) == 200);
    BOOST_TEST(status_in(scim, "home", {.subject = "x"}) == 200);
    BOOST_TEST(status_in(scim, "other", {.subject = "x"}) == 403);
    BOOST_TEST(status_in(scim, "other", {.subject = "x", .tenant = "other"}) == 200);
    ServiceFixture const spanning{{.default_tenant = "home", .principals_span_tenants = true}};
    BOOST_TEST(status_in(spanning, "other", {.subject = "x"}) == 200);
    BOOST_TEST(status_in(spanning, "other", {.subject = "x", .tenant = "home"}) == 403);
    // What is public is about no tenant.
    BOOST_TEST(
        scim.service.handle({.method = "GET", .target = "/v2/ServiceProviderConfig", .tenant = "other"}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
