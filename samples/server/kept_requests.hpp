// How much of a tenant's requests is kept, and who says so.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace server
{

class RequestLog;

struct KeptRequests
{
    std::uint64_t number = 1'000;    ///< the newest; 0: none
    std::chrono::hours age{24 * 14}; ///< 0: however old

    friend bool operator==(KeptRequests const&, KeptRequests const&) = default;
};

using KeptByTenant = std::map<std::string, KeptRequests, std::less<>>;

/// What the tenants' settings say, of the file and of the administration; where both have one, the file's counts.
///
/// Threading: any.
class KeptOfTenants
{
public:
    void set_files(KeptByTenant of_files);
    void set_administered(KeptByTenant administered);
    /// From now on the log is told.
    void tell(std::shared_ptr<RequestLog> log);

private:
    void tell() const; ///< under the lock

    std::mutex mutex_;
    KeptByTenant of_files_;
    KeptByTenant administered_;
    std::shared_ptr<RequestLog> log_;
};

} // namespace server
