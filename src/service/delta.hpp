// Delta query: what has changed since a token was given out (draft-sehgal-scim-delta-query-01), read from the change
// log of the store. A token is a place in the log; a page goes from one place to another, and tells of each resource
// that has changed between them once, as it is now. So a resource may come again on a later page, and a client that
// takes them in their order ends with what there is.
//
// What the draft leaves open: `changeType` is spelled as in its examples ("Create"). What was deleted is told, whatever
// the filter; so is what does not match it, if a change may have been what ended that: as deleted too, since a client
// that keeps a copy of what matches has to let go of it. It may be told of what the client never had. A group that was
// changed comes as operations, so that a member more or less costs the same whatever the group's size; all else comes
// whole. `groups` of a user are computed: their change is told with the groups, and no filter of a delta query may test
// them.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "query.hpp"

namespace scimkit::service
{

struct PreparedDelta
{
    PreparedQuery query{};    ///< types, filters, projections; how many resources at once
    LogPosition after{};      ///< where the page begins
    std::string same_query{}; ///< text that is the same for the same query, whatever its token
    std::string same_page{};  ///< text that is the same for the pages behind one token
    bool first_page = true;
};

struct DeltaOutcome
{
    std::string resources{}; ///< the delta responses as JSON, with commas between them
    std::uint64_t count = 0;
    LogPosition reached{};
    bool more = false;           ///< the log goes on behind `reached`
    bool asked_for_none = false; ///< nothing was looked at
};

/// The place of a token that is given out now: the end of the log.
result<LogPosition> apply_delta_token(ReadTransaction& transaction);
Response present_delta_token(LogPosition place, Call const& call);

/// Errors: invalid_value (the token; startIndex, sortBy), invalid_cursor, expired_cursor, those of a search.
result<PreparedDelta> prepare_delta(Call const& call);
/// Errors: invalid_value (changes behind the place are not kept any more), those of a query.
result<DeltaOutcome> apply(ReadTransaction& transaction, PreparedDelta const& prepared, Scope const& scope);
Response present(DeltaOutcome outcome, PreparedDelta const& prepared, Call const& call);

/// The token has lost its worth, whatever the reason: the client has to begin anew.
Error useless_delta_token();

} // namespace scimkit::service
