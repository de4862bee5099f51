// What the files of the client share about what others sent: text made harmless, members looked up, resources read.
#pragma once

#include <scimkit/client/deviation.hpp>
#include <scimkit/client/query.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace scimkit::client
{

/// `text` in valid UTF-8 of at most `max_bytes`, without control characters.
std::string clean_text(std::string_view text, std::size_t max_bytes);

/// The member of that name, ignoring case; null pointer if there is none. `other_case`: it was found by another
/// spelling.
json::value const* find_name(json::object const& object, std::string_view name, bool* other_case = nullptr) noexcept;

/// The text of a member; empty if it is none.
std::string_view text_at(json::object const& object, std::string_view name) noexcept;

/// A whole number, of a number or of a text of digits. False: it is none.
bool whole_number(json::value const& value, std::uint64_t& number) noexcept;

/// Whether the array `schemas` has the URI, ignoring case.
bool has_schema(json::object const& object, std::string_view uri) noexcept;

/// Id, version, location and time of a resource that came as `body`.
outcome<RemoteResource> remote_resource(json::object body, DeviationLog& deviations, std::string_view where);

Failure malformed(std::string detail);
Failure misuse(std::string detail);

} // namespace scimkit::client
