// What a store may write into its change log of a resource: values, and no secrets. And the example of its header.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace scimkit;

namespace
{

std::string const vault = "urn:example:Vault";

std::shared_ptr<SchemaRegistry const> registry()
{
    Attribute const pin{.name = "pin", .mutability = Mutability::write_only, .returned = Returned::never};
    return SchemaRegistry::Builder{}
        .add_rfc7643()
        .add(Schema{.id = vault,
                    .name = "Vault",
                    .attributes = {{.name = "code", .returned = Returned::never},
                                   {.name = "room"},
                                   {.name = "safes",
                                    .type = AttributeType::complex,
                                    .multi_valued = true,
                                    .sub_attributes = {{.name = "value"}, pin}}}})
        .extend("User", vault)
        .build()
        .value();
}

struct LoggedValuesFixture
{
    std::shared_ptr<SchemaRegistry const> schemas = registry();
    Resource user{.type = schemas->find_resource_type("User"), .id = "1"};
    std::map<std::string, std::string> told;

    /// What is told, as text; "(secret)" for what is not.
    std::map<std::string, std::string> const& tell(std::optional<std::vector<std::string>> const& paths = {})
    {
        told.clear();
        auto const sink = [&](std::string_view path, json::value const& value, bool may_be_told)
        {
            std::string text;
            write_json(text, value);
            told.emplace(path, may_be_told ? text : "(secret)");
            BOOST_TEST((may_be_told || value.is_null()));
        };
        if (paths)
            logged_values(user, std::span<std::string const>{*paths}, sink);
        else
            logged_values(user, std::nullopt, sink);
        return told;
    }
};

using Told = std::map<std::string, std::string>;

/// The example of change_log.hpp.
result<void> follow(ResourceStore& store, std::string_view tenant, CallContext const& context, std::stop_token stop,
                    std::function<void(LoggedChange const&)> const& handle)
{
    ChangeLog& log = *store.change_log();
    auto const known = log.place(tenant, context, "audit");
    if (!known)
        return known.error();
    LogPosition place = known->value_or(LogPosition{});
    for (;;)
    {
        auto const more = log.wait(tenant, context, place, stop);
        if (!more)
            return more.error(); // `trimmed`: begin anew from the resources
        if (!*more)
            return {}; // the deadline, or a stop
        std::vector<LoggedChange> page;
        auto const keep = [&](LoggedChange&& one) { return page.push_back(std::move(one)), true; };
        if (auto const read = log.read(tenant, context, place, 100, keep); !read)
            return read;
        for (LoggedChange const& change : page)
            handle(change); // bears being told twice
        if (!page.empty())
            place = page.back().position;
        if (auto const kept = log.acknowledge(tenant, context, "audit", place); !kept)
            return kept;
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(logged_values_of_resources, LoggedValuesFixture)

BOOST_AUTO_TEST_CASE(a_new_resource_is_told_whole_but_for_secrets)
{
    user.attributes = {{"userName", "ada"},
                       {"externalId", "e"},
                       {"password", "p"},
                       {"unknown", "x"},
                       {vault, {{"code", "c"}, {"room", "r"}, {"unknown", "x"}}}};
    BOOST_TEST((tell() == Told{{"externalId", "\"e\""},
                               {"password", "(secret)"},
                               {"userName", "\"ada\""},
                               {vault + ":code", "(secret)"},
                               {vault + ":room", "\"r\""}}));
}

BOOST_AUTO_TEST_CASE(paths_are_told_as_they_became)
{
    user.attributes = {{"userName", "ada"}, {"name", {{"familyName", "L"}}}, {vault, {{"room", "r"}}}};
    BOOST_TEST((tell({{"title", "name.familyName", "password", vault + ":room", "nobody knows", "", "nothing"}}) ==
                Told{{"title", "null"},
                     {"name", R"({"familyName":"L"})"},
                     {"password", "(secret)"},
                     {vault + ":room", "\"r\""}}));
    BOOST_TEST((tell({{vault}}) ==
                Told{{vault + ":code", "(secret)"}, {vault + ":room", "\"r\""}, {vault + ":safes", "null"}}),
               "a whole extension");
    BOOST_TEST(tell(std::vector<std::string>{}).empty());
}

BOOST_AUTO_TEST_CASE(secrets_within_a_value_are_left_out)
{
    user.attributes = {{vault, {{"safes", {{{"value", "a"}, {"pin", "1"}}, {{"value", "b"}, {"pin", "2"}}}}}}};
    BOOST_TEST((tell() == Told{{vault + ":safes", R"([{"value":"a"},{"value":"b"}])"}}));
    Attribute const& safes = *schemas->find_schema(vault)->find_attribute("safes");
    json::object const element{{"value", "a"}, {"pin", "1"}};
    json::object space;
    BOOST_TEST(logged_element(element, safes, space) == (json::object{{"value", "a"}}));
    Attribute const& emails = *user.type->schema().find_attribute("emails");
    json::object const email{{"value", "a@example.com"}};
    BOOST_TEST(&logged_element(email, emails, space) == &email, "nothing is copied");
}

BOOST_AUTO_TEST_CASE(large_attributes_are_told_by_their_elements)
{
    user.type = schemas->find_resource_type("Group");
    user.attributes = {{"displayName", "g"}, {"members", {{{"value", "a"}}}}};
    BOOST_TEST((tell() == Told{{"displayName", "\"g\""}}));
    BOOST_TEST((tell({{"displayName", "members"}}) == Told{{"displayName", "\"g\""}}));
}

BOOST_AUTO_TEST_CASE(who_follows_a_log_as_its_header_shows_is_told_of_everything_once)
{
    auto const store = memory::make_store();
    auto const attachment = store->attach(schemas).value();
    auto const write = [&](std::string const& id)
    {
        BOOST_REQUIRE(store
                          ->write(*attachment, "t", {},
                                  [&](WriteTransaction& transaction) -> result<void>
                                  {
                                      Resource one = user;
                                      one.id = id;
                                      one.attributes = {{"userName", id}};
                                      auto const done = transaction.insert(one, {});
                                      return done ? result<void>{} : result<void>{done.error()};
                                  })
                          .has_value());
    };
    std::vector<std::string> seen;
    std::stop_source stop;
    stop.request_stop(); // it ends when there is no more
    auto const note = [&](LoggedChange const& change) { seen.push_back(change.id); };
    for (int i = 100; i < 350; ++i)
        write(std::to_string(i));
    BOOST_REQUIRE(follow(*store, "t", {}, stop.get_token(), note).has_value());
    BOOST_TEST(seen.size() == 250U);
    BOOST_TEST(seen.front() == "100");
    BOOST_TEST(seen.back() == "349");
    seen.clear();
    write("more");
    BOOST_REQUIRE(follow(*store, "t", {}, stop.get_token(), note).has_value());
    BOOST_TEST((seen == std::vector<std::string>{"more"}));
}

BOOST_AUTO_TEST_CASE(what_goes_is_known_by_its_names)
{
    user.attributes = {{"userName", "ada"}, {"externalId", "e"}, {"displayName", "Ada"}, {"title", "t"}};
    BOOST_TEST((logged_identity(user) == LoggedChange::Identity{"e", "ada", "Ada"}));
    user.attributes = {{"userName", 7}};
    BOOST_TEST((logged_identity(user) == LoggedChange::Identity{}), "whatever a store returns");
}

BOOST_AUTO_TEST_SUITE_END()
