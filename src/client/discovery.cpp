// Three documents, each of which may be missing, broken or of a form of its own; what is understood of them becomes a
// registry, as if it had been configured here.
#include <scimkit/client/discovery.hpp>
#include <scimkit/core/text.hpp>

#include "remote.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::client
{

namespace
{

/// Whether a part of discovery is simply not there. A proxy's web page says so as well as 404 does.
bool is_missing(Failure const& failure)
{
    if (failure.kind == FailureKind::not_scim || failure.kind == FailureKind::malformed ||
        failure.kind == FailureKind::redirected)
        return true;
    if (failure.kind != FailureKind::refused)
        return false;
    auto const status = failure.status;
    return status == 400 || status == 404 || status == 405 || status == 406 || status == 410 || status == 500 ||
           status == 501;
}

bool flag_at(json::object const& object, std::string_view name)
{
    auto const* const feature = find_name(object, name);
    if (!feature)
        return false;
    auto const* const supported = feature->is_object() ? find_name(feature->get_object(), "supported") : feature;
    if (!supported)
        return false;
    if (supported->is_bool())
        return supported->get_bool();
    return supported->is_string() && equal_ascii_ignoring_case(supported->get_string(), "true");
}

std::uint64_t number_at(json::object const& object, std::string_view feature, std::string_view name)
{
    auto const* const found = find_name(object, feature);
    auto const* const value = found && found->is_object() ? find_name(found->get_object(), name) : nullptr;
    std::uint64_t number = 0;
    return value && whole_number(*value, number) ? number : 0;
}

Capabilities read_capabilities(json::object const& object)
{
    Capabilities read;
    read.patch = flag_at(object, "patch");
    read.bulk = flag_at(object, "bulk");
    read.bulk_max_operations = number_at(object, "bulk", "maxOperations");
    read.bulk_max_payload = number_at(object, "bulk", "maxPayloadSize");
    read.filter = flag_at(object, "filter");
    read.filter_max_results = number_at(object, "filter", "maxResults");
    read.change_password = flag_at(object, "changePassword");
    read.sort = flag_at(object, "sort");
    read.etag = flag_at(object, "etag");
    read.delta_query = flag_at(object, "DeltaQuery");
    if (auto const* const paging = find_name(object, "pagination"); paging && paging->is_object())
    {
        read.cursor_paging = flag_at(paging->get_object(), "cursor");
        read.index_paging = !find_name(paging->get_object(), "index") || flag_at(paging->get_object(), "index");
    }
    if (auto const* const schemes = find_name(object, "authenticationSchemes"); schemes && schemes->is_array())
        for (auto const& scheme : schemes->get_array())
            if (scheme.is_object() && read.authentication.size() < 20)
                read.authentication.push_back(clean_text(text_at(scheme.get_object(), "type"), 100));
    return read;
}

class Discoverer
{
public:
    explicit Discoverer(Client const& client)
        : client_(client)
        , deviations_(client.deviations())
    {
    }

    outcome<Discovery> run()
    {
        if (auto done = read_configuration(); !done)
            return done.error();
        if (auto done = read_schemas(); !done)
            return done.error();
        if (auto done = read_types(); !done)
            return done.error();
        if (auto done = build(); !done)
            return done.error();
        return std::move(found_);
    }

private:
    outcome<void> note(Deviation deviation, std::string const& where) { return deviations_.note(deviation, where); }

    outcome<void> read_configuration()
    {
        auto document = client_.get_document("/ServiceProviderConfig");
        if (!document && !is_missing(document.error()))
            return document.error();
        if (!document)
            return note(Deviation::no_configuration, describe(document.error()));
        auto const* body = &*document;
        if (auto const* const list = find_name(*document, "Resources"); // some answer with a list of one
            list && list->is_array() && list->get_array().size() == 1 && list->get_array()[0].is_object())
            body = &list->get_array()[0].get_object();
        found_.has_configuration = true;
        found_.capabilities = read_capabilities(*body);
        return {};
    }

    /// All definitions at an endpoint; nothing: there is none.
    outcome<std::optional<std::vector<json::object>>> definitions(std::string const& endpoint, Deviation missing)
    {
        std::vector<json::object> all;
        auto pages = client_.pages(endpoint);
        for (;;)
        {
            auto page = pages.next();
            if (!page && page.error().kind == FailureKind::inconsistent)
                break; // many servers give all of them in every answer
            if (!page && !is_missing(page.error()))
                return page.error();
            if (!page)
            {
                if (auto noted = note(missing, describe(page.error())); !noted)
                    return noted.error();
                return std::optional<std::vector<json::object>>{};
            }
            if (!*page)
                break;
            for (auto& resource : (*page)->resources)
                all.push_back(std::move(resource.body));
            if (all.size() > client_.options().limits.max_definitions)
                return Failure{FailureKind::too_large,
                               {ErrorCode::too_many, endpoint + ": more definitions than are taken"}};
        }
        if (!all.empty())
            return std::optional{std::move(all)};
        if (auto noted = note(missing, endpoint + " is empty"); !noted)
            return noted.error();
        return std::optional<std::vector<json::object>>{};
    }

    outcome<void> read_schemas()
    {
        auto const all = definitions("/Schemas", Deviation::no_schemas);
        if (!all)
            return all.error();
        found_.has_schemas = all->has_value();
        if (!found_.has_schemas)
            return {};
        for (auto const& definition : **all)
        {
            auto schema = parse_schema(definition);
            // Each alone first: one that no registry takes must not spoil the others.
            if (schema)
                if (auto const built = SchemaRegistry::Builder{}.add(*schema).build(); !built && !is_discovery(*schema))
                    schema = built.error();
            if (!schema)
            {
                auto const where = std::string{text_at(definition, "id")} + ": " + schema.error().detail;
                if (auto noted = note(Deviation::schema_broken, where); !noted)
                    return noted;
            }
            else if (!is_discovery(*schema) && !known(schema->id))
                schemas_.push_back(std::move(*schema));
        }
        return {};
    }

    static bool is_discovery(Schema const& schema)
    {
        for (auto const uri : {urn::service_provider_config, urn::resource_type, urn::schema})
            if (equal_ascii_ignoring_case(schema.id, uri))
                return true;
        return false;
    }

    bool known(std::string_view uri) const
    {
        return std::any_of(schemas_.begin(), schemas_.end(),
                           [&](Schema const& schema) { return equal_ascii_ignoring_case(schema.id, uri); });
    }

    /// A schema that a resource type names and the server does not define, or defines wrongly.
    bool supply(std::string_view uri)
    {
        if (known(uri))
            return true;
        for (auto& schema : rfc7643_schemas())
            if (equal_ascii_ignoring_case(schema.id, uri))
            {
                schemas_.push_back(std::move(schema));
                return true;
            }
        return false;
    }

    outcome<std::string> endpoint_of(json::object const& definition, std::string const& name)
    {
        std::string endpoint{text_at(definition, "endpoint")};
        auto const& base = client_.options().base_url;
        bool const whole = endpoint.starts_with(base);
        if (whole)
            endpoint.erase(0, base.size());
        if (endpoint.empty())
            endpoint = name + "s";
        bool const relative = !endpoint.starts_with('/');
        if (relative)
            endpoint.insert(0, 1, '/');
        if (whole || relative)
            if (auto noted = note(Deviation::endpoint_form, name + ": " + endpoint); !noted)
                return noted.error();
        return endpoint;
    }

    outcome<void> read_type(json::object const& definition)
    {
        ResourceTypeDefinition type;
        type.name = text_at(definition, "name");
        if (type.name.empty())
            type.name = text_at(definition, "id");
        auto endpoint = endpoint_of(definition, type.name);
        if (!endpoint)
            return endpoint.error();
        type.endpoint = std::move(*endpoint);
        type.schema = text_at(definition, "schema");
        type.description = text_at(definition, "description");
        if (!supply(type.schema))
            return note(Deviation::resource_type_broken, type.name + ": its schema is not defined");
        if (auto const* const extensions = find_name(definition, "schemaExtensions");
            extensions && extensions->is_array())
            for (auto const& extension : extensions->get_array())
            {
                if (!extension.is_object())
                    continue;
                std::string uri{text_at(extension.get_object(), "schema")};
                auto const* const required = find_name(extension.get_object(), "required");
                if (supply(uri))
                    type.extensions.push_back(
                        {std::move(uri), required && required->is_bool() && required->get_bool()});
                else if (auto noted =
                             note(Deviation::schema_broken, type.name + ": extension " + uri + " is not defined");
                         !noted)
                    return noted;
            }
        types_.push_back(std::move(type));
        return {};
    }

    outcome<void> read_types()
    {
        auto const all = definitions("/ResourceTypes", Deviation::no_resource_types);
        if (!all)
            return all.error();
        found_.has_resource_types = all->has_value();
        if (found_.has_resource_types)
            for (auto const& definition : **all)
                if (auto read = read_type(definition); !read)
                    return read;
        if (!types_.empty())
            return {};
        types_ = rfc7643_resource_types();
        for (auto const& type : types_)
        {
            (void)supply(type.schema);
            for (auto const& extension : type.extensions)
                (void)supply(extension.schema);
        }
        return {};
    }

    /// All together; if they do not fit, types one by one, as many as do.
    outcome<void> build()
    {
        if (auto registry = registry_of(types_))
        {
            found_.registry = std::move(*registry);
            return {};
        }
        std::vector<ResourceTypeDefinition> good;
        for (auto const& type : types_)
        {
            good.push_back(type);
            if (auto const registry = registry_of(good); !registry)
            {
                good.pop_back();
                if (auto noted = note(Deviation::resource_type_broken, type.name + ": " + registry.error().detail);
                    !noted)
                    return noted;
            }
        }
        auto registry = good.empty() ? SchemaRegistry::Builder{}.add_rfc7643().build() : registry_of(good);
        if (!registry)
            return malformed("the schemas of the server cannot be used: " + registry.error().detail);
        found_.registry = std::move(*registry);
        return {};
    }

    result<std::shared_ptr<SchemaRegistry const>> registry_of(std::vector<ResourceTypeDefinition> const& types) const
    {
        SchemaRegistry::Builder builder;
        for (auto const& schema : schemas_)
            builder.add(schema);
        for (auto const& type : types)
            builder.add(type);
        return builder.build();
    }

    Client const& client_;
    DeviationLog& deviations_;
    Discovery found_{};
    std::vector<Schema> schemas_;
    std::vector<ResourceTypeDefinition> types_;
};

} // namespace

outcome<Discovery> discover(Client const& client) { return Discoverer{client}.run(); }

} // namespace scimkit::client
