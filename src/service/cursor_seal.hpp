// CursorSeal: what a client sees of a cursor: text that tells it nothing, that it cannot change, and that serves only
// the query, the tenant and the principal that it was given to, for a while (RFC 9865 section 2 and its security
// considerations).
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/store/cursor.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::service
{

/// Whom and what a cursor is for. Views; `query` is any text that is the same for the same query, and for no other.
struct CursorBinding
{
    std::string_view tenant;
    std::string_view principal;
    std::string_view query;
};

/// Where a page begins or ends, and how large the pages are.
struct PagePlace
{
    std::optional<Cursor> cursor{}; ///< nothing: from the beginning, backward from the end
    bool backward = false;
    std::uint64_t count = 0;
    /// Not empty: the value that the cursor goes by is too long for a URL. This is a hash of it, and `cursor` has the
    /// id alone: whoever opens it looks the value up.
    std::string value_hash{};

    friend bool operator==(PagePlace const&, PagePlace const&) noexcept = default;
};

/// As PagePlace::value_hash has it; empty where the value is short enough to travel.
std::string hash_of_long(SortValue const& value);

/// Encrypts and authenticates (XChaCha20-Poly1305) with a key that never leaves the service.
///
/// Threading: immutable; may be used from any number of threads at once.
class CursorSeal
{
public:
    static constexpr std::size_t key_bytes = 32;
    using Key = std::array<unsigned char, key_bytes>;

    /// A key of its own: what it seals is worth nothing to another process, nor after a restart.
    CursorSeal();
    /// What one of the keys `before` has sealed is opened as well.
    explicit CursorSeal(Key const& key, std::vector<Key> before = {}) noexcept;

    /// URL-safe text, of a few kilobytes at most. It serves until `expires`.
    std::string seal(PagePlace const& place, CursorBinding const& binding, Instant expires) const;

    /// Errors: invalid_cursor (any text that seal() did not make for the same binding; it is not told why),
    /// expired_cursor.
    result<PagePlace> open(std::string_view text, CursorBinding const& binding, Instant now) const;

private:
    Key key_;
    std::vector<Key> before_{};
};

} // namespace scimkit::service
