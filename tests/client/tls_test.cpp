// TLS: trusted or not, against the HTTP server of this library.
#include <scimkit/http/server.hpp>
#include <scimkit/memory/memory_store.hpp>

#include "../http/certificates.hpp"
#include "scripted.hpp"

using namespace scimkit;
using namespace scimkit::client;

BOOST_AUTO_TEST_SUITE(client_tls)

BOOST_AUTO_TEST_CASE(a_certificate_must_be_trusted_and_of_that_name)
{
    scimkit::test::Certificates const certificates;
    certificates.make("localhost");
    certificates.make("other.example.com");
    auto const token = make_token_record("a-secret-of-16-bytes-or-more", {.subject = "test"});
    auto const service = Service::create({.base_url = "https://localhost/scim",
                                          .store = memory::make_store(),
                                          .authenticator = bearer_authenticator({token.value()})});
    BOOST_REQUIRE(service);
    for (std::string const name : {"localhost", "other.example.com"})
    {
        http::ServerOptions options;
        options.tls = http::TlsOptions{certificates.certificate(name), certificates.key(name)};
        auto const server = http::Server::start(options, *service);
        BOOST_REQUIRE(server);
        auto const read = [&](CurlOptions curl)
        {
            auto const client =
                Client::create({.base_url = "https://localhost:" + std::to_string((*server)->port()) + "/scim",
                                .transport = curl_transport(std::move(curl)).value(),
                                .credentials = bearer(known("a-secret-of-16-bytes-or-more"))});
            return client->query("/Users");
        };
        auto const untrusted = read({});
        BOOST_REQUIRE(!untrusted);
        BOOST_TEST((untrusted.error().kind == FailureKind::untrusted), describe(untrusted.error()));
        BOOST_TEST(!untrusted.error().sent);
        auto const trusted = read({.ca_file = certificates.certificate(name)});
        BOOST_TEST(trusted.has_value() == (name == "localhost"));
        if (!trusted)
            BOOST_TEST((trusted.error().kind == FailureKind::untrusted));
        BOOST_TEST(read({.verify_tls = false}).has_value());
        (*server)->stop();
    }
}

BOOST_AUTO_TEST_SUITE_END()
