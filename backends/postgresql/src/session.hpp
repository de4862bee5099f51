// Session: one tenant within one transaction. Begins the transaction with the first statement that is needed, charges
// what is read, and remembers when the transaction is past help.
#pragma once

#include <scimkit/store/store.hpp>

#include "connection.hpp"
#include "kv/catalog.hpp"
#include "kv/pending_elements.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace scimkit::postgresql
{

class Session
{
public:
    /// All outlive this. `begin` is the statement that begins the transaction. A tenant of number 0 holds nothing.
    Session(Connection& connection, kv::Catalog const& catalog, CallContext const& context, std::string_view begin,
            std::string_view tenant)
        : connection_(&connection)
        , catalog_(&catalog)
        , context_(&context)
        , call_budget_(context)
        , begin_(begin)
        , tenant_name_(tenant)
    {
    }

    kv::Catalog const& catalog() const noexcept { return *catalog_; }
    CallContext const& context() const noexcept { return *context_; }
    Budget& budget() const noexcept { return *call_budget_; }

    /// Parameters that begin with the tenant's number. Asks for it, the first time. Errors: those of the store.
    result<Params> params();

    /// One round trip. Errors: also of what was queued before.
    result<Rows> run(std::string_view sql, Params const& params) { return run(sql, params, nullptr); }

    /// A question that goes along with another one.
    struct Question
    {
        std::string_view sql;
        Params params;
        Rows rows{}; ///< its answer
    };
    /// The same, and another question along with it (null: none).
    result<Rows> run(std::string_view sql, Params const& params, Question* along);

    /// As run(), for what is probably the only question of the transaction: where the caller's read may run again, a
    /// statement by itself, without a transaction around it. If there comes another one after all, the transaction
    /// begins with the first one once more; if its answer has changed meanwhile, the read has to run again
    /// (overtaken()).
    result<Rows> run_alone(std::string_view sql, Params params);
    void may_be_alone() noexcept { may_be_alone_ = true; }
    /// What was read alone was changed before the transaction began.
    bool overtaken() const noexcept { return overtaken_; }

    /// Together with others in one round trip: ask(), ask() and collect(), in this order.
    result<void> ask(std::string_view sql, Params const& params);
    result<std::vector<Rows>> collect();

    /// A write whose outcome comes with a later round trip, the commit at the latest.
    result<void> queue(std::string_view sql, Params const& params);
    /// A write that answers. What it answers is charged to nobody: it must not fail once it has happened.
    result<Rows> write(std::string_view sql, Params const& params);
    /// To be charged before the first write of an operation.
    result<void> charge_write(std::uint64_t bytes) { return budget().charge(cost_of_write + bytes); }

    /// Charges rows that have been read.
    result<void> charge(Rows const& rows);

    bool begun() const noexcept { return begun_; }
    /// What makes it impossible to commit, whatever the body says.
    std::optional<Error> const& failure() const noexcept { return failure_; }

    Connection& connection() const noexcept { return *connection_; }
    Deadline deadline() const noexcept { return context_->deadline; }

    std::string_view tenant_name() const noexcept { return tenant_name_; }

    unsigned& savepoints() noexcept { return savepoints_; }

    /// Writes are told in the change log.
    void keep_log() noexcept { logs_ = true; }
    bool logs() const noexcept { return logs_; }
    /// Of the next entry within this transaction.
    std::int64_t next_log_number() noexcept { return log_number_++; }
    void note_element(kv::NameNumber attribute, std::string_view id, kv::PendingElements::Edit edit)
    {
        edits_.add(attribute, id, std::move(edit), savepoints_ != 0);
    }
    /// Those of an owner since the last time. A view until the next call.
    std::span<kv::PendingElements::Edit const> take_elements(kv::NameNumber attribute, std::string_view id)
    {
        return edits_.take(attribute, id, savepoints_ != 0);
    }
    kv::PendingElements& edits() noexcept { return edits_; }

    /// The name of a number; asks the database where another attachment gave it. Empty if unknown.
    result<std::string> name_of(kv::NameNumber number);

    bool writes() const noexcept { return writes_; }
    /// Of a transaction that writes: whoever reads first gets a version too, in the same round trip, since a write is
    /// to come.
    void expect_writes() noexcept { writes_ = true; }
    /// A version that no write has yet; nothing where one has to be asked for.
    std::optional<std::uint64_t> take_version() noexcept { return std::exchange(version_, std::nullopt); }

    /// New resources keep the versions that they bring (StoreMaintenance::load).
    void keep_versions() noexcept { keeps_versions_ = true; }
    /// The version of a new resource; `drawn` where it is to have one of the database's.
    std::uint64_t version_for(Resource const& resource, std::uint64_t drawn) noexcept
    {
        if (!keeps_versions_ || !resource.version)
            return drawn;
        newest_kept_ = std::max(newest_kept_, resource.version.number());
        return resource.version.number();
    }
    /// Queues that versions which are drawn later are others than those that were kept.
    result<void> queue_kept_versions();

    /// The record that was read last, if it was this one: within a transaction it stays what it is until the
    /// transaction itself writes it, or goes back to a savepoint.
    std::string const* known_record(kv::NameNumber type, std::string_view id) const noexcept;
    void know_record(kv::NameNumber type, std::string_view id, std::string_view record);
    void forget_record() noexcept
    {
        known_.reset();
        existence_.clear();
    }

    /// Whether a resource is there, where it was asked for ahead; nothing where it was not.
    std::optional<bool> known_existence(kv::NameNumber type, std::string_view id) const;
    /// Those of `asked` that are in the first column of `there` are, the others are not.
    void know_existence(kv::NameNumber type, std::span<std::string_view const> asked, Rows const& there);

    /// Of a transaction that only reads: nothing refers to these.
    void know_unreferenced(std::string_view id) { unreferenced_.emplace(id); }
    bool is_unreferenced(std::string_view id) const { return unreferenced_.contains(id); }

    /// How many elements an owner has, where the statement before was the one that changed them and told: whoever adds
    /// some asks right after that.
    std::optional<std::uint64_t> known_elements(kv::NameNumber attribute, std::string_view id) const noexcept;
    void know_elements(kv::NameNumber attribute, std::string_view id, std::uint64_t elements);

private:
    static constexpr std::uint64_t cost_of_byte = 2;
    static constexpr std::uint64_t cost_of_write = 8 * Budget::visit;

    result<void> begin();
    Error fail(Error error);
    /// What was read alone has come once more, at the front.
    result<void> compare_first(std::vector<Rows>& rows);

    Connection* connection_;
    kv::Catalog const* catalog_;
    CallContext const* context_;
    CallBudget call_budget_;
    std::string_view begin_;
    std::string_view tenant_name_;
    std::optional<std::int32_t> tenant_{};
    std::optional<Error> failure_{};
    bool begun_ = false;
    bool may_be_alone_ = false;
    bool repeats_first_ = false; // with the next answers
    bool overtaken_ = false;
    struct First
    {
        std::string sql;
        Params params;
        Rows rows;
    };
    std::optional<First> first_{}; // that was read alone
    bool writes_ = false;
    bool keeps_versions_ = false;
    std::uint64_t newest_kept_ = 0;
    std::optional<std::uint64_t> version_{};
    struct Known
    {
        kv::NameNumber type;
        std::string id;
        std::string record;
    };
    std::optional<Known> known_{};
    kv::NameNumber existence_of_ = 0;
    std::map<std::string, bool, std::less<>> existence_{}; // of resources of one type
    std::set<std::string, std::less<>> unreferenced_{};
    struct KnownElements
    {
        kv::NameNumber attribute;
        std::string id;
        std::uint64_t elements;
    };
    std::optional<KnownElements> known_elements_{}; // until the next write of any kind
    unsigned savepoints_ = 0;
    bool logs_ = false;
    std::int64_t log_number_ = 0;
    kv::PendingElements edits_{}; // that no entry of the log tells of yet
    std::optional<kv::CatalogRecord> stored_names_{};
};

/// Draws a version.
inline constexpr std::string_view select_version = "select nextval('version')";

/// The number of a tenant; 0 where there is none and none is to be made. Outside of a transaction where one is to be
/// made, so that nobody knows a number that was rolled back.
result<std::int32_t> tenant_number(Connection& connection, std::string_view name, bool make, Deadline deadline);

} // namespace scimkit::postgresql
