// Two forms in which operators have keys: JWK, which libcjose reads, and PEM, whose numbers are given to it. OpenSSL
// reads PEM; it is there, since libcjose is made of it.
#include "private_key.hpp"

#include <scimkit/core/json.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::oauth
{
namespace
{

constexpr std::size_t max_key_bytes = 64u * 1024; // of a private key; it is refused
constexpr int least_bits = 2'048;                 // of an RSA key

struct Frees
{
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
};

Error unusable(std::string why) { return {ErrorCode::invalid_value, "The key of the client " + std::move(why)}; }

/// The bytes of a number, wiped when they are no longer needed.
class Number
{
public:
    Number(EVP_PKEY const* key, char const* name, std::size_t width = 0)
    {
        BIGNUM* read = nullptr;
        if (EVP_PKEY_get_bn_param(key, name, &read) != 1)
            return;
        std::unique_ptr<BIGNUM, Frees> const number{read};
        bytes_.resize(std::max(width, static_cast<std::size_t>(BN_num_bytes(read))));
        if (BN_bn2binpad(read, bytes_.data(), static_cast<int>(bytes_.size())) < 0)
            bytes_.clear();
    }
    ~Number() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
    Number(Number const&) = delete;
    Number& operator=(Number const&) = delete;

    std::uint8_t* data() noexcept { return bytes_.data(); }
    std::size_t size() const noexcept { return bytes_.size(); }

private:
    std::vector<std::uint8_t> bytes_;
};

result<Key> made(cjose_jwk_t* jwk, std::string type, std::string curve)
{
    if (!jwk)
        return unusable("cannot be used.");
    Key key{.id = {}, .type = std::move(type), .curve = std::move(curve), .algorithm = {}, .jwk = nullptr};
    key.jwk = std::shared_ptr<cjose_jwk_t>{jwk, ReleaseJwk{}};
    return key;
}

/// No terminal is asked for a password: a program may have none.
int no_password(char*, int, int, void*) { return 0; }

result<Key> rsa(EVP_PKEY const* key)
{
    if (EVP_PKEY_get_bits(key) < least_bits)
        return unusable("is RSA of fewer than 2,048 bits.");
    Number e{key, OSSL_PKEY_PARAM_RSA_E}, n{key, OSSL_PKEY_PARAM_RSA_N}, d{key, OSSL_PKEY_PARAM_RSA_D};
    Number p{key, OSSL_PKEY_PARAM_RSA_FACTOR1}, q{key, OSSL_PKEY_PARAM_RSA_FACTOR2};
    Number dp{key, OSSL_PKEY_PARAM_RSA_EXPONENT1}, dq{key, OSSL_PKEY_PARAM_RSA_EXPONENT2};
    Number qi{key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    cjose_jwk_rsa_keyspec spec{};
    auto const give = [](std::uint8_t*& to, std::size_t& size, Number& from)
    {
        to = from.size() > 0 ? from.data() : nullptr;
        size = from.size();
    };
    give(spec.e, spec.elen, e);
    give(spec.n, spec.nlen, n);
    give(spec.d, spec.dlen, d);
    give(spec.p, spec.plen, p);
    give(spec.q, spec.qlen, q);
    give(spec.dp, spec.dplen, dp);
    give(spec.dq, spec.dqlen, dq);
    give(spec.qi, spec.qilen, qi);
    cjose_err error{};
    return made(cjose_jwk_create_RSA_spec(&spec, &error), "RSA", {});
}

struct Curve
{
    char const* group;
    char const* name;
    cjose_jwk_ec_curve curve;
    std::size_t width; ///< bytes of a coordinate
};

result<Key> ec(EVP_PKEY const* key)
{
    constexpr std::array<Curve, 3> curves{{{"prime256v1", "P-256", CJOSE_JWK_EC_P_256, 32},
                                           {"secp384r1", "P-384", CJOSE_JWK_EC_P_384, 48},
                                           {"secp521r1", "P-521", CJOSE_JWK_EC_P_521, 66}}};
    std::array<char, 80> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1)
        return unusable("is on no curve that has a name.");
    auto const* const curve = std::ranges::find_if(curves,
                                                   [&](Curve const& each) {
                                                       return std::string_view{group.data(), length} == each.group;
                                                   });
    if (curve == curves.end())
        return Error{ErrorCode::not_implemented,
                     "The key of the client is on a curve that is not signed with; P-256, P-384 and P-521 are."};
    Number d{key, OSSL_PKEY_PARAM_PRIV_KEY, curve->width};
    Number x{key, OSSL_PKEY_PARAM_EC_PUB_X, curve->width}, y{key, OSSL_PKEY_PARAM_EC_PUB_Y, curve->width};
    if (d.size() == 0 || x.size() == 0 || y.size() == 0)
        return unusable("is not whole.");
    cjose_jwk_ec_keyspec spec{};
    spec.crv = curve->curve;
    spec.d = d.data();
    spec.dlen = d.size();
    spec.x = x.data();
    spec.xlen = x.size();
    spec.y = y.data();
    spec.ylen = y.size();
    cjose_err error{};
    return made(cjose_jwk_create_EC_spec(&spec, &error), "EC", curve->name);
}

result<Key> of_pem(std::string_view text)
{
    std::unique_ptr<BIO, Frees> const bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    std::unique_ptr<EVP_PKEY, Frees> const key{bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_password, nullptr)
                                                   : nullptr};
    ERR_clear_error(); // what it says of a key is for nobody, and belongs to no later call
    if (!key)
        return unusable("is no private key in PEM, or has a password.");
    switch (EVP_PKEY_get_base_id(key.get()))
    {
    case EVP_PKEY_RSA:
        return rsa(key.get());
    case EVP_PKEY_EC:
        return ec(key.get());
    default:
        return Error{ErrorCode::not_implemented,
                     "The key of the client is neither RSA nor EC; libcjose signs with no other, "
                     "Ed25519 for example."};
    }
}

result<Key> of_jwk(std::string_view text)
{
    auto const parsed = parse_json(text, {.max_bytes = max_key_bytes, .max_depth = 8});
    auto const* const jwk = parsed ? parsed->if_object() : nullptr;
    if (!jwk)
        return unusable("is neither PEM nor a JWK.");
    auto const type = text_of(*jwk, "kty");
    if (type != "RSA" && type != "EC")
        return Error{ErrorCode::not_implemented,
                     "The key of the client is neither RSA nor EC; libcjose signs with no other, "
                     "Ed25519 for example."};
    if (text_of(*jwk, "d").empty())
        return unusable("is public: it has no d.");
    if (auto const use = text_of(*jwk, "use"); !use.empty() && use != "sig")
        return unusable("is for something else than signatures.");
    json::object plain; // nothing reaches the library but what it needs
    for (char const* const name : {"kty", "n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y"})
        if (auto const* const part = jwk->if_contains(name); part && part->is_string())
            plain[name] = *part;
    if (type == "RSA" && text_of(*jwk, "n").size() < least_modulus)
        return unusable("is RSA of fewer than 2,048 bits.");
    std::string kept;
    write_json(kept, plain);
    cjose_err error{};
    auto key = made(cjose_jwk_import(kept.data(), kept.size(), &error), type, text_of(*jwk, "crv"));
    OPENSSL_cleanse(kept.data(), kept.size());
    if (key)
    {
        key->id = text_of(*jwk, "kid");
        key->algorithm = text_of(*jwk, "alg");
    }
    return key;
}

} // namespace

result<Key> parse_private_key(std::string_view text)
{
    if (text.size() > max_key_bytes)
        return unusable("is longer than a key.");
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return unusable("is empty.");
    return text[begin] == '{' ? of_jwk(text) : of_pem(text);
}

} // namespace scimkit::oauth
