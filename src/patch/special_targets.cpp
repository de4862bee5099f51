// PATCH paths that name no attribute of the stored form (RFC 7644 section 3.5.2): `schemas`, which follows from the
// data, and the URI of an extension, which stands for all that is in it (section 3.10).
#include "special_targets.hpp"

#include <scimkit/schema/registry.hpp>

#include "edit.hpp"

#include <algorithm>
#include <span>

namespace scimkit
{

bool is_common(AttributeRef const& attribute, std::string_view name) noexcept
{
    return attribute.schema == &common_schema() && attribute.attribute && attribute.attribute->name == name;
}

result<void> check_schemas_change(PatchOperation const& operation, ResourceType const& type,
                                  PatchOptions const& options)
{
    auto const& target = operation.path.attribute;
    bool const legacy = options.canonical.names.legacy_schema_uris;
    auto const* array = operation.value.if_array();
    bool const is_nothing = operation.value.is_null() || (array && array->empty());
    if (operation.op == PatchOp::remove || (operation.op == PatchOp::replace && is_nothing))
        return patch_fault(target, ErrorCode::mutability, "it is required and cannot be removed")
            .against("7644-3.5.2.2-i");
    if (is_nothing)
        return {};
    auto const uris = array ? std::span{array->data(), array->size()} : std::span{&operation.value, 1};
    bool has_base = operation.op == PatchOp::add;
    for (auto const& uri : uris)
    {
        auto const* text = uri.if_string();
        if (!text)
            return patch_fault(target, ErrorCode::invalid_value, "expected schema URIs").against("7643-3-a");
        bool const is_base = type.is_base_schema(*text, legacy);
        has_base = has_base || is_base;
        if (!is_base && !type.find_extension(*text, legacy) && !options.canonical.ignore_unknown_schemas)
        {
            return patch_fault(target, ErrorCode::invalid_value,
                               "there is a URI that is no schema of the resource type " + type.name())
                .allowed_by("ignore-unknown-schemas=on");
        }
    }
    return has_base ? result<void>{}
                    : patch_fault(target, ErrorCode::mutability, "the base schema cannot be taken away")
                          .against("7643-3.3-b");
}

result<void> remove_extension(Draft& draft, ResourceType const& type, Schema const& schema, PatchOptions const& options)
{
    AttributeRef const extension{.schema = &schema, .in_extension = true};
    auto const known = type.extensions();
    if (std::any_of(known.begin(), known.end(),
                    [&](ResourceType::Extension const& each) { return each.schema == &schema && each.required; }))
    {
        return patch_fault(extension, ErrorCode::mutability, "the extension is required").against("7644-3.5.2.2-i");
    }
    auto* members = draft.extension(schema).if_object();
    bool is_there = false;
    for (auto const& attribute : schema.attributes)
    {
        auto* value = members ? members->if_contains(attribute.name) : nullptr;
        if (!value || value->is_null() || attribute.mutability == Mutability::read_only)
            continue;
        if (attribute.mutability == Mutability::immutable)
        {
            return patch_fault({&schema, &attribute, nullptr, true}, ErrorCode::mutability,
                               "it is immutable and has a value")
                .against("7644-3.5.2.2-k");
        }
        *value = nullptr;
        is_there = true;
    }
    return is_there || options.remove_absent
               ? result<void>{}
               : patch_fault(extension, ErrorCode::no_target, "there is nothing to remove")
                     .allowed_by("remove-absent=on");
}

} // namespace scimkit
