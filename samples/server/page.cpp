// One guard in front of all routes: whoever asks for more than to log in has a session, whoever changes something
// repeats the session's token, and nobody goes on with a password in whose place another has to be chosen.
#include "page.hpp"

#include <scimkit/security/api_key.hpp>
#include <scimkit/security/rate_limit.hpp>

#include "admin_password.hpp"
#include "page_request.hpp"
#include "tenant_root.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::error_response;
using scimkit::ErrorCode;
using scimkit::Request;
using scimkit::Response;
namespace json = scimkit::json;

namespace
{

constexpr std::string_view api_root = "/admin/api";
constexpr std::string_view followers_root = "/followers/";
constexpr scimkit::Rate log_ins{.per_second = 0.1, .burst = 10};      // of one address; 429 beyond
constexpr scimkit::Rate log_ins_of_all{.per_second = 1, .burst = 30}; // of all addresses together; 429 beyond

class PageApi
{
public:
    explicit PageApi(PageBackend backend)
        : backend_(std::move(backend))
        , sessions_(backend_.sessions)
        , password_(backend_.password_file)
    {
    }

    Response answer(Request const& request);

private:
    /// A request of somebody who is in.
    struct Asked
    {
        Request const& request;
        Session session;
        std::string_view token;
        std::string_view path; ///< below api_root
    };

    bool is_secure() const noexcept { return backend_.origin.starts_with("https://"); }
    std::string cookie_name() const;
    scimkit::ResponseHeader cookie(std::string_view token) const;
    std::optional<Session> session_of(std::string_view token);
    static Response too_many(std::chrono::seconds wait);
    std::optional<Response> too_many_guesses(Request const& request);
    Response log_in(Request const& request);
    Response begin(Session session);
    Response route(Asked const& asked);
    Response choose_password(Asked const& asked);
    Response make_key(Asked const& asked);
    Response tenants() const;
    Response view(Asked const& asked) const;
    Response followers(std::string_view tenant) const;
    Response administer(Asked const& asked) const;
    Response status();

