// Requests about one resource, one function for each (RFC 7644 section 3).
#include "model_request.hpp"
#include "patch.hpp"
#include "patch_elements.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{

namespace
{

/// With its members by id: in which order they stand says nothing.
json::object with_ordered_members(json::object attributes, std::string const& name)
{
    auto* members = attributes.if_contains(name);
    if (members && members->is_array())
    {
        auto& list = members->get_array();
        std::ranges::stable_sort(list, {},
                                 [](json::value const& each) { return std::string{each.at("value").as_string()}; });
    }
    return attributes;
}

} // namespace

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
    if (!world_.find(*request.type, request.id))
        throw Refusal{404, {}};
    return world_.resources.at(request.id);
}

Expected Model::read(Request const& request) const
{
    auto const* resource = world_.find(*request.type, request.id);
    if (!resource)
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
namespace
{

json::object without_secrets(json::object attributes, Type const& type)
{
    for (Target const& target : targets_in(attributes, type))
        if (target.attribute->shown == Shown::never)
            put_value(attributes, target, nullptr);
    return attributes;
}

} // namespace

void Model::store(Resource& resource, json::object attributes)
{
    auto const& members = resource.type->members;
    if (resource.secrets_unknown &&
        same_state(without_secrets(resource.attributes, *resource.type), without_secrets(attributes, *resource.type)))
        throw Undecided{}; // whether a secret changes
    if (same_state(with_ordered_members(resource.attributes, members), with_ordered_members(attributes, members)))
        return;
    Resource changed = resource;
    changed.attributes = with_ordered_members(std::move(attributes), members);
    changed.modified = world_.after(resource.modified);
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

} // namespace scimkit::model
