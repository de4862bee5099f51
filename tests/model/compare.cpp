// Compares answers. What the model leaves open - versions, the order of members - is taken out of both sides first.
#include "compare.hpp"

#include "request.hpp"
#include "text.hpp"

#include <algorithm>
#include <map>

namespace scimkit::model
{
namespace
{

bool has_only_version(json::value const& meta)
{
    auto const* object = meta.if_object();
    return object && object->size() == 1 && object->contains("version");
}

/// What a client says of a member that nobody knows is kept or not: both will do, for all stores alike.
void drop_claims(json::value& member, World const& world)
{
    auto* members = member.if_object();
    auto const* id = members ? members->if_contains("value") : nullptr;
    if (!id || !id->is_string() || world.resources.contains(std::string{id->get_string()}))
        return;
    members->erase("type");
    members->erase("$ref");
}

/// The text of an element, whatever the order of its members.
std::string ordered_text(json::value const& element)
{
    auto const* object = element.if_object();
    if (!object)
        return serialised(element);
    std::map<std::string, std::string> members;
    for (auto const& [name, member] : *object)
        members.emplace(name, serialised(member));
    std::string text;
    for (auto const& [name, member] : members)
        text += name + ':' + member + ',';
    return text;
}

/// Without versions; `primary: false` as absent; members and groups in one order.
void normalise(json::value& value, World const& world, Claims claims, std::string_view name = {})
{
    if (auto* object = value.if_object())
    {
        if (name == "meta")
            object->erase("version");
        object->erase("nextCursor"); // sealed, by each service with a key of its own
        object->erase("previousCursor");
        if (auto const* meta = object->if_contains("meta"); meta && has_only_version(*meta))
            object->erase("meta");
        if (auto const* primary = object->if_contains("primary"); primary && *primary == json::value(false))
            object->erase("primary");
        for (auto& member : *object)
            normalise(member.value(), world, claims, member.key());
        if (name == "member" && claims == Claims::left_out) // of a membership
            drop_claims(value, world);
    }
    else if (auto* array = value.if_array())
    {
        for (json::value& element : *array)
        {
            normalise(element, world, claims);
            if (name == "Operations")
                element.as_object().erase("version");
            if (claims == Claims::left_out && (name == "members" || name == "people"))
                drop_claims(element, world);
        }
        if (name == "members" || name == "people" || name == "groups")
            std::ranges::sort(*array, {},
                              [](json::value const& element)
                              {
                                  auto const* members = element.if_object();
                                  auto const* id = members ? members->if_contains("value") : nullptr;
                                  return id ? serialised(*id) : ordered_text(element);
                              });
    }
}

} // namespace

json::value normalised(json::value value, World const& world)
{
    normalise(value, world, Claims::left_out);
    return value;
}

json::value body_of(Response const& response, World const& world, Claims claims)
{
    if (response.body.empty())
        return {};
    json::value body = json::parse(response.body);
    normalise(body, world, claims);
    return body;
}

std::string answer_text(Response const& response) { return std::to_string(response.status) + ' ' + response.body; }

namespace
{

std::string refusals_text(std::vector<Refusal> const& refusals)
{
    std::string text;
    for (Refusal const& refusal : refusals)
        text += (text.empty() ? "" : " or ") + std::to_string(refusal.status) + ' ' + refusal.scim_type;
    return text;
}

std::string expected_text(Expected const& expected)
{
    if (!expected.refusals.empty())
        return refusals_text(expected.refusals);
    std::string text = std::to_string(expected.status) + (expected.body ? ' ' + serialised(*expected.body) : "");
    if (expected.parts)
        for (Part const& part : *expected.parts)
            text += "\n    " + part.method + ' ' + part.bulk_id + ' ' + part.location + ' ' +
                    (part.refusals.empty() ? std::to_string(part.status) : refusals_text(part.refusals));
    return text;
}

bool fits(std::vector<Refusal> const& refusals, int status, std::string_view scim_type)
{
    return std::ranges::any_of(
        refusals, [&](Refusal const& refusal)
        { return status == refusal.status && (refusal.scim_type.empty() || refusal.scim_type == scim_type); });
}

/// What is wrong with one operation of a BulkResponse; empty if nothing is.
std::string fault_of(json::object const& answer, Part const& part)
{
    if (text_of(answer, "method") != part.method || text_of(answer, "bulkId") != part.bulk_id)
        return "another operation";
    if (text_of(answer, "location") != part.location)
        return "another location";
    auto const status = number_of(text_of(answer, "status"));
    auto const* response = answer.if_contains("response");
    if (part.refusals.empty())
    {
        bool const has_version = !text_of(answer, "version").empty();
        return status != part.status                      ? "another status"
               : response                                 ? "a response where there must be none"
               : has_version == (part.method == "DELETE") ? "a version that is missing or too many"
                                                          : "";
    }
    if (!response || text_of(response->as_object(), "status") != std::to_string(status))
        return "no response";
    return fits(part.refusals, static_cast<int>(status), text_of(response->as_object(), "scimType"))
               ? ""
               : "another refusal";
}

/// The same of all of them.
std::string fault_of(Response const& answer, std::vector<Part> const& parts)
{
    auto const body = json::parse(answer.body);
    auto const& operations = body.at("Operations").as_array();
    if (operations.size() != parts.size())
        return "another number of operations";
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (auto const fault = fault_of(operations[i].as_object(), parts[i]); !fault.empty())
            return "operation " + std::to_string(i) + ": " + fault;
    return {};
}

} // namespace

void check(std::string const& lane, Response const& answer, Step const& step, Expected const& expected,
           World const& world)
{
    auto const mismatch = [&](std::string const& what)
    {
        throw Mismatch{lane + ": " + what + "\n  got      " + answer_text(answer) + "\n  expected " +
                       expected_text(expected)};
    };
    bool const is_wanted = fits(expected.refusals, answer.status, answer.scim_type);
    if (answer.status >= 500 && !is_wanted)
        mismatch("it failed");
    if (expected.undecided)
        return;
    if (!expected.refusals.empty())
        return is_wanted ? void() : mismatch("another refusal");
    if (answer.status != expected.status)
        mismatch("another status");
    if ((step.method == "HEAD" || answer.status == 204 || answer.status == 304) && !answer.body.empty())
        mismatch("a body where there must be none");
    if (expected.body && !same_json(body_of(answer, world), normalised(*expected.body, world)))
        mismatch("another body\n  (without what is not compared " + serialised(body_of(answer, world)) + ')');
    if (answer.status == 201 && answer.header("Location").empty())
        mismatch("no Location");
    if (step.target.starts_with("/Me") && answer.header("Location").empty())
        mismatch("no Location of what is the caller's own");
    if (expected.parts)
        if (auto const fault = fault_of(answer, *expected.parts); !fault.empty())
            mismatch(fault);
}

} // namespace scimkit::model
