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
    /// All outlive this. `order`: see index_for_order(). `backward`: from the end of the order to its beginning.
    SourceQuery(Session& session, Query::Source const& source, kv::Catalog::Index const* order, bool backward = false);

    /// First of all. Errors: those of the store.
    result<void> prepare();

    /// The candidates come packed from now on.
    void pack() noexcept { packs_ = true; }

    IdFilter const& filter() const noexcept { return filter_; }

    /// How many match, `most` at most; the filter is exact.
    result<std::uint64_t> count(std::uint64_t most);

    /// The first batch begins behind this place, or, backward, before it.
    void begin_at(scimkit::Cursor const& cursor);

    /// The next candidates, in order. Empty: there are no more.
    result<std::vector<Resource>> next(std::uint64_t limit, std::uint64_t offset);

private:
    struct Position
    {
        std::string id;
        SplitKey value;
    };

    std::string by_id(Params& params) const;
    std::string in_order(Params& params) const;

    Session& session_;
    Query::Source const& source_;
    kv::Catalog::Index const* order_;
    bool values_fall_; ///< as they are walked
    bool ids_fall_;
    bool packs_ = false;
    Params base_{};
    IdFilter filter_{};
    std::optional<Position> at_{};
};

} // namespace scimkit::postgresql
