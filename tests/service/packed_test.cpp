// An answer is written straight from packed attributes where a store has them, and must not differ in a byte from one
// of unpacked ones: whatever is stored, whatever a client wants to see.
#include <scimkit/resource/packed.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "support/all_stores.hpp"
#include "support/random_values.hpp"
#include "support/seed.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <random>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(packed_answers)

namespace
{

/// Nothing comes packed through it, as through all that does not say otherwise.
class Unpacked : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& inner)
                                     {
                                         ForwardingReadTransaction plain{inner};
                                         return body(plain);
                                     });
    }
};

/// Counts what passes, by how its attributes come.
class Seeing : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    struct Transaction final : ForwardingReadTransaction
    {
        Transaction(ReadTransaction& inner, Seeing& seeing)
            : ForwardingReadTransaction(inner)
            , seen(seeing)
        {
        }
        bool gives_packed() const noexcept override { return inner().gives_packed(); }
        result<std::optional<Resource>> get(ResourceType const& type, std::string_view id,
                                            Wanted const& wanted) override
        {
            auto found = ForwardingReadTransaction::get(type, id, wanted);
            if (found && *found)
                seen.note(**found);
            return found;
        }
        result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override
        {
            return ForwardingReadTransaction::query(query,
                                                    [&](Resource&& resource)
                                                    {
                                                        seen.note(resource);
                                                        return sink(std::move(resource));
                                                    });
        }
        Seeing& seen;
    };

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& inner)
                                     {
                                         Transaction transaction{inner, *this};
                                         return body(transaction);
                                     });
    }

    void note(Resource const& resource) { ++(resource.packed ? packed : unpacked); }

    int packed = 0;
    int unpacked = 0;
};

constexpr std::string_view enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Two services over one store, of which the second never sees packed attributes.
struct Both
{
    explicit Both(std::shared_ptr<ResourceStore> const& store, Tolerance const& tolerance = {})
        : packed{{.store = store, .tolerance = tolerance}}
        , unpacked{{.store = std::make_shared<Unpacked>(store), .tolerance = tolerance}}
    {
    }

    static std::string text_of(Reply const& reply)
    {
        std::string text = std::to_string(reply.status) + ' ';
        for (ResponseHeader const& header : reply.response.headers)
            text += header.name + ": " + header.value + "; ";
        return text + reply.response.body;
    }

    void compare(std::string const& target, Headers const& headers = {}) const
    {
        BOOST_TEST_CONTEXT(target)
        BOOST_TEST(text_of(packed.get(target, headers)) == text_of(unpacked.get(target, headers)));
    }

    ServiceFixture packed;
    ServiceFixture unpacked;
};

/// What a client may choose; some are of no type, of a part, hidden or computed.
constexpr std::array choices{"userName",       "name",        "name.givenName", "emails.value",      "emails",
                             "members.value",  "displayName", "password",       "groups.display",    "groups",
                             "members",        "meta",        "meta.location",  "externalId",        "addresses",
                             "addresses.type", "nothing",     "schemas",        "phoneNumbers.type", "groups.type",
                             "groups.value",   "groups.$ref"};

constexpr std::array enterprise_choices{"", ":manager", ":manager.$ref", ":manager.value", ":costCenter"};

std::string random_choice(RandomValues& random)
{
    if (random.below(5) == 0)
        return std::string{enterprise} + enterprise_choices[random.below(enterprise_choices.size())];
    return choices[random.below(choices.size())];
}

std::string random_shape(RandomValues& random)
{
    std::string shape;
    if (random.below(3) == 0)
        return shape;
    shape = random.below(2) == 0 ? "attributes=" : "excludedAttributes=";
    for (auto count = random.below(3) + 1; count > 0; --count)
        shape += random_choice(random) + (count > 1 ? "," : "");
    return shape;
}

/// Some users are in more groups than are looked at one by one, and most groups in others.
void fill(Both const& both, RandomValues& random, bool exact)
{
    auto const& registry = both.packed.service.registry();
    for (int i = 0; i < 30; ++i)
        for (char const* name : {"User", "Group"})
        {
            Resource resource{.type = registry.find_resource_type(name), .id = name + std::to_string(i)};
            resource.attributes = random.attributes(*resource.type, exact);
            resource.attributes.erase("members"); // which stores may look at, and keep by themselves
            json::array members;
            for (auto count = random.below(4); count > 0; --count)
                members.push_back(json::object{{"value", "User" + std::to_string(count)}, {"type", "User"}});
            if (random.below(2) == 0)
                members.push_back(
                    json::object{{"value", "Group" + std::to_string(random.below(30))}, {"type", "Group"}});
            if (*name == 'G' && !members.empty())
                resource.attributes["members"] = std::move(members);
            if (resource.attributes.contains("userName"))
                resource.attributes["userName"] = "u" + std::to_string(i); // unique
            both.packed.store_directly(std::move(resource));
        }
}

void compare_reads(Both const& both, RandomValues& random)
{
    for (int i = 0; i < 30; ++i)
        for (std::string const type : {"User", "Group"})
        {
            auto const shape = random_shape(random);
            both.compare("/" + type + "s/" + type + std::to_string(i) + (shape.empty() ? "" : "?" + shape));
        }
}

