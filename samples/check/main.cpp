// scimkit-check: which requirements of RFC 7643 and RFC 7644 hold at a server.
//
//     SCIM_TOKEN=... scimkit-check https://scim.example.com/v2             # only reads
//     SCIM_TOKEN=... scimkit-check https://scim.example.com/v2 --write     # with test users of its own, removed at the
//     end
#include <scimkit/client/client.hpp>
#include <scimkit/version.hpp>

#include "results.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace
{

enum Exit
{
    all_hold = 0,
    some_fail = 1,
    usage = 2,
    no_server = 4,
    not_allowed = 5
};

struct Said
{
    std::string url;
    std::string token_env = "SCIM_TOKEN";
    std::string token_file;
    std::string ca_file;
    std::string html;
    bool plain_http = false;
    bool write = false;
    bool json = false;
    bool verbose = false;
};

void declare(CLI::App& app, Said& said)
{
    app.add_option("URL", said.url, "The SCIM base URL")->required();
    app.add_flag("--write", said.write, "Make test users, change and remove them");
    app.add_option("--token-env", said.token_env, "Environment variable that has the bearer token")
        ->type_name("NAME")
        ->capture_default_str();
    app.add_option("--token-file", said.token_file, "File that has the bearer token")->type_name("FILE");
    app.add_option("--ca-file", said.ca_file, "Authorities that are trusted, PEM")->type_name("FILE");
    app.add_flag("--allow-plain-http", said.plain_http, "Allow http to other machines");
    app.add_flag("--json", said.json, "The results as JSON");
    app.add_option("--html", said.html, "Write the results as a page")->type_name("FILE");
    app.add_flag("--verbose", said.verbose, "Name what holds too");
    app.set_version_flag("--version", "scimkit-check " SCIMKIT_VERSION);
}

std::string token_of(Said const& said)
{
    std::string token;
    if (!said.token_file.empty())
        std::getline(std::ifstream{said.token_file}, token);
    else if (auto const* const value = std::getenv(said.token_env.c_str()))
        token = value;
    return token;
}

int complain(scimkit::client::Failure const& failure)
{
    std::cerr << "scimkit-check: " << scimkit::client::describe(failure) << '\n';
    if (failure.kind == scimkit::client::FailureKind::misuse)
        return usage;
    return failure.status == 401 || failure.status == 403 ? not_allowed : no_server;
}

int run(Said const& said)
{
    namespace client = scimkit::client;
    client::CurlOptions curl;
    curl.ca_file = said.ca_file;
    auto transport = client::curl_transport(std::move(curl));
    if (!transport)
        return complain(transport.error());
    client::ClientOptions options{.base_url = said.url, .transport = std::move(*transport)};
    options.allow_plain_http = said.plain_http;
    options.retry.max_attempts = 1; // what a server answers the first time is what is looked at
    options.limits.request_timeout = std::chrono::seconds{30};
    if (auto token = token_of(said); !token.empty())
        options.credentials = client::bearer(client::known(std::move(token)));
    auto const connected = client::Client::create(std::move(options));
    if (!connected)
        return complain(connected.error());
    auto const discovery = client::discover(*connected);
    if (!discovery)
        return complain(discovery.error());
    if (auto const readable = connected->query("/Users", {.count = 1});
        !readable && (readable.error().status == 401 || readable.error().status == 403))
        return complain(readable.error());

    check::Session session{*connected, *discovery, said.write};
    bool const terminal = ::isatty(STDERR_FILENO) == 1;
    auto const results = check::look_at_all(said.url, session, *connected,
                                            [&](std::size_t done, std::size_t all)
                                            {
                                                if (terminal)
                                                    std::cerr << '\r' << done << " of " << all
                                                              << (done == all ? "\n" : "") << std::flush;
                                            });
    if (!said.html.empty() && !(std::ofstream{said.html} << check::page_of(results)))
    {
        std::cerr << "scimkit-check: " << said.html << " cannot be written\n";
        return usage;
    }
    if (said.json)
    {
        std::string text;
        scimkit::write_json(text, check::json_of(results));
        std::cout << text << '\n';
    }
    else
        std::cout << check::text_of(results, said.verbose);
    return results.count(check::Verdict::Kind::fails) == 0 ? all_hold : some_fail;
}

} // namespace

int main(int argc, char** argv)
{
    Said said;
    CLI::App app{"Which requirements of RFC 7643 and RFC 7644 hold at a server", "scimkit-check"};
    declare(app, said);
    try
    {
        app.parse(argc, argv);
    }
    catch (CLI::ParseError const& error)
    {
        return app.exit(error) == 0 ? all_hold : usage;
    }
    try
    {
        return run(said);
    }
    catch (std::exception const& exception)
    {
        std::cerr << "scimkit-check: " << exception.what() << '\n';
        return usage;
    }
}
