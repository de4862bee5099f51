// The page of the administration: its files, and what they ask for as somebody who has logged in.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/http/server.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "sessions.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// What stands behind the page. Threading: the functions are called from any number of threads at once.
struct PageBackend
{
    std::function<scimkit::Response(scimkit::Request const&)> administration; ///< SCIM, under administration_root
    std::function<scimkit::Response(scimkit::Request const&)> tenants;        ///< SCIM of all tenants
    std::shared_ptr<scimkit::TenantList const> tenant_list;
    /// The administrator whose key has that digest. Nothing: none, or it is no longer good.
    std::function<std::optional<scimkit::Principal>(std::string_view sha256)> key;
    std::function<scimkit::json::object()> status;
    std::function<scimkit::json::array()> uses; ///< of keys: their names, and when they were used last
    /// Who follows the changes of a tenant that there is.
    std::function<scimkit::result<scimkit::json::object>(std::string_view tenant)> followers;
    std::function<scimkit::json::array(scimkit::Tenant const&)> extensions_of; ///< of schemas, that it has
    std::function<scimkit::json::object()> schema_files;                       ///< that tenants may name
    std::function<std::string()> metrics{};                                    ///< may be empty
    std::function<void(scimkit::LogLevel, std::string const&)> log;
    /// What TenantRemoval::answer() says to a body of that principal; may be empty.
    std::function<scimkit::Response(scimkit::result<scimkit::json::object> const&, scimkit::Principal const&)>
        remove_tenant{};
    decltype(remove_tenant) convert_tenant{}; ///< the same of TenantRemoval::convert()
    std::string password_file{};              ///< empty: keys alone log in
    std::string origin{};        ///< as browsers see it, "https://admin.example.com"; empty: that of the Host header
    std::string cookie_suffix{}; ///< tells servers on one host apart
    SessionLimits sessions{};
};

inline constexpr std::string_view administration_root = "/admin/scim/v2";

/// /admin, its files below /admin/page, and /admin/api.
std::vector<scimkit::http::ServerPage> make_page(PageBackend backend);

/// The files alone; each answer forbids scripts and styles that are not among them, frames, and whatever comes from
/// elsewhere.
std::vector<scimkit::http::ServerPage> page_files();

} // namespace server
