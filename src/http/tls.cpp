// OpenSSL's defaults narrowed to what RFC 7644 section 7.2 and RFC 9325 ask for, and its reasons turned into sentences
// that name the file.
#include "tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <ctime>
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

constexpr std::chrono::seconds expires_soon = std::chrono::hours{14 * 24};

std::string text_of(ASN1_TIME const* time)
{
    std::tm utc{};
    if (ASN1_TIME_to_tm(time, &utc) != 1)
        return "a day that cannot be read";
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc)};
}

} // namespace

result<context> make_tls_context(TlsOptions const& options)
{
    context tls{context::tls_server};
    tls.set_options(context::default_workarounds | context::no_compression | SSL_OP_NO_RENEGOTIATION |
                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    // Of TLS 1.2 what keeps a recording secret when the key is stolen later, and is authenticated encryption; TLS 1.3
    // has nothing else.
    if (SSL_CTX_set_cipher_list(tls.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return Error{ErrorCode::internal, "OpenSSL has no cipher suite that scimkit takes."};
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
        auto const required = options.client_certificates == ClientCertificates::required;
        tls.set_verify_mode(asio::ssl::verify_peer | (required ? asio::ssl::verify_fail_if_no_peer_cert : 0));
        // Without it OpenSSL refuses to resume sessions of clients that showed a certificate.
        static constexpr unsigned char session_context[] = "scimkit";
        SSL_CTX_set_session_id_context(tls.native_handle(), session_context, sizeof session_context - 1);
    }
    return tls;
}

std::vector<std::string> tls_warnings(context& tls)
{
    std::vector<std::string> warnings;
    auto const look_at = [&](X509 const* certificate, std::string_view which)
    {
        if (!certificate)
            return;
        auto const said = [&](std::string_view what, ASN1_TIME const* when)
        { warnings.push_back(std::string{which} + std::string{what} + text_of(when) + "."); };
        auto soon = std::time(nullptr) + expires_soon.count();
        if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
            said(" is not valid before ", X509_get0_notBefore(certificate));
        else if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
            said(" has expired on ", X509_get0_notAfter(certificate));
        else if (X509_cmp_time(X509_get0_notAfter(certificate), &soon) < 0)
            said(" expires on ", X509_get0_notAfter(certificate));
    };

    look_at(SSL_CTX_get0_certificate(tls.native_handle()), "The certificate of the server");
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(tls.native_handle(), &chain);
    for (int i = 0; i < sk_X509_num(chain); ++i)
        look_at(sk_X509_value(chain, i), "A certificate of the server's chain");
    auto const* const authorities = X509_STORE_get0_objects(SSL_CTX_get_cert_store(tls.native_handle()));
    for (int i = 0; i < sk_X509_OBJECT_num(authorities); ++i)
        look_at(X509_OBJECT_get0_X509(sk_X509_OBJECT_value(authorities, i)), "An authority of client certificates");
    return warnings;
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
