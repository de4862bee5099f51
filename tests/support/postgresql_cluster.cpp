// initdb and postgres, without the service of the distribution: tests must not touch what is there.
#include "support/postgresql_cluster.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace scimkit::test
{
namespace
{

namespace fs = std::filesystem;

/// The newest one; empty where there is none.
fs::path const& binaries()
{
    static fs::path const found = []
    {
        if (char const* const given = std::getenv("SCIMKIT_POSTGRESQL_BIN"))
            return fs::path{given};
        fs::path newest;
        std::error_code ignored;
        for (auto const& version : fs::directory_iterator{"/usr/lib/postgresql", ignored})
            if (fs::exists(version.path() / "bin" / "initdb") &&
                (newest.empty() || std::stoi(version.path().filename()) > std::stoi(newest.parent_path().filename())))
                newest = version.path() / "bin";
        return newest;
    }();
    return found;
}

/// PostgreSQL refuses to run as root.
passwd const* unprivileged_user()
{
    if (::geteuid() != 0)
        return nullptr;
    passwd const* const user = ::getpwnam("postgres");
    return user ? user : ::getpwnam("nobody");
}

std::uint16_t free_port()
{
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bool const bound = socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!bound)
        throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
}

void give_away(fs::path const& path)
{
    if (passwd const* const user = unprivileged_user())
        if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error{"cannot give away " + path.native()};
}

fs::path new_directory()
{
    fs::path const parent = fs::is_directory("/dev/shm") ? fs::path{"/dev/shm"} : fs::temp_directory_path();
    std::string pattern = (parent / "scimkit-postgresql-XXXXXX").native();
    if (!::mkdtemp(pattern.data()))
        throw std::runtime_error{"no temporary directory"};
    give_away(pattern);
    return pattern;
}

} // namespace

bool PostgresqlCluster::is_installed()
{
    static bool const installed = []
    {
        if (!binaries().empty())
            return true;
        std::fprintf(stderr, "\n*** SKIPPED: PostgreSQL is not installed (scripts/install-packages test) ***\n\n");
        return false;
    }();
    return installed;
}

PostgresqlCluster& PostgresqlCluster::shared()
{
    static PostgresqlCluster cluster;
    return cluster;
}

PostgresqlCluster::PostgresqlCluster(std::vector<std::string> const& settings, Files const& files)
    : directory_(new_directory())
    , port_(free_port())
{
    run({binaries() / "initdb", "-D", directory_ / "data", "-U", "scimkit", "-A", "trust", "--no-sync", "-E", "UTF8",
         "--locale=C"});
    std::ofstream configuration{directory_ / "data" / "postgresql.conf", std::ios::app};
    configuration << "\nport = " << port_ << "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '"
                  << directory_.native() << "'\nmax_connections = 80\nlogging_collector = off\n"
                  << "fsync = off\nfull_page_writes = off\n";
    for (std::string const& line : settings)
        configuration << line << '\n';
    configuration.close();
    for (auto const& [name, content] : files)
    {
        fs::path const path = directory_ / "data" / name;
        std::ofstream{path} << content;
        fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
        give_away(path);
    }
    start();
}

PostgresqlCluster::~PostgresqlCluster()
{
    kill();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

std::string PostgresqlCluster::conninfo(std::string const& more) const
{
    return "host=127.0.0.1 port=" + std::to_string(port_) + " user=scimkit dbname=postgres " + more;
}

std::string PostgresqlCluster::new_schema()
{
    static std::mutex mutex;
    std::scoped_lock const lock{mutex};
    return "case_" + std::to_string(++schemas_);
}

void PostgresqlCluster::start()
{
    server_ = spawn({binaries() / "postgres", "-D", directory_ / "data"});
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    std::vector<std::string> const ask{binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", std::to_string(port_)};
    for (;;)
    {
        int status = 0;
        ::waitpid(spawn(ask), &status, 0);
        if (status == 0)
            return;
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error{"PostgreSQL does not start: " + (directory_ / "log").native()};
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

void PostgresqlCluster::kill()
{
    if (server_ <= 0)
        return;
    ::kill(server_, SIGQUIT); // at once, and all its children
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
}

void PostgresqlCluster::stop()
{
    if (server_ <= 0)
        return;
    ::kill(server_, SIGINT); // ends all sessions, in order
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
}

void PostgresqlCluster::run(std::vector<std::string> const& command) const
{
    int status = 0;
    ::waitpid(spawn(command), &status, 0);
    if (status != 0)
        throw std::runtime_error{command.front() + " failed: " + (directory_ / "log").native()};
}

pid_t PostgresqlCluster::spawn(std::vector<std::string> const& command) const
{
    std::vector<char*> arguments;
    for (std::string const& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::string const log = directory_ / "log";
    passwd const* const user = unprivileged_user();
    pid_t const child = ::fork();
    if (child != 0)
        return child;
    int const output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(output, 1);
    ::dup2(output, 2);
    if (user && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    if (::chdir(directory_.c_str()) != 0)
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // a test that crashes leaves no server behind
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

} // namespace scimkit::test
