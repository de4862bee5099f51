// What edits of large attributes are made of: which elements of an attribute are the living ones, and one more or one
// less of them, with its reference and what the change log is told.
#pragma once

#include "session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace scimkit::kv
{

/// As stored: 8 bytes, and 8 more for a generation that is not 0.
struct ElementCount
{
    std::uint64_t number = 0;
    Generation generation = 0;
};
std::string encode_element_count(ElementCount const& count);
result<ElementCount> decode_element_count(std::string_view bytes);

/// Nothing: there are no elements. REQUIRES: the id is storable, here and below.
result<std::optional<ElementCount>> stored_count(Session& session, Catalog::Large const& large, std::string_view id);

/// A large attribute of a resource; until the next write of it.
struct LiveElements
{
    Catalog::Large const& large;
    std::string_view id;
    ElementCount count{};
    std::string owner{}; ///< what names its elements in keys
};

/// Where there are none, of the generation that the next ones get.
result<LiveElements> live_elements(Session& session, Catalog::Large const& large, std::string_view id);

result<void> put_count(Session& session, LiveElements const& of, std::uint64_t number);

/// What there was of an element that is written.
enum class Was
{
    missing,
    other,
    same ///< so that the change log is told nothing
};

/// `is_new`: its key is not there.
result<void> put_element(Session& session, LiveElements const& of, std::string_view value, json::object const& element,
                         Was was, bool is_new);

/// Whether the change log is to tell of each element.
enum class Told
{
    no,
    yes
};

result<bool> erase_element(Session& session, LiveElements const& of, std::string_view value, Told told);

/// Erases the elements whose values are wanted, some at a time, so that they are never in memory together. Returns how
/// many.
result<std::uint64_t> erase_elements(Session& session, LiveElements const& of, Told told,
                                     function_ref<bool(std::string const&)> wanted);

/// Tells the change log that the elements whose values are wanted went. Returns how many there are.
result<std::uint64_t> tell_gone(Session& session, LiveElements const& of,
                                function_ref<bool(std::string const&)> wanted);

/// So many are gone of those that were counted.
result<void> count_fewer(Session& session, LiveElements const& of, std::uint64_t removed);

} // namespace scimkit::kv
