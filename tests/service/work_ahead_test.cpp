// What takes long is not done while nobody else can write: it is worked out on a snapshot, and is true only as long as
// nobody has changed what it is about.
#include <scimkit/service/committed_change.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "kv/counting_engine.hpp"
#include "support/all_stores.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(work_ahead)

namespace
{

/// Lets a test do something between the snapshot of a request and its write transaction.
class InterruptedStore : public ForwardingStore
{
public:
    InterruptedStore()
        : ForwardingStore(memory::make_store())
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        ++writes;
        if (before_each_write && !std::exchange(interrupting_, true))
        {
            before_each_write();
            interrupting_ = false;
        }
        return ForwardingStore::write(attachment, tenant, context, body);
    }

    std::function<void()> before_each_write; ///< may write itself
    int writes = 0;

private:
    bool interrupting_ = false;
};

/// Counts what replaces a resource whose large attributes stay.
class NotingStore : public ForwardingStore
{
public:
    NotingStore()
        : ForwardingStore(memory::make_store())
    {
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return ForwardingStore::write(attachment, tenant, context,
                                      [&](WriteTransaction& inner)
                                      {
                                          Transaction transaction{inner, *this};
                                          return body(transaction);
                                      });
    }

    int kept = 0;
    int kept_with_members = 0;

private:
    class Transaction final : public ForwardingWriteTransaction
    {
    public:
        Transaction(WriteTransaction& inner, NotingStore& store)
            : ForwardingWriteTransaction(inner)
            , store_(store)
        {
        }

        result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                                LargeAttributes large, std::span<std::string const> changed) override
        {
            store_.kept += large == LargeAttributes::keep;
            store_.kept_with_members += large == LargeAttributes::keep && resource.attributes.contains("members");
            return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
        }

    private:
        NotingStore& store_;
    };
};

ServiceOptions ahead_always(std::shared_ptr<ResourceStore> store, Tolerance const& tolerance = {})
{
    ServiceOptions options{.store = std::move(store), .tolerance = tolerance};
    options.limits.max_work_as_writer = 0;
    return options;
}

struct Interrupted
{
    std::shared_ptr<InterruptedStore> store = std::make_shared<InterruptedStore>();
    ServiceFixture scim{ahead_always(store)};
};

json::object replace_of(std::string_view path, json::value value)
{
    return patch_op("replace", path, std::move(value));
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_change_that_was_worked_out_ahead_is_worked_out_anew_when_others_were_quicker, Interrupted)
{
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    for (bool const whole : {false, true})
    {
        int calls = 0;
        store->before_each_write = [&]
        {
            if (++calls == 2) // the first has only found that the work is long
                BOOST_TEST(scim.patch(target, replace_of("title", whole ? "T2" : "T1")).status == 200);
        };
        auto changed = user("ada");
        changed["nickName"] = "countess";
        auto const reply = whole ? scim.put(target, changed) : scim.patch(target, replace_of("nickName", "countess"));
        store->before_each_write = nullptr;
        BOOST_TEST(reply.status == 200);
        BOOST_TEST(reply.text("/nickName") == "countess");
        if (whole)
            BOOST_TEST(!reply.has("/title")); // the last PUT decides
        else
            BOOST_TEST(reply.text("/title") == "T1"); // nothing of the other is lost
    }
}

BOOST_FIXTURE_TEST_CASE(a_resource_that_others_change_all_the_time_is_503_and_not_changed, Interrupted)
{
    auto const target = "/Users/" + scim.create("/Users", user("ada"));
    ServiceFixture const others{ahead_always(store)}; // those of this service would wait
    int number = 0;
    store->before_each_write = [&]
    { others.patch(target, replace_of("title", json::string(std::to_string(++number)))); };
    auto const reply = scim.patch(target, replace_of("nickName", "countess"));
    store->before_each_write = nullptr;
    BOOST_TEST(reply.status == 503);
    BOOST_TEST(reply.header("Retry-After") == "1");
    BOOST_TEST(!scim.get(target).has("/nickName"));
}

