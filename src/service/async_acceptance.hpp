// `Prefer: respond-async` (RFC 7240 section 4.1, RFC 9967 section 2.5.1.1): a write is looked at, stored, and answered
// with 202; and what became of it is told.
#pragma once

#include <scimkit/core/function_ref.hpp>

#include "call.hpp"

namespace scimkit::service
{

/// Whether the request may be accepted for later.
bool wants_async(Call const& call);

/// The 202; or the answer of `at_once`, where a secret is in the request. Errors: what is wrong with it as far as that
/// can be told without the store, too_many_requests, those of the store and of `at_once`.
result<Response> accept_async(Call const& call, function_ref<result<Response>()> at_once);

/// GET on /Async/{txn}. Error: not_found, also for what somebody else has sent.
result<Response> read_async_result(Call const& call);

} // namespace scimkit::service
