// Carries out one asynchronous request, and keeps the store's own records of them in order.
#pragma once

#include <scimkit/service/async_requests.hpp>
#include <scimkit/store/store.hpp>

#include "async_records.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::service
{

/// Threading: carry_out() from any number of threads, for different tenants; the rest of one of them.
class AsyncWorker
{
public:
    enum class End
    {
        done, ///< it is in the store no more, and its result is; or it never was there
        later ///< nothing was done, or its end could not be written; it is to be tried again
    };

    /// `options` outlive it. Errors: those of ResourceStore::attach.
    static result<std::unique_ptr<AsyncWorker>> create(AsyncRequestOptions const& options);

    void set_handle(std::function<Response(Request const&)> handle) { handle_ = std::move(handle); }

    /// All that the store has. What goes wrong is logged, and comes at the next look.
    std::vector<std::string> tenants();
    /// Those of a tenant that wait, with their bytes.
    std::vector<std::pair<std::string, std::size_t>> pending(std::string const& tenant);
    void forget_old_results(std::string const& tenant, std::stop_token const& stop);

    /// `failures`: how often it was to be tried again.
    End carry_out(std::string const& tenant, std::string const& txn, std::stop_token const& stop, int failures);

private:
    AsyncWorker(AsyncRequestOptions const& options, std::shared_ptr<Attachment const> attachment);

    std::vector<std::string> old_results(std::string const& tenant);
    result<void> still_may(std::string const& tenant, AsyncRequest const& request) const;
    End finish(std::string const& tenant, AsyncRequest const& request, Response const& response);
    result<void> read(std::string const& tenant, function_ref<result<void>(ReadTransaction&)> body);
    result<void> write(std::string const& tenant, std::string_view actor,
                       function_ref<result<void>(WriteTransaction&)> body);
    bool tell(std::string_view what, std::string const& tenant, result<void> const& done) const;
    SchemaRegistry const& registry() const noexcept { return attachment_->registry(); }

    AsyncRequestOptions const& options_;
    std::shared_ptr<Attachment const> attachment_;
    std::function<Response(Request const&)> handle_{};
};

} // namespace scimkit::service
