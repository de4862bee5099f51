// Members of a JSON object as most of the code asks for them: by exact name, and only if they are of the kind wanted.
#include <scimkit/core/json.hpp>

namespace scimkit
{

std::string text_of(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

} // namespace scimkit
