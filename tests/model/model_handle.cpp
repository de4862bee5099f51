// What a request is about: a resource, a collection, the root, the caller's own resource or a Bulk; and lists.
#include "model_request.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{

Expected Model::handle(Step const& step, std::int64_t now)
{
    world_.now = now;
    auto const before = world_.resources;
    try
    {
        return step.target == "/Bulk" ? bulk(step) : attempt(step);
    }
    catch (Undecided const&)
    {
        world_.resources = before;
        world_.promised.clear();
        return {.undecided = true};
    }
}

/// One request. A refusal changes nothing. Throws Undecided.
Expected Model::attempt(Step const& step)
{
    auto const before = world_.resources;
    try
    {
        return carry_out(read_request(step));
    }
    catch (Refusal const& refusal)
    {
        world_.resources = before;
        Expected refused{.refusals = {refusal}};
        if (refusal.scim_type == "sensitive")
            refused.refusals.push_back({400, "invalidFilter"}); // something else in the filter may be wrong too
        return refused;
    }
}

Model::Request Model::read_request(Step const& step) const
{
    Request request{.step = step};
    std::string_view target = step.target;
    auto const question = target.find('?');
    if (question != std::string_view::npos)
        request.query = read_query(target.substr(question + 1));
    target = target.substr(0, question);
    if (!step.body.empty())
        request.body = json::parse(step.body);
    request.is_search = target.ends_with("/.search");
    if (target.empty() || target == "/" || target == "/.search")
        return request;
    if (target == "/Me")
    {
        if (step.method == "POST")
            throw Refusal{501, {}};
        request.type = find_type(world_.types(), "User");
        request.id = own_id(step.header("Caller"));
        return request;
    }
    for (Type const& type : world_.types())
        if (target == type.endpoint || target.starts_with(type.endpoint + '/'))
        {
            request.type = &type;
            request.id = target.substr(std::min(target.size(), type.endpoint.size() + 1));
        }
    if (!request.type)
        throw Refusal{404, {}};
    return request;
}

/// The caller is the user who is called so (RFC 7644 section 3.11).
std::string Model::own_id(std::string_view caller) const
{
    Type const& users = *find_type(world_.types(), "User");
    Attribute const& name = *users.schema.find("userName");
    for (auto const& [id, resource] : world_.resources)
        if (auto const* own = resource.attributes.if_contains(name.name);
            resource.type == &users && own && compare(*own, json::value(caller), name) == 0)
            return id;
    throw Refusal{403, {}};
}

Expected Model::carry_out(Request const& request)
{
    auto const& method = request.step.method;
    if (request.is_search)
        return search(request);
    if (request.type && request.type->of_members && (!request.id.empty() || method == "POST"))
        return membership(request);
    if (request.id.empty())
        return method == "POST" ? create(request) : list(request);
    if (method == "GET" || method == "HEAD")
        return read(request);
    if (method == "PUT")
        return replace(request);
    return method == "PATCH" ? patch(request) : remove(request);
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
        else if (name == "cursor")
            wanted.by_cursor = true;
    return answer(request, wanted, Secret::forbidden);
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
        else if (name == "cursor")
            wanted.by_cursor = true;
    return answer(request, wanted, Secret::invalid);
}

Expected Model::answer(Request const& request, SearchRequest const& wanted, Secret secret) const
{
    if (wanted.by_cursor && wanted.start)
        throw Refusal{400, "invalidValue"}; // one or the other
    auto answered = answer_list(world_, request.type, wanted, mode_, secret);
    Expected expected{.status = 200, .body = std::move(answered.page)};
    if (wanted.by_cursor)
        expected.walk = Walk{std::move(answered.all), answered.page_size};
    return expected;
}

/// The refusal of a body of which something is wrong whatever else there is.
std::optional<Refusal> Model::faulty(Step const& step) const
{
    try
    {
        auto const request = read_request(step);
        auto const attributes = named(read_body(request.body, *request.type, mode_), *request.type);
        if (step.method == "POST")
            check_whole(attributes, *request.type);
        return std::nullopt;
    }
    catch (Refusal const& refusal)
    {
        return told_as(refusal);
    }
}

Expected Model::bulk(Step const& step)
{
    auto const before = world_.resources;
    BulkRules const rules{.savepoints = savepoints_,
                          .atomic = step.header("SCIM-Bulk-Atomic") == "true",
                          .mode = mode_,
                          .attempt = [this](Step const& each) { return attempt(each); },
                          .faulty = [this](Step const& each) { return faulty(each); }};
    Expected expected;
    try
    {
        expected.parts = answer_bulk(world_, json::parse(step.body), rules);
    }
    catch (std::vector<Refusal> const& refusals)
    {
        world_.resources = before;
        expected.refusals = refusals;
    }
    world_.promised.clear();
    return expected;
}

void Model::adopt(Type const& type, std::string const& id, json::object const* body)
{
    if (!body)
    {
        if (world_.find(type, id))
            world_.resources.erase(id);
        return;
    }
    Resource resource{.id = id, .type = &type};
    auto const* known = world_.find(type, id);
    if (known)
        for (Target const& target : targets_in(known->attributes, type))
            if (target.attribute->shown == Shown::never)
                put_value(resource.attributes, target, value_at(known->attributes, target));
    for (auto const& [name, value] : *body)
        if (auto const target = find_root(name, type);
            !target->attribute || target->attribute->change != Change::read_only)
            resource.attributes[name] = value;
    auto const& meta = body->at("meta").as_object();
    resource.created = instant_of(meta.at("created").as_string()).value_or(0);
    resource.modified = instant_of(meta.at("lastModified").as_string()).value_or(0);
    resource.secrets_unknown = !known || known->secrets_unknown || known->modified != resource.modified;
    world_.resources[id] = std::move(resource);
}

} // namespace scimkit::model
