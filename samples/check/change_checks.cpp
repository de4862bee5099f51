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

constexpr std::array<Check, 16> checks{{
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
    {"7644-3.6-a", true,
     [](Session& session)
     {
         auto const& made = session.ask("POST", "/Users", Session::user(session.new_name()));
         if (made.status != 201)
             return must(false, "no user could be made");
         auto const path = "/Users/" + std::string{made.text("id")};
         auto const status = session.ask("DELETE", path).status;
         return must(status == 204, "the status is " + std::to_string(status) + ", not 204");
     }},
    {"7644-3.6-b", true,
     [](Session& session)
     {
         auto const& made = session.ask("POST", "/Users", Session::user(session.new_name()));
         if (made.status != 201)
             return must(false, "no user could be made");
         auto const path = "/Users/" + std::string{made.text("id")};
         if (session.ask("DELETE", path).status >= 300)
             return must(false, "it could not be removed");
         return refused(session.ask("GET", path), 404);
     }},
}};

} // namespace

std::span<Check const> change_checks() { return checks; }

} // namespace check
