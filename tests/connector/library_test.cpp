// The library without the program: a source, its copy and a target in one process, over stores in memory.
#include <scimkit/connector/import.hpp>
#include <scimkit/connector/lifecycle.hpp>
#include <scimkit/connector/push.hpp>
#include <scimkit/connector/report.hpp>
#include <scimkit/connector/run_state.hpp>
#include <scimkit/memory/memory_store.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdlib.h>

using namespace scimkit;
using namespace scimkit::connector;

BOOST_AUTO_TEST_SUITE(connector_library)

namespace
{

namespace fs = std::filesystem;

struct Folder
{
    Folder()
    {
        auto pattern = (fs::temp_directory_path() / "scimkit-connector-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()));
        path = pattern;
    }
    ~Folder()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }

    fs::path path;
};

/// A server in this process, and a client of it.
struct Server
{
    Server()
        : service(Service::create({.base_url = "https://scim.example.com/v2",
                                   .store = memory::make_store(),
                                   .authenticator = principal_required()})
                      .value())
        , client(client::Client::create({.base_url = "https://scim.example.com/v2",
                                         .transport = client::service_transport(service, Principal{.subject = "test"})})
                     .value())
    {
    }

    std::string user(std::string const& name, bool active = true)
    {
        json::object const body{
            {"schemas", json::array{json::string{urn::user}}}, {"userName", name}, {"active", active}};
        return client.create("/Users", body).value().id;
    }

    std::string group(std::string const& name, std::string const& member)
    {
        json::object const body{{"schemas", json::array{json::string{urn::group}}},
                                {"displayName", name},
                                {"members", json::array{json::object{{"value", member}}}}};
        return client.create("/Groups", body).value().id;
    }

    void replace(std::string const& id, std::string const& attribute, json::value value)
    {
        json::array operations;
        operations.emplace_back(json::object{{"op", "replace"}, {"path", attribute}, {"value", std::move(value)}});
        BOOST_REQUIRE(client.patch("/Users", id, std::move(operations)).has_value());
    }

    client::Page users() const { return client.query("/Users").value(); }

    Service service;
    client::Client client;
};

/// A source with its directory and its copy, which is opened for each run as one on a disk would be.
struct Copied
{
    explicit Copied(Server const& server)
        : source{.name = "hr",
                 .directory = folder.path,
                 .client = &server.client,
                 .discovery = client::discover(server.client).value()}
        , store(memory::make_store())
        , open([this] { return Mirror::create(store); })
    {
    }

    Run import(ImportOptions const& options = {}) { return import_all(source, open, options, observer).value(); }
    Run sync(SyncOptions const& options = {}) { return sync_changes(source, open, options, observer).value(); }

