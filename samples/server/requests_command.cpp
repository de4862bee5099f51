// Page after page of what the administration shows, so that whoever may not look at it there may not export it either.
#include "requests_command.hpp"

#include "admin_client.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

constexpr auto records_of_page = "50";
constexpr std::chrono::seconds patience_with_reader{60}; // of what is printed; then it fails

struct Asked
{
    std::string url = "http://127.0.0.1:8090/admin/scim/v2";
    std::string key;
    std::string key_file;
    std::string tenant;
    std::string filter;
};

result<std::string> read_key(Asked const& asked)
{
    if (!asked.key.empty())
        return asked.key;
    std::string key;
    std::ifstream file{asked.key_file};
    if (!asked.key_file.empty() && std::getline(file, key) && !key.empty())
        return key;
    return Error{ErrorCode::invalid_value,
                 "who are you? Give the administration's key in SCIMKIT_ADMIN_KEY or with --key-file"};
}

std::string filter_of(Asked const& asked)
{
    std::string filter;
    if (!asked.tenant.empty())
    {
        filter = "tenant eq ";
        scimkit::write_json_string(filter, asked.tenant);
    }
    if (!asked.filter.empty())
        filter += filter.empty() ? asked.filter : " and (" + asked.filter + ")";
    return filter;
}

/// What a record says; of SCIM it keeps nothing but the id.
std::string line_of(json::object record)
{
    record.erase("schemas");
    record.erase("meta");
    std::string line;
    scimkit::write_json(line, record);
    return line += '\n';
}

/// Oldest first, by cursors: what is added or taken away meanwhile shifts no page.
result<void> export_all(AdminClient const& client, std::string const& filter)
{
    std::string cursor;
    do
    {
        auto path =
            "/RequestRecords?sortBy=time&count=" + std::string{records_of_page} + "&cursor=" + percent_encoded(cursor);
        if (!filter.empty())
            path += "&filter=" + percent_encoded(filter);
        auto page = client.send("GET", path);
        if (!page)
            return page.error();
        std::string lines;
        if (auto* const records = page->if_contains("Resources"); records && records->is_array())
            for (auto& each : records->get_array())
                if (each.is_object())
                    lines += line_of(std::move(each.get_object()));
        if (auto const written = write_in_time(STDOUT_FILENO, lines, patience_with_reader);
            written.bytes != lines.size())
            return Error{ErrorCode::unavailable, "stdout takes no more"};
        auto const* const next = page->if_contains("nextCursor");
        cursor = next && next->is_string() ? std::string{next->get_string()} : std::string{};
    } while (!cursor.empty());
    return {};
}

int export_requests(Asked const& asked)
{
    auto const key = read_key(asked);
    auto const client = key ? AdminClient::create(asked.url, *key) : result<AdminClient>{key.error()};
    auto const done = client ? export_all(*client, filter_of(asked)) : result<void>{client.error()};
    if (!done)
        complain("requests: " + done.error().detail);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int requests_command(int argc, char const* const* argv)
{
    CLI::App app{"Requests that a running scimkit-server has kept", "scimkit-server requests"};
    Asked asked;
    app.add_option("--url", asked.url, "The administration's SCIM root")->type_name("URL")->capture_default_str();
    app.add_option("--key-file", asked.key_file, "A file whose first line is the administration's key")
        ->type_name("FILE");
    app.add_option("--key", asked.key)->envname("SCIMKIT_ADMIN_KEY")->group(""); // a command line can be read by others
    app.require_subcommand(1);
    app.fallthrough();
    auto* const exported = app.add_subcommand("export", "Print them as lines of JSON, oldest first");
    exported->add_option("--tenant", asked.tenant, "Of this tenant only")->type_name("NAME");
    exported->add_option("--filter", asked.filter, "Those that match, for example 'status ge 400'")
        ->type_name("FILTER");
    try
    {
        app.parse(argc, argv);
    }
    catch (CLI::Success const& answer)
    {
        return app.exit(answer);
    }
    catch (CLI::ParseError const& error)
    {
        complain(std::string{"requests: "} + error.what());
        return 2;
    }
    return export_requests(asked);
}

} // namespace server
