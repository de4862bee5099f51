// `discover`: what a source has, and what has changed since it was last looked at.
#include "commands.hpp"
#include "connection.hpp"

#include <boost/json/serialize.hpp>

namespace connector
{

namespace client = scimkit::client;
namespace json = scimkit::json;

namespace
{

json::object describe_attribute(scimkit::Attribute const& attribute)
{
    return {{"type", scimkit::to_string(attribute.type)},
            {"multiValued", attribute.multi_valued},
            {"required", attribute.required},
            {"mutability", scimkit::to_string(attribute.mutability)},
            {"returned", scimkit::to_string(attribute.returned)},
            {"uniqueness", scimkit::to_string(attribute.uniqueness)}};
}

void describe_schema(scimkit::Schema const& schema, bool extension, json::object& attributes)
{
    auto const prefix = extension ? schema.id + ":" : std::string{};
    for (auto const& attribute : schema.attributes)
    {
        attributes[prefix + attribute.name] = describe_attribute(attribute);
        for (auto const& sub : attribute.sub_attributes)
            attributes[prefix + attribute.name + "." + sub.name] = describe_attribute(sub);
    }
}

json::object describe_types(scimkit::SchemaRegistry const& registry)
{
    json::object types;
    for (auto const& type : registry.resource_types())
    {
        json::object attributes;
        json::array extensions;
        describe_schema(type->schema(), false, attributes);
        for (auto const& extension : type->extensions())
        {
            describe_schema(*extension.schema, true, attributes);
            extensions.emplace_back(json::object{{"schema", extension.schema->id}, {"required", extension.required}});
        }
        types[type->name()] = json::object{{"endpoint", type->endpoint()},
                                           {"schema", type->schema().id},
                                           {"extensions", std::move(extensions)},
                                           {"attributes", std::move(attributes)}};
    }
    return types;
}

json::object describe_capabilities(client::Discovery const& discovery)
{
    auto const& can = discovery.capabilities;
    json::array schemes;
    for (auto const& scheme : can.authentication)
        schemes.emplace_back(scheme);
    return {{"announced", discovery.has_configuration},
            {"patch", can.patch},
            {"bulk", can.bulk},
            {"filter", can.filter},
            {"sort", can.sort},
            {"etag", can.etag},
            {"changePassword", can.change_password},
            {"cursorPaging", can.cursor_paging},
            {"deltaQuery", can.delta_query},
            {"authentication", std::move(schemes)}};
}

/// What differs between two of these, one sentence each.
void compare(std::string const& where, json::value const& before, json::value const& now, json::array& changes)
{
    if (!before.is_object() || !now.is_object())
    {
        if (!scimkit::equal_json(before, now))
            changes.emplace_back(where + ": was " + json::serialize(before) + ", is " + json::serialize(now));
        return;
    }
    for (auto const& member : before.get_object())
        if (auto const* const still = now.get_object().if_contains(member.key()))
            compare(where + "/" + std::string{member.key()}, member.value(), *still, changes);
        else
            changes.emplace_back(where + "/" + std::string{member.key()} + " is gone");
    for (auto const& member : now.get_object())
        if (!before.get_object().contains(member.key()))
            changes.emplace_back(where + "/" + std::string{member.key()} + " is new");
}

void say_types(Output& output, json::object const& types)
{
    for (auto const& type : types)
    {
        output.say("");
        output.say(std::string{type.key()} + " at " + std::string{type.value().at("endpoint").as_string()});
        std::vector<std::vector<std::string>> rows;
        for (auto const& attribute : type.value().at("attributes").as_object())
        {
            auto const& said = attribute.value().as_object();
            rows.push_back({std::string{attribute.key()}, std::string{said.at("type").as_string()},
                            said.at("multiValued").as_bool() ? "multi-valued" : "",
                            said.at("required").as_bool() ? "required" : "",
                            std::string{said.at("mutability").as_string()},
                            std::string{said.at("returned").as_string()}});
        }
        output.table({"attribute", "type", "values", "required", "mutability", "returned"}, rows);
    }
}

} // namespace

outcome<Exit> discover(Settings const& settings, Connection const& connection, Output& output)
{
    auto const begun = begin(settings, connection);
    if (!begun)
        return begun.error();
    auto const file = begun->directory / "discovery.json";
    json::object now{{"capabilities", describe_capabilities(begun->discovery)},
                     {"types", describe_types(*begun->discovery.registry)}};
    auto const before = read_json(file);
    if (!before)
        return before.error();
    json::array changes;
    if (!before->empty())
        compare("", *before, now, changes);
    std::string text;
    scimkit::write_json(text, now);
    if (auto written = write_file(file, text); !written)
        return written.error();

    std::string offered;
    for (auto const& can : now.at("capabilities").as_object())
        if (can.value().is_bool() && can.value().get_bool() && can.key() != "announced")
            offered += (offered.empty() ? "" : ", ") + std::string{can.key()};
    output.say(begun->discovery.has_configuration ? "offers " + offered : "does not say what it offers");
    say_types(output, now.at("types").as_object());
    output.say("");
    if (before->empty())
        output.say("first discovery of " + connection.name);
    else if (changes.empty())
        output.say("nothing has changed since the last discovery");
    for (auto const& change : changes)
        output.say("changed: " + std::string{change.as_string()});
    say_deviations(output, begun->source);
    now["ok"] = true;
    now["connection"] = connection.name;
    now["first"] = before->empty();
    now["changes"] = std::move(changes);
    now["deviations"] = deviations_of(begun->source);
    output.finish(now);
    return Exit::good;
}

} // namespace connector
