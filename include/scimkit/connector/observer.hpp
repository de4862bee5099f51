// Observer: what work that takes long tells of itself while it is under way. One of its own shows it to somebody; this
// one is silent.
//
// On every member:
//   Threading    Called by the thread of the work, which waits for it.
//   Lifetimes    The work refers to an observer until it has returned; what it is told is gone when it returns.
//   Errors       It must not throw: that would end the work wherever it is.
//   Complexity   What it takes is added to the work, once for each of what it is told.
#pragma once

#include <scimkit/export.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace scimkit::connector
{

/// Silent; override what is wanted.
class SCIMKIT_API Observer
{
public:
    virtual ~Observer() = default;

    /// One sentence for an operator, when something is done otherwise than was asked: a source does not filter, so it
    /// is read whole. What a server said may be in it, cut and cleaned (client/failure.hpp).
    virtual void say(std::string_view sentence);

    /// How far a part of the work has come: for each page of a list, and for each resource that is stored, so it is
    /// called often. What a server calls its endpoint may be in `what`. `total`: nothing where nobody knows; a server's
    /// word, which `done` may pass.
    virtual void progress(std::string_view what, std::uint64_t done, std::optional<std::uint64_t> total);

    /// That part is over. Not called where the work ends with a failure.
    virtual void end_progress();
};

} // namespace scimkit::connector
