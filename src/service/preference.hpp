// Prefer: return=representation and return=minimal (RFC 7240 section 4.2), what a client would like a write to be
// answered with; respond-async and wait (sections 4.1 and 4.3), whether it would like to wait for it.
#pragma once

#include "call.hpp"

#include <cstdint>

namespace scimkit::service
{

enum class Return
{
    unsaid,
    representation, ///< the resource
    minimal         ///< no more than that it was done
};

/// The first `return` preference of the request; unsaid if there is none, or none that is known.
Return read_return_preference(Request const& request);

/// Whether the client would rather not wait (RFC 7240 sections 4.1 and 4.3).
struct AsyncPreference
{
    bool respond_async = false;
    std::uint64_t wait = 0; ///< seconds
};
AsyncPreference read_async_preference(Request const& request);

/// What a write is to be answered with.
struct WriteAnswer
{
    Return preferred = Return::unsaid;
    bool with_resource = true;
    bool whole = true; ///< neither `attributes` nor `excludedAttributes` took something away
};

/// `attributes` and `excludedAttributes` ask for the resource whatever is preferred (RFC 7644 sections 3.5.2 and 3.9);
/// then the preference decides, then `otherwise`.
WriteAnswer read_write_answer(Request const& request, ShapeRequest const& shape, bool otherwise = true);

/// Says Preference-Applied where the answer is what was preferred (RFC 7240 section 3).
void add_preference_applied(Response& response, WriteAnswer const& answer);

} // namespace scimkit::service
