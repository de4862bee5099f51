// What the operations of a Bulk are before any of them is carried out.
#include "bulk_entries.hpp"

#include "patch_decode.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

template <class Attempt>
bool try_it(Entry& operation, Attempt const& attempt)
{
    try
    {
        attempt();
        return true;
    }
    catch (Refusal const& refusal)
    {
        if (operation.refused.empty() && refusal.status == 0)
            operation.refused = {{400, {}}, {404, {}}, {501, {}}};
        else if (operation.refused.empty())
            operation.refused.push_back(refusal);
        if (operation.method == "PATCH") // what else is wrong with it may be told, or that nothing is there
            operation.refused.insert(operation.refused.end(), {{400, {}}, {404, {}}});
    }
    return false;
}

void find_target(Entry& operation, World const& world)
{
    auto const slash = operation.path.find('/', 1);
    auto const endpoint = operation.path.substr(0, slash);
    auto rest = slash == std::string::npos ? std::string{} : operation.path.substr(slash + 1);
    if (rest.starts_with("bulkId:"))
    {
        auto const found = world.promised.find(rest.substr(7));
        if (found == world.promised.end())
            throw Refusal{400, "invalidValue"};
        if (!found->second.type)
            throw Refusal{409, {}};
        rest = found->second.id;
        if (!operation.makes())
            operation.path_uses = found->second.operation;
    }
    Type const* type = nullptr;
    for (Type const& each : world.types())
        if (endpoint == each.endpoint)
            type = &each;
    if (!type || operation.path.find('?') != std::string::npos || rest.empty() != operation.makes() ||
        rest == ".search")
        throw Refusal{0, {}}; // which of them is told does not matter
    operation.type = type;
    if (!operation.makes())
        operation.id = rest;
}

/// A PATCH with a fault is left to be refused when its turn comes; unless it names a bulkId that is not there, which
/// may be told before.
void leave_fault(Entry& operation)
{
    operation.may_dangle = json::serialize(operation.data).find("bulkId:") != std::string::npos;
}

void resolve(Entry& operation, World const& world, BulkRules const& rules)
{
    if (operation.method != "PATCH")
    {
        resolve_names(operation.data, *operation.type, world, operation.uses);
        if (auto const fault = rules.faulty(step_of(operation, world)))
            throw *fault;
        return;
    }
    std::vector<Operation> changes;
    try
    {
        changes = decode_patch(operation.data, *operation.type, rules.mode);
    }
    catch (Refusal const&)
    {
        return leave_fault(operation); // told when it is known whether the resource is there
    }
    if (rules.mode == Mode::strict && std::ranges::any_of(changes, [](Operation const& change)
                                                          { return change.op == PatchOp::remove && change.has_value; }))
        return leave_fault(operation); // remove-by-value
    for (Operation& change : changes)
        if (change.path.target.attribute)
        {
            resolve_names(change.value, change.path.target, world, operation.uses);
            resolve_names(change.path, world, operation.uses);
        }
}

} // namespace

std::vector<Entry> read_entries(json::value const& message, std::optional<std::size_t>& most_errors)
{
    std::vector<Entry> entries;
    auto const* object = message.if_object();
    auto const* operations = object ? object->if_contains("Operations") : nullptr;
    if (!operations || !operations->is_array() || !object->contains("schemas"))
        throw std::vector<Refusal>{{400, {}}};
    if (auto const* most = object->if_contains("failOnErrors"))
        most_errors = static_cast<std::size_t>(most->as_int64());
    for (json::value const& each : operations->get_array())
    {
        auto const& sent = each.as_object();
        Entry operation{.method = text_of(sent, "method"),
                        .bulk_id = text_of(sent, "bulkId"),
                        .path = text_of(sent, "path"),
                        .version = text_of(sent, "version")};
        if (auto const* data = sent.if_contains("data"))
            operation.data = *data;
        bool const is_known = operation.makes() || operation.method == "PUT" || operation.method == "PATCH" ||
                              operation.method == "DELETE";
        bool const lacks = operation.path.empty() || (operation.makes() && operation.bulk_id.empty()) ||
                           (operation.method != "DELETE" && operation.data.is_null());
        if (!is_known || lacks)
            operation.refused.push_back({400, "invalidSyntax"});
        entries.push_back(std::move(operation));
    }
    return entries;
}

/// All ids are known before anything is done.
void promise(World& world, std::vector<Entry>& entries)
{
    for (std::size_t i = 0; i < entries.size(); ++i)
    {
        Entry& operation = entries[i];
        if (!operation.makes() || !operation.refused.empty())
            continue;
        operation.id = made_id(operation.bulk_id);
        Promise promise{.operation = i, .id = operation.id};
        auto const path = operation.path.substr(0, operation.path.find('?'));
        for (Type const& type : world.types())
            if (path == type.endpoint || path.starts_with(type.endpoint + '/'))
                promise.type = &type;
        if (!world.promised.emplace(operation.bulk_id, promise).second)
            operation.refused.push_back({400, "invalidValue"});
    }
}

/// Where its path leads, and what it refers to.
void locate(Entry& operation, World const& world, BulkRules const& rules)
{
    bool const twice = !operation.refused.empty() && operation.makes() && !operation.id.empty(); // its bulkId
    if (!operation.refused.empty() && !twice)
        return;
    if (!try_it(operation, [&] { find_target(operation, world); }) || twice)
        return;
    if (operation.method != "DELETE")
        try_it(operation, [&] { resolve(operation, world, rules); });
    if (operation.path_uses)
        operation.uses.push_back(*operation.path_uses);
}

Step step_of(Entry const& operation, World const& world)
{
    Step step{.method = operation.method, .target = operation.type->endpoint};
    if (operation.makes())
        step.id = operation.id;
    else
        step.target += '/' + operation.id;
    if (!operation.data.is_null() && operation.method != "DELETE")
        step.body = json::serialize(operation.data);
    if (operation.version.empty() || operation.makes())
        return step;
    auto const found = world.resources.find(operation.id);
    bool const changed = found != world.resources.end() && found->second.modified >= world.now;
    step.headers.emplace_back("If-Match", changed && operation.version != "*" ? "W/\"none\"" : operation.version);
    return step;
}

} // namespace scimkit::model
