// A group of 100,000 members takes 200,000 keys with it. Erased in one commit, they keep everybody else waiting for a
// second; so the commit says that they are gone, and those that follow do the work.
#include "graves.hpp"

#include "../core/case_folding.hpp"
#include "element_steps.hpp"
#include "elements.hpp"
#include "record_codec.hpp"

#include <string>
#include <vector>

namespace scimkit::kv
{
namespace
{

/// Elements from which on a grave is worth its while.
constexpr std::uint64_t least_buried = 1'000;
/// Graves of a tenant. Beyond, elements are erased by the write that removes them, so that graves do not pile up.
constexpr std::size_t most_graves = 100;

constexpr std::size_t finished_at_once = 1'000;

result<void> load_graves(Session& session)
{
    if (session.graves())
        return {};
    std::set<std::string, std::less<>> graves;
    Walk walk{session.access(), session.keys().graves()};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
        graves.emplace(walk.key());
    if (!found)
        return found.error();
    session.graves() = std::move(graves);
    return {};
}

struct Grave
{
    std::string key;
    OwnerInKey named{};
};

/// The first grave behind `place` that can be read; those that cannot are check()'s.
result<std::optional<Grave>> next_grave(Writer& writer, TenantKeys const& keys, std::string const& place)
{
    std::string const prefix = keys.graves();
    auto cursor = writer.cursor();
    if (!cursor)
        return cursor.error();
    auto found = (*cursor)->seek(place.empty() ? prefix : place);
    for (; found && *found && (*cursor)->key().starts_with(prefix); found = (*cursor)->next())
    {
        if ((*cursor)->key() == place || !open_seal((*cursor)->key(), (*cursor)->value()))
            continue; // a damaged key may name another's
        std::string_view rest = (*cursor)->key().substr(prefix.size());
        auto named = take_owner(rest);
        if (named && rest.empty() && generation_of_owner(named->owner))
            return std::optional{Grave{std::string{(*cursor)->key()}, std::move(*named)}};
    }
    if (!found)
        return found.error();
    return std::optional<Grave>{};
}

/// A contradiction, which check() tells: what lives is not erased.
result<bool> is_live(Writer& writer, TenantKeys const& keys, OwnerInKey const& named)
{
    std::string const key = keys.element_count(named.attribute, id_of_owner(named.owner));
    auto const stored = writer.get(key);
    if (!stored)
        return stored.error();
    auto const value = *stored ? open_seal(key, **stored) : std::nullopt;
    if (!value)
        return false;
    auto const count = decode_element_count(*value);
    return count && count->generation == generation_of_owner(named.owner);
}

std::optional<std::string> value_of(std::string_view key, std::string_view prefix, std::string_view sealed)
{
    auto const bytes = open_seal(key, sealed);
    if (!bytes)
        return std::nullopt; // a damaged key may have another's value
    if (auto whole = whole_string_value(key.substr(prefix.size())))
        return whole;
    auto const element = decode_object(*bytes);
    if (!element)
        return std::nullopt;
    auto value = value_of_element(*element);
    if (!value)
        return std::nullopt;
    return std::move(*value);
}

/// What is to go of a grave.
struct Remains
{
    std::vector<std::string> keys{}; // of elements and of the references back from them
    std::size_t elements = 0;
    bool all = true; // nothing else is there
};

result<Remains> look_into(Writer& writer, TenantKeys const& keys, OwnerInKey const& named, std::size_t most)
{
    Remains remains;
    std::string const prefix = keys.elements(named.attribute, named.owner);
    auto cursor = writer.cursor();
    if (!cursor)
        return cursor.error();
    std::size_t seen = 0;
    auto found = (*cursor)->seek(prefix);
    for (; found && *found && (*cursor)->key().starts_with(prefix); found = (*cursor)->next())
    {
        if (seen++ == most)
        {
            remains.all = false;
            return remains;
        }
        auto const value = value_of((*cursor)->key(), prefix, (*cursor)->value());
        if (!value)
        {
            remains.all = false;
            continue;
        }
        ++remains.elements;
        remains.keys.emplace_back((*cursor)->key());
        remains.keys.push_back(keys.reference(case_folded(*value), named.attribute, named.owner, *value));
    }
    if (!found)
        return found.error();
    return remains;
}

} // namespace

result<bool> is_buried(Session& session, NameNumber attribute, std::string_view owner)
{
    if (auto loaded = load_graves(session); !loaded)
        return loaded.error();
    return !session.graves()->empty() && session.graves()->contains(session.keys().grave(attribute, owner));
}

result<Generation> free_generation(Session& session, NameNumber attribute, std::string_view id)
{
    for (Generation generation = 0;; ++generation) // there are fewer graves than generations
    {
        auto const taken = is_buried(session, attribute, owner_name(id, generation));
        if (!taken)
            return taken.error();
        if (!*taken)
            return generation;
    }
}

result<bool> are_to_be_buried(Session& session, std::string_view id, std::uint64_t elements)
{
    if (elements <= least_buried || !session.keys().has_room_for_generations(id))
        return false;
    if (auto loaded = load_graves(session); !loaded)
        return loaded.error();
    return session.graves()->size() < most_graves;
}

result<void> bury(Session& session, NameNumber attribute, std::string_view owner)
{
    if (auto loaded = load_graves(session); !loaded)
        return loaded;
    std::string key = session.keys().grave(attribute, owner);
    if (auto put = session.access().put_new(key, {}); !put)
        return put;
    session.graves()->insert(std::move(key));
    return {};
}

result<bool> clean_graves(Writer& writer, TenantKeys const& keys, std::size_t elements)
{
    for (std::string place;;)
    {
        auto const grave = next_grave(writer, keys, place);
        if (!grave)
            return grave.error();
        if (!*grave)
            return false;
        place = (*grave)->key;
        auto const live = is_live(writer, keys, (*grave)->named);
        if (!live)
            return live;
        if (*live)
            continue;
        auto const remains = look_into(writer, keys, (*grave)->named, elements);
        if (!remains)
            return remains.error();
        for (std::string const& key : remains->keys)
            if (auto erased = writer.erase(key); !erased)
                return erased;
        if (remains->all)
            if (auto erased = writer.erase(place); !erased)
                return erased;
        elements -= remains->elements;
        if (elements == 0)
            return true;
    }
}

result<void> finish_graves(Engine& engine, TenantKeys const& keys, Budget& budget)
{
    for (bool more = true; more;)
    {
        if (auto charged = budget.charge(finished_at_once * Budget::visit); !charged)
            return charged;
        auto const written = engine.write(
            [&](Writer& writer) -> result<void>
            {
                auto const left = clean_graves(writer, keys, finished_at_once);
                if (!left)
                    return left.error();
                more = *left;
                return {};
            });
        if (!written)
            return written;
    }
    return {};
}

} // namespace scimkit::kv
