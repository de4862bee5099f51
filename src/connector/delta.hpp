// Delta queries: a source that offers them tells what was created, updated and removed since a token was got from it.
#pragma once

#include "stage.hpp"

#include <unordered_set>

namespace scimkit::connector
{

/// By type.
using DeltaTokens = std::map<std::string, std::string>;

/// Tokens from now on, to be got before anything is read; empty where the source does not offer it, or has no token.
DeltaTokens begin_delta(client::Client const& source, client::Discovery const& discovery, Observer& observer);

/// What has changed, staged; nothing of the local copy is touched.
struct Delta
{
    std::unique_ptr<Spool> spool;
    std::map<std::string, std::unordered_set<std::string>> removed{}; ///< ids, by type
    DeltaTokens next{};
};

/// Failures: those of the source; see is_forgotten().
outcome<Delta> stage_delta(Source const& source, DeltaTokens const& since, Observer& observer);

/// Whether a source says that it does not know the place any more, or offers no such thing after all. Then it is
/// compared as one that offers none.
bool is_forgotten(Failure const& failure) noexcept;

} // namespace scimkit::connector
