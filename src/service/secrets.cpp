#include "secrets.hpp"

#include <scimkit/core/text.hpp>

#include <algorithm>
#include <new>

namespace scimkit::service
{
namespace
{

bool is_secret(Attribute const& attribute) noexcept
{
    return attribute.mutability == Mutability::write_only && attribute.type == AttributeType::string;
}

bool has_secrets(std::vector<Attribute> const& attributes) noexcept
{
    return std::ranges::any_of(attributes, [](Attribute const& attribute)
                               { return is_secret(attribute) || has_secrets(attribute.sub_attributes); });
}

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

/// What a hasher throws never gets further than here: its message may have the secret in it.
result<std::string> hash(std::string_view secret, Attribute const& attribute, PasswordHasher& hasher)
{
    try
    {
        auto hashed = hasher.hash(secret);
        if (!hashed)
            return named(std::move(hashed).error(), attribute);
        return hashed;
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

/// Each secret costs milliseconds and megabytes by design, so that no request may ask for thousands.
class LimitedHasher final : public PasswordHasher
{
public:
    explicit LimitedHasher(PasswordHasher& hasher)
        : hasher_{hasher}
    {
    }

    result<std::string> hash(std::string_view secret) override
    {
        constexpr int max_secrets = 16;
        if (++secrets_ > max_secrets)
            return Error{ErrorCode::too_many,
                         "A request may write at most " + std::to_string(max_secrets) + " secrets."};
        return hasher_.hash(secret);
    }
    bool verify(std::string_view stored, std::string_view secret) override { return hasher_.verify(stored, secret); }

private:
    PasswordHasher& hasher_;
    int secrets_ = 0;
};

// Attributes nest two levels deep, so that the recursion of these two ends by the schema.
result<void> hash_members(json::object& object, std::vector<Attribute> const& attributes, PasswordHasher& hasher);

result<void> hash_value(json::value& value, Attribute const& attribute, PasswordHasher& hasher)
{
    if (auto* array = value.if_array(); array != nullptr && attribute.multi_valued)
    {
        for (json::value& element : *array)
            if (!element.is_array())
                if (auto hashed = hash_value(element, attribute, hasher); !hashed)
                    return hashed;
    }
    else if (auto* text = value.if_string(); text != nullptr && is_secret(attribute))
    {
        auto hashed = hash(*text, attribute, hasher);
        if (!hashed)
            return std::move(hashed).error();
        *text = *hashed;
    }
    else if (auto* object = value.if_object())
        return hash_members(*object, attribute.sub_attributes, hasher);
    return {};
}

result<void> hash_members(json::object& object, std::vector<Attribute> const& attributes, PasswordHasher& hasher)
{
    for (auto& [key, value] : object)
    {
        auto const attribute = std::ranges::find_if(attributes, [name = std::string_view{key}](Attribute const& known)
                                                    { return equal_ascii_ignoring_case(known.name, name); });
        if (attribute != attributes.end())
            if (auto hashed = hash_value(value, *attribute, hasher); !hashed)
                return hashed;
    }
    return {};
}

} // namespace

bool has_secrets(ResourceType const& type) noexcept
{
    return has_secrets(type.schema().attributes) ||
           std::ranges::any_of(type.extensions(), [](ResourceType::Extension const& extension)
                               { return has_secrets(extension.schema->attributes); });
}

result<void> hash_secrets(json::object& attributes, ResourceType const& type, PasswordHasher& unlimited)
{
    LimitedHasher hasher{unlimited};
    if (auto hashed = hash_members(attributes, type.schema().attributes, hasher); !hashed)
        return hashed;
    for (auto const& extension : type.extensions())
        if (auto* value = attributes.if_contains(extension.schema->id); value != nullptr && value->is_object())
            if (auto hashed = hash_members(value->get_object(), extension.schema->attributes, hasher); !hashed)
                return hashed;
    return {};
}

result<void> hash_secrets(std::span<PatchOperation> operations, PasswordHasher& unlimited)
{
    LimitedHasher hasher{unlimited};
    for (PatchOperation& operation : operations)
    {
        if (operation.op == PatchOp::remove)
            continue;
        AttributeRef const& target = operation.path.attribute;
        result<void> hashed;
        if (target.attribute != nullptr)
            hashed = hash_value(operation.value, target.leaf(), hasher);
        else if (operation.value.is_object())
            hashed = hash_members(operation.value.get_object(), target.schema->attributes, hasher);
        if (!hashed)
        {
            Error error = std::move(hashed).error();
            error.detail.insert(0, "Operations[" + std::to_string(operation.position) + "]: ");
            return error;
        }
    }
    return {};
}

} // namespace scimkit::service
