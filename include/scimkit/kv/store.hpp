// KvStore: a complete ResourceStore over any Engine: records, unique keys, indexes, large attributes with their
// reverse index, versions, change log, savepoints, query planner. src/kv/layout.hpp lists the keys.
#pragma once

#include <scimkit/store/store.hpp>

#include <memory>
#include <string>
#include <vector>

namespace scimkit::kv
{

class Engine;

/// What a KvStore keeps beside resources; may differ from one start to the next.
struct StoreOptions
{
    /// Attributes with an index; changed settings are applied at the next start, by rebuilding. A type that has no such
    /// attribute has no such index: a store is attached with registries of several services and tenants.
    /// check_indexes() (indexes.hpp) finds what is spelt wrongly.
    std::vector<std::string> indexes{"userName", "externalId",   "displayName",      "emails.value",
                                     "active",   "meta.created", "meta.lastModified"};
    /// Keep a record of every change (ability change_log). What it holds grows until it is trimmed.
    bool change_log = true;
    std::string name = "kv"; ///< StoreTraits::name; of a backend its own, unless this says another
    /// A type that the database knows keeps the indexes that it has there, whatever `indexes` says: for tools beside a
    /// server, whose indexes they need not know. Then attach() refuses a registry that lacks an indexed attribute
    /// (invalid_value).
    bool keep_indexes = false;
};

/// A store over the engine, which is not null, with every ability of StoreTraits (the change log unless the options say
/// otherwise; durable and blocks are the engine's). Looks first whether what is in it is a scimkit database. One of an
/// older format is brought up to date by the first attach(), in steps that an interruption only delays.
///
/// Threading: any; two stores over one database are a mistake that only the engine can notice.
/// Lifetimes: the store owns the engine.
/// Errors: corrupt (not a scimkit database, or a format version that this build does not know, with both numbers in the
/// detail); invalid_value (max_key_size() below 400); those of the engine.
/// Complexity: constant. attach() is linear in what the database holds where its format is older or indexes have
/// changed. A page by Query::skip far from the beginning, of all of a type, in the order of ids or of an index, costs a
/// walk over all that comes before it for the first reader after a start, and a walk over 100 entries at most for those
/// after it, up to some 400,000 resources (beyond, over one in 4,096): places are remembered in memory, some 100 bytes
/// each, at most 4,096 of each of 32 orders, and kept right by each write from then on. A page of what a filter finds
/// is walked to. A large attribute that is wanted with its resource may have 64 MiB, as it is stored; beyond, too_many.
/// LargeAttributeReader::read() has no such end.
SCIMKIT_API result<std::shared_ptr<ResourceStore>> make_store(std::unique_ptr<Engine> engine,
                                                              StoreOptions options = {});

} // namespace scimkit::kv
