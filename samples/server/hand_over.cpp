// Not a resource of the administration, since it is a change of somebody else's: of an account in the store of a
// tenant, which the audit log and the streams of events tell as any other change.
#include "hand_over.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/tolerance/profile.hpp>

#include "admin_client.hpp"
#include "also_unique.hpp"
#include "entrance.hpp"
#include "managed_tenants.hpp"
#include "page_request.hpp"
#include "tenant_root.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::Response;
using scimkit::result;
namespace json = scimkit::json;

namespace
{

/// Its id is what the administrator called it; id_of() knows better.
result<HandOver> read(std::string_view body)
{
    auto const parsed = scimkit::parse_json(body);
    if (!parsed)
        return parsed.error();
    json::object const none;
    auto const& object = parsed->is_object() ? parsed->get_object() : none;
    auto const* const managed = object.if_contains("managed");
    HandOver what{.tenant = text_in(object, "tenant"), .type = text_in(object, "type"), .id = text_in(object, "name")};
    if (what.tenant.empty() || what.type.empty() || what.id.empty() || !managed || !managed->is_bool())
        return Error{ErrorCode::invalid_value, "tenant, type, name and managed are wanted."};
    what.managed = managed->get_bool();
    return what;
}

std::vector<scimkit::UniqueKeyRules::AlsoUnique> unique_in(Configuration const& configuration,
                                                           scimkit::Tenant const& tenant)
{
    auto const& tolerance = tenant.profile ? tenant.profile->tolerance : configuration.service.tolerance;
    return also_unique(*configuration.service.registry, tenant.tolerance.value_or(tolerance));
}

constexpr std::uint64_t at_a_time = 500; // accounts of one transaction and one answer

class HandingOver
{
public:
    HandingOver(Configuration const& configuration, Serving const& serving,
                std::shared_ptr<scimkit::Authenticator> administrators)
        : configuration_(configuration)
        , serving_(serving)
        , administrators_(std::move(administrators))
    {
    }

    Response operator()(scimkit::Request const& request) const
    {
        auto const [principal, refused] = enter(request, *administrators_, configuration_.tenant_list.get());
        if (!principal)
            return refused;
        auto answer = answer_to(request, *principal);
        answer.subject = principal->subject;
        return answer;
    }

private:
    Response answer_to(scimkit::Request const& request, scimkit::Principal const& who) const
    {
        auto const may = [&](std::string_view scope) { return std::ranges::count(who.scopes, scope) > 0; };
        if (!may("scim") && !may("tenants.write"))
            return scimkit::error_response({ErrorCode::forbidden, "This takes the scope tenants.write."});
        if (request.method != "POST")
        {
            auto refused =
                scimkit::error_response({ErrorCode::method_not_allowed, "An account is handed over by POST."});
            refused.headers.push_back({"Allow", "POST"});
            return refused;
        }
        auto const done = carry_out(request.body, who.subject);
        return done ? Response{.status = 204} : scimkit::error_response(done.error());
    }

    result<void> carry_out(std::string_view body, std::string const& actor) const
    {
        auto what = read(body);
        if (!what)
            return what.error();
        auto const& service = configuration_.service;
        auto const* const type = service.registry->find_resource_type(what->type);
        if (!type)
            return Error{ErrorCode::invalid_value, "There is no resource type " + what->type + "."};
        auto const tenant = configuration_.tenant_list->find_named(what->tenant);
        if (!tenant)
            return Error{ErrorCode::not_found, "There is no tenant " + what->tenant + "."};
        auto const attachment = configuration_.unguarded->attach(service.registry);
        if (!attachment)
            return attachment.error();
        auto const id = id_of(*tenant, *type, what->id);
        if (!id)
            return id.error();
        if (*id)
            what->id = **id;
        what->also_unique = unique_in(configuration_, *tenant);
        return hand_over(*configuration_.unguarded, **attachment, configuration_.managed->attribute_of(what->tenant),
                         *what, actor, scimkit::system_environment()->now());
    }

    /// By the name that people know it by. Nothing: there is none of that name, or several. Error: the tenant is off,
    /// and then nobody knows names.
    result<std::optional<std::string>> id_of(scimkit::Tenant const& tenant, scimkit::ResourceType const& type,
                                             std::string const& name) const
    {
        std::string filter = type.name() == "User" ? "userName eq " : "displayName eq ";
        scimkit::write_json_string(filter, name);
        auto const target =
            root_of(tenant) + type.endpoint() + "?attributes=id&count=2&filter=" + percent_encoded(filter);
        scimkit::Request const request{
            .method = "GET",
            .target = target,
            .principal = scimkit::Principal{.subject = "administrator", .tenant = tenant.name, .scopes = {"scim"}}};
        auto const answer = serving_.handle(request);
        if (answer.status == 403 && !tenant.enabled)
            return Error{ErrorCode::forbidden,
                         "Provisioning for " + tenant.name +
                             " is switched off, and nobody can be found by name: enable it first, "
                             "or say the id."};
        auto const parsed = answer.status == 200 ? scimkit::parse_json(answer.body)
                                                 : result<json::value>{Error{ErrorCode::not_found, {}}};
        auto const* const list =
            parsed && parsed->is_object() ? parsed->get_object().if_contains("Resources") : nullptr;
        if (!list || !list->is_array() || list->get_array().size() != 1)
            return std::optional<std::string>{};
        auto const* const one = list->get_array().front().if_object();
        auto const* const id = one ? one->if_contains("id") : nullptr;
        return id && id->is_string() ? std::optional{std::string{id->get_string()}} : std::optional<std::string>{};
    }

    Configuration const& configuration_;
    Serving const& serving_;
    std::shared_ptr<scimkit::Authenticator> administrators_;
};

} // namespace

result<scimkit::TenantContents> managed_by_scim(Configuration const& configuration, std::string const& tenant)
{
    auto const attachment = configuration.unguarded->attach(configuration.service.registry);
    if (!attachment)
        return attachment.error();
    return count_managed(*configuration.unguarded, **attachment, configuration.managed->attribute_of(tenant), tenant,
                         scimkit::system_environment()->now());
}

result<std::uint64_t> take_back_some(Configuration const& configuration, std::string const& tenant,
                                     std::string const& actor)
{
    auto const known = configuration.tenant_list->find_named(tenant);
    if (!known)
        return Error{ErrorCode::not_found, "There is no tenant " + tenant + "."};
    auto const attachment = configuration.unguarded->attach(configuration.service.registry);
    if (!attachment)
        return attachment.error();
    return take_back(*configuration.unguarded, **attachment, configuration.managed->attribute_of(tenant), tenant,
                     unique_in(configuration, *known), at_a_time,
                     {.now = scimkit::system_environment()->now(), .actor = actor});
}

scimkit::http::ServerPage hand_over_page(Configuration const& configuration, Serving const& serving,
                                         std::shared_ptr<scimkit::Authenticator> administrators)
{
    return {.path = std::string{hand_over_path},
            .answer = HandingOver{configuration, serving, std::move(administrators)},
            .every_method = true};
}

} // namespace server
