// Sends each request to every service and to the model, and looks at everything that it may have changed.
#include "runner.hpp"

#include "compare.hpp"
#include "deltas.hpp"
#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

constexpr std::int64_t first_instant = 1'767'225'600'000'000; ///< 2026-01-01T00:00:00Z
constexpr std::int64_t second = 1'000'000;

bool is_write(Step const& step)
{
    return step.method != "GET" && step.method != "HEAD" && !step.target.ends_with("/.search");
}

/// Of W/"V-h" what stands for the stored resource: conditions of writes compare it alone.
std::string_view stored_part(std::string_view tag) { return tag.substr(0, tag.find_first_of("-\"", 3)); }

std::string text_at(json::value const& body, std::string_view name)
{
    auto const* value = body.as_object().if_contains(name);
    return value ? std::string{value->as_string()} : std::string{};
}

/// Asks for everything, what is returned on request only too.
std::string all_attributes(Type const& type)
{
    std::string names = "?attributes=meta";
    for (Attribute const& attribute : type.schema.attributes)
        names += ',' + attribute.name;
    for (Schema const& extension : type.extensions)
        names += ',' + extension.uri;
    return names;
}

/// How many a Bulk has, and 1 for any other request; 0: a Bulk that is none.
std::size_t operations_of(Step const& step)
{
    if (step.target != "/Bulk")
        return 1;
    boost::system::error_code not_json;
    auto const message = json::parse(step.body, not_json);
    auto const* operations = message.is_object() ? message.get_object().if_contains("Operations") : nullptr;
    return operations && operations->is_array() ? operations->get_array().size() : 0;
}

/// What a step may make: its type and its id.
std::vector<std::pair<Type const*, std::string>> made_by(Step const& step, Types const& types)
{
    std::vector<std::pair<Type const*, std::string>> made;
    auto const add = [&](std::string_view path, std::string const& id)
    {
        for (Type const& type : types)
            if (path == type.endpoint)
                made.emplace_back(&type, id);
    };
    if (step.target != "/Bulk")
    {
        if (!step.id.empty())
            add(step.target.substr(0, step.target.find('?')), step.id);
        return made;
    }
    auto const message = json::parse(step.body);
    auto const* operations = message.as_object().if_contains("Operations");
    if (operations && operations->is_array())
        for (json::value const& each : operations->get_array())
            if (text_at(each, "method") == "POST" && !text_at(each, "bulkId").empty())
                add(text_at(each, "path"), made_id(text_at(each, "bulkId")));
    return made;
}

} // namespace

/// One sequence.
class Runner::Sequential
{
public:
    Sequential(Lanes& lanes, Mode mode, std::set<std::string> const& without)
        : lanes_(lanes)
        , without_(without)
        , first_{.model = Model{lanes.types(), std::string{root_url}, mode}, .views = {}}
    {
    }

    Model const& model() const { return first_.model; }

    void carry_out(Step const& step)
    {
        now_ += second;
        had_asynchronous_ = had_asynchronous_ || step.is_asynchronous();
        if (is_about_changes(step))
            return look_at_changes(step);
        if (!other_ && may_part(step))
            other_.emplace(Side{.model = first_.model.with_savepoints(false), .views = first_.views});
        std::vector<Response> answers;
        for (Lane& lane : lanes_.all())
            answers.push_back(lane.send(step, now_));
        requests += answers.size();
        beyond_requests += answers.size() * (std::max<std::size_t>(operations_of(step), 1) - 1);
        ++steps;
        for_sides([&](Side& side, std::vector<Lane*> const& lanes) { judge(side, lanes, step, answers); });
    }

    /// Nothing else has changed either, and lists have what there is.
    void finish()
    {
        for_sides(
            [&](Side& side, std::vector<Lane*> const& lanes)
            {
                std::set<Type const*> used;
                for (auto const& [id, resource] : side.model.world().resources)
                {
                    verify(side, lanes, id, false);
                    used.insert(resource.type);
                }
                for (Type const& type : side.model.world().types())
                    if (used.contains(&type) || type.of_members)
                        walk(side, lanes, type);
            });
        for (auto const& [name, mark] : marks_)
            look_at_changes(changes_since(name, mark.type));
    }

    std::uint64_t requests = 0;
    std::uint64_t beyond_requests = 0; ///< operations of Bulks, without the first of each
    std::uint64_t steps = 0;
    std::uint64_t undecided = 0;

private:
    /// What stores of one kind have. All have the same until a Bulk refers to what it makes.
    struct Side
    {
        Model model;
        std::map<std::string, json::object> views;
    };

    /// What a Bulk does with circles, and in which order, depends on the store.
    static bool may_part(Step const& step)
    {
        return step.target == "/Bulk" && step.body.find("bulkId:") != std::string::npos;
    }

