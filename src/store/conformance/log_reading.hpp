// Short forms for cases about the change log.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "fixture.hpp"

namespace scimkit::conformance
{

/// Skips the case where there is no log.
void needs_change_log(Fixture const& f);

/// The changes behind `after`, through a transaction.
std::vector<LoggedChange> changes(Fixture& f, LogPosition after = {}, std::uint64_t limit = 10'000);

/// The top-level attributes that differ, as the framework names them to a store.
std::vector<std::string> paths_that_differ(ResourceType const& type, json::object const& before,
                                           json::object const& after);

/// Replaces with the paths that differ from what is stored; members stay where `large` says so.
result<Version> replace_told(Fixture& f, Resource const& resource, LargeAttributes large = LargeAttributes::as_given);

/// One transaction: some members come and go, then the record is written.
result<void> edit_members(Fixture& f, std::string_view id, std::vector<json::object> const& come,
                          std::vector<std::string> const& go);

} // namespace scimkit::conformance
