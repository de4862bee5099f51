// Compares. What the model leaves open - versions, the order of members - is taken out of both sides first.
#include "runner.hpp"

#include "text.hpp"

#include <algorithm>

namespace scimkit::model
{
namespace
{

constexpr std::int64_t first_instant = 1'767'225'600'000'000; ///< 2026-01-01T00:00:00Z
constexpr std::int64_t second = 1'000'000;

struct Mismatch
{
    std::string what;
};

bool is_write(Step const& step)
{
    return step.method != "GET" && step.method != "HEAD" && !step.target.ends_with("/.search");
}

/// Of W/"V-h" what stands for the stored resource: conditions of writes compare it alone.
std::string_view stored_part(std::string_view tag) { return tag.substr(0, tag.find_first_of("-\"", 3)); }

bool has_only_version(json::value const& meta)
{
    auto const* object = meta.if_object();
    return object != nullptr && object->size() == 1 && object->contains("version");
}

/// What a client says of a member that nobody knows is kept or not: both will do.
void drop_claims(json::value& member, World const& world)
{
    auto* members = member.if_object();
    auto const* id = members != nullptr ? members->if_contains("value") : nullptr;
    if (id == nullptr || !id->is_string() || world.resources.contains(std::string{id->get_string()}))
        return;
    members->erase("type");
    members->erase("$ref");
}

/// The text of an element, whatever the order of its members.
std::string ordered_text(json::value const& element)
{
    auto const* object = element.if_object();
    if (object == nullptr)
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
void normalise(json::value& value, World const& world, std::string_view name = {})
{
    if (auto* object = value.if_object())
    {
        if (name == "meta")
            object->erase("version");
        if (auto const* meta = object->if_contains("meta"); meta != nullptr && has_only_version(*meta))
            object->erase("meta");
        if (auto const* primary = object->if_contains("primary"); primary != nullptr && *primary == json::value(false))
            object->erase("primary");
        for (auto& member : *object)
            normalise(member.value(), world, member.key());
    }
    else if (auto* array = value.if_array())
    {
        for (json::value& element : *array)
        {
            normalise(element, world);
            if (name == "members" || name == "people")
                drop_claims(element, world);
        }
        if (name == "members" || name == "people" || name == "groups")
            std::ranges::sort(*array, {},
                              [](json::value const& element)
                              {
                                  auto const* members = element.if_object();
                                  auto const* id = members != nullptr ? members->if_contains("value") : nullptr;
                                  return id != nullptr ? serialised(*id) : ordered_text(element);
                              });
    }
}

json::value normalised(json::value value, World const& world)
{
    normalise(value, world);
    return value;
}

json::value body_of(Response const& response, World const& world)
{
    return response.body.empty() ? json::value{} : normalised(json::parse(response.body), world);
}

std::string answer_text(Response const& response) { return std::to_string(response.status) + ' ' + response.body; }

std::string expected_text(Expected const& expected)
{
    std::string text;
    for (Refusal const& refusal : expected.refusals)
        text += (text.empty() ? "" : " or ") + std::to_string(refusal.status) + ' ' + refusal.scim_type;
    if (!text.empty())
        return text;
    return std::to_string(expected.status) + (expected.body ? ' ' + serialised(*expected.body) : "");
}

} // namespace

/// One sequence.
class Runner::Sequential
{
public:
    Sequential(Lanes& lanes, Mode mode, std::set<std::string> const& without)
        : lanes_{lanes}
        , without_{without}
        , model_{lanes.types(), std::string{root_url}, mode}
    {
    }

    Model const& model() const { return model_; }

    void carry_out(Step const& step)
    {
        now_ += second;
        auto const expected = model_.handle(step, now_);
        std::vector<Response> answers;
        for (Lane& lane : lanes_.all())
            answers.push_back(lane.send(step, now_));
        requests += answers.size();
        for (std::size_t i = 0; i < answers.size(); ++i)
            check(lanes_.all()[i], answers[i], step, expected);
        compare_lanes(answers);
        if (expected.undecided && is_write(step))
        {
            adopt(step);
            ++undecided;
        }
        if (is_write(step))
            look_after(step);
    }

