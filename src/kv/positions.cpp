// The number of keys before a mark is a sum: over what a walk counted, and what came and went since. So it does not
// matter whether a key of a mark is still there, nor in which order changes are added or taken away again.
#include "positions.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace scimkit::kv
{
namespace
{

/// Orders of all tenants with marks; the one that was asked for longest ago is forgotten beyond.
constexpr std::size_t most_orders = 32;
/// Keys that came or went of late, of a tenant; readers of an older snapshot walk.
constexpr std::size_t most_history_keys = 8'192;
/// Commits of late, of a tenant; readers of an older snapshot walk.
constexpr std::size_t most_history_commits = 4'096;
/// Commits that were told before one that they follow; beyond, the marks of the tenant are forgotten.
constexpr std::size_t most_early = 256;
/// How long a reader waits to be told of a commit that it sees; then it walks.
constexpr std::chrono::milliseconds longest_wait{1};

/// Whether a key lies before a mark, in an order.
bool comes_before(std::string_view key, Positions::Mark const& mark, bool descending)
{
    std::string_view const group = std::string_view{mark.key}.substr(0, mark.group);
    if (!descending || key.starts_with(group))
        return key < mark.key;
    return key > group;
}

} // namespace

void Positions::note(Marks const& marks, Shifts& shifts, Commit const& commit, bool back)
{
    shifts.resize(marks.places.size() + 1);
    for (Moved const& moved : commit.moved)
    {
        if (!moved.key.starts_with(marks.order.base))
            continue;
        auto const behind = std::ranges::partition_point(
            marks.places, [&](Mark const& mark) { return !comes_before(moved.key, mark, marks.order.descending); });
        auto& by = shifts[static_cast<std::size_t>(behind - marks.places.begin())];
        by = moved.came != back ? by + 1 : by - 1;
    }
}

void Positions::shift(std::vector<std::uint64_t>& positions, Shifts const& shifts)
{
    std::uint64_t by = 0;
    for (std::size_t i = 0; i < positions.size() && i < shifts.size(); ++i)
    {
        by += shifts[i];
        positions[i] += by;
    }
}

void Positions::move(Marks const& marks, std::vector<std::uint64_t>& positions, Commit const& commit)
{
    auto const concerns = [&](Moved const& moved) { return moved.key.starts_with(marks.order.base); };
    if (marks.places.empty() || std::ranges::none_of(commit.moved, concerns))
        return;
    Shifts shifts;
    note(marks, shifts, commit, false);
    shift(positions, shifts);
}

void Positions::merge(Marks& marks, Marks const& learnt)
{
    Marks merged{.order = marks.order, .used = marks.used};
    auto const reaches = std::max(learnt.positions.back(), marks.positions.empty() ? 0 : marks.positions.back());
    auto const distance = std::max(step / 2, reaches / most_marks);
    auto const add = [&](Marks const& from, std::size_t which)
    {
        auto const position = from.positions[which];
        if (!merged.positions.empty() && position < merged.positions.back() + distance)
            return;
        merged.positions.push_back(position);
        merged.places.push_back(from.places[which]);
    };
    std::size_t old = 0;
    for (std::size_t fresh = 0; fresh < learnt.places.size(); ++fresh)
    {
        for (; old < marks.places.size() &&
               comes_before(marks.places[old].key, learnt.places[fresh], marks.order.descending);
             ++old)
            add(marks, old);
        add(learnt, fresh);
    }
    for (; old < marks.places.size(); ++old)
        add(marks, old);
    marks = std::move(merged);
}

void Positions::start_again(Tenant& tenant, std::uint64_t revision)
{
    tenant.at = revision;
    tenant.history.clear();
    tenant.history_keys = 0;
    for (Marks& marks : tenant.orders)
    {
        marks.positions.clear();
        marks.places.clear();
    }
    apply_early(tenant);
}

void Positions::apply(Tenant& tenant, Commit commit)
{
    for (Marks& marks : tenant.orders)
        move(marks, marks.positions, commit);
    tenant.at = commit.after;
    tenant.history_keys += commit.moved.size();
    tenant.history.push_back(std::move(commit));
    while (tenant.history_keys > most_history_keys || tenant.history.size() > most_history_commits)
    {
        tenant.history_keys -= tenant.history.front().moved.size();
        tenant.history.pop_front();
    }
}

void Positions::apply_early(Tenant& tenant)
{
    while (!tenant.early.empty() && tenant.early.begin()->first <= tenant.at)
    {
        Commit commit = std::move(tenant.early.begin()->second);
        tenant.early.erase(tenant.early.begin());
        if (commit.before == tenant.at)
            apply(tenant, std::move(commit));
    }
}

std::optional<Positions::Mark> Positions::find(Snapshot const& snapshot, Order const& order, std::uint64_t position)
{
    std::unique_lock lock{mutex_};
    followed_ = true;
    auto const usable = [&] { return suspended_ == 0 && snapshot.epoch == epoch_; };
    // Who committed what this reader sees may be about to tell.
    auto const is_told = [&]
    {
        auto const found = tenants_.find(snapshot.tenant);
        return !usable() || found == tenants_.end() || found->second.at >= snapshot.revision;
    };
    told_.wait_for(lock, longest_wait, is_told);
    if (!usable())
        return std::nullopt;
    auto const [place, is_new] = tenants_.try_emplace(std::string{snapshot.tenant});
    Tenant& tenant = place->second;
    if (is_new || tenant.at < snapshot.revision)
        start_again(tenant, snapshot.revision);
    marks_of(tenant, order).used = ++uses_;
    forget_oldest();
    Marks const& marks = marks_of(tenant, order);
    if (snapshot.revision < tenant.oldest() || snapshot.revision > tenant.at)
        return std::nullopt;
    Shifts since; // all at once: the mutex is the one of every commit
    for (auto commit = tenant.history.rbegin(); commit != tenant.history.rend(); ++commit)
    {
        if (commit->after <= snapshot.revision)
            break;
        note(marks, since, *commit, true);
    }
    std::optional<std::vector<std::uint64_t>> earlier;
    if (!since.empty())
        shift(earlier.emplace(marks.positions), since);
    auto const& positions = earlier ? *earlier : marks.positions;
    auto const behind = std::ranges::upper_bound(positions, position);
    if (behind == positions.begin())
        return std::nullopt;
    auto const which = static_cast<std::size_t>(behind - positions.begin()) - 1;
    Mark found = marks.places[which];
    found.position = positions[which];
    return found;
}

void Positions::learn(Snapshot const& snapshot, Order const& order, std::vector<Mark> marks)
{
    std::scoped_lock const lock{mutex_};
    Tenant* const tenant = known(snapshot);
    if (!tenant || marks.empty())
        return;
    Marks learnt{.order = order};
    for (Mark& mark : marks)
    {
        learnt.positions.push_back(mark.position);
        learnt.places.push_back(std::move(mark));
    }
    Shifts since;
    for (Commit const& commit : tenant->history)
        if (commit.after > snapshot.revision)
            note(learnt, since, commit, false);
    shift(learnt.positions, since);
    Marks& before = marks_of(*tenant, order);
    before.used = ++uses_;
    merge(before, learnt);
    forget_oldest();
}

void Positions::committed(std::string_view tenant, Commit commit) noexcept
{
    {
        std::scoped_lock const lock{mutex_};
        auto const found = tenants_.find(tenant);
        auto const after = commit.after;
        if (found == tenants_.end() || after <= found->second.at)
            return;
        try
        {
            follow(found->second, std::move(commit));
        }
        catch (...) // and some of the marks have been moved
        {
            Tenant& known = found->second;
            known.early.clear();
            start_again(known, std::max(after, known.at));
        }
    }
    told_.notify_all();
}

void Positions::follow(Tenant& tenant, Commit commit)
{
    if (!commit.known || commit.before < tenant.at)
        start_again(tenant, commit.after);
    else if (commit.before == tenant.at)
    {
        apply(tenant, std::move(commit));
        apply_early(tenant);
    }
    else if (tenant.early.size() < most_early)
        tenant.early.insert_or_assign(commit.before, std::move(commit));
    else // somebody never told
    {
        tenant.early.clear();
        start_again(tenant, commit.after);
    }
}

Positions::Tenant* Positions::known(Snapshot const& snapshot)
{
    if (suspended_ != 0 || snapshot.epoch != epoch_)
        return nullptr;
    auto const found = tenants_.find(snapshot.tenant);
    if (found == tenants_.end())
        return nullptr;
    Tenant& tenant = found->second;
    return snapshot.revision < tenant.oldest() || snapshot.revision > tenant.at ? nullptr : &tenant;
}

Positions::Marks& Positions::marks_of(Tenant& tenant, Order const& order)
{
    auto const found =
        std::ranges::find_if(tenant.orders, [&](Marks const& marks)
                             { return marks.order.base == order.base && marks.order.descending == order.descending; });
    if (found != tenant.orders.end())
        return *found;
    return tenant.orders.emplace_back(Marks{.order = order});
}

void Positions::forget_oldest()
{
    std::size_t count = 0;
    Tenant* tenant = nullptr;
    std::size_t which = 0;
    for (auto& [prefix, each] : tenants_)
        for (std::size_t i = 0; i < each.orders.size(); ++i, ++count)
            if (!tenant || each.orders[i].used < tenant->orders[which].used)
            {
                tenant = &each;
                which = i;
            }
    if (count <= most_orders)
        return;
    tenant->orders.erase(tenant->orders.begin() + static_cast<std::ptrdiff_t>(which));
    if (tenant->orders.empty())
        std::erase_if(tenants_, [&](auto const& each) { return &each.second == tenant; });
}

void Positions::suspend(int by)
{
    {
        std::scoped_lock const lock{mutex_};
        suspended_ += by;
        ++epoch_;
        tenants_.clear();
    }
    told_.notify_all();
}

} // namespace scimkit::kv
