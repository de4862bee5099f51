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
        return Error{ErrorCode::internal, std::string{"The store threw at start: "} + exception.what()};
    }
}

Service::Service(std::unique_ptr<State const> state)
    : state_{std::move(state)}
{
}

Service::Service(Service&&) noexcept = default;
Service& Service::operator=(Service&&) noexcept = default;
Service::~Service() = default;

Response Service::handle(Request const& request) const { return service::Handling{*state_, request}.run(); }

SchemaRegistry const& Service::registry() const noexcept { return *state_->options.registry; }

ServiceOptions const& Service::options() const noexcept { return state_->options; }

} // namespace scimkit
