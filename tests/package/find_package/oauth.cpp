// Links libcjose, and OpenSSL, which reads what an operator takes for a key.
#include <scimkit/oauth/client_assertion.hpp>

#include <iostream>

int main()
{
    std::string const none = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    auto const assertion =
        scimkit::client_assertion({.key = none, .client_id = "c", .audience = "https://example.com"});
    std::cout << (assertion ? "an assertion" : assertion.error().detail) << '\n';
    return !assertion && assertion.error().code == scimkit::ErrorCode::invalid_value ? 0 : 1;
}
