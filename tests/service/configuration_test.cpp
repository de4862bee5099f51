// Options of a service that contradict each other or their store end at its creation, in a sentence for whoever
// embeds it, instead of at a client's request weeks later.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/forwarding_store.hpp>
#include <scimkit/store/small_store.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(configuration)

namespace
{

ServiceOptions good()
{
    return {.base_url = "https://example.com/scim",
            .store = memory::make_store(),
            .authenticator = no_authentication(),
            .password_hasher = std::make_shared<FakeHasher>()};
}

/// What create() says to options that are wrong; empty if it takes them.
std::string refusal(ServiceOptions options)
{
    auto const service = Service::create(std::move(options));
    if (service)
        return {};
    BOOST_TEST((service.error().code == ErrorCode::invalid_value));
    return service.error().detail;
}

std::string refusal_of_url(std::string url)
{
    auto options = good();
    options.base_url = std::move(url);
    return refusal(std::move(options));
}

struct ThrowingStore : ResourceStore
{
    StoreTraits traits() const override { throw std::runtime_error{"no database"}; }
    result<void> read(Attachment const&, std::string_view, CallContext const&,
                      function_ref<result<void>(ReadTransaction&)>) override
    {
        return {};
    }
    result<void> write(Attachment const&, std::string_view, CallContext const&,
                       function_ref<result<void>(WriteTransaction&)>) override
    {
        return {};
    }
};

struct UnattachableStore : ThrowingStore
{
    StoreTraits traits() const override { return {}; }
    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const>) override
    {
        return Error{ErrorCode::unavailable, "no database"};
    }
};

/// A store whose traits are not true of its transactions.
struct Boaster : ForwardingStore
{
    StoreTraits told;

    explicit Boaster(StoreTraits traits)
        : ForwardingStore(memory::make_store())
        , told(std::move(traits))
    {
    }
    StoreTraits traits() const override { return told; }
};

} // namespace

