// What an application is told of changes: all that was committed, once, and no secret.
#include <scimkit/schema/registry.hpp>
#include <scimkit/service/committed_change.hpp>

#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(observer)

namespace
{

std::string text_of(Resource const* resource)
{
    if (!resource)
        return "-";
    std::string text;
    write_json(text, resource->attributes);
    return text;
}

std::string text_of(CommittedChange const& change)
{
    constexpr char const* operations[] = {"create", "read", "query", "replace", "patch", "remove", "discover"};
    std::string text = operations[static_cast<int>(change.operation)];
    text += " " + change.type.name() + " " + std::string{change.id} + " " + text_of(change.before) + " " +
            text_of(change.after);
    for (std::string const& path : change.changed)
        text += " " + path;
    for (ElementsChanged const& elements : change.elements)
    {
        text += " " + elements.attribute.path() + "(";
        for (std::string const& value : elements.came)
            text += "+" + value;
        for (std::string const& value : elements.went)
            text += "-" + value;
        text += ")";
    }
    return text;
}

using Told = std::vector<std::string>;

/// A service whose changes are noted as text.
class Observed
{
public:
    explicit Observed(ServiceOptions options = {})
        : scim(with_observer(std::move(options)))
    {
    }

    /// Since the last time.
    Told take() { return std::exchange(*told_, {}); }
    std::string take_one()
    {
        auto told = take();
        BOOST_TEST(told.size() == 1u);
        return told.size() == 1 ? told.front() : std::string{};
    }

private:
    ServiceOptions with_observer(ServiceOptions options)
    {
        options.observer = [told = told_](CommittedChange const& change) { told->push_back(text_of(change)); };
        return options;
    }

    std::shared_ptr<Told> told_ = std::make_shared<Told>();

public:
    ServiceFixture scim;
};

/// The stores differ in how they keep members.
std::vector<std::shared_ptr<ResourceStore>> both_stores()
{
    return {memory::make_store(), adapt_small_store(std::make_shared<JournalStore>())};
}

} // namespace

BOOST_AUTO_TEST_CASE(every_kind_of_write_is_told_with_what_was_and_what_is)
{
    for (auto const& store : both_stores())
    {
        Observed observed{{.store = store}};
        auto const& scim = observed.scim;
        auto const id = scim.create("/Users", user("ada", {{"title", "x"}}));
        BOOST_TEST(observed.take_one() == "create User id-1 - "
                                          R"({"userName":"ada","title":"x"})");
        scim.put("/Users/" + id, user("ada", {{"active", true}}));
        BOOST_TEST(observed.take_one() == "replace User id-1 "
                                          R"({"userName":"ada","title":"x"} )"
                                          R"({"userName":"ada","active":true} active title)");
        scim.patch("/Users/" + id, patch_op("replace", "active", false));
        BOOST_TEST(observed.take_one() == "patch User id-1 "
                                          R"({"userName":"ada","active":true} )"
                                          R"({"userName":"ada","active":false} active)");
        scim.del("/Users/" + id);
        BOOST_TEST(observed.take_one() == "remove User id-1 "
                                          R"({"userName":"ada","active":false} -)");
    }
}

