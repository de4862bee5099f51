// In the order in which a crash does least harm: who has no entry gets no requests, a key that is revoked cannot serve
// another tenant of the name, and resources that are left keep the name from being used again.
#include "tenant_removal.hpp"

#include <scimkit/core/json.hpp>

#include "page.hpp"
#include "page_request.hpp"

#include <algorithm>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::error_response;
using scimkit::ErrorCode;
using scimkit::Request;
using scimkit::Response;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

constexpr int removals = 3; // of resources: requests that began before the entry went may still have written

json::array names_of(std::vector<json::object> const& resources)
{
    json::array names;
    for (auto const& each : resources)
        if (auto const* const name = each.if_contains("name"))
            names.push_back(*name);
    return names;
}

} // namespace

class TenantRemoval::Work
{
public:
    Work(Parts const& parts, std::string tenant, scimkit::Principal principal)
        : parts_(parts)
        , tenant_(std::move(tenant))
        , principal_(std::move(principal))
    {
    }

    /// What there is. Error: of the stores; not_found.
    result<json::object> look()
    {
        std::string name;
        scimkit::write_json_string(name, tenant_);
        auto entries = find("/Tenants", "name eq " + name);
        auto keys = find("/Tokens", "tenant eq " + name + " and not (revoked eq true)");
        auto const has_clients = call("GET", "/ResourceTypes/Client").status == 200;
        auto clients = has_clients ? find("/Clients", "tenant eq " + name + " and not (revoked eq true)")
                                   : result<std::vector<json::object>>{std::vector<json::object>{}};
        auto holds = find("/DeletionHolds", "tenant eq " + name);
        auto const contents = parts_.serving.contents(tenant_);
        for (auto const* const found : {&entries, &keys, &clients, &holds})
            if (!*found)
                return found->error();
        if (!contents)
            return contents.error();
        entries_ = std::move(*entries);
        keys_ = std::move(*keys);
        clients_ = std::move(*clients);
        holds_ = std::move(*holds);
        if (entries_.empty() && keys_.empty() && clients_.empty() && holds_.empty() && contents->counts.empty())
            return Error{ErrorCode::not_found, "There is nothing of a tenant " + tenant_ + "."};
        return json::object{{"tenant", tenant_},
                            {"resources", contents->text()},
                            {"keys", names_of(keys_)},
                            {"clients", names_of(clients_)},
                            {"removed", false}};
    }

    /// Error: it has no entry that could say so, and is on.
    result<void> switch_off() const
    {
        if (entries_.empty() && parts_.is_of_settings(tenant_))
            return Error{ErrorCode::conflict, "The tenant " + tenant_ +
                                                  " is of the server's settings (--tenants, or the one of --base-url): "
                                                  "its accounts cannot be taken while clients may make new ones."};
        return set("/Tenants/", entries_, "enabled", false);
    }

    /// Error: of the first step that failed.
    result<void> remove()
    {
        if (auto gone = remove_all("/Tenants/", entries_); !gone)
            return gone;
        if (auto revoked = set("/Tokens/", keys_, "revoked", true); !revoked)
            return revoked;
        if (auto revoked = set("/Clients/", clients_, "revoked", true); !revoked)
            return revoked;
        for (int i = 0; i < removals; ++i)
        {
            if (auto const gone = parts_.serving.remove(tenant_); !gone)
                return gone.error();
            auto const left = parts_.serving.contents(tenant_);
            if (left && left->counts.empty())
                return remove_all("/DeletionHolds/", holds_); // last: who asks again still finds what is left
        }
        return Error{ErrorCode::conflict, "Something still writes to the tenant " + tenant_ + ": try again."};
    }

private:
    static std::string id_of(json::object const& resource) { return text_in(resource, "id"); }

    Response call(std::string_view method, std::string const& path, std::string const& body = {}) const
    {
        auto const target = std::string{administration_root} + path;
        Request request{.method = method, .target = target, .body = body, .principal = principal_};
        if (!body.empty())
            request.headers.push_back({"Content-Type", "application/scim+json"});
        return parts_.administration(request);
    }

    static result<void> expect(Response const& response)
    {
        if (response.status < 300 || response.status == 404) // somebody else was faster
            return {};
        auto const body = scimkit::parse_json(response.body);
        auto const* const object = body ? body->if_object() : nullptr;
        return Error{response.status == 403 ? ErrorCode::forbidden : ErrorCode::unavailable,
                     object ? text_in(*object, "detail") : "The administration answers without a reason."};
    }

    /// All of them, however many there are: pages by cursor.
    result<std::vector<json::object>> find(std::string const& endpoint, std::string const& filter) const
    {
        std::vector<json::object> all;
        auto const query = endpoint + "?count=200&attributes=name&filter=" + encoded(filter);
        for (std::string cursor, more = "&cursor="; !more.empty();)
        {
            auto const response = call("GET", query + more);
            if (auto good = expect(response); !good)
                return good.error();
            auto page = scimkit::parse_json(response.body);
            auto* const object = page ? page->if_object() : nullptr;
            auto* const list = object ? object->if_contains("Resources") : nullptr;
            if (list && list->is_array())
                for (auto& each : list->get_array())
                    if (each.is_object())
                        all.push_back(std::move(each.get_object()));
            cursor = object ? text_in(*object, "nextCursor") : std::string{};
            more = cursor.empty() ? std::string{} : "&cursor=" + encoded(cursor);
        }
        return all;
    }

