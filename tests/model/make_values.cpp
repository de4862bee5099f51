// Makes values by the schema, and spoils some.
#include "make_values.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>

namespace scimkit::model
{
namespace
{

// Some are the same in small letters, others only to who folds more than that: sharp s and ss, the sigmas of a Greek
// word, an i with its dot and one without.
constexpr std::array words{"a", "A",    "b",      "ab",     "work", "home",   "\u00e9", "\u00c9", "e\u0301", "x y",
                           "1", "Work", "\u00df", "\u1e9e", "ss",   "\u03a3", "\u03c3", "\u03c2", "\u0130",  "i\u0307"};
constexpr std::array user_names{"ada",         "ADA",       "bob",          "Bob",          "eve",
                                "\u00e9mil",   "\u00c9mil", "u1",           "u2",           "u3",
                                "u4",          "u5",        "ida",          "\u0130da",     "i\u0307da",
                                "stra\u00dfe", "STRASSE",   "\u03bf\u03c3", "\u03bf\u03c2", "\u03bf\u03a3"};
constexpr std::array instants{"2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2025-12-31T23:59:59.5Z",
                              "2026-01-01T00:00:05Z", "2030-06-01T12:00:00Z"};
constexpr std::array uris{"https://example.com/a", "https://example.com/b", "https://example.com/A"};
constexpr std::array binaries{"YQ==", "YWI=", "QQ=="};

/// Core attributes with formats of their own.
constexpr std::array with_format{"preferredLanguage", "locale", "timezone", "phoneNumbers", "ims", "x509Certificates"};

} // namespace

bool is_generated(Attribute const& attribute)
{
    return attribute.change != Change::read_only && std::ranges::find(with_format, attribute.name) == with_format.end();
}

json::value ValueMaker::strange()
{
    switch (choices_.below(without_.contains("empty") ? 4 : 8))
    {
    case 0:
        return nullptr;
    case 1:
        return json::array{};
    case 2:
        return 7;
    case 3:
        return json::array{nullptr};
    case 4:
        return json::object{};
    case 5:
        return json::object{{"noSuch", "x"}};
    case 6:
        return json::array{json::object{{"id", id()}}};
    default:
        return "";
    }
}

json::value ValueMaker::simple(Attribute const& attribute)
{
    switch (attribute.kind)
    {
    case Kind::boolean:
        if (choices_.one_in(12))
            return choices_.one_in(2) ? "True" : "false";
        return choices_.one_in(2);
    case Kind::integer:
        return static_cast<std::int64_t>(choices_.below(4)) - 1;
    case Kind::decimal:
        return static_cast<double>(choices_.below(5)) / 2;
    case Kind::instant:
        return json::value(choices_.of(instants));
    case Kind::reference:
        return json::value(choices_.of(uris));
    case Kind::binary:
        return json::value(choices_.of(binaries));
    case Kind::text:
    case Kind::complex:
        break;
    }
    if (attribute.name == "userName")
        return json::value(choices_.of(user_names));
    if (attribute.name == "country")
        return "GB";
    if (attribute.unique)
        return json::value(choices_.of(user_names));
    return json::value(choices_.of(words));
}

/// Of a type, or with null of any; empty if nothing is promised.
std::string ValueMaker::promised_id(Type const* type)
{
    std::vector<std::string> names;
    for (Promised const& each : promised_)
        if (!type || each.type == type)
            names.push_back(each.name);
    return names.empty() ? std::string{} : choices_.of(names);
}

std::string ValueMaker::id()
{
    auto const& resources = model_.world().resources;
    if (!promised_.empty() && choices_.one_in(3))
        return promised_id(nullptr);
    if (resources.empty() || choices_.one_in(24))
        return "Rghost" + std::to_string(choices_.below(2));
    auto const found = std::next(resources.begin(), static_cast<std::ptrdiff_t>(choices_.below(resources.size())));
    std::string id = found->first;
    if (choices_.one_in(24) && !without_.contains("id-case"))
        id.front() = 'r'; // ids are exact
    return id;
}

std::string ValueMaker::id_of(Type const& type)
{
    if (!promised_.empty() && choices_.one_in(2))
        if (auto name = promised_id(&type); !name.empty())
            return name;
    std::vector<std::string> ids;
    for (auto const& [id, resource] : model_.world().resources)
        if (resource.type == &type)
            ids.push_back(id);
    return ids.empty() || choices_.one_in(16) ? id() : choices_.of(ids);
}

json::object ValueMaker::reference(Attribute const& attribute)
{
    auto const& world = model_.world();
    auto const& refers_to = attribute.sub("$ref")->refers_to;
    Type const& type = *find_type(world.types(), choices_.of(refers_to));
    json::object element{{"value", id_of(type)}};
    auto const value = std::string{element.at("value").as_string()};
    if (value.starts_with("bulkId:") && choices_.one_in(4))
        return {{"$ref", choices_.one_in(2) ? value : "../" + type.endpoint.substr(1) + '/' + value}};
    if (!world.find(type, value) || !choices_.one_in(4) || without_.contains("claims") ||
        (model_.mode() == Mode::strict && without_.contains("claims-twice")))
        return element;
    // Not made: an element with its URI alone. Where another element of the list is the same one by its id, what a
    // wrong claim beside it comes to differs between a body and a PATCH in strict mode, and is not settled yet.
    if (choices_.one_in(2))
        element["$ref"] = world.location(type, choices_.one_in(4) ? "other" : value);
    if (attribute.sub("type") && choices_.one_in(2))
        element["type"] = choices_.one_in(4) ? choices_.of(refers_to) : type.name;
    if (element.contains("$ref") && choices_.one_in(8))
        element.erase("value"); // the URI says who is meant
    if (!element.contains("value") && choices_.one_in(8))
        element["$ref"] = world.location(type, choices_.one_in(2) ? "%20" : "a%00");
    return element;
}

json::object ValueMaker::members_of(Attribute const& attribute)
{
    if (is_reference(attribute))
        return reference(attribute);
    json::object members;
    for (Attribute const& sub : attribute.subs)
    {
        bool const is_usual = sub.name == "value" || sub.name == "type" || sub.required;
        if (sub.change == Change::read_only || choices_.one_in(is_usual ? 4 : 2))
            continue;
        if (sub.name == "primary")
        {
            if (choices_.one_in(3))
                members["primary"] = !choices_.one_in(3);
            continue;
        }
        members[sub.name] = value(sub);
    }
    bool const says_nothing =
        std::ranges::all_of(members, [](json::key_value_pair const& member)
                            { return member.value().is_null() || member.value() == json::value(json::array{}); });
    if (says_nothing && (members.empty() || without_.contains("empty")))
        members[attribute.subs.front().name] = simple(attribute.subs.front());
    if (choices_.one_in(40))
        members["noSuch"] = "x";
    return members;
}

json::value ValueMaker::element(Attribute const& attribute)
{
    if (choices_.one_in(60))
        return strange();
    if (attribute.kind != Kind::complex)
        return simple(attribute);
    if (is_reference(attribute) && choices_.one_in(12))
        return json::value(id());
    return members_of(attribute);
}

json::value ValueMaker::value(Attribute const& attribute)
{
    if (choices_.one_in(50))
        return strange();
    if (!attribute.multi)
    {
        auto single = element(attribute);
        bool const in_array = choices_.one_in(40) && !without_.contains("array-of-one");
        return in_array ? json::value(json::array{std::move(single)}) : single;
    }
    if (choices_.one_in(24))
        return element(attribute);
    json::array elements;
    for (auto count = choices_.below(choices_.one_in(12) ? 14 : 4); count > 0; --count)
        elements.push_back(element(attribute));
    if (elements.size() > 1 && choices_.one_in(4))
        elements.push_back(json::value(elements.front()));
    return elements;
}

Target ValueMaker::target(Type const& type)
{
    std::vector<Target> targets;
    bool const from_extension = !type.extensions.empty() && choices_.one_in(4);
    Schema const* extension = from_extension ? &choices_.of(type.extensions) : nullptr;
    for (Attribute const& attribute : (from_extension ? *extension : type.schema).attributes)
        if (is_generated(attribute))
            targets.push_back({.extension = extension, .attribute = &attribute});
    return choices_.of(targets);
}

json::object ValueMaker::body(Type const& type)
{
    json::object attributes;
    for (Attribute const& attribute : type.schema.attributes)
        if ((attribute.required && !choices_.one_in(60)) || attribute.name == type.members)
            attributes[attribute.name] = value(attribute);
    json::array schemas{json::value(type.schema.uri)};
    for (auto count = choices_.below(6); count > 0; --count)
    {
        auto const chosen = target(type);
        if (!chosen.extension)
            attributes[chosen.attribute->name] = value(*chosen.attribute);
        else
        {
            json::object owner;
            if (auto const* there = attributes.if_contains(chosen.extension->uri))
                owner = there->as_object();
            else
                schemas.push_back(json::value(chosen.extension->uri));
            owner[chosen.attribute->name] = value(*chosen.attribute);
            attributes[chosen.extension->uri] = std::move(owner);
        }
    }
    if (choices_.one_in(40))
        attributes["noSuch"] = "x";
    json::object body;
    if (!choices_.one_in(40))
        body["schemas"] = std::move(schemas);
    for (auto& [name, value] : attributes)
        body[name] = std::move(value);
    return body;
}

std::string ValueMaker::name(Target const& target, Type const& type)
{
    std::string name;
    bool const bare = target.extension && model_.mode() == Mode::tolerant && choices_.one_in(6);
    if (target.extension && !bare)
        name = target.extension->uri + ':';
    else if (!target.extension && !common_attributes().find(target.attribute->name) &&
             target.attribute->name != "externalId" && choices_.one_in(16))
        name = type.schema.uri + ':';
    auto const own = name.size();
    name += target.attribute->name;
    if (target.sub)
        name += '.' + target.sub->name;
    if (choices_.one_in(16))
        std::transform(name.begin() + static_cast<std::ptrdiff_t>(own), name.end(),
                       name.begin() + static_cast<std::ptrdiff_t>(own),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return name;
}

std::string ValueMaker::literal(Attribute const& attribute)
{
    if (choices_.one_in(20))
        return "null";
    if (choices_.one_in(30))
        return choices_.one_in(2) ? "\"x\"" : "1";
    if (attribute.name == "value" && attribute.exact && attribute.kind == Kind::text)
        return '"' + id() + '"';
    if (attribute.name == "id")
        return '"' + id() + '"';
    if (attribute.kind == Kind::reference && attribute.name != "value")
    {
        auto const any = id();
        auto const found = model_.world().resources.find(any);
        if (found != model_.world().resources.end())
            return '"' + model_.world().location(*found->second.type, any) + '"';
    }
    auto const value = simple(attribute);
    return value.is_double() ? std::to_string(value.get_double()) : serialised(value);
}

} // namespace scimkit::model
