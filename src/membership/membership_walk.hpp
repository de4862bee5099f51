// Memberships in the order of the groups' ids and, within a group, of the members', read from wherever the store keeps
// them: what the view of them is made of.
#pragma once

#include <scimkit/filter/bind.hpp>
#include <scimkit/store/transaction.hpp>

#include "membership_resources.hpp"

#include <optional>
#include <string>
#include <vector>

namespace scimkit::membership
{

inline constexpr std::uint64_t most_at_once = 1'000; ///< elements that a store is asked for

/// What a filter says of the two ids by `eq`, alone or joined by `and`.
struct Tests
{
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    bool never = false;   ///< they contradict one another
    bool complete = true; ///< there is no more to the filter

    void set(std::optional<std::string>& which, std::string const& value)
    {
        never = never || (which && *which != value);
        which = value;
    }
};

Tests tests_of(BoundFilter const* filter);

/// The elements of groups, whichever way the store keeps them.
class Elements
{
public:
    Elements(ReadTransaction& stored, Scope const& scope)
        : stored_(stored)
        , scope_(scope)
        , type_(*scope.rules.memberships)
        , reader_(stored.large_attributes())
    {
    }

    result<bool> contains(std::string const& group, std::string_view member);
    result<std::uint64_t> count(std::string const& group);
    /// At most `most` of those behind `after`, in order.
    result<std::vector<json::object>> read(std::string const& group, std::string_view after, std::uint64_t most);

    static std::string_view value_of(json::object const& element) { return text_member(element, "value"); }

private:
    result<void> load(std::string const& id);

    ReadTransaction& stored_;
    Scope const& scope_;
    MembershipType const& type_;
    LargeAttributeReader* reader_;
    std::optional<std::string> loaded_{};
    std::vector<json::object> elements_{};
};

/// Whether a sink wanted more does not matter any longer.
inline result<void> outcome(result<bool> const& goes_on) { return goes_on ? result<void>{} : goes_on.error(); }

/// Goes over memberships in their order.
class Walk
{
public:
    /// False: no more are wanted.
    using Sink = function_ref<result<bool>(Pair const&, json::object const&)>;

    Walk(ReadTransaction& stored, Scope const& scope, Tests const& tests)
        : stored_(stored)
        , scope_(scope)
        , type_(*scope.rules.memberships)
        , tests_(tests)
        , elements_(stored, scope)
    {
    }

    /// Those behind `from`; `at_once`: how many are likely to be wanted.
    result<void> run(std::optional<Pair> const& from, std::uint64_t at_once, Sink sink);

    /// Those before `before`, or all where there is none, the last one first. A group is read from its beginning to
    /// where that is, since stores read elements in one direction.
    result<void> run_back(std::optional<Pair> const& before, Sink sink);

    /// How many there are, without looking at each; beyond `most` it may be any number that is larger.
    result<std::uint64_t> count(std::uint64_t most);

    /// What an element says of somebody, as far as it can be told without looking into the group.
    result<json::object> element_of(std::string_view member);

    Elements& elements() noexcept { return elements_; }

private:
    result<void> one_pair(Sink sink);
    result<bool> one_group(std::string const& id, std::string after, Sink sink);
    result<void> groups_of_member(std::optional<Pair> const& from, bool backward, Sink sink);
    result<void> all_groups(std::optional<Pair> const& from, Sink sink);
    result<bool> one_group_back(std::string const& id, std::optional<std::string> const& before, Sink sink);
    result<void> all_groups_back(std::optional<Pair> const& before, Sink sink);
    result<std::vector<std::string>> groups_before(std::optional<std::string> const& before);
    result<void> each_group(std::optional<std::string> const& after,
                            function_ref<result<bool>(std::string const&)> sink);
    result<std::vector<std::string>> groups_with(std::string const& member);
    result<std::vector<std::string>> find_groups_with(std::string const& member);

    ReadTransaction& stored_;
    Scope const& scope_;
    MembershipType const& type_;
    Tests const& tests_;
    Elements elements_;
    std::uint64_t at_once_ = most_at_once;
};

} // namespace scimkit::membership
