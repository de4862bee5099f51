// A position alone says too little: a tenant that was removed and made again begins to count anew.
#include <scimkit/events/log_reader.hpp>

#include "../security/sodium.hpp"

namespace scimkit
{
namespace
{

/// With its length before it, so that no two lists of parts look alike.
void append(std::string& text, std::string_view part)
{
    text += std::to_string(part.size());
    text += ':';
    text += part;
}

} // namespace

std::string change_id(LoggedChange const& change, std::string_view log)
{
    std::string text;
    append(text, log);
    append(text, change.tenant);
    append(text, std::to_string(change.position.number()));
    append(text, change.resource_type);
    append(text, change.id);
    append(text, std::to_string(static_cast<int>(change.operation)));
    append(text, std::to_string(change.after.number()));
    append(text, std::to_string(change.time.time_since_epoch().count()));
    return detail::to_hex(detail::sha256(text)).substr(0, 32);
}

} // namespace scimkit
