// PATCH bodies: every operation, with and without path, through value paths, to sub-attributes and extensions.
#include "generator.hpp"

#include <array>

namespace scimkit::model
{
namespace
{

constexpr std::array ops{"add", "add", "replace", "remove"};

} // namespace

json::value PatchMaker::member_value(Attribute const& attribute)
{
    // One element as it is, which only an add takes everywhere.
    return attribute.multi && choices_.one_in(3) ? values_.element(attribute) : values_.value(attribute);
}

json::object PatchMaker::without_path(Type const& type)
{
    json::object members;
    for (auto count = 1 + choices_.below(3); count > 0; --count)
    {
        Target const target = values_.target(type);
        if (target.extension && choices_.one_in(2))
        {
            json::object owner{{target.attribute->name, member_value(*target.attribute)}};
            members[target.extension->uri] = std::move(owner);
        }
        else
            members[target.extension ? target.extension->uri + ':' + target.attribute->name : target.attribute->name] =
                member_value(*target.attribute);
    }
    if (choices_.one_in(12))
        members["id"] = values_.id();
    if (choices_.one_in(30))
        members["noSuch"] = "x";
    return members;
}

json::object PatchMaker::operation(Type const& type)
{
    std::string const op = choices_.of(ops);
    json::object message{{"op", op}};
    if (op != "remove" && choices_.one_in(4))
    {
        json::object members = without_path(type);
        message["value"] = choices_.one_in(30) && !without_.contains("array-of-one")
                               ? json::value(json::array{std::move(members)})
                               : json::value(members);
        return message;
    }
    Target target = values_.target(type);
    if (auto const* members = type.schema.find(type.members); members && choices_.one_in(2))
        target = {.attribute = members};
    Attribute const& attribute = *target.attribute;
    if (attribute.name == type.members && op == "replace" && without_.contains("member-order"))
        message["op"] = "add";
    std::string path = values_.name(target, type);
    bool const filtered = attribute.multi && choices_.one_in(2);
    if (filtered)
        path += '[' + filters_.element_filter(attribute, 1, op == "remove") + ']';
    Attribute const* sub = nullptr;
    if (attribute.kind == Kind::complex && choices_.one_in(2) && !known_by_value(attribute))
        sub = is_reference(attribute) ? attribute.sub("value") : &choices_.of(attribute.subs);
    if (sub)
        path += '.' + sub->name;
    if (choices_.one_in(60))
        path = choices_.one_in(2) ? "noSuch" : "id";
    message["path"] = path;
    if (op == "remove")
    {
        if (!sub && attribute.multi && choices_.one_in(filtered ? 6 : 2) && !without_.contains("remove-values"))
            message["value"] = member_value(attribute);
        return message;
    }
    Attribute const& leaf = sub ? *sub : attribute;
    bool const one = filtered && !sub;
    message["value"] = one ? values_.element(leaf) : member_value(leaf);
    return message;
}

json::object PatchMaker::body(Type const& type)
{
    json::array operations;
    bool const one_only = without_.contains("cancel") && !type.members.empty();
    for (auto count = 1 + (one_only ? 0 : choices_.below(choices_.one_in(3) ? 6 : 2)); count > 0; --count)
        operations.emplace_back(operation(type));
    return {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}},
            {"Operations", std::move(operations)}};
}

} // namespace scimkit::model
