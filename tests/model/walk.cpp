// Follows cursors, and looks at the versions that a Bulk tells.
#include "compare.hpp"
#include "text.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace scimkit::model
{
namespace
{

/// The step for another page.
Step with_cursor(Step step, std::string const& cursor)
{
    if (step.body.empty())
    {
        auto const at = step.target.find("cursor=") + std::string_view{"cursor="}.size();
        step.target.insert(at, cursor);
        return step;
    }
    auto body = json::parse(step.body).as_object();
    body["cursor"] = cursor;
    step.body = serialised(body);
    return step;
}

std::string end_of_page(json::value const& body, std::string_view name)
{
    auto const* value = body.as_object().if_contains(name);
    return value ? std::string{value->as_string()} : std::string{};
}

} // namespace

std::uint64_t walk_by_cursor(Lane& lane, Step const& step, std::int64_t now, Response const& first,
                             Walk const& expected, World const& world)
{
    std::uint64_t requests = 0;
    auto const size = expected.resources.size();
    std::size_t begin = 0;
    json::value body = json::parse(first.body);
    auto const look = [&](std::string const& cursor)
    {
        auto const answer = lane.send(with_cursor(step, cursor), now);
        ++requests;
        if (answer.status != 200)
            throw Mismatch{lane.name() + ": no page at " + std::to_string(begin) + ": " + answer_text(answer)};
        body = json::parse(answer.body);
        json::array page;
        for (auto i = begin; i < std::min(begin + expected.page, size); ++i)
            page.push_back(expected.resources[i]);
        json::object const wanted{{"totalResults", size}, {"Resources", std::move(page)}};
        auto found = normalised(body, world).as_object();
        found.erase("schemas");
        found.erase("itemsPerPage");
        if (!same_json(found, normalised(wanted, world)))
            throw Mismatch{lane.name() + ": another page at " + std::to_string(begin) + "\n  got      " +
                           serialised(found) + "\n  expected " + serialised(wanted)};
    };
    auto const check_end = [&](std::string const& name, bool more)
    {
        if (end_of_page(body, name).empty() == more)
            throw Mismatch{lane.name() + ": " + name + (more ? " is missing at " : " leads nowhere at ") +
                           std::to_string(begin)};
    };
    if (expected.page == 0)
        return requests;
    check_end("previousCursor", false);
    for (; begin + expected.page < size; look(end_of_page(body, "nextCursor")))
    {
        check_end("nextCursor", true);
        begin += expected.page;
    }
    check_end("nextCursor", false);
    for (; begin > 0; look(end_of_page(body, "previousCursor")))
    {
        check_end("previousCursor", true);
        begin -= expected.page;
    }
    check_end("previousCursor", false);
    return requests;
}

void check_versions(Lane const& lane, Response const& answer)
{
    auto const body = json::parse(answer.body);
    std::map<std::string, std::set<std::string>> told; // by id
    for (json::value const& operation : body.at("Operations").as_array())
    {
        if (text_of(operation.as_object(), "status").front() != '2')
            continue;
        if (text_of(operation.as_object(), "method") == "DELETE")
            return;
        auto const location = end_of_page(operation, "location");
        told[location.substr(location.rfind('/') + 1)].insert(end_of_page(operation, "version"));
    }
    for (auto const& [id, versions] : told)
        if (auto const known = lane.tags.find(id);
            known != lane.tags.end() && !versions.contains(known->second.current))
            throw Mismatch{lane.name() + ": the Bulk tells no version " + known->second.current + " of " + id};
}

} // namespace scimkit::model
