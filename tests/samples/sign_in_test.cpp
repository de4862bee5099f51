// The sign_in sample: an application reads beside SCIM what came in by SCIM.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "sign_in.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct Application
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    std::shared_ptr<PasswordHasher> hasher = std::make_shared<FakeHasher>();
    ServiceFixture scim{{.registry = registry, .password_hasher = hasher}};
    sample::Accounts accounts = sample::Accounts::open(scim.store, registry, hasher).value();

    bool may_sign_in(std::string_view name, std::string_view password) const
    {
        return accounts.may_sign_in(name, password).value();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sign_in, Application)

BOOST_AUTO_TEST_CASE(who_came_in_by_scim_may_sign_in)
{
    auto const id = scim.create("/Users", user("Ada", {{"password", "correct horse"}, {"active", true}}));
    BOOST_TEST(may_sign_in("Ada", "correct horse"));
    BOOST_TEST(may_sign_in("ADA", "correct horse"));
    BOOST_TEST(!may_sign_in("Ada", "Correct horse"));
    BOOST_TEST(!may_sign_in("Ada", ""));
    BOOST_TEST(!may_sign_in("Adam", "correct horse"));
    BOOST_TEST(accounts.find_user("ada").value()->id == id);
}

BOOST_AUTO_TEST_CASE(what_changes_by_scim_counts_at_once)
{
    auto const target = "/Users/" + scim.create("/Users", user("ada", {{"password", "first"}, {"active", true}}));
    scim.patch(target, patch_op("replace", "password", "second"));
    BOOST_TEST(!may_sign_in("ada", "first"));
    BOOST_TEST(may_sign_in("ada", "second"));
    scim.patch(target, patch_op("replace", "active", json::value(false)));
    BOOST_TEST(!may_sign_in("ada", "second"));
    scim.patch(target, patch_op("replace", "active", json::value(true)));
    BOOST_TEST(may_sign_in("ada", "second"));
    scim.del(target);
    BOOST_TEST(!may_sign_in("ada", "second"));
    BOOST_TEST(!accounts.find_user("ada").value().has_value());
}

BOOST_AUTO_TEST_CASE(nobody_signs_in_without_a_password_or_as_nobody)
{
    scim.create("/Users", user("ada", {{"active", true}}));
    for (std::string const& name :
         {std::string{"ada"}, std::string{"nobody"}, std::string{}, std::string(100'000, 'x'),
          std::string{"ada\" or userName pr or userName eq \""}, std::string{"a\0b", 3}, std::string{"\xff\xfe"}})
        for (char const* password : {"", "the password of nobody"})
            BOOST_TEST(!may_sign_in(name, password));
}

BOOST_AUTO_TEST_CASE(keystone_1136_a_hash_is_compared_once_whether_there_is_such_an_account_or_not)
{
    struct Counting final : FakeHasher
    {
        bool verify(std::string_view stored, std::string_view secret) override
        {
            ++compared;
            return FakeHasher::verify(stored, secret);
        }
        int compared = 0;
    };
    auto const counting = std::make_shared<Counting>();
    auto const counted = sample::Accounts::open(scim.store, registry, counting).value();
    scim.create("/Users", user("ada", {{"password", "correct horse"}, {"active", true}}));
    scim.create("/Users", user("away", {{"password", "correct horse"}, {"active", false}}));
    scim.create("/Users", user("bare", {{"active", true}}));
    for (auto const* const name : {"ada", "away", "bare", "nobody", ""})
    {
        counting->compared = 0;
        BOOST_TEST(!counted.may_sign_in(name, "a wrong one").value());
        BOOST_TEST(counting->compared == 1, name);
    }
    BOOST_TEST(counted.may_sign_in("ada", "correct horse").value());
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_is_an_error_and_no_refusal)
{
    struct Broken : ForwardingStore
    {
        using ForwardingStore::ForwardingStore;
        result<void> read(Attachment const&, std::string_view, CallContext const&, Body<ReadTransaction>) override
        {
            return Error{ErrorCode::unavailable, "the disk is gone"};
        }
    };
    // An attachment is its store's own; that of a ForwardingStore is the inner one's.
    auto const broken =
        sample::Accounts::open(std::make_shared<Broken>(memory::make_store()), registry, hasher).value();
    BOOST_REQUIRE(!broken.may_sign_in("ada", "x"));
    BOOST_TEST((broken.may_sign_in("ada", "x").error().code == ErrorCode::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