    static std::string encoded(std::string_view text)
    {
        constexpr std::string_view digits = "0123456789ABCDEF";
        std::string all;
        for (char const c : text)
            all.append({'%', digits[static_cast<unsigned char>(c) >> 4], digits[static_cast<unsigned char>(c) & 15U]});
        return all;
    }

    result<void> remove_all(std::string const& endpoint, std::vector<json::object> const& resources) const
    {
        for (auto const& each : resources)
            if (auto gone = expect(call("DELETE", endpoint + id_of(each))); !gone)
                return gone;
        return {};
    }

    result<void> set(std::string const& endpoint, std::vector<json::object> const& resources, std::string const& name,
                     bool value) const
    {
        for (auto const& each : resources)
        {
            auto const done = call("PATCH", endpoint + id_of(each),
                                   R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                                   R"("Operations":[{"op":"replace","path":")" +
                                       name + R"(","value":)" + (value ? "true" : "false") + "}]}");
            if (auto good = expect(done); !good)
                return good;
        }
        return {};
    }

    Parts const& parts_;
    std::string tenant_;
    scimkit::Principal principal_;
    std::vector<json::object> entries_{};
    std::vector<json::object> keys_{};
    std::vector<json::object> clients_{};
    std::vector<json::object> holds_{};
};

TenantRemoval::TenantRemoval(Parts parts)
    : parts_(std::move(parts))
{
}

result<std::string> TenantRemoval::tenant_in(std::string_view method, result<json::object> const& body,
                                             scimkit::Principal const& principal)
{
    if (method != "POST")
        return Error{ErrorCode::method_not_allowed, "Use POST."};
    if (std::ranges::find(principal.scopes, "scim") == principal.scopes.end())
        return Error{ErrorCode::forbidden, "To end what a tenant has needs the scope scim."};
    if (!body)
        return body.error();
    auto tenant = text_in(*body, "tenant");
    return tenant.empty() ? Error{ErrorCode::invalid_value, "tenant: the name of one is wanted."}
                          : result<std::string>{std::move(tenant)};
}

result<bool> TenantRemoval::is_confirmed(json::object const& body, std::string const& tenant)
{
    if (!body.contains("confirm"))
        return false;
    return text_in(body, "confirm") == tenant
               ? result<bool>{true}
               : Error{ErrorCode::invalid_value, "confirm: it is not the name of the tenant."};
}

Response TenantRemoval::convert(std::string_view method, result<json::object> const& body,
                                scimkit::Principal const& principal) const
{
    auto const tenant = tenant_in(method, body, principal);
    if (!tenant)
        return error_response(tenant.error());
    auto const managed = parts_.managed(*tenant);
    if (!managed)
        return error_response(managed.error());
    auto const confirmed = is_confirmed(*body, *tenant);
    if (!confirmed)
        return error_response(confirmed.error());
    auto told = *confirmed ? convert(*tenant, principal)
                           : json::object{{"tenant", *tenant}, {"converted", 0}, {"left", managed->text()}};
    return told ? json_response(200, std::move(*told)) : error_response(told.error());
}

/// Off first, so that no client makes a new one meanwhile.
result<json::object> TenantRemoval::convert(std::string const& tenant, scimkit::Principal const& principal) const
{
    Work work{parts_, tenant, principal};
    if (auto found = work.look(); !found)
        return found.error();
    if (auto off = work.switch_off(); !off)
        return off.error();
    auto const taken = parts_.take_back(tenant, principal.subject);
    if (!taken)
        return taken.error();
    auto const left = parts_.managed(tenant);
    if (!left)
        return left.error();
    if (*taken == 0 && !left->counts.empty()) // whoever asks until nothing is left would ask for ever
        return Error{ErrorCode::conflict, "Something still writes to the tenant " + tenant + ": try again."};
    if (left->counts.empty())
        parts_.log(scimkit::LogLevel::warning, "administration: " + principal.subject +
                                                   " has switched off the tenant " + tenant +
                                                   ", and SCIM manages none of its accounts any more");
    return json::object{{"tenant", tenant}, {"converted", *taken}, {"left", left->text()}};
}

Response TenantRemoval::answer(std::string_view method, result<json::object> const& body,
                               scimkit::Principal const& principal) const
{
    auto const tenant = tenant_in(method, body, principal);
    if (!tenant)
        return error_response(tenant.error());
    Work work{parts_, *tenant, principal};
    auto told = work.look();
    if (!told)
        return error_response(told.error());
    auto const confirmed = is_confirmed(*body, *tenant);
    if (!confirmed)
        return error_response(confirmed.error());
    if (!*confirmed)
        return json_response(200, std::move(*told));
    if (parts_.is_of_settings(*tenant))
        return refusal(ErrorCode::conflict,
                       "The tenant " + *tenant +
                           " is of the server's settings (--tenants, or the one of --base-url), and "
                           "would be there again. Take it out there first.");
    if (auto removed = work.remove(); !removed)
        return error_response(removed.error());
    parts_.log(scimkit::LogLevel::warning, "administration: " + principal.subject + " has removed the tenant " +
                                               *tenant + ": " + text_in(*told, "resources"));
    (*told)["removed"] = true;
    return json_response(200, std::move(*told));
}

} // namespace server
