// Records first: from each to its unique keys and index entries. Then back from those, so that one that belongs to
// nothing is found too. Entries of an index are only counted, and looked at one by one where there are too many.
#include "check.hpp"

#include "../store/check_total.hpp"
#include "damage.hpp"
#include "elements.hpp"
#include "graves.hpp"
#include "index_entries.hpp"
#include "tenants.hpp"
#include "writes.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

result<void> check_tenant(Engine& engine, Catalog const& catalog, std::string const& tenant, CallContext const& context,
                          Repair repair, CheckReport& report, std::vector<CheckFinding>& findings)
{
    auto const keys = TenantKeys::make(tenant, engine.max_key_size());
    if (!keys)
        return keys.error();
    auto const run = [&](auto& transaction) -> result<void>
    {
        Session session{catalog, *keys, transaction, context};
        Check check{session};
        if (auto done = check.run(); !done)
            return done;
        if (repair == Repair::yes)
            if (auto mended = check.repair(); !mended)
                return mended;
        report = check.report(); // an engine may run this again: what the last time found counts
        findings = check.take_findings();
        return {};
    };
    if (repair == Repair::yes)
    {
        CallBudget const budget{context};
        if (auto finished = finish_graves(engine, *keys, *budget); !finished)
            return finished;
        return engine.write([&](Writer& writer) { return run(writer); });
    }
    return engine.read([&](Reader& reader) { return run(reader); });
}

} // namespace

result<CheckReport> check_database(Engine& engine, Catalog const& catalog, CallContext const& context, Repair repair,
                                   function_ref<bool(CheckFinding const&)> sink)
{
    std::vector<std::string> tenants;
    auto const listed = list_tenants(engine, context,
                                     [&](std::string_view name)
                                     {
                                         tenants.emplace_back(name);
                                         return true;
                                     });
    if (!listed)
        return listed.error();
    CheckTotal total{sink};
    for (std::string const& tenant : tenants)
    {
        CheckReport report;
        std::vector<CheckFinding> findings;
        if (auto checked = check_tenant(engine, catalog, tenant, context, repair, report, findings); !checked)
            return checked.error();
        total.add(tenant, report, std::move(findings));
    }
    return total.report();
}

result<void> Check::run()
{
    if (auto checked = check_graves(); !checked)
        return checked;
    for (Catalog::Type const& type : session_.catalog().types())
    {
        if (auto checked = check_records(type); !checked)
            return checked;
        if (auto checked = check_uniques(type); !checked)
            return checked;
        if (auto checked = check_indexes(type); !checked)
            return checked;
        for (Catalog::Large const& large : type.large)
        {
            if (auto checked = check_elements(type, large); !checked)
                return checked;
            if (auto checked = check_element_counts(large); !checked)
                return checked;
        }
    }
    if (auto checked = check_references(); !checked)
        return checked;
    if (auto checked = check_log(); !checked)
        return checked;
    return check_rest();
}

result<void> Check::repair()
{
    for (auto const& [key, value] : mended_)
    {
        if (value)
        {
            if (auto put = session_.access().put(key, *value); !put)
                return put;
        }
        else if (auto erased = session_.access().erase(key); !erased)
            return erased.error();
    }
    report_.repaired = repairable_;
    for (CheckFinding& finding : findings_)
        finding.repaired = finding.repairable;
    return {};
}

result<void> Check::each(std::string const& prefix, See see)
{
    auto cursor = session_.access().cursor();
    if (!cursor)
        return cursor.error();
    auto found = (*cursor)->seek(prefix);
    for (; found && *found && (*cursor)->key().starts_with(prefix); found = (*cursor)->next())
    {
        if (auto charged = session_.budget().charge(Budget::visit + (*cursor)->value().size()); !charged)
            return charged;
        if (auto seen = see((*cursor)->key(), open_seal((*cursor)->key(), (*cursor)->value())); !seen)
            return seen;
    }
    return found ? result<void>{} : result<void>{found.error()};
}

