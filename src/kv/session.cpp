// Records and counters of one tenant, with what reads and writes share: one look at a record's header for its version,
// loading of large attributes only where they are wanted, marks to undo to.
#include "session.hpp"

#include "change_log.hpp"
#include "damage.hpp"
#include "elements.hpp"
#include "record_codec.hpp"

#include <algorithm>

namespace scimkit::kv
{

namespace
{

/// Behind the key of the last version: not a key, but the name of the counter that is stored with it.
constexpr std::string_view logged_suffix = " logged";

} // namespace

std::string encode_counter(std::uint64_t value)
{
    std::string bytes;
    append_u64(bytes, value);
    return bytes;
}

result<std::uint64_t> decode_counter(std::string_view bytes)
{
    if (bytes.size() != 8)
        return Error{ErrorCode::corrupt, "A stored counter cannot be read."};
    return read_u64(bytes);
}

std::string encode_revision(LastRevision const& revision)
{
    std::string bytes = encode_counter(revision.number);
    if (revision.logged)
        append_u64(bytes, *revision.logged);
    return bytes;
}

result<LastRevision> decode_revision(std::string_view bytes)
{
    if (bytes.size() != 8 && bytes.size() != 16)
        return Error{ErrorCode::corrupt, "The last version given out cannot be read."};
    LastRevision revision{.number = read_u64(bytes)};
    if (bytes.size() == 16)
        revision.logged = read_u64(bytes.substr(8));
    return revision;
}

result<std::optional<std::string_view>> Session::record(Catalog::Type const& type, std::string_view id)
{
    if (!is_storable_id(id))
        return std::optional<std::string_view>{};
    auto found = access_.get(keys_.record(type.number, id));
    if (found && *found)
        if (auto charged = charge_decoding((*found)->size()); !charged)
            return charged.error();
    return found;
}

namespace
{

Error unreadable(Catalog::Type const& type, std::string_view id, Error const& error)
{
    return {error.code, "The record of " + type.type->name() + " '" + printable(id) + "' cannot be read."};
}

} // namespace

result<Resource> Session::decode(Catalog::Type const& type, std::string_view id, std::string_view record,
                                 json::storage_ptr memory)
{
    Resource resource{.type = type.type, .id = std::string{id}, .attributes = json::object{std::move(memory)}};
    if (auto decoded = decode_record(record, resource); !decoded)
        return unreadable(type, id, decoded.error());
    return resource;
}

result<Resource> Session::decode_packed(Catalog::Type const& type, std::string_view id, std::string_view record)
{
    Resource resource{.type = type.type, .id = std::string{id}};
    if (auto decoded = kv::decode_packed(record, resource); !decoded)
        return unreadable(type, id, decoded.error());
    return resource;
}

result<void> Session::load_large(Resource& resource, Wanted const& wanted)
{
    if (wanted.large_attributes.empty())
        return {};
    for (Catalog::Large const& large : catalog_->of(*resource.type).large)
    {
        Attribute const& attribute = *large.attribute.attribute;
        if (!wanted.wants(attribute))
            continue;
        auto elements = read_all_elements(*this, large, resource.id);
        if (!elements)
            return elements.error();
        resource.attributes.erase(attribute.name);
        if (!elements->empty())
            resource.attributes.emplace(attribute.name, std::move(*elements));
    }
    return {};
}

result<std::optional<Resource>> Session::get(ResourceType const& type, std::string_view id, Wanted const& wanted)
{
    Catalog::Type const& entry = catalog_->of(type);
    if (wanted.existence)
    {
        auto const there = contains(entry, id);
        if (!there)
            return there.error();
        return *there ? std::optional<Resource>{Resource{.type = &type, .id = std::string{id}}} : std::nullopt;
    }
    auto const found = record(entry, id);
    if (!found)
        return found.error();
    if (!*found)
        return std::optional<Resource>{};
    if (wanted.packed && wanted.large_attributes.empty())
    {
        auto packed = decode_packed(entry, id, **found);
        return packed ? result<std::optional<Resource>>{std::move(*packed)} : std::move(packed).error();
    }
    auto resource = decode(entry, id, **found, wanted.memory);
    if (!resource)
        return resource.error();
    if (auto loaded = load_large(*resource, wanted); !loaded)
        return loaded.error();
    return std::optional<Resource>{std::move(*resource)};
}

result<std::uint64_t> Session::read_counter(std::string const& key)
{
    if (auto const changed = changed_counters_.find(key); changed != changed_counters_.end())
        return changed->second;
    auto const stored = access_.get(key);
    if (!stored)
        return stored.error();
    return *stored ? decode_counter(**stored) : result<std::uint64_t>{std::uint64_t{0}};
}

void Session::set_counter(std::string const& key, std::uint64_t value)
{
    auto const [place, is_new] = changed_counters_.try_emplace(key, value);
    if (marks_ != 0)
        displaced_counters_.push_back({key, is_new ? std::nullopt : std::optional{place->second}});
    place->second = value;
}

Session::Mark::~Mark()
{
    --session_.marks_;
    if (kept_)
    {
        session_.access_.release(access_);
        if (session_.marks_ == 0)
        {
            session_.displaced_counters_.clear();
            session_.pending_.release();
        }
        return;
    }
    if (auto undone = session_.access_.undo(access_); !undone && !session_.failure_)
        session_.failure_ = std::move(undone).error();
    session_.pending_.undo(pending_);
    session_.graves_.reset(); // it may have dug one
    if (session_.moves_)
        session_.moves_->resize(moves_);
    for (auto& displaced = session_.displaced_counters_; displaced.size() > counters_; displaced.pop_back())
        if (displaced.back().value)
            session_.changed_counters_[displaced.back().key] = *displaced.back().value;
        else
            session_.changed_counters_.erase(displaced.back().key);
}

result<bool> Session::contains(Catalog::Type const& type, std::string_view id)
{
    if (!is_storable_id(id))
        return false;
    auto const found = access_.get(keys_.record(type.number, id));
    if (!found)
        return found.error();
    return found->has_value();
}

result<std::string> Session::name_of(NameNumber number)
{
    if (auto const name = catalog_->name_of(number); !name.empty() || stored_names_)
        return name.empty() && number < stored_names_->names.size() ? stored_names_->names[number] : std::string{name};
    auto const stored = access_.get_unsealed(meta_key);
    if (!stored)
        return stored.error();
    auto record = *stored ? decode_catalog(**stored) : result<CatalogRecord>{CatalogRecord{}};
    if (!record)
        return record.error();
    stored_names_ = std::move(*record);
    return number < stored_names_->names.size() ? stored_names_->names[number] : std::string{};
}

result<std::uint64_t> Session::count_of(Catalog::Type const& type)
{
    return read_counter(keys_.resource_count(type.number));
}

result<void> Session::change_count(Catalog::Type const& type, std::int64_t difference)
{
    std::string const key = keys_.resource_count(type.number);
    auto const count = read_counter(key);
    if (!count)
        return count.error();
    if (difference < 0 && *count < static_cast<std::uint64_t>(-difference))
        return Error{ErrorCode::corrupt, "The number of resources of " + type.type->name() + " is damaged: too small."};
    set_counter(key, *count + static_cast<std::uint64_t>(difference));
    return {};
}

result<std::uint64_t> Session::last_revision()
{
    if (auto const changed = changed_counters_.find(keys_.revision()); changed != changed_counters_.end())
        return changed->second;
    auto const stored = stored_revision();
    return stored ? result<std::uint64_t>{stored->number} : stored.error();
}

result<std::uint64_t> Session::next_revision()
{
    auto const last = last_revision();
    if (!last)
        return last;
    set_counter(keys_.revision(), *last + 1);
    return *last + 1;
}

result<std::uint64_t> Session::revision_for(Resource const& resource)
{
    if (!keeps_versions_ || !resource.version)
        return next_revision();
    // Put even where it stays the same: a log that has not this write must not look complete.
    auto const last = last_revision();
    if (!last)
        return last;
    set_counter(keys_.revision(), std::max(*last, resource.version.number()));
    return resource.version.number();
}

result<LastRevision> Session::stored_revision()
{
    if (stored_revision_)
        return *stored_revision_;
    auto const stored = access_.get(keys_.revision());
    if (!stored)
        return stored.error();
    auto revision = *stored ? decode_revision(**stored) : LastRevision{.number = 0, .logged = 0};
    if (revision)
        stored_revision_ = *revision;
    return revision;
}

result<std::optional<Positions::Commit>> Session::take_commit()
{
    auto const drawn = changed_counters_.find(keys_.revision());
    if (drawn == changed_counters_.end())
        return std::optional<Positions::Commit>{};
    auto const before = stored_revision();
    if (!before)
        return before.error();
    Positions::Commit commit{.before = before->number, .after = drawn->second, .known = moves_.has_value()};
    if (moves_)
        commit.moved = std::move(*moves_);
    return std::optional{std::move(commit)};
}

result<void> Session::count_logged(std::uint64_t bytes)
{
    std::string const key = keys_.revision() + std::string{logged_suffix};
    if (auto const changed = changed_counters_.find(key); changed != changed_counters_.end())
    {
        set_counter(key, changed->second + bytes);
        return {};
    }
    auto const stored = stored_revision();
    if (!stored)
        return stored.error();
    set_counter(key, stored->logged.value_or(0) + bytes);
    // What was written while there was no log is missing in it: it begins behind that.
    if (stored->logged)
        return {};
    return access_.put(keys_.trimmed(), encode_trimmed({.position = stored->number}));
}

result<void> Session::finish()
{
    if (failure_)
        return *failure_;
    std::string const revision = keys_.revision();
    std::string const logged = revision + std::string{logged_suffix};
    for (auto const& [key, value] : changed_counters_)
    {
        if (key == logged)
            continue;
        LastRevision last{.number = value};
        if (auto const bytes = changed_counters_.find(logged); bytes != changed_counters_.end())
            last.logged = bytes->second;
        if (auto written = access_.put(key, key == revision ? encode_revision(last) : encode_counter(value)); !written)
            return written;
    }
    return {};
}

} // namespace scimkit::kv
