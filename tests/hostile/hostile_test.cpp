// Hundreds of malformed requests: each is a SCIM error of the 4xx kind, none changes a byte of the store, and the
// service goes on working.
#include <scimkit/kv/store.hpp>
#ifdef SCIMKIT_TEST_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include "hostile/refusal.hpp"
#include "support/shared_engine.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>

BOOST_AUTO_TEST_SUITE(hostile_input)

namespace
{

using namespace scimkit;

constexpr std::string_view token = "token-of-the-hostile-client";

class Target
{
public:
    explicit Target(std::shared_ptr<kv::Engine> engine)
        : engine_(std::move(engine))
        , service_(
              Service::create({.base_url = "https://example.com/scim",
                               .store = kv::make_store(std::make_unique<test::SharedEngine>(engine_)).value(),
                               .authenticator = bearer_authenticator({make_token_record(token, {"hostile"}).value()})})
                  .value())
    {
        user_ = create("/scim/Users", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"target",
                                          "title":"t","active":true,"name":{"givenName":"T"},
                                          "emails":[{"value":"t@example.com","type":"work"}]})");
        group_ = create("/scim/Groups", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],
                                            "displayName":"g","members":[{"value":")" +
                                            user_ + "\"}]}");
    }

    Response send(hostile::HostileRequest const& hostile) const
    {
        Request request{.method = hostile.method, .target = hostile.target, .body = hostile.body};
        std::string const authorization = "Bearer " + std::string{token};
        if (hostile.authorised)
            request.headers.push_back({"Authorization", authorization});
        for (auto const& [name, value] : hostile.headers)
            request.headers.push_back({name, value});
        return service_.handle(request);
    }

    std::string bytes() const { return test::bytes_of(*engine_); }
    std::string const& user() const { return user_; }
    std::string const& group() const { return group_; }

private:
    std::string create(std::string target, std::string body)
    {
        Response const created =
            send({"create", "POST", std::move(target), {{"Content-Type", "application/scim+json"}}, std::move(body)});
        BOOST_REQUIRE_MESSAGE(created.status == 201, created.body);
        std::string_view const location = created.header("Location");
        return std::string{location.substr(location.rfind('/') + 1)};
    }

    std::shared_ptr<kv::Engine> engine_;
    Service service_;
    std::string user_, group_;
};

void attack(Target const& target)
{
    auto const requests = hostile::hostile_requests(target.user(), target.group());
    BOOST_TEST(requests.size() >= 300u);
    std::string before = target.bytes();
    for (auto const& request : requests)
    {
        Response const response = target.send(request);
        hostile::check_refusal(request, {response.status, response.header("Content-Type"), response.body}, token);
        std::string after = target.bytes();
        BOOST_CHECK_MESSAGE(after == before, request.name << " changed the store");
        before = std::move(after);
    }
    Response const alive = target.send({"alive", "GET", "/scim/Users/" + target.user(), {}, ""});
    BOOST_TEST(alive.status == 200);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_malformed_request_is_refused_and_changes_nothing_in_memory,
                     *boost::unit_test::label("7644-3.12-a") * boost::unit_test::label("7644-3.12-ag") *
                         boost::unit_test::label("7644-3.2-i") * boost::unit_test::label("7644-3.12-b") *
                         boost::unit_test::label("7644-err-7898"))
{
    attack(Target{memory::make_engine()});
}

#ifdef SCIMKIT_TEST_LMDB
BOOST_AUTO_TEST_CASE(every_malformed_request_is_refused_and_changes_nothing_in_lmdb)
{
    std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-hostile-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    attack(Target{lmdb::open_engine(pattern).value()});
    std::filesystem::remove_all(pattern);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
