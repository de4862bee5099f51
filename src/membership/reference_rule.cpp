// The rule itself, for one element: which type of resource it refers to, whether what is claimed beside `value` holds,
// and what of it is stored (RFC 7643 section 2.3.7).
#include <scimkit/core/text.hpp>

#include "references.hpp"

#include <algorithm>

namespace scimkit::membership
{
namespace
{

constexpr std::size_t max_named = 10;
constexpr std::uint64_t look_up_work = 1'000; ///< of a resource by its id, in units of Budget

} // namespace

ReferenceRule::ReferenceRule(ReadTransaction& transaction, ReferenceAttribute const& reference, Scope const& scope,
                             UnknownMembers policy)
    : transaction_(transaction)
    , reference_(reference)
    , scope_(scope)
    , policy_(policy)
{
}

ResourceType const* ReferenceRule::target_named(std::string_view name) const noexcept
{
    for (ResourceType const* target : reference_.targets)
        if (equal_ascii_ignoring_case(target->name(), name))
            return target;
    return nullptr;
}

result<void> ReferenceRule::look_ahead(std::span<std::string_view const> values)
{
    bool const is_needed = policy_ != UnknownMembers::keep || reference_.targets.size() > 1;
    if (values.size() < 2 || !is_needed)
        return {};
    std::vector<std::string_view> missing{values.begin(), values.end()};
    for (ResourceType const* target : reference_.targets)
    {
        auto const asked = transaction_.get_many(*target, missing, wanted_nothing(),
                                                 [&](std::size_t which, Resource&&)
                                                 {
                                                     seen_.emplace(missing[which], target);
                                                     return true;
                                                 });
        if (!asked)
            return asked;
        std::erase_if(missing, [&](std::string_view value) { return seen_.contains(std::string{value}); });
    }
    for (std::string_view const value : missing)
        seen_.emplace(value, nullptr);
    return {};
}

result<bool> ReferenceRule::is_there(ResourceType const& target, std::string_view value) const
{
    if (auto const seen = seen_.find(std::string{value}); seen != seen_.end())
    {
        auto const has_it = std::ranges::find(reference_.targets, seen->second);
        if (std::ranges::find(reference_.targets, &target) <= has_it)
            return seen->second == &target;
    }
    auto const stored = transaction_.get(target, value, wanted_nothing());
    if (!stored)
        return stored.error();
    return stored->has_value();
}

result<ResourceType const*> ReferenceRule::look_up(std::string_view value, ResourceType const* first) const
{
    if (auto const* promised = scope_.promised ? scope_.promised->type_of(value) : nullptr)
        if (std::ranges::find(reference_.targets, promised) != reference_.targets.end())
            return promised;
    ResourceType const* found = nullptr;
    auto const look_in = [&](ResourceType const& target) -> result<void>
    {
        if (auto charged = scope_.context.charge(look_up_work); !charged)
            return charged;
        auto const there = is_there(target, value);
        if (!there)
            return there.error();
        if (*there)
            found = &target;
        return {};
    };
    if (first)
        if (auto looked = look_in(*first); !looked)
            return looked.error();
    for (ResourceType const* target : reference_.targets)
        if (!found && target != first)
            if (auto looked = look_in(*target); !looked)
                return looked.error();
    return found;
}

result<void> ReferenceRule::contradiction(std::string_view sub_attribute) const
{
    if (scope_.rules.policy.contradicting_references)
        return {};
    std::string const path = reference_.attribute.path();
    return Error{ErrorCode::invalid_value, path + ": " + std::string{sub_attribute} + " contradicts value.", path}
        .allowed_by("contradicting-references=on");
}

bool ReferenceRule::unknown(std::string_view value)
{
    if (unknown_count_++ == 0)
        culprit_ = value;
    if (unknown_.size() < max_named)
        unknown_.emplace_back(value);
    return policy_ != UnknownMembers::skip;
}

ReferenceRule::Claims ReferenceRule::claims_of(json::object const& element, std::string_view value) const
{
    Claims claims;
    claims.type = reference_.type_attribute ? text_member(element, "type") : std::string_view{};
    claims.uri = text_member(element, "$ref");
    auto const target = reference_target(claims.uri, reference_, scope_.rules.base_url);
    claims.names_target = target.has_value();
    claims.target = target && target->id == value ? target->type : nullptr;
    return claims;
}

result<ReferenceRule::Meant> ReferenceRule::find_type(std::string_view value, Claims const& claims,
                                                      json::object const* stored)
{
    // What is there already was looked up when it came, unless the client says something else of it now.
    auto const stored_type = stored ? text_member(*stored, "type") : std::string_view{};
    bool const repeats = claims.type.empty() || equal_ascii_ignoring_case(claims.type, stored_type);
    if (repeats && reference_.type_attribute)
        if (ResourceType const* type = target_named(stored_type))
            return Meant{.type = type};
    ResourceType const* claim = target_named(claims.type);
    if (!claim)
        claim = claims.target;
    bool const checks_policy = !stored && policy_ != UnknownMembers::keep && reference_.is_multi_valued();
    Meant meant{.type = reference_.targets.front()};
    if (checks_policy || reference_.targets.size() > 1)
    {
        auto const found = look_up(value, claim);
        if (!found)
            return found.error();
        meant.type = *found ? *found : claim ? claim : target_named(stored_type);
        meant.stays = *found || stored || unknown(value);
    }
    if (!meant.type && computes_uri(reference_) && !reference_.type_attribute)
        meant.type = reference_.targets.front();
    return meant;
}

result<void> ReferenceRule::check(Claims const& claims, ResourceType const* type, json::object const* stored) const
{
    auto const stored_type = stored ? text_member(*stored, "type") : std::string_view{};
    bool const type_repeats = claims.type.empty() || equal_ascii_ignoring_case(claims.type, stored_type);
    if (!type_repeats && type && !equal_ascii_ignoring_case(type->name(), claims.type))
        if (auto allowed = contradiction("type"); !allowed)
            return allowed;
    bool const uri_repeats = stored && claims.uri == text_member(*stored, "$ref");
    if (!claims.uri.empty() && !uri_repeats && !uri_holds(claims, type))
        return contradiction("$ref");
    return {};
}

bool ReferenceRule::uri_holds(Claims const& claims, ResourceType const* type) noexcept
{
    return type ? claims.target == type : !claims.names_target || claims.target;
}

result<bool> ReferenceRule::settle(json::object& element, json::object const* stored)
{
    if (auto charged = scope_.context.charge(Budget::visit); !charged)
        return std::move(charged).error();
    std::string const value{text_member(element, "value")};
    if (value.empty() && stored) // as one that was stored once
        return true;
    if (value.empty())
    {
        AttributeRef id = reference_.attribute;
        id.sub_attribute = reference_.value_attribute;
        return Error{ErrorCode::invalid_value, id.path() + ": it is required: it says what is meant.", id.path()};
    }
    Claims const claims = claims_of(element, value);
    auto const meant = find_type(value, claims, stored);
    if (!meant)
        return meant.error();
    if (!meant->stays)
        return false;
    ResourceType const* type = meant->type;
    if (auto checked = check(claims, type, stored); !checked)
    {
        culprit_ = value;
        return std::move(checked).error();
    }
    any_remains_ = true;
    if (reference_.type_attribute && type)
        element["type"] = type->name();
    if (!type ? !uri_holds(claims, type) : computes_uri(reference_)) // what is elsewhere is kept as it was sent
        element.stable_erase("$ref");
    else if (type)
        element["$ref"] = uri_of(*type, value, scope_.rules);
    return true;
}

result<void> ReferenceRule::finish() const
{
    // A policy that leaves a part out must leave something.
    bool const is_refused = policy_ == UnknownMembers::reject || (policy_ == UnknownMembers::skip && !any_remains_);
    if (unknown_count_ == 0 || !is_refused)
        return {};
    std::string const path = reference_.attribute.path();
    std::string detail = path + ": there are no resources with these ids: ";
    for (std::string const& id : unknown_)
        detail += (&id == &unknown_.front() ? "" : ", ") + id;
    if (unknown_count_ > unknown_.size())
        detail += " and " + std::to_string(unknown_count_ - unknown_.size()) + " more";
    return Error{ErrorCode::invalid_value, detail + ".", path}.allowed_by("unknown-members=keep");
}

} // namespace scimkit::membership
