// What an operator does with a whole store, instead of serving it.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/maintenance/transfer.hpp>

#include "settings.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace server
{

/// Settings::command. Returns the exit code: 0 when everything was done and is well.
int run_command(Settings const& settings);

/// Its parts. Errors: one sentence for the operator. False: it was done, and something is not well.
scimkit::result<bool> run_import(Settings const& settings);
scimkit::result<bool> run_backup(Settings const& settings);
scimkit::result<bool> restore_directory(Settings const& settings); ///< that a backup has made
scimkit::result<void> export_to_file(Settings const& settings, scimkit::ResourceStore& store,
                                     std::shared_ptr<scimkit::SchemaRegistry const> const& registry,
                                     scimkit::TransferOptions const& options);

/// A line on stdout. What it quotes of files and of other servers reaches no terminal as it is.
void tell(std::string const& line);
/// A line on stderr, not more often than each second.
class ProgressLine
{
public:
    void tell(std::string const& line);

private:
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds{1};
};

} // namespace server
