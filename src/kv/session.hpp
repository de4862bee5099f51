// Session: one tenant within one transaction of the engine, and the reading of its records and counters.
#pragma once

#include <scimkit/store/store.hpp>

#include "access.hpp"
#include "catalog.hpp"
#include "pending_elements.hpp"
#include "positions.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace scimkit::kv
{

/// The last version given out, and how many bytes the change log has had since its beginning.
struct LastRevision
{
    std::uint64_t number = 0;
    /// Nothing: the log does not have the last change, because none was kept then.
    std::optional<std::uint64_t> logged{};
};

class Session
{
public:
    /// All outlive this. `transaction` is a Reader or a Writer. `logs`: writes are told in the change log.
    template <class Transaction>
    Session(Catalog const& catalog, TenantKeys keys, Transaction& transaction, CallContext const& context,
            bool logs = false)
        : catalog_(&catalog)
        , keys_(std::move(keys))
        , call_budget_(context)
        , access_(transaction, *call_budget_, catalog.record().names)
        , context_(&context)
        , logs_(logs)
    {
    }

    Catalog const& catalog() const noexcept { return *catalog_; }
    TenantKeys const& keys() const noexcept { return keys_; }
    Access& access() noexcept { return access_; }
    CallContext const& context() const noexcept { return *context_; }
    Budget& budget() const noexcept { return access_.budget(); }

    /// Charges the decoding of stored bytes.
    result<void> charge_decoding(std::size_t bytes)
    {
        return budget().spend(cost_of_decoding * bytes) ? result<void>{} : budget().error();
    }

    /// The stored record, or nothing. The view is valid until the next write. Its decoding is charged.
    result<std::optional<std::string_view>> record(Catalog::Type const& type, std::string_view id);

    /// The resource without large attributes.
    static result<Resource> decode(Catalog::Type const& type, std::string_view id, std::string_view record,
                                   json::storage_ptr memory = {});

    /// The same, with its attributes packed.
    static result<Resource> decode_packed(Catalog::Type const& type, std::string_view id, std::string_view record);

    /// Puts the wanted large attributes into `resource`.
    result<void> load_large(Resource& resource, Wanted const& wanted);

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted);

    /// Whether there is such a record; nothing of it is decoded.
    result<bool> contains(Catalog::Type const& type, std::string_view id);

    /// The name of a number; asks the database where another attachment gave it. Empty if unknown.
    result<std::string> name_of(NameNumber number);

    result<std::uint64_t> count_of(Catalog::Type const& type);

    bool logs() const noexcept { return logs_; }
    /// So many edits are going to be noted: there is room for them then.
    void expect_elements(NameNumber attribute, std::string_view id, std::size_t number)
    {
        if (logs_)
            pending_.expect(attribute, id, number);
    }
    /// Notes an edit of a large attribute for the change log.
    void note_element(NameNumber attribute, std::string_view id, PendingElements::Edit edit)
    {
        pending_.add(attribute, id, std::move(edit), marks_ != 0);
    }
    /// Those of an owner since the last time. A view until the next call.
    std::span<PendingElements::Edit const> take_elements(NameNumber attribute, std::string_view id)
    {
        return pending_.take(attribute, id, marks_ != 0);
    }

    /// The keys of the tenant's graves; nothing before graves.hpp has looked.
    std::optional<std::set<std::string, std::less<>>>& graves() noexcept { return graves_; }

    /// Of a reader: where it may look for positions. `epoch` was theirs before its snapshot was taken.
    void use_positions(Positions& positions, std::uint64_t epoch) noexcept
    {
        positions_ = &positions;
        positions_epoch_ = epoch;
    }
    Positions* positions() const noexcept { return positions_; }
    std::uint64_t positions_epoch() const noexcept { return positions_epoch_; }

    /// Of a writer: writes down which keys that have a place in an order come and go.
    void follow_moves() noexcept { moves_.emplace(); }
    void note_moved(std::string_view key, bool came)
    {
        if (moves_)
            moves_->push_back({std::string{key}, came});
    }
    /// What the transaction comes to, after finish(); nothing where it gave out no version.
    result<std::optional<Positions::Commit>> take_commit();

    /// What was stored when the transaction began.
    result<LastRevision> stored_revision();

    /// Counters are written once, at the end of the body.
    result<void> change_count(Catalog::Type const& type, std::int64_t difference);
    result<std::uint64_t> next_revision();
    /// Resources keep the versions that they bring (StoreMaintenance::load).
    void keep_versions() noexcept { keeps_versions_ = true; }
    /// The version for a new resource.
    result<std::uint64_t> revision_for(Resource const& resource);
    /// So many bytes more are in the change log.
    result<void> count_logged(std::uint64_t bytes);

    /// Runs `work`, which returns a result; undoes what it wrote unless that is a success, also when it throws.
    template <class Work>
    auto atomically(Work const& work)
    {
        Mark mark{*this};
        auto done = work();
        if (done)
            mark.keep();
        return done;
    }

    /// The end of the body: writes the counters. Errors: also what made an undo fail, which must not be committed.
    result<void> finish();

private:
    /// The one that was drawn last, by this transaction too.
    result<std::uint64_t> last_revision();

    static constexpr std::uint64_t cost_of_decoding = 2; // of a byte

    /// A place to go back to.
    class Mark
    {
    public:
        explicit Mark(Session& session)
            : session_(session)
            , access_(session.access_.mark())
            , counters_(session.displaced_counters_.size())
            , pending_(session.pending_.mark())
            , moves_(session.moves_ ? session.moves_->size() : 0)
        {
            ++session_.marks_;
        }
        Mark(Mark const&) = delete;
        Mark& operator=(Mark const&) = delete;
        ~Mark();

        void keep() noexcept { kept_ = true; }

    private:
        Session& session_;
        std::size_t access_;
        std::size_t counters_;
        std::size_t pending_;
        std::size_t moves_;
        bool kept_ = false;
    };

    struct DisplacedCounter
    {
        std::string key;
        std::optional<std::uint64_t> value;
    };

    result<std::uint64_t> read_counter(std::string const& key);
    void set_counter(std::string const& key, std::uint64_t value);

    Catalog const* catalog_;
    TenantKeys keys_;
    CallBudget call_budget_;
    Access access_;
    CallContext const* context_;
    bool logs_;
    bool keeps_versions_ = false;
    PendingElements pending_{};
    std::map<std::string, std::uint64_t> changed_counters_{}; // by key; newer than the stored ones
    std::vector<DisplacedCounter> displaced_counters_{};
    std::size_t marks_ = 0;
    std::optional<Error> failure_{}; // of an undo
    std::optional<LastRevision> stored_revision_{};
    Positions* positions_ = nullptr;
    std::uint64_t positions_epoch_ = 0;
    std::optional<std::vector<Positions::Moved>> moves_{};
    std::optional<std::set<std::string, std::less<>>> graves_{};
    std::optional<CatalogRecord> stored_names_{}; // where the catalogue's own do not suffice
};

std::string encode_revision(LastRevision const& revision);
result<LastRevision> decode_revision(std::string_view bytes);

/// As 8 bytes.
std::string encode_counter(std::uint64_t value);
result<std::uint64_t> decode_counter(std::string_view bytes);

} // namespace scimkit::kv