BOOST_AUTO_TEST_CASE(an_extension_is_told_by_its_attributes)
{
    Observed observed;
    std::string const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    auto const id = observed.scim.create("/Users", user("ada", {{enterprise, {{"department", "d"}}}}));
    observed.take();
    observed.scim.patch("/Users/" + id, patch_op("replace", enterprise + ":department", "e"));
    auto const told = observed.take_one();
    BOOST_TEST(told.ends_with("} " + enterprise + ":department"));
    BOOST_TEST(told.find(R"({"department":"e"})") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_external_id_is_told_though_no_schema_has_it)
{
    Observed observed;
    auto const id = observed.scim.create("/Users", user("ada", {{"externalId", "e1"}}));
    BOOST_TEST(observed.take_one().find(R"("externalId":"e1")") != std::string::npos);
    observed.scim.patch("/Users/" + id, patch_op("replace", "externalId", "e2"));
    auto const changed = observed.take_one();
    BOOST_TEST(changed.find(R"("externalId":"e1")") != std::string::npos);
    BOOST_TEST(changed.find(R"("externalId":"e2")") != std::string::npos);
    observed.scim.del("/Users/" + id);
    BOOST_TEST(observed.take_one().find(R"("externalId":"e2")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(members_are_told_as_what_came_and_went_whichever_way_and_in_every_store)
{
    auto stores = both_stores();
    auto const others = both_stores();
    stores.insert(stores.end(), others.begin(), others.end());
    for (auto const& store : stores)
    {
        bool const ahead = std::ranges::count(others, store) > 0; // all is worked out before the transaction
        std::uint64_t const work_as_writer = ahead ? 1 : ServiceLimits{}.max_work_as_writer;
        Observed observed{{.store = store, .limits = {.max_work_as_writer = work_as_writer}}};
        auto const& scim = observed.scim;
        auto const patch = [&](json::object const& changes)
        {
            BOOST_TEST(scim.patch("/Groups/id-1", changes).status == 204);
            return observed.take_one();
        };
        std::string const same = R"(Group id-1 {"displayName":"g"} {"displayName":"g"} members members)";
        scim.create("/Groups", group("g", {"a", "b"}));
        BOOST_TEST(observed.take_one() == R"(create Group id-1 - {"displayName":"g"} members(+a+b))");
        BOOST_TEST(patch(patch_op("add", "members", {{{"value", "b"}}, {{"value", "c"}}, {{"value", "c"}}})) ==
                   "patch " + same + "(+c)");
        BOOST_TEST(patch(patch_op("remove", "members", {{{"value", "b"}}, {{"value", "x"}}})) ==
                   "patch " + same + "(-b)");
        BOOST_TEST(patch(patch_op("remove", "members[value eq \"c\"]")) == "patch " + same + "(-c)");
        BOOST_TEST(patch(patch_op("replace", "members", {{{"value", "d"}}, {{"value", "e"}}})) ==
                   "patch " + same + "(+d+e-a)");
        BOOST_TEST(patch(patch_op({{{"op", "add"}, {"path", "members"}, {"value", {{{"value", "f"}}}}},
                                   {{"op", "remove"}, {"path", "members[value eq \"d\"]"}}})) ==
                   "patch " + same + "(+f-d)");
        BOOST_TEST(scim.put("/Groups/id-1", group("g", {"e", "h"})).status == 200);
        BOOST_TEST(observed.take_one() == "replace " + same + "(+h-f)");
        BOOST_TEST(patch(patch_op("add", "members[value eq \"h\"].display", "H")) ==
                   R"(patch Group id-1 {"displayName":"g"} {"displayName":"g"} members)");
        BOOST_TEST(scim.del("/Groups/id-1").status == 204);
        BOOST_TEST(observed.take_one() == R"(remove Group id-1 {"displayName":"g"} - members(-e-h))");
    }
}

BOOST_AUTO_TEST_CASE(members_are_told_once_for_all_operations_of_a_patch_in_every_store)
{
    for (NamedStore const& store : all_stores())
        for (bool const ahead : {false, true}) // all is worked out before the transaction
            BOOST_TEST_CONTEXT(store << " " << ahead)
            {
                std::uint64_t const work_as_writer = ahead ? 1 : ServiceLimits{}.max_work_as_writer;
                Observed observed{{.store = store.make(), .limits = {.max_work_as_writer = work_as_writer}}};
                auto const id = observed.scim.create("/Groups", group("g", {"a", "b"}));
                observed.take();
                auto const add = [](std::string_view value) {
                    return json::object{{"op", "add"}, {"path", "members"}, {"value", {{{"value", value}}}}};
                };
                auto const remove = [](std::string const& value) {
                    return json::object{{"op", "remove"}, {"path", "members[value eq \"" + value + "\"]"}};
                };
                auto const told = [&](json::array operations)
                {
                    auto const answer = observed.scim.patch("/Groups/" + id, patch_op(std::move(operations)));
                    BOOST_TEST(answer.status == 204);
                    auto all = observed.take();
                    return all.empty() ? std::string{} : all.front().substr(all.front().find("} ") + 2);
                };
                std::string const same = R"({"displayName":"g"} members members)";
                BOOST_TEST(told({add("c"), remove("a"), add("d"), remove("x")}) == same + "(+c+d-a)");
                BOOST_TEST(told({add("e"), remove("b"), remove("e")}) == same + "(-b)");
                BOOST_TEST(told({remove("c"), add("c")}) == "");
                BOOST_TEST(
                    told({add("e"), remove("e"), {{"op", "replace"}, {"path", "displayName"}, {"value", "h"}}}) ==
                    R"({"displayName":"h"} displayName)");
            }
}

BOOST_AUTO_TEST_CASE(the_groups_that_a_removed_user_leaves_are_told_after_it)
{
    for (auto const& store : both_stores())
    {
        Observed observed{{.store = store}};
        auto const& scim = observed.scim;
        auto const id = scim.create("/Users", user("ada"));
        scim.create("/Groups", group("one", {id, "other"}));
        scim.create("/Groups", group("two", {"other"}));
        scim.create("/Groups", group("three", {id}));
        observed.take();
        BOOST_TEST(scim.del("/Users/" + id).status == 204);
        auto const told = observed.take();
        BOOST_REQUIRE(told.size() == 3u);
        BOOST_TEST(told[0] == R"(remove User id-1 {"userName":"ada"} -)");
        BOOST_TEST(
            (std::set<std::string>{told[1], told[2]} ==
             std::set<std::string>{
                 R"(remove Group id-2 {"displayName":"one"} {"displayName":"one"} members members(-id-1))",
                 R"(remove Group id-4 {"displayName":"three"} {"displayName":"three"} members members(-id-1))"}));
    }
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_fails_or_is_a_dry_run_is_not_told)
{
    for (auto const& store : both_stores())
    {
        Observed observed{{.store = store, .dry_run_header = true}};
        auto const& scim = observed.scim;
        auto const id = scim.create("/Users", user("ada"));
        scim.create("/Groups", group("g", {id}));
        observed.take();
        BOOST_TEST(scim.put("/Users/" + id, user("ada")).status == 200);
        BOOST_TEST(scim.patch("/Users/" + id, patch_op("add", "userName", "ada")).status == 200);
        BOOST_TEST(scim.patch("/Groups/id-2", patch_op("add", "members", {{{"value", id}}})).status == 204);
        BOOST_TEST(scim.patch("/Groups/id-2", patch_op("remove", "members[value eq \"x\"]")).status == 204);
        BOOST_TEST(scim.post("/Users", user("ada")).status == 409);
        BOOST_TEST(scim.put("/Users/ghost", user("x")).status == 404);
        BOOST_TEST(scim.del("/Users/" + id, {{"If-Match", "W/\"0\""}}).status == 412);
        BOOST_TEST(scim.del("/Users/" + id, {{"SCIM-Dry-Run", "true"}}).status == 204);
        BOOST_TEST(scim.post("/Users", user("bob"), {{"SCIM-Dry-Run", "true"}}).status == 201);
        BOOST_TEST(scim.get("/Users").status == 200);
        BOOST_TEST(observed.take().empty());
    }
}

BOOST_AUTO_TEST_CASE(no_secret_is_told_but_that_one_changed)
{
    Schema const vault{
        .id = "urn:example:vault",
        .name = "Vault",
        .attributes = {
            {.name = "pin", .returned = Returned::never},
            {.name = "key",
             .type = AttributeType::complex,
             .mutability = Mutability::write_only,
             .returned = Returned::never,
             .sub_attributes = {{.name = "part", .mutability = Mutability::write_only}}},
            {.name = "box",
             .type = AttributeType::complex,
             .multi_valued = true,
             .sub_attributes = {{.name = "label"},
                                {.name = "code", .mutability = Mutability::write_only, .returned = Returned::never}}}}};
    auto registry = SchemaRegistry::Builder{}.add_rfc7643().add(vault).extend("User", vault.id).build().value();
    Observed observed{{.registry = registry}};
    auto const& scim = observed.scim;
    json::object const inside{
        {"pin", "sesame1"}, {"key", {{"part", "sesame2"}}}, {"box", {{{"label", "seen"}, {"code", "sesame3"}}}}};
    auto const id = scim.create("/Users", user("ada", {{"password", "sesame4"}, {vault.id, inside}}));
    BOOST_TEST(scim.put("/Users/" + id, user("ada", {{"password", "sesame5"}})).status == 200);
    BOOST_TEST(scim.patch("/Users/" + id, patch_op("replace", "password", "sesame6")).status == 200);
    BOOST_TEST(scim.del("/Users/" + id).status == 204);
    auto const told = observed.take();
    BOOST_REQUIRE(told.size() == 4u);
    for (std::string const& text : told)
    {
        BOOST_TEST(text.find("sesame") == std::string::npos, text);
        BOOST_TEST(text.find("fake$") == std::string::npos, text);
    }
    BOOST_TEST(told[0].find(R"({"box":[{"label":"seen"}]})") != std::string::npos, told[0]);
    BOOST_TEST(told[1].find(" password") != std::string::npos, told[1]);
    BOOST_TEST(told[2].ends_with(" password"), told[2]);
}

BOOST_AUTO_TEST_CASE(what_is_computed_is_not_told_as_if_it_were_stored)
{
    Observed observed;
    auto const id = observed.scim.create("/Users", user("ada"));
    observed.scim.create("/Groups", group("g", {id}));
    observed.take();
    auto const patched = observed.scim.patch("/Users/" + id, patch_op("add", "title", "x"));
    BOOST_TEST(patched.has("/groups"));
    BOOST_TEST(observed.take_one().find("groups") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_hears_who_did_it_where_and_in_which_request)
{
    std::string heard;
    ServiceFixture const scim{{.authenticator = no_authentication("okta"),
                               .principals_span_tenants = true,
                               .observer = [&](CommittedChange const& change)
                               {
                                   heard = change.principal.subject + " " + std::string{change.tenant} + " " +
                                           std::string{change.trace_id} + " " + format_version(change.after->version);
                               }}};
    auto const answer = scim.service.handle({.method = "POST",
                                             .target = "/v2/Users",
                                             .headers = {{"Content-Type", "application/scim+json"}},
                                             .body = R"({"userName":"ada"})",
                                             .tenant = "north",
                                             .trace_id = "r-1"});
    BOOST_TEST(answer.status == 201);
    BOOST_TEST(heard == "okta north r-1 " + std::string{answer.header("ETag")});
}

BOOST_AUTO_TEST_CASE(what_it_throws_changes_nothing_and_is_logged)
{
    std::string log;
    int told = 0;
    auto const throwing = [&](CommittedChange const&)
    {
        if (++told % 2 == 0)
            throw 42; // NOLINT: anything may come from a plug-in
        throw std::runtime_error{"no room for the audit"};
    };
    auto const note = [&](LogLevel level, std::string_view line)
    { (log += level == LogLevel::error ? "error " : "other ") += std::string{line} + "\n"; };
    ServiceFixture const scim{{.observer = throwing, .log = note}};
    auto const id = scim.create("/Users", user("ada"));
    BOOST_TEST(log == "error request : the observer of changes failed: no room for the audit\n");
    scim.create("/Groups", group("g", {id}));
    log.clear();
    BOOST_TEST(scim.del("/Users/" + id).status == 204);
    BOOST_TEST(told == 4); // the group was told of although the user had failed
    BOOST_TEST(scim.get("/Users/" + id).status == 404);
    BOOST_TEST(scim.get("/Groups").size("/Resources/0/members") == -1);
}

BOOST_AUTO_TEST_CASE(it_runs_outside_the_transaction_and_after_the_commit)
{
    Service const* service = nullptr;
    int status = 0;
    ServiceFixture const scim{{.observer = [&](CommittedChange const& change)
                               {
                                   std::string const target = "/v2/Users/" + std::string{change.id};
                                   status = service->handle({.method = "GET", .target = target}).status;
                               }}};
    service = &scim.service;
    scim.create("/Users", user("ada"));
    BOOST_TEST(status == 200);
}

// The example of docs/embedding.md.
BOOST_AUTO_TEST_CASE(sessions_can_be_ended_when_a_user_is_deactivated)
{
    struct Sessions
    {
        std::set<std::string, std::less<>> open{"id-1", "id-2"};
        void end(std::string_view user) { open.erase(std::string{user}); }
    } sessions;
    auto const is_active = [](Resource const& user)
    {
        auto const* active = user.attributes.if_contains("active");
        return !active || *active == true;
    };

    ServiceOptions options;
    options.observer = [&](CommittedChange const& change)
    {
        if (change.type.name() != "User" || !change.before)
            return;
        bool const may_stay = change.after && is_active(*change.after);
        bool const new_password = std::ranges::count(change.changed, "password") > 0;
        if (!may_stay || new_password)
            sessions.end(change.id);
    };

    ServiceFixture const scim{std::move(options)};
    scim.create("/Users", user("ada"));
    scim.create("/Users", user("bob"));
    scim.patch("/Users/id-1", patch_op("add", "title", "x"));
    BOOST_TEST(sessions.open.size() == 2u);
    scim.patch("/Users/id-1", patch_op("replace", "active", false));
    BOOST_TEST(!sessions.open.contains("id-1"));
    scim.patch("/Users/id-2", patch_op("replace", "password", "other"));
    BOOST_TEST(sessions.open.empty());
}

BOOST_AUTO_TEST_SUITE_END()
