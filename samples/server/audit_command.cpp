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

struct AskedRecords
{
    AdminAccess access;
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
        return Error{ErrorCode::invalid_value, option + " needs a time or a day, not '" + given + "'."};
    return scimkit::format_date_time(*time);
}

void add_test(std::string& filter, std::string const& test, std::string const& value)
{
    filter += (filter.empty() ? "" : " and ") + test + " ";
    scimkit::write_json_string(filter, value);
}

result<std::string> filter_of(AskedRecords const& asked)
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

result<void> write_page(json::array const& records, bool ocsf)
{
    std::string lines;
    for (auto const& each : records)
    {
        auto const line = each.is_object() ? line_of(each.get_object(), ocsf) : result<std::string>{""};
        if (!line)
            return line.error();
        lines += *line;
    }
    if (auto const written = write_in_time(STDOUT_FILENO, lines, std::chrono::seconds{60});
        written.failed || written.bytes < lines.size())
        return Error{ErrorCode::unavailable, "nobody takes what is written."};
    return {};
}

result<void> export_records(AskedRecords const& asked)
{
    auto const filter = filter_of(asked);
    if (!filter)
        return filter.error();
    auto const client = asked.access.open();
    if (!client)
        return client.error();
    auto const query = "/AuditRecords?sortBy=time&count=500" +
                       (filter->empty() ? std::string{} : "&filter=" + percent_encoded(*filter));
    return client->for_each_page(query, [&](json::array const& records)
                                 { return write_page(records, asked.format == "ocsf"); });
}

} // namespace

int audit_command(int argc, char const* const* argv)
{
    CLI::App app{"Reads the audit log of a running scimkit-server", "scimkit-server audit"};
    AskedRecords asked;
    app.require_subcommand(1);
    auto* const exports = app.add_subcommand("export", "Write it as lines of JSON, the oldest record first");
    declare(*exports, asked.access);
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
