// TOML becomes settings. What is unknown is refused: a misspelled `write` must not be taken for nothing.
#include "settings.hpp"

#include "toml_file.hpp"

#include <algorithm>

namespace connector
{

namespace fs = std::filesystem;

namespace
{

constexpr std::size_t max_file_bytes = std::size_t{1} << 20; // of the configuration file; refused

constexpr double slowest_rate = 1.0 / 86'400; // requests a second; refused, as the client does

bool is_name(std::string_view name)
{
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == name.npos;
}

/// Reads the keys of one table, and knows which nobody asked for.
class Table
{
public:
    Table(toml::table const& table, std::string where)
        : table_(table)
        , where_(std::move(where))
    {
    }

    toml::node const* take(std::string const& key)
    {
        known_.push_back(key);
        return table_.get(key);
    }

    bool has(std::string const& key) const { return table_.contains(key); }

    template <class T>
    void read(std::string const& key, T& value)
    {
        auto const* const node = take(key);
        if (!node)
            return;
        if (auto const read = node->value_exact<T>())
            value = *read;
        else
            wrong(key, "has a value of the wrong type");
    }

    void read(std::string const& key, double& value)
    {
        if (auto const* const node = take(key); node && node->is_number())
            value = node->value<double>().value_or(0);
        else if (node)
            wrong(key, "is no number");
    }

