#include "session.hpp"

#include "damage.hpp"
#include "elements.hpp"
#include "record_codec.hpp"

namespace scimkit::kv
{

std::string encode_counter(std::uint64_t value)
{
    std::string bytes;
    append_u64(bytes, value);
    return bytes;
}

result<std::uint64_t> decode_counter(std::string_view bytes)
{
    if (bytes.size() != 8)
        return Error{ErrorCode::corrupt, "a stored counter cannot be read"};
    return read_u64(bytes);
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

result<Resource> Session::decode(Catalog::Type const& type, std::string_view id, std::string_view record,
                                 json::storage_ptr memory)
{
    Resource resource{.type = type.type, .id = std::string{id}, .attributes = json::object{std::move(memory)}};
    if (auto decoded = decode_record(record, resource); !decoded)
        return Error{decoded.error().code,
                     decoded.error().detail + ": " + type.type->name() + " '" + printable(id) + "'"};
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
    auto const found = record(entry, id);
    if (!found)
        return found.error();
    if (!*found)
        return std::optional<Resource>{};
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

result<std::uint64_t> Session::count_of(Catalog::Type const& type)
{
    return read_counter(keys_.resource_count(type.number));
}

result<Version> Session::revision() { return read_counter(keys_.revision()); }

result<void> Session::change_count(Catalog::Type const& type, std::int64_t difference)
{
    std::string const key = keys_.resource_count(type.number);
    auto const count = read_counter(key);
    if (!count)
        return count.error();
    if (difference < 0 && *count < static_cast<std::uint64_t>(-difference))
        return Error{ErrorCode::corrupt, "the number of resources of " + type.type->name() + " is damaged: too small"};
    changed_counters_[key] = *count + static_cast<std::uint64_t>(difference);
    return {};
}

result<Version> Session::next_revision()
{
    std::string const key = keys_.revision();
    auto const last = read_counter(key);
    if (!last)
        return last.error();
    changed_counters_[key] = *last + 1;
    return *last + 1;
}

result<void> Session::flush_counters()
{
    for (auto const& [key, value] : changed_counters_)
        if (auto written = access_.put(key, encode_counter(value)); !written)
            return written;
    return {};
}

} // namespace scimkit::kv
