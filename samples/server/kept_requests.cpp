// Settings come from two sides at different times, so what they say together is put together here.
#include "kept_requests.hpp"

#include "request_log.hpp"

#include <utility>

namespace server
{

void KeptOfTenants::set_files(KeptByTenant of_files)
{
    std::lock_guard const lock{mutex_};
    of_files_ = std::move(of_files);
    tell();
}

void KeptOfTenants::set_administered(KeptByTenant administered)
{
    std::lock_guard const lock{mutex_};
    administered_ = std::move(administered);
    tell();
}

void KeptOfTenants::tell(std::shared_ptr<RequestLog> log)
{
    std::lock_guard const lock{mutex_};
    log_ = std::move(log);
    tell();
}

void KeptOfTenants::tell() const
{
    if (!log_)
        return;
    auto all = of_files_;
    all.insert(administered_.begin(), administered_.end());
    log_->set_kept(std::move(all));
}

} // namespace server