BOOST_FIXTURE_TEST_CASE(a_precondition_is_that_of_the_moment_of_writing, Interrupted)
{
    auto const created = scim.post("/Users", user("ada"));
    auto const target = "/Users/" + created.text("/id");
    int calls = 0;
    store->before_each_write = [&]
    {
        if (++calls == 2)
            scim.patch(target, replace_of("title", "T"));
    };
    auto const reply = scim.patch(target, replace_of("nickName", "x"), {{"If-Match", created.text("/meta/version")}});
    store->before_each_write = nullptr;
    BOOST_TEST(reply.status == 412);
}

BOOST_AUTO_TEST_CASE(a_member_that_goes_meanwhile_is_not_stored)
{
    Tolerance tolerance;
    tolerance.unknown_members = UnknownMembers::reject;
    auto const store = std::make_shared<InterruptedStore>();
    ServiceFixture scim{ahead_always(store, tolerance)};
    auto const gone = scim.create("/Users", user("gone"));
    auto const stays = scim.create("/Users", user("stays"));
    auto const target = "/Groups/" + scim.create("/Groups", group("g"));
    for (bool const whole : {false, true})
    {
        auto const victim = scim.create("/Users", user(whole ? "one" : "two"));
        int calls = 0;
        store->before_each_write = [&]
        {
            if (++calls == 2)
                BOOST_TEST(scim.del("/Users/" + victim).status == 204);
        };
        auto changed = group(whole ? "g2" : "g1", {victim, stays});
        auto const reply =
            whole ? scim.put(target, changed) : scim.patch(target, patch_op("replace", "", std::move(changed)));
        store->before_each_write = nullptr;
        BOOST_TEST(reply.status == 400);
        BOOST_TEST(!scim.get(target).has("/members"));
    }
}

BOOST_FIXTURE_TEST_CASE(elements_of_a_large_attribute_come_and_go_by_their_difference, Interrupted)
{
    std::vector<std::string> ids;
    ids.reserve(6);
    for (int i = 0; i < 6; ++i)
        ids.push_back(scim.create("/Users", user("u" + std::to_string(i))));
    auto const target = "/Groups/" + scim.create("/Groups", group("g", {ids[0], ids[1], ids[2]}));
    auto const values = [&]
    {
        std::string all;
        auto const reply = scim.get(target);
        if (auto const* members = reply.find("/members"))
            for (json::value const& member : members->as_array())
                all += std::string{member.at("value").as_string()} + " ";
        return all;
    };
    BOOST_TEST(
        scim.patch(target, patch_op("remove", "members[value eq \"" + ids[1] + "\" or value eq \"x\"]")).status == 204);
    BOOST_TEST(values() == ids[0] + " " + ids[2] + " ");
    auto const put = scim.put(target, group("g", {ids[2], ids[4]}));
    BOOST_TEST(put.status == 200);
    BOOST_TEST(values() == ids[2] + " " + ids[4] + " ");
    auto const version = scim.get(target).text("/meta/version");
    BOOST_TEST(scim.put(target, group("g", {ids[4], ids[2]})).text("/meta/version") == version);
    BOOST_TEST(scim.put(target, group("g")).status == 200);
    BOOST_TEST(values() == "");
}

