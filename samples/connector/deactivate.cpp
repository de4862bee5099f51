// `deactivate`: one user, by PATCH, where the connection allows it; then the local copy says so too.
#include <scimkit/connector/lifecycle.hpp>

#include "commands.hpp"
#include "connection.hpp"
#include "local_mirror.hpp"

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

/// The user as it is now, into the local copy, if there is one.
outcome<void> refresh(Connection const& connection, Begun const& begun, client::RemoteResource const& user)
{
    if (!has_mirror(begun.directory))
        return {};
    auto const source = source_of(connection, begun);
    if (!source)
        return source.error();
    auto const mirror = open_mirror(begun.directory);
    if (!mirror)
        return mirror.error();
    return refresh_user(*source, **mirror, user);
}

} // namespace

outcome<Exit> deactivate(Settings const& settings, Connection const& connection, std::string const& id, Output& output)
{
    if (auto allowed = check_write(connection); !allowed)
        return allowed.error();
    auto const begun = begin(settings, connection);
    if (!begun)
        return begun.error();
    auto const& source = begun->source;
    auto const before = source.get("/Users", id);
    if (!before)
        return before.error();
    bool const already = is_inactive(before->body);
    if (!already)
    {
        json::array operations;
        operations.emplace_back(json::object{{"op", "replace"}, {"path", "active"}, {"value", false}});
        if (auto const patched = source.patch("/Users", id, std::move(operations), before->version); !patched)
            return patched.error();
    }
    auto const after = source.get("/Users", id);
    if (!after)
        return after.error();
    if (!is_inactive(after->body))
        return Failure{client::FailureKind::malformed,
                       {scimkit::ErrorCode::conflict, "The server accepted the change, but the user is still active."}};
    if (auto refreshed = refresh(connection, *begun, *after); !refreshed)
        return refreshed.error();
    output.say(id + (already ? " was inactive already" : " is inactive now"));
    output.finish({{"ok", true}, {"connection", connection.name}, {"id", id}, {"changed", !already}});
    return Exit::good;
}

} // namespace connector