void compare_lists(Both const& both, RandomValues& random)
{
    for (int i = 0; i < 30; ++i)
    {
        std::string query = "count=" + std::to_string(random.below(12));
        if (random.below(2) == 0)
            query += "&startIndex=" + std::to_string(random.below(30) + 1);
        if (random.below(3) == 0)
            query += "&sortBy=" + std::string{random.below(2) == 0 ? "userName" : "displayName"};
        if (random.below(4) == 0)
            query += "&sortOrder=descending";
        if (random.below(3) == 0)
            query += std::string{"&filter="} + (random.below(2) == 0 ? "userName sw \"u1\"" : "displayName pr");
        if (auto const shape = random_shape(random); !shape.empty())
            query += "&" + shape;
        constexpr std::array places{"/Users?", "/Groups?", "/?"};
        both.compare(places[random.below(places.size())] + query);
    }
}

} // namespace

BOOST_DATA_TEST_CASE(answers_are_the_same_whatever_is_stored, boost::unit_test::data::make(all_stores()), store)
{
    RandomValues random{seed(1)};
    for (bool const exact : {true, false})
    {
        Both const both{store.make()};
        fill(both, random, exact);
        compare_reads(both, random);
        compare_lists(both, random);
    }
}

BOOST_AUTO_TEST_CASE(answers_are_the_same_with_an_empty_list_of_members)
{
    RandomValues random{seed(2)};
    Tolerance tolerance;
    tolerance.empty_members = true;
    Both const both{default_store()(), tolerance};
    fill(both, random, true);
    compare_reads(both, random);
}

BOOST_DATA_TEST_CASE(pages_in_either_direction_are_the_same, boost::unit_test::data::make(all_stores()), store)
{
    RandomValues random{seed(3)};
    Both const both{store.make()};
    fill(both, random, true);
    for (std::string const sort : {"", "&sortBy=userName", "&sortBy=name.familyName"})
    {
        auto const walk = [&](ServiceFixture const& scim)
        {
            std::string resources;
            std::string next = "next";
            for (std::string cursor; next != "(none)";)
            {
                Reply const page = scim.get("/Users?count=7&cursor=" + cursor + sort);
                resources += ServiceFixture::text_of(*page.find("/Resources"));
                if (auto const previous = page.text("/previousCursor"); previous != "(none)")
                    resources += ServiceFixture::text_of(
                        *scim.get("/Users?count=7&cursor=" + previous + sort).find("/Resources"));
                next = page.text("/nextCursor");
                cursor = next;
            }
            return resources;
        };
        BOOST_TEST_CONTEXT(store.name << sort)
        BOOST_TEST(walk(both.packed) == walk(both.unpacked));
    }
}

BOOST_AUTO_TEST_CASE(groups_are_computed_beside_what_is_packed)
{
    Both const both{default_store()()};
    auto const ada = both.packed.create("/Users", user("ada", {{"externalId", "7"}}));
    both.packed.create("/Groups", group("engineers", {ada}));
    Reply const got = both.packed.get("/Users/" + ada);
    BOOST_TEST(got.text("/groups/0/display") == "engineers");
    both.compare("/Users/" + ada);
    both.compare("/Users?attributes=groups.display");
    both.compare("/Users/" + ada, {{"If-None-Match", std::string{got.header("ETag")}}});
    both.compare("/Users?filter=groups pr");
}

BOOST_AUTO_TEST_CASE(groups_that_somebody_stored_give_way_to_those_that_are_computed)
{
    Both const both{default_store()()};
    auto const& type = *both.packed.service.registry().find_resource_type("User");
    both.packed.store_directly(
        {.type = &type, .id = "ada", .attributes = {{"groups", json::array{{{"value", "old"}}}}, {"userName", "ada"}}});
    both.compare("/Users/ada");
    both.packed.create("/Groups", group("engineers", {"ada"}));
    both.compare("/Users/ada");
    both.compare("/Users");
}

BOOST_AUTO_TEST_CASE(stored_groups_of_another_kind_are_the_same_whether_or_not_others_are_computed)
{
    for (json::value const& groups :
         {json::value("old"), json::value(json::array{}), json::value(json::object{{"value", "old"}}), json::value(7)})
    {
        Both const both{default_store()()};
        auto const& type = *both.packed.service.registry().find_resource_type("User");
        for (char const* id : {"ada", "bob"})
            both.packed.store_directly({.type = &type, .id = id, .attributes = {{"groups", groups}, {"userName", id}}});
        both.packed.create("/Groups", group("engineers", {"ada"}));
        for (std::string const shape : {"", "?attributes=groups.value", "?attributes=groups.display",
                                        "?excludedAttributes=groups.value", "?excludedAttributes=groups"})
            for (char const* place : {"/Users/ada", "/Users/bob", "/Users"})
                both.compare(place + shape);
    }
}

BOOST_AUTO_TEST_CASE(what_is_only_shown_comes_packed)
{
    auto const seeing = std::make_shared<Seeing>(default_store()());
    ServiceFixture const scim{{.store = seeing}};
    std::string last;
    for (int i = 0; i < 10; ++i)
        last = scim.create("/Users", user("u" + std::to_string(i)));
    for (char const* target : {"/Users", "/Users?attributes=userName,name.givenName", "/Users?startIndex=5&count=3",
                               "/Users?filter=userName eq \"u1\"", "/?count=5&excludedAttributes=members"})
    {
        seeing->packed = seeing->unpacked = 0;
        BOOST_TEST_CONTEXT(target)
        {
            BOOST_TEST(scim.get(target).status == 200);
            BOOST_TEST(seeing->packed > 0);
            BOOST_TEST(seeing->unpacked == 0);
        }
    }
    seeing->packed = 0;
    BOOST_TEST(scim.get("/Users/" + last).status == 200);
    BOOST_TEST(seeing->packed == 1);
}

BOOST_AUTO_TEST_SUITE_END()
