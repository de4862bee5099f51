// PUT (RFC 7644 section 3.5.1).
#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "references.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{

namespace
{

/// What the stored resource becomes: everything that can be told without writing.
result<Resource> replaced(ReadTransaction& transaction, Resource const& current, json::object const& incoming,
                          Call const& call)
{
    auto merged = merge_for_replace(current.attributes, incoming, call.type());
    if (!merged)
        return std::move(merged).error();
    if (auto settled = settle_references(transaction, *merged, &current.attributes, call); !settled)
        return std::move(settled).error();
    if (auto checked = check_resource(*merged, call.type()); !checked)
        return std::move(checked).error();
    if (auto checked = check_size(*merged, &current.attributes, call); !checked)
        return std::move(checked).error();
    Resource resource{.type = current.type,
                      .id = current.id,
                      .created = current.created,
                      .last_modified = current.last_modified,
                      .version = current.version,
                      .attributes = std::move(*merged)};
    order_large_attributes(resource, call);
    return resource;
}

/// Hashing is dear: it comes after a look at everything that may refuse the request.
result<void> hash_new_secrets(json::object& incoming, Preconditions const& conditions, Call const& call)
{
    auto const secrets = count_secrets(incoming, call.type());
    if (!secrets || *secrets == 0)
        return secrets ? result<void>{} : secrets.error();
    json::object stored;
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto current =
                                         load_for_write(transaction, call, conditions, wanted_all(call.type()));
                                     if (!current)
                                         return std::move(current).error();
                                     auto const resource = replaced(transaction, *current, incoming, call);
                                     if (!resource)
                                         return resource.error();
                                     stored = std::move(current->attributes);
                                     return check_unique(transaction, *resource, call);
                                 });
    if (!looked)
        return looked.error();
    return hash_secrets(incoming, stored, call);
}

} // namespace

result<Response> replace_resource(Call const& call)
{
    ServiceState const& state = call.state;
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto incoming = read_attributes(call);
    if (!incoming)
        return std::move(incoming).error();
    projection->add_sent(*incoming);
    Preconditions const conditions{call.request};
    if (call.plan().has_secrets)
        if (auto hashed = hash_new_secrets(*incoming, conditions, call); !hashed)
            return std::move(hashed).error();

    auto const now = call.context.now;
    std::optional<Resource> answer;
    auto const written = run_write(
        call, conditions.name_versions(),
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto const current = load_for_write(transaction, call, conditions, wanted_all(call.type()));
            if (!current)
                return current.error();
            auto resource = replaced(transaction, *current, *incoming, call);
            if (!resource)
                return std::move(resource).error();
            if (!same_state(current->attributes, resource->attributes))
            {
                auto const paths = changed_paths(current->attributes, resource->attributes, call.type());
                resource->last_modified = time_of_change(*current, now);
                if (auto stored = store_changed(transaction, *resource, LargeAttributes::as_given, paths, state);
                    !stored)
                    return stored;
            }
            answer = std::move(*resource);
            if (call.plan().groups && projection->shows(*call.plan().groups))
                return fill_groups(transaction, {&*answer, 1}, call.plan(), state, call.context);
            return {};
        });
    if (!written)
        return written.error();
    return write_response(200, std::move(*answer), *projection, call, read_write_answer(call.request, shape));
}

} // namespace scimkit::service
