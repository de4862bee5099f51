// Page after page of what the administration shows, so that whoever may not look at it there may not export it either.
#include "requests_command.hpp"

#include "admin_client.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
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

struct AskedRequests
{
    AdminAccess access;
    std::string tenant;
    std::string filter;
};

std::string filter_for(AskedRequests const& asked)
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

/// Oldest first.
result<void> export_all(AdminClient const& client, std::string const& filter)
{
    auto query = "/RequestRecords?sortBy=time&count=" + std::string{records_of_page};
    if (!filter.empty())
        query += "&filter=" + percent_encoded(filter);
    return client.for_each_page(query,
                                [](json::array const& records) -> result<void>
                                {
                                    std::string lines;
                                    for (auto const& each : records)
                                        if (each.is_object())
                                            lines += line_of(each.get_object());
                                    auto const written = write_in_time(STDOUT_FILENO, lines, patience_with_reader);
                                    if (written.bytes == lines.size())
                                        return {};
                                    return Error{ErrorCode::unavailable, "stdout takes no more."};
                                });
}

int export_requests(AskedRequests const& asked)
{
    auto const client = asked.access.open();
    auto const done = client ? export_all(*client, filter_for(asked)) : result<void>{client.error()};
    if (!done)
        complain("requests: " + done.error().detail);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int requests_command(int argc, char const* const* argv)
{
    CLI::App app{"Requests that a running scimkit-server has kept", "scimkit-server requests"};
    AskedRequests asked;
    declare(app, asked.access);
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
