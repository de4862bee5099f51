// Delta queries (draft-sehgal-scim-delta-query-01): a client that follows them has what there is. What it is told, and
// in how many pieces, is the service's choice.
#pragma once

#include "lanes.hpp"
#include "model.hpp"

namespace scimkit::model
{

/// What a client has that was given a token.
struct Mark
{
    Type const* type = nullptr; ///< null: of the root, about all of them
    std::map<std::string, json::object> copy{};
};

/// True for the requests of delta queries, which only stores with a change log answer: GET on `.deltaToken`, where the
/// step says the token's name behind the arrow, and POST to `.delta`, where {token NAME} stands for it.
bool is_about_changes(Step const& step);
bool asks_for_token(Step const& step);

/// What is there now.
Mark mark_of(Model const& model, Step const& step);

/// The same for the whole of what a mark is about.
Step changes_since(std::string const& token, Type const* type);

/// Asks for changes to the last page, and looks at what a client has that takes them. Returns how many requests that
/// were. Throws Mismatch.
std::uint64_t follow(Lane& lane, Step const& step, std::int64_t now, std::map<std::string, Mark> const& marks,
                     Model const& model);

} // namespace scimkit::model
