// PUT (RFC 7644 section 3.5.1).
#include "memberships.hpp"
#include "operations.hpp"
#include "presenter.hpp"
#include "references.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{

result<Response> replace_resource(Call const& call)
{
    ServiceState const& state = call.state;
    auto projection = read_projection(call, read_shape(call.target));
    if (!projection)
        return std::move(projection).error();
    auto incoming = read_attributes(call);
    if (!incoming)
        return std::move(incoming).error();
    drop_computed_references(*incoming, call.plan(), call.state.options.base_url);
    projection->add_sent(*incoming);
    if (call.plan().has_secrets)
        if (auto hashed = hash_secrets(*incoming, call.type(), *state.options.password_hasher); !hashed)
            return std::move(hashed).error();

    EntityTags const if_match{call.request, "If-Match"};
    auto const now = state.options.environment->now();
    std::optional<Resource> answer;
    auto const written = run_write(
        call, if_match.names_versions(),
        [&](WriteTransaction& transaction) -> result<void>
        {
            auto current = load_for_write(transaction, call, if_match, wanted_all(call.type()));
            if (!current)
                return std::move(current).error();
            auto merged = merge_for_replace(current->attributes, *incoming, call.type());
            if (!merged)
                return std::move(merged).error();
            if (auto checked = check_references(transaction, *merged, &current->attributes, call.plan(),
                                                call.tolerance().unknown_members);
                !checked)
                return checked;
            if (auto checked = check_resource(*merged, call.type()); !checked)
                return checked;

            if (!same_state(current->attributes, *merged))
            {
                auto const paths = changed_paths(current->attributes, *merged, call.type());
                current->attributes = std::move(*merged);
                current->last_modified = time_of_change(*current, now);
                if (auto stored = store_changed(transaction, *current, LargeAttributes::as_given, paths, state);
                    !stored)
                    return stored;
            }
            answer = std::move(*current);
            if (call.plan().groups && projection->shows(*call.plan().groups))
                return fill_groups(transaction, {&*answer, 1}, call.plan(), state);
            return {};
        });
    if (!written)
        return written.error();
    return resource_response(200, std::move(*answer), *projection, call);
}

} // namespace scimkit::service
