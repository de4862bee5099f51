// Whole conversations of clients, in process, on every backend and on the custom_store sample.
#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#ifdef SCIMKIT_TEST_CUSTOM_STORE
#include "application_store.hpp"
#endif
#ifdef SCIMKIT_TEST_POSTGRESQL
#include "support/postgresql_store.hpp"
#endif
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include "interop/trace.hpp"
#include "model/journal_store.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>

BOOST_AUTO_TEST_SUITE(interop)

namespace
{

using namespace scimkit;

std::string const token = "token-of-the-replayed-client";
std::string const base_url = "https://example.com/scim/v2";
char const* const files[] = {"traces.jsonl", "reports.jsonl"};

struct Backend
{
    std::string name;
    std::function<std::shared_ptr<ResourceStore>(std::filesystem::path const&)> open;

    friend std::ostream& operator<<(std::ostream& out, Backend const& backend) { return out << backend.name; }
};

Backend const backends[] = {
    {"memory", [](auto const&) { return memory::make_store(); }},
#ifdef SCIMKIT_TEST_LMDB
    {"lmdb", [](auto const& directory) { return lmdb::open_store(directory).value(); }},
#endif
#ifdef SCIMKIT_TEST_POSTGRESQL
    {"postgresql", [](auto const&) { return test::new_postgresql_store(); }},
#endif
    // Of somebody's own, with the five functions alone and a place for everything.
    {"small store", [](auto const&) { return adapt_small_store(std::make_shared<test::JournalStore>()); }},
};

/// Says no for PostgreSQL where it is not installed, loudly.
bool is_available(Backend const& backend)
{
#ifdef SCIMKIT_TEST_POSTGRESQL
    return backend.name != "postgresql" || test::PostgresqlCluster::is_installed();
#else
    return !backend.name.empty();
#endif
}

class TemporaryDirectory
{
public:
    TemporaryDirectory()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-replay-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Plays one scenario to its end or to the first answer that is wrong. Returns what is wrong, or an empty string.
std::string replay(trace::Scenario const& scenario, Service const& service)
{
    trace::Variables variables{{"baseUrl", base_url}};
    for (trace::Step const& step : scenario.steps)
    {
        std::string const where = scenario.client + '/' + scenario.name + ' ' + step.name + ": ";
        try
        {
            trace::Prepared const prepared = trace::prepare(step, variables, "/scim/v2", token);
            Request request{.method = prepared.method, .target = prepared.target, .body = prepared.body};
            for (auto const& [name, value] : prepared.headers)
                request.headers.push_back({name, value});
            std::string const wrong = trace::judge(step, service.handle(request), variables);
            if (!wrong.empty())
                return where + prepared.method + ' ' + prepared.target + "\n  " + prepared.body + "\n  " + wrong;
        }
        catch (trace::Unsaved const& missing)
        {
            return where + missing.what();
        }
    }
    return "";
}

Service make_service(std::shared_ptr<ResourceStore> store, std::shared_ptr<SchemaRegistry const> registry = {},
                     Tolerance tolerance = {})
{
    return Service::create({.base_url = base_url,
                            .store = std::move(store),
                            .authenticator = bearer_authenticator({make_token_record(token, {"client"}).value()}),
                            .registry = std::move(registry),
                            .tolerance = tolerance})
        .value();
}

} // namespace

BOOST_DATA_TEST_CASE(all_clients_can_share_one_server,
                     boost::unit_test::data::make(backends) * boost::unit_test::data::make(files), backend, file)
{
    if (!is_available(backend))
        return;
    TemporaryDirectory directory;
    Service const service = make_service(backend.open(directory.path()));
    for (trace::Scenario const& scenario : trace::load_scenarios(file))
    {
        std::string const wrong = replay(scenario, service);
        BOOST_TEST(wrong.empty(), wrong);
    }
}

BOOST_AUTO_TEST_CASE(an_unknown_expectation_is_an_error)
{
    trace::Variables variables;
    trace::Step const step{.name = "step", .request = {}, .expect = {{"body_contians", 1}}, .save = {}};
    Response response;
    response.status = 200;
    response.body = "{}";
    BOOST_TEST(trace::judge(step, response, variables).find("body_contians") != std::string::npos);
}

#ifdef SCIMKIT_TEST_CUSTOM_STORE

/// What the tables of the custom_store sample, an application's own, have no place for in a conversation.
struct Beyond
{
    std::string attribute; ///< which the answer that is not as expected is about
    std::string reason;
};

/// "client/scenario" to the reason. From tests/data/interop/custom-store.tsv.
std::map<std::string, Beyond> beyond_the_custom_store()
{
    std::map<std::string, Beyond> reasons;
    std::ifstream file{SCIMKIT_TEST_DATA "/interop/custom-store.tsv"};
    std::string line;
    for (std::getline(file, line); std::getline(file, line);)
    {
        auto const first = line.find('\t');
        auto const second = line.find('\t', first + 1);
        BOOST_REQUIRE_MESSAGE(second < line.size() - 1, "no reason in: " << line);
        reasons[line.substr(0, first)] = {line.substr(first + 1, second - first - 1), line.substr(second + 1)};
    }
    BOOST_REQUIRE(!reasons.empty());
    return reasons;
}

BOOST_AUTO_TEST_CASE(the_custom_store_carries_what_its_tables_can_hold)
{
    auto reasons = beyond_the_custom_store();
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    TemporaryDirectory directory;
    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::reject; // as the sample does
    Service const service = make_service(
        adapt_small_store(sample::open_application_store((directory.path() / "app.db").string(), *registry)), registry,
        tolerance);
    for (char const* file : files)
        for (trace::Scenario const& scenario : trace::load_scenarios(file))
        {
            std::string const wrong = replay(scenario, service);
            std::string const name = scenario.client + '/' + scenario.name;
            if (auto const reason = reasons.extract(name))
            {
                auto const& [attribute, why] = reason.mapped();
                BOOST_TEST(!wrong.empty(), name << " works by now: take it out of custom-store.tsv");
                BOOST_TEST(wrong.find(attribute) != std::string::npos,
                           "not for lack of " << attribute << ": " << wrong);
                std::cout << "not on the tables of samples/custom_store: " << name << ": " << why << '\n';
            }
            else
                BOOST_TEST(wrong.empty(), wrong);
        }
    for (auto const& [name, reason] : reasons)
        BOOST_ERROR("custom-store.tsv has " << name << ", which is in no file of conversations");
}

#endif

BOOST_AUTO_TEST_SUITE_END()
