// Sweep: what the copy has and the source does not, and the other way round, found out before the copy is touched.
#pragma once

#include <scimkit/connector/import.hpp>

#include "apply.hpp"
#include "stage.hpp"

namespace scimkit::connector
{

/// Pages shift while a list is read, so that a resource may be missing in it which is there. So the source is asked for
/// each that would go, by its id; one that it has is staged as it is, and stays. What it costs grows with what went.
class Sweep
{
public:
    /// `spool` gets what else is to be taken over. All of them outlive it.
    Sweep(Source const& source, Mirror const& mirror, Spool& spool, Observer& observer);

    /// Of a type all of which is staged.
    outcome<void> all_is_staged(std::string const& type);

    /// Of a type of which only changes are staged: if the source has another number than there would be, or if
    /// `anyway`, its ids are listed.
    outcome<void> changes_are_staged(std::string const& type, bool anyway);

    /// From the copy, what is gone.
    outcome<void> remove(Mirror& mirror, bool write, Run& run) const;

private:
    outcome<IdSet> staged(std::string const& type, std::uint64_t* not_here) const;
    outcome<std::optional<std::uint64_t>> total(SourceType const& type) const;
    outcome<void> list_ids(SourceType const& type, IdSet& seen);
    outcome<void> judge(std::string const& type, IdSet const& seen);
    outcome<bool> take(SourceType const& type, std::string const& id);
    SourceType const* find(std::string const& type) const;

    Source const& source_;
    client::Client const& client_;
    std::vector<SourceType> types_;
    client::PageMethod paging_;
    Mirror const& mirror_;
    Spool& spool_;
    Observer& observer_;
    std::map<std::string, std::vector<std::string>> gone_{}; ///< ids, by type
};

} // namespace scimkit::connector
