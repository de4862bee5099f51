// What is not managed may be changed in one way alone: it loses elements whose values are ids of what is removed by the
// same operation. Which comes first is the framework's to choose, so such a change is remembered until the operation
// (a savepoint, or the whole write) ends, and refused then if its reason did not come.
#include <scimkit/core/budget.hpp>
#include <scimkit/core/json.hpp>
#include <scimkit/resource/resource.hpp>
#include <scimkit/schema/resource_type.hpp>
#include <scimkit/store/managed_guard.hpp>
#include <scimkit/store/own_types.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace scimkit
{
namespace
{

std::string_view value_of(json::value const& element)
{
    auto const* const object = element.if_object();
    auto const* const value = object ? object->if_contains("value") : nullptr;
    return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

AttributeRef const* large_of(ResourceType const& type, std::string_view name)
{
    auto const all = type.large_attributes();
    auto const found = std::ranges::find(all, name, [](AttributeRef const& each) { return each.attribute->name; });
    return found == all.end() ? nullptr : &*found;
}

/// Elements by their `value`, of which a list of them has each once.
using GuardedElements = std::unordered_map<std::string_view, json::value const*>;

GuardedElements guarded_elements(json::array const& elements)
{
    GuardedElements found;
    found.reserve(elements.size());
    for (json::value const& element : elements)
        found.emplace(value_of(element), &element);
    return found;
}

/// What finding out what was lost costs.
std::uint64_t work_of(Resource const& before, Resource const& after)
{
    std::uint64_t work = 0;
    for (auto const* const attributes : {&before.attributes, &after.attributes})
    {
        work += estimate_json_size(*attributes);
        for (auto const& member : *attributes)
            if (auto const* const elements = member.value().if_array())
                work += Budget::visit * elements->size();
    }
    return work;
}

/// The values of elements that `after` no longer has. Nothing: something else differs.
std::optional<std::vector<std::string>> only_lost(Resource const& before, Resource const& after)
{
    std::vector<std::string> lost;
    std::set<std::string_view> names;
    for (auto const* const attributes : {&before.attributes, &after.attributes})
        for (auto const& member : *attributes)
            names.insert(member.key());
    for (auto const name : names)
    {
        auto const* const old = before.attributes.if_contains(name);
        auto const* const now = after.attributes.if_contains(name);
        if (old && now && equal_json(*old, *now))
            continue;
        if (!large_of(*after.type, name) || !old || !old->is_array() || (now && !now->is_array()))
            return std::nullopt;
        json::array const none;
        auto const& left = now ? now->get_array() : none;
        auto const known = guarded_elements(old->get_array());
        auto const kept = guarded_elements(left);
        for (auto const& element : left)
            if (auto const twin = known.find(value_of(element));
                twin == known.end() || !equal_json(*twin->second, element))
                return std::nullopt;
        for (auto const& [value, element] : known)
            if (!kept.contains(value))
                lost.emplace_back(value);
    }
    return lost;
}

/// Elements that an unmanaged resource has lost, and which of what they refer to is still there.
struct Lost
{
    std::map<std::string, Error, std::less<>> values{}; ///< each with the first refusal that it would be

    void add(std::vector<std::string> const& ids, Error const& otherwise)
    {
        for (std::string const& id : ids)
            values.emplace(id, otherwise);
    }
    void excuse(std::string_view id)
    {
        if (auto const found = values.find(id); found != values.end())
            values.erase(found);
    }
    result<void> check() const { return values.empty() ? result<void>{} : values.begin()->second; }
};

} // namespace

class ManagedGuard::Transaction final : public ForwardingWriteTransaction
{
public:
    Transaction(WriteTransaction& inner, CallContext const& context, ManagedPolicy const& policy,
                std::string_view tenant, bool is_atomic)
        : ForwardingWriteTransaction(inner)
        , context_(context)
        , policy_(policy)
        , tenant_(tenant)
        , is_atomic_(is_atomic)
    {
        if (auto* const large = inner.large_attributes())
            elements_.emplace(*large, *this);
    }

    LargeAttributeWriter* large_attributes() override { return elements_ ? &*elements_ : nullptr; }

    result<Version> insert(Resource& resource, Facts const& facts) override
    {
        if (policy_.mark && !is_own_type(resource.type->name()))
            policy_.mark(tenant_, resource);
        return ForwardingWriteTransaction::insert(resource, facts);
    }

    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override
    {
        auto const stored = unmanaged(*resource.type, resource.id, large == LargeAttributes::as_given);
        if (!stored)
            return stored.error();
        if (*stored)
        {
            if (auto charged = context_.charge(work_of(**stored, resource)); !charged)
                return std::move(charged).error();
            auto const lost = only_lost(**stored, resource);
            bool const is_touched = large == LargeAttributes::keep && touched_.contains(resource.id);
            if (!is_atomic_ || !lost || (lost->empty() && !is_touched))
                return not_managed(*resource.type, resource.id);
            lost_.add(*lost, not_managed(*resource.type, resource.id));
        }
        return ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
    }

    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override
    {
        auto const stored = unmanaged(type, id, false);
        if (!stored)
            return stored.error();
        if (*stored)
            return not_managed(type, id);
        lost_.excuse(id);
        return ForwardingWriteTransaction::remove(type, id, expected);
    }

    result<void> savepoint(function_ref<result<void>()> body) override
    {
        auto const before = std::exchange(lost_, {});
        auto done = ForwardingWriteTransaction::savepoint(
            [&]() -> result<void>
            {
                auto inside = body();
                return inside ? lost_.check() : inside;
            });
        lost_ = before;
        return done;
    }

    /// At the end of all.
    result<void> check() const { return lost_.check(); }

private:
    class Elements final : public ForwardingLargeAttributes
    {
    public:
        Elements(LargeAttributeWriter& inner, Transaction& own)
            : ForwardingLargeAttributes(inner)
            , own_(own)
        {
        }

        result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::span<json::object const> elements) override
        {
            if (auto managed = own_.managed(type, id); !managed)
                return managed.error();
            return ForwardingLargeAttributes::add(type, id, attribute, elements);
        }

        result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                     std::span<std::string const> values) override
        {
            auto const stored = own_.unmanaged(type, id, false);
            if (!stored)
                return stored.error();
            if (*stored && !own_.is_atomic_)
                return own_.not_managed(type, id);
            if (*stored)
            {
                own_.touched_.emplace(id);
                own_.lost_.add({values.begin(), values.end()}, own_.not_managed(type, id));
            }
            return ForwardingLargeAttributes::remove(type, id, attribute, values);
        }

        result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                      std::span<json::object const> elements) override
        {
            if (auto managed = own_.managed(type, id); !managed)
                return managed.error();
            return ForwardingLargeAttributes::replace(type, id, attribute, elements);
        }

    private:
        Transaction& own_;
    };

    /// The stored resource if it is there and not managed. What this transaction has created is SCIM's.
    result<std::optional<Resource>> unmanaged(ResourceType const& type, std::string_view id, bool with_large)
    {
        if (is_own_type(type.name()))
            return std::optional<Resource>{};
        auto stored = inner().get(type, id, with_large ? wanted_all(type) : Wanted{});
        if (stored && *stored && policy_.is_managed(tenant_, **stored))
            return std::optional<Resource>{};
        return stored;
    }

    result<void> managed(ResourceType const& type, std::string_view id)
    {
        auto const stored = unmanaged(type, id, false);
        if (!stored)
            return stored.error();
        return *stored ? result<void>{not_managed(type, id)} : result<void>{};
    }

    Error not_managed(ResourceType const& type, std::string_view id) const
    {
        return {ErrorCode::forbidden, type.name() + " '" + std::string{id} +
                                          "' is not managed by SCIM: it can be read, and neither changed nor removed." +
                                          (policy_.otherwise.empty() ? "" : " ") + policy_.otherwise};
    }

    CallContext const& context_;
    ManagedPolicy const& policy_;
    std::string_view tenant_;
    bool is_atomic_; ///< what was done can be taken back when its reason does not come
    std::optional<Elements> elements_{};
    std::set<std::string, std::less<>> touched_{}; ///< unmanaged ones that have lost elements
    Lost lost_{};
};

