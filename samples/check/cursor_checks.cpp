// Pages by cursor (RFC 9865), where ServiceProviderConfig announces them.
#include "session.hpp"

#include <algorithm>
#include <array>

namespace check
{

namespace
{

constexpr auto nobody = "filter=userName%20eq%20%22scimkit-check-nobody%22";

bool is_list(Asked const& asked)
{
    auto const* const schemas = asked.at("schemas");
    return asked.status == 200 && schemas && schemas->is_array() && schemas->get_array().size() == 1 &&
           is_text(schemas->get_array()[0], "urn:ietf:params:scim:api:messages:2.0:ListResponse");
}

Asked const& first_page(Session& session) { return session.ask("GET", "/Users?cursor&count=1"); }

std::uint64_t total(Asked const& asked)
{
    auto const* const number = asked.at("totalResults");
    return number && number->is_int64() && number->get_int64() > 0 ? static_cast<std::uint64_t>(number->get_int64())
                                                                   : 0;
}

/// A page has to say how many resources it has where there are more of them.
bool says_its_size(Asked const& asked)
{
    auto const* const items = asked.at("itemsPerPage");
    if (!items)
        return total(asked) <= asked.resources();
    return items->is_int64() && items->get_int64() == static_cast<std::int64_t>(asked.resources());
}

/// `look` where there are cursors.
template <class Look>
Verdict with_cursors(Session& session, Look const& look)
{
    return session.offers().cursor_paging ? look() : skipped("pages by cursor are not announced");
}

/// `look` at the cursor of a second page.
template <class Look>
Verdict with_second(Session& session, Look const& look)
{
    return with_cursors(session,
                        [&]
                        {
                            if (session.may_write())
                                session.ask("POST", "/Users", Session::user(session.new_name()));
                            session.own_user(); // so that there are two
                            std::string const cursor{first_page(session).text("nextCursor")};
                            return cursor.empty() ? skipped("there is no second page") : look(cursor);
                        });
}

json::object search(json::object more)
{
    more["schemas"] = json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"};
    return more;
}

std::string first_id(Asked const& asked)
{
    auto const* const list = asked.at("Resources");
    auto const* const one =
        list && list->is_array() && !list->get_array().empty() ? list->get_array()[0].if_object() : nullptr;
    auto const* const id = one ? one->if_contains("id") : nullptr;
    return id && id->is_string() ? std::string{id->get_string()} : std::string{};
}

Verdict empty_page(Session& session, std::string const& count)
{
    return with_cursors(session,
                        [&]
                        {
                            auto const& asked = session.ask("GET", "/Users?cursor&count=" + count);
                            return must(is_list(asked) && asked.resources() == 0,
                                        "count=" + count + " is no empty page");
                        });
}

Verdict has_boolean(Session& session, std::string const& name)
{
    return with_cursors(session,
                        [&]
                        {
                            auto const* const flag =
                                session.ask("GET", "/ServiceProviderConfig").at("pagination." + name);
                            return must(flag && flag->is_bool(), "pagination." + name + " is no boolean");
                        });
}

constexpr std::array<Check, 16> cursor_table{{
    {"9865-4-c", false, [](Session& session) { return has_boolean(session, "cursor"); }},
    {"9865-4-d", false, [](Session& session) { return has_boolean(session, "index"); }},
    {"9865-2-b", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 bool const bare = is_list(first_page(session));
                                 return must(bare && is_list(session.ask("GET", "/Users?cursor=&count=1")),
                                             "an empty cursor gives no first page");
                             });
     }},
    {"9865-2-d", false, [](Session& session) { return empty_page(session, "-5"); }},
    {"9865-2-e", false, [](Session& session) { return empty_page(session, "0"); }},
    {"9865-2-f", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 auto const& asked = first_page(session);
                                 return must(is_list(asked) && asked.resources() <= 1, "more than count came");
                             });
     }},
    {"9865-2-j", false,
     [](Session& session)
     {
         return with_cursors(
             session,
             [&]
             {
                 auto const& asked = session.ask("GET", "/Users?cursor&count=10&" + std::string{nobody});
                 return must(is_list(asked) && !asked.at("nextCursor"), "a page that is the only one has a nextCursor");
             });
     }},
    {"9865-2-l", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 auto const& asked = first_page(session);
                                 return must(is_list(asked) && !asked.at("previousCursor"),
                                             "the first page has a previousCursor");
                             });
     }},
    {"9865-2-p", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 auto const& asked = first_page(session);
                                 return must(is_list(asked) && says_its_size(asked),
                                             "a page by cursor has no itemsPerPage, another one, or is no list");
                             });
     }},
    {"9865-2.1-b", false,
     [](Session& session)
     {
         return with_cursors(
             session, [&]
             { return refused(session.ask("GET", "/Users?cursor=scimkit-check-none&count=1"), 400, "invalidCursor"); });
     }},
    {"9865-2.1-e", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 auto const body = search({{"cursor", "scimkit-check-none"}, {"count", 1}});
                                 return refused(session.ask("POST", "/Users/.search", body), 400, "invalidCursor");
                             });
     }},
    {"9865-3-a", false,
     [](Session& session)
     {
         return with_cursors(
             session,
             [&]
             {
                 auto const& asked = session.ask("POST", "/Users/.search", search({{"cursor", ""}, {"count", 1}}));
                 return must(is_list(asked) && (total(asked) < 2 || !asked.text("nextCursor").empty()),
                             ".search gives no page by cursor");
             });
     }},
    {"9865-2-i", false,
     [](Session& session)
     {
         return with_cursors(session,
                             [&]
                             {
                                 session.own_user();
                                 auto const& asked = first_page(session);
                                 return must(total(asked) <= 1 || !asked.text("nextCursor").empty(),
                                             "a page that is not the last has no nextCursor");
                             });
     }},
    {"9865-2-a", false,
     [](Session& session)
     {
         return with_second(session,
                            [&](std::string const& cursor)
                            {
                                auto const one = first_id(first_page(session));
                                auto const& asked = session.ask("GET", "/Users?count=1&cursor=" + encoded(cursor));
                                return must(is_list(asked) && first_id(asked) != one,
                                            "nextCursor does not lead to the next page");
                            });
     }},
    {"9865-2-c", false,
     [](Session& session)
     {
         return with_second(session,
                            [](std::string const& cursor)
                            {
                                bool const plain = std::all_of(cursor.begin(), cursor.end(),
                                                               [](unsigned char c) {
                                                                   return std::isalnum(c) != 0 || c == '-' ||
                                                                          c == '.' || c == '_' || c == '~';
                                                               });
                                return must(plain, "nextCursor has characters that are to be encoded");
                            });
     }},
    {"9865-2-w", false,
     [](Session& session)
     {
         return with_second(session,
                            [&](std::string const& cursor) {
                                return refused(session.ask("GET", "/Groups?count=1&cursor=" + encoded(cursor)), 400,
                                               "invalidCursor");
                            });
     }},
}};

} // namespace

std::span<Check const> cursor_checks() { return cursor_table; }

} // namespace check
