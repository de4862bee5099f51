// Records and what they are found by. Elements are in check_elements.cpp.
#include "check_tenant.hpp"

#include "kv/damage.hpp"
#include "reads.hpp"

#include <algorithm>

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t records_of_a_batch = 500;

std::string named(kv::Catalog::Type const& type, std::string_view id)
{
    return type.type->name() + " '" + kv::printable(id) + "'";
}

} // namespace

void TenantCheck::find(std::string what, bool repairable)
{
    ++report_.findings;
    repairable_ += repairable ? 1 : 0;
    if (findings_.size() < most_findings)
        findings_.push_back({.tenant = {}, .what = std::move(what), .repairable = repairable});
}

result<Params> TenantCheck::params(kv::NameNumber number) const
{
    auto some = session_.params();
    if (some)
        some->small(static_cast<std::int16_t>(number));
    return some;
}

result<void> TenantCheck::run()
{
    for (kv::Catalog::Type const& type : session_.catalog().types())
    {
        if (auto checked = check_type(type); !checked)
            return checked;
        for (kv::Catalog::Large const& large : type.large)
            if (auto checked = check_elements(type, large); !checked)
                return checked;
    }
    return check_versions();
}

result<void> TenantCheck::repair()
{
    for (kv::Catalog::Type const& type : session_.catalog().types())
    {
        if (keys_to_make_.contains(type.number))
            if (auto made = make_keys_anew(type); !made)
                return made;
        if (elements_to_make_.contains(type.number))
            if (auto made = make_elements_anew(type); !made)
                return made;
    }
    for (Params const& mended : mended_elements_)
        if (auto put = session_.queue("update element set value = $5, folded = $6 where tenant = $1 and attribute = $2 "
                                      "and owner = $3 and key = $4",
                                      mended);
            !put)
            return put;
    if (newest_version_ > 0)
    {
        auto const moved = session_.run("select setval('version', $1) from version where last_value < $1",
                                        Params{}.number(newest_version_));
        if (!moved)
            return moved.error();
    }
    report_.repaired = repairable_;
    for (CheckFinding& finding : findings_)
        finding.repaired = finding.repairable;
    return {};
}

result<void> TenantCheck::check_type(kv::Catalog::Type const& type)
{
    damaged_ = false;
    entries_there_ = 0;
    unique_there_ = 0;
    auto const compared = each_batch(type, true,
                                     [&](Expected& expected) -> result<void>
                                     {
                                         auto entries = compare_entries(type, expected);
                                         return entries ? compare_unique(type, expected) : entries;
                                     });
    return compared ? compare_numbers(type) : compared;
}

result<void> TenantCheck::each_batch(kv::Catalog::Type const& type, bool tells,
                                     function_ref<result<void>(Expected&)> see)
{
    std::string last;
    for (std::int64_t count = records_of_a_batch; count == records_of_a_batch;)
    {
        auto some = params(type.number);
        if (!some)
            return some.error();
        auto const rows = session_.run("select id, record, version from resource where tenant = $1 and type = $2 "
                                       "and id > $3 order by id limit $4",
                                       some->bytes(last).number(records_of_a_batch));
        if (!rows)
            return rows.error();
        count = rows->size();
        Expected expected;
        for (int row = 0; row < rows->size(); ++row)
        {
            last = rows->bytes(row, 0);
            expect(type, last, rows->bytes(row, 1), rows->number(row, 2), tells, expected);
        }
        if (auto seen = see(expected); !seen)
            return seen;
    }
    return {};
}

void TenantCheck::expect(kv::Catalog::Type const& type, std::string const& id, std::string_view record,
                         std::int64_t version, bool tells, Expected& expected)
{
    report_.resources += tells ? 1 : 0;
    auto const header = kv::decode_header(record);
    auto const resource = decode(*type.type, id, record);
    if (!header || !resource)
    {
        damaged_ = true;
        if (tells)
            find("the record of " + named(type, id) + " cannot be read", false);
        return;
    }
    newest_version_ = std::max(newest_version_, version);
    if (tells && header->version.number() != static_cast<std::uint64_t>(version))
        find("the record of " + named(type, id) + " has another version than its row", false);
    if (tells)
        check_held(type, id, *header, *resource);
    for (EntryKey& entry : entry_keys(type, *resource))
    {
        expected.entry_ids.push_back(id);
        expected.entry_attributes.push_back(entry.index);
        expected.entry_keys.push_back(std::move(entry.value.key));
        expected.entry_rests.push_back(std::move(entry.value.rest));
    }
    std::set<std::string> keys;
    for (kv::HeldKey const& held : header->unique_keys)
        keys.insert(unique_key(held.attribute, held.value));
    for (std::string const& key : keys)
    {
        expected.unique_ids.push_back(id);
        expected.unique_keys.push_back(key);
    }
}

/// What the attributes say against what the header says: everything else is compared with the header.
void TenantCheck::check_held(kv::Catalog::Type const& type, std::string const& id, kv::RecordHeader const& header,
                             Resource const& resource)
{
    kv::KeySet const held{header.unique_keys};
    for (UniqueKey const& claimed : session_.catalog().rules().facts_of(resource).unique_keys)
        for (kv::Catalog::Unique const& unique : type.unique)
            if (unique.attribute == claimed.attribute && !held.contains({unique.path, claimed.value}))
                find("the record of " + named(type, id) + " does not hold the unique key of its " + unique.path, false);
}

