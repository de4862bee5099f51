// The audit log: records of every change, as resources of the administration. They are read, and nobody writes them but
// this.
#pragma once

#include <scimkit/events/audit.hpp>
#include <scimkit/events/log_reader.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/service/service.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <thread>

namespace server
{

inline constexpr std::string_view audit_reader = "audit"; ///< the name that its places in the logs are kept under

/// The resource type AuditRecord, a catalogue for clients.
scimkit::ResourceTypeDefinition audit_type();

/// Where records are kept: in a tenant of a store whose attachment knows the type.
struct AuditStore
{
    std::shared_ptr<scimkit::ResourceStore> store;
    std::shared_ptr<scimkit::Attachment const> attachment;
    std::string_view tenant = "default";
};

/// Stores those that are not there yet, in one transaction. Errors: those of the store.
scimkit::result<void> write_audit(AuditStore const& kept, std::span<scimkit::AuditRecord const> records);

/// Removes records of before `from`, in transactions of some hundred, until it is told to stop; returns how many went.
/// Errors: those of the store; what went before stays away.
scimkit::result<std::uint64_t> forget_audit(AuditStore const& kept, scimkit::Instant from,
                                            std::stop_token const& stop = {});

/// Follows the change logs of the tenants and of the administration, for as long as it lives, and forgets old records
/// once an hour. A kill between a change and its record only delays the record.
class AuditLog
{
public:
    using Log = std::function<void(scimkit::LogLevel, std::string_view)>;

    struct Retention
    {
        std::chrono::hours records{0};    ///< how long records are kept; 0: for ever
        std::chrono::hours change_log{0}; ///< the same of the change log of the administration's store
    };

    /// `watched` is the store of the tenants. Errors: one sentence for the operator.
    static scimkit::result<std::unique_ptr<AuditLog>> start(std::shared_ptr<scimkit::ResourceStore> watched,
                                                            AuditStore kept, Retention retention, Log log);

private:
    AuditLog() = default;

    std::unique_ptr<scimkit::LogReader> tenants_;
    std::unique_ptr<scimkit::LogReader> administration_;
    std::jthread upkeep_;
};

} // namespace server
