// EntryCheck: for authors of engines who read a whole database when they open it: tells sound entries of a KvStore from
// damaged ones, by their checksums, without a store.
#pragma once

#include <scimkit/core/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scimkit::kv
{

/// Takes all entries of a database, in order, one by one. Entries of a database of another application, or of a format
/// without checksums, pass.
///
/// Threading: one object, one thread. Lifetimes: keeps copies of what it names, of the first damaged entries only.
class SCIMKIT_API EntryCheck
{
public:
    /// The next entry, in the order of keys; once each.
    ///
    /// Lifetimes: `key` and `value` need to live during the call only. Errors: none; outcome() tells.
    /// Complexity: linear in the value.
    void see(std::string_view key, std::string_view value);

    /// Of the entries so far, those whose checksum is wrong.
    std::uint64_t damaged() const noexcept { return damaged_; }

    /// What is to be told once all entries were seen.
    ///
    /// Errors: corrupt, with the number of damaged entries and the names of the first (types and ids, no values).
    /// Complexity: constant.
    result<void> outcome() const;

private:
    void note(std::string what);

    bool sealed_ = false;
    std::string sealed_to_{}; // during an upgrade: the last entry that has a checksum; empty: all have
    std::vector<std::string> names_{};
    std::uint64_t damaged_ = 0;
    std::vector<std::string> examples_{};
};

} // namespace scimkit::kv
