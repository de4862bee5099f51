// bulkIds in values: found by the schema, since text may look like them.
#include "bulk.hpp"

namespace scimkit::model
{
namespace
{

bool refers(Attribute const& attribute)
{
    auto const* uri = attribute.sub("$ref");
    return uri && uri->kind == Kind::reference;
}

class Resolver
{
public:
    Resolver(World const& world, std::vector<std::size_t>& uses)
        : world_(world)
        , uses_(uses)
    {
    }

    void resolve(json::value& value, Attribute const& attribute, bool is_id)
    {
        if (attribute.change == Change::read_only && attribute.kind == Kind::complex)
            return;
        if (auto* array = value.if_array())
            for (json::value& element : *array)
                resolve_one(element, attribute, is_id);
        else
            resolve_one(value, attribute, is_id);
    }

    void resolve_members(json::value& value, std::vector<Attribute> const& attributes, bool refers)
    {
        if (auto* object = value.if_object())
            for (auto& [name, member] : *object)
                for (Attribute const& attribute : attributes)
                    if (equal_names(attribute.name, name))
                        resolve(member, attribute, refers && attribute.name == "value");
    }

private:
    void resolve_one(json::value& value, Attribute const& attribute, bool is_id)
    {
        if (attribute.kind == Kind::complex && value.is_object())
            return resolve_members(value, attribute.subs, refers(attribute));
        bool const is_uri = attribute.kind == Kind::reference;
        if (!value.is_string() || !(is_uri || is_id || (attribute.kind == Kind::complex && refers(attribute))))
            return;
        std::string text{value.get_string()};
        text = text.substr(text.rfind('/') + 1); // some send a URI where an id is meant
        if (!text.starts_with("bulkId:"))
            return;
        auto const found = world_.promised.find(text.substr(7));
        if (found == world_.promised.end())
            throw Refusal{400, "invalidValue"};
        Promise const& promise = found->second;
        if (!promise.type)
            throw Refusal{409, {}};
        uses_.push_back(promise.operation);
        value = is_uri ? world_.location(*promise.type, promise.id) : promise.id;
    }

    World const& world_;
    std::vector<std::size_t>& uses_;
};

void resolve_filter(Filter& filter, Resolver& resolver)
{
    for (Filter& operand : filter.operands)
        resolve_filter(operand, resolver);
    if (filter.target.attribute && filter.literal.is_string())
        resolver.resolve(filter.literal, filter.target.leaf(),
                         refers(*filter.target.attribute) && filter.target.leaf().name == "value");
}

} // namespace

void resolve_names(Path& path, World const& world, std::vector<std::size_t>& uses)
{
    Resolver resolver{world, uses};
    if (path.filter)
        resolve_filter(*path.filter, resolver);
}

void resolve_names(json::value& value, Target const& target, World const& world, std::vector<std::size_t>& uses)
{
    bool const is_id = target.sub && target.sub->name == "value" && refers(*target.attribute);
    Resolver{world, uses}.resolve(value, target.leaf(), is_id);
}

void resolve_names(json::value& body, Type const& type, World const& world, std::vector<std::size_t>& uses)
{
    auto* object = body.if_object();
    if (!object)
        return;
    for (auto& [name, member] : *object)
        if (auto const root = find_root(name, type))
            if (!root->attribute)
                Resolver{world, uses}.resolve_members(member, root->extension->attributes, false);
            else
                resolve_names(member, *root, world, uses);
        else if (auto const target = find_attribute(name, type, Mode::tolerant); target && target->attribute)
            resolve_names(member, *target, world, uses);
}

} // namespace scimkit::model
