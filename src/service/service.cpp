// The outside of the service: options are checked and frozen once, and each request is a Handling of its own over
// them.
#include "handling.hpp"

#include <new>

namespace scimkit
{

struct Service::State : service::ServiceState
{
};

result<Service> Service::create(ServiceOptions options)
{
    try
    {
        auto state = service::make_state(std::move(options));
        if (!state)
            return std::move(state).error();
        return Service{std::unique_ptr<State const>{new State{std::move(*state)}}};
    }
    catch (std::bad_alloc const&)
    {
        throw;
    }
    catch (std::exception const& exception)
    {
        return Error{ErrorCode::internal, "The store threw at start (" + std::string{exception.what()} + ")."};
    }
}

Service::Service(std::unique_ptr<State const> state)
    : state_(std::move(state))
{
}

Service::Service(Service&&) noexcept = default;
Service& Service::operator=(Service&&) noexcept = default;
Service::~Service() = default;

Response Service::handle(Request const& request) const { return service::Handling{*state_, request}.run(); }

std::optional<Response> Service::admit(Request& request) const
{
    return service::Handling{*state_, request}.admit(request.principal);
}

bool Service::admission_may_block() const noexcept
{
    auto const& options = state_->options;
    return options.authenticator->may_block() || (options.authoriser && options.authoriser->may_block());
}

bool Service::reads_may_block() const noexcept { return state_->traits.blocks || admission_may_block(); }

result<void> Service::health() const noexcept
{
    try
    {
        return state_->options.store->health();
    }
    catch (...) // what it says must not end the process; and an Error with a text might, when memory has run out
    {
        return Error{ErrorCode::internal, {}};
    }
}

SchemaRegistry const& Service::registry() const noexcept { return *state_->options.registry; }

ServiceOptions const& Service::options() const noexcept { return state_->options; }

} // namespace scimkit
