#include "presenter.hpp"

#include <scimkit/core/json.hpp>

#include "references.hpp"

namespace scimkit::service
{
namespace
{

/// Writes canonical attributes, with the `$ref` of references in their place.
class AttributeWriter
{
public:
    AttributeWriter(std::string& out, Projection const& projection, TypePlan const& plan, ServiceState const& state)
        : out_{out}
        , plan_{plan}
        , state_{state}
    {
        for (ReferenceAttribute const& reference : plan.references)
            if (shows(projection, reference, reference.uri_attribute))
                references_.push_back(&reference);
    }

    /// What cannot be computed any more once the projection has taken its part away is put in before.
    void prepare(json::object& attributes, Projection const& projection)
    {
        std::erase_if(references_,
                      [&](ReferenceAttribute const* reference)
                      {
                          bool const later =
                              shows(projection, *reference, reference->value_attribute) &&
                              (!reference->type_attribute || shows(projection, *reference, reference->type_attribute));
                          if (!later)
                              add_references(attributes, *reference, state_);
                          return !later;
                      });
    }

    void write(json::object const& attributes)
    {
        for (auto const& [key, value] : attributes)
        {
            write_name(key);
            auto const* extension = value.is_object() ? find_extension(key) : nullptr;
            if (extension == nullptr)
                write_value(key, value, plan_.type->schema());
            else
                write_extension(value.get_object(), *extension);
        }
    }

private:
    static bool shows(Projection const& projection, ReferenceAttribute const& reference, Attribute const* sub)
    {
        AttributeRef ref = reference.attribute;
        ref.sub_attribute = sub;
        return projection.shows_sub(ref);
    }

    /// Canonical attributes have the URI as the schema spells it.
    Schema const* find_extension(std::string_view key) const noexcept
    {
        for (auto const& extension : plan_.type->extensions())
            if (extension.schema->id == key)
                return extension.schema;
        return nullptr;
    }

    void write_name(std::string_view name)
    {
        out_ += ',';
        write_json_string(out_, name);
        out_ += ':';
    }

    void write_extension(json::object const& attributes, Schema const& extension)
    {
        out_ += '{';
        auto const begin = out_.size();
        for (auto const& [key, value] : attributes)
        {
            write_name(key);
            write_value(key, value, extension);
        }
        if (out_.size() > begin)
            out_.erase(begin, 1); // the first comma
        out_ += '}';
    }

    void write_value(std::string_view name, json::value const& value, Schema const& schema)
    {
        for (ReferenceAttribute const* reference : references_)
            if (reference->attribute.schema == &schema && reference->attribute.attribute->name == name)
                return write_references(value, *reference);
        write_json(out_, value);
    }

    void write_references(json::value const& value, ReferenceAttribute const& reference)
    {
        if (auto const* object = value.if_object())
            return write_element(*object, reference);
        out_ += '[';
        char const* separator = "";
        for (json::value const& element : value.get_array())
        {
            out_ += separator;
            separator = ",";
            write_element(element.get_object(), reference);
        }
        out_ += ']';
    }

    void write_element(json::object const& element, ReferenceAttribute const& reference)
    {
        auto const uri = element.contains("$ref") ? std::string{} : reference_uri(element, reference, state_);
        out_ += '{';
        auto const begin = out_.size();
        for (auto const& [key, value] : element)
        {
            write_name(key);
            write_json(out_, value);
        }
        if (!uri.empty())
        {
            write_name("$ref");
            write_json_string(out_, uri);
        }
        if (out_.size() > begin)
            out_.erase(begin, 1);
        out_ += '}';
    }

