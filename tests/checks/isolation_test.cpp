// What no filter, order, path or authoriser's rule may be got round by. The numbers are those of
// docs/security-checks.md.
#include <scimkit/security/authentication.hpp>
#include <scimkit/security/scopes.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "support/bulk.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(isolation)

namespace
{

/// Whoever the request says it is: the header has "subject tenant scope...".
struct BySaying final : Authenticator
{
    result<Principal> authenticate(Credentials const& credentials) override
    {
        Principal principal;
        std::string word;
        std::vector<std::string> words;
        for (char const c : std::string{credentials.authorization} + " ")
            if (c != ' ')
                word += c;
            else if (!word.empty())
                words.push_back(std::exchange(word, {}));
        if (words.size() < 2)
            return Error{ErrorCode::unauthorized, "No."};
        principal.subject = words[0];
        principal.tenant = words[1];
        principal.scopes.assign(words.begin() + 2, words.end());
        return principal;
    }
    bool may_block() const noexcept override { return false; }
    std::string challenge() const override { return "Bearer"; }
    std::vector<AuthenticationScheme> schemes() const override { return {}; }
};

struct House
{
    House()
    {
        for (auto const* const name : {"acme", "globex"})
            tenants.push_back({.name = name, .base_url = std::string{"https://example.com/"} + name});
        services.emplace(TenantServices::create({.base_url = "https://example.com/nobody",
                                                 .store = memory::make_store(),
                                                 .authenticator = std::make_shared<BySaying>(),
                                                 .authoriser = scope_authoriser(),
                                                 .environment = std::make_shared<TickingEnvironment>()},
                                                tenant_list(tenants).value())
                             .value());
    }

    Reply send(std::string_view who, std::string_view method, std::string const& target,
               json::value const& body = nullptr) const
    {
        auto const text = body.is_null() ? std::string{} : ServiceFixture::text_of(body);
        auto const encoded = encode_target(target);
        Request request{.method = method, .target = encoded, .body = text};
        request.headers = {{"Authorization", who}, {"Content-Type", "application/scim+json"}};
        return Reply{services->handle(request)};
    }

    std::vector<Tenant> tenants;
    std::optional<TenantServices> services;
};

/// A filter of a few terms, each of which all, some or none of the resources fit.
std::string random_filter(std::mt19937& random, int depth)
{
    static std::vector<std::string> const terms{"id pr",
                                                "userName pr",
                                                "userName sw \"acme\"",
                                                "userName co \"o\"",
                                                "active eq true",
                                                "not (id eq \"id-1\")",
                                                "meta.created pr",
                                                "emails[type eq \"work\"]",
                                                "userName ne \"\"",
                                                "externalId eq \"1\"",
                                                "meta.location co \"acme\"",
                                                "name.familyName gt \"a\"",
                                                "id gt \"\"",
                                                "schemas co \"urn\"",
                                                "displayName eq \"shared\"",
                                                "groups.value pr"};
    auto const roll = random();
    if (depth == 0 || roll % 3 == 0)
        return terms[roll / 3 % terms.size()];
    auto const joined =
        random_filter(random, depth - 1) + (roll % 2 == 0 ? " or " : " and ") + random_filter(random, depth - 1);
    return roll % 5 == 0 ? "not (" + joined + ")" : "(" + joined + ")";
}

} // namespace

