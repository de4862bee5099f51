// Removals are counted where they are committed, and spoken for while they are under way, so that several requests at
// once cannot have more than the limit together, and what is rolled back, retried or a dry run costs nothing.
#include <scimkit/store/deletion_guard.hpp>
#include <scimkit/store/own_types.hpp>

#include "activity.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace scimkit
{
namespace
{

struct Tenant
{
    std::deque<Instant> removals{}; ///< committed, in the order of their commits
    std::uint64_t under_way = 0;    ///< of transactions that are open
    Instant open_until = Instant{}; ///< released; nothing is counted before
    bool held = false;

    bool idle(Instant now) const { return removals.empty() && under_way == 0 && !held && open_until <= now; }
};

} // namespace

struct DeletionGuard::State
{
    explicit State(DeletionLimits given)
        : limit(std::move(given))
    {
    }

    DeletionLimits const limit;
    mutable std::mutex mutex{};
    std::map<std::string, Tenant, std::less<>> tenants{}; ///< those that have something to remember

    Tenant& of(std::string_view name)
    {
        auto const known = tenants.find(name);
        return known != tenants.end() ? known->second : tenants.emplace(name, Tenant{}).first->second;
    }

    void forget_old(Tenant& tenant, Instant now) const
    {
        while (!tenant.removals.empty() && tenant.removals.front() + limit.window <= now)
            tenant.removals.pop_front();
    }
};

/// One removal that an operation of several transactions has spoken for, from the first of them that was given leave
/// to the one in which it happens; or until the operation ends without it.
class DeletionGuard::Place
{
public:
    Place(State& state, std::string_view tenant, Instant now)
        : state_(state)
        , tenant_(tenant)
        , now_(now)
    {
    }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    ~Place()
    {
        if (!is_counted_)
            return;
        std::lock_guard const lock{state_.mutex};
        auto const known = state_.tenants.find(tenant_);
        --known->second.under_way;
        if (known->second.idle(now_))
            state_.tenants.erase(known);
    }

    /// Whether it is among those that are under way; the caller sees to that, under the lock.
    void count(bool is_counted) noexcept { is_counted_ = is_counted; }

private:
    State& state_;
    std::string tenant_;
    Instant now_;
    bool is_counted_ = false;
};

/// What one call of write() has spoken for.
class DeletionGuard::Attempt
{
public:
    Attempt(State& state, std::string_view tenant, CallContext const& context, DeletionGuard const& guard)
        : state_(state)
        , tenant_(tenant)
        , now_(context.now)
        , kept_(context.operation ? &(*context.operation)[&guard] : nullptr)
    {
    }
    Attempt(Attempt const&) = delete;
    Attempt& operator=(Attempt const&) = delete;
    ~Attempt() { shrink(0); }

    std::uint64_t count() const noexcept { return count_; }
    bool refused() const noexcept { return refused_; }

    result<void> take()
    {
        if (count_ == 0 && place())
        {
            count_ = 1;
            return {};
        }
        std::lock_guard const lock{state_.mutex};
        Tenant& tenant = state_.of(tenant_);
        bool const is_released = !tenant.held && now_ < tenant.open_until;
        if (is_released && !kept_)
            return {};
        state_.forget_old(tenant, now_);
        if (!is_released && (tenant.held || tenant.removals.size() + tenant.under_way >= state_.limit.max_removals))
        {
            refused_ = true;
            wanted_ = std::max(wanted_, count_);
            return Error{ErrorCode::forbidden,
                         "Deletions and deactivations are held: there were as many as the deletion guard "
                         "allows (" +
                             std::to_string(state_.limit.max_removals) + " in " +
                             std::to_string(state_.limit.window.count()) +
                             " seconds). An administrator can release them; other requests go on."};
        }
        if (kept_ && count_ == 0)
        {
            auto place = std::make_shared<Place>(state_, tenant_, now_);
            place->count(true);
            *kept_ = std::move(place);
        }
        ++tenant.under_way;
        ++count_;
        return {};
    }

    /// The body runs, perhaps again.
    void begin()
    {
        shrink(0);
        refused_ = false;
        wanted_ = 0;
    }

    /// Gives back all but `count`, and what the operation keeps.
    void shrink(std::uint64_t count)
    {
        if (count_ <= count)
            return;
        std::lock_guard const lock{state_.mutex};
        state_.of(tenant_).under_way -= given_back(count_) - given_back(count);
        count_ = count;
    }

    /// Writes down what was committed. Returns whether the tenant is held from now on: there were too many, or would
    /// have been by this one, where the refusal took it back as a whole: it would be refused again until somebody has
    /// looked. A dry run that was refused in parts ends for another reason.
    bool finish(result<void> const& done)
    {
        bool const committed = done || done.error().code == ErrorCode::unknown_outcome; // what may have been, counts
        if (count_ == 0 && !refused_)
            return false;
        std::lock_guard const lock{state_.mutex};
        Tenant& tenant = state_.of(tenant_);
        tenant.under_way -= committed ? count_ : given_back(count_);
        if (auto* const used = committed && count_ > 0 ? place() : nullptr)
        {
            used->count(false);
            kept_->reset();
        }
        if (committed && now_ >= tenant.open_until)
            tenant.removals.insert(tenant.removals.end(), count_, now_);
        count_ = 0;
        state_.forget_old(tenant, now_);
        bool const taken_back = !done && done.error().code == ErrorCode::forbidden;
        auto const all = tenant.removals.size() + (taken_back ? wanted_ : 0);
        bool const full = refused_ && !tenant.held && all >= state_.limit.max_removals;
        if (full)
            tenant.held = true;
        if (tenant.idle(now_))
            state_.tenants.erase(state_.tenants.find(tenant_));
        return full;
    }

private:
    Place* place() const noexcept { return kept_ ? static_cast<Place*>(kept_->get()) : nullptr; }

    /// Of so many removals those whose places are this attempt's alone.
    std::uint64_t given_back(std::uint64_t count) const noexcept { return count > 0 && place() ? count - 1 : count; }

    State& state_;
    std::string_view tenant_;
    Instant now_;
    std::shared_ptr<void>* kept_; ///< by the operation; null: it is this one transaction
    std::uint64_t count_ = 0;     ///< the operation's place among them
    std::uint64_t wanted_ = 0;    ///< as many as it had when it was refused more
    bool refused_ = false;
};

class DeletionGuard::Transaction : public ForwardingWriteTransaction
{
public:
    Transaction(WriteTransaction& inner, Attempt& attempt) noexcept
        : ForwardingWriteTransaction(inner)
        , attempt_(attempt)
    {
    }

    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override
    {
        auto const before = attempt_.count();
        if (std::ranges::find(changed, "active") != changed.end())
        {
            auto const stored = inner().get(*resource.type, resource.id, {});
            if (!stored)
                return stored.error();
            if (*stored && deactivates((*stored)->attributes, resource.attributes))
                if (auto const taken = attempt_.take(); !taken)
                    return taken.error();
        }
        auto done = ForwardingWriteTransaction::replace(resource, expected, facts, large, changed);
        if (!done)
            attempt_.shrink(before);
        return done;
    }

    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override
    {
        if (is_own_type(type.name()))
            return ForwardingWriteTransaction::remove(type, id, expected);
        auto const before = attempt_.count();
        if (auto const taken = attempt_.take(); !taken)
            return taken.error();
        auto done = ForwardingWriteTransaction::remove(type, id, expected);
        if (!done)
            attempt_.shrink(before);
        return done;
    }

    result<void> savepoint(function_ref<result<void>()> body) override
    {
        auto const before = attempt_.count();
        auto done = ForwardingWriteTransaction::savepoint(body);
        if (!done)
            attempt_.shrink(before);
        return done;
    }

private:
    Attempt& attempt_;
};

DeletionGuard::DeletionGuard(std::shared_ptr<ResourceStore> inner, DeletionLimits limit)
    : ForwardingStore(std::move(inner))
{
    if (limit.max_removals < 1 || limit.window < std::chrono::seconds{1})
        throw std::invalid_argument("DeletionGuard: at least one removal in at least one second");
    state_ = std::make_unique<State>(std::move(limit));
}

DeletionGuard::~DeletionGuard() = default;

result<void> DeletionGuard::write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                                  Body<WriteTransaction> body)
{
    Attempt attempt{*state_, tenant, context, *this};
    auto const done = ForwardingStore::write(attachment, tenant, context,
                                             [&](WriteTransaction& inner) -> result<void>
                                             {
                                                 attempt.begin();
                                                 Transaction transaction{inner, attempt};
                                                 return body(transaction);
                                             });
    bool const held = attempt.finish(done);
    if (held && state_->limit.told)
        state_->limit.told(tenant);
    if (attempt.refused() && state_->limit.refused)
        state_->limit.refused(tenant);
    return done;
}

bool DeletionGuard::held(std::string_view tenant) const
{
    std::lock_guard const lock{state_->mutex};
    auto const known = state_->tenants.find(tenant);
    return known != state_->tenants.end() && known->second.held;
}

void DeletionGuard::hold(std::string_view tenant)
{
    std::lock_guard const lock{state_->mutex};
    Tenant& known = state_->of(tenant);
    known.held = true;
    known.open_until = {};
}

bool DeletionGuard::release(std::string_view tenant, Instant now)
{
    std::lock_guard const lock{state_->mutex};
    Tenant& known = state_->of(tenant);
    known.removals.clear();
    known.open_until = now + state_->limit.window;
    return std::exchange(known.held, false);
}

} // namespace scimkit
