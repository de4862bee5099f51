// What is computed (`$ref`, location, version) is written beside what is stored, without a copy of either: an answer is
// what the service has, not what the client sent (RFC 7644 section 3.1).
#include "presenter.hpp"

#include <scimkit/core/json.hpp>

#include "../core/json_text.hpp"
#include "../membership/reference_uris.hpp"
#include "../store/border.hpp"
#include "meta.hpp"
#include "packed_text.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

/// Writes canonical attributes, with the `$ref` of references in their place.
class AttributeWriter
{
public:
    AttributeWriter(std::string& out, Projection const& projection, TypePlan const& plan, ServiceState const& state)
        : out_(out)
        , plan_(plan)
        , rules_(state.memberships)
    {
        for (ReferenceAttribute const& reference : plan.references())
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
                              add_references(attributes, *reference, rules_);
                          return !later;
                      });
    }

    /// The attribute that is not what the store should have returned; empty if all is well.
    std::string_view malformed() const noexcept { return malformed_; }

    void write(json::object const& attributes)
    {
        for (auto const& [key, value] : attributes)
        {
            write_name(key);
            auto const* extension = value.is_object() ? find_extension(key) : nullptr;
            if (!extension)
                write_value(key, value, plan_.type->schema());
            else
                write_extension(value.get_object(), *extension);
        }
    }

private:
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
        auto const* array = value.if_array();
        if (!array)
        {
            malformed_ = reference.attribute.attribute->name;
            return;
        }
        out_ += '[';
        char const* separator = "";
        for (json::value const& element : *array)
        {
            auto const* object = element.if_object();
            if (!object)
            {
                malformed_ = reference.attribute.attribute->name;
                return;
            }
            out_ += separator;
            separator = ",";
            write_element(*object, reference);
        }
        out_ += ']';
    }

    void write_element(json::object const& element, ReferenceAttribute const& reference)
    {
        auto const uri = reference_uri(element, reference, rules_);
        out_ += '{';
        auto const begin = out_.size();
        for (auto const& [key, value] : element)
        {
            if (!uri.empty() && key == "$ref")
                continue; // what is computed counts, whatever was stored once
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
    membership::Rules const& rules_;
    std::vector<ReferenceAttribute const*> references_; // those whose $ref is written
    std::string_view malformed_{};
};

void add_resource_headers(Response& response, Identity&& identity)
{
    response.headers.push_back({"Location", std::move(identity.location)});
    if (!identity.tag.empty())
        response.headers.push_back({"ETag", std::move(identity.tag)});
}

/// For clients that take a missing list for an answer without it.
void write_empty_members(std::string& out, json::object const& attributes, Projection const& projection,
                         TypePlan const& plan)
{
    for (AttributeRef const& large : plan.type->large_attributes())
        if (!large.in_extension && projection.shows(large) && !attributes.contains(large.attribute->name))
        {
            out += ',';
            write_json_string(out, large.attribute->name);
            out += ":[]";
        }
}

/// The same of packed attributes.
result<void> write_packed_resource(std::string& out, Resource const& resource, Identity const& identity,
                                   Projection const& projection, TypePlan const& plan, ServiceState const& state)
{
    auto const packed = resource.packed.bytes().size();
    constexpr std::size_t beside = 512; // schemas, id, meta
    JsonText text{out, packed + packed / 2 + beside};
    text.add(R"({"schemas":[)");
    text.add_string(plan.type->schema().id);
    auto const behind_base = text.size();
    text.add(R"(],"id":)");
    text.add_string(resource.id);
    std::vector<Schema const*> found;
    if (auto written = write_packed_attributes(text, resource, projection, plan, state, found); !written)
        return written;
    std::string uris; // whether an extension has data is known only now
    for (auto const& extension : plan.type->extensions())
        if (std::ranges::find(found, extension.schema) != found.end())
        {
            uris += ',';
            write_json_string(uris, extension.schema->id);
        }
    text.insert(behind_base, uris);
    write_meta(text, resource, identity, projection, plan);
    text.add('}');
    return {};
}

result<void> write_resource(std::string& out, Resource& resource, Identity const& identity,
                            Projection const& projection, TypePlan const& plan, ServiceState const& state)
{
    if (resource.type != plan.type)
        return malformed_resource(*plan.type, resource.id, "resource type");
    if (resource.packed)
        return write_packed_resource(out, resource, identity, projection, plan, state);
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
    if (!writer.malformed().empty())
        return malformed_resource(*plan.type, resource.id, writer.malformed());
    if (state.options.tolerance.empty_members)
        write_empty_members(out, resource.attributes, projection, plan);
    JsonText end{out, 512};
    write_meta(end, resource, identity, projection, plan);
    end.add('}');
    return {};
}

} // namespace