ManagedGuard::ManagedGuard(std::shared_ptr<ResourceStore> inner, ManagedPolicy policy)
    : ForwardingStore(std::move(inner))
    , policy_(std::move(policy))
{
    if (!policy_.is_managed)
        throw std::invalid_argument("ManagedGuard: a policy has to say what is managed");
}

result<void> ManagedGuard::write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                 Body<WriteTransaction> body)
{
    bool const is_atomic = traits().atomic;
    return ForwardingStore::write(attachment, tenant, context,
                                  [&](WriteTransaction& inner) -> result<void>
                                  {
                                      Transaction transaction{inner, context, policy_, tenant, is_atomic};
                                      auto done = body(transaction);
                                      return done ? transaction.check() : done;
                                  });
}

result<ManagedPolicy> managed_by(std::string_view name)
{
    auto const path = parse_attribute_path(name);
    if (!path)
        return path.error();
    auto const find = [path = *path](Resource const& resource) -> std::optional<AttributeRef>
    {
        auto found = resource.type->resolve(path);
        return found && found->attribute ? found : std::nullopt;
    };
    return ManagedPolicy{.is_managed =
                             [find](std::string_view, Resource const& stored)
                         {
                             auto const attribute = find(stored);
                             auto const* const value = attribute ? find_value(stored.attributes, *attribute) : nullptr;
                             return !attribute || (value && value->is_bool() && value->get_bool());
                         },
                         .mark =
                             [find](std::string_view, Resource& created)
                         {
                             auto const attribute = find(created);
                             if (!attribute)
                                 return;
                             if (!attribute->in_extension)
                             {
                                 created.attributes[attribute->attribute->name] = true;
                                 return;
                             }
                             auto& extension = created.attributes[attribute->schema->id];
                             if (!extension.is_object())
                                 extension.emplace_object();
                             extension.get_object()[attribute->attribute->name] = true;
                         },
                         .otherwise = "It is when its attribute " + std::string{name} +
                                      " is true, which an administrator of this service can see to, and no client."};
}

} // namespace scimkit
