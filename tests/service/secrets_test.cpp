// Secrets are dear to hash: last of all, few at a time, and never for nothing. And what else a write may not do.
#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(secrets)

namespace
{

/// A salted hash, as a real one would be: no two are the same.
class CountingHasher : public PasswordHasher
{
public:
    result<std::string> hash(std::string_view secret) override
    {
        return std::to_string(++hashed) + "$" + std::string(secret.rbegin(), secret.rend());
    }
    bool verify(std::string_view stored, std::string_view secret) override
    {
        return stored.substr(stored.find('$') + 1) == std::string(secret.rbegin(), secret.rend());
    }

    std::atomic<int> hashed{0};
};

/// Holds whoever hashes until it is told to let go.
class SlowHasher : public FakeHasher
{
public:
    result<std::string> hash(std::string_view secret) override
    {
        std::unique_lock lock{mutex_};
        most = std::max(most, ++inside);
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
        --inside;
        return FakeHasher::hash(secret);
    }
    void wait_until_inside(int count)
    {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return inside >= count; });
    }
    void open()
    {
        std::lock_guard const lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

    int most = 0, inside = 0;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

struct Secret
{
    explicit Secret(std::shared_ptr<ResourceStore> store = memory::make_store())
        : scim{{.store = std::move(store), .password_hasher = hasher}}
    {
    }

    std::shared_ptr<CountingHasher> hasher = std::make_shared<CountingHasher>();
    ServiceFixture scim;
};

std::vector<std::shared_ptr<ResourceStore>> both_stores()
{
    return {memory::make_store(), adapt_small_store(std::make_shared<Table>(true))};
}

json::object with_password(std::string_view name, std::string_view password)
{
    return user(name, {{"password", password}});
}

std::shared_ptr<SchemaRegistry const> registry_with(Attribute attribute)
{
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(Schema{.id = "urn:example:2.0:Card", .name = "Card", .attributes = {std::move(attribute)}})
        .extend("User", "urn:example:2.0:Card")
        .build()
        .value();
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_is_hashed_for_a_request_that_is_refused)
{
    for (auto const& store : both_stores())
    {
        Secret const on{store};
        auto const& scim = on.scim;
        auto const ada = scim.create("/Users", user("ada"));
        auto const bob = scim.create("/Users", user("bob"));
        auto const target = "/Users/" + ada;
        auto const password = patch_op("replace", "password", "secret");
        Headers const stale{{"If-Match", "W/\"999\""}};
        Headers const excluded{{"If-None-Match", "*"}};
        BOOST_TEST(scim.post("/Users", with_password("BOB", "secret")).status == 409);
        BOOST_TEST(scim.put("/Users/nope", with_password("x", "secret")).status == 404);
        BOOST_TEST(scim.put(target, with_password("ada", "secret"), stale).status == 412);
        BOOST_TEST(scim.put(target, with_password("ada", "secret"), excluded).status == 412);
        BOOST_TEST(scim.put(target, with_password("bob", "secret")).scim_type() == "uniqueness");
        BOOST_TEST(scim.patch("/Users/nope", password).status == 404);
        BOOST_TEST(scim.patch(target, password, stale).status == 412);
        BOOST_TEST(scim.patch(target, password, excluded).status == 412);
        BOOST_TEST(scim.patch(target, patch_op("replace", "", {{"userName", "Bob"}, {"password", "secret"}})).status ==
                   409);
        BOOST_TEST(scim.patch(target, patch_op({{{"op", "replace"}, {"path", "password"}, {"value", "secret"}},
                                                {{"op", "remove"}, {"path", "userName"}}}))
                       .status == 400);
        json::array many;
        for (int i = 0; i < 17; ++i)
            many.push_back({{"op", "replace"}, {"path", "password"}, {"value", "secret"}});
        BOOST_TEST(scim.patch(target, patch_op(many)).scim_type() == "tooMany");
        BOOST_TEST(on.hasher->hashed == 0);
        BOOST_TEST(scim.put(target, with_password("ada", "secret")).status == 200);
        BOOST_TEST(scim.put("/Users/" + bob, with_password("bob", "secret")).status == 200);
        BOOST_TEST(on.hasher->hashed == 2);
    }
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_refused_is_named)
{
    ServiceFixture const scim;
    Reply const refused = scim.post("/Users", with_password("ada", "too weak"));
    BOOST_TEST(refused.scim_type() == "invalidValue");
    BOOST_TEST(refused.detail() == "password: The password is too weak.");
    auto const id = scim.create("/Users", with_password("ada", "secret"));
    Reply const patched =
        scim.patch("/Users/" + id, patch_op({{{"op", "remove"}, {"path", "title"}},
                                             {{"op", "add"}, {"path", "password"}, {"value", "too weak"}}}));
    BOOST_TEST(patched.detail() == "Operations[1]: password: The password is too weak.");
    json::array many;
    for (int i = 0; i < 17; ++i)
        many.push_back({{"op", "replace"}, {"path", "password"}, {"value", "secret"}});
    BOOST_TEST(scim.patch("/Users/" + id, patch_op(many)).detail().starts_with("A request"));
}

/// What the store has of a user, as text: no secret may be in it.
std::string stored_text(ServiceFixture const& scim, std::string const& id)
{
    return ServiceFixture::text_of(scim.stored("User", id).value().attributes);
}

// Each way of writing an attribute that tolerance knows, since what it unwraps has to be hashed as well.
BOOST_AUTO_TEST_CASE(no_spelling_of_a_password_reaches_the_store_in_the_clear)
{
    constexpr auto secret = "sesame-of-the-test";
    json::array const in_array{secret};
    std::string const core{urn::user};
    for (json::object const& more :
         {json::object{{"password", secret}}, json::object{{"PassWord", secret}}, json::object{{"password", in_array}},
          json::object{{core + ":password", secret}}, json::object{{core, json::object{{"password", secret}}}},
          json::object{{core, json::object{{"password", in_array}}}}})
    {
        ServiceFixture scim;
        Reply const made = scim.post("/Users", user("ada", more));
        if (made.status == 201)
            BOOST_TEST(stored_text(scim, made.id()).find(secret) == std::string::npos, more);
        auto const id = made.status == 201 ? made.id() : scim.create("/Users", user("ada"));
        scim.put("/Users/" + id, user("ada", more));
        BOOST_TEST(stored_text(scim, id).find(secret) == std::string::npos, more);
    }
    for (auto const* op : {"add", "replace"})
        for (auto const* path :
             {"password", "PASSWORD", "urn:ietf:params:scim:schemas:core:2.0:User:password",
              "urn:ietf:params:scim:schemas:core:2.0:User.password", "urn:ietf:params:scim:schemas:core:2.0:User", ""})
            for (json::value const& value :
                 {json::value(secret), json::value(in_array), json::value(json::array{in_array}),
                  json::value{{"password", secret}}, json::value{{"password", in_array}},
                  json::value(json::array{json::object{{"password", secret}}}),
                  json::value(json::array{json::object{{"password", in_array}}}),
                  json::value{{core, {{"password", secret}}}}, json::value{{core, {{"password", in_array}}}},
                  json::value{{core + ":password", secret}}, json::value{{core + ".password", in_array}}})
            {
                ServiceFixture scim;
                auto const id = scim.create("/Users", user("ada"));
                scim.patch("/Users/" + id, patch_op(op, path, value));
                BOOST_TEST(stored_text(scim, id).find(secret) == std::string::npos,
                           op << " " << path << " " << ServiceFixture::text_of(value));
            }
}

BOOST_AUTO_TEST_CASE(a_password_that_is_repeated_is_no_change)
{
    for (auto const& store : both_stores())
    {
        Secret const on{store};
        auto const id = on.scim.create("/Users", with_password("ada", "secret"));
        auto const before = on.scim.get("/Users/" + id).response.body;
        auto const stored = on.scim.stored("User", id)->attributes.at("password");
        BOOST_TEST(on.scim.put("/Users/" + id, with_password("ada", "secret")).status == 200);
        BOOST_TEST(on.scim.patch("/Users/" + id, patch_op("replace", "password", "secret")).status == 200);
        BOOST_TEST(on.scim.patch("/Users/" + id, patch_op("add", "", {{"password", "secret"}})).status == 200);
        BOOST_TEST(on.scim.get("/Users/" + id).response.body == before);
        BOOST_TEST(on.scim.stored("User", id)->attributes.at("password") == stored);
        BOOST_TEST(on.scim.put("/Users/" + id, with_password("ada", "another")).status == 200);
        BOOST_TEST(on.scim.get("/Users/" + id).response.body != before);
        BOOST_TEST(on.hasher->verify(on.scim.stored("User", id)->attributes.at("password").as_string(), "another"));
    }
}

BOOST_AUTO_TEST_CASE(a_bad_operation_on_what_is_not_there_is_not_found)
{
    for (auto const& tolerance : {Tolerance{}, Tolerance::strict()})
    {
        ServiceFixture const scim{{.tolerance = tolerance}};
        auto const id = scim.create("/Users", user("ada"));
        for (auto const& message : {patch_op("jump", "title"), patch_op("replace", "noSuchThing", "x"),
                                    patch_op("replace", "emails[type eq", "x")})
        {
            BOOST_TEST(scim.patch("/Users/nope", message).status == 404);
            BOOST_TEST(scim.patch("/Users/" + id, message).status == 400);
        }
    }
}

BOOST_AUTO_TEST_CASE(few_hash_at_once_some_wait_and_the_others_are_told_to_come_again)
{
    auto const hasher = std::make_shared<SlowHasher>();
    ServiceFixture const scim{{.password_hasher = hasher, .limits = {.max_hashing = 1}}};
    std::mutex mutex;
    std::multiset<int> answers;
    std::atomic<int> refused{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 12; ++i)
        clients.emplace_back(
            [&, i]
            {
                Reply const reply = scim.post("/Users", with_password("u" + std::to_string(i), "secret"));
                std::lock_guard const lock{mutex};
                answers.insert(reply.status);
                if (reply.status == 503)
                {
                    ++refused;
                    if (reply.header("Retry-After").empty())
                        answers.insert(-1);
                }
            });
    hasher->wait_until_inside(1);
    while (refused < 10) // one hashes, one waits
        std::this_thread::yield();
    BOOST_TEST(scim.post("/Users", user("without a password")).status == 201);
    hasher->open();
    for (auto& client : clients)
        client.join();
    BOOST_TEST(hasher->most == 1);
    BOOST_TEST(answers.count(201) == 2U);
    BOOST_TEST(answers.count(503) == 10U);
    BOOST_TEST(answers.size() == 12U);
    BOOST_TEST(scim.post("/Users", with_password("later", "secret")).status == 201);
}

BOOST_AUTO_TEST_CASE(by_default_passwords_leave_half_of_eight_workers_free)
{
    auto const hasher = std::make_shared<SlowHasher>();
    ServiceFixture const scim{{.password_hasher = hasher}};
    std::atomic<int> refused{0}, made{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back(
            [&, i]
            {
                Reply const reply = scim.post("/Users", with_password("u" + std::to_string(i), "secret"));
                ++(reply.status == 503 && !reply.header("Retry-After").empty() ? refused : made);
            });
    hasher->wait_until_inside(1);
    while (refused < 4)
        std::this_thread::yield();
    hasher->open();
    for (auto& client : clients)
        client.join();
    BOOST_TEST(hasher->most <= 2);
    BOOST_TEST(made == static_cast<int>(scim.get("/Users").number("/totalResults")));
}

BOOST_AUTO_TEST_CASE(waiting_to_hash_ends_at_the_deadline)
{
    auto const hasher = std::make_shared<SlowHasher>();
    ServiceFixture const scim{
        {.password_hasher = hasher, .limits = {.max_hashing = 1, .deadline = std::chrono::milliseconds{200}}}};
    std::thread first{[&] { scim.post("/Users", with_password("ada", "secret")); }};
    hasher->wait_until_inside(1);
    BOOST_TEST(scim.post("/Users", with_password("bob", "secret")).status == 503);
    hasher->open();
    first.join();
    BOOST_TEST(scim.get("/Users?filter=userName eq \"bob\"").number("/totalResults") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_never_returned_may_be_unique)
{
    auto const registry =
        registry_with({.name = "number", .returned = Returned::never, .uniqueness = Uniqueness::server});
    for (auto const& store : both_stores())
    {
        ServiceFixture const scim{{.store = store, .registry = registry}};
        auto const card = [](std::string_view name, std::string_view number) {
            return user(name, {{"urn:example:2.0:Card", {{"number", number}}}});
        };
        auto const ada = scim.create("/Users", card("ada", "7"));
        Reply const refused = scim.post("/Users", card("bob", "7"));
        BOOST_TEST(refused.status == 409);
        BOOST_TEST(refused.scim_type() == "uniqueness");
        auto const bob = scim.create("/Users", card("bob", "8"));
        BOOST_TEST(scim.put("/Users/" + bob, card("bob", "7")).status == 409);
        BOOST_TEST(scim.patch("/Users/" + bob, patch_op("replace", "urn:example:2.0:Card:number", "7")).status == 409);
        BOOST_TEST(scim.del("/Users/" + ada).status == 204);
        BOOST_TEST(scim.put("/Users/" + bob, card("bob", "7")).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(every_string_inside_a_write_only_attribute_is_a_secret)
{
    std::string const clear = "sesame-of-the-test", uri = "urn:example:2.0:Card";
    for (bool const several : {false, true})
        for (auto const* name : {"code", "hint"})
        {
            ServiceFixture const scim{
                {.registry = registry_with(
                     {.name = "recovery",
                      .type = AttributeType::complex,
                      .multi_valued = several,
                      .mutability = Mutability::write_only,
                      .sub_attributes = {{.name = "code", .mutability = Mutability::immutable}, {.name = "hint"}}})}};
            json::value const one{{name, clear}};
            json::value const value = several ? json::value(json::array{one}) : one;
            auto const with = user("ada", {{uri, {{"recovery", value}}}});
            auto const id = scim.create("/Users", with);
            auto const check = [&](std::string_view how)
            {
                auto const text = stored_text(scim, id);
                BOOST_TEST(text.find(clear) == std::string::npos, how << " " << name);
                BOOST_TEST(text.find("recovery") != std::string::npos, how << " " << name);
            };
            check("POST");
            BOOST_TEST(scim.put("/Users/" + id, with).status == 200);
            check("PUT");
            BOOST_TEST(scim.patch("/Users/" + id, patch_op("add", uri + ":recovery", value)).status == 200);
            check("PATCH");
        }
}

BOOST_AUTO_TEST_CASE(a_secret_that_would_have_to_be_unique_is_refused_at_the_start)
{
    auto const registry =
        registry_with({.name = "pin", .mutability = Mutability::write_only, .uniqueness = Uniqueness::server});
    auto const service = Service::create({.base_url = "https://example.com/v2",
                                          .store = memory::make_store(),
                                          .authenticator = no_authentication(),
                                          .registry = registry});
    BOOST_REQUIRE(!service);
    BOOST_TEST(service.error().detail.find("urn:example:2.0:Card:pin") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_resource_has_a_largest_size)
{
    for (auto const& store : both_stores())
    {
        ServiceFixture const scim{{.store = store, .limits = {.max_resource_bytes = 1'000}}};
        std::string const long_text(900, 'x');
        auto const too_large = user("bob", {{"title", long_text}, {"nickName", long_text}});
        Reply const refused = scim.post("/Users", too_large);
        BOOST_TEST(refused.status == 413);
        BOOST_TEST(refused.detail().find("max_resource_bytes") != std::string::npos);
        auto const ada = scim.create("/Users", user("ada", {{"title", long_text}}));
        auto const before = scim.get("/Users/" + ada).response.body;
        BOOST_TEST(scim.put("/Users/" + ada, too_large).status == 413);
        BOOST_TEST(scim.patch("/Users/" + ada, patch_op("add", "nickName", json::value(long_text))).status == 413);
        for (int i = 0; i < 3; ++i) // one by one is no way around it
            scim.patch("/Users/" + ada, patch_op("add", "emails", {{{"value", std::to_string(i) + "@x.example"}}}));
        Reply const full = scim.patch("/Users/" + ada, patch_op("add", "emails", {{{"value", "9@x.example"}}}));
        BOOST_TEST(full.status == 413);
        BOOST_TEST(scim.patch("/Users/" + ada, patch_op("remove", "title")).status == 200);

        std::vector<std::string> members; // a large attribute does not count
        for (int i = 0; i < 200; ++i)
            members.push_back("member-" + std::to_string(i));
        auto const id = scim.create("/Groups", group("g", members));
        BOOST_TEST(scim.patch("/Groups/" + id, patch_op("replace", "displayName", "h")).status == 204);
        BOOST_TEST(scim.put("/Groups/" + id, group("h", members)).status == 200);
    }
}

BOOST_AUTO_TEST_SUITE_END()
