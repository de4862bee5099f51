// Whole conversations of identity providers, in process, on every backend.
#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include "interop/trace.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>

namespace
{

using namespace scimkit;

std::string const token = "token-of-the-replayed-client";

struct Backend
{
    std::string name;
    std::function<std::shared_ptr<ResourceStore>(std::filesystem::path const&)> open;
};

Backend const backends[] = {
    {"memory", [](auto const&) { return memory::make_store(); }},
#ifdef SCIMKIT_TEST_LMDB
    {"lmdb", [](auto const& directory) { return lmdb::open_store(directory).value(); }},
#endif
};

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

void replay(trace::Scenario const& scenario, Service const& service, trace::Variables& variables)
{
    for (trace::Step const& step : scenario.steps)
    {
        trace::Prepared const prepared = trace::prepare(step, variables, "/scim/v2", token);
        Request request{.method = prepared.method, .target = prepared.target, .body = prepared.body};
        for (auto const& [name, value] : prepared.headers)
            request.headers.push_back({name, value});
        Response const response = service.handle(request);
        std::string const wrong = trace::judge(step, response, variables);
        BOOST_REQUIRE_MESSAGE(wrong.empty(), scenario.client << '/' << scenario.name << ' ' << step.name << ": "
                                                             << prepared.method << ' ' << prepared.target << "\n  "
                                                             << prepared.body << "\n  " << wrong);
    }
}

Service make_service(std::shared_ptr<ResourceStore> store)
{
    return Service::create({.base_url = "https://example.com/scim/v2",
                            .store = std::move(store),
                            .authenticator = bearer_authenticator({make_token_record(token, {"client"}).value()})})
        .value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(interop)

BOOST_DATA_TEST_CASE(all_clients_can_share_one_server, boost::unit_test::data::xrange(std::size(backends)), which)
{
    TemporaryDirectory directory;
    Service const service = make_service(backends[which].open(directory.path()));
    trace::Variables variables{{"baseUrl", "https://example.com/scim/v2"}};
    for (trace::Scenario const& scenario : trace::load_scenarios())
        replay(scenario, service, variables);
}

BOOST_AUTO_TEST_SUITE_END()
