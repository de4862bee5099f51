// --check-config, the sentences that say what was meant, and the files that an operator copies from
// samples/server/deploy.
#include <scimkit/core/json.hpp>

#include "sample_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/stat.h>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

std::string const key = "a-key-of-sixteen-bytes";

Arguments check(Arguments const& more)
{
    Arguments all{"--check-config", "--listen", "127.0.0.1:0", "--token", key};
    all.insert(all.end(), more.begin(), more.end());
    return command(all);
}

/// Each of these is refused, and its last line speaks of what is beside it.
void expect_words(std::vector<std::pair<Arguments, std::string>> const& all)
{
    for (auto const& [arguments, about] : all)
    {
        auto const finished = run(check(arguments));
        auto err = finished.err; // a warning of who may read a file may come before
        if (auto const last = err.rfind("scimkit-server: "); last != std::string::npos)
            err = err.substr(last);
        BOOST_TEST(finished.exit_code > 0);
        BOOST_TEST(finished.out == "");
        BOOST_TEST(err.find(about) != std::string::npos, "'" << finished.err << "' should speak of '" << about << "'");
        BOOST_TEST(err.find(key) == std::string::npos);
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sample_server_check, Directory)

BOOST_AUTO_TEST_CASE(a_good_configuration_is_told_in_one_line_and_leaves_no_trace)
{
    auto const db = path / "db";
    auto const good = run(check({"--store", "lmdb:" + db.string(), "--strict", "--tolerance", "boolean-as-string=on",
                                 "--trusted-proxy", "10.0.0.0/8"}));
#ifdef SCIMKIT_SERVER_LMDB
    BOOST_TEST(good.exit_code == 0);
    BOOST_TEST(good.err == "");
    BOOST_TEST(good.out ==
               "good: address=127.0.0.1:0 tls=off base=http://127.0.0.1:0/scim/v2 store=lmdb:" + db.string() +
                   " tenants=default tokens=1 tolerance=strict,boolean-as-string=on proxies=1\n");
#endif
    BOOST_TEST(!std::filesystem::exists(db));
}

BOOST_AUTO_TEST_CASE(a_profile_and_packs_are_taken_from_the_command_line_and_the_file)
{
    auto const good = run(check({"--store", "memory", "--profile", "ipsie-al2", "--pack", "agents-abbey-00"}));
    BOOST_TEST(good.exit_code == 0, good.err);
    BOOST_TEST(good.out.find("tolerance=ipsie-al2") != std::string::npos, good.out);
    auto const settings = file("c.toml", "profile = \"strict\"\npacks = [\"devices-rfc9944\", \"agents-abbey-00\"]\n");
    auto const of_file = run(check({"--store", "memory", "--config", settings}));
    BOOST_TEST(of_file.exit_code == 0, of_file.err);
    BOOST_TEST(of_file.out.find("tolerance=strict") != std::string::npos, of_file.out);
}

BOOST_AUTO_TEST_CASE(an_index_is_one_of_all_types_that_there_are_and_not_of_each_tenant_s)
{
    auto const tenants = file("tenants.toml", "[people]\n[teams]\ntypes = [\"Group\"]\n");
    auto const of_tenants = run(check(
        {"--store", "memory", "--index", "title", "--tenants", tenants, "--base-url", "https://x/{tenant}/scim/v2"}));
    BOOST_TEST(of_tenants.exit_code == 0, of_tenants.err);
    auto const later = run(check({"--store", "memory", "--index", "title", "--respond-async"}));
    BOOST_TEST(later.exit_code == 0, later.err);
}

BOOST_AUTO_TEST_CASE(a_running_server_is_no_hindrance)
{
    auto const store = "lmdb:" + (path / "db").string();
#ifdef SCIMKIT_SERVER_LMDB
    Process server{command({"--listen", "127.0.0.1:0", "--token", key, "--store", store})};
    auto const port = std::to_string(port_of(server.read_line()));
    auto const same = command({"--check-config", "--listen", "127.0.0.1:" + port, "--token", key, "--store", store});
    BOOST_TEST(run(same).exit_code == 0);
#endif
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_what_was_meant)
{
    expect_words({{{"--store", "memory", "--token-flie", "x"}, "--token-file"},
                  {{"--stroe", "memory"}, "was --store meant?"},
                  {{"--store", "memory", "--log-levle=info"}, "was --log-level meant?"},
                  {{"--store", "memory", "--tolerance", "boolean-as-strnig=on"}, "Was boolean-as-string meant?"},
                  {{"--store", "memory", "--profile", "interop"}, "there are default, strict, "},
                  {{"--store", "memory", "--profile", "interop-2"}, "was 'interop-02' meant?"},
                  {{"--store", "memory", "--profile", "interop-02", "--strict"}, "--strict and --profile interop-02"},
                  {{"--store", "memory", "--profile", "interop-02", "--tolerance", "pathless-operations=on"},
                   "The profile interop-02, row 11: the tolerance pathless-operations has to be off."},
                  {{"--store", "memory", "--profile", "interop-02", "--tolerance", "basic-authentication=on"},
                   "The profile interop-02, row 18: the tolerance basic-authentication has to be off."},
                  {{"--store", "memory", "--profile", "interop-02", "--base-url", "http://scim.example.com/v2"},
                   "The profile interop-02, row 18: base_url has to begin with https://."},
                  {{"--store", "memory", "--profile", "ipsie-al1", "--rate-per-tenant", "5"},
                   "The profile ipsie-al1, row 22: --rate-per-tenant has to be at least 25"},
                  {{"--store", "memory", "--pack", "devices"}, "there are devices-rfc9944, "},
                  {{"--store", "memory", "--trusted-proxy", "10.0.0.1/8"}, "10.0.0.0/8"},
                  {{"--store", "memory", "--trusted-proxy", "localhost"}, "--trusted-proxy"},
                  {{"--store", "memory", "--allow-address", "010.0.0.1"}, "--allow-address"},
                  {{"--store", "memory", "--allow-address", "acme=10.0.0.0/33"}, "0 to 32"},
                  {{"--store", "memory", "--proxy-header", "x-real-ip"}, "--proxy-header"},
                  {{"--store", "memory", "--log-format", "xml"}, "--log-format"},
                  {{"--store", "memory", "--rate-per-tenant", "-1"}, "--rate-per-tenant"},
                  {{"--store", "memory", "--rate-per-address", "nan"}, "--rate-per-address"},
                  {{"--store", "memory", "--rate-per-address", "1e"}, "--rate-per-address"},
                  {{"--store", "memory", "--path-prefix", "scim"}, "path_prefix"},
                  {{"--store", "memory", "--path-prefix", "/a/../b"}, "path_prefix"},
                  {{"--store", "memory", "--path-prefix", "/a/%2e/b"}, "path_prefix"},
                  {{"--store", "memory", "--allow-address", "=10.0.0.0/8"}, "without a name"},
                  {{"--store", "memory", "--allow-address", "defualt=10.0.0.0/8"}, "was default meant?"},
                  {{"--store", "memroy"}, "--store"},
                  {{"--store", "memory", "--index", "noSuchAttribute"}, "noSuchAttribute"},
                  {{"--store", "memory", "--token-file", file("t", key + "2 okta scopes=user.read\n")}, "users.read"},
                  {{"--store", "memory", "--token-file", file("u", key + "3 okta expires=soon\n")}, "line 1"},
                  {{"--store", "memory", "--config", file("c.toml", "a = 1\n")}, "line 1"},
                  {{"--store", "memory", "--config", file("d.toml", "\nmax-bodi = 1\n")}, "was 'max-body' meant?"},
                  {{"--store", "memory", "--config", file("e.toml", "[tolerance]\nunknown-member = \"reject\"\n")},
                   "Was unknown-members meant?"}});
}

BOOST_AUTO_TEST_CASE(files_that_are_none_or_too_deep_are_refused_in_words)
{
    std::string deep_name = "a";
    for (int i = 0; i < 50'000; ++i)
        deep_name += ".a";
    auto const deep = "[" + deep_name + "]\n";
    auto const pipe = [&](std::string const& name)
    {
        auto made = (path / name).string();
        BOOST_REQUIRE(::mkfifo(made.c_str(), 0600) == 0);
        return made;
    };
    expect_words(
        {{{"--store", "memory", "--base-url", "https://x/{tenant}/scim/v2", "--allow-address", "acm=10.0.0.0/8",
           "--tenants", file("t.toml", "[acme]\n")},
          "was acme meant?"},
         {{"--store", "memory", "--base-url", "https://x/{tenant}/scim/v2", "--tenants", file("u.toml", deep)},
          "too many dots"},
         {{"--store", "memory", "--tenants", pipe("tenants")}, "no regular file"},
         {{"--store", "memory", "--config", pipe("config")}, "no regular file"},
         {{"--store", "memory", "--config", file("deep.toml", deep)}, "too many dots"},
         {{"--store", "memory", "--config", file("hidden.toml", "a = [\"\"\"\n\"\"\", {" + deep_name + " = 1}]")},
          "too many dots"}});
}

BOOST_AUTO_TEST_CASE(no_password_of_a_database_is_in_the_start_line)
{
#ifdef SCIMKIT_SERVER_POSTGRESQL
    for (std::string const store :
         {"postgresql:host=db1,db2 dbname=scim user=scim password=canary",
          "postgresql://scim:canary@db1/scim?password=canary", "postgresql:password='a canary'"})
    {
        auto const good = run(check({"--store", store}));
        BOOST_TEST(good.exit_code == 0);
        BOOST_TEST((good.out + good.err).find("canary") == std::string::npos, good.out);
    }
#endif
}

BOOST_AUTO_TEST_CASE(the_dashboard_is_json_and_asks_for_metrics_that_there_are)
{
    auto const text = content_of(SCIMKIT_DEPLOY "/grafana-dashboard.json");
    auto const panels = boost::json::parse(text).at("panels").as_array();
    BOOST_TEST(panels.size() > 5U);
    auto const told = content_of(SCIMKIT_DEPLOY "/../metrics.cpp") + content_of(SCIMKIT_DEPLOY "/../log_metrics.cpp");
    for (auto const& panel : panels)
        for (auto const& target : panel.at("targets").as_array())
        {
            std::string_view const expression = target.at("expr").as_string();
            auto name = expression.substr(expression.find("scimkit_"));
            name = name.substr(0, name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"));
            if (name.ends_with("_bucket"))
                name.remove_suffix(7);
            BOOST_TEST(told.find('"' + std::string{name} + '"') != std::string::npos, name);
        }
}

BOOST_AUTO_TEST_CASE(the_alerts_ask_for_metrics_that_there_are)
{
    auto const text = content_of(SCIMKIT_DEPLOY "/prometheus-alerts.yml");
    auto const told = content_of(SCIMKIT_DEPLOY "/../metrics.cpp") + content_of(SCIMKIT_DEPLOY "/../log_metrics.cpp");
    std::size_t found = 0;
    for (auto at = text.find("scimkit_"); at != std::string::npos; at = text.find("scimkit_", at + 1), ++found)
    {
        auto const name = text.substr(at, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at) - at);
        BOOST_TEST(told.find('"' + name + '"') != std::string::npos, name);
    }
    BOOST_TEST(found > 5U);
}

BOOST_AUTO_TEST_SUITE_END()
