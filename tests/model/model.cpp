// Requests, one function for each (RFC 7644 section 3).
#include "model.hpp"

#include "patch.hpp"
#include "patch_elements.hpp"
#include "request.hpp"
#include "text.hpp"

#include <algorithm>
#include <map>

namespace scimkit::model
{

namespace
{

/// With its members by id: in which order they stand says nothing.
json::object with_ordered_members(json::object attributes, std::string const& name)
{
    auto* members = attributes.if_contains(name);
    if (members != nullptr && members->is_array())
    {
        auto& list = members->get_array();
        std::ranges::stable_sort(list, {},
                                 [](json::value const& each) { return std::string{each.at("value").as_string()}; });
    }
    return attributes;
}

} // namespace

/// A step, read.
struct Model::Request
{
    Step const& step;
    Type const* type = nullptr;
    std::string id{};
    bool is_search = false;
    std::map<std::string, std::string> query{};
    json::value body{};

    Shape shape() const
    {
        auto const text = [&](char const* name)
        {
            auto const found = query.find(name);
            return found != query.end() ? found->second : std::string{};
        };
        return {.attributes = text("attributes"), .excluded = text("excludedAttributes")};
    }
};

Expected Model::handle(Step const& step, std::int64_t now)
{
    world_.now = now;
    World const before = world_;
    try
    {
        Request request{.step = step};
        std::string_view target = step.target;
        auto const question = target.find('?');
        if (question != std::string_view::npos)
            request.query = read_query(target.substr(question + 1));
        target = target.substr(0, question);
        for (Type const& type : world_.types())
            if (target == type.endpoint || target.starts_with(type.endpoint + '/'))
            {
                request.type = &type;
                request.id = target.substr(std::min(target.size(), type.endpoint.size() + 1));
            }
        if (request.type == nullptr)
            throw Refusal{404, {}};
        request.is_search = request.id == ".search";
        if (!step.body.empty())
            request.body = json::parse(step.body);
        return carry_out(request);
    }
    catch (Refusal const& refusal)
    {
        world_.resources = before.resources;
        Expected refused{.status = refusal.status, .refusals = {refusal}};
        if (refusal.scim_type == "sensitive")
            refused.refusals.push_back({400, "invalidFilter"}); // something else in the filter may be wrong too
        return refused;
    }
    catch (Undecided const&)
    {
        world_.resources = before.resources;
        return {.undecided = true};
    }
}

Expected Model::carry_out(Request const& request)
{
    auto const& method = request.step.method;
    if (request.is_search)
        return search(request);
    if (request.id.empty())
        return method == "POST" ? create(request) : list(request);
    if (method == "GET" || method == "HEAD")
        return read(request);
    if (method == "PUT")
        return replace(request);
    return method == "PATCH" ? patch(request) : remove(request);
}

/// A body may have several faults, above all in strict mode, and any of them may be told.
Refusal Model::told_as(Refusal refusal) const
{
    if (refusal.status == 400 && mode_ == Mode::strict)
        refusal.scim_type.clear();
    return refusal;
}

/// References with their ids: what their URIs say is read with the body.
json::object Model::named(json::object attributes, Type const& type) const
{
    for (Target const& target : targets_in(attributes, type))
    {
        auto value = value_at(attributes, target);
        world_.name_by_id(value, *target.attribute);
        put_value(attributes, target, std::move(value));
    }
    return attributes;
}

/// References with what is computed of them.
json::object Model::settled(json::object attributes, Type const& type) const
{
    for (Target const& target : targets_in(attributes, type))
    {
        auto value = value_at(attributes, target);
        world_.compute_references(value, *target.attribute, mode_ == Mode::strict);
        put_value(attributes, target, std::move(value));
    }
    return attributes;
}

/// What the other resources make wrong of one that is read: a claim, or a value that is another's. Either may be told.
std::vector<Refusal> Model::faults_of(Resource const& resource) const
{
    std::vector<Refusal> faults;
    auto const try_it = [&](auto const& check)
    {
        try
        {
            check();
        }
        catch (Refusal const& refusal)
        {
            faults.push_back(told_as(refusal));
        }
    };
    try_it([&] { settled(resource.attributes, *resource.type); });
    try_it([&] { world_.check_unique(resource); });
    return faults;
}

Expected Model::create(Request const& request)
{
    Resource resource{.id = request.step.id, .type = request.type, .created = world_.now, .modified = world_.now};
    try
    {
        resource.attributes = named(read_body(request.body, *request.type, mode_), *request.type);
        check_whole(resource.attributes, *request.type);
    }
    catch (Refusal const& refusal)
    {
        throw told_as(refusal);
    }
    if (auto const faults = faults_of(resource); !faults.empty())
        return {.refusals = faults};
    resource.attributes =
        with_ordered_members(settled(std::move(resource.attributes), *request.type), request.type->members);
    auto const& stored = world_.resources[resource.id] = resource;
    Shape shape = request.shape();
    shape.sent = targets_in(stored.attributes, *request.type);
    return {.status = 201, .body = shown(world_.view(stored), *request.type, shape, mode_)};
}

Resource& Model::existing(Request const& request)
{
    if (world_.find(*request.type, request.id) == nullptr)
        throw Refusal{404, {}};
    return world_.resources.at(request.id);
}

Expected Model::read(Request const& request) const
{
    auto const* resource = world_.find(*request.type, request.id);
    if (resource == nullptr)
        throw Refusal{404, {}};
    auto const if_match = request.step.header("If-Match");
    if (!if_match.empty() && !names_current(if_match, request.id))
        throw Refusal{412, {}};
    auto const if_none_match = request.step.header("If-None-Match");
    if (!if_none_match.empty() && names_current(if_none_match, request.id))
        return {.status = 304};
    if (request.step.method == "HEAD")
        return {.status = 200};
    return {.status = 200, .body = shown(world_.view(*resource), *request.type, request.shape(), mode_)};
}

/// Gives the resource new attributes, if they are new.
void Model::store(Resource& resource, json::object attributes)
{
    auto const& members = resource.type->members;
    if (same_state(with_ordered_members(resource.attributes, members), with_ordered_members(attributes, members)))
        return;
    Resource changed = resource;
    changed.attributes = with_ordered_members(std::move(attributes), members);
    changed.modified = world_.now;
    world_.check_unique(changed);
    resource = std::move(changed);
}

/// PUT keeps what a client cannot say (RFC 7644 section 3.5.1).
json::object Model::replaced(Resource const& current, json::object incoming) const
{
    for (Target const& target : targets_in(current.attributes, *current.type))
    {
        auto const stored = value_at(current.attributes, target);
        auto const sent = value_at(incoming, target);
        if (target.attribute->change == Change::read_write)
        {
            bool const has_fixed = std::ranges::any_of(target.attribute->subs, [](Attribute const& sub)
                                                       { return sub.change == Change::immutable; });
            if (has_fixed && !sent.is_null())
                put_value(incoming, target, with_fixed(sent, stored, *target.attribute));
            continue;
        }
        if (sent.is_null())
            put_value(incoming, target, stored);
        else if (target.attribute->change == Change::immutable && !same_state(sent, stored))
            throw Refusal{400, "mutability"};
    }
    return incoming;
}

Expected Model::replace(Request const& request)
{
    Expected refused;
    std::optional<json::object> incoming;
    try
    {
        incoming = named(read_body(request.body, *request.type, mode_), *request.type);
    }
    catch (Refusal const& refusal)
    {
        refused.refusals.push_back(told_as(refusal));
    }
    try
    {
        Resource& resource = existing(request);
        check_preconditions(request.step, request.id);
        if (!incoming)
            return refused;
        Resource merged = resource;
        merged.attributes = *incoming;
        refused.refusals = faults_of(merged);
        merged.attributes =
            replaced(resource, refused.refusals.empty() ? settled(*incoming, *request.type) : *incoming);
        check_whole(merged.attributes, *request.type);
        if (!refused.refusals.empty())
            return refused;
        store(resource, std::move(merged.attributes));
        Shape shape = request.shape();
        shape.sent = targets_in(*incoming, *request.type);
        return {.status = 200, .body = shown(world_.view(resource), *request.type, shape, mode_)};
    }
    catch (Refusal const& refusal)
    {
        refused.refusals.push_back(told_as(refusal)); // either of two faults may be told
        return refused;
    }
}

Expected Model::patch(Request const& request)
{
    Resource& resource = existing(request);
    auto const& operations = request.body.as_object().at("Operations").as_array();
    Expected refused;
    Patched patched;
    try
    {
        patched = apply_patch(world_, resource, request.body, mode_);
    }
    catch (Refusal const& refusal)
    {
        // Any of several operations, or of several members without path, may be the one that is named.
        refused.refusals.push_back(is_one(operations) ? refusal : Refusal{refusal.status, {}});
    }
    try
    {
        check_preconditions(request.step, request.id);
    }
    catch (Refusal const& refusal)
    {
        refused.refusals.push_back(refusal);
    }
    if (!refused.refusals.empty())
        return refused;
    store(resource, std::move(patched.attributes));
    Shape shape = request.shape();
    auto const prefer = request.step.header("Prefer");
    bool const is_group = !request.type->members.empty();
    bool const asked = !shape.attributes.empty() || !shape.excluded.empty();
    if (!asked && prefer != "return=representation" && (is_group || prefer == "return=minimal"))
        return {.status = 204};
    shape.sent = patched.sent;
    return {.status = 200, .body = shown(world_.view(resource), *request.type, shape, mode_)};
}

Expected Model::remove(Request const& request)
{
    existing(request);
    check_preconditions(request.step, request.id);
    world_.remove(request.id);
    return {.status = 204};
}

Expected Model::list(Request const& request) const
{
    SearchRequest wanted{.shape = request.shape()};
    for (auto const& [name, value] : request.query)
        if (name == "filter")
            wanted.filter = value;
        else if (name == "sortBy")
            wanted.sort_by = value;
        else if (name == "sortOrder")
            wanted.descending = value == "descending";
        else if (name == "startIndex")
            wanted.start = number_of(value);
        else if (name == "count")
            wanted.count = number_of(value);
    return {.status = 200, .body = answer_list(world_, *request.type, wanted, mode_, Secret::forbidden)};
}

Expected Model::search(Request const& request) const
{
    SearchRequest wanted;
    for (auto const& [name, value] : request.body.as_object())
        if (name == "filter")
            wanted.filter = std::string{value.as_string()};
        else if (name == "sortBy")
            wanted.sort_by = value.as_string();
        else if (name == "sortOrder")
            wanted.descending = value == json::value("descending");
        else if (name == "startIndex")
            wanted.start = value.as_int64();
        else if (name == "count")
            wanted.count = value.as_int64();
    return {.status = 200, .body = answer_list(world_, *request.type, wanted, mode_, Secret::invalid)};
}

void Model::adopt(Type const& type, std::string const& id, json::object const* body)
{
    if (body == nullptr)
    {
        world_.resources.erase(id);
        return;
    }
    Resource resource{.id = id, .type = &type};
    if (auto const* known = world_.find(type, id))
        for (Target const& target : targets_in(known->attributes, type))
            if (target.attribute->shown == Shown::never)
                put_value(resource.attributes, target, value_at(known->attributes, target));
    for (auto const& [name, value] : *body)
        if (auto const target = find_root(name, type);
            target->attribute == nullptr || target->attribute->change != Change::read_only)
            resource.attributes[name] = value;
    auto const& meta = body->at("meta").as_object();
    resource.created = instant_of(meta.at("created").as_string()).value_or(0);
    resource.modified = instant_of(meta.at("lastModified").as_string()).value_or(0);
    world_.resources[id] = std::move(resource);
}

} // namespace scimkit::model
