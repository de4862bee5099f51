// What all operations begin with: the body, the projection, a transaction that is tried again.
#include "call.hpp"

#include "../core/urgency.hpp"
#include "../membership/reference_uris.hpp"
#include "../tolerance/rewriting.hpp"
#include "bulk_references.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace scimkit::service
{
namespace
{

constexpr std::string_view long_work_detail = "The request takes longer than the service works on it at the moment.";

constexpr int max_attempts = 6;

// Of a body with more values than this each has to have eight bytes of it on average, since a value takes some fifty
// bytes of memory beside its text; members of a group with ids of four digits have as many, real ones twice to three
// times. invalidSyntax
constexpr std::size_t max_dense_values = 16'384;

std::size_t most_values(std::size_t bytes) noexcept
{
    return std::min(JsonLimits{}.max_values, std::max(max_dense_values, bytes / 8));
}

/// Grows with each attempt; random, so that two that met once do not meet again.
std::chrono::microseconds pause_before(int attempt)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    long const longest = 500L << attempt;
    return std::chrono::microseconds{std::uniform_int_distribution<long>{longest / 2, longest}(random)};
}

/// Runs `once` until it is through, fails for good, or the attempts or the time are used up.
template <class Once>
result<void> run_with_retries(Call const& call, int attempts, bool retry_lost_race, Once once)
{
    for (int attempt = 1;; ++attempt)
    {
        auto done = once();
        if (done)
            return done;
        bool const lost_race = done.error().code == ErrorCode::precondition_failed && retry_lost_race;
        if (!lost_race && done.error().code != ErrorCode::busy)
            return done;
        auto const pause = pause_before(attempt);
        if (attempt == attempts || std::chrono::steady_clock::now() + pause >= call.context.deadline)
            return Error{ErrorCode::busy,
                         "The service is busy; nothing was changed. Try again.",
                         {},
                         std::max(done.error().retry_after, std::chrono::seconds{1})};
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

result<json::value> read_body(Call const& call)
{
    if (call.part)
        return *call.part->data;
    if (auto type = check_content_type(call.request, call.tolerance().json_media_type); !type)
        return std::move(type).error();
    auto const& limits = call.state.options.limits;
    std::string_view const body = call.request.body;
    return parse_json(body, {.max_bytes = limits.max_body_bytes,
                             .max_depth = limits.max_json_depth,
                             .max_values = most_values(body.size())});
}

result<json::object> read_attributes(Call const& call)
{
    auto body = read_body(call);
    if (!body)
        return std::move(body).error();
    rewrite_body(*body, call.type(), call.tolerance());
    if (call.part)
        if (auto resolved = call.part->references->resolve(*body, call.type()); !resolved)
            return std::move(resolved).error();
    auto options = canonical_options(call.tolerance());
    options.budget = call.context.budget;
    options.max_value_bytes = call.state.options.limits.max_value_bytes;
    options.id_of_uri = membership::id_of_uri(*call.type_rules, call.rules);
    return canonicalise(*body, call.type(), options);
}

result<Projection> read_projection(Call const& call, ShapeRequest const& shape)
{
    if (shape.empty())
        return call.plan().projection;
    return Projection::make(call.type(), shape.attributes, shape.excluded, name_resolution(call.tolerance()));
}

Error no_such_resource(ResourceType const& type, std::string_view id)
{
    return {ErrorCode::not_found, "There is no " + type.name() + " with the id " + std::string{id} + "."};
}

result<void> run_read(Call const& call, function_ref<result<void>(ReadTransaction&)> body)
{
    // With a limit it is a try where nobody may wait; Response::out_of_work says that it is worth another elsewhere.
    return run_with_retries(
        call, call.elsewhere ? 1 : max_attempts, false,
        [&] { return call.state.options.store->read(*call.state.attachment, call.tenant, call.context, body); });
}

Error long_work()
{
    return {.code = ErrorCode::busy, .detail = std::string{long_work_detail}, .retry_after = std::chrono::seconds{1}};
}

bool is_long_work(Error const& error) noexcept
{
    return error.code == ErrorCode::busy && error.detail == long_work_detail;
}

result<void> run_write(Call const& call, bool client_names_version, function_ref<result<void>(WriteTransaction&)> body)
{
    auto const holding_the_store = [&](WriteTransaction& transaction)
    {
        Holding const holding;
        return body(transaction);
    };
    return run_with_retries(call, max_attempts, !client_names_version,
                            [&] {
                                return call.state.options.store->write(*call.state.attachment, call.tenant,
                                                                       call.context, holding_the_store);
                            });
}

result<bool> run_write_or_take_back(Call const& call, bool client_names_version,
                                    function_ref<result<bool>(WriteTransaction&)> body)
{
    constexpr auto taken_back = ErrorCode::conflict; // stores may say it too, so that the code alone tells nothing
    bool takes_back = false;
    auto const run = [&]
    {
        return run_write(call, client_names_version,
                         [&](WriteTransaction& transaction) -> result<void>
                         {
                             takes_back = false;
                             auto const keeps = body(transaction);
                             if (!keeps)
                                 return keeps.error();
                             takes_back = !*keeps;
                             return *keeps ? result<void>{} : Error{taken_back, "Nothing is to be stored."};
                         });
    };
    auto const written = call.dry_run ? call.state.shared->dry_runs.carry_out(call.context, run) : run();
    if (written)
        return true;
    if (takes_back && written.error().code == taken_back)
        return false;
    return written.error();
}

} // namespace scimkit::service
