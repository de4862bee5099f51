// CheckTotal: the check of a store out of those of its tenants.
#pragma once

#include <scimkit/store/maintenance.hpp>

#include <string>
#include <vector>

namespace scimkit
{

class CheckTotal
{
public:
    /// `sink` outlives this; it is told no more once it has said that it is enough.
    explicit CheckTotal(function_ref<bool(CheckFinding const&)> sink)
        : sink_(sink)
    {
    }

    void add(std::string const& tenant, CheckReport const& report, std::vector<CheckFinding> findings)
    {
        ++all_.tenants;
        all_.resources += report.resources;
        all_.elements += report.elements;
        all_.entries += report.entries;
        all_.findings += report.findings;
        all_.repaired += report.repaired;
        for (std::size_t i = 0; tells_ && i < findings.size(); ++i)
        {
            findings[i].tenant = tenant;
            tells_ = sink_(findings[i]);
        }
    }

    CheckReport const& report() const noexcept { return all_; }

private:
    function_ref<bool(CheckFinding const&)> sink_;
    CheckReport all_{};
    bool tells_ = true;
};

} // namespace scimkit
