// The log says which resources have changed, and of large attributes which elements came and went; all else is read
// from the same snapshot, so that no value that the projection hides can come from the log.
#include "delta_page.hpp"

#include <scimkit/core/json.hpp>
#include <scimkit/filter/evaluate.hpp>

#include "../filter/visit.hpp"
#include "../membership/groups.hpp"
#include "delta_filter.hpp"
#include "packed_text.hpp"
#include "presenter.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::service
{
namespace
{

/// Changes that one page looks at, however few resources they are about.
constexpr std::uint64_t most_changes = 20'000;
/// Elements of large attributes that one page keeps, beyond those of its last change.
constexpr std::size_t most_elements = 20'000;
/// Resources that are in memory at once, those with large attributes left out.
constexpr std::size_t at_once = 100;

constexpr std::string_view response_urn = "urn:ietf:params:scim:api:messages:2.0:delta:response";

bool is_large(ResourceType const& type, std::string_view name)
{
    return std::ranges::any_of(type.large_attributes(),
                               [&](AttributeRef const& large) { return large.attribute->name == name; });
}

void erase_large(json::object& attributes, ResourceType const& type)
{
    for (AttributeRef const& large : type.large_attributes())
        attributes.erase(large.attribute->name);
}

/// Where a path of the change log leads in the JSON of a resource; null: there is nothing.
json::value* find_value(json::object& resource, std::string_view path)
{
    auto const colon = path.rfind(':');
    if (colon == std::string_view::npos)
        return resource.if_contains(path);
    auto* extension = resource.if_contains(path.substr(0, colon));
    return extension && extension->is_object() ? extension->get_object().if_contains(path.substr(colon + 1)) : nullptr;
}

std::string path_to_element(std::string_view attribute, std::string_view value)
{
    std::string path{attribute};
    path += "[value eq ";
    write_json_string(path, value);
    return path + ']';
}

/// Whether the values of a large attribute's elements are shown: what goes is told by its value.
bool shows_values(Projection const& projection, ResourceType const& type, std::string_view attribute)
{
    auto const* definition = type.schema().find_attribute(attribute);
    auto const* value = definition ? definition->find_sub_attribute("value") : nullptr;
    return value ? projection.shows_sub({&type.schema(), definition, value})
                 : definition && projection.shows({&type.schema(), definition});
}

} // namespace

DeltaPage::DeltaPage(PreparedQuery const& query, Scope const& scope, ReadTransaction& transaction)
    : query_(query)
    , scope_(scope)
    , transaction_(transaction)
    , shown_large_(large_attributes_of(query, true))
    , tested_large_()
{
    for (PreparedQuery::Source const& source : query.sources)
        if (source.filter)
            for_each_attribute(*source.filter,
                               [&](AttributeRef const& attribute)
                               {
                                   for (AttributeRef const& large : source.plan->type->large_attributes())
                                       if (large.attribute == attribute.attribute)
                                           tested_large_.push_back(large);
                               });
}

result<void> DeltaPage::read(ChangeLogView& log, LogPosition after, LogPosition end)
{
    reached_ = after;
    std::uint64_t seen = 0;
    bool full = false;
    auto read = log.read(after, most_changes,
                         [&](LoggedChange&& change)
                         {
                             ++seen;
                             auto const position = change.position;
                             full = !fold(std::move(change));
                             if (!full)
                                 reached_ = position;
                             return !full;
                         });
    if (!read)
        return read;
    if (!full && seen < most_changes)
        reached_ = end;
    if (reached_ < end)
        for (Folded& folded : folded_)
            if (query_.sources[folded.source].filter)
                folded.operations = false; // it matches as it is now, and may have begun to behind this page
    return {};
}

/// False: there is no room for one more change.
bool DeltaPage::fold(LoggedChange&& change)
{
    if (elements_ >= most_elements)
        return false;
    auto const& sources = query_.sources;
    auto const source = static_cast<std::size_t>(std::ranges::find(sources, change.resource_type,
                                                                   [](PreparedQuery::Source const& each)
                                                                   { return each.plan->type->name(); }) -
                                                 sources.begin());
    if (source == sources.size())
        return true; // of a type that nobody asks about
    auto const known = places_.find({source, change.id});
    if (known == places_.end() && folded_.size() >= query_.limit)
        return false;
    if (known == places_.end())
    {
        places_.emplace(std::pair{source, change.id}, folded_.size());
        folded_.push_back({.source = source, .id = change.id});
        folded_.back().operations = !sources[source].plan->type->large_attributes().empty();
    }
    Folded& into = folded_[known == places_.end() ? folded_.size() - 1 : known->second];
    bool const created = change.operation == LoggedChange::Operation::created;
    into.created = into.created || created;
    if (auto const& filter = sources[source].filter; filter && !into.decided && !created)
        into.decided = may_decide(change, *filter, *sources[source].plan->type);
    if (into.created || into.decided)
        into.operations = false; // whoever asks may not have it yet
    for (LoggedChange::Value& value : change.changed)
        if (std::ranges::find(into.paths, value.path) == into.paths.end())
            into.paths.push_back(std::move(value.path));
    if (into.operations)
        for (LoggedChange::Elements& elements : change.elements)
        {
            auto& by_value = into.elements[elements.attribute];
            elements_ += elements.went.size() + elements.came.size();
            for (std::string& value : elements.went)
                by_value[std::move(value)] = std::nullopt;
            for (json::object& element : elements.came)
                by_value[std::string{text_member(element, "value")}] = std::move(element);
        }
    return true;
}

result<void> DeltaPage::load(std::span<Folded const> part, std::size_t source,
                             std::vector<std::optional<Resource>>& loaded)
{
    std::vector<std::string_view> ids;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < part.size(); ++i)
        if (part[i].source == source && !has_large(part[i]))
        {
            ids.emplace_back(part[i].id);
            places.push_back(i);
        }
    if (ids.empty())
        return {};
    auto const& asked = query_.sources[source];
    // Operations are told of types with large attributes alone, and are made of what is unpacked.
    bool const packed = !asked.filter && asked.plan->type->large_attributes().empty() && transaction_.gives_packed() &&
                        reads_packed(asked.projection, *asked.plan, scope_.state);
    return transaction_.get_many(*asked.plan->type, ids, {.packed = packed},
                                 [&](std::size_t which, Resource&& resource)
                                 {
                                     loaded[places[which]] = std::move(resource);
                                     return true;
                                 });
}

