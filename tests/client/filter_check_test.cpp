// What came of a filtered list, held against the filter: a server that shows less than it knows is accused of nothing.
#include <scimkit/client/discovery.hpp>
#include <scimkit/client/filter_check.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::client;

BOOST_AUTO_TEST_SUITE(client_filter_check)

namespace
{

struct Ada
{
    std::shared_ptr<SchemaRegistry const> registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& type = *registry->find_resource_type("User");
    DeviationLog log{true};

    bool fits(std::string_view filter)
    {
        RemoteResource ada{.id = "42"};
        ada.last_modified = parse_date_time("2026-01-02T03:04:05Z").value();
        ada.body = parse_json(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42",
            "userName":"ada","active":true,"externalId":"e1","name":{"familyName":"Byron"},
            "emails":[{"value":"ada@example.com","type":"work"},{"value":"a@example.org","type":"home"}],
            "meta":{"resourceType":"User","created":"2025-01-01T00:00:00Z","lastModified":"2026-01-02T03:04:05Z"}})")
                       .value()
                       .get_object();
        auto const attributes = read_resource(ada, type, log);
        auto const check = FilterCheck::create(filter, type);
        BOOST_REQUIRE_MESSAGE(check, filter);
        return check->fits(ada, attributes.value(), log).value();
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(what_matches_fits_and_what_does_not_is_noted)
{
    Ada ada;
    for (auto const* const filter :
         {R"(userName eq "ADA")", R"(id eq "42")", R"(externalId eq "e1")",
          R"(meta.lastModified ge "2026-01-01T00:00:00Z")", R"(meta.created lt "2025-06-01T00:00:00Z")",
          R"(emails[type eq "work" and value co "example.com"])", R"(userName eq "eve" or active eq true)",
          R"(not (userName eq "eve"))", R"(name.familyName sw "B")"})
        BOOST_TEST(ada.fits(filter), filter);
    BOOST_TEST(ada.log.all().empty());

    std::uint64_t told = 0;
    for (auto const* const filter :
         {R"(userName eq "eve")", R"(id eq "43")", R"(externalId eq "e2")",
          R"(meta.lastModified gt "2026-06-01T00:00:00Z")", R"(meta.created gt "2025-06-01T00:00:00Z")",
          R"(emails[type eq "work" and value co "example.org"])", R"(userName eq "ada" and active eq false)",
          R"(not (userName eq "ada"))", R"(name.familyName sw "L")"})
    {
        BOOST_TEST(!ada.fits(filter), filter);
        auto const all = ada.log.all();
        BOOST_REQUIRE(all.size() == 1);
        BOOST_TEST((all[0].deviation == Deviation::filter_ignored));
        BOOST_TEST(all[0].count == ++told);
    }
    BOOST_TEST(ada.log.all()[0].first == R"(User 42: userName eq "eve")");
}

BOOST_AUTO_TEST_CASE(what_did_not_come_decides_nothing)
{
    Ada ada;
    for (auto const* const filter :
         {R"(title eq "Dr")", R"(not (title eq "Dr"))", "title pr", "not (title pr)", R"(groups.value eq "g")",
          R"(meta.version eq "1")", R"(schemas eq "urn:x")", R"(emails[primary eq true])",
          R"(not (emails[primary eq true]))", R"(userName eq "eve" or title eq "Dr")",
          R"(not (userName eq "ada" and title eq "Dr"))",
          R"(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x")"})
        BOOST_TEST(ada.fits(filter), filter);
    BOOST_TEST(ada.log.all().empty());
    BOOST_TEST(!ada.fits(R"(userName eq "eve" and title eq "Dr")"));
    BOOST_TEST(!ada.fits(R"(not (userName eq "ada" or title eq "Dr"))"));
}

BOOST_AUTO_TEST_CASE(what_is_no_filter_of_the_type_is_misuse)
{
    Ada const ada;
    for (auto const* const filter : {"", "userName", R"(nothingLikeThat eq "x")", R"(active gt true)"})
    {
        auto const check = FilterCheck::create(filter, ada.type);
        BOOST_REQUIRE_MESSAGE(!check, filter);
        BOOST_TEST((check.error().kind == FailureKind::misuse), filter);
    }
}

BOOST_AUTO_TEST_SUITE_END()
