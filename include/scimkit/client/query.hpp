// What is asked of a list, and what comes back: Query, Page, RemoteResource (RFC 7644 sections 3.4.2 and 3.4.3,
// RFC 9865).
//
// Threading: values; any.
#pragma once

#include <scimkit/core/date_time.hpp>
#include <scimkit/core/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::client
{

/// A resource as the server sent it, with what is needed to speak of it again. A value.
struct RemoteResource
{
    std::string id;                         ///< empty: the server sent none
    std::string version{};                  ///< ETag, or meta.version; empty: none
    std::string location{};                 ///< Location, or meta.location
    std::optional<Instant> last_modified{}; ///< meta.lastModified
    json::object body{};
};

/// How the pages of a list follow one another.
enum class PageMethod
{
    index, ///< startIndex and count (RFC 7644 section 3.4.2.4)
    cursor ///< cursor and count (RFC 9865)
};

/// What is asked of a list. What is not set is not sent, so that the server's default holds. A value.
struct Query
{
    std::string filter{}; ///< RFC 7644 section 3.4.2.2; literals by filter_string()
    std::vector<std::string> attributes{};
    std::vector<std::string> excluded{}; ///< one of the two
    std::string sort_by{};
    bool descending = false;
    std::optional<std::uint64_t> count{};       ///< of one page; a server may give fewer
    std::optional<std::uint64_t> start_index{}; ///< from 1
    std::optional<std::string> cursor{};        ///< "": the first page by cursor
    /// By POST to `.search`, so that no personal data stands in a URI (RFC 7644 section 7.5.2).
    bool by_search = false;
};

/// One page of a list. A value.
struct Page
{
    std::vector<RemoteResource> resources;
    std::optional<std::uint64_t> total{}; ///< totalResults, if the server said it
    std::optional<std::uint64_t> start_index{};
    std::string next_cursor{}; ///< empty: there is none
};

/// A string literal of a filter: quoted and escaped (RFC 7644 section 3.4.2.2). Whatever stands in `text`, it stays one
/// literal. Complexity: linear.
SCIMKIT_API std::string filter_string(std::string_view text);

} // namespace scimkit::client
