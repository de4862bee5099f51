// The store itself: what is attached to it, and its transactions: begun, run again, committed, and asked after.
#include <scimkit/postgresql/postgresql_store.hpp>
#include <scimkit/store/transaction_guard.hpp>

#include "adopt.hpp"
#include "check.hpp"
#include "core/id_time.hpp"
#include "core/timed_lock.hpp"
#include "followed_log.hpp"
#include "kv/layout.hpp"
#include "layout.hpp"
#include "outcome.hpp"
#include "tenants.hpp"
#include "transactions.hpp"

#include <algorithm>
#include <mutex>
#include <random>

namespace scimkit::postgresql
{
namespace
{

constexpr std::string_view begin_read = "begin isolation level repeatable read read only";
constexpr std::string_view begin_serializable = "begin isolation level serializable";
constexpr std::string_view begin_repeatable = "begin isolation level repeatable read";

/// Attempts that go at once; later ones of this process run one after the other.
constexpr unsigned free_attempts = 3;

class PgAttachment final : public Attachment
{
public:
    PgAttachment(ResourceStore const& maker, std::shared_ptr<SchemaRegistry const> registry, kv::Catalog catalog)
        : Attachment(maker, std::move(registry))
        , catalog_(std::move(catalog))
    {
    }

    kv::Catalog const& catalog() const noexcept { return catalog_; }

private:
    kv::Catalog catalog_;
};

/// Ends a transaction that is not committed, whatever it was that left the body.
class RollBack
{
public:
    explicit RollBack(Session& session) noexcept
        : session_(session)
    {
    }
    RollBack(RollBack const&) = delete;
    RollBack& operator=(RollBack const&) = delete;
    ~RollBack()
    {
        if (!done_)
            session_.connection().roll_back();
    }
    void done() noexcept { done_ = true; }

private:
    Session& session_;
    bool done_ = false;
};

/// How one attempt at a write ended.
struct Attempt
{
    result<void> outcome;
    bool again = false; ///< nothing was changed, and the body may run again
    /// Of a commit whose answer was lost.
    struct Lost
    {
        std::string writer;
        std::string work;
    };
    std::optional<Lost> lost{};
};

class PgStore final : public ResourceStore, private StoreMaintenance
{
public:
    PgStore(Hosts hosts, PostgresqlOptions const& options, kv::StoreOptions store_options)
        : options_(options)
        , store_options_(std::move(store_options))
        , pool_(std::move(hosts), options)
        , log_(pool_, commits_)
    {
    }

    result<void> open()
    {
        auto lease = pool_.acquire(std::chrono::steady_clock::now() + options_.connect_timeout);
        if (!lease)
            return lease.error();
        auto const deadline = Deadline::max();
        if (auto prepared = prepare_layout(**lease, options_.schema, store_options_.change_log, deadline); !prepared)
            return prepared;
        durable_ = (*lease)->durable();
        if (durable_)
            pool_.keep_durable();
        return {};
    }

    StoreTraits traits() const override
    {
        StoreTraits traits;
        traits.name = store_options_.name;
        traits.durable = durable_;
        traits.large_attributes = true;
        traits.change_log = store_options_.change_log;
        traits.savepoints = true;
        traits.cursors = true;
        traits.tenants = true;
        traits.null_characters = true;
        traits.blocks = true;
        return traits;
    }

    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry) override
    {
        std::scoped_lock const lock{attaching_};
        auto lease = pool_.acquire(Deadline::max());
        if (!lease)
            return lease.error();
        auto catalog = adopt(pool_, **lease, registry, store_options_, options_.acquire_timeout);
        if (!catalog)
            return catalog.error();
        if (auto ordered = order_new_ids(**lease); !ordered)
            return ordered.error();
        auto made = std::make_shared<PgAttachment const>(*this, std::move(registry), std::move(*catalog));
        pool_.in_use().add(std::shared_ptr<kv::Catalog const>{made, &made->catalog()});
        return std::shared_ptr<Attachment const>{std::move(made)};
    }

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(ReadTransaction&)> body) override
    {
        TransactionGuard const guard{*this};
        if (auto ok = check(attachment, tenant, guard); !ok)
            return ok;
        auto lease = pool_.acquire(context.deadline, client_of(tenant, context));
        if (!lease)
            return lease.error();
        for (bool may_be_alone = true;; may_be_alone = false)
        {
            Session session{**lease, static_cast<PgAttachment const&>(attachment).catalog(), context, begin_read,
                            tenant};
            if (store_options_.change_log)
                session.keep_log();
            if (may_be_alone)
                session.may_be_alone();
            RollBack const end{session}; // nothing was written: to end it is enough
            PgReadTransaction transaction{session};
            auto done = body(transaction);
            if (!session.overtaken())
                return session.failure() ? result<void>{*session.failure()} : done;
        }
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       function_ref<result<void>(WriteTransaction&)> body) override
    {
        return write(attachment, tenant, context, Versions::drawn, body);
    }

