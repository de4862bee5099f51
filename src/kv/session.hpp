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
    /// All outlive this. `transaction` is a Reader or a Writer.
    template <class Transaction>
    Session(Catalog const& catalog, TenantKeys keys, Transaction& transaction, CallContext const& context)
        : catalog_(&catalog)
        , keys_(std::move(keys))
        , access_(transaction, catalog.record().names)
        , context_(&context)
    {
    }

    Catalog const& catalog() const noexcept { return *catalog_; }
    TenantKeys const& keys() const noexcept { return keys_; }
    Access& access() noexcept { return access_; }
    CallContext const& context() const noexcept { return *context_; }

    /// The stored record, or nothing. The view is valid until the next write.
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
    result<std::uint64_t> read_counter(std::string const& key);

    Catalog const* catalog_;
    TenantKeys keys_;
    Access access_;
    CallContext const* context_;
    std::map<std::string, std::uint64_t> changed_counters_{}; // by key; newer than the stored ones
};

/// As 8 bytes.
std::string encode_counter(std::uint64_t value);
result<std::uint64_t> decode_counter(std::string_view bytes);

} // namespace scimkit::kv
