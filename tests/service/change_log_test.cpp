// Whoever follows the change log of a store has what its service stored, on whichever way it came there; and no secret.
#include <scimkit/store/change_log.hpp>

#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace scimkit;
using namespace scimkit::test;

namespace
{

/// Not all stores do.
boost::test_tools::assertion_result the_store_keeps_a_log(boost::unit_test::test_unit_id)
{
    return default_store()()->traits().change_log;
}

} // namespace

BOOST_AUTO_TEST_SUITE(change_log, *boost::unit_test::precondition(the_store_keeps_a_log))

namespace
{

std::string const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a reader makes of the log. It knows no schemas.
class Copy
{
public:
    explicit Copy(ServiceFixture const& scim)
        : scim_(scim)
    {
    }

    /// Reads on, and compares what is known then with what is stored.
    void follow(std::string const& after)
    {
        auto& log = *scim_.store->change_log();
        auto const read = log.read(scim_.service.options().default_tenant, {}, place_, 1'000,
                                   [&](LoggedChange&& change)
                                   {
                                       place_ = change.position;
                                       take(change);
                                       return true;
                                   });
        BOOST_REQUIRE(read.has_value());
        for (auto const& [key, told] : resources_)
        {
            auto const stored = scim_.stored(key.first, key.second);
            BOOST_REQUIRE_MESSAGE(stored, after << ": " << key.second << " is told of and not stored");
            json::object without = stored->attributes;
            without.erase("password");
            BOOST_TEST(ServiceFixture::text_of(sorted(without)) == ServiceFixture::text_of(sorted(told)), after);
        }
        BOOST_TEST(scim_.get("/Users?count=0").number("/totalResults") +
                           scim_.get("/Groups?count=0").number("/totalResults") ==
                       static_cast<std::int64_t>(resources_.size()),
                   after);
    }

    std::string const& all_text() const { return text_; }

private:
    void take(LoggedChange const& change)
    {
        auto const key = std::pair{change.resource_type, change.id};
        if (change.operation == LoggedChange::Operation::removed)
        {
            BOOST_TEST(resources_.erase(key) == 1U);
            return;
        }
        json::object& known = resources_[key];
        for (LoggedChange::Value const& value : change.changed)
        {
            text_ += value.path + "=" + ServiceFixture::text_of(value.value) + " ";
            if (value.told)
                set(known, value.path, value.value);
        }
        for (LoggedChange::Elements const& of : change.elements)
            edit(known, of);
    }

    static void set(json::object& known, std::string const& path, json::value const& value)
    {
        auto const colon = path.rfind(':');
        if (colon == std::string::npos)
        {
            put(known, path, value);
            return;
        }
        std::string const schema = path.substr(0, colon);
        json::object extension = known.contains(schema) ? known.at(schema).as_object() : json::object{};
        put(extension, path.substr(colon + 1), value);
        if (extension.empty())
            known.erase(schema);
        else
            known[schema] = std::move(extension);
    }

    static void put(json::object& owner, std::string_view name, json::value const& value)
    {
        if (value.is_null())
            owner.erase(name);
        else
            owner[name] = value;
    }

    static void edit(json::object& known, LoggedChange::Elements const& of)
    {
        std::map<std::string, json::value> elements;
        if (auto const* there = known.if_contains(of.attribute))
            for (json::value const& element : there->as_array())
                elements.emplace(element.at("value").as_string(), element);
        for (std::string const& value : of.went)
            BOOST_TEST(elements.erase(value) == 1U);
        for (json::object const& element : of.came)
            elements.insert_or_assign(std::string{element.at("value").as_string()}, element);
        json::array now;
        for (auto const& [value, element] : elements)
            now.push_back(element);
        known.erase(of.attribute);
        if (!now.empty())
            known[of.attribute] = std::move(now);
    }

    static json::value sorted(json::value const& value)
    {
        if (auto const* array = value.if_array())
        {
            json::array all;
            for (json::value const& one : *array)
                all.push_back(sorted(one));
            return all;
        }
        auto const* object = value.if_object();
        if (!object)
            return value;
        std::map<std::string, json::value> members;
        for (auto const& [name, member] : *object)
            members.emplace(name, sorted(member));
        json::object all;
        for (auto& [name, member] : members)
            all[name] = std::move(member);
        return all;
    }

