// What changes a membership writes the group, in the way in which a PATCH of one member does; what reads it is in
// membership_view.cpp.
#include "membership_resources.hpp"

#include <scimkit/core/text.hpp>

#include "../store/border.hpp"
#include "references.hpp"

#include <algorithm>

namespace scimkit::membership
{
namespace
{

constexpr char between = '.';
constexpr char mark = '~'; ///< before a dot, or a mark, that is part of the group's id

std::string_view value_in(json::object const& attributes, std::string_view name)
{
    auto const* value = attributes.if_contains(name);
    auto const* object = value ? value->if_object() : nullptr;
    return object ? text_member(*object, "value") : std::string_view{};
}

bool is_member(json::value const& element, std::string_view member)
{
    auto const* object = element.if_object();
    return object && text_member(*object, "value") == member;
}

/// One group on its way from before to after.
class GroupChange
{
public:
    GroupChange(WriteTransaction& transaction, Scope const& scope)
        : transaction_(transaction)
        , scope_(scope)
        , type_(*scope.rules.memberships)
        , writer_(transaction.large_attributes())
    {
    }

    /// False: there is no such group.
    result<bool> load(std::string_view id)
    {
        auto found = transaction_.get(*type_.group, id, !writer_ ? wanted_all(*type_.group) : Wanted{});
        if (!found)
            return std::move(found).error();
        if (!*found)
            return false;
        group_ = std::move(**found);
        if (auto checked = check_stored(group_, *type_.group); !checked)
            return std::move(checked).error();
        return true;
    }

    result<bool> contains(std::string_view member)
    {
        if (writer_)
            return writer_->contains(*type_.group, group_.id, members(), member);
        auto* array = elements();
        if (!array)
            return false;
        if (auto charged = scope_.context.charge(Budget::visit * array->size()); !charged)
            return std::move(charged).error();
        return std::ranges::any_of(*array, [&](auto const& element) { return is_member(element, member); });
    }

    result<void> add(json::object element)
    {
        auto const count = count_elements();
        if (!count)
            return count.error();
        if (auto fits = check_elements(members(), *count, *count + 1, scope_); !fits)
            return fits;
        if (writer_)
        {
            auto const added = writer_->add(*type_.group, group_.id, members(), {&element, 1});
            return added ? result<void>{} : added.error();
        }
        before_ = group_;
        if (!elements())
            group_.attributes[members().name] = json::array{};
        // Large attributes stand in the order of their values, on every way in: sorting looks at the first.
        auto& array = *elements();
        auto const value = text_member(element, "value");
        auto const place =
            std::ranges::find_if(array, [&](json::value const& other)
                                 { return other.is_object() && text_member(other.get_object(), "value") > value; });
        array.insert(place, std::move(element));
        return {};
    }

    result<void> remove(std::string const& member)
    {
        if (writer_)
        {
            auto const removed = writer_->remove(*type_.group, group_.id, members(), {&member, 1});
            return removed ? result<void>{} : removed.error();
        }
        before_ = group_;
        auto& array = *elements();
        array.erase(std::remove_if(array.begin(), array.end(),
                                   [&](json::value const& element) { return is_member(element, member); }),
                    array.end());
        if (array.empty())
            group_.attributes.stable_erase(members().name);
        return {};
    }

    result<void> store(Instant now, LeftGroup* told)
    {
        if (told)
            told->before = before_ ? std::move(*before_) : group_;
        group_.last_modified = time_of_change(group_, now);
        std::string const path = type_.members.path();
        auto const expected = group_.version ? std::optional{group_.version} : std::nullopt;
        auto const large = writer_ ? LargeAttributes::keep : LargeAttributes::as_given;
        auto const version =
            transaction_.replace(group_, expected, scope_.rules.facts.facts_of(group_), large, {&path, 1});
        if (!version)
            return version.error();
        group_.version = *version;
        if (told)
        {
            told->after = std::move(group_);
            told->attribute = type_.members;
        }
        return {};
    }

private:
    result<std::uint64_t> count_elements()
    {
        if (writer_)
            return writer_->count(*type_.group, group_.id, members());
        auto const* array = elements();
        return array ? std::uint64_t{array->size()} : 0;
    }

    Attribute const& members() const noexcept { return *type_.members.attribute; }

