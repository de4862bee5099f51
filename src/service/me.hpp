// /Me (RFC 7644 section 3.11): the resource of whoever asks.
#pragma once

#include "call.hpp"

namespace scimkit::service
{

struct Own
{
    TypePlan const* plan;
    std::string id;
};

/// Not 501, which is for services without /Me; nor 404, since the client cannot have meant another target.
Error no_own_resource();

/// What ServiceOptions::me says of the caller. `call` is about no type yet. Errors: forbidden (the caller has none, or
/// it cannot be told which), internal, those of the application and of the store.
result<Own> find_own_resource(Call const& call);

} // namespace scimkit::service