    void read(std::string const& key, std::uint64_t& value, std::uint64_t least, std::uint64_t most)
    {
        auto const* const node = take(key);
        if (!node)
            return;
        auto const number = node->value_exact<std::int64_t>().value_or(-1);
        if (number < static_cast<std::int64_t>(least) || number > static_cast<std::int64_t>(most))
            wrong(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
        else
            value = static_cast<std::uint64_t>(number);
    }

    void read(std::string const& key, SecretPlace& place)
    {
        auto const* const node = take(key);
        if (!node)
            return;
        auto const* const table = node->as_table();
        if (!table || table->size() != 1)
        {
            wrong(
                key,
                "must say where the secret is, as { env = \"NAME\" }, { file = \"PATH\" } or { command = \"...\" }; a "
                "secret does not stand in the configuration");
            return;
        }
        auto const only = table->begin(); // what it shows lives in it
        auto const& [kind, value] = *only;
        place.kind = kind.str() == "env"       ? SecretPlace::Kind::environment
                     : kind.str() == "file"    ? SecretPlace::Kind::file
                     : kind.str() == "command" ? SecretPlace::Kind::command
                                               : SecretPlace::Kind::none;
        place.where = value.value_exact<std::string>().value_or("");
        if (place.kind == SecretPlace::Kind::none || place.where.empty())
            wrong(key, "must be { env = \"NAME\" }, { file = \"PATH\" } or { command = \"...\" }");
    }

    void wrong(std::string const& key, std::string const& why)
    {
        if (!failure_)
            failure_ = trouble(where_ + key + " " + why + ".");
    }

    outcome<void> done()
    {
        for (auto const& [key, value] : table_)
            if (std::find(known_.begin(), known_.end(), std::string{key.str()}) == known_.end())
                wrong(std::string{key.str()}, "is no setting");
        if (failure_)
            return *failure_;
        return {};
    }

private:
    toml::table const& table_;
    std::string where_;
    std::vector<std::string> known_;
    std::optional<Failure> failure_{};
};

outcome<void> read_oauth(toml::table const& table, std::string const& where, OAuth& oauth)
{
    Table keys{table, where + "oauth."};
    keys.read("token-url", oauth.token_url);
    keys.read("client-id", oauth.client_id);
    keys.read("secret", oauth.secret);
    keys.read("assertion", oauth.assertion);
    keys.read("key", oauth.key);
    keys.read("kid", oauth.key_id);
    keys.read("alg", oauth.algorithm);
    keys.read("assertion-audience", oauth.assertion_audience);
    keys.read("scope", oauth.scope);
    keys.read("audience", oauth.audience);
    keys.read("secret-in-body", oauth.secret_in_body);
    if (oauth.token_url.empty() || oauth.client_id.empty())
        keys.wrong("token-url", "and client-id are needed");
    auto const given = [](SecretPlace const& place) { return place.kind != SecretPlace::Kind::none; };
    if (given(oauth.secret) + given(oauth.assertion) + given(oauth.key) != 1)
        keys.wrong("secret", "or assertion or key is needed, one of the three");
    if (!given(oauth.key))
        for (auto const& [name, value] : {std::pair{"kid", &oauth.key_id}, std::pair{"alg", &oauth.algorithm},
                                          std::pair{"assertion-audience", &oauth.assertion_audience}})
            if (!value->empty())
                keys.wrong(name, "belongs to a key");
    return keys.done();
}

outcome<Connection> read_connection(std::string const& name, toml::node const& node, fs::path const& beside)
{
    auto const where = "connections." + name + ".";
    if (!node.is_table() || !is_name(name))
        return trouble("connections." + name + " is no connection; names have letters, digits, - and _.");
    Connection connection{name};
    Table keys{*node.as_table(), where};
    keys.read("url", connection.url);
    keys.read("token", connection.token);
    keys.read("user", connection.user);
    keys.read("password", connection.password);
    if (auto const* const oauth = keys.take("oauth"); oauth && oauth->is_table())
    {
        connection.oauth.emplace();
        if (auto read = read_oauth(*oauth->as_table(), where, *connection.oauth); !read)
            return read.error();
    }
    else if (oauth)
        keys.wrong("oauth", "is no table");
    keys.read("write", connection.write);
    keys.read("authoritative", connection.authoritative);
    keys.read("allow-plain-http", connection.allow_plain_http);
    std::string paging = "index";
    keys.read("paging", paging);
    connection.cursor = paging == "cursor";
    if (paging != "index" && paging != "cursor")
        keys.wrong("paging", "is index or cursor");
    std::uint64_t attempts = connection.attempts;
    keys.read("page-size", connection.page_size, 1, 10'000);
    keys.read("rate", connection.rate);
    if (connection.rate != 0 && !(connection.rate >= slowest_rate))
        keys.wrong("rate", "is 0 or at least one request in a day");
    keys.read("timeout", connection.timeout, 1, 3'600);
    keys.read("attempts", attempts, 1, 100);
    connection.attempts = static_cast<unsigned>(attempts);
    keys.read("ca-file", connection.ca_file);
    keys.read("client-certificate", connection.client_certificate);
    keys.read("client-key", connection.client_key);
    if (std::string proxy; keys.has("proxy"))
    {
        keys.read("proxy", proxy);
        connection.proxy = proxy;
    }
    std::string mapping;
    keys.read("mapping", mapping);
    if (!mapping.empty())
        connection.mapping = beside / mapping;
    if (connection.url.empty())
        keys.wrong("url", "is needed");
    int const ways =
        (connection.token.kind != SecretPlace::Kind::none) + !connection.user.empty() + connection.oauth.has_value();
    if (ways > 1)
        keys.wrong("token", "user and oauth: only one of them");
    if (connection.user.empty() != (connection.password.kind == SecretPlace::Kind::none))
        keys.wrong("user", "and password belong together");
    if (auto done = keys.done(); !done)
        return done.error();
    return connection;
}

} // namespace

outcome<Settings> read_settings(fs::path const& file)
{
    auto const table = read_toml(file, max_file_bytes,
                                 "There is no configuration file " + file.string() + "; docs/connector.md shows one.");
    if (!table)
        return table.error();
    Settings settings;
    auto const beside = file.parent_path();
    Table keys{*table, ""};
    std::string data = "scimkit-connector-data";
    keys.read("data", data);
    settings.data = beside / data;
    auto const* const connections = keys.take("connections");
    if (!connections || !connections->is_table())
        keys.wrong("connections", "is needed: [connections.NAME] with a url");
    if (auto done = keys.done(); !done)
        return done.error();
    for (auto const& [name, node] : *connections->as_table())
    {
        auto connection = read_connection(std::string{name.str()}, node, beside);
        if (!connection)
            return connection.error();
        settings.connections.push_back(std::move(*connection));
    }
    return settings;
}

outcome<Connection const*> Settings::find(std::string const& name) const
{
    std::string names;
    for (auto const& connection : connections)
    {
        if (connection.name == name)
            return &connection;
        names += (names.empty() ? "" : ", ") + connection.name;
    }
    return trouble("There is no connection '" + name + "'; there are: " + names + ".");
}

outcome<fs::path> Settings::directory_of(Connection const& connection) const
{
    auto const directory = data / connection.name;
    std::error_code error;
    fs::create_directories(directory, error);
    if (error)
        return trouble(directory.string() + " cannot be made: " + error.message() + ".");
    fs::permissions(directory, fs::perms::owner_all, error); // personal data
    return directory;
}

} // namespace connector
