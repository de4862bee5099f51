// What a server may offer and announces nowhere: /Me, and queries at its root. One that says that it does not is
// skipped.
#include "session.hpp"

#include <array>

namespace check
{

namespace
{

constexpr auto me = "/Me";

/// What GET /Me answered with; null pointer: not with the resource itself.
Asked const* own_resource(Session& session)
{
    auto const& asked = session.ask("GET", me);
    return asked.status == 200 ? &asked : nullptr;
}

Verdict no_own_resource() { return skipped("GET /Me does not give a resource"); }

bool ends_with_me(std::string_view location) { return location.ends_with("/Me"); }

Asked const& at_root(Session& session, std::string const& query) { return session.ask("GET", "/" + query); }

/// Whether the root answers queries at all.
bool has_root(Session& session)
{
    auto const& asked = at_root(session, "?count=1");
    return asked.status == 200 && asked.at("totalResults");
}

/// Whether every resource that a query at the root gives fits.
template <class Fits>
Verdict each_of(Asked const& asked, Fits const& fits, std::string const& why)
{
    auto const* const list = asked.at("Resources");
    if (asked.status != 200)
        return must(false, "the query is answered with " + std::to_string(asked.status));
    if (list && list->is_array())
        for (auto const& resource : list->get_array())
            if (!resource.is_object() || !fits(resource.get_object()))
                return must(false, why);
    return {};
}

template <class Look>
Verdict with_root(Session& session, Look const& look)
{
    return has_root(session) ? look() : skipped("there are no queries at the root");
}

constexpr std::array<Check, 9> endpoint_table{{
    {"7644-3.11-a", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", me);
         if (asked.status == 200 || asked.status == 307 || asked.status == 308)
             return skipped("there is /Me");
         for (auto const status : {403, 404})
             if (refused(asked, status).kind == Verdict::Kind::holds)
                 return skipped(std::to_string(status) + " may say that the caller has no resource");
         return refused(asked, 501);
     }},
    {"7644-3.11-b", false,
     [](Session& session)
     {
         auto const& asked = session.ask("GET", me);
         if (asked.status < 300 || asked.status > 399)
             return skipped("/Me leads nowhere else");
         return must(asked.status == 308 && !asked.header("Location").empty() &&
                         !ends_with_me(asked.header("Location")),
                     "/Me leads elsewhere, and not by 308 with the Location of the resource");
     }},
    {"7644-3.11-d", false,
     [](Session& session)
     {
         auto const* const asked = own_resource(session);
         return !asked ? no_own_resource()
                       : must(!asked->header("Location").empty() && !ends_with_me(asked->header("Location")),
                              "Location is not the permanent URI of the resource");
     }},
    {"7644-3.11-e", false,
     [](Session& session)
     {
         auto const* const asked = own_resource(session);
         return !asked ? no_own_resource()
                       : must(!asked->text("meta.location").empty() && !ends_with_me(asked->text("meta.location")),
                              "meta.location is not the permanent URI of the resource");
     }},
    {"7644-3.11-h", false,
     [](Session& session)
     {
         if (!own_resource(session))
             return no_own_resource();
         auto const& asked = session.ask("GET", "/Me?attributes=userName");
         return must(asked.status == 200 && asked.at("id") && !asked.at("emails") && !asked.at("name"),
                     "attributes have no effect on /Me");
     }},
    {"7644-3.4.2.1-b", true,
     [](Session& session)
     {
         return with_root(
             session,
             [&]
             {
                 if (session.own_user().empty())
                     return skipped("no user could be made");
                 auto const& asked = at_root(session, "?filter=userName%20eq%20%22" + session.own_name() + "%22");
                 return must(asked.status == 200 && asked.resources() == 1, "a query at the root does not find a user");
             });
     }},
    {"7644-3.4.2.1-c", false,
     [](Session& session)
     {
         return with_root(session,
                          [&]
                          {
                              auto const is_user = [](json::object const& resource)
                              {
                                  auto const* const meta = resource.if_contains("meta");
                                  auto const* const type = meta && meta->is_object()
                                                               ? meta->get_object().if_contains("resourceType")
                                                               : nullptr;
                                  return type && is_text(*type, "User");
                              };
                              return each_of(at_root(session, "?count=20&filter=meta.resourceType%20eq%20%22User%22"),
                                             is_user, "meta.resourceType eq \"User\" finds others too");
                          });
     }},
    {"7644-3.4.2.1-e", false,
     [](Session& session)
     {
         return with_root(session,
                          [&]
                          {
                              return each_of(
                                  at_root(session, "?count=20&filter=userName%20pr"),
                                  [](json::object const& resource) { return resource.contains("userName"); },
                                  "userName pr finds resources without a userName");
                          });
     }},
    {"7644-3.4.2.1-f", false,
     [](Session& session)
     {
         return with_root(session,
                          [&]
                          {
                              return each_of(
                                  at_root(session, "?count=20&filter=not%20(userName%20pr)"),
                                  [](json::object const& resource) { return !resource.contains("userName"); },
                                  "not (userName pr) finds resources with a userName");
                          });
     }},
}};

} // namespace

std::span<Check const> endpoint_checks() { return endpoint_table; }

} // namespace check
