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

/// What ServiceOptions::me says of the caller. `call` is about no type yet. Errors: not_found (the caller has none),
/// forbidden (it cannot be told which), internal, those of the application and of the store.
result<Own> find_own_resource(Call const& call);

} // namespace scimkit::service
