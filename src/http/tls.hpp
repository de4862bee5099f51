// TLS as scimkit serves it: versions 1.2 and 1.3, client certificates where authorities are named.
#pragma once

#include <scimkit/http/server.hpp>

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace scimkit::http
{

/// Reads and checks the files. Error: invalid_value, naming the file and OpenSSL's reason.
result<boost::asio::ssl::context> make_tls_context(TlsOptions const& options);

/// The subject of the verified client certificate (RFC 2253 form), or empty.
std::string client_certificate_subject(SSL* session);

} // namespace scimkit::http