BOOST_AUTO_TEST_CASE(traits_have_to_be_true_of_the_transactions)
{
    StoreTraits const real = memory::make_store()->traits();
    auto const refusal_of = [](StoreTraits const& told)
    {
        auto options = good();
        options.store = std::make_shared<Boaster>(told);
        return refusal(std::move(options));
    };
    BOOST_TEST(refusal_of(real).empty());
    StoreTraits without_large = real;
    without_large.large_attributes = false;
    BOOST_TEST(refusal_of(without_large).find("does not announce large attributes") != std::string::npos);
    StoreTraits other_log = real;
    other_log.change_log = !real.change_log;
    BOOST_TEST(refusal_of(other_log).find("change log") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_reached_yet_is_not_refused)
{
    struct Away : Boaster
    {
        using Boaster::Boaster;
        result<void> read(Attachment const&, std::string_view, CallContext const&,
                          function_ref<result<void>(ReadTransaction&)>) override
        {
            return Error{ErrorCode::unavailable, "the database is away"};
        }
    };
    auto options = good();
    options.store = std::make_shared<Away>(memory::make_store()->traits());
    auto const service = Service::create(std::move(options));
    BOOST_REQUIRE(service.has_value());
    BOOST_TEST(service->handle({.method = "GET", .target = "/scim/Users"}).status == 503);
}

BOOST_AUTO_TEST_CASE(a_store_without_transactions_is_told_to_the_log)
{
    std::vector<std::string> warnings;
    auto options = good();
    options.log = [&](LogLevel level, std::string_view message)
    {
        if (level == LogLevel::warning)
            warnings.emplace_back(message);
    };
    StoreTraits traits = memory::make_store()->traits();
    traits.atomic = false;
    options.store = std::make_shared<Boaster>(traits);
    BOOST_REQUIRE(Service::create(std::move(options)).has_value());
    BOOST_REQUIRE(warnings.size() == 1);
    BOOST_TEST(warnings.front().find("half done") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_good_configuration_is_taken_and_filled_in)
{
    auto const service = Service::create(good()).value();
    BOOST_TEST(service.options().environment != nullptr);
    BOOST_TEST(service.registry().find_resource_type("User") != nullptr);
    BOOST_TEST(service.handle({.method = "GET", .target = "/scim/Users"}).status == 200);
}

BOOST_AUTO_TEST_CASE(base_urls_are_absolute)
{
    for (auto const* url :
         {"https://example.com", "http://localhost:8080/a/b", "HTTPS://example.com/", "https://[::1]:8443/scim/v2//"})
        BOOST_TEST(refusal_of_url(url).empty(), url);
    for (auto const* url : {"", "example.com", "/scim", "ftp://example.com", "https://", "https:///scim",
                            "https://user:pw@example.com", "https://example.com?x", "https://example.com#x",
                            "https://example.com/a b", "https://example.com\\x", "https"})
        BOOST_TEST(!refusal_of_url(url).empty(), url);
}

BOOST_AUTO_TEST_CASE(a_slash_at_the_end_of_the_base_url_is_cut_off)
{
    ServiceFixture const scim{{.base_url = "https://example.com/scim/v2/"}};
    auto const response = scim.service.handle({.method = "GET", .target = "/scim/v2/ServiceProviderConfig"});
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.find("https://example.com/scim/v2/ServiceProviderConfig") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(store_and_authenticator_are_needed)
{
    auto options = good();
    options.store = nullptr;
    BOOST_TEST(refusal(options) == "store is missing.");
    options = good();
    options.authenticator = nullptr;
    BOOST_TEST(refusal(options).starts_with("authenticator is missing"));
}

BOOST_AUTO_TEST_CASE(limits_fit_together)
{
    auto options = good();
    options.limits.default_page_size = 11;
    options.limits.max_page_size = 10;
    BOOST_TEST(refusal(options) == "default_page_size is larger than max_page_size.");
    options.limits.default_page_size = 0;
    options.limits.max_page_size = 0;
    BOOST_TEST(!refusal(options).empty());
    options = good();
    options.limits.max_body_bytes = 0;
    BOOST_TEST(!refusal(options).empty());
    options = good();
    options.limits.deadline = {};
    BOOST_TEST(!refusal(options).empty());
}

BOOST_AUTO_TEST_CASE(prefixes_and_tenants_are_checked)
{
    auto options = good();
    options.path_prefix = "scim";
    BOOST_TEST(!refusal(options).empty());
    options.path_prefix = "/scim?x";
    BOOST_TEST(!refusal(options).empty());
    options.path_prefix = "/";
    BOOST_TEST(refusal(options).empty());
    options = good();
    options.default_tenant = "";
    BOOST_TEST(!refusal(options).empty());
    options.default_tenant = std::string(65, 't');
    BOOST_TEST(!refusal(options).empty());
}

BOOST_AUTO_TEST_CASE(keys_from_before_need_the_one_that_they_were_exchanged_for)
{
    auto options = good();
    options.previous_cursor_keys.resize(3);
    BOOST_TEST(!refusal(options).empty());
    options.cursor_key.emplace();
    BOOST_TEST(refusal(options).empty());
    options.previous_cursor_keys.resize(4);
    BOOST_TEST(!refusal(options).empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_start_stops_the_start)
{
    auto options = good();
    options.store = std::make_shared<UnattachableStore>();
    auto const unavailable = Service::create(options);
    BOOST_REQUIRE(!unavailable);
    BOOST_TEST((unavailable.error().code == ErrorCode::unavailable));
    options.store = std::make_shared<ThrowingStore>();
    auto const threw = Service::create(options);
    BOOST_REQUIRE(!threw);
    BOOST_TEST((threw.error().code == ErrorCode::internal));
}

BOOST_AUTO_TEST_CASE(two_services_with_one_registry_see_the_same_members)
{
    auto options = good();
    auto const tolerant = Service::create(options).value();
    options.registry = tolerant.options().registry;
    options.tolerance = Tolerance::strict();
    auto const strict = Service::create(options).value();

    auto const created =
        tolerant.handle({.method = "POST",
                         .target = "/scim/Groups",
                         .headers = {{"Content-Type", "application/scim+json"}},
                         .body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"})"});
    BOOST_REQUIRE(created.status == 201);
    auto const location = created.header("Location");
    std::string const target = "/scim" + std::string{location.substr(location.find("/Groups/"))};
    auto const patched =
        strict.handle({.method = "PATCH",
                       .target = target,
                       .headers = {{"Content-Type", "application/scim+json"}},
                       .body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                               R"("Operations":[{"op":"replace","path":"displayName","value":"h"}]})"});
    BOOST_TEST(patched.status < 300, patched.body);
    for (Service const* service : {&tolerant, &strict})
        BOOST_TEST(service->handle({.method = "GET", .target = target}).body.find("\"h\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_service_can_be_moved)
{
    auto service = Service::create(good()).value();
    Service other = std::move(service);
    BOOST_TEST(other.handle({.method = "GET", .target = "/scim/Users"}).status == 200);
    service = std::move(other);
    BOOST_TEST(service.handle({.method = "GET", .target = "/scim/Users"}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
