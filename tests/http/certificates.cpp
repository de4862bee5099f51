// Made anew for each run instead of kept as files: a certificate that is kept expires one day, and the tests with it.
#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace scimkit::test
{

namespace
{

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void require(bool done)
{
    if (!done)
        throw std::runtime_error{"OpenSSL cannot make a certificate"};
}

} // namespace

Certificates::Certificates()
{
    auto pattern = (std::filesystem::temp_directory_path() / "scimkit-tls-XXXXXX").string();
    require(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
}

Certificates::~Certificates()
{
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void Certificates::make(std::string const& name, long valid_from, long valid_until) const
{
    Key const pair{EVP_EC_gen("P-256"), &EVP_PKEY_free};
    Certificate const signed_by_itself{X509_new(), &X509_free};
    require(pair && signed_by_itself);

    auto* const x509 = signed_by_itself.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), valid_from);
    X509_gmtime_adj(X509_getm_notAfter(x509), valid_until);
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                                       reinterpret_cast<unsigned char const*>(name.data()),
                                       static_cast<int>(name.size()), -1, 0) == 1);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_set_pubkey(x509, pair.get());
    require(X509_sign(x509, pair.get(), EVP_sha256()) > 0);

    File const certificate_file{std::fopen(certificate(name).c_str(), "w"), &std::fclose};
    File const key_file{std::fopen(key(name).c_str(), "w"), &std::fclose};
    require(certificate_file && key_file);
    require(PEM_write_X509(certificate_file.get(), x509) == 1);
    require(PEM_write_PrivateKey(key_file.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
}

std::string Certificates::file(std::string const& name, std::string const& content) const
{
    auto const path = (directory_ / name).string();
    std::ofstream{path} << content;
    return path;
}

} // namespace scimkit::test
