// RequestLog: what identity providers have sent, and why something was refused, for an administrator to look at. It
// stands beside everything: no request waits for it, and it can be lost without loss.
//
// A request is copied into a queue, if its tenant has not had too many in this second, and a thread of its own takes
// the secrets out and writes it into a store of its own, as a resource of the type RequestRecord in the tenant
// "default". Each tenant has a number of records and an age; what is beyond goes. A password that was never written
// down cannot be found by anybody: what is in the queue is in memory alone.
#pragma once

#include <scimkit/http/server.hpp>
#include <scimkit/store/store.hpp>

#include "kept_requests.hpp"
#include "redaction.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace server
{

struct RequestLogOptions
{
    KeptRequests kept{};
    /// Of each tenant, and of all who have none, those that were refused and those that were not apart, so that no
    /// flood of the one hides the other. What is beyond is counted, and not kept.
    double per_second = 50;
    std::size_t max_body_bytes = std::size_t{64} << 10;    ///< of a body; a longer one is left out, but for its size
    std::size_t max_waiting_bytes = std::size_t{16} << 20; ///< of what waits to be written; then it is dropped
    /// The part of a target that is the SCIM root; empty: nobody's.
    std::function<std::string(std::string_view target)> root_of{};
    std::function<void(scimkit::LogLevel, std::string_view)> log{};
};

struct RequestLogCounts
{
    std::uint64_t written = 0;
    std::uint64_t left_out = 0; ///< beyond RequestLogOptions::per_second
    std::uint64_t dropped = 0;  ///< the writer was too slow, or could not write
};

class RequestLog
{
public:
    /// Starts the thread. `store` is the log's alone; `records` has the type RequestRecord. Errors: those of the store.
    static scimkit::result<std::shared_ptr<RequestLog>> start(std::shared_ptr<scimkit::ResourceStore> store,
                                                              std::shared_ptr<scimkit::SchemaRegistry const> records,
                                                              Redactor redactor, RequestLogOptions options);
    /// Writes what waits.
    ~RequestLog();
    RequestLog(RequestLog const&) = delete;
    RequestLog& operator=(RequestLog const&) = delete;

    /// Threading: any thread, by many at once. Cost: a look at two counters, and a copy of what is kept.
    void take(scimkit::http::ExchangeRecord const& record) noexcept;

    /// For tenants that do not want what the options say; exchanged as a whole. From any thread.
    void set_kept(std::map<std::string, KeptRequests, std::less<>> of_tenants);

    /// Waits until what was taken before is written or dropped. For tests.
    void flush();

    RequestLogCounts counts() const noexcept;

    /// Where the records are, for whoever shows them.
    std::shared_ptr<scimkit::ResourceStore> const& store() const noexcept;

private:
    struct State;
    explicit RequestLog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace server
