// Urgency: what a thread is to the others, when all cores are busy.
//
// Threading: changes the thread that calls it, and nothing else. Where the system refuses, or knows no such thing for a
// thread (all but Linux), nothing is lost but the advantage of the others.
#pragma once

#include <scimkit/export.hpp>

namespace scimkit
{

enum class Urgency
{
    at_once, ///< works for less than a millisecond, and others wait for it
    soon,    ///< works shortly, mostly
    later,   ///< works for some time, but others may come to wait for it
    last     ///< works for seconds, and holds nothing that others want
};

SCIMKIT_API void set_urgency(Urgency urgency) noexcept;

/// Gives the core to other threads that wait for it, unless this one is Holding something.
void give_way() noexcept;

/// As long as it lives, others wait for what the thread holds, whoever has the core: it does not give way.
class Holding
{
public:
    Holding() noexcept;
    Holding(Holding const&) = delete;
    Holding& operator=(Holding const&) = delete;
    ~Holding();
};

} // namespace scimkit
