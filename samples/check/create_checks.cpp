// POST: what is made, and what is refused.
#include "session.hpp"

#include <array>

namespace check
{

namespace
{

/// Makes a user of a new name, with more members, and looks at the answer.
template <class Look>
Verdict made(Session& session, json::object const& more, Look look)
{
    auto body = Session::user(session.new_name());
    for (auto const& member : more)
        body.insert_or_assign(member.key(), member.value());
    auto const& asked = session.ask("POST", "/Users", body);
    if (asked.status != 201)
        return must(false, "the status is " + std::to_string(asked.status) + ", not 201");
    return look(asked);
}

Verdict fine(Asked const&) { return {}; }

constexpr std::array<Check, 13> create_table{{
    {"7644-3.3-a", true, [](Session& session) { return made(session, {}, fine); }},
    {"7644-3.3-c", true,
     [](Session& session)
     {
         return made(session, {},
                     [](Asked const& asked)
                     {
                         return must(asked.header("Location").ends_with("/Users/" + std::string{asked.text("id")}),
                                     "Location is not that of the user");
                     });
     }},
    {"7644-3.3-d", true,
     [](Session& session)
     {
         return made(session, {},
                     [](Asked const& asked) {
                         return must(asked.header("Location") == asked.text("meta.location"),
                                     "Location and meta.location differ");
                     });
     }},
    {"7644-3.3-b", true,
     [](Session& session)
     {
         return made(session, {{"id", "chosen-by-the-client"}, {"meta", json::object{{"resourceType", "Nonsense"}}}},
                     [](Asked const& asked)
                     {
                         return must(asked.text("id") != "chosen-by-the-client" &&
                                         asked.text("meta.resourceType") == "User",
                                     "what is readOnly was taken from the client");
                     });
     }},
    {"7643-3.1-l", true,
     [](Session& session)
     {
         return made(session, {{"externalId", "Check-1"}},
                     [](Asked const& asked)
                     { return must(asked.text("externalId") == "Check-1", "externalId was changed"); });
     }},
    {"7643-3.1-s", true,
     [](Session& session)
     {
         return made(session, {},
                     [](Asked const& asked) {
                         return must(asked.text("meta.created") == asked.text("meta.lastModified"),
                                     "created and lastModified differ");
                     });
     }},
    {"7644-3.1-f", true,
     [](Session& session)
     {
         auto body = Session::user(session.new_name());
         body["DISPLAYNAME"] = "Other Case";
         body.erase("displayName");
         auto const& asked = session.ask("POST", "/Users", body);
         return must(asked.status == 201 && asked.text("displayName") == "Other Case",
                     "names in another letter case are not understood");
     }},
    {"7644-3.3-i", true,
     [](Session& session)
     {
         if (session.own_user().empty())
             return must(false, "no user could be made");
         return refused(session.ask("POST", "/Users", Session::user(session.own_name())), 409, "uniqueness");
     }},
    {"7644-3.3-j", true,
     [](Session& session)
     {
         if (session.own_user().empty())
             return must(false, "no user could be made");
         auto upper = session.own_name();
         for (auto& c : upper)
             if (c >= 'a' && c <= 'z')
                 c = static_cast<char>(c - 'a' + 'A');
         return refused(session.ask("POST", "/Users", Session::user(upper)), 409);
     }},
    {"7644-3.3-o", true,
     [](Session& session)
     {
         auto body = Session::user(session.new_name());
         body.erase("userName");
         return refused(session.ask("POST", "/Users", body), 400);
     }},
    {"7644-3.3-p", true,
     [](Session& session) { return refused(session.ask_text("POST", "/Users", "{\"userName\":"), 400); }},
    {"7644-3.3-s", true,
     [](Session& session)
     {
         auto body = Session::user(session.new_name());
         body["emails"] = json::array{7};
         return refused(session.ask("POST", "/Users", body), 400);
     }},
    {"7644-3.3-r", true,
     [](Session& session)
     {
         auto body = Session::user(session.new_name());
         body["schemas"] = json::array{"urn:example:scimkit-check:nonsense"};
         return refused(session.ask("POST", "/Users", body), 400);
     }},
}};

} // namespace

std::span<Check const> create_checks() { return create_table; }

} // namespace check
