// Conditions, HEAD and preferences: what HTTP says of every method, and SCIM does not repeat.
#include <scimkit/store/forwarding_store.hpp>

#include "support/service_fixture.hpp"
#include "support/table_store.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

struct Ada : ServiceFixture
{
    explicit Ada(ServiceOptions options = {})
        : ServiceFixture(std::move(options))
    {
    }

    std::string id = create("/Users", user("ada"));
    std::string target = "/Users/" + id;
    std::string tag{get(target).header("ETag")};
};

ServiceOptions on_table() { return {.store = adapt_small_store(std::make_shared<Table>(true))}; }

ServiceOptions strict() { return {.tolerance = Tolerance::strict()}; }

/// Each kind of write once; what it is answered with.
std::vector<int> write_all(Ada const& scim, Headers const& headers)
{
    return {scim.put(scim.target, user("ada", {{"title", "x"}}), headers).status,
            scim.patch(scim.target, patch_op("replace", "title", "x"), headers).status,
            scim.del(scim.target, headers).status};
}

std::string value_of(Reply const& reply, std::string_view header) { return std::string{reply.header(header)}; }

/// Reads records, but nothing with its large attributes: as the included stores do from 64 MiB on.
class RecordsOnly : public ForwardingReadTransaction
{
public:
    using ForwardingReadTransaction::ForwardingReadTransaction;

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override
    {
        if (!wanted.large_attributes.empty())
            return Error{ErrorCode::too_many, "'members' has too many bytes", "members"};
        return ForwardingReadTransaction::get(type, id, wanted);
    }
};

struct StoreOfLargeGroups : ForwardingStore
{
    StoreOfLargeGroups()
        : ForwardingStore(memory::make_store())
    {
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& transaction)
                                     {
                                         RecordsOnly records{transaction};
                                         return are_large ? body(records) : body(transaction);
                                     });
    }

    bool are_large = true;
};

} // namespace

BOOST_AUTO_TEST_SUITE(preconditions)

BOOST_AUTO_TEST_CASE(no_write_is_done_where_if_none_match_excludes_it)
{
    for (auto const& options : {ServiceOptions{}, on_table(), strict()})
    {
        Ada const scim{options};
        auto const before = scim.get(scim.target).response.body;
        for (std::string const& condition :
             {std::string{"*"}, scim.tag, scim.tag.substr(2), "\"x\", " + scim.tag, std::string{"nonsense"}})
            for (int const status : write_all(scim, {{"If-None-Match", condition}}))
                BOOST_TEST_CONTEXT(condition)
        BOOST_TEST(status == 412);
        BOOST_TEST(scim.get(scim.target).response.body == before);
    }
}

BOOST_AUTO_TEST_CASE(a_write_that_if_none_match_does_not_exclude_is_done)
{
    Ada const scim;
    for (int const status : write_all(scim, {{"If-None-Match", "W/\"999\""}}))
        BOOST_TEST(status < 300, status);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_found_whatever_the_conditions)
{
    Ada const scim;
    BOOST_TEST(scim.put("/Users/nope", user("x"), {{"If-None-Match", "*"}}).status == 404);
    BOOST_TEST(scim.get("/Users/nope", {{"If-Match", "*"}}).status == 404);
}

BOOST_AUTO_TEST_CASE(a_get_whose_if_match_does_not_hold_is_refused)
{
    for (auto const& options : {ServiceOptions{}, on_table(), strict()})
    {
        Ada const scim{options};
        for (auto const* wrong : {"W/\"999\"", "nonsense", "\"a\", \"b\""})
        {
            Reply const refused = scim.get(scim.target, {{"If-Match", wrong}});
            BOOST_TEST(refused.status == 412, wrong);
            BOOST_TEST(refused.text("/status") == "412");
            BOOST_TEST(!refused.response.detail.empty());
        }
        for (std::string const& right : {std::string{"*"}, scim.tag, "\"a\", " + scim.tag})
            BOOST_TEST(scim.get(scim.target, {{"If-Match", right}}).status == 200, right);
    }
}

