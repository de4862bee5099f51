// Change: what a PUT or a PATCH makes of a stored resource; and how it is stored, from what was worked out in the write
// transaction itself or ahead of it.
//
// Nobody else writes while a write transaction is open. What takes long is therefore worked out on a snapshot: then the
// transaction looks whether the resource is still the same, and whether what it newly refers to is still there, and
// stores the difference.
#pragma once

#include "operation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scimkit::service
{

struct Change
{
    Resource before;
    Resource resource;
    LargeAttributes large = LargeAttributes::as_given;
    bool edited = false;      ///< large attributes changed in place
    bool given_whole = false; ///< by a PUT
    std::vector<std::string> paths{};
    std::vector<ElementsChanged> elements{}; ///< of the edits; only where Scope::observed
};

/// How the elements of a large attribute become others.
struct ElementsDifference
{
    AttributeRef attribute;
    std::vector<std::string> removed{}; ///< by `value`
    std::vector<json::object> added{};
    /// All that are there afterwards, where these are fewer than those that go: then a store need not look for each
    /// that goes.
    std::optional<std::vector<json::object>> left{};
};

/// A change that was worked out on a snapshot, and is true of that version alone.
struct ChangeAhead
{
    Change change;
    bool changed = false; ///< anything at all
    /// Both without large attributes: all that is looked at, and copied, while nobody else can write.
    Resource record{};
    Resource record_before{};
    std::vector<std::string> paths{};
    std::vector<ElementsChanged> elements{}; ///< only where Scope::observed
    std::vector<ElementsDifference> differences{};
    /// The attributes that refer to others, of the large ones only the elements that are new: what they refer to has to
    /// be there still. Before: the same of what was stored.
    json::object fresh{};
    json::object fresh_before{};
};

/// How much an operation may work within a write transaction before it stores anything; what needs more is worked out
/// ahead. Unlimited where the store keeps no versions: then nothing that was worked out ahead can be known to be true.
std::uint64_t work_as_writer(Scope const& scope) noexcept;

/// Elements of large attributes that say what they said before stay so in every byte, so that no store sees a change.
void keep_what_is_the_same(Resource& resource, Resource const& before, ResourceType const& type);

/// The change as whoever stores it later needs it. REQUIRES: a version, and large attributes as given.
ChangeAhead look_back(Change change, Instant now, Scope const& scope);

/// Stores a change, unless it changes nothing.
result<Outcome> store(WriteTransaction& transaction, Change change, Instant now, Scope const& scope);

/// The same with one that was worked out ahead. The outcome is undecided, and nothing was stored, when the resource has
/// another version meanwhile, or something that it newly refers to is gone. It says which resource it is, and its
/// version; take_whole() brings the rest.
result<Outcome> store(WriteTransaction& transaction, ChangeAhead const& ahead, Addressed const& addressed,
                      Scope const& scope);

/// The outcome of that with the whole resources, which are taken out of what was worked out. REQUIRES: the transaction
/// is over.
void take_whole(ChangeAhead& ahead, Outcome& outcome, TypePlan const& plan);

/// Brings into an outcome what the answer shows and the change did not need: large attributes; and groups, which are in
/// the version of an answer without a body too. What cannot be read leaves an answer without a body, since the write is
/// done.
void complete(ReadTransaction& transaction, Shown const& shown, Scope const& scope, Outcome& outcome);

} // namespace scimkit::service