    Folder folder;
    Source source;
    std::shared_ptr<ResourceStore> store;
    OpenMirror open;
    Observer observer;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_copy_is_made_and_kept_up_to_date)
{
    Server hr;
    auto const ada = hr.user("ada"), bob = hr.user("bob"), eve = hr.user("eve");
    hr.group("engineering", ada);
    Copied copied{hr};

    auto const dry = copied.import({.dry_run = true});
    BOOST_TEST(dry.counts.at("User").created == 3U);
    BOOST_TEST(dry.dry_run);
    BOOST_TEST(copied.open().value()->count("User").value() == 0U);
    BOOST_TEST(!RunState::read(copied.folder.path).value().imported());

    auto const taken = copied.import();
    BOOST_TEST(taken.counts.at("User").created == 3U);
    BOOST_TEST(taken.counts.at("User").joiners == 3U);
    BOOST_TEST(taken.counts.at("Group").created == 1U);
    BOOST_TEST(taken.errors.empty());
    BOOST_TEST(copied.import().counts.at("User").unchanged == 3U);

    hr.replace(ada, "active", false);
    hr.replace(bob, "title", "Manager");
    BOOST_REQUIRE(hr.client.remove("/Users", eve).has_value());
    hr.user("new");
    auto const synced = copied.sync().counts.at("User");
    BOOST_TEST(synced.created == 1U);
    BOOST_TEST(synced.changed == 2U);
    BOOST_TEST(synced.deactivated == 1U);
    BOOST_TEST(synced.removed == 1U);
    BOOST_TEST(synced.joiners == 1U);
    BOOST_TEST(synced.movers == 1U);
    BOOST_TEST(synced.leavers == 2U);

    auto const mirror = copied.open().value();
    BOOST_TEST(mirror->get("User", bob).value()->at("title") == "Manager");
    BOOST_TEST(!mirror->get("User", eve).value().has_value());
    BOOST_TEST(RunState::read(copied.folder.path).value().history().size() == 3U);
}

BOOST_AUTO_TEST_CASE(nothing_is_synchronised_before_an_import_and_nothing_taken_from_a_source_that_fails)
{
    Server hr;
    Copied copied{hr};
    auto const early = sync_changes(copied.source, copied.open, {}, copied.observer);
    BOOST_REQUIRE(!early);
    BOOST_TEST((early.error().kind == client::FailureKind::misuse));

    hr.user("ada");
    struct Dead final : client::Transport
    {
        client::outcome<client::HttpResponse> send(client::HttpRequest const&) override
        {
            return client::Failure{client::FailureKind::cut_off, {ErrorCode::unavailable, "gone"}};
        }
    };
    auto const dead = client::Client::create({.base_url = "https://scim.example.com/v2",
                                              .transport = std::make_shared<Dead>(),
                                              .retry = {.max_attempts = 1}})
                          .value();
    auto source = copied.source;
    source.client = &dead;
    auto const failed = import_all(source, copied.open, {}, copied.observer);
    BOOST_REQUIRE(!failed);
    BOOST_TEST((failed.error().kind == client::FailureKind::cut_off));
    BOOST_TEST(copied.open().value()->count("User").value() == 0U);
    BOOST_TEST(copied.import().counts.at("User").created == 1U);
}

BOOST_AUTO_TEST_CASE(attributes_come_under_other_names)
{
    Server hr;
    auto const ada = hr.user("ada");
    hr.replace(ada, "nickName", "The Countess");
    hr.replace(ada, "title", "Dr");
    Copied copied{hr};
    BOOST_REQUIRE(copied.source.mapping.rename("User", "nickName", "displayName").has_value());
    BOOST_REQUIRE(copied.source.mapping.rename("User", "title", "").has_value());
    BOOST_TEST(!copied.source.mapping.rename("User", "a b", "title"));
    for (auto const* const to :
         {"displayNam", "urn:example:hr:User:badge", "groups", "id", "meta.version", "name.none"})
    {
        auto const refused = copied.source.mapping.rename("User", "nickName", to);
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error().kind == client::FailureKind::misuse));
    }
    BOOST_TEST(!copied.source.mapping.rename("Device", "nickName", "title"));
    BOOST_TEST(copied.source.mapping.rename("User", "userType", "externalId").has_value());
    BOOST_TEST(copied.source.mapping.rename("User", "userType", "URN:ietf:params:scim:schemas:core:2.0:User:title")
                   .has_value());
    copied.import();
    auto const here = copied.open().value()->get("User", ada).value();
    BOOST_TEST(here->at("displayName") == "The Countess");
    BOOST_TEST(!here->contains("title"));
}

BOOST_AUTO_TEST_CASE(orphans_and_duplicates_are_found_over_copies)
{
    Server hr, app;
    hr.user("ada");
    auto const account = app.user("ADA"), orphan = app.user("forgotten"), sleeper = app.user("bob", false);
    app.group("team", sleeper);
    Copied people{hr}, accounts{app};
    people.import();
    accounts.import();

    Finder finder;
    BOOST_REQUIRE(finder.read("hr", true, *people.open().value()).has_value());
    BOOST_REQUIRE(finder.read("app", false, *accounts.open().value()).has_value());
    auto const found = finder.finish();
    BOOST_TEST(found.has_identities);
    BOOST_TEST(found.users.at("app") == 3U);
    std::set<std::string> orphans;
    for (auto const place : found.orphans)
        orphans.insert(found.accounts[place].id);
    BOOST_TEST((orphans == std::set<std::string>{orphan, sleeper}));
    BOOST_REQUIRE(found.duplicates.size() == 1U);
    BOOST_TEST(found.duplicates[0].attribute == "userName");
    BOOST_REQUIRE(found.inactive_members.size() == 1U);
    BOOST_TEST(found.accounts[found.inactive_members[0]].id == sleeper);
    BOOST_TEST(!orphans.contains(account));
}

