// PATCH: whatever decodes can be applied; what fails changes nothing, and what succeeds leaves a whole resource in
// canonical form. The first byte chooses strict or tolerant, User or Group; the rest is the body.

#include <scimkit/schema/registry.hpp>

#include "patch/patch.hpp"
#include "patch/split.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace
{

using namespace scimkit;

ResourceType const& type(std::string_view name)
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return *registry->find_resource_type(name);
}

json::object const& some_user()
{
    static json::object const user =
        parse_json(R"({"userName": "ada", "active": true, "name": {"givenName": "Ada", "familyName": "Lovelace"},
                       "emails": [{"value": "a@example.com", "type": "work", "primary": true}, {"value": "b@x"}],
                       "groups": [{"value": "g"}],
                       "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
                           {"department": "D", "manager": {"value": "1", "displayName": "Bob"}}})")
            .value()
            .as_object();
    return user;
}

json::object const& some_group()
{
    static json::object const group =
        parse_json(R"({"displayName": "G", "members": [{"value": "1", "type": "User"}, {"value": "2"}]})")
            .value()
            .as_object();
    return group;
}

PatchOptions tolerant()
{
    PatchOptions options;
    options.filter = {.extra_blanks = true};
    options.bind = {.names = {.unprefixed_extension_attribute = true, .legacy_schema_uris = true},
                    .boolean_as_string = true};
    options.canonical.ignore_unknown_attributes = true;
    options.canonical.ignore_unknown_schemas = true;
    options.canonical.lax_formats = true;
    options.canonical.names = options.bind.names;
    options.op_letter_case = true;
    options.dotted_keys = true;
    options.create_on_no_match = true;
    options.remove_by_value = true;
    options.ignore_readonly_echo = true;
    return options;
}

void require(bool law)
{
    if (!law)
        std::abort();
}

std::string text_of(json::value const& value)
{
    std::string text;
    write_json(text, value);
    return text;
}

// Unassigned attributes are absent at every level.
bool is_whole(json::value const& value)
{
    if (auto const* members = value.if_object())
    {
        return !members->empty() &&
               std::all_of(members->begin(), members->end(),
                           [](json::key_value_pair const& member) { return is_whole(member.value()); });
    }
    if (auto const* elements = value.if_array())
        return !elements->empty() && std::all_of(elements->begin(), elements->end(), is_whole);
    return !value.is_null();
}

void try_patch(json::value const& body, ResourceType const& type, json::object const& attributes,
               PatchOptions const& options)
{
    auto const operations = decode_patch(body, type, options);
    if (!operations)
    {
        require(!operations.error().detail.empty());
        return;
    }
    (void)split_large_attributes(*operations, type, options);
    Resource resource{.type = &type, .id = "1", .attributes = attributes};
    auto const before = text_of(resource.attributes);
    auto const changed = apply_patch(resource, *operations, options);
    if (!changed || !*changed)
    {
        require(text_of(resource.attributes) == before);
        return;
    }
    require(is_whole(resource.attributes));
    require(!same_state(resource.attributes, attributes));
    require(!!check_resource(resource.attributes, type));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    auto const body = parse_json({reinterpret_cast<char const*>(data) + 1, size - 1});
    if (body)
    {
        bool const is_user = (data[0] & 1U) == 0;
        auto const options = (data[0] & 2U) == 0 ? PatchOptions{} : tolerant();
        try_patch(*body, type(is_user ? "User" : "Group"), is_user ? some_user() : some_group(), options);
    }
    return 0;
}