BOOST_AUTO_TEST_CASE(check_11_no_filter_order_or_search_widens_the_tenant_or_what_may_be_seen)
{
    House const house;
    for (std::string const name : {"acme", "globex"})
        for (int i = 0; i < 6; ++i)
        {
            auto const made = house.send(
                "root " + name + " scim", "POST", "/" + name + "/Users",
                user(name + std::to_string(i), {{"displayName", "shared"},
                                                {"externalId", std::to_string(i)},
                                                {"emails", {{{"value", name + "@example.com"}, {"type", "work"}}}},
                                                {"name", {{"familyName", name}}}}));
            BOOST_REQUIRE(made.status == 201);
            house.send("root " + name + " scim", "POST", "/" + name + "/Groups",
                       {{"schemas", {urn::group}}, {"displayName", "shared"}, {"members", {{{"value", made.id()}}}}});
        }
    std::mt19937 random{11};
    auto const check = [&](Reply const& reply, std::string const& what)
    {
        BOOST_REQUIRE(reply.status == 200 || reply.status == 400);
        BOOST_TEST(reply.response.body.find("globex") == std::string::npos, what);
        BOOST_TEST(reply.response.body.find(urn::group) == std::string::npos, what);
        BOOST_TEST(reply.number("/totalResults") <= 6, what); // nor counted
    };
    for (int i = 0; i < 400; ++i)
    {
        auto const filter = random_filter(random, 4);
        auto const* const order = i % 3 == 0 ? "&sortBy=meta.lastModified&sortOrder=descending" : "";
        check(house.send("reader acme users.read", "GET", "/acme/Users?filter=" + filter + order), filter);
        json::object const search{{"schemas", {"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                                  {"filter", filter},
                                  {"sortBy", i % 2 == 0 ? "userName" : "displayName"}};
        check(house.send("reader acme users.read", "POST", "/acme/Users/.search", search), filter);
        check(house.send("reader acme users.read", "POST", "/acme/.search", search), filter); // users alone
    }
}

BOOST_AUTO_TEST_CASE(check_11_no_path_of_a_patch_reaches_another_resource)
{
    House const house;
    auto const mine = house.send("root acme scim", "POST", "/acme/Users", user("ada")).id();
    auto const theirs = house.send("root globex scim", "POST", "/globex/Users", user("eve")).id();
    auto const before = house.send("root globex scim", "GET", "/globex/Users/" + theirs).response.body;
    for (auto const& path : std::vector<std::string>{
             "id", "meta.location", "Users[id eq \"" + theirs + "\"].userName", "/globex/Users/" + theirs,
             "userName or id pr", "emails[type pr or id pr].value", "../../globex/Users/" + theirs + ".userName",
             "urn:ietf:params:scim:schemas:core:2.0:Group:displayName", "tenant", "groups[value eq \"x\"].value"})
        for (auto const* const op : {"add", "replace", "remove"})
            house.send("root acme scim", "PATCH", "/acme/Users/" + mine,
                       patch_op(op, path, std::string_view{op} == "remove" ? json::value() : json::value(theirs)));
    BOOST_TEST(house.send("root globex scim", "GET", "/globex/Users/" + theirs).response.body == before);
    BOOST_TEST(house.send("root acme scim", "GET", "/acme/Users/" + mine).id() == mine);
}

BOOST_AUTO_TEST_CASE(check_14_what_an_authoriser_protects_no_request_changes)
{
    struct Protecting final : Authoriser
    {
        result<void> authorise(Principal const&, Access const& access) override
        {
            using enum Access::Operation;
            bool const writes = access.operation == replace || access.operation == patch ||
                                access.operation == Access::Operation::remove;
            return writes && access.id == protected_id ? Error{ErrorCode::forbidden, "Not managed by SCIM."}
                                                       : result<void>{};
        }
        std::string protected_id;
    };
    auto const authoriser = std::make_shared<Protecting>();
    ServiceFixture const scim{{.authoriser = authoriser}};
    auto const local = scim.create("/Users", user("local"));
    authoriser->protected_id = local;
    auto const at = "/Users/" + local;
    auto const before = scim.get(at).response.body;
    auto const off = patch_op("replace", "active", false);
    BOOST_TEST(scim.put(at, user("taken")).status == 403);
    BOOST_TEST(scim.patch(at, off).status == 403);
    BOOST_TEST(scim.patch(at + "/", off).status >= 400);
    BOOST_TEST(scim.del(at).status == 403);
    auto const in_bulk =
        scim.post("/Bulk", bulk({bulk_on("PUT", at, user("taken")), bulk_on("PATCH", at, off), bulk_on("DELETE", at)}));
    BOOST_TEST(statuses(in_bulk) == "403 403 403");
    BOOST_TEST(scim.get(at).response.body == before);
    BOOST_TEST(scim.post("/Users", user("local")).status == 409);
}

BOOST_AUTO_TEST_SUITE_END()
