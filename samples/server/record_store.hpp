// RecordStore: where the request log's records are, and which of them go. For one thread.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/store.hpp>

#include "kept_requests.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

/// Clients only read it.
scimkit::ResourceTypeDefinition request_record_type();

class RecordStore
{
public:
    static constexpr std::size_t max_records = 100'000; ///< of all tenants; then the one with most loses its oldest

    struct Record
    {
        std::string tenant; ///< empty: of none
        scimkit::Instant at;
        scimkit::json::object attributes;
    };

    /// `registry` has request_record_type(). Errors: those of the store.
    static scimkit::result<RecordStore> create(std::shared_ptr<scimkit::ResourceStore> store,
                                               std::shared_ptr<scimkit::SchemaRegistry const> registry);

    /// Learns what is there. Errors: those of the store; then it is as if nothing were.
    scimkit::result<void> load();

    /// In one commit. Errors: those of the store. A store that is full loses old records then, so that the next ones
    /// have room.
    scimkit::result<void> add(std::vector<Record> records);

    /// Takes away what is beyond what `kept` says of its tenant. Errors: those of the store.
    scimkit::result<void> trim(scimkit::Instant now, std::function<KeptRequests(std::string_view tenant)> const& kept);

    std::shared_ptr<scimkit::ResourceStore> const& store() const noexcept { return store_; }

private:
    struct Entry
    {
        scimkit::Instant at;
        std::string id;
    };
    using Entries = std::deque<Entry>; ///< oldest first

    RecordStore() = default;

    std::string next_id(scimkit::Instant at);
    scimkit::result<void> remove(std::vector<std::string> const& ids);
    scimkit::result<void> make_room();
    void take_oldest(std::uint64_t count, std::vector<std::string>& ids);

    std::shared_ptr<scimkit::ResourceStore> store_{};
    std::shared_ptr<scimkit::Attachment const> attachment_{};
    scimkit::ResourceType const* type_ = nullptr;
    std::map<std::string, Entries, std::less<>> entries_{}; ///< by tenant
    std::uint64_t count_ = 0;
    std::int64_t last_id_ = 0;
};

} // namespace server
