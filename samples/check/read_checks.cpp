// What is there, read one by one: representations, errors, conditions.
#include "session.hpp"

#include <array>

namespace check
{

namespace
{

/// The session's own user, or, where nothing may be written, the first one there is.
std::string any_user(Session& session)
{
    if (auto const& own = session.own_user(); !own.empty())
        return own;
    auto const& listed = session.ask("GET", "/Users?count=1");
    auto const* const list = listed.at("Resources");
    if (!list || !list->is_array() || list->get_array().empty() || !list->get_array()[0].is_object())
        return {};
    auto const* const id = list->get_array()[0].get_object().if_contains("id");
    return id && id->is_string() && !id->get_string().empty() ? target_of("/Users", id->get_string()) : std::string{};
}

/// Looks at the representation of a user.
template <class Look>
Verdict of_user(Session& session, Look look)
{
    auto const user = any_user(session);
    if (user.empty())
        return skipped("there is no user to look at");
    auto const& asked = session.ask("GET", user);
    if (asked.status != 200)
        return must(false, "the user cannot be read: " + std::to_string(asked.status));
    return look(asked);
}

constexpr std::array<Check, 17> read_table{{
    {"7644-3.4.1-a", false,
     [](Session& session)
     {
         return of_user(session, [](Asked const& asked)
                        { return must(!asked.at("Resources") && asked.at("id"), "it is no resource"); });
     }},
    {"7644-3.1-c", false,
     [](Session& session)
     {
         return of_user(session,
                        [](Asked const& asked)
                        {
                            auto const* const schemas = asked.at("schemas");
                            return must(schemas && schemas->is_array() && !schemas->get_array().empty(),
                                        "schemas is missing or empty");
                        });
     }},
    {"7643-3.1-e", false,
     [](Session& session) {
         return of_user(session, [](Asked const& asked) { return must(!asked.text("id").empty(), "there is no id"); });
     }},
    {"7643-3.1-q", false,
     [](Session& session)
     {
         return of_user(session, [](Asked const& asked)
                        { return must(asked.text("meta.resourceType") == "User", "meta.resourceType is not User"); });
     }},
    {"7643-3.1-r", false,
     [](Session& session)
     {
         return of_user(session,
                        [](Asked const& asked) {
                            return must(scimkit::parse_date_time(asked.text("meta.created")).has_value(),
                                        "meta.created is no dateTime");
                        });
     }},
    {"7643-3.1-u", false,
     [](Session& session)
     {
         return of_user(session,
                        [](Asked const& asked) {
                            return must(asked.text("meta.location").ends_with(asked.target),
                                        "meta.location does not lead there");
                        });
     }},
    {"7643-3.1-v", false,
     [](Session& session)
     {
         if (!session.offers().etag)
             return skipped("ETags are not announced");
         return of_user(session,
                        [](Asked const& asked)
                        {
                            return must(!asked.header("ETag").empty() &&
                                            asked.header("ETag") == asked.text("meta.version"),
                                        "ETag and meta.version are not the same");
                        });
     }},
    {"7644-3.3-t", false,
     [](Session& session) {
         return of_user(session, [](Asked const& asked) { return must(!asked.at("password"), "a password is shown"); });
     }},
    {"7644-3.4.1-b", false,
     [](Session& session) { return refused(session.ask("GET", "/Users/scimkit-check-no-such-id"), 404); }},
    {"7644-3.4.1-f", false,
     [](Session& session)
     {
         auto const user = any_user(session);
         if (user.empty())
             return skipped("there is no user to look at");
         return refused(session.ask("GET", "/Groups" + user.substr(6)), 404);
     }},
    {"7644-3.4.2.5-a", false,
     [](Session& session)
     {
         auto const user = any_user(session);
         if (user.empty())
             return skipped("there is no user to look at");
         auto const& asked = session.ask("GET", user + "?attributes=userName");
         return must(asked.status == 200 && asked.at("userName") && !asked.at("name") && !asked.at("emails"),
                     "more than the attributes that were asked for is shown");
     }},
    {"7644-3.4.2.5-c", false,
     [](Session& session)
     {
         auto const user = any_user(session);
         if (user.empty())
             return skipped("there is no user to look at");
         auto const& asked = session.ask("GET", user + "?excludedAttributes=id,schemas,userName");
         return must(asked.status == 200 && asked.at("id") && asked.at("schemas") && !asked.at("userName"),
                     "id is taken away, or userName is not");
     }},
    {"7644-3.14-b", false,
     [](Session& session)
     {
         if (!session.offers().etag)
             return skipped("ETags are not announced");
         return of_user(session,
                        [](Asked const& asked) { return must(!asked.header("ETag").empty(), "there is no ETag"); });
     }},
    {"7644-3.14-f", false,
     [](Session& session)
     {
         if (!session.offers().etag)
             return skipped("ETags are not announced");
         std::string target, version;
         auto const read = of_user(session,
                                   [&](Asked const& asked)
                                   {
                                       target = asked.target;
                                       version = asked.header("ETag");
                                       return Verdict{};
                                   });
         if (read.kind != Verdict::Kind::holds)
             return read;
         auto const status = session.ask("GET", target, nullptr, {{"If-None-Match", version}}).status;
         return must(status == 304, "the status is " + std::to_string(status) + ", not 304");
     }},
    {"7644-3.8-c", false,
     [](Session& session)
     {
         return of_user(session,
                        [](Asked const& asked)
                        {
                            return must(asked.header("Content-Type").starts_with("application/scim+json"),
                                        "Content-Type is not application/scim+json");
                        });
     }},
    {"7644-3.12-a", false,
     [](Session& session) { return refused(session.ask("GET", "/Users/scimkit-check-no-such-id"), 404); }},
    {"7644-3.12-b", false,
     [](Session& session)
     {
         return must(session.ask("GET", "/Users/scimkit-check-no-such-id").text("status") == "404",
                     "status is not the text 404");
     }},
}};

} // namespace

std::span<Check const> read_checks() { return read_table; }

} // namespace check