/// Those that are there, but for those with large attributes.
result<std::vector<std::optional<Resource>>> DeltaPage::load(std::span<Folded const> part)
{
    std::vector<std::optional<Resource>> loaded(part.size());
    for (std::size_t source = 0; source < query_.sources.size(); ++source)
        if (auto done = load(part, source, loaded); !done)
            return std::move(done).error();
    return loaded;
}

bool DeltaPage::shows_groups(Folded const& folded) const
{
    auto const& source = query_.sources[folded.source];
    return source.plan->groups() && source.projection.shows(*source.plan->groups());
}

bool DeltaPage::has_large(Folded const& folded) const
{
    return !large_of(folded.operations).empty() &&
           !query_.sources[folded.source].plan->type->large_attributes().empty();
}

result<void> DeltaPage::write()
{
    for (std::size_t begin = 0; begin < folded_.size(); begin += at_once)
    {
        auto const part = std::span{folded_}.subspan(begin, std::min(at_once, folded_.size() - begin));
        if (auto written = write(part); !written)
            return written;
    }
    return {};
}

/// What can be large (members, groups) is in memory for one resource at a time.
result<void> DeltaPage::write(std::span<Folded> part)
{
    auto loaded = load(part);
    if (!loaded)
        return std::move(loaded).error();
    std::vector<std::string_view> ids;
    for (Folded const& folded : part)
        if (shows_groups(folded))
            ids.push_back(folded.id);
    membership::GroupsAround groups{transaction_, scope_};
    if (auto found = groups.find(ids); !found)
        return found;
    for (std::size_t i = 0; i < part.size(); ++i)
    {
        auto resource = std::move((*loaded)[i]);
        (*loaded)[i].reset(); // it would hold on to the memory
        if (has_large(part[i]))
        {
            auto got = transaction_.get(*query_.sources[part[i].source].plan->type, part[i].id,
                                        {.large_attributes = large_of(part[i].operations)});
            if (!got)
                return std::move(got).error();
            resource = std::move(*got);
        }
        if (resource && shows_groups(part[i]))
            if (auto filled = groups.fill(*resource); !filled)
                return filled;
        auto const before = text_.size();
        if (auto written = write(part[i], std::move(resource)); !written)
            return written;
        if (auto charged = scope_.context.charge(text_.size() - before); !charged)
            return charged;
        if (auto fits = check_answer_size(text_.size(), scope_); !fits)
            return fits;
    }
    return {};
}

