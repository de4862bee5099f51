// Every way in which a token can be wrong that somebody has tried on somebody.
#pragma once

#include "tokens.hpp"

namespace scimkit::test
{

using Forged = std::vector<std::pair<std::string, std::string>>; ///< what is wrong, and the token

/// The parts of a token.
inline std::array<std::string, 3> parts_of(std::string const& whole)
{
    auto const first = whole.find('.');
    auto const last = whole.rfind('.');
    return {whole.substr(0, first), whole.substr(first + 1, last - first - 1), whole.substr(last + 1)};
}

inline std::string with_header(std::string const& whole, json::object const& header)
{
    auto const parts = parts_of(whole);
    return base64url(text_of(header)) + "." + parts[1] + "." + parts[2];
}

/// In the header, the key or the signature.
inline Forged forged_around()
{
    auto const good = signed_token();
    auto const parts = parts_of(good);
    std::string const payload = text_of(good_claims());
    auto const n = pairs().rsa.published().at("n").as_string();
    Pair const public_as_secret{Pair::secret(std::string{n})};
    auto flipped = parts[2];
    flipped[10] = flipped[10] == 'A' ? 'B' : 'A';
    auto other_payload = text_of(good_claims({{"sub", "administrator"}}));
    return {
        {"none", base64url(R"({"alg":"none"})") + "." + parts[1] + "."},
        {"None", base64url(R"({"alg":"None"})") + "." + parts[1] + "."},
        {"nOnE with a signature", with_header(good, {{"alg", "nOnE"}, {"kid", "r1"}})},
        {"no algorithm", with_header(good, {{"kid", "r1"}})},
        {"algorithm is no text", with_header(good, {{"alg", 256}, {"kid", "r1"}})},
        {"algorithm is a list", with_header(good, {{"alg", json::array{"RS256"}}, {"kid", "r1"}})},
        {"the public key as a secret", public_as_secret.sign({{"alg", "HS256"}, {"kid", "r1"}}, payload)},
        {"HS256 over RS256's signature", with_header(good, {{"alg", "HS256"}, {"kid", "r1"}})},
        {"an algorithm that is not on the list", signed_token({}, {{"alg", "RS512"}, {"kid", "r1"}})},
        {"an algorithm for another type of key", with_header(good, {{"alg", "ES256"}, {"kid", "r1"}})},
        {"PS256 over RS256's signature", with_header(good, {{"alg", "PS256"}, {"kid", "r1"}})},
        {"the key of a stranger under our name", pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, payload)},
        {"a key that the token brings",
         pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}, {"jwk", pairs().other_rsa.published()}}, payload)},
        {"a key that the token points to",
         pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "r1"}, {"jku", "https://evil.example/keys"}}, payload)},
        {"an unknown kid", pairs().other_rsa.sign({{"alg", "RS256"}, {"kid", "other"}}, payload)},
        {"a kid that is a path", signed_token({}, {{"alg", "RS256"}, {"kid", "../../dev/null"}})},
        {"a kid that is no text", with_header(good, {{"alg", "RS256"}, {"kid", 1}})},
        {"an empty kid", with_header(good, {{"alg", "RS256"}, {"kid", ""}})},
        {"a small key", pairs().small.sign({{"alg", "RS256"}, {"kid", "small"}}, payload)},
        {"another key's name", signed_token({}, {{"alg", "RS256"}, {"kid", "e1"}})},
        {"a critical extension",
         signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"crit", json::array{"x"}}, {"x", "1"}})},
        {"an unencoded payload", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"b64", "false"}})},
        {"a compressed payload", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"zip", "DEF"}})},
        {"a security event", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "secevent+jwt"}})},
        {"a logout token", signed_token({}, {{"alg", "RS256"}, {"kid", "r1"}, {"typ", "logout+jwt"}})},
        {"a changed payload", parts[0] + "." + base64url(other_payload) + "." + parts[2]},
        {"a changed signature", parts[0] + "." + parts[1] + "." + flipped},
        {"no signature", parts[0] + "." + parts[1] + "."},
        {"a signature with padding", good + "=="},
        {"bits behind the signature", good + "A"},
        {"a blank", parts[0] + ". " + parts[1] + "." + parts[2]},
        {"two parts", parts[0] + "." + parts[1]},
        {"four parts", good + "." + parts[2]},
        {"five parts, as if encrypted", good + "." + parts[2] + "." + parts[2]},
        {"a header that is no JSON", base64url("{alg") + "." + parts[1] + "." + parts[2]},
        {"a header with a name twice",
         base64url(R"({"alg":"none","alg":"RS256","kid":"r1"})") + "." + parts[1] + "." + parts[2]}};
}

/// In the claims, under a good signature.
inline Forged forged_claims()
{
    std::string const payload = text_of(good_claims());
    std::string const twice = payload.substr(0, payload.size() - 1) + R"(,"sub":"administrator"})";
    return {
        {"claims with a name twice", pairs().rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, twice)},
        {"claims that are a list", pairs().rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, "[" + payload + "]")},
        {"claims that are no JSON", pairs().rsa.sign({{"alg", "RS256"}, {"kid", "r1"}}, "sub=administrator")},
        {"another issuer", signed_token({{"iss", "https://login.example.com"}})},
        {"an issuer in a list", signed_token({{"iss", json::array{issuer}}})},
        {"no issuer", signed_token({{"iss", nullptr}})},
        {"another audience", signed_token({{"aud", "https://scim.example.com/scim"}})},
        {"an audience of a longer path", signed_token({{"aud", std::string{audience} + "/other"}})},
        {"no audience", signed_token({{"aud", nullptr}})},
        {"an empty audience", signed_token({{"aud", json::array{}}})},
        {"expired", signed_token({{"exp", noon_seconds - 61}})},
        {"no expiry", signed_token({{"exp", nullptr}})},
        {"an expiry that is text", signed_token({{"exp", std::to_string(noon_seconds + 600)}})},
        {"an expiry beyond all time", signed_token({{"exp", 1e300}})},
        {"a negative expiry", signed_token({{"exp", -1}})},
        {"an expiry in a hundred years", signed_token({{"exp", noon_seconds + 3'155'760'000}})},
        {"not yet", signed_token({{"nbf", noon_seconds + 61}})},
        {"not before is text", signed_token({{"nbf", "now"}})},
        {"issued tomorrow", signed_token({{"iat", noon_seconds + 86'400}})},
        {"no subject", signed_token({{"sub", nullptr}})},
        {"an empty subject", signed_token({{"sub", ""}})},
        {"a subject with a line end", signed_token({{"sub", "a\nsubject=root"}})},
        {"a subject that is a number", signed_token({{"sub", 1}})},
        {"far too long", signed_token() + std::string(20'000, 'A')},
    };
}

} // namespace scimkit::test
