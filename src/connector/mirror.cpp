// The store of the connector is the server side of the library: filters, paging and User.groups come with it.
#include <scimkit/client/discovery.hpp>
#include <scimkit/connector/mirror.hpp>
#include <scimkit/resource/same_state.hpp>

#include "copy_schema.hpp"

namespace scimkit::connector
{

namespace
{

constexpr char const* root = "https://mirror.invalid/scim"; // never asked over a network

/// What the local store computes of a reference is not what its source computed.
void strip_references(json::object& body)
{
    auto const strip = [](json::value& value)
    {
        if (auto* const reference = value.if_object())
            for (auto const* const name : {"$ref", "type", "display", "displayName"})
                reference->erase(name);
    };
    if (auto* const members = body.if_contains("members"); members && members->is_array())
        for (auto& member : members->get_array())
            strip(member);
    if (auto* const extension = body.if_contains(urn::enterprise_user); extension && extension->is_object())
        if (auto* const manager = extension->get_object().if_contains("manager"))
            strip(*manager);
}

Failure local(Error const& error) { return trouble("The local store: " + error.detail); }

} // namespace

/// Ids of resources that are to be made, given from outside.
class Mirror::GivenIds final : public Environment
{
public:
    Instant now() override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }
    std::string new_id() override { return next; }

    std::string next;
};

std::string endpoint_of(std::string const& type) { return "/" + type + "s"; }

Mirror::Mirror() = default;

outcome<std::unique_ptr<Mirror>> Mirror::create(std::shared_ptr<ResourceStore> store)
{
    auto const& registry = copy_registry();
    if (!registry)
        return local(registry.error());
    std::unique_ptr<Mirror> mirror{new Mirror};
    mirror->ids_ = std::make_shared<GivenIds>();
    ServiceOptions service{.base_url = root, .store = std::move(store), .authenticator = principal_required()};
    service.registry = *registry;
    service.environment = mirror->ids_;
    service.limits.max_body_bytes = std::size_t{64} << 20;
    service.limits.max_resource_bytes = std::size_t{64} << 20;
    auto made = Service::create(std::move(service));
    if (!made)
        return local(made.error());
    mirror->service_.emplace(std::move(*made));
    client::ClientOptions client_options{
        .base_url = root, .transport = client::service_transport(*mirror->service_, Principal{.subject = "connector"})};
    client_options.limits.max_response_bytes = std::size_t{256} << 20;
    auto connected = client::Client::create(std::move(client_options));
    if (!connected)
        return connected.error();
    mirror->client_.emplace(std::move(*connected));
    return mirror;
}

Mirror::~Mirror()
{
    client_.reset(); // calls the service
}

outcome<json::object> Mirror::canonical(std::string const& type, json::object body) const
{
    client::RemoteResource resource;
    resource.body = std::move(body);
    strip_references(resource.body);
    return client::read_resource(resource, *service_->registry().find_resource_type(type), client_->deviations());
}

outcome<std::optional<json::object>> Mirror::get(std::string const& type, std::string const& id) const
{
    auto found = client_->get(endpoint_of(type), id);
    if (!found && found.error().error.code == ErrorCode::not_found)
        return std::optional<json::object>{};
    if (!found)
        return found.error();
    auto attributes = canonical(type, std::move(found->body));
    if (!attributes)
        return attributes.error();
    return std::optional{std::move(*attributes)};
}

outcome<Change> Mirror::put(std::string const& type, std::string const& id, json::object attributes, bool write)
{
    strip_references(attributes);
    Change change;
    auto before = get(type, id);
    if (!before)
        return before.error();
    auto after = canonical(type, attributes);
    if (!after)
        return after.error();
    change.after = std::move(*after);
    change.kind = *before ? Change::Kind::changed : Change::Kind::created;
    if (*before)
        change.before = std::move(**before);
    if (*before && same_state(change.before, change.after))
        change.kind = Change::Kind::unchanged;
    if (!write || change.kind == Change::Kind::unchanged)
        return change;
    ids_->next = id;
    auto const done =
        *before ? client_->replace(endpoint_of(type), id, attributes) : client_->create(endpoint_of(type), attributes);
    if (!done)
        return trouble(type + " " + id + " cannot be kept here: " + client::describe(done.error()));
    if (done->id != id)
        return trouble(type + " " + id + " was kept under another id.");
    return change;
}

outcome<Change> Mirror::remove(std::string const& type, std::string const& id, bool write)
{
    Change change{.kind = Change::Kind::removed};
    auto before = get(type, id);
    if (!before)
        return before.error();
    if (!*before)
        return Change{};
    change.before = std::move(**before);
    if (write)
        if (auto done = client_->remove(endpoint_of(type), id); !done)
            return done.error();
    return change;
}

outcome<std::uint64_t> Mirror::count(std::string const& type) const
{
    auto const page = client_->query(endpoint_of(type), {.count = 0});
    if (!page)
        return page.error();
    return page->total.value_or(0);
}

outcome<void> Mirror::for_each(std::string const& type, client::Query query,
                               std::function<outcome<void>(client::RemoteResource const&)> const& visit) const
{
    query.count = 500;
    for (auto const& resource : client_->resources(endpoint_of(type), std::move(query), client::PageMethod::cursor))
    {
        if (!resource)
            return resource.error();
        if (auto visited = visit(*resource); !visited)
            return visited;
    }
    return {};
}

} // namespace scimkit::connector