result<bool> DeltaPage::is_asked_for(Folded const& folded, Resource& resource) const
{
    auto const& source = query_.sources[folded.source];
    if (!source.filter)
        return true;
    auto* budget = scope_.context.budget;
    bool const matched = matches(*source.filter, resource.view(), budget);
    if (budget && budget->exhausted())
        return budget->error();
    return matched;
}

result<void> DeltaPage::write(Folded& folded, std::optional<Resource> resource)
{
    auto const& source = query_.sources[folded.source];
    if (resource)
    {
        auto const asked = is_asked_for(folded, *resource);
        if (!asked)
            return asked.error();
        if (!*asked && !folded.decided)
            return {}; // nor has it matched since the token, so nobody has it
        if (!*asked)
            resource.reset();
    }
    std::string_view const change_type = !resource ? "Delete" : folded.created ? "Create" : "Update";
    json::array operations;
    if (resource && folded.operations)
    {
        auto made = operations_of(folded, std::move(*resource));
        if (!made)
            return std::move(made).error();
        operations = std::move(*made);
        if (operations.empty())
            return {}; // what has changed is not shown
    }
    if (count_++ > 0)
        text_ += ',';
    text_ += R"({"schemas":[")";
    text_ += response_urn;
    text_ += R"("],"changedResourceId":)";
    write_json_string(text_, folded.id);
    text_ += R"(,"resourceType":)";
    write_json_string(text_, source.plan->type->name());
    text_ += R"(,"changeType":")";
    text_ += change_type;
    text_ += '"';
    if (resource && folded.operations)
    {
        text_ += R"(,"operations":)";
        write_json(text_, operations);
    }
    else if (resource)
    {
        text_ += R"(,"data":)";
        if (auto written = write_resource(text_, *resource, source.projection, *source.plan, scope_.state); !written)
            return written;
    }
    text_ += '}';
    return {};
}

/// A resource as an answer shows it.
result<json::object> DeltaPage::shown(PreparedQuery::Source const& source, Resource&& resource) const
{
    std::string text;
    if (auto written = write_resource(text, resource, source.projection, *source.plan, scope_.state); !written)
        return std::move(written).error();
    constexpr auto whatever = std::numeric_limits<std::size_t>::max(); // our own text
    auto parsed = parse_json(text, {.max_bytes = whatever, .max_depth = 64, .max_values = whatever});
    if (!parsed)
        return std::move(parsed).error();
    return std::move(*parsed).as_object();
}

result<json::array> DeltaPage::operations_of(Folded& folded, Resource&& resource) const
{
    auto const& source = query_.sources[folded.source];
    ResourceType const& type = *source.plan->type;
    Resource elements{resource};
    elements.attributes = {};
    erase_large(resource.attributes, type);
    auto now = shown(source, std::move(resource));
    if (!now)
        return std::move(now).error();

    json::array operations;
    for (std::string const& path : folded.paths)
    {
        auto const parsed = parse_attribute_path(path);
        auto const attribute = parsed ? type.resolve(*parsed) : std::nullopt;
        if (!attribute || !attribute->attribute || is_large(type, attribute->attribute->name) ||
            !source.projection.shows(*attribute))
            continue;
        if (auto* value = find_value(*now, path))
            operations.push_back(json::object{{"op", "replace"}, {"path", path}, {"value", std::move(*value)}});
        else if (attribute->leaf().returned != Returned::never)
            operations.push_back(json::object{{"op", "remove"}, {"path", path}});
    }
    for (auto& [attribute, by_value] : folded.elements)
    {
        json::array came;
        for (auto& [value, element] : by_value)
            if (element)
                came.push_back(std::move(*element));
            else if (shows_values(source.projection, type, attribute))
                operations.push_back(json::object{{"op", "remove"}, {"path", path_to_element(attribute, value)}});
        if (!came.empty())
            elements.attributes[attribute] = std::move(came);
    }
    auto added = shown(source, std::move(elements));
    if (!added)
        return std::move(added).error();
    for (auto const& each : folded.elements)
        if (auto* value = added->if_contains(each.first); value && value->is_array() && !value->get_array().empty())
            operations.push_back(json::object{{"op", "add"}, {"path", each.first}, {"value", std::move(*value)}});
    if (!operations.empty())
        if (auto* meta = now->if_contains("meta"))
            operations.push_back(json::object{{"op", "replace"}, {"path", "meta"}, {"value", std::move(*meta)}});
    return operations;
}

} // namespace scimkit::service