result<void> write_resource(std::string& out, Resource& resource, Projection const& projection, TypePlan const& plan,
                            ServiceState const& state)
{
    return write_resource(out, resource, identity_of(resource, projection, plan), projection, plan, state);
}

namespace
{

/// However large it gets.
result<Response> whole_response(int status, Resource&& resource, Projection const& projection, Call const& call)
{
    Response response{.status = status};
    response.headers.reserve(5); // its own three, Content-Location, Preference-Applied
    response.headers.push_back({"Content-Type", std::string{call.media_type}});
    response.body.reserve(2048);
    auto identity = identity_of(resource, projection, call.plan());
    if (auto written = write_resource(response.body, resource, identity, projection, call.plan(), call.state); !written)
        return std::move(written).error();
    add_resource_headers(response, std::move(identity));
    return response;
}

} // namespace

result<Response> resource_response(int status, Resource&& resource, Projection const& projection, Call const& call)
{
    auto response = whole_response(status, std::move(resource), projection, call);
    if (response)
        if (auto fits = check_answer_size(response->body.size(), call); !fits)
            return std::move(fits).error();
    return response;
}

Response bodiless_response(int status, Resource const& resource, Projection const& projection, Call const& call)
{
    Response response{.status = status};
    add_resource_headers(response, identity_of(resource, projection, call.plan()));
    return response;
}

result<Response> write_response(int status, Resource&& resource, Projection const& projection, Call const& call,
                                WriteAnswer const& answer)
{
    auto response = answer.with_resource
                        ? whole_response(status, std::move(resource), projection, call)
                        : result<Response>{bodiless_response(status == 201 ? 201 : 204, resource, projection, call)};
    if (!response)
        return response;
    WriteAnswer given = answer;
    if (!check_answer_size(response->body.size(), call))
    {
        given.with_resource = false;
        response->status = status == 201 ? 201 : 204;
        response->body = {};
        std::erase_if(response->headers, [](ResponseHeader const& header) { return header.name == "Content-Type"; });
    }
    else if (answer.with_resource && answer.whole)
        response->headers.push_back({"Content-Location", std::string{response->header("Location")}});
    add_preference_applied(*response, given);
    return response;
}

result<void> check_answer_size(std::size_t bytes, Scope const& scope)
{
    auto const most = scope.state.options.limits.max_response_bytes;
    if (bytes <= most)
        return {};
    return Error{ErrorCode::too_many, "The answer would have more than " + std::to_string(most) +
                                          " bytes (max_response_bytes); ask for fewer resources with 'count', or for "
                                          "fewer attributes with 'attributes' or 'excludedAttributes'."};
}

void begin_list(std::string& out, std::optional<std::uint64_t> total, std::optional<std::uint64_t> start_index,
                std::uint64_t count, std::string_view next, std::string_view previous)
{
    out += R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"])";
    if (total)
        out += R"(,"totalResults":)" + std::to_string(*total);
    if (start_index)
        out += R"(,"startIndex":)" + std::to_string(*start_index);
    out += R"(,"itemsPerPage":)";
    out += std::to_string(count);
    for (auto const& [name, cursor] : {std::pair{"nextCursor", next}, std::pair{"previousCursor", previous}})
        if (!cursor.empty())
        {
            out += ",\"";
            out += name;
            out += "\":\"";
            out += cursor;
            out += '"';
        }
    out += R"(,"Resources":[)";
}

void end_list(std::string& out) { out += "]}"; }

} // namespace scimkit::service
