// TLS as scimkit serves it: versions 1.2 and 1.3, client certificates where authorities are named.
#pragma once

#include <scimkit/http/server.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::http
{

/// Reads and checks the files. Error: invalid_value, naming the file and OpenSSL's reason.
result<boost::asio::ssl::context> make_tls_context(TlsOptions const& options);

/// What an operator should know of the files in `tls`: certificates that have expired, are not valid yet, or expire
/// within two weeks. One sentence each.
std::vector<std::string> tls_warnings(boost::asio::ssl::context& tls);

/// The context of new connections, which may be replaced at any time.
///
/// Threading: all functions from any thread.
class CurrentTls
{
public:
    /// Null: no TLS. A connection needs it only while it is made.
    std::shared_ptr<boost::asio::ssl::context> current() const
    {
        std::lock_guard const lock{mutex_};
        return context_;
    }
    void replace(boost::asio::ssl::context with)
    {
        auto fresh = std::make_shared<boost::asio::ssl::context>(std::move(with));
        std::lock_guard const lock{mutex_};
        context_.swap(fresh);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

/// The subject of the verified client certificate (RFC 2253 form), or empty.
std::string client_certificate_subject(SSL* session);

} // namespace scimkit::http
