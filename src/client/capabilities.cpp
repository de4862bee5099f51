// Servers announce features as objects, as booleans and as texts; each means the same.
#include "capabilities.hpp"

#include <scimkit/core/text.hpp>

#include "remote.hpp"

namespace scimkit::client
{

namespace
{

bool flag_at(json::object const& object, std::string_view name)
{
    auto const* const feature = find_name(object, name);
    if (!feature)
        return false;
    auto const* const supported = feature->is_object() ? find_name(feature->get_object(), "supported") : feature;
    if (!supported)
        return false;
    if (supported->is_bool())
        return supported->get_bool();
    return supported->is_string() && equal_ascii_ignoring_case(supported->get_string(), "true");
}

std::uint64_t number_at(json::object const& object, std::string_view feature, std::string_view name)
{
    auto const* const found = find_name(object, feature);
    auto const* const value = found && found->is_object() ? find_name(found->get_object(), name) : nullptr;
    std::uint64_t number = 0;
    return value && whole_number(*value, number) ? number : 0;
}

} // namespace

Capabilities read_capabilities(json::object const& object)
{
    Capabilities read;
    read.patch = flag_at(object, "patch");
    read.bulk = flag_at(object, "bulk");
    read.bulk_max_operations = number_at(object, "bulk", "maxOperations");
    read.bulk_max_payload = number_at(object, "bulk", "maxPayloadSize");
    read.filter = flag_at(object, "filter");
    read.filter_max_results = number_at(object, "filter", "maxResults");
    read.change_password = flag_at(object, "changePassword");
    read.sort = flag_at(object, "sort");
    read.etag = flag_at(object, "etag");
    read.delta_query = flag_at(object, "DeltaQuery");
    if (auto const* const paging = find_name(object, "pagination"); paging && paging->is_object())
    {
        read.cursor_paging = flag_at(paging->get_object(), "cursor");
        read.index_paging = !find_name(paging->get_object(), "index") || flag_at(paging->get_object(), "index");
    }
    if (auto const* const schemes = find_name(object, "authenticationSchemes"); schemes && schemes->is_array())
        for (auto const& scheme : schemes->get_array())
            if (scheme.is_object() && read.authentication.size() < 20)
                read.authentication.push_back(clean_text(text_at(scheme.get_object(), "type"), 100));
    return read;
}

} // namespace scimkit::client
