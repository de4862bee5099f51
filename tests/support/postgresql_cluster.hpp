// A PostgreSQL cluster of a test program's own, in a temporary directory, on a free port, run by an unprivileged user;
// gone with the program, however that ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace scimkit::test
{

/// What ctest takes for "skipped".
inline constexpr int skipped = 77;

class PostgresqlCluster
{
public:
    /// Whether PostgreSQL is installed: SCIMKIT_POSTGRESQL_BIN, or where Debian has it. Says so, loudly, when not.
    static bool is_installed();

    /// The cluster of this program; started when it is asked for the first time.
    static PostgresqlCluster& shared();

    /// By name, what they hold.
    using Files = std::vector<std::pair<std::string, std::string>>;

    /// Throws std::runtime_error when it does not start. `settings`: lines for postgresql.conf. `files` stand beside
    /// that, and only the server may read them.
    explicit PostgresqlCluster(std::vector<std::string> const& settings = {}, Files const& files = {});
    PostgresqlCluster(PostgresqlCluster const&) = delete;
    PostgresqlCluster& operator=(PostgresqlCluster const&) = delete;
    ~PostgresqlCluster();

    std::string conninfo(std::string const& more = {}) const;
    std::uint16_t port() const noexcept { return port_; }

    /// A name that no schema of this cluster had before.
    std::string new_schema();

    /// Ends the server as a crash would, or in order; start() begins it again over the same data and port.
    void kill();
    void stop();
    void start();

private:
    void run(std::vector<std::string> const& command) const;
    pid_t spawn(std::vector<std::string> const& command) const;

    std::filesystem::path directory_;
    std::uint16_t port_;
    pid_t server_ = -1;
    unsigned schemas_ = 0;
};

} // namespace scimkit::test
