// A SmallStore as a ResourceStore: its locks, its brackets around writes, and what it says of itself.
#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>
#include <scimkit/store/transaction_guard.hpp>

#include "../core/counted.hpp"
#include "small_transaction.hpp"

#include <atomic>
#include <cstddef>
#include <mutex>
#include <shared_mutex>

namespace scimkit
{
namespace
{

/// Many readers or one writer. A waiting writer holds the door, so that a stream of readers cannot starve it.
class Gate
{
public:
    std::shared_lock<std::shared_mutex> read()
    {
        Counted const waits{waiting_};
        std::lock_guard const door{door_};
        return std::shared_lock{room_};
    }

    std::unique_lock<std::shared_mutex> write()
    {
        Counted const waits{waiting_};
        std::lock_guard const door{door_};
        return std::unique_lock{room_};
    }

    /// Those before it, while somebody writes.
    std::atomic<std::size_t> const& waiting() const noexcept { return waiting_; }

private:
    std::atomic<std::size_t> waiting_{0};
    std::mutex door_;
    std::shared_mutex room_;
};

/// begin() and commit() around a write; rolls back unless it was committed, also when an exception passes.
class Brackets
{
public:
    explicit Brackets(SmallStore& store)
        : store_(store.has_transactions() ? &store : nullptr)
    {
    }
    Brackets(Brackets const&) = delete;
    Brackets& operator=(Brackets const&) = delete;
    ~Brackets()
    {
        if (open_)
            store_->roll_back();
    }

    result<void> begin()
    {
        auto begun = store_ ? store_->begin() : result<void>{};
        open_ = store_ && begun;
        return begun;
    }

    result<void> commit()
    {
        auto committed = store_ ? store_->commit() : result<void>{};
        open_ = open_ && !committed;
        return committed;
    }

private:
    SmallStore* store_;
    bool open_ = false;
};

class SmallStoreAdapter final : public ResourceStore
{
public:
    SmallStoreAdapter(std::shared_ptr<SmallStore> store, QueryBudget const& budget)
        : store_(std::move(store))
        , budget_(budget)
    {
    }

    StoreTraits traits() const override
    {
        StoreTraits traits;
        traits.name = "small store";
        traits.durable = store_->durable();
        traits.atomic = store_->has_transactions();
        traits.versions = store_->keeps_versions();
        traits.null_characters = store_->null_characters();
        traits.savepoints = store_->has_transactions() && store_->has_savepoints();
        traits.cursors = true; // a cursor is a sort value and an id, found again by walking
        return traits;
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(ReadTransaction&)> body) override
    {
        if (auto usable = check(attachment, tenant); !usable)
            return usable;
        TransactionGuard const guard{*this};
        if (guard.nested())
            return TransactionGuard::error();
        auto const lock = gate_.read();
        std::uint64_t unused = 0;
        SmallTransaction transaction{*store_, tenant, context, budget_, unused, gate_.waiting()};
        return body(transaction);
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override
    {
        if (auto usable = check(attachment, tenant); !usable)
            return usable;
        TransactionGuard const guard{*this};
        if (guard.nested())
            return TransactionGuard::error();
        auto const lock = gate_.write();
        Brackets brackets{*store_};
        if (auto begun = brackets.begin(); !begun)
            return begun;
        SmallTransaction transaction{*store_, tenant, context, budget_, last_version_, gate_.waiting()};
        if (auto done = body(transaction); !done)
            return done;
        if (transaction.failure())
            return *transaction.failure();
        return brackets.commit();
    }

private:
    result<void> check(Attachment const& attachment, std::string_view tenant) const
    {
        if (!attachment.made_by(*this))
            return Error{ErrorCode::internal, "The store is used with another store's attachment."};
        constexpr std::size_t max_tenant_bytes = 64; ///< of a tenant's name
        if (tenant.size() > max_tenant_bytes)
            return Error{ErrorCode::invalid_value, "A tenant's name has at most 64 bytes."};
        return {};
    }

    std::shared_ptr<SmallStore> store_;
    QueryBudget budget_;
    Gate gate_;
    std::uint64_t last_version_ = 0; // of all tenants together; written under the gate
};

} // namespace

std::shared_ptr<ResourceStore> adapt_small_store(std::shared_ptr<SmallStore> store, QueryBudget const& budget)
{
    return std::make_shared<SmallStoreAdapter>(std::move(store), budget);
}

} // namespace scimkit
