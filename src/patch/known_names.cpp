// A name that no schema has may belong to somebody else, and is ignored where that is tolerated. One that goes on
// behind an attribute of ours belongs to nobody else: ignoring it would tell a client of a change that nobody made (RFC
// 7644 section 3.5.2).
#include "known_names.hpp"

#include <scimkit/core/text.hpp>

namespace scimkit
{
namespace
{

/// Where the URI in front ends: that of a schema of ours, which may have dots, or what has a colon behind it.
std::size_t end_of_uri(std::string_view name, ResourceType const& type)
{
    auto const is_in_front = [&](Schema const& schema)
    {
        auto const size = schema.id.size();
        return name.size() > size && (name[size] == ':' || name[size] == '.') &&
               equal_ascii_ignoring_case(name.substr(0, size), schema.id);
    };
    if (is_in_front(type.schema()))
        return type.schema().id.size();
    for (auto const& extension : type.extensions())
        if (is_in_front(*extension.schema))
            return extension.schema->id.size();
    return name.substr(0, name.find('[')).rfind(':'); // a filter may have others
}

} // namespace

bool leads_into_known(std::string_view name, ResourceType const& type, NameResolution how)
{
    auto const colon = end_of_uri(name, type);
    auto const begin = colon == std::string_view::npos ? 0 : colon + 1;
    auto const end = name.find_first_of(".[", begin);
    if (end == std::string_view::npos)
        return false;
    auto const leads = [&](AttributePath const& path)
    {
        auto const found = type.resolve(path, how);
        return found && found->attribute;
    };
    AttributePath path{.uri = std::string{name.substr(0, begin == 0 ? 0 : colon)},
                       .name = std::string{name.substr(begin, end - begin)},
                       .sub_attribute = {}};
    if (leads(path))
        return true;
    auto const further = name.find_first_of(".[", end + 1);
    if (path.uri.empty() || further == std::string_view::npos)
        return false;
    how.dot_after_schema_uri = true; // "URI.manager.x"
    path.sub_attribute = name.substr(end + 1, further - end - 1);
    return leads(path);
}

} // namespace scimkit