BOOST_AUTO_TEST_CASE(few_elements_in_place_of_many_are_a_small_commit)
{
    auto const counts = std::make_shared<EngineCounts>();
    ServiceFixture const scim{ahead_always(
        kv::make_store(std::make_unique<CountingEngine>(std::shared_ptr<kv::Engine>{memory::make_engine()}, counts))
            .value())};
    for (bool const whole : {false, true})
    {
        json::array many;
        for (int i = 0; i < 3'000; ++i)
            many.push_back(json::object{{"value", "m" + std::to_string(i)}, {"type", "User"}});
        std::string const id = whole ? "a" : "b";
        scim.store_directly({.type = scim.service.registry().find_resource_type("Group"),
                             .id = id,
                             .attributes = {{"displayName", "g"}, {"members", std::move(many)}}});
        counts->writes = 0;
        auto const reply =
            whole ? scim.put("/Groups/" + id, group("g", {"m7", "x"}))
                  : scim.patch("/Groups/" + id, replace_of("members", json::array{json::object{{"value", "m7"}},
                                                                                  json::object{{"value", "x"}}}));
        BOOST_TEST(reply.status < 300);
        BOOST_TEST(counts->writes < 500U);
        BOOST_TEST(scim.get("/Groups/" + id).size("/members") == 2);
        for (auto const& [member, groups] : {std::pair{"m7", 1}, std::pair{"x", 1}, std::pair{"m8", 0}})
            BOOST_TEST(scim.get("/Groups?filter=id eq \"" + id + "\" and members.value eq \"" + member + "\"")
                           .number("/totalResults") == groups);
    }
}

BOOST_AUTO_TEST_CASE(what_was_worked_out_ahead_is_stored_without_its_large_attributes_and_shown_with_them)
{
    auto const store = std::make_shared<NotingStore>();
    auto options = ahead_always(store);
    std::vector<std::string> told;
    options.observer = [&](CommittedChange const& change)
    {
        if (!change.before || !change.after)
            return;
        std::string text = "was " + ServiceFixture::text_of(change.before->attributes) + " came";
        for (ElementsChanged const& each : change.elements)
            for (std::string const& value : each.came)
                text += " " + value;
        told.push_back(text + " version " + format_version(change.after->version));
    };
    ServiceFixture const scim{std::move(options)};
    auto const target = "/Groups/" + scim.create("/Groups", group("g", {"a", "b"}));
    auto const put = scim.put(target, group("h", {"a", "b", "c"}));
    BOOST_TEST(put.status == 200);
    BOOST_TEST(put.size("/members") == 3);
    BOOST_TEST(put.text("/meta/version") == scim.get(target).text("/meta/version"));
    BOOST_REQUIRE(told.size() == 1U);
    BOOST_TEST(told.front() == R"(was {"displayName":"g"} came c version )" + put.text("/meta/version"));
    BOOST_TEST(store->kept == 1);
    BOOST_TEST(store->kept_with_members == 0);
}

BOOST_AUTO_TEST_CASE(short_work_opens_one_write_transaction_and_long_work_two)
{
    auto const store = std::make_shared<InterruptedStore>();
    ServiceOptions options{.store = store};
    ServiceFixture scim{std::move(options)};
    json::array emails;
    for (int i = 0; i < 4; ++i)
        emails.push_back(json::object{{"value", std::to_string(i) + std::string(100'000, 'e')}});
    auto long_user = user("long");
    long_user["emails"] = std::move(emails);
    auto const long_target = "/Users/" + scim.create("/Users", std::move(long_user));
    auto const short_target = "/Users/" + scim.create("/Users", user("short"));
    json::array operations;
    for (int i = 0; i < 30; ++i)
        operations.push_back(
            json::object{{"op", "remove"}, {"path", "emails[value co \"q" + std::to_string(i) + "\"]"}});
    operations.push_back(json::object{{"op", "replace"}, {"path", "nickName"}, {"value", "n"}});
    auto const body = patch_op(operations);
    store->writes = 0;
    BOOST_TEST(scim.patch(short_target, body).status == 200);
    BOOST_TEST(store->writes == 1);
    store->writes = 0;
    auto const reply = scim.patch(long_target, body);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/nickName") == "n");
    BOOST_TEST(store->writes == 2);
}

namespace
{

/// A group of 300, which is many where a writer may do so little, and one of one.
struct LargeAndSmall
{
    explicit LargeAndSmall(std::shared_ptr<ResourceStore> store)
        : scim(with(std::move(store)))
    {
        std::vector<std::string> ids;
        ids.reserve(300);
        for (int i = 0; i < 300; ++i)
            ids.push_back(scim.create("/Users", user("user" + std::to_string(i))));
        large = "/Groups/" + scim.create("/Groups", group("G", ids));
        small = "/Groups/" + scim.create("/Groups", group("F", {ids.front()}));
    }

    static ServiceOptions with(std::shared_ptr<ResourceStore> store)
    {
        return {.store = std::move(store), .limits = {.max_work_as_writer = 50'000}};
    }

    /// By default as a host does that may send it elsewhere.
    Response patch(std::string const& target, json::object const& message, std::string const& prefer = {},
                   std::uint64_t work_limit = 1'000'000) const
    {
        std::string const path = "/v2" + target;
        std::string const body = ServiceFixture::text_of(message);
        return scim.service.handle({.method = "PATCH",
                                    .target = path,
                                    .headers = {{"Content-Type", "application/scim+json"}, {"Prefer", prefer}},
                                    .body = body,
                                    .work_limit = work_limit});
    }

    ServiceFixture scim;
    std::string large{};
    std::string small{};
};

} // namespace

BOOST_AUTO_TEST_CASE(who_takes_all_of_many_members_away_is_sent_where_it_keeps_nobody_waiting)
{
#ifdef SCIMKIT_TEST_LMDB // where a look costs no round trip
    LargeAndSmall const groups{make_lmdb_store()};
    auto const clear = patch_op("remove", "members");
    BOOST_TEST(groups.patch(groups.large, clear).out_of_work);
    BOOST_TEST(groups.scim.get(groups.large).size("/members") == 300);
    BOOST_TEST(groups.patch(groups.small, clear).status == 204); // is soon done
    auto const done = groups.patch(groups.large, clear, {}, 0);
    BOOST_TEST((!done.out_of_work && done.status == 204));
    BOOST_TEST(!groups.scim.get(groups.large).has("/members"));
#endif
}

BOOST_AUTO_TEST_CASE(who_is_shown_many_members_after_a_patch_is_sent_where_answers_are_few)
{
    for (NamedStore const& named : all_stores())
        BOOST_TEST_CONTEXT(named)
        {
            if (!named.savepoints) // it keeps members in the record, and any PATCH of many of them is long
                continue;
            LargeAndSmall const groups{named.make()};
            auto const rename = patch_op("replace", "externalId", "new");
            auto const* const all = "return=representation";
            BOOST_TEST(groups.patch(groups.large, rename, all).out_of_work);
            BOOST_TEST(!groups.scim.get(groups.large).has("/externalId"));
            BOOST_TEST(groups.patch(groups.small, rename, all).status == 200);
            BOOST_TEST(groups.patch(groups.large + "?excludedAttributes=members", rename, all).status == 200);
            BOOST_TEST(groups.patch(groups.large, rename, "return=minimal").status == 204);
        }
}

BOOST_AUTO_TEST_CASE(the_password_of_a_large_user_is_changed_where_it_may_take_longer)
{
    ServiceFixture const scim;
    json::array certificates;
    for (int i = 0; i < 4; ++i)
        certificates.push_back(json::object{{"value", std::to_string(i) + std::string(199'999, 'c')}});
    auto const id = scim.create("/Users", user("ada", {{"x509Certificates", std::move(certificates)}}));
    std::string const target = "/v2/Users/" + id;
    auto const body = ServiceFixture::text_of(patch_op("replace", "password", "other"));
    Request request{.method = "PATCH",
                    .target = target,
                    .headers = {{"Content-Type", "application/scim+json"}},
                    .body = body,
                    .work_limit = 1'000'000};
    auto const sent_on = scim.service.handle(request);
    BOOST_TEST(sent_on.out_of_work, sent_on.status << " " << sent_on.body.substr(0, 200));
    request.work_limit = 0;
    BOOST_TEST(scim.service.handle(request).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
