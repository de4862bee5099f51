// A product that provisions into another one: find a user by name, or create her, and put her into no second account.
#include <scimkit/client/client.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace scimkit;
    using namespace scimkit::client;

    if (argc != 3 || !std::getenv("SCIM_TOKEN"))
        return std::cerr << "usage: SCIM_TOKEN=... scimkit_sample_provision BASE_URL USERNAME\n", 2;
    auto const transport = curl_transport();
    auto const client = Client::create(
        {.base_url = argv[1], .transport = transport.value(), .credentials = bearer(known(std::getenv("SCIM_TOKEN")))});
    if (!client)
        return std::cerr << describe(client.error()) << '\n', 1;

    std::string const name = argv[2];
    auto const found = client->query("/Users", {.filter = "userName eq " + filter_string(name), .count = 1});
    if (!found)
        return std::cerr << describe(found.error()) << '\n', 1;
    if (!found->resources.empty())
        return std::cout << "is there: " << found->resources.front().id << '\n', 0;

    auto const created = client->create(
        "/Users", {{"schemas", {"urn:ietf:params:scim:schemas:core:2.0:User"}}, {"userName", name}, {"active", true}});
    if (!created)
        return std::cerr << describe(created.error()) << '\n', 1;
    std::cout << "created: " << created->id << '\n';
}
