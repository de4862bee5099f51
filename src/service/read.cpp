// GET of one resource (RFC 7644 section 3.4.1). Query parameters other than `attributes` and `excludedAttributes` have
// no meaning here and are ignored, `filter` too (section 3.4.2 leaves it open).
#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <array>

namespace scimkit::service
{
namespace
{

constexpr std::size_t usual_bytes = 12 * 1024; ///< of a user in memory; larger ones take more from the heap

/// Reads the resource that the route names; nothing when the client has its current version already.
result<std::optional<Resource>> load(Call const& call, Projection const& projection, EntityTags const& if_none_match,
                                     json::storage_ptr const& memory, Version& current)
{
    std::vector<AttributeRef> large;
    for (AttributeRef const& attribute : call.type().large_attributes())
        if (projection.shows(attribute))
            large.push_back(attribute);
    std::optional<Resource> loaded;
    auto const read =
        run_read(call,
                 [&](ReadTransaction& transaction) -> result<void>
                 {
                     loaded.reset();
                     auto stored = transaction.get(call.type(), call.route.name, {large, memory});
                     if (!stored)
                         return std::move(stored).error();
                     if (!*stored)
                         return no_such_resource(call);
                     current = (*stored)->version;
                     if (if_none_match.present() && !if_none_match.malformed() && if_none_match.match(current))
                         return {};
                     loaded = std::move(*stored);
                     if (call.plan().groups && projection.shows(*call.plan().groups))
                         return fill_groups(transaction, {&*loaded, 1}, call.plan(), call.state);
                     return {};
                 });
    if (!read)
        return read.error();
    return loaded;
}

} // namespace

result<Response> read_resource(Call const& call)
{
    auto const shape = read_shape(call.target);
    std::optional<Projection> chosen;
    if (!shape.empty())
    {
        auto projection = read_projection(call, shape);
        if (!projection)
            return std::move(projection).error();
        chosen = std::move(*projection);
    }
    Projection const& projection = chosen ? *chosen : call.plan().projection;

    // The resource lives as long as this function: it is built in one piece of memory, and never freed part by part.
    std::array<unsigned char, usual_bytes> buffer;
    json::monotonic_resource memory{buffer.data(), buffer.size()};
    Version current = 0;
    auto loaded = load(call, projection, EntityTags{call.request, "If-None-Match"}, &memory, current);
    if (!loaded)
        return std::move(loaded).error();
    if (!*loaded)
        return bodiless_response(304, {.type = &call.type(), .id = std::string{call.route.name}, .version = current},
                                 call);
    return resource_response(200, std::move(**loaded), projection, call);
}

} // namespace scimkit::service
