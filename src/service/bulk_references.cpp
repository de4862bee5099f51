// References are found by the schema, not by their looks: a display name may be "bulkId:7" if somebody likes it so (RFC
// 7644 section 3.7.2).
#include "bulk_references.hpp"

#include <scimkit/core/text.hpp>

#include "../core/percent_encoding.hpp"
#include "../membership/reference_uris.hpp"

namespace scimkit::service
{
namespace
{

constexpr std::string_view prefix = "bulkId:";

/// As generous as any body is read: what is not accepted is refused later.
constexpr NameResolution any_name{
    .unprefixed_extension_attribute = true, .legacy_schema_uris = true, .dot_after_schema_uri = true};

bool refers(Attribute const& attribute) noexcept
{
    auto const* uri = attribute.find_sub_attribute("$ref");
    return uri && uri->type == AttributeType::reference;
}

} // namespace

/// Looks at each value that may be a reference. Attributes nest two levels deep, so that it ends by the schema.
class BulkReferences::Walk
{
public:
    Walk(BulkReferences const& references, ResourceType const& type)
        : references_(references)
        , type_(type)
    {
    }

    result<void> root(json::object& object)
    {
        for (auto& [key, value] : object)
        {
            std::string_view const name{key};
            result<void> walked;
            if (auto const attribute = type_.find_root_attribute(name))
                walked = target(value, *attribute);
            else if (auto const* extension = type_.find_extension(name, true))
                walked = members(value, extension->attributes, false);
            else if (type_.is_base_schema(name, true))
                walked = members(value, type_.schema().attributes, false);
            else if (auto const path = parse_attribute_path(name))
                if (auto const found = type_.resolve(*path, any_name))
                    walked = target(value, *found);
            if (!walked)
                return walked;
        }
        return {};
    }

    /// What a path names, which may be a whole extension.
    result<void> target(json::value& value, AttributeRef const& ref)
    {
        if (!ref.attribute)
            return members(value, ref.schema->attributes, false);
        if (!ref.sub_attribute)
            return attribute(value, *ref.attribute, false);
        return attribute(value, *ref.sub_attribute, refers(*ref.attribute));
    }

    /// What stands between the brackets of a path. Filters are as deep as the limits let them be.
    result<void> filter(BoundFilter& filter)
    {
        return std::visit([this](auto& node) { return test(node); }, filter.node);
    }

private:
    template <class Leaf>
    result<void> test(Leaf&)
    {
        return {};
    }
    result<void> test(BoundComparison& comparison)
    {
        auto* literal = std::get_if<StringKey>(&comparison.value);
        if (!literal)
            return {};
        AttributeRef const& ref = comparison.attribute;
        bool const is_uri = ref.leaf().type == AttributeType::reference;
        bool const is_id = refers(*ref.attribute) && ref.leaf().name == "value";
        json::value text(literal->text); // braces would make an array of it
        if (is_uri || is_id)
            if (auto replaced = replace(text, is_uri); !replaced)
                return replaced;
        if (text.get_string() != literal->text)
            *literal = {std::string{text.get_string()}, comparison_key(text.get_string(), ref.leaf().case_exact)};
        return {};
    }
    result<void> test(BoundConjunction& node) { return all(node.operands); }
    result<void> test(BoundDisjunction& node) { return all(node.operands); }
    result<void> test(BoundNegation& node) { return all(node.operand); }
    result<void> test(BoundValuePath& node) { return all(node.filter); }
    result<void> all(std::vector<BoundFilter>& filters)
    {
        for (BoundFilter& each : filters)
            if (auto walked = filter(each); !walked)
                return walked;
        return {};
    }

    result<void> members(json::value& value, std::vector<Attribute> const& attributes, bool refer)
    {
        auto* object = value.if_object();
        if (!object)
            return {};
        for (auto& [key, member] : *object)
            for (Attribute const& known : attributes)
                if (equal_ascii_ignoring_case(known.name, key))
                    if (auto walked = attribute(member, known, refer); !walked)
                        return walked;
        return {};
    }

