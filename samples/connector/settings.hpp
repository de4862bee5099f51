// What the operator said in the configuration file: connections, and where the connector keeps its data.
#pragma once

#include <scimkit/client/credentials.hpp>

#include "library.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace connector
{

/// Where a secret is found; never the secret.
struct SecretPlace
{
    enum class Kind
    {
        none,
        environment,
        file,
        command
    };

    Kind kind = Kind::none;
    std::string where{};
};

struct OAuth
{
    std::string token_url{};
    std::string client_id{};
    SecretPlace secret{};
    SecretPlace assertion{}; ///< a command that prints a signed JWT
    SecretPlace key{};       ///< a private key, by which assertions are signed here
    std::string key_id{};
    std::string algorithm{};
    std::string assertion_audience{}; ///< empty: token_url
    std::string scope{};
    std::string audience{};
    bool secret_in_body = false;
};

struct Connection
{
    std::string name;
    std::string url{};
    SecretPlace token{};
    std::string user{};
    SecretPlace password{};
    std::optional<OAuth> oauth{};
    bool write = false;         ///< nothing is ever written without it
    bool authoritative = false; ///< its users are the identities that accounts elsewhere belong to
    bool allow_plain_http = false;
    bool cursor = false; ///< pages by cursor
    std::uint64_t page_size = 100;
    double rate = 0; ///< requests a second; 0: as many as there are
    std::uint64_t timeout = 60;
    unsigned attempts = 5;
    std::string ca_file{};
    std::string client_certificate{};
    std::string client_key{};
    std::optional<std::string> proxy{};
    std::filesystem::path mapping{};
};

struct Settings
{
    std::filesystem::path data;
    std::vector<Connection> connections;

    /// Failure: there is none of that name; the detail names those there are.
    outcome<Connection const*> find(std::string const& name) const;
    /// Where the connector keeps what it knows of a connection; made if missing.
    outcome<std::filesystem::path> directory_of(Connection const& connection) const;
};

outcome<Settings> read_settings(std::filesystem::path const& file);

} // namespace connector
