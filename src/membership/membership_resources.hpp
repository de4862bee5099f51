// Memberships as resources of their own (draft-zollner-scim-group-members-01): `/GroupMemberships` is another look at
// the elements of `Group.members`. Nothing is stored for it, so the two cannot disagree, and it costs no more than they
// do: a page of a group of 100,000, or one member more or less, as much as that of a group of ten.
//
// The id of a membership is made of the two ids, so that it needs no table either. One that went and came again is the
// same one; nothing of a membership can change, so that it has one version for ever, and no times, which no group
// keeps.
#pragma once

#include <scimkit/store/transaction.hpp>

#include "removal.hpp"
#include "scope.hpp"

#include <string>
#include <string_view>

namespace scimkit::membership
{

/// Who is in what.
struct Pair
{
    std::string group;
    std::string member;

    friend bool operator==(Pair const&, Pair const&) = default;
};

/// Of every membership: nothing of it can change.
inline constexpr Version membership_version{1};

/// "GROUP.MEMBER"; dots within the first part are marked, so that it can be read back.
std::string membership_id(Pair const& pair);
/// Nothing for what membership_id() did not make.
std::optional<Pair> pair_of(std::string_view id);
/// What the canonical attributes of a membership say; a part that is missing is empty.
Pair pair_of(json::object const& attributes);

struct Tests; // membership_walk.hpp

/// A transaction as if memberships were stored, for reading them. Pages without an order are those of a cursor,
/// whatever their size; one backward reads what lies before it in its group. A query with an order, or with tests
/// beyond `eq` of group and member, looks at all memberships that those two leave. All else is the stored
/// transaction's.
class MembershipView final : public ReadTransaction
{
public:
    /// All outlive this. The scope's rules have a membership type.
    MembershipView(ReadTransaction& stored, Scope const& scope)
        : stored_(stored)
        , scope_(scope)
        , type_(*scope.rules.memberships)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    QueryCapability capability(Query const& query) const override;
    /// One source, of the membership type; or none of them is.
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeReader* large_attributes() override { return stored_.large_attributes(); }
    ChangeLogView* change_log() override { return stored_.change_log(); }

private:
    result<bool> is_match(Query::Source const& source, Tests const& tests, Resource const& resource) const;
    result<QuerySummary> page_behind(Query const& query, std::optional<Pair> const& from,
                                     function_ref<bool(Resource&&)> sink);
    result<QuerySummary> page_before(Query const& query, std::optional<Pair> const& before,
                                     function_ref<bool(Resource&&)> sink);
    result<std::uint64_t> count(Query const& query) const;
    Resource resource_of(Pair const& pair, json::object const& element) const;

    ReadTransaction& stored_;
    Scope const& scope_;
    MembershipType const& type_;
};

/// Makes somebody a member: of `membership` the pair counts, and id and version are set. The group's version and time
/// move. `changed` (may be null) gets the group. Errors: invalid_value (no such group, or nobody of that id),
/// uniqueness (is one already), those of the store.
result<void> add_membership(WriteTransaction& transaction, Resource& membership, Scope const& scope,
                            std::vector<LeftGroup>* changed);

/// Ends it. Errors: not_found, those of the store.
result<void> remove_membership(WriteTransaction& transaction, Pair const& pair, Instant now, Scope const& scope,
                               std::vector<LeftGroup>* changed);

} // namespace scimkit::membership
