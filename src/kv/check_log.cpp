// The last version is at least that of every record and of every change, and the change log is as long as it says.
#include "change_log.hpp"
#include "check.hpp"

#include <algorithm>
#include <array>

namespace scimkit::kv
{

result<void> Check::check_log()
{
    std::string const prefix = session_.keys().changes();
    auto const trimmed = read_trimmed(session_);
    if (!trimmed && trimmed.error().code != ErrorCode::corrupt)
        return trimmed.error();
    std::uint64_t const begin = trimmed ? trimmed->position : 0;
    std::uint64_t bytes = 0;
    std::uint64_t last = 0;
    auto const walked = each(prefix,
                             [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                             {
                                 ++report_.entries;
                                 std::string_view const place = key.substr(prefix.size());
                                 if (place.size() != 8 || !value)
                                 {
                                     damaged_change_ = true;
                                     find(words(key) + " is damaged", false);
                                     if (place.size() != 8)
                                         return {};
                                 }
                                 last = read_u64(place);
                                 if (last > begin)
                                     bytes += value ? logged_bytes(key, *value) : 0;
                                 return {};
                             });
    if (!walked)
        return walked;
    if (!trimmed)
    {
        // It begins behind the last change, so that nobody takes what is there for all that has happened.
        mend(words(session_.keys().trimmed()) + " is damaged", session_.keys().trimmed(),
             encode_trimmed({.position = std::max(last, newest_version_), .bytes = bytes}));
        return check_revision(bytes, last);
    }
    return check_revision(bytes + trimmed->bytes, last);
}

result<void> Check::check_revision(std::uint64_t logged, std::uint64_t last_change)
{
    std::string const key = session_.keys().revision();
    auto const found = look(key);
    if (!found)
        return found.error();
    std::uint64_t const least = std::max(newest_version_, last_change);
    if (found->state == Entry::missing && least == 0)
        return {};
    auto const last = found->state == Entry::there ? decode_revision(found->value)
                                                   : result<LastRevision>{Error{ErrorCode::corrupt, {}}};
    if (!last || last->number < least)
    {
        // How long the log is, nobody knows any more: a store that goes on begins it anew.
        mend(words(key) + (last ? " is less than that of a record or a change" : " is damaged or missing"), key,
             encode_revision({.number = std::max(least, last ? last->number : 0), .logged = std::nullopt}));
        return {};
    }
    if (last->logged && *last->logged != logged && !damaged_change_)
        mend("the size of the change log is " + std::to_string(*last->logged) + ", and there are " +
                 std::to_string(logged),
             key, encode_revision({.number = last->number, .logged = logged}));
    return {};
}

/// What no other part looks at: places of readers, and resource types that are not served.
result<void> Check::check_rest()
{
    constexpr std::array tables{'E', 'I', 'N', 'R', 'U', 'C'};
    std::string const& prefix = session_.keys().prefix();
    return each(prefix,
                [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                {
                    if (value)
                        return {};
                    std::string_view const rest = key.substr(prefix.size());
                    char const table = rest.empty() ? '\0' : rest.front();
                    if (table == 'P')
                    {
                        mend(words(key) + " is damaged", std::string{key}, std::nullopt);
                        return {};
                    }
                    if (std::ranges::find(tables, table) == tables.end() || rest.size() < 3)
                        return {};
                    auto const number = static_cast<NameNumber>(static_cast<unsigned char>(rest[1]) << 8 |
                                                                static_cast<unsigned char>(rest[2]));
                    bool const served = session_.catalog().large_by_number(number).type ||
                                        std::ranges::any_of(session_.catalog().types(), [&](Catalog::Type const& type)
                                                            { return type.number == number; });
                    if (!served)
                        find(words(key) + " is damaged", false);
                    return {};
                });
}

} // namespace scimkit::kv
