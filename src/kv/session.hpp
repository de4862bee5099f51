// Session: one tenant within one transaction of the engine, and the reading of its records and counters.
#pragma once

#include <scimkit/store/store.hpp>

#include "access.hpp"
#include "catalog.hpp"

#include <map>

namespace scimkit::kv
{

class Session
{
public:
    /// All outlive this. `transaction` is a Reader or a Writer. A context without a budget gets one that only knows
    /// its deadline.
    template <class Transaction>
    Session(Catalog const& catalog, TenantKeys keys, Transaction& transaction, CallContext const& context)
        : catalog_(&catalog)
        , keys_(std::move(keys))
        , own_budget_(Budget::unlimited, context.deadline)
        , access_(transaction, context.budget ? *context.budget : own_budget_, catalog.record().names)
        , context_(&context)
    {
    }

    Catalog const& catalog() const noexcept { return *catalog_; }
    TenantKeys const& keys() const noexcept { return keys_; }
    Access& access() noexcept { return access_; }
    CallContext const& context() const noexcept { return *context_; }
    Budget& budget() const noexcept { return access_.budget(); }

    /// Charges the decoding of stored bytes.
    result<void> charge_decoding(std::size_t bytes)
    {
        return budget().spend(cost_of_decoding * bytes) ? result<void>{} : budget().error();
    }

    /// The stored record, or nothing. The view is valid until the next write. Its decoding is charged.
    result<std::optional<std::string_view>> record(Catalog::Type const& type, std::string_view id);

    /// The resource without large attributes.
    static result<Resource> decode(Catalog::Type const& type, std::string_view id, std::string_view record,
                                   json::storage_ptr memory = {});

    /// Puts the wanted large attributes into `resource`.
    result<void> load_large(Resource& resource, Wanted const& wanted);

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted);

    result<std::uint64_t> count_of(Catalog::Type const& type);
    result<Version> revision();

    /// Counters are written once, at the end of the body.
    result<void> change_count(Catalog::Type const& type, std::int64_t difference);
    result<Version> next_revision();
    result<void> flush_counters();

private:
    static constexpr std::uint64_t cost_of_decoding = 2; // of a byte

    result<std::uint64_t> read_counter(std::string const& key);

    Catalog const* catalog_;
    TenantKeys keys_;
    Budget own_budget_; // where the context has none
    Access access_;
    CallContext const* context_;
    std::map<std::string, std::uint64_t> changed_counters_{}; // by key; newer than the stored ones
};

/// As 8 bytes.
std::string encode_counter(std::uint64_t value);
result<std::uint64_t> decode_counter(std::string_view bytes);

} // namespace scimkit::kv