    json::array* elements()
    {
        auto* value = group_.attributes.if_contains(members().name);
        return value ? value->if_array() : nullptr;
    }

    WriteTransaction& transaction_;
    Scope const& scope_;
    MembershipType const& type_;
    LargeAttributeWriter* writer_;
    Resource group_{};
    std::optional<Resource> before_{};
};

/// What is stored of a new member is what a PATCH of the group would store.
result<json::object> element_for(WriteTransaction& transaction, Resource const& membership, std::string_view member,
                                 Scope const& scope)
{
    MembershipType const& type = *scope.rules.memberships;
    Scope of_group = scope;
    of_group.type_rules = &scope.rules.of(*type.group);
    ReferenceRule rule{transaction, *type.element, of_group, UnknownMembers::reject};
    json::object element{{"value", member}};
    if (auto const* sent = membership.attributes.if_contains("member"); sent && sent->is_object())
        if (auto const named = text_member(sent->get_object(), "type"); !named.empty())
            element["type"] = named;
    if (auto stays = rule.settle(element, nullptr); !stays)
        return std::move(stays).error();
    if (auto known = rule.finish(); !known)
        return Error{ErrorCode::invalid_value, "member.value: there is nobody with the id " + std::string{member} + ".",
                     "member.value"};
    return element;
}

} // namespace

std::string membership_id(Pair const& pair)
{
    std::string id;
    id.reserve(pair.group.size() + 1 + pair.member.size());
    for (char const c : pair.group)
    {
        if (c == between || c == mark)
            id += mark;
        id += c;
    }
    id += between;
    id += pair.member;
    return id;
}

std::optional<Pair> pair_of(std::string_view id)
{
    Pair pair;
    std::size_t i = 0;
    for (; i < id.size() && id[i] != between; ++i)
    {
        if (id[i] == mark && (++i == id.size() || (id[i] != between && id[i] != mark)))
            return std::nullopt;
        pair.group += id[i];
    }
    if (pair.group.empty() || i + 1 >= id.size())
        return std::nullopt;
    pair.member = id.substr(i + 1);
    return pair;
}

Pair pair_of(json::object const& attributes)
{
    return {std::string{value_in(attributes, "group")}, std::string{value_in(attributes, "member")}};
}

result<void> add_membership(WriteTransaction& transaction, Resource& membership, Scope const& scope,
                            std::vector<LeftGroup>* changed)
{
    Pair const pair = pair_of(membership.attributes);
    GroupChange change{transaction, scope};
    auto const there = change.load(pair.group);
    if (!there)
        return there.error();
    if (!*there)
        return Error{ErrorCode::invalid_value, "group.value: there is no group with the id " + pair.group + ".",
                     "group.value"};
    auto element = element_for(transaction, membership, pair.member, scope);
    if (!element)
        return std::move(element).error();
    auto const known = change.contains(pair.member);
    if (!known)
        return known.error();
    if (*known)
        return Error{ErrorCode::uniqueness, pair.member + " is a member of that group already."};
    if (auto const type = text_member(*element, "type"); !type.empty())
        if (auto* sent = membership.attributes.if_contains("member"); sent && sent->is_object())
            sent->get_object()["type"] = type;
    if (auto added = change.add(std::move(*element)); !added)
        return added;
    LeftGroup told;
    told.came.push_back(pair.member);
    if (auto stored = change.store(membership.created, &told); !stored)
        return stored;
    if (changed)
        changed->push_back(std::move(told));
    membership.id = membership_id(pair);
    membership.version = membership_version;
    return {};
}

result<void> remove_membership(WriteTransaction& transaction, Pair const& pair, Instant now, Scope const& scope,
                               std::vector<LeftGroup>* changed)
{
    GroupChange change{transaction, scope};
    auto found = change.load(pair.group);
    if (found && *found)
        found = change.contains(pair.member);
    if (!found)
        return found.error();
    if (!*found)
        return Error{ErrorCode::not_found, "There is no such membership."};
    if (auto removed = change.remove(pair.member); !removed)
        return removed;
    LeftGroup told;
    told.went.push_back(pair.member);
    if (auto stored = change.store(now, &told); !stored)
        return stored;
    if (changed)
        changed->push_back(std::move(told));
    return {};
}

} // namespace scimkit::membership
