// Filters: whatever parses prints canonically, and whatever binds can be evaluated.

#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>
#include <scimkit/schema/registry.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace
{

using namespace scimkit;

ResourceType const& user_type()
{
    static auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return *registry->find_resource_type("User");
}

json::object const& some_user()
{
    static json::object const user =
        parse_json(R"({"userName": "ada", "active": true, "name": {"familyName": "Lovelace"},
                       "emails": [{"value": "a@example.com", "type": "work", "primary": true}, {"value": "b@x"}],
                       "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "1"}}})")
            .value()
            .as_object();
    return user;
}

void require(bool law)
{
    if (!law)
        std::abort();
}

void try_filter(std::string_view text, FilterSyntax const& syntax, BindOptions const& options)
{
    auto const filter = parse_filter(text, syntax);
    if (!filter)
    {
        require(filter.error().detail.size() < 300);
        return;
    }
    std::string const canonical = to_string(*filter);
    FilterSyntax const roomy{.max_bytes = canonical.size()};
    require(parse_filter(canonical, roomy).value() == *filter);

    auto const bound = bind(*filter, user_type(), options);
    if (bound)
    {
        ResourceView const view{.type = user_type(),
                                .id = "1",
                                .created = {},
                                .last_modified = {},
                                .version = 1,
                                .attributes = some_user()};
        BoundFilter const negated{BoundNegation{{*bound}}};
        require(matches(*bound, view) != matches(negated, view));
        require(!to_string(*bound).empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    try_filter(text, {}, {});
    try_filter(text, {.extra_blanks = true, .sub_attribute_after_value_path = true},
               {.names = {.unprefixed_extension_attribute = true, .legacy_schema_uris = true},
                .boolean_as_string = true,
                .complex_compares_by_value = true,
                .unknown_has_no_value = true});
    return 0;
}
