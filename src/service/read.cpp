// GET of one resource (RFC 7644 section 3.4.1). Query parameters other than `attributes` and `excludedAttributes` have
// no meaning here and are ignored, `filter` too (section 3.4.2 leaves it open).
#include "memberships.hpp"
#include "operations.hpp"
#include "precondition.hpp"
#include "presenter.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <array>

namespace scimkit::service
{
namespace
{

constexpr std::size_t usual_bytes = 12 * 1024; ///< of a user in memory; larger ones take more from the heap

/// Reads the resource that the route names, with what is computed of it.
result<void> load(Call const& call, Projection const& projection, Preconditions const& conditions,
                  json::storage_ptr const& memory, std::optional<Resource>& loaded)
{
    std::vector<AttributeRef> large;
    for (AttributeRef const& attribute : call.type().large_attributes())
        if (projection.shows(attribute))
            large.push_back(attribute);
    return run_read(call,
                    [&](ReadTransaction& transaction) -> result<void>
                    {
                        loaded.reset();
                        auto stored = transaction.get(call.type(), call.route.name, {large, memory});
                        if (!stored)
                            return std::move(stored).error();
                        if (!*stored)
                            return no_such_resource(call);
                        if (auto checked = conditions.check_read((*stored)->version); !checked)
                            return checked;
                        loaded = std::move(*stored);
                        if (call.plan().groups && projection.shows(*call.plan().groups))
                            return fill_groups(transaction, {&*loaded, 1}, call.plan(), call.state, call.context);
                        return {};
                    });
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
    Preconditions const conditions{call.request};
    std::optional<Resource> loaded;
    if (auto read = load(call, projection, conditions, &memory, loaded); !read)
        return std::move(read).error();
    if (conditions.asks_if_modified() && conditions.not_modified(entity_tag(*loaded, projection, call.plan())))
        return bodiless_response(304, *loaded, projection, call);
    return resource_response(200, std::move(*loaded), projection, call);
}

} // namespace scimkit::service