BOOST_AUTO_TEST_CASE(if_match_is_looked_at_before_if_none_match)
{
    Ada const scim;
    BOOST_TEST(scim.get(scim.target, {{"If-Match", "\"x\""}, {"If-None-Match", scim.tag}}).status == 412);
    BOOST_TEST(scim.get(scim.target, {{"If-Match", scim.tag}, {"If-None-Match", scim.tag}}).status == 304);
    BOOST_TEST(scim.get(scim.target, {{"If-Match", scim.tag}, {"If-None-Match", "\"x\""}}).status == 200);
    Headers const both{{"If-Match", scim.tag}, {"If-None-Match", scim.tag}};
    BOOST_TEST(scim.del(scim.target, both).status == 412);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(head)

BOOST_AUTO_TEST_CASE(head_is_get_without_the_body)
{
    Ada const scim;
    for (std::string const& target :
         {scim.target, std::string{"/Users"}, std::string{"/Users?filter=userName eq \"ada\""},
          std::string{"/ServiceProviderConfig"}, std::string{"/ResourceTypes"}, std::string{"/ResourceTypes/User"},
          std::string{"/Schemas"}, std::string{"/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"},
          std::string{"/Users/nope"}, std::string{"/Users?count=x"}})
    {
        Reply const get = scim.get(target);
        Reply const head = scim.send("HEAD", target);
        BOOST_TEST(head.status == get.status, target);
        BOOST_TEST(head.response.body.empty());
        BOOST_TEST(head.response.content_length() == get.response.body.size());
        for (auto const* name : {"Content-Type", "ETag", "Location"})
            BOOST_TEST(head.header(name) == get.header(name), target << ' ' << name);
        BOOST_TEST(head.response.detail == get.response.detail);
    }
    BOOST_TEST(scim.send("HEAD", scim.target, {}, {{"If-None-Match", scim.tag}}).status == 304);
    BOOST_TEST(scim.send("HEAD", scim.target, {}, {{"If-Match", "\"x\""}}).status == 412);
}

BOOST_AUTO_TEST_CASE(head_is_refused_where_get_is)
{
    Ada const scim;
    Reply const refused = scim.send("HEAD", "/Users/.search");
    BOOST_TEST(refused.status == 405);
    BOOST_TEST(refused.header("Allow") == "POST, OPTIONS");
    BOOST_TEST(refused.response.body.empty());
}

struct ReadersOnly : Authoriser
{
    result<void> authorise(Principal const&, Access const& access) override
    {
        using enum Access::Operation;
        if (access.operation == read || access.operation == query || access.operation == discover)
            return {};
        return Error{ErrorCode::forbidden, "Only reading."};
    }
};

BOOST_AUTO_TEST_CASE(who_may_get_may_head)
{
    ServiceFixture const scim{{.authoriser = std::make_shared<ReadersOnly>()}};
    BOOST_TEST(scim.send("HEAD", "/Users").status == 200);
    BOOST_TEST(scim.send("HEAD", "/Users/1").status == 404);
    BOOST_TEST(scim.send("HEAD", "/Schemas").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(preferences)

BOOST_AUTO_TEST_CASE(a_client_may_prefer_the_resource)
{
    for (auto const& options : {ServiceOptions{}, on_table(), strict()})
    {
        ServiceFixture const scim{options};
        Headers const prefers{{"Prefer", "return=representation"}};
        auto const id = scim.create("/Groups", group("g"));
        Reply const patched = scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", "x"}}}), prefers);
        BOOST_TEST(patched.status == 200);
        BOOST_TEST(patched.size("/members") == 1);
        BOOST_TEST(patched.response.body == scim.get("/Groups/" + id).response.body);
        BOOST_TEST(patched.header("Preference-Applied") == "return=representation");
        Reply const created = scim.post("/Users", user("ada"), prefers);
        BOOST_TEST(created.status == 201);
        BOOST_TEST(created.header("Preference-Applied") == "return=representation");
        BOOST_TEST(scim.put("/Users/" + created.id(), user("bob"), prefers).header("Preference-Applied") ==
                   "return=representation");
    }
}

BOOST_AUTO_TEST_CASE(a_client_may_prefer_as_little_as_possible)
{
    for (auto const& options : {ServiceOptions{}, on_table()})
    {
        ServiceFixture const scim{options};
        Headers const prefers{{"Prefer", "respond-async, return=minimal; x=y"}};
        Reply const created = scim.post("/Users", user("ada"), prefers);
        BOOST_TEST(created.status == 201);
        std::string const location = value_of(created, "Location");
        std::string const target = location.substr(location.find("/Users/"));
        BOOST_TEST(created.header("ETag") == scim.get(target).header("ETag"));
        BOOST_TEST(scim.get(target).text("/userName") == "ada");

        Reply const put = scim.put(target, user("ada", {{"title", "x"}}), prefers);
        Reply const patched = scim.patch(target, patch_op("replace", "title", "y"), prefers);
        BOOST_TEST(put.status == 204);
        BOOST_TEST(patched.status == 204);
        BOOST_TEST(patched.header("ETag") == scim.get(target).header("ETag"));
        for (auto const* reply : {&created, &put, &patched})
        {
            BOOST_TEST(reply->response.body.empty());
            BOOST_TEST(reply->header("Content-Type").empty());
            BOOST_TEST(reply->header("Content-Location").empty());
            BOOST_TEST(reply->header("Location") == location);
            BOOST_TEST(reply->header("Preference-Applied") == "return=minimal");
        }
        BOOST_TEST(scim.get(target).text("/title") == "y");
    }
}

BOOST_AUTO_TEST_CASE(attributes_ask_for_a_body_whatever_is_preferred)
{
    Ada const scim;
    Reply const reply = scim.patch(scim.target + "?attributes=title", patch_op("replace", "title", "x"),
                                   {{"Prefer", "return=minimal"}});
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.text("/title") == "x");
    BOOST_TEST(reply.header("Preference-Applied").empty());
}

BOOST_AUTO_TEST_CASE(the_first_return_preference_counts_and_unknown_ones_are_ignored)
{
    Ada const scim;
    auto const status_with = [&](Headers const& headers)
    { return scim.patch(scim.target, patch_op("replace", "title", "x"), headers).status; };
    BOOST_TEST(status_with({{"Prefer", "return=minimal, return=representation"}}) == 204);
    BOOST_TEST(status_with({{"Prefer", "wait=10"}, {"prefer", "Return = \"minimal\""}}) == 204);
    BOOST_TEST(status_with({{"Prefer", "return=everything"}}) == 200);
    BOOST_TEST(status_with({{"Prefer", "return, x, =, ;"}}) == 200);
    BOOST_TEST(status_with({{"Prefer", "minimal"}}) == 200);
}

BOOST_AUTO_TEST_CASE(a_switch_answers_group_patches_with_the_group)
{
    Tolerance tolerance;
    tolerance.patch_returns_resource = true;
    ServiceFixture const scim{{.tolerance = tolerance}};
    auto const id = scim.create("/Groups", group("g"));
    Reply const reply = scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", "x"}}}));
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.size("/members") == 1);
    BOOST_TEST(reply.header("Preference-Applied").empty());
    BOOST_TEST(
        scim.patch("/Groups/" + id, patch_op("add", "members", {{{"value", "y"}}}), {{"Prefer", "return=minimal"}})
            .status == 204);
}

BOOST_AUTO_TEST_CASE(what_a_write_answers_with_says_where_it_is)
{
    Ada const scim;
    Reply const created = scim.post("/Users", user("bob"));
    Reply const put = scim.put(scim.target, user("ada", {{"title", "x"}}));
    Reply const patched = scim.patch(scim.target, patch_op("replace", "title", "y"));
    for (auto const* reply : {&created, &put, &patched})
    {
        BOOST_TEST(!reply->header("Content-Location").empty());
        BOOST_TEST(reply->header("Content-Location") == reply->header("Location"));
        BOOST_TEST(reply->header("Content-Location") == reply->text("/meta/location"));
    }
    // A part of it is not what a GET at that URI gives.
    BOOST_TEST(scim.put(scim.target + "?attributes=title", user("ada")).header("Content-Location").empty());
    BOOST_TEST(scim.get("/Users").header("Content-Location").empty());
    BOOST_TEST(scim.post("/Users", user("bob")).header("Content-Location").empty());
}

BOOST_AUTO_TEST_CASE(a_body_that_is_left_out_for_its_size_is_not_what_was_preferred)
{
    ServiceFixture const scim{{.limits = {.max_response_bytes = 1'000}}};
    Headers const prefers{{"Prefer", "return=representation"}};
    std::string const much(1'000, 'x');
    Reply const made = scim.post("/Users", user("ada", {{"nickName", much}}), prefers);
    BOOST_TEST(made.status == 201);
    std::string const location = value_of(made, "Location");
    std::string const target = location.substr(location.find("/Users/"));
    Reply const put = scim.put(target, user("ada", {{"nickName", much + "y"}}), prefers);
    Reply const patched = scim.patch(target, patch_op("replace", "nickName", json::value(much + "z")), prefers);
    BOOST_TEST(put.status == 204);
    BOOST_TEST(patched.status == 204);
    for (auto const* reply : {&made, &put, &patched})
    {
        BOOST_TEST(reply->response.body.empty());
        BOOST_TEST(reply->header("Preference-Applied").empty());
        BOOST_TEST(!reply->header("ETag").empty());
    }
    Reply const small = scim.put(target, user("ada"), prefers);
    BOOST_TEST(small.header("Preference-Applied") == "return=representation");
}

BOOST_AUTO_TEST_CASE(a_group_that_is_too_large_to_be_read_is_changed_and_answered_without_a_body)
{
    auto const store = std::make_shared<StoreOfLargeGroups>();
    ServiceFixture const scim{{.store = store}};
    auto const target = "/Groups/" + scim.create("/Groups", group("g", {"a"}));
    auto const more = [](std::string_view id) { return patch_op("add", "members", {{{"value", id}}}); };
    Reply const preferred = scim.patch(target, more("b"), {{"Prefer", "return=representation"}});
    Reply const asked = scim.patch(target + "?attributes=members", more("c"));
    for (auto const* reply : {&preferred, &asked})
    {
        BOOST_TEST(reply->status == 204);
        BOOST_TEST(reply->response.body.empty());
        BOOST_TEST(!reply->header("ETag").empty());
        BOOST_TEST(reply->header("Preference-Applied").empty());
        BOOST_TEST(reply->header("Content-Location").empty());
    }
    store->are_large = false;
    BOOST_TEST(scim.get(target).size("/members") == 3);
    Reply const part = scim.patch(target + "?attributes=displayName", more("d"));
    BOOST_TEST(part.text("/displayName") == "g");
}

BOOST_AUTO_TEST_SUITE_END()
