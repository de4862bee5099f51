// Three documents, each of which may be missing, broken or of a form of its own; what is understood of them becomes a
// registry, as if it had been configured here.
#include <scimkit/client/discovery.hpp>
#include <scimkit/core/text.hpp>

#include "../schema/keywords.hpp"
#include "capabilities.hpp"
#include "remote.hpp"

#include <algorithm>
#include <utility>

namespace scimkit::client
{

namespace
{

// A server of others decides how large its definitions are, and each resource type has a table of its names.
constexpr std::size_t max_attributes = 20'000;      // of all schemas of a server together; too_large
constexpr std::size_t max_names = 200'000;          // of all resource types together; a further type is left out
constexpr std::size_t max_extensions_of_type = 100; // of one resource type; a further one is left out

std::size_t count_of(std::vector<Attribute> const& attributes)
{
    auto count = attributes.size();
    for (auto const& attribute : attributes)
        count += attribute.sub_attributes.size();
    return count;
}

/// Passes over characteristics that contradict each other and that a reader can do without.
void reconcile(std::vector<Attribute>& attributes)
{
    for (auto& attribute : attributes)
    {
        if (!keywords::has_uniqueness(attribute.type))
            attribute.uniqueness = Uniqueness::none;
        if (attribute.mutability == Mutability::read_only)
            attribute.required = false;
        if (attribute.mutability == Mutability::write_only)
            attribute.returned = Returned::never;
        reconcile(attribute.sub_attributes);
    }
}

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
                               {ErrorCode::too_many, endpoint + ": more definitions than are taken."}};
        }
        if (!all.empty())
            return std::optional{std::move(all)};
        if (auto noted = note(missing, endpoint + " is empty"); !noted)
            return noted.error();
        return std::optional<std::vector<json::object>>{};
    }

    /// Whether it can be used: true as it is, false once it was reconciled.
    static result<bool> try_alone(Schema& schema)
    {
        auto const built = SchemaRegistry::Builder{}.add(schema).build();
        if (built)
            return true;
        auto mended = schema;
        reconcile(mended.attributes);
        if (!SchemaRegistry::Builder{}.add(mended).build())
            return built.error();
        schema = std::move(mended);
        return false;
    }

    outcome<void> read_schemas()
    {
        auto const all = definitions("/Schemas", Deviation::no_schemas);
        if (!all)
            return all.error();
        found_.has_schemas = all->has_value();
        if (!found_.has_schemas)
            return {};
        std::size_t attributes = 0;
        for (auto const& definition : **all)
        {
            auto schema = parse_schema(definition);
            if (schema && !is_discovery(schema->id)) // many list what every resource has
                std::erase_if(schema->attributes, [](Attribute const& attribute)
                              { return common_schema().find_attribute(attribute.name) != nullptr; });
            attributes += schema ? count_of(schema->attributes) : 0;
            if (attributes > max_attributes)
                return Failure{FailureKind::too_large,
                               {ErrorCode::too_many, "/Schemas: more than " + std::to_string(max_attributes) +
                                                         " attributes, which is more than are taken."}};
            // Each alone first: one that no registry takes must not spoil the others.
            if (schema && !is_discovery(schema->id))
            {
                auto const taken = try_alone(*schema);
                if (!taken)
                    schema = taken.error();
                else if (auto noted = *taken ? outcome<void>{} : note(Deviation::schema_contradiction, schema->id);
                         !noted)
                    return noted;
            }
            if (!schema)
            {
                auto const where = std::string{text_at(definition, "id")} + ": " + schema.error().detail;
                if (auto noted = note(Deviation::schema_broken, where); !noted)
                    return noted;
            }
            else if (!is_discovery(schema->id) && !find(schema->id))
                schemas_.push_back(std::move(*schema));
        }
        return {};
    }

    static bool is_discovery(std::string_view schema)
    {
        for (auto const uri : {urn::service_provider_config, urn::resource_type, urn::schema})
            if (equal_ascii_ignoring_case(schema, uri))
                return true;
        return false;
    }

    Schema const* find(std::string_view uri) const
    {
        auto const found =
            std::find_if(schemas_.begin(), schemas_.end(),
                         [&](Schema const& schema) { return equal_ascii_ignoring_case(schema.id, uri); });
        return found == schemas_.end() ? nullptr : &*found;
    }

    /// The schema that a resource type names; RFC 7643's where the server does not define it, or defines it wrongly.
    /// Null: there is none. It stays until the next call.
    Schema const* supply(std::string_view uri)
    {
        if (auto const* const known = find(uri))
            return known;
        for (auto& schema : rfc7643_schemas())
            if (equal_ascii_ignoring_case(schema.id, uri))
                return &schemas_.emplace_back(std::move(schema));
        return nullptr;
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

    outcome<void> read_extensions(json::array const& extensions, ResourceTypeDefinition& type, std::size_t& names)
    {
        for (auto const& extension : extensions)
        {
            if (!extension.is_object())
                continue;
            if (type.extensions.size() >= max_extensions_of_type)
                return note(Deviation::resource_type_broken, type.name + ": more extensions than are taken");
            std::string uri{text_at(extension.get_object(), "schema")};
            auto const* const required = find_name(extension.get_object(), "required");
            if (auto const* const schema = supply(uri))
            {
                names += count_of(schema->attributes);
                type.extensions.push_back({std::move(uri), required && required->is_bool() && required->get_bool()});
            }
            else if (auto noted = note(Deviation::schema_broken, type.name + ": extension " + uri + " is not defined");
                     !noted)
                return noted;
        }
        return {};
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
        if (is_discovery(type.schema)) // some list the protocol's own documents as types
            return {};
        auto const* const schema = supply(type.schema);
        if (!schema)
            return note(Deviation::resource_type_broken, type.name + ": its schema is not defined");
        auto names = names_ + count_of(schema->attributes);
        if (auto const* const extensions = find_name(definition, "schemaExtensions");
            extensions && extensions->is_array())
            if (auto read = read_extensions(extensions->get_array(), type, names); !read)
                return read;
        if (names > max_names)
            return note(Deviation::resource_type_broken, type.name + ": more attributes than are taken");
        names_ = names;
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

    /// All together. If they do not fit, those that are good each by itself, the first of a name or an endpoint.
    outcome<void> build()
    {
        auto registry = registry_of(types_, schemas_);
        if (registry)
        {
            found_.registry = std::move(*registry);
            return {};
        }
        std::vector<ResourceTypeDefinition> good;
        for (auto& type : types_)
            if (auto const fault = fault_of(type, good); fault.empty())
                good.push_back(std::move(type));
            else if (auto noted = note(Deviation::resource_type_broken, type.name + ": " + fault); !noted)
                return noted;
        registry =
            good.empty() ? SchemaRegistry::Builder{}.add_rfc7643().build() : registry_of(std::move(good), schemas_);
        if (!registry)
            return malformed("The schemas of the server cannot be used: " + registry.error().detail);
        found_.registry = std::move(*registry);
        return {};
    }

    /// What is wrong with a type, alone with the schemas that it names, or beside those that are taken. Empty: nothing.
    std::string fault_of(ResourceTypeDefinition const& type, std::vector<ResourceTypeDefinition> const& taken) const
    {
        for (auto const& other : taken)
            if (equal_ascii_ignoring_case(other.name, type.name) ||
                equal_ascii_ignoring_case(other.endpoint, type.endpoint))
                return "another type has its name or endpoint";
        std::vector<Schema> own;
        own.push_back(*find(type.schema));
        for (auto const& extension : type.extensions)
            if (auto const* const schema = find(extension.schema);
                std::none_of(own.begin(), own.end(), [&](Schema const& each) { return each.id == schema->id; }))
                own.push_back(*schema);
        auto const alone = registry_of({type}, own);
        return alone ? std::string{} : alone.error().detail;
    }

    static result<std::shared_ptr<SchemaRegistry const>> registry_of(std::vector<ResourceTypeDefinition> const& types,
                                                                     std::vector<Schema> const& schemas)
    {
        SchemaRegistry::Builder builder;
        for (auto const& schema : schemas)
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
    std::size_t names_ = 0; ///< of all types
};

} // namespace

outcome<Discovery> discover(Client const& client) { return Discoverer{client}.run(); }

} // namespace scimkit::client
