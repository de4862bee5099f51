// The smallest SCIM service provider: no network, resources in memory.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include <iostream>

int main()
{
    using namespace scimkit;

    // value() throws what is wrong with the settings; `if (!made) ... made.error().detail` says it without.
    auto token = make_token_record("a-secret-of-16-bytes-or-more", {.subject = "identity-provider"}).value();
    auto service = Service::create({.base_url = "https://example.com/scim",
                                    .store = memory::make_store(),
                                    .authenticator = bearer_authenticator({token})})
                       .value();

    // Your HTTP server fills in the request and sends the response; nothing else in it changes.
    Response response = service.handle({.method = "POST",
                                        .target = "/scim/Users",
                                        .headers = {{"Authorization", "Bearer a-secret-of-16-bytes-or-more"},
                                                    {"Content-Type", "application/scim+json"}},
                                        .body = R"({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                                                    "userName": "bjensen@example.com"})"});

    std::cout << response.status << ' ' << response.header("Location") << '\n' << response.body << '\n';
    return response.status == 201 ? 0 : 1;
}
