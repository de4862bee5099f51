// A client of the administration, for the commands of this program.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/core/json.hpp>

#include <string>
#include <string_view>

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

private:
    std::string host_;
    std::string port_;
    std::string prefix_;
    std::string key_;
};

/// Who asks: the key that is given, or the first line of `file`. Error: neither is there.
scimkit::result<std::string> read_admin_key(std::string const& key, std::string const& file);

/// "a b" as a part of a target.
std::string percent_encoded(std::string_view text);

} // namespace server
