// The model's Bulk. It tries, and where something fails that others refer to, it begins again without those.
#include "bulk_entries.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace scimkit::model
{
namespace
{

using Unit = std::pair<std::size_t, std::size_t>; ///< places in the order, the second one past the end

class Bulk
{
public:
    Bulk(World& world, BulkRules const& rules)
        : world_(world)
        , rules_(rules)
    {
    }

    std::vector<Part> run(json::value const& message)
    {
        operations_ = read_entries(message, most_errors_);
        promise(world_, operations_);
        for (Entry& operation : operations_)
            locate(operation, world_, rules_);
        if (rules_.atomic)
            run_atomic();
        else if (rules_.savepoints)
            run_together();
        else
            run_each();
        return parts();
    }

private:
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
            consequences_ = 0;
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
            count_errors(0);
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
        if (is_doomed) // because of something later, which is to be seen
            return fail(operation, {{409, {}}, {400, {}}}, true);
        if (is_broken)
            return fail(operation, {{409, {}}, {400, {}}});
        auto answer = rules_.attempt(step_of(operation, world_));
        if (!answer.refusals.empty() && operation.may_dangle)
            add_dangling(answer.refusals);
        if (!answer.refusals.empty())
            return fail(operation, answer.refusals);
        set_waiting(operation, false);
        operation.state = State::done;
        operation.status = answer.status;
    }

    static void add_dangling(std::vector<Refusal>& refusals)
    {
        refusals.insert(refusals.end(), {{400, {}}, {409, {}}});
    }

    void fail(Entry& operation, std::vector<Refusal> refusals, bool is_consequence = false)
    {
        set_waiting(operation, false);
        operation.state = State::failed;
        operation.refusals = std::move(refusals);
        if (is_consequence)
            ++consequences_;
        else
            count_errors(1);
    }

    void count_errors(std::size_t more)
    {
        errors_ += more + std::exchange(consequences_, 0);
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
        // What a faulty PATCH refers to may be made before it, or not: with a number of errors to stop at, that shows.
        if (most_errors_ && std::ranges::any_of(operations_, &Entry::may_dangle))
            throw Undecided{};
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
        bool const may_dangle = std::ranges::any_of(operations_, &Entry::may_dangle);
        auto const refuse = [&](std::vector<Refusal> refusals)
        {
            if (may_dangle)
                add_dangling(refusals);
            throw refusals;
        };
        for (Entry const& operation : operations_)
            if (!operation.refused.empty())
                refuse(operation.refused);
        order_as_sent();
        for (std::size_t const operation : order_)
            if (run_operation(operation, false); operations_[operation].state == State::failed)
                refuse(operations_[operation].refusals);
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
            if (operation.type && (!operation.makes() || operation.state == State::done))
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
    std::size_t consequences_ = 0;
    bool stopped_ = false;
};

} // namespace

std::vector<Part> answer_bulk(World& world, json::value const& message, BulkRules const& rules)
{
    return Bulk{world, rules}.run(message);
}

} // namespace scimkit::model
