// One request of a file of `requests export`, ready to be sent again.
#pragma once

#include <scimkit/core/json.hpp>
#include <scimkit/service/message.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server
{

struct Replayed
{
    std::string method;
    std::string target; ///< below the SCIM root, with its query
    std::vector<scimkit::ResponseHeader> headers{};
    std::string body{};
    int status = 0;     ///< that it had
    std::string id{};   ///< of what it created, as its answer said
    std::string skip{}; ///< why it cannot be sent as it was; empty: it can
};

/// Errors: the line is no record. `dry_run`: what stores nothing may be sent without what was taken out of it.
scimkit::result<Replayed> replayed_of(std::string_view line, bool dry_run);

/// Whether it may store something, so that a dry run has to say that it is one.
bool writes(Replayed const& made);

/// Ids as they were, and as they are now: what was created anew has another one.
using NewIds = std::map<std::string, std::string, std::less<>>;

/// The text with every old id replaced.
std::string with_new_ids(std::string text, NewIds const& ids);

/// The `id` of a resource; empty: it has none.
std::string id_in(std::string_view body);

} // namespace server