    /// Nothing else has changed either, and lists have what there is.
    void finish()
    {
        std::set<Type const*> used;
        for (auto const& [id, resource] : model_.world().resources)
        {
            verify(id, false);
            used.insert(resource.type);
        }
        for (Type const* type : used)
            walk(*type);
    }

    std::uint64_t requests = 0;
    std::uint64_t undecided = 0;

private:
    void check(Lane const& lane, Response const& answer, Step const& step, Expected const& expected) const
    {
        auto const mismatch = [&](std::string const& what)
        {
            throw Mismatch{lane.name() + ": " + what + "\n  got      " + answer_text(answer) + "\n  expected " +
                           expected_text(expected)};
        };
        if (answer.status >= 500)
            mismatch("it failed");
        if (expected.undecided)
            return;
        if (!expected.refusals.empty())
        {
            bool const fits =
                std::ranges::any_of(expected.refusals,
                                    [&](Refusal const& refusal) {
                                        return answer.status == refusal.status &&
                                               (refusal.scim_type.empty() || refusal.scim_type == answer.scim_type);
                                    });
            return fits ? void() : mismatch("another refusal");
        }
        if (answer.status != expected.status)
            mismatch("another status");
        if ((step.method == "HEAD" || answer.status == 204 || answer.status == 304) && !answer.body.empty())
            mismatch("a body where there must be none");
        if (expected.body && !same_json(body_of(answer, model_.world()), normalised(*expected.body, model_.world())))
            mismatch("another body\n  (without what is not compared " + serialised(body_of(answer, model_.world())) +
                     ')');
        if (answer.status == 201 && answer.header("Location").empty())
            mismatch("no Location");
    }

    /// Memory and LMDB are one store over two engines: every byte is the same. The small store counts versions by
    /// itself.
    void compare_lanes(std::vector<Response> const& answers) const
    {
        Response const& first = answers.front();
        for (std::size_t i = 1; i < answers.size(); ++i)
        {
            bool const same_store = lanes_.all()[i].name() == "lmdb";
            bool const same = first.status == answers[i].status && first.scim_type == answers[i].scim_type &&
                              (same_store ? first.body == answers[i].body
                                          : first.status >= 400 || same_json(body_of(first, model_.world()),
                                                                             body_of(answers[i], model_.world())));
            bool const is_open = first.status >= 400 && answers[i].status >= 400 && without_.contains("fault-order");
            if (!same && !is_open)
                throw Mismatch{"the stores differ\n  memory " + answer_text(first) + "\n  " + lanes_.all()[i].name() +
                               ' ' + answer_text(answers[i])};
        }
    }

    Response get(Lane& lane, Type const& type, std::string const& id, std::string const& query = {})
    {
        ++requests;
        return lane.send({.method = "GET", .target = type.endpoint + '/' + id + query}, now_);
    }

    /// Asks for everything, what is returned on request only too.
    static std::string all_attributes(Type const& type)
    {
        std::string names = "?attributes=meta";
        for (Attribute const& attribute : type.schema.attributes)
            names += ',' + attribute.name;
        for (Schema const& extension : type.extensions)
            names += ',' + extension.uri;
        return names;
    }

    /// What the model cannot tell it takes from the first service; the others have to have the same.
    void adopt(Step const& step)
    {
        std::set<std::pair<Type const*, std::string>> places;
        for (auto const& [id, resource] : model_.world().resources)
            places.emplace(resource.type, id);
        for (Type const& type : lanes_.types())
            if (!step.id.empty() && step.target.substr(0, step.target.find('?')) == type.endpoint)
                places.emplace(&type, step.id);
        for (auto const& [type, id] : places)
        {
            auto const answer = get(lanes_.all().front(), *type, id, all_attributes(*type));
            json::value const body = answer.status == 200 ? json::parse(answer.body) : json::value{};
            model_.adopt(*type, id, body.if_object());
        }
    }

