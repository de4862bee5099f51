// The records are asked of the running server, page by page with a cursor: the rights of the key hold for an export as
// for everything else, and what is written meanwhile does not move what is read.
#include "audit_command.hpp"

#include <scimkit/core/date_time.hpp>
#include <scimkit/events/audit.hpp>

#include "admin_client.hpp"
#include "settings.hpp"
#include "standard_streams.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <tuple>
#include <unistd.h>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

struct Asked
{
    std::string url = "http://127.0.0.1:8090/admin/scim/v2";
    std::string key;
    std::string key_file;
    std::string tenant;
    std::string since;
    std::string until;
    std::string format = "scim";
};

/// A time, or a day: its beginning in UTC.
result<std::string> time_of(std::string const& option, std::string const& given)
{
    auto const time = scimkit::parse_date_time(given.size() == 10 ? given + "T00:00:00Z" : given);
    if (!time)
        return Error{ErrorCode::invalid_value, option + " needs a time or a day, not '" + given + "'"};
    return scimkit::format_date_time(*time);
}

void add_test(std::string& filter, std::string const& test, std::string const& value)
{
    filter += (filter.empty() ? "" : " and ") + test + " ";
    scimkit::write_json_string(filter, value);
}

result<std::string> filter_of(Asked const& asked)
{
    std::string filter;
    if (!asked.tenant.empty())
        add_test(filter, "tenant eq", asked.tenant);
    for (auto const& [option, test, given] :
         {std::tuple{"--since", "time ge", &asked.since}, std::tuple{"--until", "time lt", &asked.until}})
    {
        if (given->empty())
            continue;
        auto const time = time_of(option, *given);
        if (!time)
            return time.error();
        add_test(filter, test, *time);
    }
    return filter;
}

result<std::string> line_of(json::object const& record, bool ocsf)
{
    std::string line;
    if (ocsf)
    {
        auto const read = scimkit::read_audit_record(record);
        if (!read)
            return read.error();
        scimkit::write_json(line, scimkit::to_ocsf(*read, "scimkit-server"));
    }
    else
        scimkit::write_json(line, record);
    return line + "\n";
}

result<void> write_page(json::object const& page, bool ocsf)
{
    auto const* const resources = page.if_contains("Resources");
    if (!resources || !resources->is_array())
        return {};
    std::string lines;
    for (auto const& each : resources->get_array())
    {
        auto const line = each.is_object() ? line_of(each.get_object(), ocsf) : result<std::string>{""};
        if (!line)
            return line.error();
        lines += *line;
    }
    if (auto const written = write_in_time(STDOUT_FILENO, lines, std::chrono::seconds{60});
        written.failed || written.bytes < lines.size())
        return Error{ErrorCode::unavailable, "nobody takes what is written"};
    return {};
}

result<void> export_records(Asked const& asked)
{
    auto const filter = filter_of(asked);
    if (!filter)
        return filter.error();
    auto const key = read_admin_key(asked.key, asked.key_file);
    auto const client = key ? AdminClient::create(asked.url, *key) : result<AdminClient>{key.error()};
    if (!client)
        return client.error();
    auto const query = "/AuditRecords?sortBy=time&count=500" +
                       (filter->empty() ? std::string{} : "&filter=" + percent_encoded(*filter)) + "&cursor=";
    for (std::string cursor;;)
    {
        auto const page = client->send("GET", query + percent_encoded(cursor));
        if (!page)
            return page.error();
        if (auto written = write_page(*page, asked.format == "ocsf"); !written)
            return written;
        auto const* const next = page->if_contains("nextCursor");
        if (!next || !next->is_string())
            return {};
        cursor = next->get_string();
    }
}

} // namespace

int audit_command(int argc, char const* const* argv)
{
    CLI::App app{"Reads the audit log of a running scimkit-server", "scimkit-server audit"};
    Asked asked;
    app.require_subcommand(1);
    auto* const exports = app.add_subcommand("export", "Write it as lines of JSON, the oldest record first");
    exports->add_option("--url", asked.url, "The administration's SCIM root")->type_name("URL")->capture_default_str();
    exports->add_option("--key-file", asked.key_file, "A file whose first line is the administration's key")
        ->type_name("FILE");
    exports->add_option("--key", asked.key)->envname("SCIMKIT_ADMIN_KEY")->group("");
    exports->add_option("--tenant", asked.tenant, "Of this tenant only")->type_name("NAME");
    exports->add_option("--since", asked.since, "From a time on, or a day: its beginning in UTC")->type_name("TIME");
    exports->add_option("--until", asked.until, "Before a time, or a day")->type_name("TIME");
    exports
        ->add_option("--format", asked.format, "SCIM resources, or events of the Open Cybersecurity Schema Framework")
        ->type_name("scim|ocsf")
        ->check(CLI::IsMember({"scim", "ocsf"}))
        ->capture_default_str();
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
        complain(std::string{"audit: "} + error.what());
        return 2;
    }
    auto const done = export_records(asked);
    if (!done)
        complain("audit: " + done.error().detail);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace server
