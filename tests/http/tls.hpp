// Certificates, a client and an authenticator for the tests of HTTPS.
#pragma once

#include "certificates.hpp"
#include "fixture.hpp"

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <memory>
#include <string>
#include <vector>

namespace scimkit::test
{

namespace asio = boost::asio;
namespace beast = boost::beast;

struct TlsFiles : Certificates
{
    TlsFiles()
    {
        make("server");
        make("client");
        make("stranger");
    }

    http::ServerOptions server_options() const
    {
        return {.tls = http::TlsOptions{.certificate_file = certificate("server"), .key_file = key("server")}};
    }
    http::ServerOptions server_options_with_clients() const
    {
        auto options = server_options();
        options.tls->client_ca_file = certificate("client");
        return options;
    }
};

class TlsClient
{
public:
    TlsClient(std::uint16_t port, TlsFiles const& files, std::string const& identity = {})
        : stream_(context_, tls(files, identity))
    {
        stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    }

    void handshake() { stream_.handshake(asio::ssl::stream_base::client); }
    void send(std::string_view bytes) { asio::write(stream_, asio::buffer(bytes)); }
    HttpResponse receive()
    {
        HttpResponse response;
        beast::http::read(stream_, buffer_, response);
        return response;
    }
    asio::ssl::stream<asio::ip::tcp::socket>& stream() { return stream_; }
    asio::ssl::context& settings() { return tls_; }

private:
    asio::ssl::context& tls(TlsFiles const& files, std::string const& identity)
    {
        tls_.load_verify_file(files.certificate("server"));
        tls_.set_verify_mode(asio::ssl::verify_peer);
        if (!identity.empty())
        {
            tls_.use_certificate_file(files.certificate(identity), asio::ssl::context::pem);
            tls_.use_private_key_file(files.key(identity), asio::ssl::context::pem);
        }
        return tls_;
    }

    asio::io_context context_;
    asio::ssl::context tls_{asio::ssl::context::tls_client};
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
    beast::flat_buffer buffer_;
};

/// Lets everybody in, as whoever the certificate says.
class CertificateAuthenticator final : public Authenticator
{
public:
    result<Principal> authenticate(Credentials const& credentials) override
    {
        if (credentials.client_certificate_subject.empty())
            return Error{ErrorCode::unauthorized, "A client certificate is needed."};
        return Principal{.subject = std::string{credentials.client_certificate_subject}};
    }
    std::string challenge() const override { return "Certificate"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }
};

inline Service service_for_certificates()
{
    return Service::create({.base_url = "https://example.com/scim/v2",
                            .store = memory::make_store(),
                            .authenticator = std::make_shared<CertificateAuthenticator>()})
        .value();
}

} // namespace scimkit::test