    ServiceFixture const& scim_;
    LogPosition place_{};
    std::map<std::pair<std::string, std::string>, json::object> resources_{};
    std::string text_{};
};

json::object operation(std::string_view op, std::string_view path, json::value value)
{
    return {{"op", op}, {"path", path}, {"value", std::move(value)}};
}

} // namespace

BOOST_AUTO_TEST_CASE(whoever_follows_the_log_has_what_is_stored_and_no_secret)
{
    for (std::uint64_t const work : {ServiceLimits{}.max_work_as_writer, std::uint64_t{1}}) // in one step, and ahead
    {
        ServiceOptions options;
        options.limits.max_work_as_writer = work;
        ServiceFixture const scim{options};
        Copy copy{scim};
        auto const a = scim.create("/Users", user("ada", {{"password", "s3cret"},
                                                          {"name", {{"familyName", "L"}}},
                                                          {"emails", {{{"value", "a@x.org"}, {"type", "work"}}}},
                                                          {enterprise, {{"department", "d"}, {"division", "e"}}}}));
        auto const b = scim.create("/Users", user("bob"));
        auto const inner = scim.create("/Groups", group("inner", {a, b}));
        auto const outer = scim.create("/Groups", group("outer", {inner}));
        copy.follow("POST");

        scim.put("/Users/" + a, user("ada", {{"title", "t"}, {enterprise, {{"department", "f"}}}}));
        copy.follow("PUT");
        scim.put("/Groups/" + inner, group("inner", {b}));
        copy.follow("PUT of members");
        std::pair<char const*, json::object> const patches[] = {
            {"a value", patch_op("replace", "title", "u")},
            {"a value that goes", patch_op("remove", "title")},
            {"values without a path", patch_op("add", "", {{"nickName", "n"}, {"active", true}})},
            {"an element by its type", patch_op("add", "emails", {{{"value", "b@x.org"}, {"type", "home"}}})},
            {"a part of an element", patch_op("replace", "emails[type eq \"home\"].value", "c@x.org")},
            {"a password", patch_op("replace", "password", "s3cret again")},
            {"a part of an extension", patch_op("replace", enterprise + ":division", "g")},
            {"a whole extension", patch_op("remove", enterprise)}};
        for (auto const& [what, body] : patches)
        {
            auto const status = scim.patch("/Users/" + a, body).status;
            BOOST_TEST(status / 100 == 2, what);
            copy.follow(what);
        }
        std::pair<char const*, json::object> const edits[] = {
            {"members that come", patch_op("add", "members", {{{"value", a}}, {{"value", b}}})},
            {"a member that goes", patch_op("remove", "members[value eq \"" + b + "\"]")},
            {"a name, and a member that goes and comes",
             patch_op({operation("replace", "displayName", "new"), operation("remove", "members", {{{"value", a}}}),
                       operation("add", "members", {{{"value", a}, {"display", "Ada"}}})})},
            {"all members", patch_op("replace", "members", {{{"value", b}}, {{"value", a}}})},
            {"no members", patch_op("remove", "members")},
            {"members once more", patch_op("add", "", {{"members", {{{"value", a}}, {{"value", b}}}}})}};
        for (auto const& [what, body] : edits)
        {
            auto const status = scim.patch("/Groups/" + inner, body).status;
            BOOST_TEST(status / 100 == 2, what);
            copy.follow(what);
        }
        BOOST_TEST(scim.patch("/Users/" + a, patch_op("replace", "userName", "bob")).status == 409);
        copy.follow("a refusal");
        scim.del("/Users/" + b);
        copy.follow("DELETE of a member");
        scim.del("/Groups/" + inner);
        copy.follow("DELETE of a group in a group");
        BOOST_TEST(scim.stored("Group", outer)->attributes.contains("members") == false);
        BOOST_TEST(copy.all_text().find("s3cret") == std::string::npos);
        BOOST_TEST(copy.all_text().find("fake$") == std::string::npos);
        BOOST_TEST(copy.all_text().find("password=null") != std::string::npos, "that it changed is told");
    }
}

BOOST_AUTO_TEST_SUITE_END()
