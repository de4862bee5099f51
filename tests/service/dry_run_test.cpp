// A dry run answers as the write would be answered, and not a byte of the store is different afterwards.
#include <scimkit/schema/registry.hpp>

#include "model/journal_store.hpp"
#include "support/service_fixture.hpp"
#include "support/shared_engine.hpp"
#include "support/table_store.hpp"

#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>

#include <filesystem>
#endif

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(dry_run)

namespace
{

/// The same answers twice: the clock stands still, and ids can be counted from the same number again.
class StillEnvironment : public Environment
{
public:
    Instant now() override { return Instant{std::chrono::sys_days{std::chrono::January / 1 / 2027}}; }
    std::string new_id() override { return "id-" + std::to_string(++ids); }

    int ids = 0;
};

/// A store, and a way to see all that is in it.
struct Watched
{
    std::string name;
    std::shared_ptr<ResourceStore> store;
    std::function<std::string(SchemaRegistry const&)> content;
    bool exact_versions = true; ///< a write makes the version that its dry run has shown
};

Watched watch(std::string name, std::unique_ptr<kv::Engine> engine)
{
    std::shared_ptr<kv::Engine> const shared{std::move(engine)};
    return {std::move(name), kv::make_store(std::make_unique<SharedEngine>(shared)).value(),
            [shared](SchemaRegistry const&) { return bytes_of(*shared); }};
}

Watched watch_small_store()
{
    auto const rows = std::make_shared<JournalStore>();
    auto const content = [rows](SchemaRegistry const& registry)
    {
        std::string text;
        for (auto const& type : registry.resource_types())
        {
            auto const add = [&](Resource&& row)
            {
                text += row.id + " " + std::to_string(row.version.number()) + format_date_time(row.created) +
                        format_date_time(row.last_modified);
                write_json(text, row.attributes);
                text += "\n";
                return true;
            };
            rows->list("default", *type, add).value();
        }
        return text;
    };
    return {"small", adapt_small_store(rows), content, false};
}

std::vector<Watched> all_stores()
{
    std::vector<Watched> stores;
    stores.push_back(watch("memory", memory::make_engine()));
    stores.push_back(watch_small_store());
#ifdef SCIMKIT_TEST_LMDB
    std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-dry-run-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    stores.push_back(watch("lmdb", lmdb::open_engine(pattern, {.fsync = false}).value()));
    std::filesystem::remove_all(pattern); // the files are open, and go when they are closed
#endif
    return stores;
}

/// Status, headers and body. Without versions: those of what is stored, which some stores take from a clock, and which
/// a dry run cannot know.
std::string text_of(Reply const& reply, bool with_versions)
{
    std::string text = std::to_string(reply.status) + "\n";
    for (ResponseHeader const& header : reply.response.headers)
        if (with_versions || header.name != "ETag")
            text += header.name + ": " + header.value + "\n";
    auto body = reply.response.body;
    constexpr std::string_view begin = R"(,"version":"W/\")";
    for (std::size_t at = 0; !with_versions && (at = body.find(begin, at)) != std::string::npos;)
        body.erase(at, body.find(R"(\"")", at + begin.size()) + 3 - at);
    return text + body;
}

struct Step
{
    std::string method;
    std::string target;
    json::value body{};
    Headers headers{};
};

json::object members(std::vector<std::string> const& ids)
{
    json::array elements;
    for (std::string const& id : ids)
        elements.push_back(json::object{{"value", id}});
    return patch_op("add", "members", elements);
}

/// Every writing operation: some change something, some nothing, some are refused.
std::vector<Step> all_writes()
{
    json::object const secret{{"password", "new secret"}, {"title", "x"}};
    return {{"POST", "/Users", user("ada", {{"password", "secret"}})},
            {"POST", "/Users", user("ada")}, // 409
            {"POST", "/Users", user("bob")},
            {"POST", "/Users", {{"userName", 1}}}, // 400
            {"POST", "/Groups?attributes=members", group("g", {"id-1", "ghost"})},
            {"PUT", "/Users/id-1", user("ada", secret)},
            {"PUT", "/Users/id-1", user("ada", secret)}, // nothing changes
            {"PUT", "/Users/id-1", user("bob")},         // 409
            {"PUT", "/Users/id-1", user("ada"), {{"If-Match", "W/\"none\""}}},
            {"PUT", "/Users/ghost", user("x")},
            {"PUT", "/Groups/id-5", group("g", {"id-1"})},
            {"PATCH", "/Users/id-1", patch_op("add", "password", "third")},
            {"PATCH", "/Users/id-1", patch_op("add", "title", json::value(std::string(2'000, 'x')))},
            {"PATCH", "/Users/id-1", patch_op("jump", "title", "x")},
            {"PATCH", "/Users/ghost", patch_op("add", "title", "x")},
            {"PATCH", "/Groups/id-5", members({"id-1", "id-3", "id-9"})},
            {"PATCH", "/Groups/id-5?attributes=members", members({"id-3", "id-4"})},
            {"PATCH", "/Groups/id-5", patch_op("remove", "members[value eq \"id-9\"]")},
            {"PATCH", "/Groups/id-5", patch_op("replace", "members", {{{"value", "id-1"}}, {{"value", "id-3"}}})},
            {"PATCH", "/Groups/id-5", patch_op("replace", "members[value eq \"id-1\"].display", "A")},
            {"DELETE", "/Users/id-1", {}, {{"If-Match", "W/\"none\""}}},
            {"DELETE", "/Users/id-1"},
            {"DELETE", "/Users/id-1"},
            {"DELETE", "/Groups/id-5"}};
}

Reply send(ServiceFixture const& scim, Step const& step, bool dry)
{
    Headers headers = step.headers;
    if (dry)
        headers.emplace_back("SCIM-Dry-Run", "true");
    return scim.send(step.method, step.target, step.body.is_null() ? "" : ServiceFixture::text_of(step.body),
                     std::move(headers));
}

/// Each step is run dry and then carried out.
void compare_dry_and_wet(Watched const& watched, std::uint64_t work_as_writer)
{
    auto const environment = std::make_shared<StillEnvironment>();
    ServiceFixture const scim{{.store = watched.store,
                               .environment = environment,
                               .limits = {.max_work_as_writer = work_as_writer},
                               .dry_run_header = true}};
    auto const content = [&] { return watched.content(scim.service.registry()); };
    for (Step const& step : all_writes())
        BOOST_TEST_CONTEXT(watched.name << ": " << step.method << " " << step.target)
        {
            auto const ids = environment->ids;
            auto const before = content();
            auto const dry = send(scim, step, true);
            BOOST_TEST((content() == before)); // bytes: not to be printed
            environment->ids = ids;
            auto const wet = send(scim, step, false);
            bool const changed = content() != before;
            bool const with_versions = watched.exact_versions && !changed;
            BOOST_TEST(text_of(dry, with_versions) == text_of(wet, with_versions));
            // It would be the version of somebody else's write.
            BOOST_TEST((!changed || text_of(dry, true) == text_of(dry, false)));
            BOOST_TEST((wet.status >= 400 ? content() == before : true));
        }
    BOOST_TEST(scim.get("/Users/id-3").status == 200); // what was meant to be stored was
    BOOST_TEST(scim.get("/Users/id-1").status == 404);
}

/// A service on a store without transactions.
struct OnTable
{
    explicit OnTable(bool header)
        : scim{{.store = adapt_small_store(std::make_shared<Table>()), .dry_run_header = header}}
    {
    }
    ServiceFixture scim;
};

Response handle_dry(ServiceFixture const& scim, std::string_view method, std::string_view target, std::string_view body)
{
    return scim.service.handle({.method = method,
                                .target = target,
                                .headers = {{"Content-Type", "application/scim+json"}},
                                .body = body,
                                .dry_run = true});
}

} // namespace

BOOST_AUTO_TEST_CASE(it_answers_as_the_write_does_and_stores_nothing_in_any_store)
{
    // With little work allowed as the writer everything is worked out ahead.
    auto const stores = all_stores();
    auto const stores_of_others = all_stores();
    for (Watched const& watched : stores)
        compare_dry_and_wet(watched, ServiceLimits{}.max_work_as_writer);
    for (Watched const& watched : stores_of_others)
        compare_dry_and_wet(watched, 1);
}

BOOST_AUTO_TEST_CASE(a_header_that_is_not_offered_is_refused_and_never_passed_over)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    auto const changes = patch_op("add", "title", "x");
    for (char const* value : {"true", "TRUE", "yes", "?1"})
        BOOST_TEST(scim.patch("/Users/" + id, changes, {{"SCIM-Dry-Run", value}}).status == 501);
    BOOST_TEST(scim.del("/Users/" + id, {{"scim-dry-run", "true"}}).status == 501);
    BOOST_TEST(scim.post("/Users", user("bob"), {{"SCIM-Dry-Run", "true"}}).status == 501);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
    BOOST_TEST(!scim.get("/Users/" + id).has("/title"));
    BOOST_TEST(scim.patch("/Users/" + id, changes, {{"SCIM-Dry-Run", "false"}}).status == 200);
    BOOST_TEST(scim.get("/Users/" + id).text("/title") == "x");
}

BOOST_AUTO_TEST_CASE(the_header_says_true_or_false_and_one_true_is_enough)
{
    ServiceFixture const scim{{.dry_run_header = true}};
    BOOST_TEST(scim.post("/Users", user("a"), {{"SCIM-Dry-Run", "maybe"}}).status == 400);
    BOOST_TEST(scim.post("/Users", user("a"), {{"SCIM-Dry-Run", "false"}, {"SCIM-Dry-Run", " True "}}).status == 201);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(scim.post("/Users", user("a"), {{"SCIM-Dry-Run", "False"}}).status == 201);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
}

BOOST_AUTO_TEST_CASE(a_read_is_a_read)
{
    for (bool const offered : {false, true})
    {
        ServiceFixture const scim{{.dry_run_header = offered}};
        auto const id = scim.create("/Users", user("ada"));
        Headers const dry{{"SCIM-Dry-Run", "true"}};
        BOOST_TEST(scim.get("/Users/" + id, dry).status == 200);
        BOOST_TEST(scim.get("/Users", dry).number("/totalResults") == 1);
        json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}};
        BOOST_TEST(scim.post("/Users/.search", search, dry).number("/totalResults") == 1);
        BOOST_TEST(scim.get("/Schemas", dry).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(an_application_may_ask_for_it_without_the_header)
{
    ServiceFixture const scim;
    auto const id = scim.create("/Users", user("ada"));
    std::string const target = "/v2/Users/" + id;
    BOOST_TEST(handle_dry(scim, "POST", "/v2/Users", R"({"userName":"bob"})").status == 201);
    BOOST_TEST(handle_dry(scim, "PUT", target, R"({"userName":"bob"})").status == 200);
    BOOST_TEST(handle_dry(scim, "DELETE", target, "").status == 204);
    BOOST_TEST(scim.get("/Users").number("/totalResults") == 1);
    BOOST_TEST(scim.get("/Users/" + id).text("/userName") == "ada");
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_take_a_write_back_refuses)
{
    OnTable const with{true};
    BOOST_TEST(with.scim.post("/Users", user("a"), {{"SCIM-Dry-Run", "true"}}).status == 501);
    OnTable const without{false};
    BOOST_TEST(handle_dry(without.scim, "POST", "/v2/Users", R"({"userName":"bob"})").status == 501);
    BOOST_TEST(with.scim.get("/Users").number("/totalResults") == 0);
    BOOST_TEST(without.scim.get("/Users").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
