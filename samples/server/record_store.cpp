// Ids are times, so that their order is that of the requests, and what is there is known by one walk over it at the
// start. Nothing here is dear: a record is written once, and taken away once.
#include "record_store.hpp"

#include <scimkit/core/environment.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace server
{

using scimkit::result;

namespace
{

constexpr auto tenant_of_records = "default"; // of the administration, whoever a record is about
constexpr std::size_t ids_of_commit = 512;
constexpr std::uint64_t share_of_room = 10; // of a full store the oldest tenth goes

scimkit::CallContext context_at(scimkit::Instant now) { return {.now = now, .actor = "scimkit-server"}; }

std::string hexadecimal(std::int64_t number)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4)
        *digit = digits[static_cast<std::size_t>(number & 15)];
    return text;
}

std::int64_t number_of(std::string const& id)
{
    try
    {
        return static_cast<std::int64_t>(std::stoull(id, nullptr, 16));
    }
    catch (std::exception const&)
    {
        return 0;
    }
}

} // namespace

scimkit::ResourceTypeDefinition request_record_type()
{
    return {.name = "RequestRecord",
            .endpoint = "/RequestRecords",
            .schema = "urn:scimkit:params:scim:schemas:admin:1.0:RequestRecord",
            .description = "Requests to tenants",
            .read_only = true};
}

result<RecordStore> RecordStore::create(std::shared_ptr<scimkit::ResourceStore> store,
                                        std::shared_ptr<scimkit::SchemaRegistry const> registry)
{
    RecordStore made;
    made.store_ = std::move(store);
    auto attachment = made.store_->attach(std::move(registry));
    if (!attachment)
        return attachment.error();
    made.attachment_ = std::move(*attachment);
    made.type_ = made.attachment_->registry().find_resource_type("RequestRecord");
    return made;
}

result<void> RecordStore::load()
{
    auto const read = [&](scimkit::ReadTransaction& transaction) -> result<void>
    {
        entries_.clear();
        count_ = 0;
        scimkit::Query::Source const source{.type = type_};
        scimkit::Query const all{.sources = {&source, 1},
                                 .limit = std::numeric_limits<std::uint64_t>::max(),
                                 .total = scimkit::TotalPolicy::none};
        auto const note = [&](scimkit::Resource&& record)
        {
            auto const* const tenant = record.attributes.if_contains("tenant");
            auto const name = tenant && tenant->is_string() ? std::string{tenant->get_string()} : std::string{};
            last_id_ = std::max(last_id_, number_of(record.id));
            entries_[name].push_back({record.created, std::move(record.id)});
            ++count_;
            return true;
        };
        auto const walked = transaction.query(all, note);
        return walked ? result<void>{} : walked.error();
    };
    auto const now = scimkit::system_environment()->now();
    return store_->read(*attachment_, tenant_of_records, context_at(now), read);
}

/// Greater than all before it, also when the clock was set back.
std::string RecordStore::next_id(scimkit::Instant at)
{
    last_id_ = std::max<std::int64_t>(last_id_ + 1, at.time_since_epoch().count());
    return hexadecimal(last_id_);
}

result<void> RecordStore::add(std::vector<Record> records)
{
    if (records.empty())
        return {};
    std::vector<scimkit::Resource> made;
    for (auto& record : records)
        made.push_back({.type = type_,
                        .id = next_id(record.at),
                        .created = record.at,
                        .last_modified = record.at,
                        .attributes = std::move(record.attributes)});
    auto const write = [&](scimkit::WriteTransaction& transaction) -> result<void>
    {
        for (auto& resource : made)
            if (auto inserted = transaction.insert(resource, {}); !inserted)
                return inserted.error();
        return {};
    };
    auto done = store_->write(*attachment_, tenant_of_records, context_at(records.back().at), write);
    if (!done)
    {
        if (done.error().code != scimkit::ErrorCode::unavailable) // not full: nothing is forgotten for it
            return done;
        if (auto room = make_room(); !room)
            return room;
        return done;
    }
    for (std::size_t i = 0; i < made.size(); ++i)
        entries_[records[i].tenant].push_back({records[i].at, std::move(made[i].id)});
    count_ += made.size();
    return {};
}

/// Of the tenant that has most, again and again.
void RecordStore::take_oldest(std::uint64_t count, std::vector<std::string>& ids)
{
    for (; count > 0 && count_ > 0; --count)
    {
        auto const most = std::ranges::max_element(entries_, {}, [](auto const& each) { return each.second.size(); });
        ids.push_back(std::move(most->second.front().id));
        most->second.pop_front();
        --count_;
    }
}

result<void> RecordStore::make_room()
{
    std::vector<std::string> ids;
    take_oldest(count_ / share_of_room, ids);
    return remove(ids);
}

result<void> RecordStore::trim(scimkit::Instant now, std::function<KeptRequests(std::string_view tenant)> const& kept)
{
    std::vector<std::string> ids;
    for (auto& [tenant, entries] : entries_)
    {
        auto const wanted = kept(tenant);
        while (!entries.empty() &&
               (entries.size() > wanted.number || (wanted.age.count() > 0 && entries.front().at + wanted.age < now)))
        {
            ids.push_back(std::move(entries.front().id));
            entries.pop_front();
            --count_;
        }
    }
    std::erase_if(entries_, [](auto const& each) { return each.second.empty(); });
    if (count_ > max_records)
        take_oldest(count_ - max_records, ids);
    return remove(ids);
}

/// What could not be removed is found again at the next start.
result<void> RecordStore::remove(std::vector<std::string> const& ids)
{
    for (std::size_t begin = 0; begin < ids.size(); begin += ids_of_commit)
    {
        auto const end = std::min(begin + ids_of_commit, ids.size());
        auto const write = [&](scimkit::WriteTransaction& transaction) -> result<void>
        {
            for (auto i = begin; i < end; ++i)
                if (auto removed = transaction.remove(*type_, ids[i], {});
                    !removed && removed.error().code != scimkit::ErrorCode::not_found)
                    return removed;
            return {};
        };
        auto const now = scimkit::system_environment()->now();
        if (auto done = store_->write(*attachment_, tenant_of_records, context_at(now), write); !done)
            return done;
    }
    return {};
}

} // namespace server