    PageBackend backend_;
    Sessions sessions_;
    AdminPassword password_;
    std::mutex choosing_; ///< a password, one at a time
    scimkit::RateLimiter of_address_{log_ins};
    scimkit::RateLimiter of_all_{log_ins_of_all};
};

std::string PageApi::cookie_name() const
{
    return is_secure() ? "__Host-scimkit-admin" : "scimkit-admin" + backend_.cookie_suffix;
}

/// It ends with the browser. An empty one takes it away.
scimkit::ResponseHeader PageApi::cookie(std::string_view token) const
{
    auto value = cookie_name() + "=" + std::string{token} + "; HttpOnly; SameSite=Strict" +
                 (is_secure() ? "; Path=/; Secure" : "; Path=/admin") + (token.empty() ? "; Max-Age=0" : "");
    return {"Set-Cookie", std::move(value)};
}

/// It lasts no longer than what it was begun with.
std::optional<Session> PageApi::session_of(std::string_view token)
{
    auto session = token.empty() ? std::nullopt : sessions_.find(token);
    if (!session)
        return std::nullopt;
    if (session->by_password && session->login == password_.record())
        return session;
    if (auto principal = session->by_password ? std::nullopt : backend_.key(session->login))
    {
        session->principal = std::move(*principal);
        return session;
    }
    sessions_.end_all_of(session->login);
    return std::nullopt;
}

json::object description_of(Session const& session)
{
    return {{"subject", session.principal.subject},
            {"csrf", session.csrf},
            {"byPassword", session.by_password},
            {"hasToChoose", session.has_to_choose}};
}

Response log_in_first()
{
    auto response = refusal(ErrorCode::unauthorized, "Log in first.");
    response.headers.push_back({"WWW-Authenticate", "Session realm=\"scim-admin\""});
    return response;
}

Response PageApi::begin(Session session)
{
    auto const subject = session.principal.subject;
    auto const token = sessions_.begin(std::move(session));
    auto response = json_response(200, description_of(sessions_.find(token).value_or(Session{})));
    response.headers.push_back(cookie(token));
    response.subject = subject;
    return response;
}

Response PageApi::too_many(std::chrono::seconds wait)
{
    return error_response({.code = ErrorCode::too_many_requests,
                           .detail = "Too many log ins. Try again in " + std::to_string(wait.count()) +
                                     (wait.count() == 1 ? " second." : " seconds."),
                           .retry_after = wait});
}

/// Nobody takes from what is for all who has no more of his own.
std::optional<Response> PageApi::too_many_guesses(Request const& request)
{
    auto wait = of_address_.take(request.peer_address);
    if (!wait)
        wait = of_all_.take("");
    return wait ? std::optional{too_many(*wait)} : std::nullopt;
}

/// A key is looked for first: that is cheap, and a password is none. Nobody guesses a key, so those who have one are
/// not held up by all others together.
Response PageApi::log_in(Request const& request)
{
    auto const body = json_body(request);
    if (!body)
        return error_response(body.error());
    if (auto const wait = of_address_.take(request.peer_address))
        return too_many(*wait);
    auto const secret = text_in(*body, "secret");
    std::string const from = " from " + std::string{request.peer_address};
    if (auto const key = scimkit::make_key_record(secret, {}))
        if (auto principal = backend_.key(key->sha256))
        {
            backend_.log(scimkit::LogLevel::info, "administration: " + principal->subject + " has logged in" + from);
            return begin({.login = key->sha256, .principal = std::move(*principal)});
        }
    if (auto const wait = of_all_.take(""))
        return too_many(*wait);
    auto look = password_.look(secret);
    if (look.verdict == AdminPassword::Verdict::wrong)
    {
        backend_.log(scimkit::LogLevel::warning, "administration: a log in was refused" + from);
        return refusal(ErrorCode::unauthorized, "This is neither the password nor a key of an administrator.");
    }
    backend_.log(scimkit::LogLevel::info, "administration: administrator has logged in" + from);
    return begin({.login = std::move(look.record),
                  .principal = {.subject = "administrator", .scopes = {"scim"}},
                  .by_password = true,
                  .has_to_choose = look.verdict == AdminPassword::Verdict::one_time});
}

Response PageApi::answer(Request const& request)
{
    bool const safe = is_safe_method(request.method);
    auto const path = path_of_target(request.target).substr(api_root.size());
    if (!safe && !is_of_same_origin(request, backend_.origin))
        return refusal(ErrorCode::forbidden, "This request comes from another site. Behind a proxy, --admin-url has to "
                                             "say what the browser sees.");
    if (path == "/login")
        return request.method == "POST" ? log_in(request) : refusal(ErrorCode::method_not_allowed, "Use POST.");
    auto const token = cookie_of(request, cookie_name());
    auto session = session_of(token);
    if (!session)
        return log_in_first();
    if (!safe && !equal_in_constant_time(header_of(request, "X-CSRF-Token"), session->csrf))
        return refusal(ErrorCode::forbidden, "X-CSRF-Token is missing, or not that of the session.");
    auto const subject = session->principal.subject;
    auto response = route({.request = request, .session = std::move(*session), .token = token, .path = path});
    response.subject = subject;
    return response;
}

Response PageApi::route(Asked const& asked)
{
    bool const safe = is_safe_method(asked.request.method);
    bool const post = asked.request.method == "POST";
    if (asked.path == "/session" && safe)
        return json_response(200, description_of(asked.session));
    if (asked.path == "/logout" && post)
    {
        sessions_.end(asked.token);
        auto response = json_response(200, json::object{});
        response.headers.push_back(cookie({}));
        return response;
    }
    if (asked.path == "/password" && post)
        return choose_password(asked);
    if (asked.session.has_to_choose)
        return refusal(ErrorCode::forbidden, "With this password one can only choose another: do that first.");
    if (asked.path == "/keys" && post)
        return make_key(asked);
    if (asked.path == "/remove-tenant" && post && backend_.remove_tenant)
        return backend_.remove_tenant(json_body(asked.request), asked.session.principal);
    if (asked.path == "/convert-tenant" && post && backend_.convert_tenant)
        return backend_.convert_tenant(json_body(asked.request), asked.session.principal);
    if (asked.path == "/scim" || asked.path.starts_with("/scim/"))
        return administer(asked);
    auto const& scopes = asked.session.principal.scopes;
    bool const reads_all = std::ranges::any_of(scopes, [](auto const& s) { return s == "scim" || s == "scim.read"; });
    if (!reads_all)
        return refusal(ErrorCode::forbidden, "This needs a key with the scope scim or scim.read.");
    if (asked.path == "/tenants" && safe)
        return tenants();
    if (asked.path.starts_with("/tenants/") && safe)
        return view(asked);
    if (asked.path.starts_with(followers_root) && safe)
        return followers(asked.path.substr(followers_root.size()));
    if (asked.path == "/schema-files" && safe)
        return json_response(200, backend_.schema_files());
    if (asked.path == "/status" && safe)
        return status();
    if (asked.path == "/uses" && safe)
        return json_response(200, json::object{{"uses", backend_.uses()}});
    if (asked.path == "/metrics" && safe && backend_.metrics)
        return {.status = 200, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = backend_.metrics()};
    return refusal(ErrorCode::not_found, "There is nothing here.");
}

/// The session goes on under another token, and all others of that password have ended.
Response PageApi::choose_password(Asked const& asked)
{
    if (!asked.session.by_password)
        return refusal(ErrorCode::forbidden, "A key has no password.");
    auto const body = json_body(asked.request);
    if (!body)
        return error_response(body.error());
    std::lock_guard const lock{choosing_};
    if (asked.session.login != password_.record()) // another one was chosen while this request waited
        return log_in_first();
    if (!asked.session.has_to_choose)
    {
        if (auto const refused = too_many_guesses(asked.request))
            return *refused;
        if (password_.look(text_in(*body, "current")).verdict == AdminPassword::Verdict::wrong)
            return refusal(ErrorCode::forbidden, "The current password is another one.");
    }
    if (auto chosen = password_.choose(text_in(*body, "password")); !chosen)
        return error_response(chosen.error());
    backend_.log(scimkit::LogLevel::info, "administration: the administrator's password was changed");
    sessions_.end_all_of(asked.session.login);
    auto session = asked.session;
    session.login = password_.record();
    session.has_to_choose = false;
    return begin(std::move(session));
}

/// A request of the page as one of the administration's own, by whoever has the session.
Response PageApi::administer(Asked const& asked) const
{
    auto request = asked.request;
    auto const target = std::string{administration_root} +
                        std::string{request.target.substr(api_root.size() + std::string_view{"/scim"}.size())};
    request.target = target;
    request.principal = asked.session.principal;
    return backend_.administration(request);
}

/// The key is made here, so that it has its check digits, and told in this answer alone.
Response PageApi::make_key(Asked const& asked)
{
    auto body = json_body(asked.request);
    if (!body)
        return error_response(body.error());
    auto const key = scimkit::new_api_key();
    body->insert_or_assign("schemas", json::array{"urn:scimkit:params:scim:schemas:admin:1.0:Token"});
    body->insert_or_assign("key", key);
    std::string text;
    scimkit::write_json(text, *body);
    auto const target = std::string{administration_root} + "/Tokens";
    auto made = backend_.administration({.method = "POST",
                                         .target = target,
                                         .headers = {{"Content-Type", "application/scim+json"}},
                                         .body = text,
                                         .peer_address = asked.request.peer_address,
                                         .trace_id = asked.request.trace_id,
                                         .principal = asked.session.principal});
    auto resource = made.status == 201 ? scimkit::parse_json(made.body) : Error{};
    return resource ? json_response(201, json::object{{"key", key}, {"token", std::move(*resource)}}) : made;
}

/// Those in effect, files' too, as they are served now.
Response PageApi::tenants() const
{
    json::array all;
    for (auto const& tenant : backend_.tenant_list->all())
    {
        json::array types;
        for (auto const& type : tenant->capabilities.types)
            types.emplace_back(type);
        all.push_back(json::object{{"name", tenant->name},
                                   {"enabled", tenant->enabled},
                                   {"baseUrl", tenant->base_url},
                                   {"types", std::move(types)},
                                   {"extensions", backend_.extensions_of(*tenant)},
                                   {"create", tenant->capabilities.create},
                                   {"update", tenant->capabilities.update},
                                   {"deactivate", tenant->capabilities.deactivate},
                                   {"delete", tenant->capabilities.remove}});
    }
    return json_response(200, json::object{{"tenants", std::move(all)}});
}

/// "/tenants/acme/Users?filter=..." is a GET of acme's own service by a principal that may only read.
Response PageApi::view(Asked const& asked) const
{
    auto rest = asked.path.substr(std::string_view{"/tenants/"}.size());
    auto const name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(name.size());
    auto const tenant = backend_.tenant_list->find_named(name);
    if (!tenant)
        return refusal(ErrorCode::not_found, "There is no tenant of that name.");
    auto request = asked.request;
    auto const query = request.target.substr(path_of_target(request.target).size());
    auto const target = root_of(*tenant) + std::string{rest} + std::string{query};
    request.target = target;
    request.principal = {.subject = asked.session.principal.subject, .tenant = tenant->name, .scopes = {"scim.read"}};
    return backend_.tenants(request);
}

Response PageApi::followers(std::string_view tenant) const
{
    if (!backend_.tenant_list->find_named(tenant))
        return refusal(ErrorCode::not_found, "There is no tenant of that name.");
    auto found = backend_.followers(tenant);
    return found ? json_response(200, std::move(*found)) : error_response(found.error());
}

Response PageApi::status()
{
    auto all = backend_.status();
    all["sessions"] = sessions_.count();
    all["metrics"] = static_cast<bool>(backend_.metrics);
    return json_response(200, std::move(all));
}

} // namespace

std::vector<scimkit::http::ServerPage> make_page(PageBackend backend)
{
    auto pages = page_files();
    auto api = std::make_shared<PageApi>(std::move(backend));
    pages.push_back({.path = std::string{api_root},
                     .answer = [api](Request const& request) { return api->answer(request); },
                     .below = true,
                     .every_method = true});
    return pages;
}

} // namespace server
