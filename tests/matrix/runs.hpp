// What the tables of the matrix are tried with: every store, in both modes and both ways to write.
#pragma once

#include "support/all_stores.hpp"

#include <vector>

namespace scimkit::test
{

/// How a write is sent: as a request, or as the only operation of a Bulk.
enum class Way
{
    request,
    bulk
};

/// What a run over a table is tried with.
struct Run
{
    NamedStore const& store;
    bool strict;
    bool first; ///< the store that everything is tried on, in both ways; of the others each row sees one

    std::vector<Way> ways(std::size_t row) const
    {
        return first ? std::vector{Way::request, Way::bulk} : std::vector{row % 2 == 0 ? Way::request : Way::bulk};
    }
    friend std::ostream& operator<<(std::ostream& out, Run const& run)
    {
        return out << run.store << (run.strict ? ", strict" : "");
    }
};

/// Each store by default, and the first in strict mode too, which is decided before any store is asked.
template <class Each>
void for_runs(Each const& each)
{
    bool first = true;
    for (NamedStore const& store : all_stores())
        for (bool const strict : {false, true})
            if (first || !strict)
            {
                each(Run{store, strict, first});
                first = first && !strict;
            }
}

} // namespace scimkit::test