    template <class Each>
    void for_sides(Each const& each)
    {
        std::vector<Lane*> lanes;
        std::vector<Lane*> others;
        for (Lane& lane : lanes_.all())
            (other_ && !lane.has_savepoints() ? others : lanes).push_back(&lane);
        each(first_, lanes);
        if (other_)
            each(*other_, others);
    }

    /// Of those stores that know: they are all of the first side.
    void look_at_changes(Step const& step)
    {
        ++steps;
        for (Lane& lane : lanes_.all())
            if (lane.has_log() && asks_for_token(step))
            {
                ++requests;
                auto const answer = lane.send(step, now_);
                if (answer.status != 200)
                    throw Mismatch{lane.name() + ": no token for who asks for changes: " + answer_text(answer)};
                lane.tokens[step.id] = text_at(json::parse(answer.body), "value");
            }
            else if (lane.has_log())
                try
                {
                    requests += follow(lane, step, now_, marks_, first_.model);
                }
                catch (Undecided const&)
                {
                    continue; // whether it matches
                }
        if (asks_for_token(step))
            marks_[step.id] = mark_of(first_.model, step);
    }

    void judge(Side& side, std::vector<Lane*> const& lanes, Step const& step, std::vector<Response> const& all_answers)
    {
        auto expected = side.model.handle(step, now_);
        if (step.is_asynchronous())
            expected.body.reset(); // what became of it is told without the resource
        std::vector<Response const*> answers;
        for (Lane const* lane : lanes)
            answers.push_back(&all_answers[static_cast<std::size_t>(lane - lanes_.all().data())]);
        for (std::size_t i = 0; i < lanes.size(); ++i)
            check(lanes[i]->name(), *answers[i], step, expected, side.model.world());
        compare_lanes(side, lanes, answers,
                      expected.walk.has_value() || step.target.find("cursor=") != std::string::npos);
        if (expected.walk)
            for (std::size_t i = 0; i < lanes.size(); ++i)
                requests += walk_by_cursor(*lanes[i], step, now_, *answers[i], *expected.walk, side.model.world());
        if (expected.undecided && is_write(step))
        {
            adopt(side, lanes, step);
            ++undecided;
        }
        if (is_write(step))
            look_after(side, lanes, step);
        if (expected.parts && !step.is_asynchronous()) // there each is told when its operation is done
            for (std::size_t i = 0; i < lanes.size(); ++i)
                check_versions(*lanes[i], *answers[i]);
    }

    /// Memory and LMDB are one store over two engines: every byte is the same, but for cursors. Not where something was
    /// carried out later: a long Bulk notes what became of it part by part, as time tells, and each note takes a
    /// version. The small store counts versions by itself.
    void compare_lanes(Side const& side, std::vector<Lane*> const& lanes, std::vector<Response const*> const& answers,
                       bool has_cursors) const
    {
        Response const& first = *answers.front();
        for (std::size_t i = 1; i < answers.size(); ++i)
        {
            Response const& other = *answers[i];
            bool const same_store =
                lanes[i]->name() == "lmdb" && lanes[0]->name() == "memory" && !has_cursors && !had_asynchronous_;
            bool const same =
                first.status == other.status && first.scim_type == other.scim_type &&
                (same_store ? first.body == other.body
                            : first.status >= 400 || same_json(body_of(first, side.model.world(), Claims::compared),
                                                               body_of(other, side.model.world(), Claims::compared)));
            bool const is_open = first.status >= 400 && other.status >= 400 && without_.contains("fault-order");
            if (!same && !is_open)
                throw Mismatch{"the stores differ\n  memory " + answer_text(first) + "\n  " + lanes[i]->name() + ' ' +
                               answer_text(other)};
        }
    }

    Response get(Lane& lane, Type const& type, std::string const& id, std::string const& query = {})
    {
        ++requests;
        return lane.send({.method = "GET", .target = type.endpoint + '/' + id + query}, now_);
    }

    /// What the model cannot tell it takes from the first service; the others have to have the same.
    void adopt(Side& side, std::vector<Lane*> const& lanes, Step const& step)
    {
        std::set<std::pair<Type const*, std::string>> places;
        for (auto const& [id, resource] : side.model.world().resources)
            places.emplace(resource.type, id);
        for (auto const& made : made_by(step, lanes_.types()))
            places.insert(made);
        for (auto const& [type, id] : places)
        {
            auto const answer = get(*lanes.front(), *type, id, all_attributes(*type));
            json::value const body = answer.status == 200 ? json::parse(answer.body) : json::value{};
            side.model.adopt(*type, id, body.if_object());
        }
    }

    /// After a write: what is seen of the resource and of every other one that it changed.
    void look_after(Side& side, std::vector<Lane*> const& lanes, Step const& step)
    {
        auto const& world = side.model.world();
        std::map<std::string, json::object> views;
        for (auto const& [id, resource] : world.resources)
            views.emplace(id, normalised(world.view(resource), world).as_object());
        for (auto const& [id, view] : views)
        {
            auto const before = side.views.find(id);
            bool const changed = before == side.views.end() || !same_json(before->second, view);
            bool const named = step.id == id || step.target.find('/' + id) != std::string::npos ||
                               (step.target == "/Bulk" && step.body.find('/' + id) != std::string::npos);
            if (changed || named)
                verify(side, lanes, id, changed);
        }
        for (auto const& [id, view] : side.views)
            if (!views.contains(id))
                check_gone(lanes, id, view);
        side.views = std::move(views);
    }