BOOST_AUTO_TEST_CASE(a_target_gets_what_it_lacks_once)
{
    Server hr, app;
    auto const ada = hr.user("ada"), bob = hr.user("bob");
    hr.group("team", ada);
    app.user("BOB");
    Copied copied{hr};
    copied.import();
    Folder folder;
    auto const discovery = client::discover(app.client).value();
    auto const plan_now = [&]
    {
        auto const links = Links::read(folder.path, "hr").value();
        return plan_push(*copied.open().value(), app.client, discovery, links, copied.observer).value();
    };

    auto plan = plan_now();
    BOOST_TEST(app.users().resources.size() == 1U); // a plan writes nothing
    BOOST_TEST(plan.actions.size() >= 2U);
    BOOST_TEST(plan.deactivations() == 0U);
    auto links = Links::read(folder.path, "hr").value();
    auto const done = carry_out(app.client, plan, links, copied.observer).value();
    BOOST_TEST(done.errors.empty());
    BOOST_TEST(done.succeeded == plan.actions.size());
    BOOST_TEST(app.users().resources.size() == 2U);
    BOOST_TEST(plan_now().actions.empty());
    BOOST_TEST(!Links::read(folder.path, "hr").value().target_of("User", ada).empty());

    hr.replace(bob, "active", false);
    copied.sync();
    auto const later = plan_now();
    BOOST_REQUIRE(later.actions.size() == 1U);
    BOOST_TEST(name_of(later.actions[0].kind) == "deactivate user");
    BOOST_TEST(later.deactivations() == 1U);
    BOOST_TEST(!later.has_many_deactivations());
}

BOOST_AUTO_TEST_CASE(a_user_who_is_linked_anew_has_no_other_account)
{
    Folder folder;
    auto links = Links::read(folder.path, "hr").value();
    links.set("User", "ada", "1");
    links.set("User", "bob", "2");
    links.set("User", "ada", "2");
    links.set("User", "bob", "3");
    auto const holds = [](Links const& these)
    {
        return these.target_of("User", "ada") == "2" && these.source_of("User", "1").empty() &&
               these.source_of("User", "2") == "ada" && these.source_of("User", "3") == "bob";
    };
    BOOST_TEST(holds(links));
    BOOST_REQUIRE(links.write().has_value());
    BOOST_TEST(holds(Links::read(folder.path, "hr").value())); // as in memory
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_not_taken_for_missing)
{
    Folder folder;
    BOOST_TEST(!read_file(folder.path / "none", 10).value().has_value());
    BOOST_TEST(read_file(folder.path, 10).has_error()); // a directory
    BOOST_TEST(read_file(folder.path / std::string(300, 'x'), 10).has_error());
    fs::create_symlink("round", folder.path / "round");
    BOOST_TEST(read_file(folder.path / "round", 10).has_error());
    BOOST_TEST(RunState::read(folder.path / std::string(300, 'x')).has_error());
    for (std::string const source : {"", "../hr", "/hr"})
        BOOST_TEST(Links::read(folder.path, source).has_error(), source);
}

BOOST_AUTO_TEST_CASE(one_user_is_refreshed_unless_no_copy_can_have_the_id)
{
    Server hr;
    auto const ada = hr.user("ada");
    Copied copied{hr};
    copied.import();
    hr.replace(ada, "title", "Countess");
    auto user = hr.client.get("/Users", ada).value();
    auto const mirror = copied.open().value();
    BOOST_REQUIRE(refresh_user(copied.source, *mirror, user).has_value());
    BOOST_TEST(mirror->get("User", ada).value()->at("title") == "Countess");
    user.id = "..";
    BOOST_TEST(refresh_user(copied.source, *mirror, user).has_error());
    BOOST_TEST(mirror->count("User").value() == 1U);
}

BOOST_AUTO_TEST_CASE(an_observer_hears_how_far_it_is)
{
    Server hr;
    hr.user("ada");
    Copied copied{hr};
    struct Told final : Observer
    {
        void progress(std::string_view what, std::uint64_t done, std::optional<std::uint64_t>) override
        {
            most[std::string{what}] = std::max(most[std::string{what}], done);
        }
        void end_progress() override { ++ended; }

        std::map<std::string, std::uint64_t> most;
        int ended = 0;
    } told;
    BOOST_REQUIRE(import_all(copied.source, copied.open, {}, told).has_value());
    BOOST_TEST(told.most["/Users"] == 1U);
    BOOST_TEST(told.most["storing User"] == 1U);
    BOOST_TEST(told.ended >= 1);
}

BOOST_AUTO_TEST_SUITE_END()
