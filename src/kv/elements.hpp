// Elements of large attributes: one key each, and one more in the reverse index (reverse_index.hpp). Those that went
// many at once lie in graves for a while (graves.hpp), where nobody sees them.
#pragma once

#include "session.hpp"

#include <span>

namespace scimkit::kv
{

/// The `value` by which an element is known. Error: invalid_value (none, or neither text nor number nor boolean).
SCIMKIT_API result<std::string> value_of_element(json::object const& element);

result<std::uint64_t> count_elements(Session& session, Catalog::Large const& large, std::string_view id);
result<bool> contains_element(Session& session, Catalog::Large const& large, std::string_view id,
                              std::string_view value);
result<void> read_elements(Session& session, Catalog::Large const& large, std::string_view id, std::string_view after,
                           std::uint64_t limit, function_ref<bool(json::object&&)> sink);
result<json::array> read_all_elements(Session& session, Catalog::Large const& large, std::string_view id);

/// Each returns how many elements changed.
result<std::uint64_t> add_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                   std::span<json::object const> elements);
result<std::uint64_t> remove_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                      std::span<std::string const> values);
result<std::uint64_t> replace_elements(Session& session, Catalog::Large const& large, std::string_view id,
                                       std::span<json::object const> elements);
/// Of a resource that goes: what it had is nothing that the change log tells. Many go into a grave.
result<std::uint64_t> clear_elements(Session& session, Catalog::Large const& large, std::string_view id);

/// The elements of a JSON array. Error: invalid_value (one is no object).
SCIMKIT_API result<std::vector<json::object>> elements_of(json::value const& array);

} // namespace scimkit::kv
