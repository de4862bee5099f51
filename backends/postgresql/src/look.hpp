// Looking before a write: its version, what is there, and who holds its unique keys.
#pragma once

#include "keys.hpp"
#include "kv/record_codec.hpp"
#include "session.hpp"

#include <deque>
#include <span>

namespace scimkit::postgresql
{

Error in_use(std::string_view attribute);

/// What the framework says is unique, as it is stored with the record, and as its rows have it.
class HeldKeys
{
public:
    HeldKeys(kv::Catalog::Type const& type, Facts const& facts)
    {
        held_.reserve(facts.unique_keys.size());
        for (UniqueKey const& key : facts.unique_keys)
        {
            auto const known = std::ranges::find(type.unique, key.attribute, &kv::Catalog::Unique::attribute);
            held_.push_back({known != type.unique.end() ? std::string_view{known->path}
                                                        : std::string_view{paths_.emplace_back(key.attribute.path())},
                             key.value});
        }
        for (kv::HeldKey const& key : held_)
            rows_.push_back(unique_key(key.attribute, key.value));
    }
    HeldKeys(HeldKeys const&) = delete;
    HeldKeys& operator=(HeldKeys const&) = delete;

    std::span<kv::HeldKey const> held() const noexcept { return held_; }
    /// In the order of held().
    std::vector<std::string> const& rows() const noexcept { return rows_; }

private:
    std::vector<kv::HeldKey> held_{};
    std::vector<std::string> rows_{};
    std::deque<std::string> paths_{}; // of what only the application calls unique
};

/// What is in the database before a write.
struct Before
{
    std::uint64_t version = 0; // of the write
    std::string record{};      // empty: there is no such resource
    kv::RecordHeader header{}; // views of `record`
};

/// Parameters $1 and $2: tenant and type.
result<Params> resource_params(Session& session, kv::Catalog::Type const& type);

/// What has to be known before a write: in one round trip, or in none where the transaction knows it already.
/// Errors: uniqueness too.
result<void> look(Session& session, kv::Catalog::Type const& type, std::string_view id, HeldKeys const* keys,
                  Before& before);

} // namespace scimkit::postgresql
