// A transaction that has just read a resource, as a PATCH does, need not ask for it again; and keys that a resource
// holds already are nobody else's.
#include "look.hpp"

#include "reads.hpp"

#include <algorithm>
#include <map>

namespace scimkit::postgresql
{
namespace
{

constexpr std::string_view select_holders =
    "select key, id from unique_key where tenant = $1 and type = $2 and key = any($3)";
constexpr std::string_view select_holder =
    "select key, id from unique_key where tenant = $1 and type = $2 and key = $3"; // keeps its plan, unlike an array

result<void> set_record(Before& before, std::string_view record)
{
    before.record = record;
    auto header = kv::decode_header(before.record);
    if (!header)
        return header.error();
    before.header = std::move(*header);
    return {};
}

/// The keys that the resource does not hold by itself, as far as is known.
std::vector<std::string> keys_to_ask(HeldKeys const* keys, Before const& before)
{
    std::vector<std::string> asked;
    if (!keys)
        return asked;
    kv::KeySet const its_own{before.header.unique_keys};
    for (std::size_t i = 0; i < keys->rows().size(); ++i)
        if (!its_own.contains(keys->held()[i]))
            asked.push_back(keys->rows()[i]);
    return asked;
}

result<void> check_holders(Rows const& rows, std::string_view id, HeldKeys const& keys)
{
    std::map<std::string_view, std::string_view> holders;
    for (int row = 0; row < rows.size(); ++row)
        holders.emplace(rows.bytes(row, 0), rows.bytes(row, 1));
    for (std::size_t i = 0; i < keys.rows().size(); ++i)
        if (auto const holder = holders.find(keys.rows()[i]); holder != holders.end() && holder->second != id)
            return in_use(keys.held()[i].attribute);
    return {};
}

} // namespace

Error in_use(std::string_view attribute)
{
    return Error{ErrorCode::uniqueness, "The value of '" + std::string{attribute} + "' is in use by another resource.",
                 std::string{attribute}};
}

result<Params> resource_params(Session& session, kv::Catalog::Type const& type)
{
    auto params = session.params();
    if (params)
        params->small(static_cast<std::int16_t>(type.number));
    return params;
}

result<void> look(Session& session, kv::Catalog::Type const& type, std::string_view id, HeldKeys const* keys,
                  Before& before)
{
    auto by_id = resource_params(session, type);
    if (!by_id)
        return by_id.error();
    Params by_key = *by_id;
    by_id->bytes(id);
    std::string const* const known = session.known_record(type.number, id);
    if (known)
        if (auto set = set_record(before, *known); !set)
            return set;
    auto const version = session.take_version();
    auto const asked_keys = keys_to_ask(keys, before);
    result<void> asked;
    if (!version)
        asked = session.ask(select_version, {});
    if (asked && !known)
        asked = session.ask(select_record, *by_id);
    if (asked && asked_keys.size() == 1)
        asked = session.ask(select_holder, by_key.bytes(asked_keys.front()));
    else if (asked && !asked_keys.empty())
        asked = session.ask(select_holders, by_key.byte_array(asked_keys));
    if (!asked)
        return asked;
    std::vector<Rows> answers;
    if (!version || !known || !asked_keys.empty())
    {
        auto rows = session.collect();
        if (!rows)
            return rows.error();
        answers = std::move(*rows);
    }
    auto next = answers.begin();
    before.version = version ? *version : static_cast<std::uint64_t>((next++)->number(0, 0));
    if (!known)
    {
        if (!next->empty())
            if (auto set = set_record(before, next->bytes(0, 0)); !set)
                return set;
        ++next;
    }
    return asked_keys.empty() ? result<void>{} : check_holders(*next, id, *keys);
}

} // namespace scimkit::postgresql
