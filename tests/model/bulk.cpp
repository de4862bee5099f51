// The model's Bulk. It tries, and where something fails that others refer to, it begins again without those.
#include "bulk.hpp"

#include "patch_decode.hpp"

#include <algorithm>
#include <set>

namespace scimkit::model
{
namespace
{

enum class State
{
    waiting,
    done,
    failed
};

struct Entry
{
    std::string method{};
    std::string bulk_id{};
    std::string path{};
    std::string version{};
    json::value data{};
    Type const* type = nullptr; ///< null: its path leads nowhere
    std::string id{};
    std::vector<std::size_t> uses{};
    std::optional<std::size_t> path_uses{};
    std::vector<Refusal> refused{}; ///< whatever the others do

    State state = State::waiting;
    int status = 0;
    std::vector<Refusal> refusals{};

    bool makes() const { return method == "POST"; }
};

using Unit = std::pair<std::size_t, std::size_t>; ///< places in the order, the second one past the end

std::string text_at(json::object const& object, std::string_view name)
{
    auto const* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

class Bulk
{
public:
    Bulk(World& world, BulkRules const& rules)
        : world_{world}
        , rules_{rules}
    {
    }

    std::vector<Part> run(json::value const& message)
    {
        read(message);
        promise();
        for (std::size_t i = 0; i < operations_.size(); ++i)
            locate(operations_[i]);
        if (rules_.atomic)
            run_atomic();
        else if (rules_.savepoints)
            run_together();
        else
            run_each();
        return parts();
    }

private:
    void read(json::value const& message)
    {
        auto const* object = message.if_object();
        auto const* operations = object != nullptr ? object->if_contains("Operations") : nullptr;
        if (operations == nullptr || !operations->is_array() || !object->contains("schemas"))
            throw std::vector<Refusal>{{400, {}}};
        if (auto const* most = object->if_contains("failOnErrors"))
            most_errors_ = static_cast<std::size_t>(most->as_int64());
        for (json::value const& each : operations->get_array())
        {
            auto const& sent = each.as_object();
            Entry operation{.method = text_at(sent, "method"),
                            .bulk_id = text_at(sent, "bulkId"),
                            .path = text_at(sent, "path"),
                            .version = text_at(sent, "version")};
            if (auto const* data = sent.if_contains("data"))
                operation.data = *data;
            bool const is_known = operation.makes() || operation.method == "PUT" || operation.method == "PATCH" ||
                                  operation.method == "DELETE";
            bool const lacks = operation.path.empty() || (operation.makes() && operation.bulk_id.empty()) ||
                               (operation.method != "DELETE" && operation.data.is_null());
            if (!is_known || lacks)
                operation.refused.push_back({400, "invalidSyntax"});
            operations_.push_back(std::move(operation));
        }
    }

    /// All ids are known before anything is done.
    void promise()
    {
        for (std::size_t i = 0; i < operations_.size(); ++i)
        {
            Entry& operation = operations_[i];
            if (!operation.makes() || !operation.refused.empty())
                continue;
            operation.id = made_id(operation.bulk_id);
            Promise promise{.operation = i, .id = operation.id};
            auto const path = operation.path.substr(0, operation.path.find('?'));
            for (Type const& type : world_.types())
                if (path == type.endpoint || path.starts_with(type.endpoint + '/'))
                    promise.type = &type;
            if (!world_.promised.emplace(operation.bulk_id, promise).second)
                operation.refused.push_back({400, "invalidValue"});
        }
    }

    /// Where its path leads, and what it refers to.
    void locate(Entry& operation)
    {
        bool const twice = !operation.refused.empty() && operation.makes() && !operation.id.empty(); // its bulkId
        if (!operation.refused.empty() && !twice)
            return;
        if (!try_it(operation, [&] { find_target(operation); }) || twice)
            return;
        if (operation.method != "DELETE")
            try_it(operation, [&] { resolve(operation); });
        if (operation.path_uses)
            operation.uses.push_back(*operation.path_uses);
    }

    template <class Attempt>
    static bool try_it(Entry& operation, Attempt const& attempt)
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

    void find_target(Entry& operation)
    {
        auto const slash = operation.path.find('/', 1);
        auto const endpoint = operation.path.substr(0, slash);
        auto rest = slash == std::string::npos ? std::string{} : operation.path.substr(slash + 1);
        if (rest.starts_with("bulkId:"))
        {
            auto const found = world_.promised.find(rest.substr(7));
            if (found == world_.promised.end())
                throw Refusal{400, "invalidValue"};
            if (found->second.type == nullptr)
                throw Refusal{409, {}};
            rest = found->second.id;
            if (!operation.makes())
                operation.path_uses = found->second.operation;
        }
        Type const* type = nullptr;
        for (Type const& each : world_.types())
            if (endpoint == each.endpoint)
                type = &each;
        if (type == nullptr || operation.path.find('?') != std::string::npos || rest.empty() != operation.makes() ||
            rest == ".search")
            throw Refusal{0, {}}; // which of them is told does not matter
        operation.type = type;
        if (!operation.makes())
            operation.id = rest;
    }

    void resolve(Entry& operation)
    {
        if (operation.method != "PATCH")
        {
            resolve_names(operation.data, *operation.type, world_, operation.uses);
            if (auto const fault = rules_.faulty(step_of(operation)))
                throw *fault;
            return;
        }
        std::vector<Operation> changes;
        try
        {
            changes = decode_patch(operation.data, *operation.type, rules_.mode);
        }
        catch (Refusal const&)
        {
            return; // told when it is known whether the resource is there
        }
        if (rules_.mode == Mode::strict &&
            std::ranges::any_of(changes, [](Operation const& change)
                                { return change.op == PatchOp::remove && change.has_value; }))
            return; // a fault of its own (remove-by-value)
        for (Operation& change : changes)
            if (change.path.target.attribute != nullptr)
                resolve_names(change.value, change.path.target, world_, operation.uses);
    }

    Step step_of(Entry const& operation) const
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
        auto const found = world_.resources.find(operation.id);
        bool const changed = found != world_.resources.end() && found->second.modified >= world_.now;
        step.headers.emplace_back("If-Match", changed && operation.version != "*" ? "W/\"none\"" : operation.version);
        return step;
    }

    // In one transaction after another, each operation under a savepoint.

    void run_together()
    {
        order_as_sent();
        for (Unit const& unit : units())
            if (!stopped_)
                run_unit(unit);
    }

    void order_as_sent()
    {
        for (std::size_t i = 0; i < operations_.size(); ++i)
        {
            auto const waits = [&](std::size_t k)
            { return !operations_[k].makes() && operations_[k].path_uses && *operations_[k].path_uses > k; };
            if (waits(i))
                continue;
            order_.push_back(i);
            for (std::size_t k = 0; k < i; ++k)
                if (waits(k) && *operations_[k].path_uses == i)
                    order_.push_back(k);
        }
    }

    std::size_t place_of(std::size_t operation) const
    {
        return static_cast<std::size_t>(std::ranges::find(order_, operation) - order_.begin());
    }

    std::vector<Unit> units() const
    {
        std::vector<Unit> units;
        std::size_t begin = 0;
        std::size_t end = 0;
        for (std::size_t place = 0; place < order_.size(); ++place)
        {
            end = std::max(end, place + 1);
            for (std::size_t const used : operations_[order_[place]].uses)
                end = std::max(end, place_of(used) + 1);
            if (end == place + 1)
                units.emplace_back(std::exchange(begin, end), end);
        }
        return units;
    }

    void run_unit(Unit unit)
    {
        std::set<std::size_t> doomed;
        doom(unit, doomed);
        auto const before = world_.resources;
        auto const errors = errors_;
        auto const begin_again = [&]
        {
            world_.resources = before;
            errors_ = errors;
            stopped_ = false;
            for (auto place = unit.first; place < unit.second; ++place)
            {
                operations_[order_[place]].state = State::waiting;
                set_waiting(operations_[order_[place]], true);
            }
        };
        for (int pass = 0; pass < 8; ++pass)
        {
            begin_again();
            for (auto place = unit.first; place < unit.second && !stopped_; ++place)
                run_operation(order_[place], doomed.contains(order_[place]));
            if (unit.second - unit.first == 1 || !doom(unit, doomed))
                return;
        }
        begin_again();
        for (auto place = unit.first; place < unit.second && !stopped_; ++place)
            fail(operations_[order_[place]], {{409, {}}, {400, {}}});
    }

    /// Those that have been done, or are to be, and refer to what is not.
    bool doom(Unit unit, std::set<std::size_t>& doomed) const
    {
        std::vector<std::size_t> lost;
        for (auto place = unit.first; place < unit.second; ++place)
        {
            Entry const& operation = operations_[order_[place]];
            if (!operation.refused.empty() || operation.state == State::failed ||
                (stopped_ && operation.state == State::waiting))
                lost.push_back(order_[place]);
        }
        bool any = false;
        while (!lost.empty())
        {
            auto const gone = lost.back();
            lost.pop_back();
            for (auto place = unit.first; place < unit.second; ++place)
            {
                auto const user = order_[place];
                Entry const& operation = operations_[user];
                if (user == gone || std::ranges::find(operation.uses, gone) == operation.uses.end() ||
                    operation.state == State::failed || !operation.refused.empty() ||
                    (stopped_ && operation.state == State::waiting) || !doomed.insert(user).second)
                    continue;
                any = true;
                lost.push_back(user);
            }
        }
        return any;
    }

    void run_operation(std::size_t position, bool is_doomed)
    {
        Entry& operation = operations_[position];
        bool const is_broken =
            std::ranges::any_of(operation.uses, [&](std::size_t used)
                                { return used != position && operations_[used].state == State::failed; });
        if (!operation.refused.empty())
            return fail(operation, operation.refused);
        if (is_broken || is_doomed)
            return fail(operation, {{409, {}}});
        auto const answer = rules_.attempt(step_of(operation));
        if (!answer.refusals.empty())
            return fail(operation, answer.refusals);
        set_waiting(operation, false);
        operation.state = State::done;
        operation.status = answer.status;
    }

    void fail(Entry& operation, std::vector<Refusal> refusals)
    {
        set_waiting(operation, false);
        operation.state = State::failed;
        operation.refusals = std::move(refusals);
        ++errors_;
        stopped_ = stopped_ || (most_errors_ && errors_ >= *most_errors_);
    }

    void set_waiting(Entry const& operation, bool waiting)
    {
        auto const found = world_.promised.find(operation.bulk_id);
        if (operation.makes() && found != world_.promised.end() && &operations_[found->second.operation] == &operation)
            found->second.waiting = waiting;
    }

    // Each by itself.

    void run_each()
    {
        std::vector<int> marks(operations_.size()); // 1: on the way to here, 2: through
        for (std::size_t i = 0; i < operations_.size(); ++i)
            visit(i, marks);
        for (std::size_t const operation : order_)
            if (!stopped_)
                run_operation(operation, false);
    }

    void visit(std::size_t position, std::vector<int>& marks)
    {
        if (marks[position] != 0)
            return;
        marks[position] = 1;
        for (std::size_t const used : operations_[position].uses)
            if (marks[used] == 1 && operations_[position].refused.empty())
                operations_[position].refused.push_back({409, {}});
            else
                visit(used, marks);
        marks[position] = 2;
        order_.push_back(position);
    }

    // All or nothing.

    void run_atomic()
    {
        for (Entry const& operation : operations_)
            if (!operation.refused.empty())
                throw operation.refused;
        order_as_sent();
        for (std::size_t const operation : order_)
            if (run_operation(operation, false); operations_[operation].state == State::failed)
                throw operations_[operation].refusals;
    }

    std::vector<Part> parts() const
    {
        std::vector<Part> parts;
        for (Entry const& operation : operations_)
        {
            if (operation.state == State::waiting)
                continue;
            Part part{.method = operation.method,
                      .bulk_id = operation.bulk_id,
                      .status = operation.status,
                      .refusals = operation.state == State::failed ? operation.refusals : std::vector<Refusal>{}};
            if (operation.type != nullptr && (!operation.makes() || operation.state == State::done))
                part.location = world_.location(*operation.type, operation.id);
            parts.push_back(std::move(part));
        }
        return parts;
    }

    World& world_;
    BulkRules const& rules_;
    std::vector<Entry> operations_{};
    std::vector<std::size_t> order_{};
    std::optional<std::size_t> most_errors_{};
    std::size_t errors_ = 0;
    bool stopped_ = false;
};

} // namespace

std::vector<Part> answer_bulk(World& world, json::value const& message, BulkRules const& rules)
{
    return Bulk{world, rules}.run(message);
}

} // namespace scimkit::model
