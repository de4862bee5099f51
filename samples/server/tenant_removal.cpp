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

    /// Error: of the first step that failed.
    result<void> remove()
    {
        if (auto gone = remove_all("/Tenants/", entries_); !gone)
            return gone;
        if (auto revoked = revoke("/Tokens/", keys_); !revoked)
            return revoked;
        if (auto revoked = revoke("/Clients/", clients_); !revoked)
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

    result<void> revoke(std::string const& endpoint, std::vector<json::object> const& resources) const
    {
        for (auto const& each : resources)
        {
            auto const revoked = call("PATCH", endpoint + id_of(each),
                                      R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                                      R"("Operations":[{"op":"replace","path":"revoked","value":true}]})");
            if (auto good = expect(revoked); !good)
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

Response TenantRemoval::answer(std::string_view method, result<json::object> const& body,
                               scimkit::Principal const& principal) const
{
    if (method != "POST")
        return refusal(ErrorCode::method_not_allowed, "Use POST.");
    if (std::ranges::find(principal.scopes, "scim") == principal.scopes.end())
        return refusal(ErrorCode::forbidden, "To remove a tenant needs the scope scim.");
    if (!body)
        return error_response(body.error());
    auto const tenant = text_in(*body, "tenant");
    if (tenant.empty())
        return refusal(ErrorCode::invalid_value, "tenant: the name of one is wanted.");
    Work work{parts_, tenant, principal};
    auto told = work.look();
    if (!told)
        return error_response(told.error());
    if (!body->contains("confirm"))
        return json_response(200, std::move(*told));
    if (text_in(*body, "confirm") != tenant)
        return refusal(ErrorCode::invalid_value, "confirm: it is not the name of the tenant.");
    if (parts_.is_of_settings(tenant))
        return refusal(ErrorCode::conflict,
                       "The tenant " + tenant +
                           " is of the server's settings (--tenants, or the one of --base-url), and "
                           "would be there again. Take it out there first.");
    if (auto removed = work.remove(); !removed)
        return error_response(removed.error());
    parts_.log(scimkit::LogLevel::warning, "administration: " + principal.subject + " has removed the tenant " +
                                               tenant + ": " + text_in(*told, "resources"));
    (*told)["removed"] = true;
    return json_response(200, std::move(*told));
}

} // namespace server
