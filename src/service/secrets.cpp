// One walk finds the secrets of a request; it counts them first, and hashes them when all else has been looked at.
#include "secrets.hpp"

#include <scimkit/core/function_ref.hpp>
#include <scimkit/core/text.hpp>

#include "hashing_slots.hpp"

#include <algorithm>
#include <new>

namespace scimkit::service
{
namespace
{

constexpr std::size_t max_secrets = 16; ///< of one request: each costs milliseconds and megabytes by design

bool is_hashed(Attribute const& attribute) noexcept
{
    return attribute.mutability == Mutability::write_only && attribute.type == AttributeType::string;
}

bool has_secrets(std::vector<Attribute> const& attributes) noexcept
{
    return std::ranges::any_of(attributes, [](Attribute const& attribute)
                               { return is_hashed(attribute) || has_secrets(attribute.sub_attributes); });
}

std::string unique_secret(std::vector<Attribute> const& attributes)
{
    for (Attribute const& attribute : attributes)
    {
        if (is_hashed(attribute) && attribute.uniqueness != Uniqueness::none)
            return attribute.name;
        if (auto const sub = unique_secret(attribute.sub_attributes); !sub.empty())
            return attribute.name + "." + sub;
    }
    return {};
}

/// Told of each secret, and of what is stored in its place (null: nothing that it could be compared with).
using Visit = function_ref<result<void>(json::value& secret, Attribute const& attribute, json::value const* stored)>;

json::value const* member_of(json::value const* object, std::string_view name)
{
    auto const* members = object ? object->if_object() : nullptr;
    return members ? members->if_contains(name) : nullptr;
}

// Attributes nest two levels deep, so that the recursion of these two ends by the schema.
result<void> visit_members(json::object& object, std::vector<Attribute> const& attributes,
                           function_ref<json::value const*(std::string_view)> stored, Visit visit);

result<void> visit_value(json::value& value, Attribute const& attribute, json::value const* stored, Visit visit)
{
    if (auto* array = value.if_array(); array && attribute.multi_valued)
    {
        for (json::value& element : *array)
            if (!element.is_array())
                if (auto visited = visit_value(element, attribute, nullptr, visit); !visited)
                    return visited;
    }
    else if (value.is_string() && is_hashed(attribute))
        return visit(value, attribute, stored);
    else if (auto* object = value.if_object())
        return visit_members(
            *object, attribute.sub_attributes, [&](std::string_view name) { return member_of(stored, name); }, visit);
    return {};
}

result<void> visit_members(json::object& object, std::vector<Attribute> const& attributes,
                           function_ref<json::value const*(std::string_view)> stored, Visit visit)
{
    for (Attribute const& attribute : attributes)
    {
        if (!is_hashed(attribute) && !has_secrets(attribute.sub_attributes))
            continue; // nearly all
        for (auto& [key, value] : object)
            if (equal_ascii_ignoring_case(key, attribute.name))
                if (auto visited = visit_value(value, attribute, stored(attribute.name), visit); !visited)
                    return visited;
    }
    return {};
}

result<void> visit_secrets(json::object& attributes, ResourceType const& type, json::object const& stored, Visit visit)
{
    auto const at_root = [&](std::string_view name) { return stored.if_contains(name); };
    if (auto visited = visit_members(attributes, type.schema().attributes, at_root, visit); !visited)
        return visited;
    for (auto const& extension : type.extensions())
        if (auto* value = attributes.if_contains(extension.schema->id); value && value->is_object())
        {
            auto const* before = stored.if_contains(extension.schema->id);
            auto const in_extension = [&](std::string_view name) { return member_of(before, name); };
            if (auto visited = visit_members(value->get_object(), extension.schema->attributes, in_extension, visit);
                !visited)
                return visited;
        }
    return {};
}

result<void> visit_secrets(std::span<PatchOperation> operations, json::object const& stored, Visit visit)
{
    for (PatchOperation& operation : operations)
    {
        if (operation.op == PatchOp::remove)
            continue;
        AttributeRef const& target = operation.path.attribute;
        auto const* before = operation.path.filter.empty() ? find_value(stored, target) : nullptr;
        result<void> visited;
        if (target.attribute)
            visited = visit_value(operation.value, target.leaf(), before, visit);
        else if (operation.value.is_object())
            visited = visit_members(
                operation.value.get_object(), target.schema->attributes,
                [&](std::string_view name) { return member_of(before, name); }, visit);
        if (!visited)
        {
            Error error = std::move(visited).error();
            if (!error.attribute.empty()) // the fault of this operation, not of all together
                error.detail.insert(0, "Operations[" + std::to_string(operation.position) + "]: ");
            return error;
        }
    }
    return {};
}

Error too_many()
{
    return {ErrorCode::too_many, "A request may write at most " + std::to_string(max_secrets) + " secrets."};
}

/// Counts, and looks at nothing else.
class Counter
{
public:
    result<void> operator()(json::value&, Attribute const&, json::value const*)
    {
        return ++count_ > max_secrets ? result<void>{too_many()} : result<void>{};
    }