    /// `refers_by_value`: it belongs to a complex attribute whose `value` is an id.
    result<void> attribute(json::value& value, Attribute const& attribute, bool refers_by_value)
    {
        if (attribute.mutability == Mutability::read_only && attribute.type == AttributeType::complex)
            return {}; // what is computed is not looked at
        if (auto* array = value.if_array())
        {
            for (json::value& element : *array)
                if (auto walked = one(element, attribute, refers_by_value); !walked)
                    return walked;
            return {};
        }
        return one(value, attribute, refers_by_value);
    }

    result<void> one(json::value& value, Attribute const& attribute, bool refers_by_value)
    {
        if (attribute.type == AttributeType::complex && value.is_object())
            return members(value, attribute.sub_attributes, refers(attribute));
        bool const is_uri = attribute.type == AttributeType::reference;
        bool const is_id = (refers_by_value && attribute.name == "value") ||
                           (attribute.type == AttributeType::complex && refers(attribute)); // "manager": "id"
        return value.is_string() && (is_uri || is_id) ? replace(value, is_uri) : result<void>{};
    }

    result<void> replace(json::value& value, bool is_uri)
    {
        std::string_view const text = value.get_string();
        std::optional<std::string> end; // decoded
        auto name = name_in(text);
        if (auto const slash = text.rfind('/'); !name && slash != std::string_view::npos)
        { // some send a URI where an id is meant
            end = decode_segment(text.substr(slash + 1));
            name = end ? name_in(*end) : std::nullopt;
            if (name && !membership::is_of_service(text, references_.rules_))
                return {};
        }
        if (!name)
            return {};
        auto const meaning = references_.find(*name);
        if (!meaning)
            return meaning.error();
        if (!is_uri)
            value = (*meaning)->id;
        else
            value = membership::uri_of(*(*meaning)->type, (*meaning)->id, references_.rules_);
        return {};
    }

    BulkReferences const& references_;
    ResourceType const& type_;
};

bool BulkReferences::add(std::string name, Meaning meaning)
{
    return meanings_.emplace(std::move(name), std::move(meaning)).second;
}

void BulkReferences::change_id(std::string_view name, std::string id)
{
    if (auto const found = meanings_.find(std::string{name}); found != meanings_.end())
        found->second.id = std::move(id);
}

std::optional<std::string_view> BulkReferences::name_in(std::string_view text) noexcept
{
    if (!equal_ascii_ignoring_case(text.substr(0, prefix.size()), prefix))
        return std::nullopt;
    return text.substr(prefix.size());
}

result<BulkReferences::Meaning const*> BulkReferences::find(std::string_view name) const
{
    auto const found = meanings_.find(std::string{name});
    if (found == meanings_.end())
        return Error{ErrorCode::invalid_value, "No POST of this Bulk has the bulkId " + std::string{name} + "."}
            .against("7644-3.7.2-e");
    if (!found->second.type)
        return Error{ErrorCode::conflict, "The operation refers to the resource of bulkId " + std::string{name} +
                                              ", whose path leads to no resource type."}
            .against("7644-3.7.2-e");
    if (rules_.is_membership(*found->second.type))
        return Error{ErrorCode::invalid_value,
                     "The bulkId " + std::string{name} +
                         " is that of a membership, whose id is made of its two ids; name those."};
    used_.push_back(found->second.operation);
    return &found->second;
}

result<void> BulkReferences::resolve(json::value& body, ResourceType const& type) const
{
    auto* object = body.if_object();
    return object ? Walk{*this, type}.root(*object) : result<void>{};
}

result<void> BulkReferences::resolve(std::span<PatchOperation> operations, ResourceType const& type) const
{
    Walk walk{*this, type};
    for (PatchOperation& operation : operations)
    {
        auto walked = walk.target(operation.value, operation.path.attribute);
        for (BoundFilter& filter : operation.path.filter)
            walked = walked ? walk.filter(filter) : std::move(walked);
        if (!walked)
        {
            Error error = std::move(walked).error();
            error.detail.insert(0, "Operations[" + std::to_string(operation.position) + "]: ");
            return error;
        }
    }
    return {};
}

} // namespace scimkit::service
