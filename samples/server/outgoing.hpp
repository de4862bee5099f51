// Posts to somebody else's machine, which may hang, lie, move or answer without end.
#pragma once

#include <scimkit/core/error.hpp>
#include <scimkit/service/message.hpp>

#include <memory>
#include <string>
#include <vector>

namespace scimkit::client
{
class Transport;
}

namespace server
{

/// `where` is the setting, for the sentence. Error: it is neither https nor http to this machine, or has blanks or '@'.
scimkit::result<void> check_target(std::string const& where, std::string const& url);

/// Threading: post() from any number of threads.
class Outgoing
{
public:
    /// Errors: one sentence for the operator; this server is built without libcurl, for example.
    static scimkit::result<Outgoing> create(std::string const& where, std::string url);

    /// Within ten seconds, by verified TLS, never through a redirection or a proxy. Errors: anything but an answer of
    /// 2xx with at most 64 KiB.
    scimkit::result<void> post(std::vector<scimkit::ResponseHeader> headers, std::string body) const;

private:
    Outgoing() = default;

    std::string url_{};
    std::shared_ptr<scimkit::client::Transport> transport_{};
};

} // namespace server
