// What a client sends takes the place of what is stored, but for what a client may not change (RFC 7643 section 7);
// where nothing differs nothing is stored, so that a client that repeats itself makes no versions.
#include "replace.hpp"

#include "../membership/references.hpp"
#include "presenter.hpp"
#include "secrets.hpp"
#include "stored_resource.hpp"

namespace scimkit::service
{

namespace
{

/// What the stored resource becomes: everything that can be told without writing.
result<Change> replaced(ReadTransaction& transaction, PreparedReplace const& prepared, Scope const& scope)
{
    auto current = load_for_write(transaction, scope, prepared.resource, wanted_all(scope.type()));
    if (!current)
        return std::move(current).error();
    auto merged = merge_for_replace(current->attributes, prepared.incoming, scope.type());
    if (!merged)
        return std::move(merged).error();
    if (auto settled = settle_references(transaction, *merged, &current->attributes, scope); !settled)
        return std::move(settled).error();
    if (auto checked = check_whole(*merged, scope); !checked)
        return std::move(checked).error();
    if (auto checked = check_size(*merged, &current->attributes, scope); !checked)
        return std::move(checked).error();
    Resource resource{.type = current->type,
                      .id = current->id,
                      .created = current->created,
                      .last_modified = current->last_modified,
                      .version = current->version,
                      .attributes = std::move(*merged)};
    order_large_attributes(resource, scope);
    keep_what_is_the_same(resource, *current, scope.type());
    return Change{.before = std::move(*current), .resource = std::move(resource), .given_whole = true};
}

} // namespace

result<PreparedReplace> prepare_replace(Call const& call)
{
    auto const shape = read_shape(call.target);
    auto projection = read_projection(call, shape);
    if (!projection)
        return std::move(projection).error();
    auto incoming = read_attributes(call);
    if (!incoming)
        return std::move(incoming).error();
    projection->add_sent(*incoming);
    return PreparedReplace{.resource = {std::string{call.route.name}, Preconditions{call.request}},
                           .incoming = std::move(*incoming),
                           .shown = {std::move(*projection), read_write_answer(call.request, shape)},
                           .now = call.context.now};
}

/// Hashing is dear: it comes after a look at everything that may refuse the request.
result<PreparedReplace> look_ahead(Call const& call, PreparedReplace prepared)
{
    if (!call.plan().has_secrets)
        return prepared;
    auto const secrets = count_secrets(prepared.incoming, call.type());
    if (!secrets)
        return secrets.error();
    if (*secrets == 0)
        return prepared;
    json::object stored;
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto change = replaced(transaction, prepared, call);
                                     if (!change)
                                         return std::move(change).error();
                                     stored = std::move(change->before.attributes);
                                     return check_unique(transaction, change->resource, call);
                                 });
    if (!looked)
        return looked.error();
    if (auto hashed = hash_secrets(prepared.incoming, stored, call); !hashed)
        return std::move(hashed).error();
    return prepared;
}

result<std::size_t> count_secrets(Call const& call, PreparedReplace& prepared)
{
    return call.plan().has_secrets ? count_secrets(prepared.incoming, call.type()) : std::size_t{0};
}

result<void> hash_unseen(Call const& call, PreparedReplace& prepared)
{
    auto const count = count_secrets(call, prepared);
    return count && *count != 0 ? hash_secrets(prepared.incoming, stored_secrets(call, prepared.resource.id), call)
                                : result<void>{};
}

result<PreparedReplace> work_ahead(Call const& call, PreparedReplace prepared)
{
    prepared.ahead.reset();
    auto const looked = run_read(call,
                                 [&](ReadTransaction& transaction) -> result<void>
                                 {
                                     auto change = replaced(transaction, prepared, call);
                                     if (!change)
                                         return std::move(change).error();
                                     prepared.ahead = look_back(std::move(*change), prepared.now, call);
                                     return {};
                                 });
    if (!looked)
        return looked.error();
    return prepared;
}

result<Outcome> apply(WriteTransaction& transaction, PreparedReplace const& prepared, Scope const& scope)
{
    if (prepared.ahead)
        return store(transaction, *prepared.ahead, prepared.resource, scope);
    std::optional<result<Change>> change;
    {
        Budget::Section const section{scope.context.budget, work_as_writer(scope)};
        change = replaced(transaction, prepared, scope);
        if (section.exhausted())
            return Outcome{.changed = false, .undecided = true};
    }
    if (!*change)
        return std::move(*change).error();
    return store(transaction, std::move(**change), prepared.now, scope);
}

result<Response> present(Outcome outcome, PreparedReplace const& prepared, Call const& call)
{
    auto answer = prepared.shown.answer;
    answer.with_resource = answer.with_resource && !outcome.cannot_be_shown;
    return write_response(200, std::move(*outcome.after), prepared.shown.projection, call, answer);
}

} // namespace scimkit::service
