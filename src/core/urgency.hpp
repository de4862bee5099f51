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

} // namespace scimkit
