// Short words for tests of engines: one value in or out, the content as a list.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scimkit::test
{

using Entries = std::vector<std::pair<std::string, std::string>>;

inline result<void> put(kv::Engine& engine, std::string_view key, std::string_view value)
{
    return engine.write([&](kv::Writer& writer) { return writer.put(key, value); });
}

inline result<bool> erase(kv::Engine& engine, std::string_view key)
{
    bool erased = false;
    auto const outcome = engine.write(
        [&](kv::Writer& writer) -> result<void>
        {
            auto const answer = writer.erase(key);
            if (!answer)
                return answer.error();
            erased = *answer;
            return {};
        });
    if (!outcome)
        return outcome.error();
    return erased;
}

inline result<std::optional<std::string>> get(kv::Engine& engine, std::string_view key)
{
    std::optional<std::string> value;
    auto const outcome = engine.read(
        [&](kv::Reader& reader) -> result<void>
        {
            auto const found = reader.get(key);
            if (!found)
                return found.error();
            if (*found)
                value = std::string{**found};
            return {};
        });
    if (!outcome)
        return outcome.error();
    return value;
}

/// The value; fails the test when there is none.
inline std::string value_of(kv::Engine& engine, std::string_view key)
{
    auto const value = get(engine, key);
    BOOST_REQUIRE_MESSAGE(value, value.error().detail);
    BOOST_REQUIRE_MESSAGE(*value, "no entry " << key);
    return **value;
}

/// Everything that `reader` sees, in order.
inline result<Entries> entries_of(kv::Reader& reader)
{
    Entries entries;
    auto cursor = reader.cursor();
    if (!cursor)
        return cursor.error();
    auto more = (*cursor)->seek("");
    for (; more && *more; more = (*cursor)->next())
        entries.emplace_back((*cursor)->key(), (*cursor)->value());
    if (!more)
        return more.error();
    return entries;
}

inline result<Entries> entries_of(kv::Engine& engine)
{
    Entries entries;
    auto const outcome = engine.read(
        [&](kv::Reader& reader) -> result<void>
        {
            auto found = entries_of(reader);
            if (!found)
                return found.error();
            entries = std::move(*found);
            return {};
        });
    if (!outcome)
        return outcome.error();
    return entries;
}

} // namespace scimkit::test