    StoreMaintenance* maintenance() override { return this; }

    ChangeLog* change_log() override { return store_options_.change_log ? &log_ : nullptr; }

    result<void> health() const override { return pool_.health(); }

    result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink) override
    {
        return list_tenants(pool_, context, sink);
    }

    result<void> remove_tenant(std::string_view tenant, CallContext const& context) override
    {
        if (auto ok = check_name(tenant); !ok)
            return ok;
        return postgresql::remove_tenant(pool_, tenant, context);
    }

private:
    static constexpr std::size_t turns = 64;

    enum class Versions
    {
        drawn,
        kept
    };

    result<CheckReport> check(Attachment const& attachment, CallContext const& context, Repair repair,
                              function_ref<bool(CheckFinding const&)> sink) override
    {
        TransactionGuard const guard{*this};
        if (auto ok = check(attachment, {}, guard); !ok)
            return ok.error();
        return check_database(pool_, static_cast<PgAttachment const&>(attachment).catalog(), context, repair, sink);
    }

    result<std::vector<std::string>> left_out(Attachment const& attachment, std::string_view tenant,
                                              CallContext const& context) override
    {
        TransactionGuard const guard{*this};
        if (auto ok = check(attachment, tenant, guard); !ok)
            return ok.error();
        return types_beside(pool_, static_cast<PgAttachment const&>(attachment).catalog(), tenant, context);
    }

    result<void> load(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      function_ref<result<void>(WriteTransaction&)> body) override
    {
        return write(attachment, tenant, context, Versions::kept, body);
    }

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Versions versions, function_ref<result<void>(WriteTransaction&)> body)
    {
        TransactionGuard const guard{*this};
        if (auto ok = check(attachment, tenant, guard); !ok)
            return ok;
        for (unsigned attempt = 1;; ++attempt)
        {
            std::unique_lock<std::timed_mutex> turn{turns_[turn_of(tenant)], std::defer_lock};
            if (attempt > free_attempts && !detail::lock_until(turn, std::min(context.deadline, longest_turn())))
                return busy();
            Attempt made = try_write(attachment, tenant, context, versions, body);
            if (made.lost)
                made = resolve(*made.lost, context.deadline);
            if (made.outcome)
                commits_.notify();
            if (!made.again)
                return made.outcome;
            if (attempt >= options_.max_attempts || std::chrono::steady_clock::now() >= context.deadline)
                return made.outcome;
            if (!turn)
                std::this_thread::sleep_for(pause(attempt));
        }
    }

    static Error busy() { return {ErrorCode::busy, "Other writers got into the way again and again; try again."}; }
    static std::size_t turn_of(std::string_view tenant) { return std::hash<std::string_view>{}(tenant) % turns; }
    static Deadline longest_turn() { return std::chrono::steady_clock::now() + std::chrono::seconds{10}; }

    /// Longer each time, and another one for each thread.
    static std::chrono::microseconds pause(unsigned attempt)
    {
        thread_local std::minstd_rand random{std::random_device{}()};
        unsigned const most = 500U << std::min(attempt, 6U);
        return std::chrono::microseconds{std::uniform_int_distribution<unsigned>{most / 4, most}(random)};
    }

    static result<void> check_name(std::string_view tenant)
    {
        if (tenant.size() > kv::max_tenant_bytes)
            return Error{ErrorCode::invalid_value,
                         "The name of a tenant has at most " + std::to_string(kv::max_tenant_bytes) + " bytes."};
        return {};
    }

    result<void> check(Attachment const& attachment, std::string_view tenant, TransactionGuard const& guard) const
    {
        if (!attachment.made_by(*this))
            return Error{ErrorCode::internal, "The store is used with another store's attachment."};
        return guard.nested() ? result<void>{TransactionGuard::error()} : check_name(tenant);
    }

    /// New ids must sort after those that are there, also when the clock was set back since.
    static result<void> order_new_ids(Connection& connection)
    {
        auto const rows =
            connection.run("select (extract(epoch from max(at)) * 1000000)::bigint from writer", {}, Deadline::max());
        if (!rows)
            return rows.error();
        if (!rows->is_null(0, 0))
            system_ids_come_after(Instant{std::chrono::microseconds{rows->number(0, 0)}});
        return {};
    }

    Attempt try_write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Versions versions, function_ref<result<void>(WriteTransaction&)> body)
    {
        auto lease = pool_.acquire(context.deadline, client_of(tenant, context));
        if (!lease)
            return {lease.error()};
        Connection& connection = **lease;
        connection.forget_conflict();
        if (auto number = tenant_number(connection, tenant, true, context.deadline); !number)
            return {number.error(), connection.conflict() || connection.gone()};
        Session session{connection, static_cast<PgAttachment const&>(attachment).catalog(), context,
                        options_.isolation == Isolation::serializable ? begin_serializable : begin_repeatable, tenant};
        RollBack rollback{session};
        session.expect_writes();
        if (versions == Versions::kept)
            session.keep_versions();
        else if (store_options_.change_log)
            session.keep_log();
        PgWriteTransaction transaction{session};
        auto const done = body(transaction);
        // A failure of the database ends the transaction, whatever the body made of it; before the commit nothing has
        // been changed.
        if (session.failure())
            return {*session.failure(), connection.conflict() || connection.gone()};
        if (!done)
            return {done};
        if (!session.begun())
            return {done};
        if (versions == Versions::kept)
        {
            auto kept = session.queue_kept_versions();
            if (kept)
                kept = queue_log_gap(session);
            if (!kept)
                return {kept};
        }
        // Nobody would wait for the answer, and what became of it would have to be asked for: better nothing has.
        if (std::chrono::steady_clock::now() >= context.deadline)
            return {Error{ErrorCode::unavailable, "The deadline was over before the commit; nothing was changed."}};
        rollback.done();
        return commit(connection, context.deadline);
    }

    static Attempt commit(Connection& connection, Deadline deadline)
    {
        std::string work = random_mark();
        auto const marked = queue_mark(connection, connection.writer(), work);
        auto const committed = marked ? connection.commit(deadline) : marked;
        if (committed)
            return {result<void>{}};
        if (connection.gone())
            return {committed.error(), false, Attempt::Lost{connection.writer(), std::move(work)}};
        connection.roll_back();
        return {committed.error(), connection.conflict()};
    }

    /// Over another connection, when that of the commit has been given back.
    Attempt resolve(Attempt::Lost const& lost, Deadline deadline)
    {
        auto const happened = was_committed(pool_, lost.writer, lost.work, deadline);
        if (!happened)
            return {happened.error()};
        if (*happened)
            return {result<void>{}};
        return {Error{ErrorCode::busy, "The connection to PostgreSQL was lost, and nothing was changed; try again."},
                true};
    }

    PostgresqlOptions const options_;
    kv::StoreOptions const store_options_;
    mutable Pool pool_;
    kv::CommitSignal commits_{};
    FollowedLog log_;
    bool durable_ = false;
    std::mutex attaching_;
    std::timed_mutex turns_[turns]{};
};

result<void> check_options(PostgresqlOptions const& options)
{
    auto const refused = [](std::string const& what) {
        return Error{ErrorCode::invalid_value, "PostgresqlOptions::" + what + "."};
    };
    if (options.schema.empty() || options.schema.size() > 63)
        return refused("schema has 1 to 63 bytes");
    if (options.max_connections == 0)
        return refused("max_connections is at least 1");
    if (options.max_attempts == 0)
        return refused("max_attempts is at least 1");
    return {};
}

} // namespace

result<std::shared_ptr<ResourceStore>> open_store(std::string const& conninfo, PostgresqlOptions const& options,
                                                  kv::StoreOptions store_options)
{
    if (auto ok = check_options(options); !ok)
        return ok.error();
    if (store_options.name == kv::StoreOptions{}.name)
        store_options.name = "postgresql";
    auto hosts = Hosts::parse(conninfo);
    if (!hosts)
        return hosts.error();
    auto store = std::make_shared<PgStore>(std::move(*hosts), options, std::move(store_options));
    if (auto opened = store->open(); !opened)
        return opened.error();
    return std::shared_ptr<ResourceStore>{std::move(store)};
}

} // namespace scimkit::postgresql
