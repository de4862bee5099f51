// What the service sees of AsyncRequests: whether it takes a request, room for one, and word of one that is stored.
#pragma once

#include <scimkit/service/async_requests.hpp>

#include "async_records.hpp"

namespace scimkit::service
{

/// Threading: any number of threads.
class AsyncAccess
{
public:
    /// Whether requests are carried out at the moment.
    static bool accepts(AsyncRequests const& requests) noexcept;

    static AsyncRequestOptions const& options(AsyncRequests const& requests) noexcept;

    /// with_own_types(), made once for each registry as long as somebody has it.
    static result<std::shared_ptr<SchemaRegistry const>>
    registry_for(AsyncRequests& requests, std::shared_ptr<SchemaRegistry const> const& registry);

    /// Room for a request of so many bytes; it is given back by arrived() or refused(). Error: too_many_requests.
    static result<void> reserve(AsyncRequests& requests, std::string_view tenant, std::size_t bytes);
    /// It is stored now.
    static void arrived(AsyncRequests& requests, std::string_view tenant, std::string txn, std::size_t bytes);
    /// It could not be stored.
    static void refused(AsyncRequests& requests, std::string_view tenant, std::size_t bytes);
};

} // namespace scimkit::service
