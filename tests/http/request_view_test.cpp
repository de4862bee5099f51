// Which requests are answered on the thread that reads them.
#include <scimkit/schema/registry.hpp>

#include "http/request_view.hpp"

#include <boost/beast/http/fields.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(quick_requests)

BOOST_AUTO_TEST_CASE(a_bulk_is_known_by_its_path)
{
    auto const is_bulk = [](std::string_view method, std::string_view target)
    { return http::is_bulk({.method = method, .target = target}); };
    BOOST_TEST(is_bulk("POST", "/scim/Bulk"));
    BOOST_TEST(is_bulk("POST", "/bulk?x=/"));
    BOOST_TEST(!is_bulk("GET", "/Bulk"));
    BOOST_TEST(!is_bulk("POST", "/Users"));
    BOOST_TEST(!is_bulk("POST", "/Users?filter=/Bulk"));
    BOOST_TEST(!is_bulk("POST", "Bulk"));
}

// The service decodes a path, may take a slash behind it, and any letter case: each spelling has the same threads.
BOOST_AUTO_TEST_CASE(another_spelling_of_a_path_is_no_way_round_the_lanes)
{
    auto const posted = [](std::string_view target) { return Request{.method = "POST", .target = target}; };
    for (std::string_view const bulk : {"/Bulk/", "/%42ulk", "/scim/v2/%42%75%6c%6B", "/bUL%4b/?x", "/bulk"})
        BOOST_TEST(http::is_bulk(posted(bulk)), bulk);
    for (std::string_view const read : {"/.search/", "/%2esearch", "/scim/v2/Users/.searc%68/", "/.SEARCH", "/.delta",
                                        "/Users/.delta", "/%2Edelta/?x"})
        BOOST_TEST(http::is_read(posted(read)), read);
    for (std::string_view const other :
         {"/Bulk//", "/Bul", "/Bulks", "/%42ul", "/%42ulk%", "/%4", "/%", "/%42ulk%00", "/x%2fBulk", "/Bulk/x", "/", "",
          "/.searches", "/%2esearc", "/.deltaToken", "/Users/x.delta"})
    {
        BOOST_TEST(!http::is_bulk(posted(other)), other);
        BOOST_TEST(!http::is_read(posted(other)), other);
    }
}

BOOST_AUTO_TEST_CASE(only_what_a_few_records_answer_is_quick)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const quick = [&](std::string_view method, std::string_view target)
    { return http::is_quick({.method = method, .target = target}, *registry); };
    BOOST_TEST(quick("GET", "/scim/v2/Users/1"));
    BOOST_TEST(quick("GET", "/scim/v2/ServiceProviderConfig"));
    BOOST_TEST(!quick("GET", "/scim/v2/Users"), "a list");
    BOOST_TEST(quick("GET", "/scim/v2/Users/1?attributes=groups&excludedAttributes=emails"));
    BOOST_TEST(!quick("GET", "/scim/v2/Users/1?x=1"), "nobody knows what that is");
    BOOST_TEST(!quick("GET", "/scim/v2/Users/1?attributes=" + std::string(512, 'x')));
    BOOST_TEST(!quick("GET", "/scim/v2/Groups/1?excludedAttributes=members"));
    BOOST_TEST(!quick("GET", "/scim/v2/Groups/1"), "many members");
    BOOST_TEST(!quick("GET", "/scim/v2/%47roups"), "a list in disguise");
    BOOST_TEST(!quick("GET", "/scim/v2/%47roups/1"));
    BOOST_TEST(!quick("PUT", "/scim/v2/Users/1"));
}

BOOST_AUTO_TEST_CASE(a_list_is_quick_where_one_attribute_has_one_value)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const quick = [&](std::string const& query)
    { return http::is_quick({.method = "GET", .target = "/scim/v2/Users" + query}, *registry); };
    for (auto const* query : {"?filter=userName%20eq%20%22ada%22", "?filter=userName+EQ+%22ada%22&count=1&startIndex=1",
                              "?filter=userName+eq+\"\"", "?attributes=id&filter=emails.value%20eq%20%22a%40b%22"})
        BOOST_TEST(quick(query), query);
    for (auto const* query :
         {"", "?", "?count=1", "?filter=", "?filter", "?filter=userName%20pr", "?filter=userName%20co%20%22a%22",
          "?filter=userName%20eq%20%22a%22%20or%20title%20pr", "?filter=not%20(userName%20eq%20%22a%22)",
          "?filter=emails%5Btype%20eq%20%22work%22%5D", "?filter=userName%20eq%20%22a", "?filter=userName%20eq%20%22",
          "?filter=userName%20eq%20true", "?filter=userName%20eq%20%22a%5C%22b%22",
          "?filter=userName%20eq%20%22a%22&sortBy=title", "?filter=userName%20eq%20%22a%22&filter=title%20pr",
          "?filter=userName%20eq%20%22a%22&cursor"})
        BOOST_TEST(!quick(query), query);
    BOOST_TEST(!http::is_quick({.method = "GET", .target = "/Groups?filter=displayName%20eq%20%22a%22"}, *registry));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_a_read)
{
    auto const read = [](std::string_view method, std::string_view target)
    { return http::is_read({.method = method, .target = target}); };
    BOOST_TEST(read("GET", "/scim/v2/Users"));
    BOOST_TEST(read("HEAD", "/scim/v2/Users/1"));
    BOOST_TEST(read("POST", "/scim/v2/Users/.search"));
    BOOST_TEST(read("POST", "/scim/v2/.search?x"));
    BOOST_TEST(!read("POST", "/scim/v2/Users"));
    BOOST_TEST(!read("POST", "/scim/v2/Users?x=/.search"));
    BOOST_TEST(!read("PATCH", "/scim/v2/Users/1"));
    BOOST_TEST(!read("DELETE", "/scim/v2/Users/1"));
}

// A reader that goes one byte too far finds another allocation there, or none.
BOOST_AUTO_TEST_CASE(nothing_is_read_behind_the_end_of_a_target)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    for (std::string_view const target : {"/Me",
                                          "/me",
                                          "/ME",
                                          "/scim/v2/mE",
                                          "/Bulk",
                                          "/bulk",
                                          "/v2/BULK",
                                          "/.search",
                                          "/.SEARCH",
                                          "/%2",
                                          "/Bul%",
                                          "/%42ul%6",
                                          "/Users?filter=a+e",
                                          "/Users?filter=a+eq+%2",
                                          "/Users?filter",
                                          "/Users?",
                                          "HTTP://",
                                          "http://",
                                          "hTtPs://",
                                          "HTTPS:/",
                                          "/users",
                                          "/USERS/"})
    {
        http::RequestHeader header;
        header.target({target.data(), target.size()});
        header.method_string("GET");
        Request seen;
        http::view_header(seen, header);

        auto const alone = std::make_unique<char[]>(target.size());
        std::ranges::copy(target, alone.get());
        for (std::string_view const method : {"GET", "POST"})
        {
            Request const request{.method = method, .target = {alone.get(), target.size()}};
            (void)http::is_quick(request, *registry);
            (void)http::is_read(request);
            (void)http::is_bulk(request);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
