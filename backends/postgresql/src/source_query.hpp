// SourceQuery: one source of a query as statements, whose batches go on behind the last row of the one before.
#pragma once

#include "filter_sql.hpp"
#include "keys.hpp"
#include "session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace scimkit::postgresql
{

/// Candidates that are asked for together where the filter has to look at each; twice as many each time, up to the
/// second.
inline constexpr std::uint64_t first_batch = 200;
inline constexpr std::uint64_t full_batch = 1'000;

/// The index whose order is that of the query; null if there is none.
kv::Catalog::Index const* index_for_order(kv::Catalog const& catalog, Query const& query) noexcept;

class SourceQuery
{
public:
    /// All outlive this. `source`: one of the query's. `order`: see index_for_order(). `backward`: from the end of the
    /// order to its beginning.
    SourceQuery(Session& session, Query const& query, std::size_t source, kv::Catalog::Index const* order,
                bool backward = false);

    /// First of all. Errors: those of the store.
    result<void> prepare();

    /// The candidates come packed from now on.
    void pack() noexcept { packs_ = true; }

    IdFilter const& filter() const noexcept { return filter_; }

    /// How many match, `most` at most; the filter is exact.
    result<std::uint64_t> count(std::uint64_t most);

    /// The first batch begins behind this place, or, backward, before it.
    void begin_at(scimkit::Cursor const& cursor);

    struct Batch
    {
        std::vector<Resource> candidates{}; ///< in order
        bool more = false;                  ///< there may be others behind them
    };
    /// The next candidates: `limit` at most, of most_record_bytes together, or one that is larger.
    result<Batch> next(std::uint64_t limit, std::uint64_t offset);

    /// Of the largest record that has come.
    std::size_t largest_record() const noexcept { return largest_record_; }

private:
    struct Position
    {
        std::string id;
        SplitKey value;
    };
    enum class Part
    {
        all,
        of_equal_value, ///< with the value of the last one, behind it
        beyond          ///< with another value
    };

    result<Batch> take(Rows const& rows, int count, std::uint64_t limit);
    result<Batch> next_in_order(std::uint64_t limit, std::uint64_t offset);
    /// `order`: that of the statement, of columns of `c`.
    result<Rows> run(std::string sql, Params params, std::uint64_t limit, std::uint64_t offset,
                     std::string const& order);
    /// Of a filter that leaves one at most.
    result<Batch> next_alone();
    void know_unreferenced(Rows const& rows);
    std::string entries(Params& params) const;
    std::string by_id(Params& params) const;
    /// By key and id, as the index is; true to the order as long as no key is cut.
    std::string by_whole_keys(Params& params, Part part) const;
    std::string by_cut_keys(Params& params) const;

    Session& session_;
    Query::Source const& source_;
    bool asks_references_;
    bool is_alone_; ///< probably nothing else is asked in the transaction
    kv::Catalog::Index const* order_;
    bool values_fall_; ///< as they are walked
    bool ids_fall_;
    bool packs_ = false;
    Params base_{};
    IdFilter filter_{};
    std::optional<Position> at_{};
    std::size_t largest_record_ = 0;
};

} // namespace scimkit::postgresql