result<void> TenantCheck::compare_entries(kv::Catalog::Type const& type, Expected const& expected)
{
    if (expected.entry_ids.empty())
        return {};
    auto some = params(type.number);
    if (!some)
        return some.error();
    some->small_array(expected.entry_attributes).byte_array(expected.entry_keys).byte_array(expected.entry_rests);
    some->byte_array(expected.entry_ids);
    auto const rows =
        session_.run("select g.id from unnest($3, $4, $5, $6) g(attribute, key, rest, id) where not exists "
                     "(select 1 from index_entry e where e.tenant = $1 and e.type = $2 and e.attribute = g.attribute "
                     "and e.key = g.key and e.rest = g.rest and e.id = g.id)",
                     *some);
    if (!rows)
        return rows.error();
    entries_there_ += expected.entry_ids.size() - static_cast<std::size_t>(rows->size());
    for (int row = 0; row < rows->size(); ++row)
        find("an index entry of " + named(type, rows->bytes(row, 0)) + " is missing", true);
    if (!rows->empty())
        keys_to_make_.insert(type.number);
    return {};
}

result<void> TenantCheck::compare_unique(kv::Catalog::Type const& type, Expected const& expected)
{
    if (expected.unique_ids.empty())
        return {};
    auto some = params(type.number);
    if (!some)
        return some.error();
    some->byte_array(expected.unique_keys).byte_array(expected.unique_ids);
    auto const rows = session_.run(
        "select g.id, u.id, exists (select 1 from resource r where r.tenant = $1 and r.type = $2 and r.id = u.id) "
        "from unnest($3, $4) g(key, id) left join unique_key u on u.tenant = $1 and u.type = $2 and u.key = g.key "
        "where u.id is distinct from g.id",
        *some);
    if (!rows)
        return rows.error();
    unique_there_ += expected.unique_ids.size() - static_cast<std::size_t>(rows->size());
    for (int row = 0; row < rows->size(); ++row)
    {
        std::string const whose = "a unique key of " + named(type, rows->bytes(row, 0));
        if (rows->is_null(row, 1))
            find(whose + " is missing", true);
        else
            // Of two that claim one value, making the keys anew lets the first one keep it.
            find(whose + " leads to '" + kv::printable(rows->bytes(row, 1)) + "'", rows->number(row, 2) == 0);
        keys_to_make_.insert(type.number);
    }
    return {};
}

/// What is there beside what was expected. Nothing is said of what belongs to records that cannot be read.
result<void> TenantCheck::compare_numbers(kv::Catalog::Type const& type)
{
    auto const some = params(type.number);
    if (!some)
        return some.error();
    auto const rows = session_.run("select (select count(*) from index_entry where tenant = $1 and type = $2), "
                                   "(select count(*) from unique_key where tenant = $1 and type = $2)",
                                   *some);
    if (!rows)
        return rows.error();
    auto const entries = static_cast<std::uint64_t>(rows->number(0, 0));
    auto const unique = static_cast<std::uint64_t>(rows->number(0, 1));
    report_.entries += entries + unique;
    if (damaged_)
    {
        keys_to_make_.erase(type.number); // or what belongs to them would be lost
        return {};
    }
    auto const tell = [&](std::uint64_t there, std::uint64_t expected, char const* what)
    {
        if (there <= expected)
            return;
        find(std::to_string(there - expected) + " " + what + " of " + type.type->name() + " belong to nothing", true);
        keys_to_make_.insert(type.number);
    };
    tell(entries, entries_there_, "index entries");
    // A key that leads elsewhere was told already.
    if (!keys_to_make_.contains(type.number))
        tell(unique, unique_there_, "unique keys");
    return {};
}

result<void> TenantCheck::check_versions()
{
    if (newest_version_ == 0)
        return {};
    auto const rows = session_.run("select last_value from version", {});
    if (!rows)
        return rows.error();
    if (rows->number(0, 0) < newest_version_)
        find("the last version given out is less than that of a record", true);
    return {};
}

result<void> TenantCheck::make_keys_anew(kv::Catalog::Type const& type)
{
    auto const of_type = params(type.number);
    if (!of_type)
        return of_type.error();
    for (std::string_view const table : {"index_entry", "unique_key"})
        if (auto gone =
                session_.queue("delete from " + std::string{table} + " where tenant = $1 and type = $2", *of_type);
            !gone)
            return gone;
    return each_batch(type, false,
                      [&](Expected& expected) -> result<void>
                      {
                          Params entries = *of_type;
                          entries.small_array(expected.entry_attributes).byte_array(expected.entry_keys);
                          entries.byte_array(expected.entry_rests).byte_array(expected.entry_ids);
                          if (auto put =
                                  session_.queue("insert into index_entry (tenant, type, attribute, key, rest, id) "
                                                 "select $1, $2, g.attribute, g.key, g.rest, g.id "
                                                 "from unnest($3, $4, $5, $6) g(attribute, key, rest, id)",
                                                 entries);
                              !put)
                              return put;
                          Params unique = *of_type;
                          unique.byte_array(expected.unique_keys).byte_array(expected.unique_ids);
                          return session_.queue("insert into unique_key (tenant, type, key, id) "
                                                "select $1, $2, g.key, g.id from unnest($3, $4) g(key, id) "
                                                "on conflict do nothing",
                                                unique);
                      });
}

} // namespace scimkit::postgresql
