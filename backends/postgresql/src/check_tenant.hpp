// TenantCheck: one tenant within one transaction.
#pragma once

#include <scimkit/store/maintenance.hpp>

#include "keys.hpp"
#include "kv/record_codec.hpp"
#include "session.hpp"

#include <set>

namespace scimkit::postgresql
{

class TenantCheck
{
public:
    /// `session` outlives this.
    explicit TenantCheck(Session& session)
        : session_(session)
    {
    }

    result<void> run();
    /// After run(), in the same transaction, which writes.
    result<void> repair();

    CheckReport const& report() const noexcept { return report_; }
    std::vector<CheckFinding> take_findings() noexcept { return std::move(findings_); }

private:
    static constexpr std::size_t most_findings = 10'000; ///< of a check, in words; others are counted

    /// What some records should have in other tables, column by column.
    struct Expected
    {
        std::vector<std::string> entry_ids{};
        std::vector<std::int16_t> entry_attributes{};
        std::vector<std::string> entry_keys{};
        std::vector<std::string> entry_rests{};
        std::vector<std::string> unique_ids{};
        std::vector<std::string> unique_keys{};
    };

    result<void> check_type(kv::Catalog::Type const& type);
    /// Calls `see` with what some records should have; false: a record cannot be read, and counts nowhere.
    result<void> each_batch(kv::Catalog::Type const& type, bool tells, function_ref<result<void>(Expected&)> see);
    void expect(kv::Catalog::Type const& type, std::string const& id, std::string_view record, std::int64_t version,
                bool tells, Expected& expected);
    void check_held(kv::Catalog::Type const& type, std::string const& id, kv::RecordHeader const& header,
                    Resource const& resource);
    result<void> compare_entries(kv::Catalog::Type const& type, Expected const& expected);
    result<void> compare_unique(kv::Catalog::Type const& type, Expected const& expected);
    result<void> compare_numbers(kv::Catalog::Type const& type);
    result<void> check_elements(kv::Catalog::Type const& type, kv::Catalog::Large const& large);
    result<void> check_bodies(kv::Catalog::Type const& type, kv::Catalog::Large const& large);
    result<void> check_versions();

    result<void> make_keys_anew(kv::Catalog::Type const& type);
    result<void> make_elements_anew(kv::Catalog::Type const& type);

    result<Params> params(kv::NameNumber number) const;
    void find(std::string what, bool repairable);

    Session& session_;
    CheckReport report_{};
    std::vector<CheckFinding> findings_{};
    std::uint64_t repairable_ = 0;
    std::set<kv::NameNumber> keys_to_make_{};     // of types
    std::set<kv::NameNumber> elements_to_make_{}; // of types
    std::vector<Params> mended_elements_{};       // whose value is not that of their body
    bool damaged_ = false;                        // a record of the type that is looked at cannot be read
    std::uint64_t entries_there_ = 0;             // of the type that is looked at
    std::uint64_t unique_there_ = 0;
    std::int64_t newest_version_ = 0;
};

} // namespace scimkit::postgresql