    std::size_t count() const noexcept { return count_; }

private:
    std::size_t count_ = 0;
};

/// A hasher does not know whose secret it refuses.
Error named(Error error, Attribute const& attribute)
{
    if (error.attribute.empty())
    {
        error.attribute = attribute.name;
        error.detail.insert(0, attribute.name + ": ");
    }
    return error;
}

/// A hasher that throws has no reason that could be told: its message may have the secret in it.
bool is_hash_of(json::value const* stored, std::string_view secret, PasswordHasher& hasher)
{
    auto const* text = stored ? stored->if_string() : nullptr;
    if (!text)
        return false;
    try
    {
        return hasher.verify(*text, secret);
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (...)
    {
        return false;
    }
}

result<void> hash(json::value& secret, Attribute const& attribute, json::value const* stored, PasswordHasher& hasher)
{
    if (is_hash_of(stored, secret.get_string(), hasher))
    {
        secret = *stored;
        return {};
    }
    try
    {
        auto hashed = hasher.hash(secret.get_string());
        if (!hashed)
            return named(std::move(hashed).error(), attribute);
        secret = *hashed;
        return {};
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (...)
    {
        return Error{ErrorCode::internal, "The password hasher failed.", attribute.name};
    }
}

} // namespace

bool has_secrets(ResourceType const& type) noexcept
{
    return has_secrets(type.schema().attributes) ||
           std::ranges::any_of(type.extensions(), [](ResourceType::Extension const& extension)
                               { return has_secrets(extension.schema->attributes); });
}

std::string unique_secret(ResourceType const& type)
{
    auto path = unique_secret(type.schema().attributes);
    for (auto const& extension : type.extensions())
        if (path.empty())
            if (path = unique_secret(extension.schema->attributes); !path.empty())
                path = extension.schema->id + ":" + path;
    return path;
}

result<std::size_t> count_secrets(json::object& attributes, ResourceType const& type)
{
    Counter counter;
    auto visited = visit_secrets(attributes, type, {}, counter);
    if (!visited)
        return std::move(visited).error();
    return counter.count();
}

result<std::size_t> count_secrets(std::span<PatchOperation> operations)
{
    Counter counter;
    auto visited = visit_secrets(operations, {}, counter);
    if (!visited)
        return std::move(visited).error();
    return counter.count();
}

result<void> hash_secrets(json::object& attributes, json::object const& stored, Scope const& scope)
{
    auto const slot = scope.state.shared->hashing.take(scope.context, scope.tenant, scope.state.hashing_slots);
    if (!slot)
        return slot.error();
    auto const hash_each = [&](json::value& secret, Attribute const& attribute, json::value const* before)
    { return hash(secret, attribute, before, *scope.state.options.password_hasher); };
    return visit_secrets(attributes, scope.type(), stored, hash_each);
}

result<void> hash_secrets(std::span<PatchOperation> operations, json::object const& stored, Scope const& scope)
{
    auto const slot = scope.state.shared->hashing.take(scope.context, scope.tenant, scope.state.hashing_slots);
    if (!slot)
        return slot.error();
    auto const hash_each = [&](json::value& secret, Attribute const& attribute, json::value const* before)
    { return hash(secret, attribute, before, *scope.state.options.password_hasher); };
    return visit_secrets(operations, stored, hash_each);
}

json::object stored_secrets(Call const& call, std::string_view id)
{
    json::object attributes;
    auto const read = run_read(call,
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto stored = transaction.get(call.type(), id, {});
                                   if (stored && *stored)
                                       attributes = std::move((*stored)->attributes);
                                   return stored ? result<void>{} : std::move(stored).error();
                               });
    return read ? std::move(attributes) : json::object{};
}

} // namespace scimkit::service
