// What the tests of PATCH share.
#pragma once

#include "patch/patch.hpp"
#include "resource/support.hpp"

namespace scimkit::test
{

inline PatchOptions tolerant_options_without(std::string_view name)
{
    auto const on = [name](std::string_view each) { return each != name; };
    PatchOptions options;
    options.filter.extra_blanks = on("filter-blanks");
    options.filter.unquoted_values = on("unquoted-path-values");
    options.bind.boolean_as_string = on("boolean-as-string");
    options.bind.names.unprefixed_extension_attribute = on("unprefixed-extension-attribute");
    options.bind.names.legacy_schema_uris = on("legacy-schema-uris");
    options.bind.names.dot_after_schema_uri = on("dot-after-schema-uri");
    options.canonical.names = options.bind.names;
    options.canonical.ignore_unknown_attributes = on("ignore-unknown-attributes");
    options.canonical.ignore_unknown_schemas = on("ignore-unknown-schemas");
    options.canonical.lax_formats = on("lax-formats");
    options.op_letter_case = on("op-letter-case");
    options.dotted_keys = on("dotted-keys");
    options.array_for_single = on("array-for-single");
    options.create_on_no_match = on("create-on-no-match");
    options.remove_by_value = on("remove-by-value");
    options.ignore_readonly_echo = on("ignore-readonly-echo");
    return options;
}

inline PatchOptions tolerant_options() { return tolerant_options_without({}); }

/// A PatchOp message around a JSON array of operations.
inline json::value message(std::string_view operations)
{
    return parse(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":)" +
                 std::string{operations} + "}");
}

inline result<std::vector<PatchOperation>> decode(std::string_view operations, ResourceType const& type,
                                                  PatchOptions const& options = {})
{
    return decode_patch(message(operations), type, options);
}

/// One resource to be patched.
struct Patched
{
    Patched(ResourceType const& type, std::string_view attributes)
        : resource{.type = &type, .id = "1", .attributes = object(attributes)}
    {
    }

    /// Whether something changed.
    result<bool> patch(std::string_view operations, PatchOptions const& options = {})
    {
        auto const decoded = decode(operations, *resource.type, options);
        if (!decoded)
            return decoded.error();
        return apply_patch(resource, *decoded, options);
    }

    std::string text() const { return json::serialize(resource.attributes); }

    Resource resource;
};

} // namespace scimkit::test