    /// After a write: what is seen of the resource and of every other one that it changed.
    void look_after(Step const& step)
    {
        std::map<std::string, json::object> views;
        for (auto const& [id, resource] : model_.world().resources)
            views.emplace(id, normalised(model_.world().view(resource), model_.world()).as_object());
        for (auto const& [id, view] : views)
        {
            auto const before = views_.find(id);
            bool const changed = before == views_.end() || !same_json(before->second, view);
            bool const named = step.id == id || step.target.find('/' + id) != std::string::npos;
            if (changed || named)
                verify(id, changed);
        }
        for (auto const& [id, view] : views_)
            if (!views.contains(id))
                check_gone(id, view);
        views_ = std::move(views);
    }

    /// The resource is as the model has it, and its version has moved when and only when it changed.
    void verify(std::string const& id, bool changed)
    {
        Resource const& resource = model_.world().resources.at(id);
        Expected const expected{.body = shown(model_.world().view(resource), *resource.type, {}, model_.mode())};
        Step const step{.method = "GET", .target = resource.type->endpoint + '/' + id};
        for (Lane& lane : lanes_.all())
        {
            auto const answer = get(lane, *resource.type, id);
            check(lane, answer, step, expected);
            std::string const tag{answer.header("ETag")};
            auto& tags = lane.tags[id];
            if (tag.empty())
                throw Mismatch{lane.name() + ": no entity tag of " + id};
            // Only the digest of the computed groups moved.
            bool const is_open =
                !changed && stored_part(tag) == stored_part(tags.current) && without_.contains("groups-order");
            if (!tags.current.empty() && (tag != tags.current) != changed && !is_open)
                throw Mismatch{lane.name() + ": the version of " + id +
                               (changed ? " stays though it changed: " : " moves though nothing changed: ") + tag};
            if (stored_part(tag) != stored_part(tags.current))
                tags.old = tags.current;
            tags.current = tag;
        }
    }

    void check_gone(std::string const& id, json::object const& view)
    {
        Type const& type = *find_type(lanes_.types(), view.at("meta").as_object().at("resourceType").as_string());
        for (Lane& lane : lanes_.all())
            if (auto const answer = get(lane, type, id); answer.status != 404)
                throw Mismatch{lane.name() + ": " + id + " is still there: " + answer_text(answer)};
    }

    /// Pages of three, one after the other, have every resource once.
    void walk(Type const& type)
    {
        for (Lane& lane : lanes_.all())
        {
            std::vector<std::string> seen;
            std::int64_t total = 1;
            for (std::int64_t start = 1; start <= total; start += 3)
            {
                ++requests;
                auto const answer =
                    lane.send({.method = "GET",
                               .target = type.endpoint + "?count=3&attributes=id&startIndex=" + std::to_string(start)},
                              now_);
                auto const body = json::parse(answer.body);
                total = body.at("totalResults").as_int64();
                for (json::value const& each : body.at("Resources").as_array())
                    seen.emplace_back(each.at("id").as_string());
            }
            std::vector<std::string> ids;
            for (auto const& [id, resource] : model_.world().resources)
                if (resource.type == &type)
                    ids.push_back(id);
            if (seen != ids)
                throw Mismatch{lane.name() + ": the pages of " + type.endpoint + " do not have every resource once"};
        }
    }

    Lanes& lanes_;
    std::set<std::string> const& without_;
    Model model_;
    std::int64_t now_ = first_instant;
    std::map<std::string, json::object> views_;
};

Runner::Runner(std::filesystem::path const& directory, std::set<std::string> without)
    : tolerant_{directory / "tolerant", Mode::tolerant}
    , strict_{directory / "strict", Mode::strict}
    , without_{std::move(without)}
{
}

std::optional<Finding> Runner::run(Mode mode, NextStep const& next)
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
        sequential.finish();
    }
    catch (Mismatch const& mismatch)
    {
        finding = Finding{mismatch.what, std::move(done)};
    }
    requests_ += sequential.requests;
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