    /// The resource is as the model has it, and its version has moved when and only when it changed.
    void verify(Side const& side, std::vector<Lane*> const& lanes, std::string const& id, bool changed)
    {
        auto const& world = side.model.world();
        Resource const& resource = world.resources.at(id);
        Expected const expected{.body = shown(world.view(resource), *resource.type, {}, side.model.mode())};
        Step const step{.method = "GET", .target = resource.type->endpoint + '/' + id};
        for (Lane* lane : lanes)
        {
            auto const answer = get(*lane, *resource.type, id);
            check(lane->name(), answer, step, expected, world);
            std::string const tag{answer.header("ETag")};
            auto& tags = lane->tags[id];
            if (tag.empty())
                throw Mismatch{lane->name() + ": no entity tag of " + id};
            // Only the digest of the computed groups moved.
            bool const is_open =
                !changed && stored_part(tag) == stored_part(tags.current) && without_.contains("groups-order");
            if (!tags.current.empty() && (tag != tags.current) != changed && !is_open)
                throw Mismatch{lane->name() + ": the version of " + id +
                               (changed ? " stays though it changed: " : " moves though nothing changed: ") + tag};
            if (stored_part(tag) != stored_part(tags.current))
                tags.old = tags.current;
            tags.current = tag;
        }
    }

    void check_gone(std::vector<Lane*> const& lanes, std::string const& id, json::object const& view)
    {
        Type const& type = *find_type(lanes_.types(), view.at("meta").as_object().at("resourceType").as_string());
        for (Lane* lane : lanes)
            if (auto const answer = get(*lane, type, id); answer.status != 404)
                throw Mismatch{lane->name() + ": " + id + " is still there: " + answer_text(answer)};
    }

    /// Pages of three, one after the other, have every resource once.
    void walk(Side const& side, std::vector<Lane*> const& lanes, Type const& type)
    {
        for (Lane* lane : lanes)
        {
            std::vector<std::string> seen;
            std::int64_t total = 1;
            for (std::int64_t start = 1; start <= total; start += 3)
            {
                ++requests;
                auto const answer =
                    lane->send({.method = "GET",
                                .target = type.endpoint + "?count=3&attributes=id&startIndex=" + std::to_string(start)},
                               now_);
                auto const body = json::parse(answer.body);
                total = body.at("totalResults").as_int64();
                for (json::value const& each : body.at("Resources").as_array())
                    seen.emplace_back(each.at("id").as_string());
            }
            std::vector<std::string> ids;
            if (type.of_members)
                for (auto const& each : side.model.world().memberships(type))
                    ids.push_back(each.first);
            for (auto const& [id, resource] : side.model.world().resources)
                if (resource.type == &type)
                    ids.push_back(id);
            if (seen != ids)
                throw Mismatch{lane->name() + ": the pages of " + type.endpoint + " do not have every resource once"};
        }
    }

    Lanes& lanes_;
    std::set<std::string> const& without_;
    Side first_;
    std::optional<Side> other_{};
    std::map<std::string, Mark> marks_{}; ///< by the names of their tokens
    std::int64_t now_ = first_instant;
    bool had_asynchronous_ = false;
};

Runner::Runner(std::filesystem::path const& directory, std::set<std::string> without)
    : tolerant_(directory / "tolerant", Mode::tolerant)
    , strict_(directory / "strict", Mode::strict)
    , without_(std::move(without))
{
}

std::optional<Finding> Runner::run(Mode mode, NextStep const& next, bool sweeps)
{
    lanes(mode).begin_sequence();
    Sequential sequential{lanes(mode), mode, without_};
    Sequence done{.mode = mode};
    std::optional<Finding> finding;
    try
    {
        while (auto step = next(sequential.model()))
        {
            done.steps.push_back(*step);
            sequential.carry_out(*step);
        }
        if (sweeps)
            sequential.finish();
    }
    catch (Mismatch const& mismatch)
    {
        finding = Finding{mismatch.what, std::move(done)};
    }
    requests_ += sequential.requests;
    operations_ += sequential.requests + sequential.beyond_requests;
    steps_ += sequential.steps;
    undecided_ += sequential.undecided;
    return finding;
}

std::optional<Finding> Runner::run(Sequence const& sequence)
{
    std::size_t position = 0;
    return run(sequence.mode,
               [&](Model const&) -> std::optional<Step>
               { return position < sequence.steps.size() ? std::optional{sequence.steps[position++]} : std::nullopt; });
}

} // namespace scimkit::model
