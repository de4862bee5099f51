// ChangeFeed: what happened in a tenant, in the order of commits (ability StoreTraits::change_feed).
#pragma once

#include <scimkit/core/function_ref.hpp>
#include <scimkit/resource/resource.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace scimkit
{

/// A place in the change log of a tenant: behind the change that has it. A later change has a greater one; there may be
/// gaps. `LogPosition{}` is before all changes. A type of its own: it is no version of a resource.
class LogPosition
{
public:
    constexpr LogPosition() noexcept = default;
    constexpr explicit LogPosition(std::uint64_t number) noexcept
        : number_(number)
    {
    }

    constexpr std::uint64_t number() const noexcept { return number_; }

    friend constexpr auto operator<=>(LogPosition, LogPosition) noexcept = default;

private:
    std::uint64_t number_ = 0;
};

/// One write of one resource. Attribute paths, never values.
struct Change
{
    enum class Kind
    {
        created,
        replaced,
        removed
    };

    LogPosition position{};
    Version version{};  ///< of the resource after it; none after its removal
    Version previous{}; ///< before it; none before its creation
    Kind kind = Kind::created;
    std::string resource_type{};
    std::string id{};
    std::string actor{};
    Instant time{};                     ///< Resource::last_modified, of a removal CallContext::now
    std::vector<std::string> changed{}; ///< paths of top-level attributes
};

/// Threading: on the thread of the transaction it belongs to. Lifetimes: as long as that.
class SCIMKIT_API ChangeFeed
{
public:
    virtual ~ChangeFeed() = default;

    /// At most `limit` changes behind `after`, in order. `sink` returns false to stop; it may read through the same
    /// transaction. Errors: those of the budget and of the store. Complexity: linear in what is read.
    virtual result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(Change&&)> sink) = 0;
};

} // namespace scimkit
