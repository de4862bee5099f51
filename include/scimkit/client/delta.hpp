// What has changed at a server since a token was got from it (draft-sehgal-scim-delta-query-01): DeltaToken,
// RemoteChange, and Changes, the loop over their pages. Servers that offer it say so: Capabilities::delta_query.
//
//     auto const token = client.delta_token("/Users");          // before everything is read
//     ...
//     Changes changes{client, "/Users", token->value};
//     while (auto page = changes.next())                        // a failure ends it too
//         if (!*page) break; else take((*page)->changes);
//     keep(changes.token());
//
// A server may tell of a resource more than once; what comes later is as new or newer. It refuses a token that it has
// forgotten (FailureKind::refused, status 400; some say 410): then everything is to be read anew. Nothing of the
// changes counts before the last page has come: keep the old token until then, and ask with it again.
//
// Threading: Changes is used by one thread at a time. Lifetimes: it refers to its Client, which must outlive it and
// stay in place.
#pragma once

#include <scimkit/client/failure.hpp>
#include <scimkit/client/query.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace scimkit::client
{

class Client;

/// A place in what happens at a server. A value.
struct DeltaToken
{
    std::string value;
    std::optional<Instant> expires{}; ///< nothing: the server does not say
};

/// What became of one resource. A value.
struct RemoteChange
{
    enum class Kind
    {
        created,
        updated,
        removed
    };

    Kind kind = Kind::updated;
    std::string resource_type;                ///< its name at the server
    std::string id;                           ///< never empty
    std::optional<RemoteResource> resource{}; ///< as it is now; nothing: removed, or told by `operations`
    json::array operations{};                 ///< as those of a PATCH; empty: told whole
};

/// One page of changes, in the order in which the server tells them. A value.
struct ChangesPage
{
    std::vector<RemoteChange> changes;
    std::string next_cursor{};              ///< empty: it is the last page
    std::optional<DeltaToken> next_token{}; ///< on the last page: where the next question begins
};

/// The loop over the pages of one question.
class SCIMKIT_API Changes
{
public:
    /// `endpoint`: as that of the token; empty: all types. `shown`: filter, attributes, excluded and count are asked;
    /// the rest has no meaning here.
    Changes(Client const& client, std::string endpoint, std::string token, Query shown = {});

    /// The next page; nothing after the last. After a failure the same page is asked for again.
    ///
    /// Failures: those of the server; inconsistent, where it repeats a cursor, goes on without end
    /// (ClientLimits::max_pages, max_empty_pages), or ends without a token; malformed (a change that cannot be
    /// understood: nothing of the page may be taken then).
    /// Complexity: one request; memory for one page, and eight bytes for each page that came.
    outcome<std::optional<ChangesPage>> next();

    /// Where the next question begins; nothing before the last page has come.
    std::optional<DeltaToken> const& token() const noexcept { return token_; }

private:
    Client const* client_;
    std::string endpoint_;
    std::string since_;
    Query query_;
    std::unordered_set<std::size_t> seen_{}; ///< hashes of cursors
    std::size_t empty_pages_ = 0;            ///< one after the other
    std::optional<DeltaToken> token_{};
};

} // namespace scimkit::client
