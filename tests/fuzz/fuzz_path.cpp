// PATCH paths: whatever parses prints canonically, and binding never fails but with an error.

#include <scimkit/filter/bind.hpp>
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

void require(bool law)
{
    if (!law)
        std::abort();
}

void try_path(std::string_view text, FilterSyntax const& syntax)
{
    auto const path = parse_path(text, syntax);
    if (!path)
    {
        require(path.error().code == ErrorCode::invalid_path || path.error().code == ErrorCode::invalid_filter);
        require(path.error().detail.size() < 300);
        return;
    }
    std::string const canonical = to_string(*path);
    FilterSyntax const roomy{.max_bytes = canonical.size()};
    require(parse_path(canonical, roomy).value() == *path);

    if (auto const bound = bind(*path, user_type()); bound && bound->attribute.attribute)
        require(!bound->attribute.path().empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    try_path(text, {});
    try_path(text, {.extra_blanks = true, .sub_attribute_after_value_path = true});
    return 0;
}
