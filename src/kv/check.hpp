// Check: whether what is derived agrees with the records, in both directions. It reads past seals that do not fit: the
// rest of the room ends at the first damaged entry, and here all of them are to be found.
#pragma once

#include <scimkit/store/maintenance.hpp>

#include "record_codec.hpp"
#include "session.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace scimkit::kv
{

/// StoreMaintenance::check().
result<CheckReport> check_database(Engine& engine, Catalog const& catalog, CallContext const& context, Repair repair,
                                   function_ref<bool(CheckFinding const&)> sink);

/// One tenant within one transaction.
class Check
{
public:
    /// `session` outlives this.
    explicit Check(Session& session)
        : session_(session)
    {
    }

    result<void> run();
    /// Writes what can be made anew; after run(), in the same transaction.
    result<void> repair();

    CheckReport const& report() const noexcept { return report_; }
    std::vector<CheckFinding> take_findings() noexcept { return std::move(findings_); }

private:
    static constexpr std::size_t most_findings = 10'000; ///< of a check, in words; others are counted

    /// `value` is nothing where the seal does not fit.
    using See = function_ref<result<void>(std::string_view key, std::optional<std::string_view> value)>;
    result<void> each(std::string const& prefix, See see);

    enum class Entry
    {
        missing,
        damaged,
        there
    };
    struct Found
    {
        Entry state = Entry::missing;
        std::string value{};
    };
    result<Found> look(std::string_view key);

    result<void> check_records(Catalog::Type const& type);
    result<void> check_record(Catalog::Type const& type, std::string const& key, std::string const& id,
                              std::string const& record);
    result<void> check_unique(Catalog::Type const& type, std::string const& id, HeldKey const& held);
    result<void> check_held(Catalog::Type const& type, std::string const& key, Resource const& resource,
                            RecordHeader const& header);
    result<void> check_uniques(Catalog::Type const& type);
    result<void> check_indexes(Catalog::Type const& type);
    result<void> check_count(Catalog::Type const& type, std::uint64_t records);

    result<void> check_graves();
    result<void> check_grave(std::string_view key, std::optional<std::string_view> value);
    bool in_grave(NameNumber attribute, std::string_view owner) const;

    struct Owner;
    /// Whose elements come now.
    result<Owner> owner_of(Catalog::Type const& type, Catalog::Large const& large, std::string name);
    result<void> check_elements(Catalog::Type const& type, Catalog::Large const& large);
    result<void> check_element(Catalog::Type const& type, Catalog::Large const& large, Owner& owner,
                               std::string_view key, std::optional<std::string_view> value);
    result<void> check_element_count(Catalog::Large const& large, Owner const& owner);
    result<void> check_element_counts(Catalog::Large const& large);
    result<void> check_references();

    result<void> check_log();
    result<void> check_revision(std::uint64_t logged, std::uint64_t last_change);
    result<void> check_rest();

    /// Whether a record that is whole is there; nothing where it is damaged.
    result<std::optional<bool>> has_record(Catalog::Type const& type, std::string_view id);

    std::string words(std::string_view key) const;
    void find(std::string what, bool repairable);
    /// `key` is to be `value`, or to go.
    void mend(std::string what, std::string key, std::optional<std::string> value);

    Session& session_;
    CheckReport report_{};
    std::vector<CheckFinding> findings_{};
    std::map<std::string, std::optional<std::string>, std::less<>> mended_{};
    std::set<std::string, std::less<>> graves_{}; // their keys
    std::uint64_t repairable_ = 0;
    std::uint64_t newest_version_ = 0;
    bool damaged_change_ = false;     // so that the size of the log cannot be known
    std::uint64_t entries_there_ = 0; // index entries of the type that is looked at
};

} // namespace scimkit::kv
