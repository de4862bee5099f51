// What becomes of a tenant whose provisioning ends. What is left of it when it goes: its resources, its keys and
// clients, holds of its deletions, and its entry. To take away the entry alone would leave the rest to whoever makes a
// tenant of that name.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/service.hpp>

#include "serving.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace server
{

class TenantRemoval
{
public:
    struct Parts
    {
        std::function<scimkit::Response(scimkit::Request const&)> administration; ///< SCIM, under administration_root
        Serving const& serving;
        /// Whether the tenant stands in the server's settings, so that it would be there again.
        std::function<bool(std::string_view)> is_of_settings;
        std::function<void(scimkit::LogLevel, std::string const&)> log;
        /// Accounts that SCIM manages (count_managed()), and taking some of them from it (take_back()).
        std::function<scimkit::result<scimkit::TenantContents>(std::string const& tenant)> managed;
        std::function<scimkit::result<std::uint64_t>(std::string const& tenant, std::string const& actor)> take_back;
    };

    explicit TenantRemoval(Parts parts);

    /// POST {"tenant": NAME} tells what the server has of a tenant, whether there is one of that name or not; with
    /// "confirm": NAME it is removed. 404: there is nothing. 403: for principals with the scope `scim` alone. Nothing
    /// takes it back.
    ///
    /// Threading: by several at once. What goes wrong on the way leaves the rest, and is done by another attempt: first
    /// its entry goes, then keys and clients are revoked, and stay in their lists, then the resources go, then holds.
    scimkit::Response answer(std::string_view method, scimkit::result<scimkit::json::object> const& body,
                             scimkit::Principal const& principal) const;

    /// POST {"tenant": NAME} tells how many accounts SCIM manages; with "confirm": NAME the tenant is switched off, and
    /// its accounts are taken from SCIM, some hundred at a time: ask again until `left` is "nothing". 403 and Threading
    /// as answer(). 400: the tenant has no mark of what SCIM manages.
    scimkit::Response convert(std::string_view method, scimkit::result<scimkit::json::object> const& body,
                              scimkit::Principal const& principal) const;

private:
    class Work;
    static scimkit::result<std::string> tenant_in(std::string_view method,
                                                  scimkit::result<scimkit::json::object> const& body,
                                                  scimkit::Principal const& principal);
    static scimkit::result<bool> is_confirmed(scimkit::json::object const& body, std::string const& tenant);
    scimkit::result<scimkit::json::object> convert(std::string const& tenant,
                                                   scimkit::Principal const& principal) const;
    Parts parts_;
};

} // namespace server