    std::string& out_;
    TypePlan const& plan_;
    ServiceState const& state_;
    std::vector<ReferenceAttribute const*> references_; // those whose $ref is written
};

/// The sub-attributes of meta in the order in which they are written.
struct MetaAttributes
{
    Schema const& schema = common_schema();
    Attribute const* meta = schema.find_attribute("meta");
    Attribute const* resource_type = meta->find_sub_attribute("resourceType");
    Attribute const* created = meta->find_sub_attribute("created");
    Attribute const* last_modified = meta->find_sub_attribute("lastModified");
    Attribute const* location = meta->find_sub_attribute("location");
    Attribute const* version = meta->find_sub_attribute("version");
};

void write_meta(std::string& out, Resource const& resource, std::string_view location, Projection const& projection,
                TypePlan const& plan)
{
    static MetaAttributes const known;
    if (!projection.shows({&known.schema, known.meta}))
        return;

    auto const begin = out.size();
    char const* separator = R"(,"meta":{")";
    auto const member = [&](Attribute const* attribute, std::string_view text)
    {
        if (text.empty() || !projection.shows_sub({&known.schema, known.meta, attribute}))
            return;
        out += separator;
        separator = ",\"";
        out += attribute->name;
        out += "\":";
        write_json_string(out, text);
    };
    member(known.resource_type, plan.type->name());
    member(known.created, format_date_time(resource.created));
    member(known.last_modified, format_date_time(resource.last_modified));
    member(known.location, location);
    member(known.version, format_version(resource.version));
    if (out.size() > begin)
        out += '}';
}

void add_resource_headers(Response& response, Resource const& resource, std::string&& location)
{
    response.headers.push_back({"Location", std::move(location)});
    if (auto tag = format_version(resource.version); !tag.empty())
        response.headers.push_back({"ETag", std::move(tag)});
}

void write_resource(std::string& out, Resource& resource, std::string_view location, Projection const& projection,
                    TypePlan const& plan, ServiceState const& state)
{
    out += R"({"schemas":[)";
    char const* separator = "";
    for (std::string_view const uri : schemas_of(*plan.type, resource.attributes))
    {
        out += separator;
        separator = ",";
        write_json_string(out, uri);
    }
    out += R"(],"id":)";
    write_json_string(out, resource.id);

    AttributeWriter writer{out, projection, plan, state};
    writer.prepare(resource.attributes, projection);
    projection.apply(resource.attributes);
    writer.write(resource.attributes);
    write_meta(out, resource, location, projection, plan);
    out += '}';
}

} // namespace

void write_resource(std::string& out, Resource& resource, Projection const& projection, TypePlan const& plan,
                    ServiceState const& state)
{
    write_resource(out, resource, location_of(resource, plan), projection, plan, state);
}

std::string location_of(Resource const& resource, TypePlan const& plan)
{
    std::string location;
    location.reserve(plan.location_prefix.size() + resource.id.size());
    location = plan.location_prefix;
    append_segment(location, resource.id);
    return location;
}

Response resource_response(int status, Resource&& resource, Projection const& projection, Call const& call)
{
    Response response{.status = status};
    response.headers.reserve(3);
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    response.body.reserve(2048);
    auto location = location_of(resource, call.plan());
    write_resource(response.body, resource, location, projection, call.plan(), call.state);
    add_resource_headers(response, resource, std::move(location));
    return response;
}

Response bodiless_response(int status, Resource const& resource, Call const& call)
{
    Response response{.status = status};
    add_resource_headers(response, resource, location_of(resource, call.plan()));
    return response;
}

Response list_response(std::vector<Resource>&& page, std::uint64_t total, std::uint64_t start_index,
                       Projection const& projection, Call const& call)
{
    Response response{.status = 200};
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    begin_list(response.body, total, start_index, page.size());
    char const* separator = "";
    for (Resource& resource : page)
    {
        response.body += separator;
        separator = ",";
        write_resource(response.body, resource, projection, call.plan(), call.state);
    }
    end_list(response.body);
    return response;
}

void begin_list(std::string& out, std::uint64_t total, std::uint64_t start_index, std::uint64_t count)
{
    out += R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)";
    out += std::to_string(total);
    out += R"(,"startIndex":)";
    out += std::to_string(start_index);
    out += R"(,"itemsPerPage":)";
    out += std::to_string(count);
    out += R"(,"Resources":[)";
}

void end_list(std::string& out) { out += "]}"; }

} // namespace scimkit::service
