// `test`: one sentence about what is wrong, each kind of trouble told apart, and a sample of what would be imported.
#include "commands.hpp"
#include "connection.hpp"

#include <array>

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

/// Where SCIM roots are, beside the one that was given.
constexpr std::array<std::string_view, 6> usual_roots{"/scim/v2",     "/scim",  "/v2",
                                                      "/api/scim/v2", "/scim2", "/rest/scim/v2"};

/// Whether something at `root` answers as SCIM; 401 with a SCIM error does as well.
bool answers_as_scim(Connection connection, std::string const& root)
{
    connection.url = root;
    connection.attempts = 1;
    connection.timeout = std::min<std::uint64_t>(connection.timeout, 10);
    auto const there = connect(connection);
    if (!there)
        return false;
    auto const answer = there->raw("GET", "/ServiceProviderConfig");
    if (!answer || !answer->body.is_object())
        return false;
    auto const* const schemas = answer->body.get_object().if_contains("schemas");
    return schemas && schemas->is_array() && (answer->status == 200 || answer->status == 401);
}

/// A hint where the root may be; empty: none was found.
std::string hint(Connection const& connection)
{
    std::vector<std::string> roots;
    auto base = connection.url;
    while (base.ends_with('/'))
        base.pop_back();
    for (auto const& suffix : usual_roots)
        roots.push_back(base + std::string{suffix});
    for (auto slash = base.rfind('/'); slash != base.npos && slash > base.find("://") + 2; slash = base.rfind('/'))
    {
        base.resize(slash);
        roots.push_back(base);
        roots.push_back(base + "/scim/v2");
        if (roots.size() > 12)
            break;
    }
    for (auto const& root : roots)
        if (answers_as_scim(connection, root))
            return root;
    return {};
}

class Test
{
public:
    Test(Connection const& connection, Output& output)
        : connection_(connection)
        , output_(output)
    {
    }

    Exit run()
    {
        auto const source = connect(connection_);
        if (!source)
            return fail("settings", client::describe(source.error()), exit_of(source.error()));
        auto const users = source->query("/Users", {.count = 5});
        if (!users)
            return explain(users.error());
        pass("reachable", connection_.url.starts_with("https") ? "yes, over TLS" : "yes, without TLS");
        pass("SCIM root", "found");
        pass("authorised",
             connection_.token.kind == SecretPlace::Kind::none && connection_.user.empty() && !connection_.oauth
                 ? "yes, without credentials"
                 : "yes");
        return sample(*users, *source);
    }

private:
    void pass(std::string const& step, std::string const& what)
    {
        output_.say(step + ": " + what);
        steps_.emplace_back(json::object{{"step", step}, {"ok", true}, {"detail", what}});
    }

    Exit fail(std::string const& step, std::string const& sentence, Exit exit, std::string const& where = {})
    {
        output_.say(step + ": " + sentence);
        steps_.emplace_back(json::object{{"step", step}, {"ok", false}, {"detail", sentence}});
        json::object result{{"ok", false}, {"connection", connection_.name}, {"steps", steps_}, {"problem", step}};
        if (!where.empty())
            result["hint"] = where;
        output_.finish(result);
        return exit;
    }

    Exit explain(Failure const& failure)
    {
        auto const said = client::describe(failure);
        switch (failure.kind)
        {
        case client::FailureKind::unreachable:
        case client::FailureKind::timed_out:
        case client::FailureKind::cut_off:
            return fail("reachable", "no: " + said, Exit::unreachable);
        case client::FailureKind::untrusted:
            return fail("TLS", "the server is not trusted: " + said, Exit::unreachable);
        case client::FailureKind::credentials:
            return fail("credentials", said, Exit::unauthorised);
        default:
            break;
        }
        if (failure.status == 401)
            return fail("authorised", "no: the server does not know the credentials (" + said + ")",
                        Exit::unauthorised);
        if (failure.status == 403)
            return fail("authorised", "no: the credentials may not read users (" + said + ")", Exit::unauthorised);
        bool const elsewhere = failure.status == 404 || failure.kind == client::FailureKind::not_scim ||
                               failure.kind == client::FailureKind::redirected;
        if (!elsewhere)
            return fail("users", "cannot be read: " + said, exit_of(failure));
        auto const where = hint(connection_);
        return fail(
            "SCIM root",
            "not found at " + connection_.url + " (" + said + ")" +
                (where.empty() ? "; ask the server's operator for its SCIM base URL" : "; it seems to be " + where),
            Exit::no_scim, where);
    }

    Exit sample(client::Page const& users, client::Client const& source)
    {
        if (users.resources.empty())
            pass("users", "there are none");
        std::uint64_t named = 0;
        std::string names;
        for (auto const& user : users.resources)
            if (auto const* const name = user.body.if_contains("userName");
                name && name->is_string() && !name->get_string().empty())
            {
                ++named;
                names += (names.empty() ? "" : ", ") + std::string{name->get_string()};
            }
        if (named < users.resources.size())
            return fail("users",
                        "the attributes are empty: " + std::to_string(users.resources.size() - named) + " of " +
                            std::to_string(users.resources.size()) +
                            " users have no userName; may the credentials read attributes?",
                        Exit::no_scim);
        if (named > 0)
            pass("users", (users.total ? std::to_string(*users.total) : "some") + ", for example " + names);
        say_deviations(output_, source);
        output_.finish({{"ok", true},
                        {"connection", connection_.name},
                        {"steps", steps_},
                        {"users", users.total ? json::value(*users.total) : json::value()},
                        {"write", connection_.write},
                        {"deviations", deviations_of(source)}});
        return Exit::good;
    }

    Connection const& connection_;
    Output& output_;
    json::array steps_;
};

} // namespace

outcome<Exit> test(Connection const& connection, Output& output) { return Test{connection, output}.run(); }

} // namespace connector
