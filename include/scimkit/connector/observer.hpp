// Observer: what work that takes long tells of itself while it is under way. One of its own shows it to somebody; this
// one is silent.
//
// Threading: called by the thread of the work. Lifetimes: what it is told is gone when it returns.
#pragma once

#include <scimkit/export.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace scimkit::connector
{

/// Silent; override what is wanted. It must not throw.
class SCIMKIT_API Observer
{
public:
    virtual ~Observer() = default;

    /// One sentence, when something is done otherwise than was asked: a source does not filter, so it is read whole.
    virtual void say(std::string_view sentence);
    /// How far a part of the work has come: for each page of a list, and for each resource that is stored. What a
    /// server calls its endpoint may be in `what`.
    virtual void progress(std::string_view what, std::uint64_t done, std::optional<std::uint64_t> total);
    /// That part is over.
    virtual void end_progress();
};

} // namespace scimkit::connector
