// PUT, PATCH and DELETE, on resources of the check's own.
#include "session.hpp"

#include <array>

namespace check
{

namespace
{

json::array operation(std::string_view op, std::string_view path, json::value value = nullptr)
{
    json::object one{{"op", op}};
    if (!path.empty())
        one["path"] = path;
    if (!value.is_null())
        one["value"] = std::move(value);
    json::array all;
    all.emplace_back(std::move(one));
    return all;
}

/// Patches the session's own user and looks at what it has become.
template <class Look>
Verdict patched(Session& session, json::array operations, Look look)
{
    if (!session.offers().patch)
        return skipped("PATCH is not announced");
    if (session.own_user().empty())
        return must(false, "no user could be made");
    auto const status = session.patch_own(std::move(operations)).status;
    if (status != 200 && status != 204)
        return must(false, "the status is " + std::to_string(status) + ", neither 200 nor 204");
    return look(session.ask("GET", session.own_user()));
}

Verdict refuses(Session& session, json::array operations, std::string_view scim_type)
{
    if (!session.offers().patch)
        return skipped("PATCH is not announced");
    if (session.own_user().empty())
        return must(false, "no user could be made");
    return refused(session.patch_own(std::move(operations)), 400, scim_type);
}

json::value emails(Session const& session)
{
    return json::array{
        json::object{{"value", session.own_name() + "@example.com"}, {"type", "work"}, {"primary", true}},
        json::object{{"value", session.own_name() + "@home.example.com"}, {"type", "home"}}};
}

/// Gives the session's own user two addresses, then does something with them in the same request.
template <class Look>
Verdict with_emails(Session& session, json::object operation_on_them, Look look)
{
    session.own_user();
    auto operations = operation("replace", "emails", emails(session));
    operations.emplace_back(std::move(operation_on_them));
    return patched(session, std::move(operations), look);
}

json::array const* list_at(Asked const& asked, std::string_view name)
{
    auto const* const value = asked.at(name);
    return value ? value->if_array() : nullptr;
}

/// The address of that type; null pointer: there is none.
json::object const* email(Asked const& asked, std::string_view type)
{
    if (auto const* const all = list_at(asked, "emails"))
        for (auto const& each : *all)
            if (auto const* const one = each.if_object();
                one && one->contains("type") && is_text(one->at("type"), type))
                return one;
    return nullptr;
}

bool is_primary(json::object const* email)
{
    auto const* const primary = email ? email->if_contains("primary") : nullptr;
    return primary && primary->is_bool() && primary->get_bool();
}

/// Whether a change makes the version another one.
Verdict changes_version(Session& session, bool wrong_version)
{
    if (!session.offers().etag || !session.offers().patch)
        return skipped("ETags or PATCH are not announced");
    if (session.own_user().empty())
        return must(false, "no user could be made");
    std::string const before{session.ask("GET", session.own_user()).header("ETag")};
    auto const status = session.patch_own(operation("replace", "nickName", json::string{session.new_name()})).status;
    std::string const after{session.ask("GET", session.own_user()).header("ETag")};
    if (status >= 300 || before == after)
        return must(false, "the version stays the same");
    if (!wrong_version)
        return {};
    auto body = Session::user(session.own_name());
    return refused(session.ask("PUT", session.own_user(), std::move(body), {{"If-Match", before}}), 412);
}

constexpr std::array<Check, 29> change_table{{
    {"7644-3.5.1-m", true,
     [](Session& session)
     {
         if (session.own_user().empty())
             return must(false, "no user could be made");
         auto body = Session::user(session.own_name());
         body["title"] = "Replaced";
         auto const& asked = session.ask("PUT", session.own_user(), body);
         return must(asked.status == 200 && asked.text("title") == "Replaced", "PUT gave no 200 with the new state");
     }},
    {"7644-3.5.1-a", true,
     [](Session& session) {
         return refused(session.ask("PUT", "/Users/scimkit-check-no-such-id", Session::user(session.new_name())), 404);
     }},
    {"7644-3.5.1-l", true,
     [](Session& session)
     {
         if (session.own_user().empty())
             return must(false, "no user could be made");
         auto body = Session::user(session.own_name());
         body.erase("userName");
         return refused(session.ask("PUT", session.own_user(), body), 400);
     }},
    {"7644-3.5.2-ad", true,
     [](Session& session)
     {
         return patched(session, operation("replace", "displayName", "Changed"),
                        [](Asked const& asked)
                        { return must(asked.text("displayName") == "Changed", "displayName is still the old one"); });
     }},
    {"7644-3.5.2-j", true,
     [](Session& session)
     {
         return patched(session, operation("add", "", json::object{{"nickName", "Nick"}}),
                        [](Asked const& asked)
                        { return must(asked.text("nickName") == "Nick", "add without a path did nothing"); });
     }},
    {"7644-3.5.2-w", true,
     [](Session& session)
     {
         auto operations = operation("replace", "title", "First");
         operations.emplace_back(json::object{{"op", "replace"}, {"path", "title"}, {"value", "Second"}});
         return patched(session, std::move(operations),
                        [](Asked const& asked)
                        { return must(asked.text("title") == "Second", "the operations are not in order"); });
     }},
    {"7644-3.5.2-l", true,
     [](Session& session)
     {
         return patched(session, operation("replace", "urn:ietf:params:scim:schemas:core:2.0:User:title", "Qualified"),
                        [](Asked const& asked)
                        { return must(asked.text("title") == "Qualified", "a path with its URI did nothing"); });
     }},
    {"7644-3.5.2.2-b", true,
     [](Session& session)
     {
         return patched(session, operation("remove", "title"),
                        [](Asked const& asked) { return must(!asked.at("title"), "the attribute is still there"); });
     }},
    {"7644-3.5.2-k", true, [](Session& session) { return refuses(session, operation("remove", ""), "noTarget"); }},
    {"7644-3.5.2-g", true,
     [](Session& session) { return refuses(session, operation("replace", "name..givenName", "x"), "invalidPath"); }},
    {"7644-3.5.2-e", true,
     [](Session& session) { return refuses(session, operation("scimkit-check", "title", "x"), ""); }},
    {"7644-3.5.2-o", true,
     [](Session& session)
     { return refuses(session, operation("replace", "meta.created", "2001-01-01T00:00:00Z"), "mutability"); }},
    {"7644-3.5.2-aa", true,
     [](Session& session)
     {
         auto operations = operation("replace", "displayName", "Half");
         operations.emplace_back(json::object{{"op", "replace"}, {"path", "no such path"}, {"value", "x"}});
         if (auto const verdict = refuses(session, std::move(operations), ""); verdict.kind != Verdict::Kind::holds)
             return verdict;
         return must(session.ask("GET", session.own_user()).text("displayName") != "Half", "half of it was kept");
     }},
    {"7644-3.5.2-ag", true,
     [](Session& session)
     {
         if (!session.offers().patch)
             return skipped("PATCH is not announced");
         return refused(
             session.ask("PATCH", "/Users/scimkit-check-no-such-id",
                         json::object{{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
                                      {"Operations", operation("replace", "displayName", "x")}}),
             404);
     }},
    {"7644-3.5.1-b", true,
     [](Session& session)
     {
         if (session.own_user().empty())
             return must(false, "no user could be made");
         auto body = Session::user(session.own_name());
         body["emails"] =
             json::array{json::object{{"value", session.own_name() + "@new.example.com"}, {"type", "other"}}};
         auto const& asked = session.ask("PUT", session.own_user(), body);
         auto const* const all = list_at(asked, "emails");
         return must(asked.status == 200 && all && all->size() == 1 && email(asked, "other"),
                     "PUT does not replace a multi-valued attribute as a whole");
     }},
    {"7644-3.5.2-b", true,
     [](Session& session)
     {
         if (!session.offers().patch)
             return skipped("PATCH is not announced");
         if (session.own_user().empty())
             return must(false, "no user could be made");
         return refused(session.ask("PATCH", session.own_user(),
                                    json::object{{"Operations", operation("replace", "displayName", "x")}}),
                        400);
     }},
    {"7644-3.5.2-x", true,
     [](Session& session)
     {
         return with_emails(session, {{"op", "replace"}, {"path", "emails[type eq \"home\"].primary"}, {"value", true}},
                            [](Asked const& asked)
                            {
                                return must(is_primary(email(asked, "home")) && !is_primary(email(asked, "work")),
                                            "two values are primary, or the wrong one");
                            });
     }},
    {"7644-3.5.2.1-a", true, [](Session& session) { return refuses(session, operation("add", "title"), ""); }},
    {"7644-3.5.2.1-f", true,
     [](Session& session) { return refuses(session, operation("add", "name", "a text"), "invalidValue"); }},
    {"7644-3.5.2.2-c", true,
     [](Session& session)
     {
         return with_emails(session, {{"op", "remove"}, {"path", "emails"}},
                            [](Asked const& asked) { return must(!asked.at("emails"), "there still are some"); });
     }},
    {"7644-3.5.2.2-d", true,
     [](Session& session)
     {
         return with_emails(session, {{"op", "remove"}, {"path", "emails[type eq \"home\"]"}},
                            [](Asked const& asked) {
                                return must(email(asked, "work") && !email(asked, "home"),
                                            "other elements went than those that match");
                            });
     }},
    {"7644-3.5.2.3-a", true,
     [](Session& session)
     {
         return patched(session, operation("replace", "", json::object{{"title", "Whole"}}),
                        [&](Asked const& asked)
                        {
                            return must(asked.text("title") == "Whole" && asked.text("userName") == session.own_name(),
                                        "replace without a path did nothing, or too much");
                        });
     }},
    {"7644-3.5.2.3-g", true,
     [](Session& session)
     {
         auto operations = operation("replace", "name", json::object{{"givenName", "A"}, {"familyName", "B"}});
         operations.emplace_back(
             json::object{{"op", "replace"}, {"path", "name"}, {"value", json::object{{"givenName", "C"}}}});
         return patched(session, std::move(operations),
                        [](Asked const& asked)
                        {
                            return must(asked.text("name.givenName") == "C" && asked.text("name.familyName") == "B",
                                        "sub-attributes that were not named went");
                        });
     }},
    {"7644-3.5.2.3-h", true,
     [](Session& session)
     {
         return with_emails(session,
                            {{"op", "replace"},
                             {"path", "emails[type eq \"home\"].value"},
                             {"value", session.own_name() + "@moved.example.com"}},
                            [&](Asked const& asked)
                            {
                                auto const* const home = email(asked, "home");
                                return must(home && home->contains("value") &&
                                                is_text(home->at("value"), session.own_name() + "@moved.example.com") &&
                                                email(asked, "work"),
                                            "the element that matches has another value");
                            });
     }},
    {"7644-3.5.2.3-k", true,
     [](Session& session) {
         return refuses(session, operation("replace", "emails[type eq \"scimkit\"].value", "a@example.com"),
                        "noTarget");
     }},
    {"7644-3.14-d", true, [](Session& session) { return changes_version(session, false); }},
    {"7644-3.14-h", true, [](Session& session) { return changes_version(session, true); }},
    {"7644-3.6-a", true,
     [](Session& session)
     {
         auto const& made = session.ask("POST", "/Users", Session::user(session.new_name()));
         auto const path = place_of(made);
         if (path.empty())
             return must(false, "no user could be made");
         auto const status = session.ask("DELETE", path).status;
         return must(status == 204, "the status is " + std::to_string(status) + ", not 204");
     }},
    {"7644-3.6-b", true,
     [](Session& session)
     {
         auto const& made = session.ask("POST", "/Users", Session::user(session.new_name()));
         auto const path = place_of(made);
         if (path.empty())
             return must(false, "no user could be made");
         if (session.ask("DELETE", path).status >= 300)
             return must(false, "it could not be removed");
         return refused(session.ask("GET", path), 404);
     }},
}};

} // namespace

std::span<Check const> change_checks() { return change_table; }

} // namespace check
