// Session: one tenant within one transaction of the engine, and the reading of its records and counters.
#pragma once

#include <scimkit/store/store.hpp>

#include "access.hpp"
#include "catalog.hpp"

#include <map>
#include <optional>
#include <vector>

namespace scimkit::kv
{

class Session
{
public:
    /// All outlive this. `transaction` is a Reader or a Writer.
    template <class Transaction>
    Session(Catalog const& catalog, TenantKeys keys, Transaction& transaction, CallContext const& context)
        : catalog_(&catalog)
        , keys_(std::move(keys))
        , call_budget_(context)
        , access_(transaction, *call_budget_, catalog.record().names)
        , context_(&context)
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

    /// Puts the wanted large attributes into `resource`.
    result<void> load_large(Resource& resource, Wanted const& wanted);

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted);

    /// Whether there is such a record; nothing of it is decoded.
    result<bool> contains(Catalog::Type const& type, std::string_view id);

    /// The name of a number; asks the database where another attachment gave it. Empty if unknown.
    result<std::string> name_of(NameNumber number);

    result<std::uint64_t> count_of(Catalog::Type const& type);
    result<std::uint64_t> revision();

    /// Counters are written once, at the end of the body.
    result<void> change_count(Catalog::Type const& type, std::int64_t difference);
    result<std::uint64_t> next_revision();

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
    static constexpr std::uint64_t cost_of_decoding = 2; // of a byte

    /// A place to go back to.
    class Mark
    {
    public:
        explicit Mark(Session& session)
            : session_(session)
            , access_(session.access_.mark())
            , counters_(session.displaced_counters_.size())
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
    std::map<std::string, std::uint64_t> changed_counters_{}; // by key; newer than the stored ones
    std::vector<DisplacedCounter> displaced_counters_{};
    std::size_t marks_ = 0;
    std::optional<Error> failure_{};              // of an undo
    std::optional<CatalogRecord> stored_names_{}; // where the catalogue's own do not suffice
};

/// As 8 bytes.
std::string encode_counter(std::uint64_t value);
result<std::uint64_t> decode_counter(std::string_view bytes);

} // namespace scimkit::kv
