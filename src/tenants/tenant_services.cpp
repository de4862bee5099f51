// Services are made when they are asked for, so that a thousand tenants cost nothing at the start, and a tenant that
// was changed is served anew without a restart. A request keeps the service that it began with.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/run_query.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/tenants/tenants.hpp>

#include "../security/sodium.hpp"
#include "tenant_options.hpp"

#include <sodium.h>

#include <chrono>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace scimkit
{
namespace
{

constexpr std::size_t fewest_services = 16; // kept without a look at whose tenants there still are

constexpr std::chrono::seconds next_attempt{10}; // to make a service that could not be made; until then 503

constexpr std::chrono::minutes longest_removal{10}; // of a tenant; what is left goes when it is asked for again

} // namespace

struct TenantServices::State
{
    struct Made
    {
        std::shared_ptr<Tenant const> tenant;
        std::shared_ptr<Service const> service; ///< null: it could not be made at `at`
        std::chrono::steady_clock::time_point at;
    };

    ServiceOptions common; ///< with every default filled in
    Service nobodys;       ///< answers what is for no tenant
    std::shared_ptr<Attachment const> attachment;
    std::shared_ptr<TenantDirectory const> directory;
    using Services = std::map<std::string, Made, std::less<>>;
    /// For the next two. Each request takes it: no service ends under it, and nothing of an application is called.
    mutable std::shared_mutex mutex;
    mutable Services services;
    mutable std::size_t next_look = fewest_services; ///< with more of them, those of tenants that have gone go

    State(ServiceOptions options, Service for_nobody, std::shared_ptr<Attachment const> attached,
          std::shared_ptr<TenantDirectory const> with)
        : common(std::move(options))
        , nobodys(std::move(for_nobody))
        , attachment(std::move(attached))
        , directory(std::move(with))
    {
    }

    /// Null: it cannot be made; the log knows why.
    std::shared_ptr<Service const> service_of(std::shared_ptr<Tenant const> const& tenant) const;
    std::shared_ptr<Service const> make_service(std::shared_ptr<Tenant const> const& tenant) const;
    /// Of these names those that the directory has no more.
    void forget_gone(std::vector<std::string> names) const;

    /// The answer of `ask`, a function of a service. A principal that somebody else has vouched for is looked at here,
    /// since no authenticator will be asked.
    template <class Ask>
    auto ask(Request const& request, Ask with) const -> decltype(with(nobodys));
};

namespace
{

/// Whoever asks for no tenant's root has to say who it is, and is told where its own is.
class Lost final : public Authenticator
{
public:
    Lost(std::shared_ptr<Authenticator> inner, std::string default_tenant,
         std::shared_ptr<TenantDirectory const> directory)
        : inner_(std::move(inner))
        , default_tenant_(std::move(default_tenant))
        , directory_(std::move(directory))
    {
    }

    result<Principal> authenticate(Credentials const& credentials) override
    {
        auto principal = inner_->authenticate(credentials);
        if (!principal)
        {
            tenants::forget_unknown(credentials, *directory_);
            return principal;
        }
        if (principal->tenant.empty())
            principal->tenant = default_tenant_;
        auto refused = tenants::elsewhere(principal->tenant, *directory_);
        tenants::tell_refused(credentials, std::move(*principal), *directory_);
        return refused;
    }

    bool may_block() const noexcept override { return inner_->may_block(); }
    std::string challenge() const override { return inner_->challenge(); }
    std::vector<AuthenticationScheme> schemes() const override { return inner_->schemes(); }

private:
    std::shared_ptr<Authenticator> inner_;
    std::string default_tenant_;
    std::shared_ptr<TenantDirectory const> directory_;
};

} // namespace

std::shared_ptr<Service const> TenantServices::State::service_of(std::shared_ptr<Tenant const> const& tenant) const
{
    {
        std::shared_lock const lock{mutex};
        auto const known = services.find(tenant->name);
        if (known != services.end() && known->second.tenant == tenant &&
            (known->second.service || std::chrono::steady_clock::now() < known->second.at + next_attempt))
            return known->second.service;
    }
    auto service = make_service(tenant);
    Made made{tenant, service, std::chrono::steady_clock::now()}; // then the former one, which ends after the lock
    std::vector<std::string> names;
    {
        std::unique_lock const lock{mutex};
        std::swap(services[tenant->name], made);
        if (services.size() > next_look)
        {
            next_look = 2 * services.size() + fewest_services; // one looks at a time
            for (auto const& each : services)
                names.push_back(each.first);
        }
    }
    if (!names.empty())
        forget_gone(std::move(names));
    return service;
}

void TenantServices::State::forget_gone(std::vector<std::string> names) const
{
    std::erase_if(names, [&](std::string const& name) { return directory->find_named(name) != nullptr; });
    std::vector<Services::node_type> gone; // before the lock, so that they end after it
    gone.reserve(names.size());
    std::unique_lock const lock{mutex};
    for (std::string const& name : names)
        if (auto const its = services.find(name); its != services.end())
            gone.push_back(services.extract(its)); // one that came back meanwhile is made anew
    next_look = 2 * services.size() + fewest_services;
}

std::shared_ptr<Service const> TenantServices::State::make_service(std::shared_ptr<Tenant const> const& tenant) const
{
    auto options = tenants::options_of(*tenant, common, directory);
    auto made = options ? Service::create(std::move(*options)) : result<Service>{options.error()};
    if (made)
        return std::make_shared<Service const>(std::move(*made));
    try
    {
        if (common.log)
            common.log(LogLevel::error, "the tenant " + tenant->name + " cannot be served: " + made.error().detail);
    }
    catch (...) // NOLINT(bugprone-empty-catch): a log that fails must not fail the request
    {
    }
    return nullptr;
}

template <class Ask>
auto TenantServices::State::ask(Request const& request, Ask with) const -> decltype(with(nobodys))
{
    auto const tenant = directory->find(request);
    if (request.principal)
    {
        auto const& own = request.principal->tenant.empty() ? common.default_tenant : request.principal->tenant;
        auto const entered =
            tenant ? tenants::enter(*tenant, own, *directory) : result<void>{tenants::elsewhere(own, *directory)};
        if (!entered)
        {
            auto refused = error_response(entered.error());
            refused.subject = request.principal->subject;
            refused.tenant = directory->find_named(own) ? own : std::string{};
            return refused;
        }
    }
    if (!tenant)
        return with(nobodys);
    if (!request.principal && !tenant->allowed.empty() && !tenant->allowed.contains(request.peer_address))
        return error_response(tenants::not_from_here()); // of no tenant in the logs: nobody was let in
    auto const service = service_of(tenant);
    if (!service)
        return error_response({ErrorCode::unavailable, "The service is not available for the moment."});
    return with(*service);
}

result<TenantServices> TenantServices::create(ServiceOptions common, std::shared_ptr<TenantDirectory const> directory)
{
    if (!directory)
        return Error{ErrorCode::invalid_value, "directory is missing."};
    if (common.principals_span_tenants)
        return Error{ErrorCode::invalid_value,
                     "With a directory of tenants each principal belongs to one: principals_span_tenants is on."};
    auto const authenticator = common.authenticator;
    if (authenticator)
        common.authenticator = std::make_shared<Lost>(authenticator, common.default_tenant, directory);
    detail::require_sodium();
    if (!common.cursor_key) // cursors outlive a service that is made anew
    {
        auto& key = common.cursor_key.emplace();
        randombytes_buf(key.data(), key.size());
    }
    auto const is_public = std::exchange(common.public_configuration, false);
    auto nobodys = Service::create(std::move(common));
    if (!nobodys)
        return nobodys.error();
    auto options = nobodys->options();
    options.authenticator = authenticator;
    options.public_configuration = is_public;
    auto attachment = options.store->attach(options.registry);
    if (!attachment)
        return attachment.error();
    return TenantServices{
        std::make_unique<State>(std::move(options), std::move(*nobodys), std::move(*attachment), std::move(directory))};
}

TenantServices::TenantServices(std::unique_ptr<State> state)
    : state_(std::move(state))
{
}

TenantServices::TenantServices(TenantServices&&) noexcept = default;
TenantServices& TenantServices::operator=(TenantServices&&) noexcept = default;
TenantServices::~TenantServices() = default;

Response TenantServices::handle(Request const& request) const
{
    return state_->ask(request, [&](Service const& service) { return service.handle(request); });
}

std::optional<Response> TenantServices::admit(Request& request) const
{
    return state_->ask(request, [&](Service const& service) { return service.admit(request); });
}

bool TenantServices::admission_may_block() const noexcept { return state_->nobodys.admission_may_block(); }
bool TenantServices::reads_may_block() const noexcept { return state_->nobodys.reads_may_block(); }
result<void> TenantServices::health() const noexcept { return state_->nobodys.health(); }
SchemaRegistry const& TenantServices::registry() const noexcept { return *state_->common.registry; }
ServiceOptions const& TenantServices::options() const noexcept { return state_->common; }

result<TenantContents> TenantServices::contents(std::string_view name) const
{
    auto const& common = state_->common;
    TenantContents contents;
    CallContext const context{.now = common.environment->now(),
                              .deadline = std::chrono::steady_clock::now() + common.limits.deadline};
    auto const count = [&](ReadTransaction& transaction) -> result<void>
    {
        contents.counts.clear();
        for (auto const& type : common.registry->resource_types())
        {
            Query::Source const source{.type = type.get()};
            auto found = run_query(transaction, {.sources = {&source, 1}, .limit = 0, .total = TotalPolicy::exact},
                                   common.limits.query, context);
            if (!found)
                return found.error();
            if (auto const total = found->summary.total.value_or(0); total > 0)
                contents.counts.push_back({type->name(), total});
        }
        return {};
    };
    if (auto read = common.store->read(*state_->attachment, name, context, count); !read)
        return read.error();
    return contents;
}

result<TenantContents> TenantServices::remove(std::string_view name) const
{
    auto const& common = state_->common;
    auto had = contents(name);
    if (!had)
        return had;
    CallContext const context{.now = common.environment->now(),
                              .deadline = std::chrono::steady_clock::now() + longest_removal};
    if (auto removed = common.store->remove_tenant(name, context); !removed)
        return removed.error();
    State::Services::node_type gone; // before the lock, so that it ends after it
    std::unique_lock const lock{state_->mutex};
    if (auto const its = state_->services.find(name); its != state_->services.end())
        gone = state_->services.extract(its); // one that is still in the directory is served by another
    return had;
}

result<void> TenantServices::check(Tenant const& tenant) const
{
    auto options = tenants::options_of(tenant, state_->common, state_->directory);
    if (!options)
        return options.error();
    options->log = nullptr; // warnings are for the service that serves
    auto const made = Service::create(std::move(*options));
    return made ? result<void>{} : made.error();
}

std::string TenantContents::text() const
{
    std::string text;
    for (auto const& [type, resources] : counts)
        text += (text.empty() ? "" : ", ") + std::to_string(resources) + " " + type;
    return text.empty() ? "nothing" : text;
}

} // namespace scimkit
