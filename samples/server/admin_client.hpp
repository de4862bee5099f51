// A client of the administration, for the commands of this program.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>

namespace CLI
{
class App;
}

namespace server
{

class AdminClient
{
public:
    /// `url` is http://HOST:PORT/admin/scim/v2. Error: it is none.
    static scimkit::result<AdminClient> create(std::string const& url, std::string key);

    /// The body of the answer; an empty object if it has none. Errors: nobody answers within ten seconds, or the answer
    /// is an error: its detail.
    scimkit::result<scimkit::json::object> send(std::string_view method, std::string const& path,
                                                scimkit::json::value const& body = nullptr) const;

    /// Gives `take` the resources of a query, page after page by cursors, so that what is written meanwhile does not
    /// move what is read. `query` is a path with parameters. Errors: those of send(), and of `take`, which end it.
    scimkit::result<void>
    for_each_page(std::string const& query,
                  scimkit::function_ref<scimkit::result<void>(scimkit::json::array const&)> take) const;

private:
    std::string host_;
    std::string port_;
    std::string prefix_;
    std::string key_;
};

/// Where the administration is, and who asks: the key itself, or the first line of a file.
struct AdminAccess
{
    std::string url = "http://127.0.0.1:8090/admin/scim/v2";
    std::string key;
    std::string key_file;

    /// Errors: no key is there; AdminClient::create().
    scimkit::result<AdminClient> open() const;
};

/// The options that say it.
void declare(CLI::App& app, AdminAccess& access);

/// "a b" as a part of a target.
std::string percent_encoded(std::string_view text);

} // namespace server
