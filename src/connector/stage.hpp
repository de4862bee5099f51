// Staging: the lists of a source are read into a spool, page by page, each resource in canonical and mapped form.
#pragma once

#include <scimkit/connector/import.hpp>
#include <scimkit/connector/mapping.hpp>

#include "spool.hpp"

#include <map>
#include <set>
#include <string_view>

namespace scimkit::connector
{

/// A type of the source that is taken over, and where it is.
struct SourceType
{
    std::string name; ///< User or Group, as it is called here
    ResourceType const* type = nullptr;
};

/// The types of a source that the connector takes over.
std::vector<SourceType> source_types(client::Discovery const& discovery);

struct StageOptions
{
    /// By type: only what has changed since then, a dateTime; none: everything.
    std::map<std::string, std::string> since{};
    bool anew = false; ///< nothing of an earlier read that was cut off is taken up
};

/// Reads all of it. The failure names the list; what came so far stays in the spool.
outcome<std::unique_ptr<Spool>> stage(Source const& source, StageOptions const& options, Observer& observer);

/// Whether the local store takes it as an id.
bool can_be_kept(std::string_view id);

/// One resource in the form of a spool, without what a server should never have sent.
outcome<Spooled> spooled(client::RemoteResource const& resource, SourceType const& type, Mapping const& mapping,
                         client::DeviationLog& deviations);

client::PageMethod paging_of(Source const& source);

} // namespace scimkit::connector
