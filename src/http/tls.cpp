#include "tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

namespace scimkit::http
{

namespace asio = boost::asio;
using asio::ssl::context;

namespace
{

/// ALPN (RFC 7301): http/1.1 if the client offers it; otherwise the extension is left unanswered.
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_size, unsigned char const* offered,
                    unsigned int offered_size, void*)
{
    static constexpr unsigned char supported[] = "\x08http/1.1";
    unsigned char* match = nullptr;
    if (SSL_select_next_proto(&match, chosen_size, supported, sizeof supported - 1, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

Error unusable(std::string_view what, std::string const& file, boost::system::error_code const& reason)
{
    return {ErrorCode::invalid_value,
            "The " + std::string{what} + " " + file + " cannot be used: " + reason.message() + "."};
}

} // namespace

result<context> make_tls_context(TlsOptions const& options)
{
    context tls{context::tls_server};
    tls.set_options(context::default_workarounds | context::no_compression | SSL_OP_NO_RENEGOTIATION |
                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(tls.native_handle(), choose_protocol, nullptr);

    boost::system::error_code error;
    if (tls.use_certificate_chain_file(options.certificate_file, error))
        return unusable("certificate", options.certificate_file, error);
    if (tls.use_private_key_file(options.key_file, context::pem, error))
        return unusable("private key", options.key_file, error);
    if (SSL_CTX_check_private_key(tls.native_handle()) != 1)
        return Error{ErrorCode::invalid_value, "The private key " + options.key_file +
                                                   " does not belong to the certificate " + options.certificate_file +
                                                   "."};

    if (!options.client_ca_file.empty())
    {
        if (tls.load_verify_file(options.client_ca_file, error))
            return unusable("client authority", options.client_ca_file, error);
        // Tells clients which certificates are welcome, so that they can choose one.
        SSL_CTX_set_client_CA_list(tls.native_handle(), SSL_load_client_CA_file(options.client_ca_file.c_str()));
        tls.set_verify_mode(asio::ssl::verify_peer);
        // Without it OpenSSL refuses to resume sessions of clients that showed a certificate.
        static constexpr unsigned char session_context[] = "scimkit";
        SSL_CTX_set_session_id_context(tls.native_handle(), session_context, sizeof session_context - 1);
    }
    return tls;
}

std::string client_certificate_subject(SSL* session)
{
    std::unique_ptr<X509, decltype(&X509_free)> const certificate{SSL_get1_peer_certificate(session), &X509_free};
    if (!certificate || SSL_get_verify_result(session) != X509_V_OK)
        return {};

    std::unique_ptr<BIO, decltype(&BIO_free)> const text{BIO_new(BIO_s_mem()), &BIO_free};
    if (!text || X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate.get()), 0, XN_FLAG_RFC2253) < 0)
        return {};
    char* data = nullptr;
    auto const size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

} // namespace scimkit::http