result<Check::Found> Check::look(std::string_view key)
{
    auto const stored = session_.access().get(key);
    if (!stored)
        return stored.error().code == ErrorCode::corrupt ? result<Found>{Found{Entry::damaged}} : stored.error();
    if (!*stored)
        return Found{};
    return Found{Entry::there, std::string{**stored}};
}

std::string Check::words(std::string_view key) const { return describe_entry(key, session_.access().names()); }

void Check::find(std::string what, bool repairable)
{
    ++report_.findings;
    if (findings_.size() < most_findings)
        findings_.push_back({.tenant = {}, .what = std::move(what), .repairable = repairable});
}

void Check::mend(std::string what, std::string key, std::optional<std::string> value)
{
    ++repairable_;
    find(std::move(what), true);
    mended_.insert_or_assign(std::move(key), std::move(value));
}

result<std::optional<bool>> Check::has_record(Catalog::Type const& type, std::string_view id)
{
    if (!is_storable_id(id))
        return std::optional{false};
    auto const found = look(session_.keys().record(type.number, id));
    if (!found)
        return found.error();
    return found->state == Entry::damaged ? std::optional<bool>{} : std::optional{found->state == Entry::there};
}

result<void> Check::check_records(Catalog::Type const& type)
{
    std::uint64_t records = 0;
    entries_there_ = 0;
    std::string const prefix = session_.keys().records(type.number);
    auto const walked = each(prefix,
                             [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                             {
                                 ++records;
                                 if (!value)
                                 {
                                     find(words(key) + " is damaged", false);
                                     return {};
                                 }
                                 return check_record(type, std::string{key}, std::string{key.substr(prefix.size())},
                                                     std::string{*value});
                             });
    if (!walked)
        return walked;
    report_.resources += records;
    return check_count(type, records);
}

result<void> Check::check_record(Catalog::Type const& type, std::string const& key, std::string const& id,
                                 std::string const& record)
{
    if (auto charged = session_.charge_decoding(record.size()); !charged)
        return charged;
    auto const header = decode_header(record);
    auto const resource = Session::decode(type, id, record);
    if (!header || !resource)
    {
        find(words(key) + " cannot be read", false);
        return {};
    }
    newest_version_ = std::max(newest_version_, header->version.number());
    for (HeldKey const& held : header->unique_keys)
        if (auto checked = check_unique(type, id, held); !checked)
            return checked;
    if (auto checked = check_held(type, key, *resource, *header); !checked)
        return checked;
    for (std::string const& entry : index_keys(session_, type, id, index_entries(type, *resource)))
    {
        auto const found = look(entry);
        if (!found)
            return found.error();
        entries_there_ += found->state == Entry::missing ? 0 : 1;
        if (found->state != Entry::there)
            mend(words(entry) + (found->state == Entry::missing ? " is missing" : " is damaged"), entry, "");
    }
    return {};
}

result<void> Check::check_unique(Catalog::Type const& type, std::string const& id, HeldKey const& held)
{
    std::string const key = session_.keys().unique(type.number, held.attribute, held.value);
    auto const found = look(key);
    if (!found)
        return found.error();
    if (found->state == Entry::there && found->value == id)
        return {};
    std::string const whose = std::string{held.attribute} + " of " + type.type->name() + " '" + printable(id) + "'";
    if (found->state != Entry::there)
    {
        mend("the unique key of " + whose + (found->state == Entry::missing ? " is missing" : " is damaged"), key, id);
        return {};
    }
    // Another one has it: by right, if its record says so.
    auto const other = look(session_.keys().record(type.number, found->value));
    if (!other)
        return other.error();
    auto const header =
        other->state == Entry::there ? decode_header(other->value) : result<RecordHeader>{RecordHeader{}};
    if (other->state == Entry::damaged || !header ||
        std::ranges::find(header->unique_keys, held) != header->unique_keys.end())
        find(whose + " has the value of " + type.type->name() + " '" + printable(found->value) + "'", false);
    else
        mend("the unique key of " + whose + " leads elsewhere", key, id);
    return {};
}

result<void> Check::check_held(Catalog::Type const& type, std::string const& key, Resource const& resource,
                               RecordHeader const& header)
{
    KeySet const held{header.unique_keys};
    for (UniqueKey const& unique : session_.catalog().rules().facts_of(resource).unique_keys)
    {
        auto const known = std::ranges::find(type.unique, unique.attribute, &Catalog::Unique::attribute);
        if (known != type.unique.end() && !held.contains({known->path, unique.value}))
            find(words(key) + " does not hold the unique key of its " + known->path, false);
    }
    return {};
}

result<void> Check::check_uniques(Catalog::Type const& type)
{
    return each(session_.keys().uniques(type.number),
                [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                {
                    ++report_.entries;
                    if (mended_.contains(key)) // its owner has claimed it
                        return {};
                    if (!value)
                    {
                        mend(words(key) + " is damaged, and no record claims it", std::string{key}, std::nullopt);
                        return {};
                    }
                    std::string const id{*value};
                    auto const record = look(session_.keys().record(type.number, id));
                    if (!record)
                        return record.error();
                    auto const header = record->state == Entry::there ? decode_header(record->value)
                                                                      : result<RecordHeader>{RecordHeader{}};
                    if (record->state == Entry::damaged || !header)
                        return {};
                    bool const claimed = std::ranges::any_of(
                        header->unique_keys, [&](HeldKey const& held)
                        { return session_.keys().unique(type.number, held.attribute, held.value) == key; });
                    if (!claimed)
                        mend(words(key) + " leads to '" + printable(id) + "', which does not have that value",
                             std::string{key}, std::nullopt);
                    return {};
                });
}

result<void> Check::check_indexes(Catalog::Type const& type)
{
    std::string const prefix = session_.keys().indexes(type.number);
    std::uint64_t there = 0;
    auto const counted = each(prefix,
                              [&](std::string_view, std::optional<std::string_view>) -> result<void>
                              {
                                  ++there;
                                  return {};
                              });
    report_.entries += there;
    if (!counted || there == entries_there_)
        return counted;
    return each(prefix,
                [&](std::string_view key, std::optional<std::string_view>) -> result<void>
                {
                    std::string_view rest = key.substr(prefix.size());
                    rest.remove_prefix(std::min<std::size_t>(rest.size(), 2));
                    std::string const id{rest.substr(std::min(rest.size(), value_size(rest)))};
                    auto const record = look(session_.keys().record(type.number, id));
                    if (!record)
                        return record.error();
                    if (record->state == Entry::damaged)
                        return {};
                    if (record->state == Entry::there)
                    {
                        auto const resource = Session::decode(type, id, record->value);
                        if (!resource)
                            return {};
                        auto const keys = index_keys(session_, type, id, index_entries(type, *resource));
                        if (std::ranges::binary_search(keys, key))
                            return {};
                    }
                    mend(words(key) + " belongs to nothing", std::string{key}, std::nullopt);
                    return {};
                });
}

result<void> Check::check_count(Catalog::Type const& type, std::uint64_t records)
{
    std::string const key = session_.keys().resource_count(type.number);
    auto const found = look(key);
    if (!found)
        return found.error();
    if (found->state == Entry::missing && records == 0)
        return {};
    auto const count = found->state == Entry::there ? decode_counter(found->value)
                                                    : result<std::uint64_t>{Error{ErrorCode::corrupt, {}}};
    if (!count || *count != records)
        mend(words(key) + " is " + (count ? std::to_string(*count) : "damaged or missing") + ", and there are " +
                 std::to_string(records),
             key, encode_counter(records));
    return {};
}

} // namespace scimkit::kv
