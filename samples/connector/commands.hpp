// The commands of the connector; each says what it did by `output` and ends with an exit code.
#pragma once

#include <scimkit/connector/import.hpp>

#include "output.hpp"
#include "settings.hpp"

namespace connector
{

struct ReportOptions
{
    bool csv = false;
    std::filesystem::path html{};
};

struct PushOptions
{
    bool apply = false;
    bool many = false; ///< more deactivations than a tenth of what is there
};

outcome<Exit> test(Connection const& connection, Output& output);
outcome<Exit> discover(Settings const& settings, Connection const& connection, Output& output);
outcome<Exit> public_key(Connection const& connection, Output& output);
outcome<Exit> import(Settings const& settings, Connection const& connection, ImportOptions const& options,
                     Output& output);
outcome<Exit> sync(Settings const& settings, Connection const& connection, SyncOptions const& options, Output& output);
outcome<Exit> report(Settings const& settings, ReportOptions const& options, Output& output);
outcome<Exit> push(Settings const& settings, Connection const& source, Connection const& target,
                   PushOptions const& options, Output& output);
outcome<Exit> deactivate(Settings const& settings, Connection const& connection, std::string const& id, Output& output);

} // namespace connector
